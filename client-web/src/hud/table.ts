import { element } from '../dom';
import { craftColour, cssColour } from '../render/palette';
import type { Player } from '../view/session';

export type Column = (player: Player) => string | number;

/** Rows of the scoreboard and of the results: rank, name, then the given columns. */
export function playerRows(
  players: readonly Player[],
  own: number,
  columns: readonly Column[],
): HTMLElement[] {
  return players.map((player) => {
    const row = element('tr', player.id === own ? 'own' : '');
    // Who has as many shares a rank.
    const rank = 1 + players.filter((other) => other.score > player.score).length;
    row.append(element('td', 'rank', String(rank)), nameCell(player, own));
    for (const column of columns) row.append(element('td', '', String(column(player))));
    return row;
  });
}

function nameCell(player: Player, own: number): HTMLElement {
  const cell = element('td', 'name');
  const line = element('div');
  const chip = element('i', 'chip');
  chip.style.background = cssColour(craftColour(player.id, player.id === own));
  line.append(chip, element('span', '', player.name));
  if (player.bot) line.append(element('small', '', 'bot'));
  cell.append(line);
  return cell;
}
