import { byId, element, Flag, Text } from '../dom';
import { craftColour, cssColour } from '../render/palette';
import { type Header, Phase } from '../view/frame';
import type { Roster } from '../view/roster';
import type { Player } from '../view/session';
import { BallotBox } from './ballot';
import { type Column, playerRows } from './table';

const COLUMNS: readonly Column[] = [
  (player) => player.score,
  (player) => player.kills,
  (player) => player.deaths,
  (player) => player.assists,
];
const ROWS_MAX = 10;

/** Podium and table between two matches. */
export class Results {
  private readonly shown = Flag.shows(byId('results', HTMLElement));
  /** The rest of the HUD steps back. */
  private readonly quiet = Flag.className(byId('hud', HTMLElement), 'over');
  private readonly title = new Text(byId('results-title', HTMLElement));
  private readonly podium = byId('podium', HTMLElement);
  private readonly rows = byId('results-rows', HTMLElement);
  private readonly next = new Text(byId('results-next', HTMLElement));
  readonly ballot = new BallotBox();
  private shownRevision = -1;

  update(header: Header, roster: Roster): void {
    const over = header.phase === Phase.Results;
    this.shown.set(over);
    this.quiet.set(over);
    if (!over) {
      if (this.shownRevision >= 0) this.ballot.close();
      this.shownRevision = -1;
      return;
    }
    this.next.set(header.phaseLeft > 0 ? `Next match in ${Math.ceil(header.phaseLeft)}` : 'Next match');
    if (this.shownRevision === roster.revision) return;
    this.shownRevision = roster.revision;
    this.fill(roster, header.player);
  }

  private fill(roster: Roster, own: number): void {
    const { players } = roster;
    const winner = players[0];
    this.title.set(!winner ? '' : winner.id === own ? 'You win' : `${winner.name} wins`);
    const [first, second, third] = players;
    this.podium.replaceChildren(
      ...[second, first, third].flatMap((player) =>
        player ? [step(player, players.indexOf(player) + 1, own)] : [],
      ),
    );
    this.rows.replaceChildren(...playerRows(roster, own, COLUMNS, ROWS_MAX));
  }
}

function step(player: Player, place: number, own: number): HTMLElement {
  const item = element('li', `place-${place}`);
  const name = element('b', '', player.name);
  name.style.color = cssColour(craftColour(player.id, player.id === own));
  item.append(name, element('span', '', `${player.score}`), element('i', '', String(place)));
  return item;
}
