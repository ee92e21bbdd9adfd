// The reports of bots over several lines, side by side. Called by .ci/feel: where to write the numbers, then name=report.

import { readFileSync, writeFileSync } from 'node:fs';

const [out, ...given] = process.argv.slice(2);
const lines = given.map((text) => {
  const at = text.lastIndexOf('=');
  return { name: text.slice(0, at), report: JSON.parse(readFileSync(text.slice(at + 1), 'utf8')) };
});

const pair = (name) => (report) => report[name] && `${short(report[name].p50)} / ${short(report[name].p99)}`;
const share = (part) => (report) =>
  report.frames ? `${short((100 * report[part]) / report.frames)} %` : undefined;
const rows = [
  ["input → another's view, ms, p50 / p99", 'clean: ≤ 45 / ≤ 70', pair('input_to_other_view_ms')],
  ["input → another's picture, ms, p50 / p99", '', pair('input_to_other_picture_ms')],
  ['own input → the snapshot with it, ms, p50 / p99', '', pair('input_to_snapshot_ms')],
  ['corrections per minute', '≤ 1 clean; ≤ 6 with stalls', (r) => short(r.corrections_per_minute)],
  ['… once a connection is 3 s old', '', (r) => short(r.corrections_settled_per_minute)],
  ['… after missed inputs', '', (r) => short(r.corrections_starved_per_minute)],
  ['… in the first 3 s of a connection, each', '', (r) => short(r.corrections_settling)],
  ['correction, tiles, p99', '≤ 0.11', (r) => short(r.correction_tiles.p99)],
  ['ticks without an input', '≤ 0.1 % at ±10 ms', (r) => `${short(r.input_starvation_percent)} %`],
  ['… once a connection is 3 s old', '', (r) => `${short(r.input_starvation_settled_percent)} %`],
  ['… in the first 3 s of a connection, ticks each', '', (r) => short(r.input_starvation_settling_ticks)],
  ['input margin, ticks, p50 (p1)', 'p50 1', (r) => `${r.input_margin_ticks.p50} (${r.input_margin_ticks.p1})`],
  ['interpolation delay, ms, p50 / p99', '≤ 2 snapshots + jitter', pair('interpolation_ms')],
  ['pictures past the newest snapshot because the next was late', '≤ 0.1 %', share('frames_extrapolated')],
  ['pictures that stood still', '', share('frames_frozen')],
  ['pictures past the newest snapshot on purpose', '', share('frames_ahead')],
  ['snapshot gap, ms, p50 / p99', '', pair('snapshot_gap_ms')],
  ['bits per entity update', '≤ 40', (r) => short(r.bits_per_entity_update)],
  ['bits per entity in view', '≤ 24', (r) => short(r.bits_per_entity_in_view)],
  ['checksum mismatches', '0', (r) => r.checksum_mismatches],
];

const table = rows.map(([what, target, value]) => ({
  what,
  target,
  values: Object.fromEntries(lines.map(({ name, report }) => [name, value(report) ?? '-'])),
}));
writeFileSync(out, `${JSON.stringify({ bots: lines[0].report.bots, table }, null, 2)}\n`);

const row = (cells) => `| ${cells.join(' | ')} |`;
console.log(row(['round trip, ms', ...lines.map((line) => line.name), 'target']));
console.log(row(['---', ...lines.map(() => '---'), '---']));
for (const { what, target, values } of table) console.log(row([what, ...Object.values(values), target]));

function short(number) {
  if (number === null || number === undefined) return '-';
  return String(number >= 100 ? Math.round(number) : Math.round(number * 100) / 100);
}
