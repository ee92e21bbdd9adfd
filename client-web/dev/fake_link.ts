/**
 * A stand-in for server and core on the dev server (`npm run dev`, then `/?fake`): an arena full
 * of craft and shots that looks right and means nothing. For work on the look, and to measure the
 * script per frame: `/?fake&craft=60&shots=400&sparks=1500`.
 */
import { Arrivals } from '../src/net/arrivals';
import type { Link, LinkState } from '../src/net/link';
import type { Session } from '../src/view/session';
import { FakeSession } from './fake_session';

export class FakeLink implements Link {
  readonly session: Session;
  readonly arrivals = new Arrivals();
  onHeard: ((nowMs: number) => void) | undefined;
  state: LinkState = { kind: 'joining' };

  constructor(name: string, onChange: () => void) {
    const query = new URLSearchParams(location.search);
    this.session = new FakeSession(name, query);
    const refused = query.get('refuse');
    setTimeout(() => {
      this.state = refused ? { kind: 'refused', text: refused } : { kind: 'open' };
      onChange();
    }, 30);
    const state = query.get('link');
    if (!state) return;
    setTimeout(() => {
      if (state === 'stopped')
        this.state = { kind: 'stopped', text: 'You are playing in another window now.', takeBack: true };
      else
        this.state = {
          kind: 'reconnecting',
          text: 'The connection was lost.',
          retryAtMs: performance.now() + 8000,
        };
      onChange();
    }, 1500);
  }

  drive(nowMs: number): void {
    this.session.advance(nowMs);
  }

  hurry(): void {}
  takeBack(): void {}
  close(): void {}
}
