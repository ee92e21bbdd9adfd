import type { Hud } from '../hud/hud';
import type { Link } from '../net/link';
import type { Frame, Header } from '../view/frame';
import type { NetStats } from '../view/net_stats';
import type { Roster } from '../view/roster';
import type { GameEvent, Intent } from '../view/session';
import { type Diagnosis, diagnose, type Signs } from './diagnose';
import type { Health } from './health';
import type { ScriptTime } from './stats';

/**
 * What tests and the curious may read, and nothing they could change:
 * `document.documentElement.dataset.state` and `window.__fracas`.
 */

export type PageState = 'menu' | 'joining' | 'playing' | 'dead' | 'results' | 'reconnecting' | 'stopped';

/** What the probe looks into. */
export interface Watched {
  frame: Frame;
  script: ScriptTime;
  log: EventLog;
  health: Health;
  roster: Roster;
  hud: Hud;
  intent(): Readonly<Intent>;
  link(): Link | undefined;
}

export interface Probe {
  frame(): Header;
  crafts(): { id: number; x: number; y: number }[];
  stats(): ReturnType<ScriptTime['summary']>;
  /** What the player's hands wanted in the newest frame. */
  intent(): Intent;
  /** Line, device and server over the last ten seconds; undefined before the first look. */
  health(): { signs: Signs; diagnosis: Diagnosis; stats: NetStats | undefined } | undefined;
  /** How many are known by name, and how many the minimap showed last. */
  hud(): { known: number; dots: number };
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

export function exposeProbe({ frame, script, log, health, roster, hud, intent, link }: Watched): void {
  window.__fracas = {
    frame: () => ({ ...frame.header }),
    crafts: () => frame.crafts.slice(0, frame.header.craftCount).map(({ id, x, y }) => ({ id, x, y })),
    stats: () => script.summary(),
    intent: () => ({ ...intent() }),
    health: () => {
      const arrivals = link()?.arrivals;
      if (!arrivals) return undefined;
      const signs = health.signs(performance.now(), arrivals);
      return { signs, diagnosis: diagnose(signs), stats: health.stats };
    },
    hud: () => ({ known: roster.players.length, dots: hud.minimapDots }),
    events: log.events,
  };
}

export function showState(state: PageState): void {
  const { dataset } = document.documentElement;
  if (dataset.state !== state) dataset.state = state;
}
