import { byId, Flag, Text } from '../dom';
import type { LinkState } from '../net/link';
import type { Header } from '../view/frame';

const STALL_MS = 1000;
const BANNER_MS = 3000;

/** The line to the server: an icon when it stalls, a banner when it stays away, a button when it is over. */
export class Line {
  private readonly root = byId('connection', HTMLElement);
  private readonly shown = Flag.shows(this.root);
  private readonly stalled = Flag.shows(byId('stall', HTMLElement));
  private readonly over = Flag.className(this.root, 'over');
  private readonly text = new Text(this.root.querySelector('span') ?? this.root);
  private readonly button = this.root.querySelector('button');

  constructor(again: () => void) {
    this.button?.addEventListener('click', again);
  }

  update(state: LinkState | undefined, header: Header, nowMs: number): void {
    const silentMs = state?.kind === 'open' && header.player >= 0 ? header.sinceSnapshotMs : 0;
    const stopped = state?.kind === 'stopped';
    const away = state?.kind === 'reconnecting';
    this.stalled.set(silentMs > STALL_MS);
    this.shown.set(stopped || away || silentMs > BANNER_MS);
    this.over.set(stopped);
    if (this.button) this.button.hidden = !stopped;
    if (stopped) this.text.set(state.text);
    else if (away) this.text.set(`${state.text} ${waitText(state.retryAtMs - nowMs)}`);
    else this.text.set('No word from the server…');
  }
}

function waitText(leftMs: number): string {
  return leftMs > 1000 ? `Back in ${Math.ceil(leftMs / 1000)}…` : 'Coming back…';
}
