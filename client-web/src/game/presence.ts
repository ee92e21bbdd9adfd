/** Between two looks of a tab in the back; browsers stretch it to a second and more. */
const HIDDEN_EVERY_MS = 100;

export interface PresenceEvents {
  /** Nobody looks from now on. */
  away(): void;
  /** A beat while nobody looks. */
  beat(): void;
  /** Somebody looks again; `asleep` when the page did not run at all meanwhile. */
  back(asleep: boolean): void;
}

/** Between two beats of any kind the page was asleep. */
const ASLEEP_MS = 2000;

/**
 * Whether anybody looks. A tab in the back gets no frames and hardly any timers, a frozen one or one behind a closed
 * lid nothing at all, not even the word that it is so.
 */
export class Presence {
  private readonly on: PresenceEvents;
  private readonly stop = new AbortController();
  private readonly timer: ReturnType<typeof setInterval>;
  private beatAtMs = performance.now();

  constructor(on: PresenceEvents) {
    this.on = on;
    const { signal } = this.stop;
    document.addEventListener('visibilitychange', () => this.turn(), { signal });
    this.timer = setInterval(() => {
      if (document.hidden) on.beat();
    }, HIDDEN_EVERY_MS);
  }

  end(): void {
    this.stop.abort();
    clearInterval(this.timer);
  }

  /** The page runs. Says so when it had not. */
  beat(nowMs: number): void {
    const asleep = nowMs - this.beatAtMs > ASLEEP_MS;
    this.beatAtMs = nowMs;
    if (asleep) this.on.back(true);
  }

  private turn(): void {
    if (document.hidden) this.on.away();
    else this.on.back(false);
  }
}
