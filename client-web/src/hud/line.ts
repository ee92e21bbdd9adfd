import { byId, Flag, Text } from '../dom';
import type { Link } from '../net/link';

const STALL_MS = 1000;
const BANNER_MS = 3000;

/**
 * The line to the server: an icon when it stalls, a banner when it stays away, a button when it is over. A drop that is
 * healed within a second is not worth a word.
 */
export class Line {
  private readonly root = byId('connection', HTMLElement);
  private readonly shown = Flag.shows(this.root);
  private readonly stalled = Flag.shows(byId('stall', HTMLElement));
  private readonly over = Flag.className(this.root, 'over');
  private readonly text = new Text(this.root.querySelector('span') ?? this.root);
  private readonly button = byId('connection-button', HTMLButtonElement);
  private readonly buttonText = new Text(this.button);
  private readonly buttonShown = Flag.shows(this.button);
  private link: Link | undefined;

  /** `again` leads to the menu. */
  constructor(again: () => void) {
    this.button.addEventListener('click', () => {
      const { link } = this;
      if (link?.state.kind === 'stopped' && link.state.takeBack) link.takeBack();
      else again();
    });
  }

  update(link: Link | undefined, nowMs: number): void {
    this.link = link;
    const state = link?.state;
    const heardAtMs = link?.arrivals.snapshotAtMs ?? 0;
    const silentMs = heardAtMs > 0 ? nowMs - heardAtMs : 0;
    const stopped = state?.kind === 'stopped';
    this.stalled.set(!stopped && silentMs > STALL_MS);
    this.shown.set(stopped || silentMs > BANNER_MS);
    this.over.set(stopped);
    this.buttonShown.set(stopped);
    if (stopped) {
      this.text.set(state.text);
      this.buttonText.set(state.takeBack ? 'Play here' : 'Play again');
    } else if (state?.kind === 'reconnecting') {
      this.text.set(`${state.text} ${waitText(state.retryAtMs - nowMs)}`);
    } else this.text.set('No word from the server…');
  }
}

function waitText(leftMs: number): string {
  return leftMs > 1000 ? `Back in ${Math.ceil(leftMs / 1000)}…` : 'Coming back…';
}
