import { readSetup, type Session } from '../view/session';
import { Arrivals } from './arrivals';
import { Backoff } from './backoff';
import { type Advice, closing, LOST, TAKEN_OVER } from './close_codes';
import { JoinError, join } from './join';
import { forgetPlace, keepPlace, keptPlace, leavePlace, newestToken, newPlaceKey } from './kept_place';
import type { Link, LinkState } from './link';
import { Vigil } from './vigil';

/** How to make sessions. */
export type SessionMaker = () => Session;

/** Playing this long counts as having arrived: the next drop starts with short waits again. */
const SETTLED_MS = 5000;
/** What may wait in the browser for a line that takes nothing: three seconds of input, useless by then. */
const UNSENT_BYTES_MAX = 2048;

/**
 * Joins, talks, and comes back by itself:
 *
 *     join ──ticket──▶ socket ──welcome──▶ open ──drop──▶ wait ──resume token──▶ socket …
 *      ▲                                                            │
 *      └───────────────── the server does not know the token ◀──────┘
 *
 * A reloaded page enters at the resume token, too, and so does a window that takes its place back from another. Each
 * welcome brings a new token; the one before is used up.
 */
export class Connection implements Link {
  session: Session | undefined;
  state: LinkState = { kind: 'joining' };
  readonly arrivals = new Arrivals();
  onHeard: ((nowMs: number) => void) | undefined;

  private readonly makeSession: SessionMaker;
  private readonly name: string;
  /** Leads into a room that isn't open to all; empty where none is asked for. */
  private readonly code: string;
  private readonly onChange: () => void;
  private readonly backoff = new Backoff();
  private readonly vigil = new Vigil();
  private readonly ends = new AbortController();
  private socket: WebSocket | undefined;
  private placeKey = newPlaceKey();
  private wsUrl = '';
  private resumeToken = '';
  private openedAtMs = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(makeSession: SessionMaker, name: string, code: string, onChange: () => void) {
    this.makeSession = makeSession;
    this.name = name;
    this.code = code;
    this.onChange = onChange;
    this.listen();
    const kept = keptPlace(name, code);
    if (kept) {
      this.placeKey = kept.key;
      this.wsUrl = kept.wsUrl;
      this.resumeToken = kept.token;
      this.dial(kept.token, true);
    } else void this.joinAfresh();
  }

  drive(nowMs: number): void {
    const { session, socket } = this;
    this.vigil.look(nowMs);
    if (!session || !socket) return;
    session.advance(nowMs);
    this.flush();
    const isOpen = this.state.kind === 'open';
    if (isOpen && nowMs - this.openedAtMs > SETTLED_MS) this.backoff.reset();
    if (this.vigil.isOver(nowMs, isOpen)) this.dropped(LOST.text, 'retry');
  }

  hurry(): void {
    if (this.state.kind !== 'reconnecting' || this.socket) return;
    clearTimeout(this.timer);
    this.retry();
  }

  takeBack(): void {
    this.resumeToken = newestToken(this.placeKey) ?? this.resumeToken;
    this.change({ kind: 'reconnecting', text: 'Taking your place back.', retryAtMs: performance.now() });
    this.retry();
  }

  close(): void {
    this.closed = true;
    this.ends.abort();
    clearTimeout(this.timer);
    // Leaving on purpose frees the place at once; any other end keeps the craft for a while. A place that another
    // window has taken is not ours to forget.
    if (this.state.kind === 'stopped' && this.state.takeBack) leavePlace();
    else forgetPlace(this.placeKey);
    this.hangUp(1000);
    this.session?.free();
    this.session = undefined;
  }

  private listen(): void {
    const { signal } = this.ends;
    window.addEventListener('online', () => this.hurry(), { signal });
    // From Wi-Fi to mobile: the old line is often dead without a word.
    const network: EventTarget | undefined = (navigator as Navigator & { connection?: EventTarget })
      .connection;
    network?.addEventListener('change', () => this.vigil.suspect(performance.now()), { signal });
  }

  private async joinAfresh(): Promise<void> {
    forgetPlace(this.placeKey);
    this.placeKey = newPlaceKey();
    this.resumeToken = '';
    try {
      const place = await join(this.name, this.code);
      if (this.closed) return;
      this.wsUrl = place.wsUrl;
      this.dial(place.ticket, false);
    } catch (error) {
      if (this.closed) return;
      this.notJoined(error);
    }
  }

  private notJoined(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    const retry = error instanceof JoinError && error.retry;
    if (this.state.kind === 'joining') this.change({ kind: 'refused', text });
    else if (retry) this.waitThenRetry(text);
    else this.change({ kind: 'stopped', text, takeBack: false });
  }

  private dial(credential: string, resume: boolean): void {
    this.hangUp();
    const session = this.makeSession();
    const socket = new WebSocket(this.wsUrl);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () =>
      socket.send(session.hello(credential, resume, false, performance.now()) as Uint8Array<ArrayBuffer>);
    socket.onmessage = (message: MessageEvent<unknown>) => this.hear(session, message.data);
    socket.onclose = (event) => this.hungUp(event.code);
    this.socket = socket;
    this.session?.free();
    this.session = session;
    this.vigil.heard(performance.now());
  }

  private hear(session: Session, data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return;
    const now = performance.now();
    const before = session.snapshot_count();
    this.vigil.heard(now);
    try {
      session.receive(new Uint8Array(data), now);
    } catch (error) {
      console.error('the server sent a message that this page cannot read', error);
      this.dropped('The server sent something this page cannot read.', 'rejoin');
      return;
    }
    this.arrivals.message(now, session.snapshot_count() > before);
    if (this.state.kind !== 'open') this.welcomed(session, now);
    this.flush();
    this.onHeard?.(now);
  }

  private welcomed(session: Session, nowMs: number): void {
    const setup = readSetup(session);
    if (!setup) return;
    this.resumeToken = setup.resume_token;
    const { placeKey: key, name, code, wsUrl, resumeToken: token } = this;
    keepPlace({ key, name, code, wsUrl, token });
    this.openedAtMs = nowMs;
    this.change({ kind: 'open' });
  }

  /** Sends what the session has to say. What a stalled line does not take is dropped: it would arrive too late to count. */
  private flush(): void {
    const { session, socket } = this;
    if (!session || socket?.readyState !== WebSocket.OPEN) return;
    for (let bytes = session.next_message(); bytes; bytes = session.next_message()) {
      if (socket.bufferedAmount < UNSENT_BYTES_MAX) socket.send(bytes as Uint8Array<ArrayBuffer>);
    }
  }

  private hungUp(code: number): void {
    const { advice, text } = closing(code);
    this.dropped(text, this.isTakenOver(advice) ? 'taken' : advice);
  }

  /** Our token is used up and a newer one is there: another window was faster while our line was down. */
  private isTakenOver(advice: Advice): boolean {
    const newest = newestToken(this.placeKey);
    return (
      advice === 'rejoin' && this.resumeToken !== '' && newest !== undefined && newest !== this.resumeToken
    );
  }

  private dropped(text: string, advice: Advice): void {
    this.hangUp();
    if (advice === 'taken') {
      this.change({ kind: 'stopped', text: TAKEN_OVER.text, takeBack: true });
      return;
    }
    if (advice === 'stop') {
      this.change({ kind: 'stopped', text, takeBack: false });
      return;
    }
    if (this.state.kind === 'joining' && this.resumeToken) {
      // The place kept over a reload is gone.
      void this.joinAfresh();
      return;
    }
    if (advice === 'rejoin') this.giveUpPlace();
    this.waitThenRetry(text);
  }

  /** The server is there but our place is not: ask for a new one without waiting long, once. */
  private giveUpPlace(): void {
    if (this.resumeToken) this.backoff.reset();
    this.resumeToken = '';
  }

  private waitThenRetry(text: string): void {
    const waitMs = this.backoff.next();
    this.change({ kind: 'reconnecting', text, retryAtMs: performance.now() + waitMs });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.retry(), waitMs);
  }

  private retry(): void {
    if (this.resumeToken) this.dial(this.resumeToken, true);
    else void this.joinAfresh();
  }

  /** The old session stays readable, so that the last picture stays on screen. */
  private hangUp(code?: number): void {
    const socket = this.socket;
    if (!socket) return;
    this.socket = undefined;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(code);
  }

  private change(state: LinkState): void {
    this.state = state;
    this.onChange();
  }
}
