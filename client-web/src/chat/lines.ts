import { byId, element } from '../dom';
import { craftColour, cssColour } from '../render/palette';
import type { GameEvent } from '../view/session';

export type ChatLine = Extract<GameEvent, { type: 'chat' }>;

const LINES_MAX = 8;
const SHOWN_MS = 10_000;

/** The last lines, newest at the bottom. They fade, and are back while the player writes. */
export class Lines {
  private readonly list = byId('chat-lines', HTMLElement);
  private readonly mute: (line: ChatLine) => void;

  constructor(mute: (line: ChatLine) => void) {
    this.mute = mute;
  }

  add(line: ChatLine): void {
    const item = element('li');
    item.dataset.name = line.name;
    if (line.team) item.append(element('em', '', 'Team'));
    const name = element('b', '', line.name);
    name.style.color = cssColour(craftColour(line.from, line.own));
    item.append(name, element('span', '', line.text));
    if (!line.own) item.append(this.muteButton(line));
    this.put(item);
  }

  /** Something the page says itself. */
  note(text: string): void {
    this.put(element('li', 'note', text));
  }

  /** Takes away what somebody said. */
  remove(name: string): void {
    for (const item of [...this.list.children]) {
      if ((item as HTMLElement).dataset.name === name) item.remove();
    }
  }

  clear(): void {
    this.list.replaceChildren();
  }

  private put(item: HTMLElement): void {
    item.classList.add('fresh');
    setTimeout(() => item.classList.remove('fresh'), SHOWN_MS);
    this.list.append(item);
    while (this.list.childElementCount > LINES_MAX) this.list.firstElementChild?.remove();
  }

  private muteButton(line: ChatLine): HTMLButtonElement {
    const button = element('button', '', 'Mute');
    button.type = 'button';
    button.setAttribute('aria-label', `Mute ${line.name}`);
    button.addEventListener('click', () => this.mute(line));
    return button;
  }
}
