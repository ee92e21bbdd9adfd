// Holds a run of .ci/scale against what its tier asks for. One line each, passed or failed; exit status 1 if one failed.
// A tick is late if it took longer than its period, began when the next was due, or was skipped.
//
//   scale-table.mjs TIER REPORT.json TABLE.txt        the bots' report and what .ci/load-table.mjs made of it

import { readFileSync } from 'node:fs';

const [tier, reportFile, tableFile] = process.argv.slice(2);
const report = JSON.parse(readFileSync(reportFile, 'utf8'));
const table = new Map(
  readFileSync(tableFile, 'utf8')
    .split('\n')
    .map((line) => [line.slice(0, 30).trim(), line.slice(30).trim()]),
);
const text = (name) => {
  if (!table.has(name)) throw new Error(`scale-table: ${tableFile} has no line "${name}"`);
  return table.get(name);
};
const number = (name) => Number(text(name));
/** The part of `p50 1  p99 2` that is called so. */
const part = (name, which) => Number(new RegExp(`${which} ([\\d.]+)`).exec(text(name))?.[1] ?? Number.NaN);

/** A tier must hold for so long. */
const secondsMin = 600;
const tickHz = 60;
const tickMs = 1000 / tickHz;
const snapshotHz = { A: 60, B: 30, C: 15 }[tier];
const intervalMs = 1000 / snapshotHz;
const cores = number('server cores') + report.cpu_seconds / report.wall_seconds;
const ticks = number('ticks');
const late = number('ticks_late') + number('ticks_skipped');
const pace = ticks / report.wall_seconds;
const seconds = Math.round(report.wall_seconds);
const seen = report.visible_entities;
const made = (100 * report.snapshots) / (report.bots * snapshotHz * report.wall_seconds);
const waited = number('snapshots_skipped') / report.snapshots;
const lost = report.disconnects + report.errors + report.decode_errors + report.checksum_mismatches;

const lines = [
  ['everybody came and stayed', report.connected_max, report.bots, report.connected_max >= report.bots && report.disconnects === 0],
  ['errors, decode errors, wrong checksums', lost - report.disconnects, 0, lost - report.disconnects === 0],
  ['checksums compared', report.checksums, 'some', report.checksums > 0],
  ['lasted, s', seconds, `>= ${secondsMin}${seconds < secondsMin ? ': too short' : ''}`, seconds >= secondsMin],
  ['ticks skipped', number('ticks_skipped'), 0, number('ticks_skipped') === 0],
  ['ticks a second', round(pace), `>= ${0.99 * tickHz}`, pace >= 0.99 * tickHz],
  ['craft in view, p50 (p95)', `${seen.p50} (${seen.p95})`, '15 to 30 (<= 60)', seen.p50 >= 15 && seen.p50 <= 30 && seen.p95 <= 60],
];
if (tier === 'A') {
  lines.push(
    ['late ticks', late, 0, late === 0],
    ['tick p99, ms', part('tick, ms', 'p99'), '<= 6', part('tick, ms', 'p99') <= 6],
    ['snapshot gap p99, ms', report.snapshot_gap_ms.p99, `<= ${round(1.5 * intervalMs)}`, report.snapshot_gap_ms.p99 <= 1.5 * intervalMs],
    ['snapshots a second, p50', report.snapshots_per_second.p50, snapshotHz, report.snapshots_per_second.p50 >= 0.99 * snapshotHz],
    ['cores, both ends', round(cores), '<= 1.2', cores <= 1.2],
    ['bytes a second to a client, p50', report.bytes_per_second_in.p50, '<= 6000', report.bytes_per_second_in.p50 <= 6000],
    ['bytes a second to a client, p95', report.bytes_per_second_in.p95, '<= 14000', report.bytes_per_second_in.p95 <= 14000],
  );
}
if (tier === 'B') {
  lines.push(
    ['late ticks', `${late} of ${ticks}`, '<= 0.01 %', late <= ticks * 1e-4],
    ['tick p99, ms', part('tick, ms', 'p99'), `< ${round(tickMs)}`, part('tick, ms', 'p99') < tickMs],
    ['snapshots a second, p50', report.snapshots_per_second.p50, snapshotHz, report.snapshots_per_second.p50 >= 0.99 * snapshotHz],
    ['cores, both ends', round(cores), '<= 1.6', cores <= 1.6],
  );
}
if (tier === 'C') {
  lines.push(['snapshot gap p99, ms', report.snapshot_gap_ms.p99, `<= ${round(2 * intervalMs)}`, report.snapshot_gap_ms.p99 <= 2 * intervalMs]);
}

console.log(`tier ${tier}: ${report.bots} bots, ${seconds} s, server ${round(number('server cores'))} and bots ${round(report.cpu_seconds / report.wall_seconds)} cores`);
for (const [what, measured, wanted, passed] of lines) {
  console.log(`${passed ? 'pass' : 'FAIL'}  ${what.padEnd(42)} ${String(measured).padStart(16)}   wanted ${wanted}`);
}
console.log(`      snapshots made: ${round(made)} % of those at full rate; waits for the one before to leave: ${round(waited)} ticks each`);
console.log(`      seconds at each step of overload: ${text('overload step, s at each')}`);
process.exit(lines.every(([, , , passed]) => passed) ? 0 : 1);

function round(value) {
  return Math.round(value * 100) / 100;
}
