import { readSetup, type Session } from '../view/session';
import { Backoff } from './backoff';
import { closing } from './close_codes';
import { JoinError, join } from './join';
import { forgetPlace, keepPlace, takeKeptPlace } from './kept_place';
import type { Link, LinkState } from './link';

/** How to make sessions: the WASM core's two ways in. */
export interface SessionMaker {
  make(): Session;
  hello(credential: string, resume: boolean): Uint8Array;
}

/** Silence after which an open socket is taken for dead. The server speaks 15 times a second and more. */
const SILENCE_MS_MAX = 6000;
/** Playing this long counts as having arrived: the next drop starts with short waits again. */
const SETTLED_MS = 5000;

/**
 * Joins, talks, and comes back by itself:
 *
 *     join ──ticket──▶ socket ──welcome──▶ open ──drop──▶ wait ──resume token──▶ socket …
 *      ▲                                                            │
 *      └───────────────── the server does not know the token ◀──────┘
 *
 * A reloaded page enters at the resume token, too.
 */
export class Connection implements Link {
  session: Session | undefined;
  state: LinkState = { kind: 'joining' };

  private readonly maker: SessionMaker;
  private readonly name: string;
  private readonly onChange: () => void;
  private readonly backoff = new Backoff();
  private socket: WebSocket | undefined;
  private wsUrl = '';
  private resumeToken = '';
  private heardAtMs = 0;
  private openedAtMs = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(maker: SessionMaker, name: string, onChange: () => void) {
    this.maker = maker;
    this.name = name;
    this.onChange = onChange;
    const kept = takeKeptPlace(name);
    if (kept) {
      this.wsUrl = kept.wsUrl;
      this.resumeToken = kept.token;
      this.dial(kept.token, true);
    } else void this.joinAfresh();
  }

  drive(nowMs: number): void {
    const { session, socket } = this;
    if (!session || !socket) return;
    session.advance(nowMs);
    this.flush();
    if (this.state.kind !== 'open') return;
    if (nowMs - this.openedAtMs > SETTLED_MS) this.backoff.reset();
    if (nowMs - this.heardAtMs > SILENCE_MS_MAX) this.dropped(closing(1006).text, 'retry');
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    forgetPlace();
    // Leaving on purpose frees the place at once; any other end keeps the craft for a while.
    this.hangUp(1000);
    this.session?.free();
    this.session = undefined;
  }

  private async joinAfresh(): Promise<void> {
    this.resumeToken = '';
    try {
      const place = await join(this.name);
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
    else this.change({ kind: 'stopped', text });
  }

  private dial(credential: string, resume: boolean): void {
    this.hangUp();
    const session = this.maker.make();
    const socket = new WebSocket(this.wsUrl);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => socket.send(this.maker.hello(credential, resume) as Uint8Array<ArrayBuffer>);
    socket.onmessage = (message: MessageEvent<unknown>) => this.hear(session, message.data);
    socket.onclose = (event) => this.hungUp(event.code);
    this.socket = socket;
    this.session?.free();
    this.session = session;
    this.heardAtMs = performance.now();
  }

  private hear(session: Session, data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return;
    const now = performance.now();
    this.heardAtMs = now;
    try {
      session.receive(new Uint8Array(data), now);
    } catch (error) {
      console.error('the server sent a message that this page cannot read', error);
      this.dropped('The server sent something this page cannot read.', 'rejoin');
      return;
    }
    if (this.state.kind !== 'open') this.welcomed(session, now);
    this.flush();
  }

  private welcomed(session: Session, nowMs: number): void {
    const setup = readSetup(session);
    if (!setup) return;
    this.resumeToken = setup.resume_token;
    keepPlace({ name: this.name, wsUrl: this.wsUrl, token: this.resumeToken });
    this.openedAtMs = nowMs;
    this.change({ kind: 'open' });
  }

  private flush(): void {
    const { session, socket } = this;
    if (!session || socket?.readyState !== WebSocket.OPEN) return;
    for (let bytes = session.next_message(); bytes; bytes = session.next_message()) {
      socket.send(bytes as Uint8Array<ArrayBuffer>);
    }
  }

  private hungUp(code: number): void {
    const { advice, text } = closing(code);
    this.dropped(text, advice);
  }

  private dropped(text: string, advice: 'retry' | 'rejoin' | 'stop'): void {
    this.hangUp();
    if (advice === 'stop') {
      this.change({ kind: 'stopped', text });
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
