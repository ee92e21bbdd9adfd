import type { Arrivals } from '../net/arrivals';
import { type NetStats, readNetStats } from '../view/net_stats';
import type { Session } from '../view/session';
import { type Diagnosis, diagnose, type Signs } from './diagnose';
import { Series } from './series';

/** How far back the net graph looks. */
export const WINDOW_MS = 10_000;
const SAMPLE_EVERY_MS = 250;
const SAMPLES_MAX = WINDOW_MS / SAMPLE_EVERY_MS + 1;
const FRAMES_MAX = 2048;
const CORRECTIONS_MAX = 256;
const MINUTE_MS = 60_000;
/** A pace measured over less than this says more about two arrivals than about the server. */
const PACE_MS_MIN = 5000;

interface Sample {
  atMs: number;
  stats: NetStats;
}

/** The last ten seconds of line, device and server, in bounded memory. */
export class Health {
  /** Between two pictures, and what the page's own code took of it. */
  readonly frames = new Series(FRAMES_MAX);
  readonly scripts = new Series(FRAMES_MAX);
  readonly pings = new Series(SAMPLES_MAX);
  /** In tiles. */
  readonly corrections = new Series(CORRECTIONS_MAX);
  private readonly samples: Sample[] = [];
  private session: Session | undefined;
  private sinceMs = 0;

  get stats(): NetStats | undefined {
    return this.samples.at(-1)?.stats;
  }

  frame(nowMs: number, gapMs: number, scriptMs: number): void {
    this.frames.push(nowMs, gapMs);
    this.scripts.push(nowMs, scriptMs);
  }

  corrected(nowMs: number, tiles: number): void {
    this.corrections.push(nowMs, tiles);
  }

  /** Looks at the session's counters a few times a second. */
  sample(nowMs: number, session: Session): void {
    const newest = this.samples.at(-1);
    if (newest && session === this.session && nowMs - newest.atMs < SAMPLE_EVERY_MS) return;
    const stats = readNetStats(session.net_stats());
    // A new connection or a new match counts from the start.
    if (session !== this.session || stats.tick < (newest?.stats.tick ?? 0)) this.samples.length = 0;
    this.session = session;
    this.samples.push({ atMs: nowMs, stats });
    if (this.samples.length > SAMPLES_MAX) this.samples.shift();
    if (stats.pingMs > 0) this.pings.push(nowMs, stats.pingMs);
  }

  /** The page slept: what was measured before says nothing about now. */
  forget(nowMs: number): void {
    this.frames.clear();
    this.scripts.clear();
    this.pings.clear();
    this.samples.length = 0;
    this.sinceMs = nowMs;
  }

  /** A counter's growth per second over the window. */
  perSecond(count: (stats: NetStats) => number): number {
    const [first, last] = this.ends();
    if (!first || !last || last.atMs === first.atMs) return 0;
    return ((count(last.stats) - count(first.stats)) * 1000) / (last.atMs - first.atMs);
  }

  /** One counter's growth as a share of another's. */
  share(part: (stats: NetStats) => number, whole: (stats: NetStats) => number): number {
    return this.perSecond(part) / Math.max(1e-9, this.perSecond(whole));
  }

  correctionsLastMinute(nowMs: number): { count: number; max: number } {
    return this.corrections.summary(nowMs - MINUTE_MS);
  }

  diagnosis(nowMs: number, arrivals: Arrivals): Diagnosis {
    return diagnose(this.signs(nowMs, arrivals));
  }

  signs(nowMs: number, arrivals: Arrivals): Signs {
    const from = Math.max(nowMs - WINDOW_MS, this.sinceMs);
    const frames = this.frames.summary(from);
    const pings = this.pings.summary(from);
    const silences = arrivals.silences.summary(from);
    const { stats } = this;
    const [first, last] = this.ends();
    return {
      observedMs: first && last ? last.atMs - first.atMs : 0,
      frameP50Ms: frames.p50,
      frameP95Ms: frames.p95,
      frameMaxMs: frames.max,
      scriptP95Ms: this.scripts.summary(from).p95,
      silentMs: arrivals.snapshotAtMs > 0 ? nowMs - arrivals.snapshotAtMs : 0,
      silenceAnswered: arrivals.isAnswered(nowMs),
      pingMs: stats?.pingMs ?? 0,
      pingMinMs: pings.min,
      pingMaxMs: pings.max,
      intervalMs: 1000 / (stats?.snapshotHz || 30),
      gapP95Ms: arrivals.gaps.summary(from).p95,
      snapshotShare: stats?.snapshotHz ? this.perSecond(({ snapshots }) => snapshots) / stats.snapshotHz : 1,
      silences: silences.count,
      longestSilenceMs: silences.max,
      refusals: arrivals.refusals.summary(from).count,
      serverPace: this.serverPace(),
      starvedShare: this.share(
        ({ starvedTicks }) => starvedTicks,
        ({ tick }) => tick,
      ),
    };
  }

  private serverPace(): number {
    const [first, last] = this.ends();
    if (!first || !last || last.atMs - first.atMs < PACE_MS_MIN || !last.stats.tickHz) return 1;
    return this.perSecond(({ tick }) => tick) / last.stats.tickHz;
  }

  private ends(): [Sample | undefined, Sample | undefined] {
    return [this.samples[0], this.samples.at(-1)];
  }
}
