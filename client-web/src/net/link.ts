import type { Session } from '../view/session';
import type { Arrivals } from './arrivals';

export type LinkState =
  | { kind: 'joining' }
  | { kind: 'open' }
  | { kind: 'reconnecting'; text: string; retryAtMs: number }
  /** Over, for good unless the player wants it: `takeBack` when another window has the place now. */
  | { kind: 'stopped'; text: string; takeBack: boolean }
  | { kind: 'refused'; text: string };

/**
 * A place in a match that is kept through drops. Each connection has a session of its own:
 * `session` changes when the line was lost and found again.
 */
export interface Link {
  readonly session: Session | undefined;
  readonly state: LinkState;
  /** When messages came in. Goes on through drops. */
  readonly arrivals: Arrivals;
  /** Called after each message: the only beat a tab in the back gets reliably. */
  onHeard: ((nowMs: number) => void) | undefined;
  /** Runs the session up to `nowMs`, sends what it has to say, and gives up a line that is silent. Call every frame. */
  drive(nowMs: number): void;
  /** The page is back in front, or the network is: no more waiting. */
  hurry(): void;
  /** Takes a place back that another window has taken over. */
  takeBack(): void;
  close(): void;
}
