import { byId, element, Flag, Text } from '../dom';

/** What can be said without typing, by the number keys or a touch; where there are teams, to all or to one's own: T changes it. */
export class Phrases {
  private readonly list = byId('chat-phrases', HTMLElement);
  private readonly shown = Flag.shows(this.list);
  private readonly say: (number: number, toTeam: boolean) => void;
  private readonly to = button('to');
  private readonly toShown = Flag.shows(this.to);
  private readonly toText: Text;
  /** Kept until it is changed: who plays for a team mostly speaks to it. */
  private toTeam = false;
  private hasTeam = false;

  constructor(say: (number: number, toTeam: boolean) => void, write: () => void) {
    this.say = say;
    const type = button('write');
    type.textContent = 'Write…';
    type.addEventListener('click', () => {
      this.hide();
      write();
    });
    const name = element('span');
    this.toText = new Text(name);
    this.to.append(element('kbd', 'desk', 'T'), name);
    this.to.addEventListener('click', () => this.address(!this.toTeam));
    this.list.append(this.to, type);
  }

  get isOpen(): boolean {
    return !this.list.hidden;
  }

  /** In their order: the first is on key 1, the tenth on key 0. */
  fill(texts: readonly string[]): void {
    if (this.list.childElementCount > 2) return;
    texts.forEach((text, number) => {
      const phrase = button();
      phrase.append(element('kbd', 'desk', String((number + 1) % 10)), element('span', '', text));
      phrase.addEventListener('click', () => this.choose(number));
      this.list.append(phrase);
    });
  }

  show(hasTeam: boolean): void {
    this.hasTeam = hasTeam;
    this.toShown.set(hasTeam);
    this.address(this.toTeam);
    this.shown.set(true);
  }

  hide(): void {
    this.shown.set(false);
  }

  /** True if the key does something here: a number, or T where there is a choice. Held on, T changes it once. */
  press(code: string, repeat: boolean): boolean {
    if (code === 'KeyT' && this.hasTeam) {
      if (!repeat) this.address(!this.toTeam);
      return true;
    }
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
    if (digit === undefined) return false;
    this.choose((Number(digit) + 9) % 10);
    return true;
  }

  private address(toTeam: boolean): void {
    this.toTeam = toTeam;
    this.toText.set(toTeam ? 'To the team' : 'To all');
    this.list.classList.toggle('team', toTeam && this.hasTeam);
  }

  private choose(number: number): void {
    this.hide();
    this.say(number, this.toTeam && this.hasTeam);
  }
}

function button(className = ''): HTMLButtonElement {
  const made = element('button', className);
  made.type = 'button';
  return made;
}
