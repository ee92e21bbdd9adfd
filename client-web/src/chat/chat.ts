import { byId, element, Flag } from '../dom';
import { saveChat, savedChat } from '../menu/settings';
import type { GameEvent, Session } from '../view/session';
import { Entry } from './entry';
import { type ChatLine, Lines } from './lines';
import { Mutes } from './mutes';
import { Phrases } from './phrases';

type Refusal = Extract<GameEvent, { type: 'chat_refused' }>['reason'];

const REFUSED: Record<Refusal, string> = {
  flood: 'Not so fast: that went to nobody.',
  repeat: 'You have just said that.',
  words: 'Only phrases here.',
  off: 'Chat is switched off here.',
};

/**
 * What players say to each other: Enter writes to all, T to the team if there is one, Z held shows the phrases, T with it says to whom. Whoever wants none of
 * it says so in the menu, or mutes those who go too far.
 */
export class Chat {
  private readonly shown = Flag.shows(byId('chat', HTMLElement));
  private readonly open = Flag.className(byId('chat', HTMLElement), 'open');
  private readonly box = byId('chat-wanted', HTMLInputElement);
  private readonly muted = byId('chat-muted', HTMLElement);
  private readonly mutes = new Mutes();
  private readonly lines = new Lines((line) => this.mute(line));
  private readonly entry: Entry;
  private readonly phrases: Phrases;
  private readonly session: () => Session | undefined;
  private readonly handsOff: () => void;
  private readonly hasTeam: () => boolean;
  private wanted = savedChat();
  private playing = false;

  /** `session` is one that can be spoken through; `handsOff` lets go of the craft; `hasTeam`: whether the player has one. */
  constructor(session: () => Session | undefined, handsOff: () => void, hasTeam: () => boolean) {
    this.session = session;
    this.handsOff = handsOff;
    this.hasTeam = hasTeam;
    this.entry = new Entry(
      (text, toTeam) => void this.session()?.say_text(text, toTeam),
      () => this.open.set(false),
    );
    this.phrases = new Phrases(
      (number, toTeam) => void this.session()?.say_phrase(number, toTeam),
      () => this.write(false),
    );
    this.listen();
  }

  /** A new connection or a new match: there is somebody to speak to. */
  matchStarts(session: Session): void {
    this.phrases.fill(session.phrases());
    this.show(true);
  }

  show(playing: boolean): void {
    this.playing = playing;
    this.shown.set(playing && this.wanted);
    if (playing) return;
    this.entry.close();
    this.phrases.hide();
  }

  apply(event: GameEvent): void {
    if (event.type === 'chat_refused') this.lines.note(REFUSED[event.reason]);
    if (event.type === 'chat' && !this.mutes.has(event.name)) this.lines.add(event);
  }

  private listen(): void {
    // Before the keys that fly: a number is a phrase while those are shown.
    window.addEventListener('keydown', (event) => this.press(event), { capture: true });
    window.addEventListener('keyup', (event) => {
      if (event.code === 'KeyZ') this.phrases.hide();
    });
    window.addEventListener('blur', () => this.phrases.hide());
    // A button must not take the focus from what is being written.
    byId('chat', HTMLElement).addEventListener('mousedown', (event) => {
      if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
    });
    byId('chat-button', HTMLElement).addEventListener('click', () => {
      if (this.phrases.isOpen) this.phrases.hide();
      else this.phrases.show(this.hasTeam());
    });
    this.box.checked = this.wanted;
    this.box.addEventListener('change', () => this.want(this.box.checked));
  }

  private press(event: KeyboardEvent): void {
    if (!this.playing || !this.wanted || isControl(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.takes(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  private takes({ code, repeat }: KeyboardEvent): boolean {
    if (this.phrases.isOpen && this.phrases.press(code, repeat)) return true;
    if (repeat) return false;
    if (code === 'KeyZ') this.phrases.show(this.hasTeam());
    else if (code === 'Enter' || code === 'NumpadEnter') this.write(false);
    else if (code === 'KeyT' && this.hasTeam()) this.write(true);
    else return false;
    return true;
  }

  private write(toTeam: boolean): void {
    this.handsOff();
    this.phrases.hide();
    this.open.set(true);
    this.entry.open(toTeam, this.hasTeam());
  }

  private mute({ name }: ChatLine): void {
    this.mutes.add(name);
    this.lines.remove(name);
    this.lines.note(`${name} is muted.`);
    this.listMuted();
  }

  private listMuted(): void {
    const buttons = this.mutes.all.map((name) => {
      const button = element('button', '', `Hear ${name} again`);
      button.type = 'button';
      button.addEventListener('click', () => {
        this.mutes.delete(name);
        this.listMuted();
      });
      return button;
    });
    this.muted.replaceChildren(...buttons);
  }

  private want(on: boolean): void {
    this.wanted = on;
    saveChat(on);
    this.show(this.playing);
  }
}

function isControl(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLButtonElement
  );
}
