import { byId, element } from '../dom';
import { type MadeRoom, makeRoom, type RoomOptions, roomOptions } from '../net/rooms';
import { modeTitle } from '../view/modes';

const SKILLS: Readonly<Record<string, string>> = {
  easy: 'Easy',
  normal: 'Normal',
  hard: 'Hard',
  mixed: 'Mixed',
};
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
  private mapsByMode: Readonly<Record<string, string[]>> = {};
  private filled = false;

  constructor(made: (room: MadeRoom) => void) {
    this.made = made;
    this.details.addEventListener('toggle', () => void this.fill());
    this.mode.addEventListener('change', () => this.offerMaps());
    this.button.addEventListener('click', () => void this.make());
    this.copy.addEventListener('click', () => void this.copyLink());
    this.link.addEventListener('focus', () => this.link.select());
    // Enter would press Play: the fields lie in the form of the name.
    this.bots.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
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
    this.mapsByMode = options.maps_by_mode;
    this.offerMaps();
    this.skill.replaceChildren(...options.bot_skills.map((skill) => option(skill, SKILLS[skill] ?? skill)));
    this.skill.value = options.bot_skill;
    this.bots.value = String(options.bots);
    this.bots.max = String(options.max_players);
  }

  /** Those that suit the mode; the chosen one stays chosen if it is among them. */
  private offerMaps(): void {
    const maps = this.mapsByMode[this.mode.value] ?? [];
    const chosen = this.map.value;
    this.map.replaceChildren(...maps.map((map) => option(map, MAPS[map] ?? map)));
    if (maps.includes(chosen)) this.map.value = chosen;
  }

  private async make(): Promise<void> {
    this.problem.textContent = '';
    this.button.disabled = true;
    try {
      const bots = Math.max(0, Math.round(this.bots.valueAsNumber) || 0);
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
