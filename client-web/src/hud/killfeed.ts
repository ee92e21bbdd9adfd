import { byId, element } from '../dom';
import { glyphIcon, weaponGlyph } from '../render/glyphs';
import { craftColour, cssColour } from '../render/palette';
import { Arsenal } from '../view/arsenal';
import type { Roster } from '../view/roster';
import type { GameEvent } from '../view/session';
import { bank } from '../view/walls';
import { OBJECTIVE_NEWS, teamLabel } from './team_label';

const LINES_MAX = 5;
const SHOWN_MS = 6000;

/** Who got whom, newest last. */
export class Killfeed {
  private readonly list = byId('killfeed', HTMLElement);
  private arsenal = new Arsenal();

  setArsenal(arsenal: Arsenal): void {
    this.arsenal = arsenal;
  }

  kill(event: Extract<GameEvent, { type: 'kill' }>, roster: Roster, own: number): void {
    const line = element('li');
    if (event.killer !== null && event.killer !== event.victim)
      line.append(nameOf(event.killer, roster, own));
    const how = element('span', 'how');
    how.append(
      glyphIcon(weaponGlyph(this.arsenal.weaponNamed(event.weapon))),
      element('i', '', event.weapon),
    );
    line.append(how);
    if (event.deflected) line.append(element('span', 'deflected', 'deflected'));
    if (bank(event)) line.append(element('span', 'bank', bank(event)));
    line.append(nameOf(event.victim, roster, own));
    if (event.bounty > 0) line.append(bountyBadge(event.bounty));
    if (event.assists.length > 0) line.append(helpers(event.assists, roster, own));
    if ([event.killer, event.victim, ...event.assists].includes(own)) line.classList.add('own');
    this.add(line);
  }

  note(text: string, player: number, roster: Roster, own: number): void {
    this.add(noteLine(text, player, roster, own));
  }

  /** Who has got or done what else, while there is room beside kills; in a crowd there is none. */
  aside(text: string, player: number, roster: Roster, own: number): void {
    if (roster.isPart || !roster.get(player)) return;
    const line = noteLine(text, player, roster, own);
    line.classList.add('aside');
    // Seven pellets that are sent back at once are one deed.
    if (this.list.lastElementChild?.textContent !== line.textContent) this.add(line);
  }

  objective(event: Extract<GameEvent, { type: 'objective' }>, roster: Roster, own: number): void {
    const line = element('li');
    if (event.player === null && event.what === 'flag_returned' && event.team) {
      line.append(element('span', 'note', 'At home again: the flag of'), teamLabel(event.team));
      this.add(line);
      return;
    }
    if (event.player !== null) line.append(nameOf(event.player, roster, own));
    line.append(element('span', 'note', OBJECTIVE_NEWS[event.what]));
    if (event.team) line.append(teamLabel(event.team));
    this.add(line);
  }

  clear(): void {
    this.list.replaceChildren();
  }

  private add(line: HTMLElement): void {
    this.list.append(line);
    while (this.list.childElementCount > LINES_MAX) {
      (this.list.querySelector('.aside') ?? this.list.firstElementChild)?.remove();
    }
    setTimeout(() => line.remove(), SHOWN_MS);
  }
}

function noteLine(text: string, player: number, roster: Roster, own: number): HTMLElement {
  const line = element('li');
  line.append(nameOf(player, roster, own), element('span', 'note', text));
  return line;
}

/** The crown that the victim wore, and what that was worth. */
function bountyBadge(bounty: number): HTMLElement {
  const badge = element('span', 'bounty');
  badge.append(glyphIcon('crown'), element('i', '', `+${bounty}`));
  return badge;
}

/** One by name, oneself before others; how many more, or how many if in a crowd none is known. */
function helpers(assists: readonly number[], roster: Roster, own: number): HTMLElement {
  const line = element('span', 'assists');
  const known = assists.includes(own) ? own : assists.find((id) => roster.get(id));
  const named = known === undefined ? undefined : roster.get(known);
  if (named) line.append(element('b', '', `+ ${named.name}`));
  const more = assists.length - Number(named !== undefined);
  if (more > 0) line.append(element('i', '', `+${more}`));
  return line;
}

function nameOf(id: number, roster: Roster, own: number): HTMLElement {
  const name = element('b', '', roster.name(id));
  name.style.color = cssColour(craftColour(id, id === own));
  return name;
}
