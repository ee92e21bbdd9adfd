import { byId, Flag, Text } from '../dom';
import type { MatchState } from '../view/match_state';
import { LEADERS, type Roster } from '../view/roster';
import { type Column, teamRows } from './table';

const COLUMNS: readonly Column[] = [
  (player) => player.score,
  (player) => player.kills,
  (player) => player.deaths,
  (player) => player.assists,
  (player) => player.streak,
  (player) => player.objective,
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

  update(wanted: boolean, match: MatchState, roster: Roster, own: number, matchId: string): void {
    this.shown.set(wanted);
    if (!wanted || this.shownRevision === roster.revision) return;
    this.shownRevision = roster.revision;
    this.match.set(roster.isPart ? `${matchId} · the top ${LEADERS}, and who is near` : matchId);
    this.rows.replaceChildren(...teamRows(match, roster, own, COLUMNS, ROWS_MAX));
  }

  forget(): void {
    this.shownRevision = -1;
  }
}
