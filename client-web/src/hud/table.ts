import { element } from '../dom';
import { craftColour, cssColour, teamColour } from '../render/palette';
import type { Team } from '../view/arena_map';
import { type MatchState, TEAM_NAMES, TEAM_SHAPES } from '../view/match_state';
import type { Roster } from '../view/roster';
import type { Player } from '../view/session';

export type Column = (player: Player) => string | number;

/**
 * Rows of the scoreboard and of the results, so many at most: rank, name, then the given columns. Whose rank cannot be
 * known has none, and the first of them is marked.
 */
export function playerRows(
  roster: Roster,
  own: number,
  columns: readonly Column[],
  most: number,
): HTMLElement[] {
  let ranked = true;
  return roster.best(own, most).map((player) => {
    const row = element('tr', player.id === own ? 'own' : '');
    const rank = roster.rank(player.id);
    if (ranked && rank === 0) row.classList.add('unranked');
    ranked &&= rank > 0;
    row.append(element('td', 'rank', rank > 0 ? String(rank) : '–'), nameCell(player, own));
    for (const column of columns) row.append(element('td', '', String(column(player))));
    return row;
  });
}

/** The same, in teams by team, the better one first, each under a line with its points. */
export function teamRows(
  match: MatchState,
  roster: Roster,
  own: number,
  columns: readonly Column[],
  most: number,
): HTMLElement[] {
  const { teams } = match;
  const rows = playerRows(roster, own, columns, most);
  if (!teams) return rows;
  const players = roster.best(own, most);
  const order: readonly Team[] = teams.orange > teams.blue ? ['orange', 'blue'] : ['blue', 'orange'];
  return order.flatMap((team) => [
    teamRow(team, teams[team], columns.length),
    ...rows.filter((_, i) => players[i]?.team === team),
  ]);
}

function teamRow(team: Team, points: number, columns: number): HTMLElement {
  const row = element('tr', `team ${team}`);
  const name = element('td', 'name', `${TEAM_SHAPES[team]} ${TEAM_NAMES[team]}`);
  name.style.color = cssColour(teamColour(team));
  const filler = element('td');
  filler.colSpan = Math.max(1, columns - 1);
  row.append(element('td'), name, element('td', '', String(points)), filler);
  return row;
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
