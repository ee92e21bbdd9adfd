import { byId, element, Flag, Text } from '../dom';
import { craftColour, cssColour } from '../render/palette';
import { type Header, Phase } from '../view/frame';
import type { MatchState } from '../view/match_state';
import type { Roster } from '../view/roster';
import type { Award, AwardLine, GameEvent, Player } from '../view/session';
import { BallotBox } from './ballot';
import { type Column, teamRows } from './table';

const COLUMNS: readonly Column[] = [
  (player) => player.score,
  (player) => player.kills,
  (player) => player.deaths,
  (player) => player.assists,
];
const ROWS_MAX = 10;

type Result = Extract<GameEvent, { type: 'result' }>;

/** Podium and table between two matches. */
export class Results {
  private readonly shown = Flag.shows(byId('results', HTMLElement));
  /** The rest of the HUD steps back. */
  private readonly quiet = Flag.className(byId('hud', HTMLElement), 'over');
  private readonly title = new Text(byId('results-title', HTMLElement));
  private readonly podium = byId('podium', HTMLElement);
  private readonly rows = byId('results-rows', HTMLElement);
  private readonly next = new Text(byId('results-next', HTMLElement));
  private readonly awards = byId('awards', HTMLElement);
  readonly ballot = new BallotBox();
  private result: Result | undefined;
  /** Whoever won may be gone before the next match. */
  private winner = '';
  private shownRevision = -1;
  /** The match's: its points come a moment after those of its players. */
  private shownMatch = -1;

  /** The server has said who won and who did best at what. */
  decided(event: Result, roster: Roster): void {
    this.result = event;
    this.winner = event.winner === null ? '' : roster.name(event.winner);
    this.awards.replaceChildren(...event.awards.map((line) => awardItem(line, roster)));
    this.shownRevision = -1;
  }

  /** A new match. */
  forget(): void {
    this.result = undefined;
    this.awards.replaceChildren();
  }

  update(header: Header, match: MatchState, roster: Roster): void {
    const over = header.phase === Phase.Results;
    this.shown.set(over);
    this.quiet.set(over);
    if (!over) {
      if (this.shownRevision >= 0) this.ballot.close();
      this.shownRevision = -1;
      return;
    }
    this.next.set(header.phaseLeft > 0 ? `Next match in ${Math.ceil(header.phaseLeft)}` : 'Next match');
    if (this.shownRevision === roster.revision && this.shownMatch === match.revision) return;
    this.shownRevision = roster.revision;
    this.shownMatch = match.revision;
    this.fill(match, roster, header.player);
  }

  private fill(match: MatchState, roster: Roster, own: number): void {
    const { players } = roster;
    this.title.set(this.heading(match, roster, own));
    const [first, second, third] = players;
    this.podium.replaceChildren(
      ...[second, first, third].flatMap((player) =>
        player ? [step(player, players.indexOf(player) + 1, own)] : [],
      ),
    );
    this.rows.replaceChildren(...teamRows(match, roster, own, COLUMNS, ROWS_MAX));
  }

  private heading(match: MatchState, roster: Roster, own: number): string {
    const { teams } = match;
    if (teams) {
      if (teams.blue === teams.orange) return 'A tie';
      return teams.blue > teams.orange ? 'Blue wins' : 'Orange wins';
    }
    const { result } = this;
    if (result) {
      if (result.winner === null) return roster.players.length > 1 ? 'A tie' : '';
      return result.winner === own ? 'You win' : `${this.winner} wins`;
    }
    // Joined after it was told.
    const [first, second] = roster.players;
    if (!first) return '';
    if (first.score === second?.score) return 'A tie';
    return first.id === own ? 'You win' : `${first.name} wins`;
  }
}

const AWARDS: Record<Award, string> = {
  most_kills: 'Most kills',
  best_streak: 'Best streak',
  most_bank_shots: 'Most bank shots',
  most_deflects: 'Most deflects',
  most_objective_points: 'Most objective points',
  survivor: 'Longest life',
};

function awardItem(line: AwardLine, roster: Roster): HTMLElement {
  const item = element('li');
  const name = element('b', '', roster.name(line.player));
  name.style.color = cssColour(craftColour(line.player, false));
  const count = line.award === 'survivor' ? `${line.count} s` : String(line.count);
  item.append(element('span', '', AWARDS[line.award]), name, element('i', '', count));
  return item;
}

function step(player: Player, place: number, own: number): HTMLElement {
  const item = element('li', `place-${place}`);
  const name = element('b', '', player.name);
  name.style.color = cssColour(craftColour(player.id, player.id === own));
  item.append(name, element('span', '', `${player.score}`), element('i', '', String(place)));
  return item;
}
