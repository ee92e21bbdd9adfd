import { byId, element } from '../dom';
import { type MadeRoom, makeRoom, type RoomOptions, roomOptions } from '../net/rooms';
import { modeTitle } from '../view/modes';

const SKILLS: Readonly<Record<string, string>> = {
  easy: 'Easy',
  normal: 'Normal',
  hard: 'Hard',
  mixed: 'Mixed',
};
/** No form has this id: a field that names it belongs to none. */
const NO_FORM = 'make-none';
const MAPS: Readonly<Record<string, string>> = { rotation: 'All in turn', arena: 'Made for it' };

/** A room of one's own: what to play, where, with how many bots; then a link for friends. */
export class RoomForm {
  private readonly details = byId('make', HTMLDetailsElement);
  private readonly mode = byId('make-mode', HTMLSelectElement);
  private readonly map = byId('make-map', HTMLSelectElement);
  private readonly bots = byId('make-bots', HTMLInputElement);
  private readonly skill = byId('make-skill', HTMLSelectElement);
  private readonly isPrivate = byId('make-private', HTMLInputElement);
  private readonly button = byId('make-room', HTMLButtonElement);
  private readonly problem = byId('make-problem', HTMLElement);
  private readonly invite = byId('invite', HTMLElement);
  private readonly link = byId('invite-link', HTMLInputElement);
  private readonly copy = byId('invite-copy', HTMLButtonElement);
  private readonly made: (room: MadeRoom) => void;
  private options: RoomOptions | undefined;
  private filled = false;

  constructor(made: (room: MadeRoom) => void) {
    this.made = made;
    this.details.addEventListener('toggle', () => void this.fill());
    this.mode.addEventListener('change', () => this.suitMode());
    this.button.addEventListener('click', () => void this.make());
    this.copy.addEventListener('click', () => void this.copyLink());
    this.link.addEventListener('focus', () => this.link.select());
    this.bots.value = '';
    this.bots.placeholder = 'usual';
    this.standAlone();
  }

  /** The fields lie in the form of the name: what is wrong in them must not stop Play, nor Enter in them press it. */
  private standAlone(): void {
    for (const field of this.details.querySelectorAll('input, select')) field.setAttribute('form', NO_FORM);
    this.details.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
      event.preventDefault();
      void this.make();
    });
  }

  private async fill(): Promise<void> {
    if (this.filled || !this.details.open) return;
    this.filled = true;
    try {
      this.offer(await roomOptions());
    } catch (error) {
      this.filled = false;
      this.tell(error);
    }
  }

  private offer(options: RoomOptions): void {
    this.mode.replaceChildren(...options.modes.map((mode) => option(mode, modeTitle(mode))));
    this.options = options;
    this.suitMode();
    this.skill.replaceChildren(...options.bot_skills.map((skill) => option(skill, SKILLS[skill] ?? skill)));
    this.skill.value = options.bot_skill;
  }

  /** Maps that suit the mode, the chosen one still chosen if it is among them; no more bots than there are places. */
  private suitMode(): void {
    if (!this.options) return;
    const { maps_by_mode, places_by_mode, max_rooms_bots } = this.options;
    const mode = this.mode.value;
    this.bots.max = String(Math.min(places_by_mode[mode] ?? 0, max_rooms_bots));
    const maps = maps_by_mode[mode] ?? [];
    const chosen = this.map.value;
    this.map.replaceChildren(...maps.map((map) => option(map, MAPS[map] ?? map)));
    if (maps.includes(chosen)) this.map.value = chosen;
  }

  private async make(): Promise<void> {
    if (this.button.disabled) return;
    this.problem.textContent = '';
    this.button.disabled = true;
    try {
      const bots = this.wantedBots();
      const { mode, map, skill, isPrivate } = this;
      const bot_skill = skill.value;
      this.show(
        await makeRoom({ mode: mode.value, map: map.value, bots, bot_skill, private: isPrivate.checked }),
      );
    } catch (error) {
      this.tell(error);
    }
    this.button.disabled = false;
  }

  /** None: as many as are usual. */
  private wantedBots(): number | undefined {
    const { bots } = this;
    if (!bots.reportValidity()) {
      throw new Error(`Bots: a whole number from 0 to ${bots.max}, or nothing for as many as usual.`);
    }
    return bots.value === '' ? undefined : bots.valueAsNumber;
  }

  private show(room: MadeRoom): void {
    this.link.value = room.url;
    this.invite.hidden = false;
    this.details.open = false;
    this.copy.textContent = 'Copy';
    this.made(room);
  }

  /** Where the clipboard is forbidden, the link is selected: one key copies it. */
  private async copyLink(): Promise<void> {
    this.link.select();
    try {
      await navigator.clipboard.writeText(this.link.value);
      this.copy.textContent = 'Copied';
    } catch {
      this.copy.textContent = 'Press Ctrl+C';
    }
  }

  private tell(error: unknown): void {
    this.problem.textContent = error instanceof Error ? error.message : String(error);
  }
}

function option(value: string, title: string): HTMLOptionElement {
  const made = element('option', '', title);
  made.value = value;
  return made;
}
