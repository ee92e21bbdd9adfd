import { byId, Flag, ordinal, Text } from '../dom';
import type { Roster } from '../view/roster';

/** So many of the best everybody knows. */
const LEADERS = 10;

/** Own score and rank, and whoever is to beat. */
export class Standing {
  private readonly score = new Text(byId('own-score', HTMLElement));
  private readonly rank = new Text(byId('own-rank', HTMLElement));
  private readonly rivalScore = new Text(byId('leader-score', HTMLElement));
  private readonly rivalName = new Text(byId('leader-name', HTMLElement));
  private readonly leading = Flag.className(byId('standing', HTMLElement), 'leading');

  /** In a massive match the roster is whom one knows, the ten best among them: only their ranks are certain. */
  update(roster: Roster, own: number, killsToWin: number, isMassive: boolean): void {
    const me = roster.get(own);
    const rank = roster.rank(own);
    const rival = roster.players.find((player) => player.id !== own);
    const score = me?.score ?? 0;
    this.score.set(score);
    const isKnown = rank > 0 && (!isMassive || rank <= LEADERS);
    const among = isMassive ? '' : ` of ${roster.players.length}`;
    this.rank.set(isKnown ? ordinal(rank) + among : '');
    this.leading.set(score > Math.max(0, rival?.score ?? 0));
    this.rivalScore.set(rival?.score ?? 0);
    this.rivalName.set(rival ? rival.name : killsToWin > 0 && !isMassive ? `First to ${killsToWin}` : '');
  }
}
