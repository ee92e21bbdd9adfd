import { byId, element, Flag, Text } from '../dom';
import type { BallotEvent } from '../view/session';

const KEYS = ['Digit1', 'Digit2', 'Digit3'];

/** The vote on the next map, under the results: by mouse, by finger, by the keys 1 to 3. */
export class BallotBox {
  /** Somebody wants this one. */
  onVote: (choice: number) => void = () => {};

  private readonly shown = Flag.shows(byId('ballot', HTMLElement));
  private readonly list = byId('ballot-choices', HTMLElement);
  private choices: Choice[] = [];
  private titles = '';

  constructor() {
    window.addEventListener('keydown', (event) => this.press(event));
    // The focus stays where it is: keys speak and vote, whoever has voted by mouse.
    this.list.addEventListener('mousedown', (event) => event.preventDefault());
  }

  update(ballot: BallotEvent): void {
    const titles = ballot.titles.join('\n');
    if (titles !== this.titles) this.fill(ballot.titles);
    this.titles = titles;
    this.choices.forEach((choice, at) => {
      choice.votes.set(ballot.votes[at] ?? 0);
    });
    this.shown.set(true);
  }

  /** The next match has begun, or results are over. */
  close(): void {
    this.shown.set(false);
    this.titles = '';
  }

  private fill(titles: readonly string[]): void {
    this.choices = titles.map((title, at) => new Choice(title, at, () => this.choose(at)));
    this.list.replaceChildren(...this.choices.map((choice) => choice.button));
  }

  private press(event: KeyboardEvent): void {
    const at = KEYS.indexOf(event.code);
    if (at < 0 || at >= this.choices.length || this.titles === '') return;
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    this.choose(at);
  }

  /** Shown at once; how the vote stands comes from the server. */
  private choose(at: number): void {
    this.choices.forEach((choice, other) => {
      choice.wanted.set(other === at);
    });
    this.onVote(at);
  }
}

/** One map as a button. */
class Choice {
  readonly button = element('button');
  readonly votes: Text;
  readonly wanted = new Flag((on) => this.button.setAttribute('aria-pressed', String(on)));

  constructor(title: string, at: number, choose: () => void) {
    const votes = element('b', '', '0');
    this.votes = new Text(votes);
    this.button.type = 'button';
    this.button.append(element('kbd', 'desk', String(at + 1)), element('span', '', title), votes);
    this.button.addEventListener('click', choose);
    this.wanted.set(false);
  }
}
