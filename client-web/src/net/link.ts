import type { Session } from '../view/session';

export type LinkState =
  | { kind: 'joining' }
  | { kind: 'open' }
  | { kind: 'reconnecting'; text: string; retryAtMs: number }
  | { kind: 'stopped'; text: string }
  | { kind: 'refused'; text: string };

/**
 * A place in a match that is kept through drops. Each connection has a session of its own:
 * `session` changes when the line was lost and found again.
 */
export interface Link {
  readonly session: Session | undefined;
  readonly state: LinkState;
  /** Runs the session up to `nowMs` and sends what it has to say. Call every frame. */
  drive(nowMs: number): void;
  close(): void;
}
