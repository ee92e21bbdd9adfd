import { Series } from '../game/series';

/** Longer than this without a snapshot is a stall, whatever the rate. */
export const STALL_MS = 250;
/** An answer this far into a silence, and this long before its end, shows that the line was open. */
const CLEAR_OF_SILENCE_MS = 80;
const GAPS_KEPT = 1024;
const STALLS_KEPT = 64;

/**
 * When messages came in: from the gaps one can tell a line that stalls from a server that does. A silence in which the
 * server still answers pings is the server's.
 */
export class Arrivals {
  /** Between one snapshot and the next, in milliseconds. */
  readonly gaps = new Series(GAPS_KEPT);
  /** Gaps over `STALL_MS`: those in which nothing came at all … */
  readonly silences = new Series(STALLS_KEPT);
  /** … and those in which the server answered. */
  readonly refusals = new Series(STALLS_KEPT);
  /** When the last message came; 0 before the first. */
  heardAtMs = 0;
  snapshotAtMs = 0;
  private answeredAtMs = 0;

  message(nowMs: number, hasSnapshot: boolean): void {
    this.heardAtMs = nowMs;
    if (hasSnapshot) this.snapshot(nowMs);
    else if (nowMs - this.snapshotAtMs > CLEAR_OF_SILENCE_MS) this.answeredAtMs = nowMs;
  }

  /** Whether the server has answered since the newest snapshot went overdue. */
  isAnswered(nowMs: number): boolean {
    return this.answeredAtMs > this.snapshotAtMs && nowMs - this.answeredAtMs > CLEAR_OF_SILENCE_MS;
  }

  /** The page slept: what came before says nothing about the line now. */
  forget(nowMs: number): void {
    this.gaps.clear();
    this.silences.clear();
    this.refusals.clear();
    if (this.snapshotAtMs > 0) this.snapshotAtMs = nowMs;
    this.answeredAtMs = 0;
  }

  private snapshot(nowMs: number): void {
    const gap = nowMs - this.snapshotAtMs;
    const isFirst = this.snapshotAtMs === 0;
    const answered = this.isAnswered(nowMs);
    this.snapshotAtMs = nowMs;
    if (isFirst) return;
    this.gaps.push(nowMs, gap);
    if (gap > STALL_MS) (answered ? this.refusals : this.silences).push(nowMs, gap);
  }
}
