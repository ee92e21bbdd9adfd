/** Silence after which an open socket is taken for dead. The server speaks 15 times a second and more. */
const SILENCE_MS_MAX = 3000;
/** The network has just changed under the socket: no use in waiting long. */
const SUSPECT_SILENCE_MS_MAX = 1000;
const SUSPECT_FOR_MS = 5000;
/** A socket that is being opened has this long to the welcome. */
const DIAL_MS_MAX = 5000;
/** Not looking for so long, the page was asleep. */
const ASLEEP_MS = 2000;
/** What came in meanwhile gets this long to be handed out. */
const AWAKE_MS = 1500;

/**
 * Whether a silent line is dead. Silence counts only while the page is awake: after a closed lid or a frozen tab the
 * messages of hours may be a moment away.
 */
export class Vigil {
  private heardAtMs = 0;
  private lookedAtMs = 0;
  private wokeAtMs = 0;
  private suspectUntilMs = 0;

  heard(nowMs: number): void {
    this.heardAtMs = nowMs;
    this.suspectUntilMs = 0;
  }

  suspect(nowMs: number): void {
    this.suspectUntilMs = nowMs + SUSPECT_FOR_MS;
  }

  /** Somebody drives the page. One waking after another without a word in between earns no more patience. */
  look(nowMs: number): void {
    const slept = this.lookedAtMs > 0 && nowMs - this.lookedAtMs > ASLEEP_MS;
    if (slept && this.heardAtMs >= this.wokeAtMs) this.wokeAtMs = nowMs;
    this.lookedAtMs = nowMs;
  }

  isOver(nowMs: number, isOpen: boolean): boolean {
    if (nowMs - this.wokeAtMs < AWAKE_MS && this.wokeAtMs > 0) return false;
    return nowMs - this.heardAtMs > this.patience(nowMs, isOpen);
  }

  private patience(nowMs: number, isOpen: boolean): number {
    if (!isOpen) return DIAL_MS_MAX;
    return nowMs < this.suspectUntilMs ? SUSPECT_SILENCE_MS_MAX : SILENCE_MS_MAX;
  }
}
