import { byId, element, Flag, Text } from '../dom';
import type { Blame, Diagnosis } from '../game/diagnose';
import { type Health, WINDOW_MS } from '../game/health';
import { savedNetGraph, saveNetGraph } from '../menu/settings';
import type { Arrivals } from '../net/arrivals';
import { CONTENT, type NetStats } from '../view/net_stats';
import { Sparkline } from './sparkline';

/** Written so often: fast enough to see a stall, slow enough to read. */
const EVERY_MS = 250;
const SPARK_WIDTH = 72;
const SPARK_HEIGHT = 14;

/**
 * Line, device and server in numbers at the screen's edge, and one sentence on what is wrong. Of fixed size; written
 * four times a second, whatever happens in the arena. F3 shows and hides it, on a phone the button with the bars.
 */
export class NetGraph {
  private readonly root = byId('net', HTMLElement);
  private readonly shown = Flag.shows(this.root);
  private readonly button = byId('net-button', HTMLButtonElement);
  private readonly buttonShown = Flag.shows(this.button);
  private readonly box = byId('net-wanted', HTMLInputElement);
  private readonly verdict = new Text(byId('net-verdict', HTMLElement));
  private readonly rows = byId('net-rows', HTMLElement);
  private readonly ping = this.row('Ping', true);
  private readonly updates = this.row('Updates', true);
  private readonly frame = this.row('Frame ms', true);
  private readonly traffic = this.row('In / out');
  private readonly contentA = this.row('B/s');
  private readonly contentB = this.row('');
  private readonly delay = this.row('Others');
  private readonly margin = this.row('Inputs');
  private readonly corrections = this.row('Corrections');
  private blame: Blame | undefined;
  private writtenAtMs = 0;
  private wanted = savedNetGraph();

  /** Starts listening for F3 and the button. */
  listen(): void {
    window.addEventListener('keydown', (event) => {
      if (event.code !== 'F3' || event.repeat) return;
      event.preventDefault();
      this.toggle();
    });
    this.button.addEventListener('click', () => this.toggle());
    this.box.checked = this.wanted;
    this.box.addEventListener('change', () => this.want(this.box.checked));
  }

  update(health: Health, arrivals: Arrivals, nowMs: number): void {
    this.shown.set(this.wanted);
    this.buttonShown.set(true);
    if (nowMs - this.writtenAtMs < EVERY_MS) return;
    this.writtenAtMs = nowMs;
    this.judge(health.diagnosis(nowMs, arrivals));
    if (this.wanted) this.write(health, arrivals, nowMs);
  }

  hide(): void {
    this.shown.set(false);
    this.buttonShown.set(false);
  }

  private toggle(): void {
    this.want(!this.wanted);
  }

  private want(on: boolean): void {
    this.wanted = on;
    this.box.checked = on;
    saveNetGraph(on);
    this.writtenAtMs = 0;
  }

  private judge({ blame, text }: Diagnosis): void {
    this.verdict.set(text);
    if (blame === this.blame) return;
    this.blame = blame;
    this.root.dataset.blame = blame;
    this.button.dataset.blame = blame;
  }

  private write(health: Health, arrivals: Arrivals, nowMs: number): void {
    const { stats } = health;
    if (!stats) return;
    const from = nowMs - WINDOW_MS;
    const frames = health.frames.summary(from);
    const scripts = health.scripts.summary(from);
    const gaps = arrivals.gaps.summary(from);
    const interval = 1000 / (stats.snapshotHz || 30);
    const corrections = health.correctionsLastMinute(nowMs);
    this.ping.set(`${ms(stats.pingMs)} ±${Math.round(stats.jitterMs)}`);
    this.ping.spark?.draw(health.pings, nowMs, WINDOW_MS, 300, 160);
    this.updates.set(`${rate(health.perSecond((s) => s.snapshots))}/s, ≤ ${ms(gaps.p95)}`);
    this.updates.spark?.draw(arrivals.gaps, nowMs, WINDOW_MS, 6 * interval, 3 * interval);
    this.frame.set(`${rate(frames.p50)} ≤ ${rate(frames.p95)}, own ${scripts.p95.toFixed(1)}`);
    this.frame.spark?.draw(health.frames, nowMs, WINDOW_MS, 67, 38);
    this.traffic.set(
      `${bytes(health.perSecond((s) => s.bytesIn))} / ${bytes(health.perSecond((s) => s.bytesOut))}`,
    );
    this.contentA.set(contentText(health, 0, 4));
    this.contentB.set(contentText(health, 4, 7));
    const ahead = percent(health, (s) => s.framesAhead);
    const late = percent(health, (s) => s.framesExtrapolated);
    const frozen = percent(health, (s) => s.framesFrozen);
    this.delay.set(`${ms(stats.delayMs)} ago, ahead ${ahead}, late ${late}, frozen ${frozen}`);
    const starved =
      100 *
      health.share(
        ({ starvedTicks }) => starvedTicks,
        ({ tick }) => tick,
      );
    this.margin.set(
      `${stats.inputMargin.toFixed(0)} of ${stats.inputMarginTarget.toFixed(1)} ticks early, ${starved.toFixed(1)} % missed`,
    );
    this.corrections.set(`${corrections.count}/min, up to ${corrections.max.toFixed(2)} tiles`);
  }

  private row(name: string, hasSpark = false): Row {
    const line = element('div', 'row');
    const value = element('b');
    line.append(element('span', '', name), value);
    this.rows.append(line);
    if (!hasSpark) return new Row(value);
    const canvas = element('canvas');
    canvas.width = SPARK_WIDTH;
    canvas.height = SPARK_HEIGHT;
    line.append(canvas);
    return new Row(value, new Sparkline(canvas));
  }
}

class Row extends Text {
  readonly spark: Sparkline | undefined;

  constructor(value: HTMLElement, spark?: Sparkline) {
    super(value);
    this.spark = spark;
  }
}

/** What the bytes that come in are spent on, the kinds from `from` to `to`. */
function contentText(health: Health, from: number, to: number): string {
  return CONTENT.slice(from, to)
    .map((name, i) => `${name} ${Math.round(health.perSecond(({ content }) => content[from + i] ?? 0))}`)
    .join('  ');
}

function percent(health: Health, part: (stats: NetStats) => number): string {
  return `${(100 * health.share(part, ({ frames }) => frames)).toFixed(1)}%`;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

function rate(value: number): string {
  return value.toFixed(0);
}

function bytes(perSecond: number): string {
  return perSecond < 1000 ? `${Math.round(perSecond)} B/s` : `${(perSecond / 1000).toFixed(1)} kB/s`;
}
