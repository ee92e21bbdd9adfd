import { byId, element } from '../dom';
import { OBJECTIVE_NEWS, teamLabel } from '../hud/team_label';
import { glyphIcon, glyphNamed } from '../render/glyphs';
import { craftColour, cssColour, itemColour } from '../render/palette';
import { bank } from '../view/walls';
import type { Coming, Crown, Deflect, Kill, Objective, Pickup, Said, Streak } from './events';

const LINES_MAX = 40;

/** What happened, newest first. */
export class Feed {
  private readonly list = byId('feed', HTMLElement);
  private readonly waiting: HTMLElement[] = [];
  private request = 0;

  kill(kill: Kill): void {
    const parts: Node[] = [];
    if (kill.killer !== null && kill.killer !== kill.victim) {
      parts.push(player(kill.killer, kill.killer_name ?? ''));
    }
    parts.push(weapon(kill.weapon));
    if (kill.deflected) parts.push(element('em', 'deflected', 'deflected'));
    if (bank(kill)) parts.push(element('em', '', bank(kill)));
    parts.push(player(kill.victim, kill.victim_name));
    if (kill.bounty > 0) parts.push(element('em', 'bounty', `bounty +${kill.bounty}`));
    if (kill.assists.length > 0) parts.push(helpers(kill));
    this.add('kill', parts);
  }

  /** That nobody is ahead any more, the table shows. */
  crown({ id, name }: Crown): void {
    if (id === null) return;
    this.add('crown', [player(id, name ?? ''), element('span', '', 'takes the lead'), glyphIcon('crown')]);
  }

  streak(streak: Streak): void {
    this.add('streak', [player(streak.id, streak.name), element('span', '', `${streak.kills} in a row`)]);
  }

  pickup({ id, name, item }: Pickup): void {
    const sign = glyphIcon(glyphNamed(item));
    sign.style.color = cssColour(itemColour(glyphNamed(item)));
    this.add('pickup', [player(id, name), element('span', '', 'takes'), sign, element('span', '', item)]);
  }

  /** `from` is the name of whose shot it was; empty when nobody here knows. */
  deflect(deflect: Deflect, from: string): void {
    const parts: Node[] = [
      player(deflect.id, deflect.name),
      element('span', '', 'deflects'),
      weapon(deflect.weapon),
    ];
    if (from) parts.push(element('span', '', 'of'), player(deflect.from, from));
    this.add('deflect', parts);
  }

  objective(news: Objective): void {
    const parts: Node[] = [];
    if (news.player !== null) parts.push(player(news.player, news.player_name ?? ''));
    parts.push(element('span', '', OBJECTIVE_NEWS[news.what]));
    if (news.team) parts.push(teamLabel(news.team));
    this.add('objective', parts);
  }

  said(said: Said): void {
    this.add('said', [player(said.from, said.name), element('span', '', said.text)]);
  }

  coming(coming: Coming, verb: string): void {
    this.add('coming', [player(coming.id, coming.name), element('span', '', verb)]);
  }

  note(text: string): void {
    this.add('note', [element('span', '', text)]);
  }

  clear(): void {
    this.waiting.length = 0;
    this.list.replaceChildren();
  }

  /** What comes between two pictures goes in together. */
  private add(kind: string, parts: readonly Node[]): void {
    const line = element('li', kind);
    line.append(...parts);
    if (this.waiting.unshift(line) > LINES_MAX) this.waiting.length = LINES_MAX;
    this.request ||= requestAnimationFrame(() => this.put());
  }

  private put(): void {
    this.request = 0;
    this.list.prepend(...this.waiting);
    this.waiting.length = 0;
    while (this.list.childElementCount > LINES_MAX) this.list.lastElementChild?.remove();
  }
}

function helpers({ assists, assist_names }: Kill): HTMLElement {
  const line = element('span', 'assists', 'helped by');
  line.append(...assists.map((id, at) => player(id, assist_names[at] ?? '')));
  return line;
}

function weapon(name: string): HTMLElement {
  const how = element('span', 'how');
  how.append(glyphIcon(glyphNamed(name)), element('i', '', name));
  return how;
}

function player(id: number, name: string): HTMLElement {
  const text = element('b', '', name);
  text.style.color = cssColour(craftColour(id, false));
  return text;
}
