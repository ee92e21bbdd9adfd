import { byId, Flag, Text } from '../dom';
import { LEADERS, type Roster } from '../view/roster';
import { type Column, playerRows } from './table';

const COLUMNS: readonly Column[] = [
  (player) => player.score,
  (player) => player.kills,
  (player) => player.deaths,
  (player) => player.assists,
  (player) => player.streak,
  (player) => (player.bot ? '–' : player.ping_ms),
];

/** What fits on a screen. */
const ROWS_MAX = 16;

/** Everybody, while Tab is held; in a crowd the leaders, oneself, and who is near. */
export class Scoreboard {
  private readonly rows = byId('scoreboard-rows', HTMLElement);
  private readonly match = new Text(byId('scoreboard-match', HTMLElement));
  private readonly shown = Flag.shows(byId('scoreboard', HTMLElement));
  private shownRevision = -1;

  update(wanted: boolean, roster: Roster, own: number, matchId: string): void {
    this.shown.set(wanted);
    if (!wanted || this.shownRevision === roster.revision) return;
    this.shownRevision = roster.revision;
    this.match.set(roster.isPart ? `${matchId} · the top ${LEADERS}, and who is near` : matchId);
    this.rows.replaceChildren(...playerRows(roster, own, COLUMNS, ROWS_MAX));
  }

  forget(): void {
    this.shownRevision = -1;
  }
}
