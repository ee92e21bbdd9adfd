import { byId, element, Flag } from '../dom';

/** What can be said without typing, by the number keys or a touch. */
export class Phrases {
  private readonly list = byId('chat-phrases', HTMLElement);
  private readonly shown = Flag.shows(this.list);
  private readonly say: (number: number) => void;

  constructor(say: (number: number) => void, write: () => void) {
    this.say = say;
    const type = element('button', 'write', 'Write…');
    type.type = 'button';
    type.addEventListener('click', () => {
      this.hide();
      write();
    });
    this.list.append(type);
  }

  get isOpen(): boolean {
    return !this.list.hidden;
  }

  /** In their order: the first is on key 1, the tenth on key 0. */
  fill(texts: readonly string[]): void {
    if (this.list.childElementCount > 1) return;
    texts.forEach((text, number) => {
      const button = element('button');
      button.type = 'button';
      button.append(element('kbd', 'desk', String((number + 1) % 10)), element('span', '', text));
      button.addEventListener('click', () => this.choose(number));
      this.list.append(button);
    });
  }

  show(): void {
    this.shown.set(true);
  }

  hide(): void {
    this.shown.set(false);
  }

  /** True if the key is one of its numbers. */
  press(code: string): boolean {
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
    if (digit === undefined) return false;
    this.choose((Number(digit) + 9) % 10);
    return true;
  }

  private choose(number: number): void {
    this.hide();
    this.say(number);
  }
}
