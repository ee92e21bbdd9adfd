import { byId, Flag, ordinal, Text } from '../dom';
import type { Roster } from '../view/roster';

/** Own score and rank, and whoever is to beat. */
export class Standing {
  private readonly score = new Text(byId('own-score', HTMLElement));
  private readonly rank = new Text(byId('own-rank', HTMLElement));
  private readonly rivalScore = new Text(byId('leader-score', HTMLElement));
  private readonly rivalName = new Text(byId('leader-name', HTMLElement));
  private readonly leading = Flag.className(byId('standing', HTMLElement), 'leading');

  update(roster: Roster, own: number, killsToWin: number): void {
    const me = roster.get(own);
    const rank = roster.rank(own);
    const rival = roster.players.find((player) => player.id !== own);
    const score = me?.score ?? 0;
    this.score.set(score);
    const among = roster.isPart ? '' : ` of ${roster.players.length}`;
    this.rank.set(rank > 0 ? ordinal(rank) + among : '');
    this.leading.set(score > Math.max(0, rival?.score ?? 0));
    this.rivalScore.set(rival?.score ?? 0);
    this.rivalName.set(rival ? rival.name : killsToWin > 0 && !roster.isPart ? `First to ${killsToWin}` : '');
  }
}
