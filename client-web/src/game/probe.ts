import type { Frame, Header } from '../view/frame';
import type { GameEvent } from '../view/session';
import type { ScriptTime } from './stats';

/**
 * What tests and the curious may read, and nothing they could change:
 * `document.documentElement.dataset.state` and `window.__fracas`.
 */

export type PageState = 'menu' | 'joining' | 'playing' | 'dead' | 'results' | 'reconnecting' | 'stopped';

export interface Probe {
  frame(): Header;
  crafts(): { id: number; x: number; y: number }[];
  stats(): ReturnType<ScriptTime['summary']>;
  /** The last hundred, newest last. */
  readonly events: readonly GameEvent[];
}

declare global {
  interface Window {
    __fracas?: Probe;
  }
}

const EVENTS_KEPT = 100;

export class EventLog {
  readonly events: GameEvent[] = [];

  add(event: GameEvent): void {
    if (this.events.length >= EVENTS_KEPT) this.events.shift();
    this.events.push(event);
  }
}

export function exposeProbe(frame: Frame, script: ScriptTime, log: EventLog): void {
  window.__fracas = {
    frame: () => ({ ...frame.header }),
    crafts: () => frame.crafts.slice(0, frame.header.craftCount).map(({ id, x, y }) => ({ id, x, y })),
    stats: () => script.summary(),
    events: log.events,
  };
}

export function showState(state: PageState): void {
  const { dataset } = document.documentElement;
  if (dataset.state !== state) dataset.state = state;
}
