import { Series } from '../../client-web/src/game/series';
import { Arrivals } from '../../client-web/src/net/arrivals';
import { Backoff } from '../../client-web/src/net/backoff';
import { Vigil } from '../../client-web/src/net/vigil';
import { expect, test } from './fixtures';

/** A line that brings a snapshot every 33 ms from `fromMs` to `toMs`. */
function snapshots(arrivals: Arrivals, fromMs: number, toMs: number): void {
  for (let at = fromMs; at <= toMs; at += 33) arrivals.message(at, true);
}

function count(series: Series): number {
  return series.summary(0).count;
}

test('a series keeps the newest, in bounded memory', () => {
  const series = new Series(4);
  for (let i = 1; i <= 10; i++) series.push(i, i);
  expect(series.summary(0)).toEqual({ count: 4, min: 7, p50: 8, p95: 9, max: 10 });
  expect(series.summary(9.5)).toEqual({ count: 1, min: 10, p50: 10, p95: 10, max: 10 });
  series.clear();
  expect(series.summary(0)).toEqual({ count: 0, min: 0, p50: 0, p95: 0, max: 0 });
});

test('a pause in which nothing comes is the line; one in which the server answers is not', () => {
  const arrivals = new Arrivals();
  snapshots(arrivals, 1, 1000);
  snapshots(arrivals, 1800, 2500);
  expect([count(arrivals.silences), count(arrivals.refusals)]).toEqual([1, 0]);
  arrivals.message(2900, false);
  expect(arrivals.isAnswered(3200)).toBe(true);
  snapshots(arrivals, 3400, 4000);
  expect([count(arrivals.silences), count(arrivals.refusals)]).toEqual([1, 1]);
  expect(arrivals.isAnswered(4010)).toBe(false);
});

test('an answer in the burst that ends a stall does not clear the line', () => {
  const arrivals = new Arrivals();
  snapshots(arrivals, 1, 1000);
  arrivals.message(3000, false);
  arrivals.message(3001, true);
  expect([count(arrivals.silences), count(arrivals.refusals)]).toEqual([1, 0]);
});

test('after a sleep the gap before it is no stall', () => {
  const arrivals = new Arrivals();
  snapshots(arrivals, 1, 1000);
  arrivals.forget(60_000);
  snapshots(arrivals, 60_030, 61_000);
  expect(count(arrivals.silences)).toBe(0);
});

test('three seconds of silence are a dead line; a sleep is not', () => {
  const vigil = new Vigil();
  vigil.heard(1000);
  for (let at = 1000; at <= 4000; at += 16) vigil.look(at);
  expect(vigil.isOver(4000, true)).toBe(false);
  expect(vigil.isOver(4100, true)).toBe(true);

  const sleeper = new Vigil();
  sleeper.heard(1000);
  sleeper.look(1000);
  sleeper.look(50_000);
  expect(sleeper.isOver(50_000, true), 'what came in is about to be handed out').toBe(false);
  expect(sleeper.isOver(51_600, true), 'nothing had come in').toBe(true);
});

test('a page that wakes once a minute does not wait for ever', () => {
  const vigil = new Vigil();
  vigil.heard(1000);
  vigil.look(1000);
  vigil.look(61_000);
  expect(vigil.isOver(61_000, true)).toBe(false);
  vigil.look(121_000);
  expect(vigil.isOver(121_000, true)).toBe(true);
});

test('when the network changes, a silent line is given up sooner', () => {
  const vigil = new Vigil();
  vigil.heard(1000);
  vigil.look(1500);
  vigil.suspect(1500);
  expect(vigil.isOver(1900, true)).toBe(false);
  expect(vigil.isOver(2100, true)).toBe(true);
  vigil.heard(2100);
  expect(vigil.isOver(3500, true), 'it lives').toBe(false);
});

test('waits grow, and no two players wait alike', () => {
  const waits = Array.from({ length: 200 }, () => {
    const backoff = new Backoff();
    return Array.from({ length: 8 }, () => backoff.next());
  });
  for (const attempt of Array.from({ length: 8 }).keys()) {
    const all = waits.map((row) => row[attempt] ?? 0);
    const ceiling = Math.min(5000, 400 * 2 ** attempt);
    expect(Math.max(...all)).toBeLessThanOrEqual(ceiling);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(ceiling / 2);
    expect(new Set(all).size).toBeGreaterThan(100);
  }
});
