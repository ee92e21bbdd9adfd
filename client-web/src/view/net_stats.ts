/**
 * The one place that knows how the session lays out `net_stats()`: counters that only grow, and gauges of the moment.
 */
export interface NetStats {
  /** Snapshots received. */
  snapshots: number;
  /** The server's tick in the newest of them. */
  tick: number;
  /** What the server promised; 0 before the welcome. */
  tickHz: number;
  snapshotHz: number;
  bytesIn: number;
  bytesOut: number;
  /** Smoothed round trip; 0 before the first answer. */
  pingMs: number;
  jitterMs: number;
  /** How far in the past others are shown. */
  delayMs: number;
  /** Ticks before their use that inputs arrive. */
  inputMargin: number;
  /** Ticks for which the server had no input of ours. */
  starvedTicks: number;
  /** Ticks for which no input was made because the page slept. */
  ticksSkipped: number;
  corrections: number;
  /** The newest correction. */
  correctionTiles: number;
  inputToSnapshotMs: number;
  /** … and should, on this line. */
  inputMarginTarget: number;
  /** Pictures drawn. */
  frames: number;
  /** Those past the newest snapshot because the next was late, and those of them past what may be guessed. */
  framesExtrapolated: number;
  framesFrozen: number;
  /** Those past the newest snapshot on purpose: hits aren't judged further back. */
  framesAhead: number;
  /** Bytes of snapshots by what they were spent on, in the order of `CONTENT`. */
  content: readonly number[];
}

export const CONTENT = ['own', 'craft', 'new', 'shots', 'events', 'names', 'heads'] as const;
const CONTENT_FROM = 20;

export function readNetStats(n: Float64Array): NetStats {
  const at = (index: number) => n[index] ?? 0;
  return {
    snapshots: at(0),
    tick: at(1),
    tickHz: at(2),
    snapshotHz: at(3),
    bytesIn: at(4),
    bytesOut: at(5),
    pingMs: at(6),
    jitterMs: at(7),
    delayMs: at(8),
    inputMargin: at(9),
    starvedTicks: at(10),
    ticksSkipped: at(11),
    corrections: at(12),
    correctionTiles: at(13),
    inputToSnapshotMs: at(14),
    inputMarginTarget: at(15),
    frames: at(16),
    framesExtrapolated: at(17),
    framesFrozen: at(18),
    framesAhead: at(19),
    content: Array.from(CONTENT, (_, kind) => at(CONTENT_FROM + kind)),
  };
}
