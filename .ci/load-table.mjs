// The bots' report and what the server says of itself, as one table. Called by .ci/load; with --counters, only some of the
// server's counters: load-table.mjs --counters METRICS-URL NAME...

import { readFileSync } from 'node:fs';

if (process.argv[2] === '--counters') {
  const [url, ...names] = process.argv.slice(3);
  const text = await (await fetch(url)).text();
  for (const name of names) console.log(`${`server ${name}`.padEnd(30)} ${read(text, name)}`);
  process.exit(0);
}

const [reportFile, metricsUrl, cpuBefore, cpuAfter, clockTicksPerSecond, rssKib] = process.argv.slice(2);
const report = JSON.parse(readFileSync(reportFile, 'utf8'));
const metrics = await (await fetch(metricsUrl)).text();

const cpu = (cpuAfter - cpuBefore) / clockTicksPerSecond;
const cores = cpu / report.wall_seconds;
const rows = Object.entries(report).filter(([, value]) => value !== null && !Array.isArray(value));
rows.push(['server cpu_seconds', cpu]);
rows.push(['server cores', cores]);
rows.push(['server us per bot and second', (cores / report.bots) * 1e6]);
rows.push(['server us per snapshot', (cpu / counter('fracas_snapshots_total')) * 1e6]);
rows.push(['server peak memory MiB', rssKib / 1024]);
rows.push(['ticks', count('fracas_tick_duration_seconds')]);
rows.push(['tick, ms', quantiles('fracas_tick_duration_seconds')]);
rows.push(['tick start lag, ms', quantiles('fracas_tick_start_lag_seconds')]);
rows.push(['overload step, s at each', overload()]);
for (const name of ['tick_overruns', 'ticks_late', 'ticks_skipped', 'snapshots_skipped']) {
  rows.push([name, counter(`fracas_${name}_total`)]);
}
for (const [key, value] of rows) console.log(`${key.padEnd(30)} ${text(value)}`);

function text(value) {
  if (value === null) return '-';
  if (typeof value === 'object') return Object.entries(value).map(([key, part]) => `${key} ${text(part)}`).join('  ');
  return typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : String(value);
}

function count(name) {
  return value(metrics, `${name}_count`);
}

function counter(name) {
  return read(metrics, name.replace(/^fracas_(.*)_total$/, '$1'));
}

function read(metrics, name) {
  return value(metrics, `fracas_${name}_total`);
}

/** A metric that is not there has another name by now: 0 would pass for a good figure. */
function value(metrics, name) {
  const found = new RegExp(`^${name} (.*)$`, 'm').exec(metrics);
  if (!found) throw new Error(`load-table: the server has no metric ${name}; see its /metrics`);
  return Number(found[1]);
}

/** Seconds at each step of overload that was reached, since the server began: the step now is that of an empty room. */
function overload() {
  const steps = [...metrics.matchAll(/^fracas_overload_seconds_total\{step="(\d)"\} (.*)$/gm)];
  if (steps.length === 0) throw new Error('load-table: the server has no metric fracas_overload_seconds_total');
  return Object.fromEntries(steps.map(([, step, seconds]) => [step, Number(seconds)]).filter(([, seconds]) => seconds > 0));
}

/** Quantiles of a histogram in milliseconds, linear within a bucket. */
function quantiles(name) {
  const buckets = [...metrics.matchAll(new RegExp(`^${name}_bucket\\{le="([^"]*)"\\} (.*)$`, 'gm'))].map(
    ([, limit, count]) => [limit === '+Inf' ? Infinity : Number(limit) * 1000, Number(count)],
  );
  if (buckets.length === 0) throw new Error(`load-table: the server has no histogram ${name}`);
  const total = buckets.at(-1)[1];
  const at = (share) => {
    let [from, below] = [0, 0];
    for (const [limit, count] of buckets) {
      if (count >= share * total) {
        return limit === Infinity ? from : from + ((limit - from) * (share * total - below)) / Math.max(1, count - below);
      }
      [from, below] = [limit, count];
    }
    return from;
  };
  return { p50: at(0.5), p99: at(0.99) };
}
