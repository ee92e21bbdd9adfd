import { byId, element, Text } from '../dom';
import { glyphIcon } from '../render/glyphs';
import { craftColour, cssColour } from '../render/palette';
import type { BoardPlayer } from './events';

/** Rows that glide to their new rank. Each player keeps one element; only its place changes. */

class Row {
  readonly root = element('div', 'row');
  private readonly cells: Text[] = [];
  private readonly chip = element('i', 'chip');
  private readonly name: Text;
  private readonly badge = element('small', '', 'bot');
  private readonly crown = element('span', 'crown');
  private score = Number.NaN;

  constructor() {
    const rank = element('span', 'rank');
    const name = element('span', 'name');
    const text = element('b');
    this.crown.append(glyphIcon('crown'));
    this.crown.title = 'In the lead: worth more';
    name.append(this.chip, text, this.crown, this.badge);
    this.name = new Text(text);
    const numbers = [0, 1, 2, 3, 4, 5].map(() => element('span'));
    this.root.append(rank, name, ...numbers);
    this.cells = [rank, ...numbers].map((cell) => new Text(cell));
  }

  update(player: BoardPlayer, rank: number, crowned: boolean): void {
    this.root.style.setProperty('--rank', String(rank - 1));
    this.root.classList.toggle('first', rank === 1 && player.score > 0);
    this.root.classList.toggle('hot', player.streak >= 3);
    this.chip.style.background = cssColour(craftColour(player.id, false));
    this.name.set(player.name);
    this.badge.hidden = !player.bot;
    this.crown.hidden = !crowned;
    const { score, kills, deaths, assists, streak, ping_ms } = player;
    const values = [rank, score, kills, deaths, assists, streak || '–', player.bot ? '–' : ping_ms];
    values.forEach((value, i) => {
      this.cells[i]?.set(value);
    });
    if (score > this.score) this.light();
    this.score = score;
  }

  private light(): void {
    this.root.classList.remove('scored');
    void this.root.offsetWidth;
    this.root.classList.add('scored');
  }
}

/** More than this play, and what happens to those who are not on the board is too much to read. */
const CROWD = 64;

export class Table {
  private readonly root = byId('rows', HTMLElement);
  private readonly empty = byId('empty', HTMLElement);
  private readonly more = byId('more', HTMLElement);
  private readonly moreText = new Text(this.more);
  private readonly rows = new Map<number, Row>();
  private total = 0;

  /** Whether news of any of them belong on the page. */
  concerns(...players: (number | null)[]): boolean {
    return this.total <= CROWD || players.some((id) => id !== null && this.rows.has(id));
  }

  show(players: readonly BoardPlayer[], total: number, crown: number | null): void {
    this.total = total;
    const present = new Set(players.map((player) => player.id));
    for (const [id, row] of this.rows) if (!present.has(id)) this.remove(id, row);
    players.forEach((player, index) => {
      this.row(player).update(player, index + 1, player.id === crown);
    });
    this.root.style.setProperty('--rows', String(players.length));
    this.empty.hidden = players.length > 0;
    this.more.hidden = players.length >= total;
    this.moreText.set(`The best ${players.length} of ${total.toLocaleString('en')}`);
  }

  private row(player: BoardPlayer): Row {
    const known = this.rows.get(player.id);
    if (known) return known;
    const row = new Row();
    this.rows.set(player.id, row);
    this.root.append(row.root);
    return row;
  }

  private remove(id: number, row: Row): void {
    this.rows.delete(id);
    row.root.remove();
  }
}
