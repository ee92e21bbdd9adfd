import { byId, Flag, Text } from '../dom';

/** The line that is being written. Enter sends it, Escape drops it, Tab changes to whom, where there is a choice. */
export class Entry {
  private readonly form = byId('chat-entry', HTMLFormElement);
  private readonly input = byId('chat-text', HTMLInputElement);
  private readonly to = byId('chat-to', HTMLButtonElement);
  private readonly toText = new Text(this.to);
  private readonly shown = Flag.shows(this.form);
  /** Keys that went down here. One that was held before, to fly, must not write. */
  private readonly pressed = new Set<string>();
  private readonly toShown = Flag.shows(this.to);
  private toTeam = false;
  private hasTeam = false;

  constructor(say: (text: string, toTeam: boolean) => void, closed: () => void) {
    const close = () => {
      if (this.form.hidden) return;
      this.shown.set(false);
      this.input.value = '';
      this.input.blur();
      closed();
    };
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      if (text) say(text, this.toTeam);
      close();
    });
    this.input.addEventListener('keydown', (event) => this.press(event, close));
    this.input.addEventListener('keyup', (event) => this.pressed.delete(event.code));
    this.input.addEventListener('blur', close);
    this.to.addEventListener('click', () => this.address(!this.toTeam));
  }

  get isOpen(): boolean {
    return !this.form.hidden;
  }

  open(toTeam: boolean, hasTeam: boolean): void {
    this.pressed.clear();
    this.hasTeam = hasTeam;
    this.toShown.set(hasTeam);
    this.input.placeholder = hasTeam ? 'Enter sends, Tab: all or team' : 'Enter sends';
    this.address(toTeam);
    this.shown.set(true);
    this.input.focus();
  }

  close(): void {
    this.input.blur();
  }

  private press(event: KeyboardEvent, close: () => void): void {
    if (event.repeat && !this.pressed.has(event.code)) event.preventDefault();
    this.pressed.add(event.code);
    // The Enter and Escape of an input method choose a word.
    if (event.isComposing) return;
    if (event.key === 'Escape') close();
    if (event.key !== 'Tab') return;
    event.preventDefault();
    this.address(!this.toTeam);
  }

  private address(toTeam: boolean): void {
    this.toTeam = toTeam && this.hasTeam;
    this.toText.set(this.toTeam ? 'Team' : 'All');
    this.form.classList.toggle('team', this.toTeam);
  }
}
