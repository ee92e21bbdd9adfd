/**
 * How the game feels over lines that are not good: a page plays against bots through the proxy of `tests/proxy`, and
 * what it shows is counted frame by frame. `npm run feel [SECONDS]`, with server and proxy built for release:
 *
 *     make build && cargo build --release -p fracas-proxy && npm --prefix client-web run feel
 *
 * The last part plays a minute at 150 ms and keeps every frame (`target/feel-150ms.csv`): what the hands wanted, where
 * the own craft was drawn. The picture is small, so that software rendering keeps up with 60 frames a second.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, endAll, launchBrowser, median, play, ROOT, start } from './stage.mjs';

const LINES = [
  { name: '0 ms', commands: [] },
  { name: '50±5 ms', commands: ['lag 50 5'] },
  { name: '100±20 ms, 1 %', commands: ['lag 100 20', 'loss 1'] },
  { name: '200±40 ms', commands: ['lag 200 40'] },
];
const RECORDED = { name: '150±10 ms', commands: ['lag 150 10'] };
const SECONDS = Number(process.argv[2] ?? 60);
const RECORDED_SECONDS = 60;
const PRESSES = 12;
const BOTS = 8;

/** Two craft see each other all the time. */
const SMALL_ARENA = `########################
#......................#
#......................#
#......................#
#..S................S..#
#......................#
#......................#
#......................#
########################
`;
const WIDTH = 64;
const HEIGHT = 36;
const RADIUS = 0.45;
/** Nearer to a wall than this the craft slides along it, and may not go where the hands want. */
const WALL_TILES = RADIUS + 0.1;
/** A craft that was turned round needs as long to fly the other way. */
const ACCELERATES_S = 0.15;
/** Drawn positions are rounded. */
const EPSILON_TILES = 0.002;
/** Farther in a frame than anybody flies: a new life. */
const JUMP_TILES = 1.5;

const COLUMNS = [
  ['line (round trip)', (row) => row.line],
  ['ping ms', (row) => Math.round(median(row.frames.map((frame) => frame[8])))],
  ['answers in frame', (row) => `p50 ${at(row.answers, 0.5)}, max ${row.answers.at(-1)}`],
  ['corrections/min', (row) => (row.corrections.length / minutes(row)).toFixed(1)],
  [
    'p99 tiles',
    (row) =>
      at(
        [...row.corrections].sort((a, b) => a - b),
        0.99,
      ).toFixed(3),
  ],
  ['shown late ms', (row) => Math.round(median(row.frames.map((frame) => frame[6])))],
  ['late', (row) => share(row, 'framesExtrapolated', 'frames')],
  ['frozen', (row) => share(row, 'framesFrozen', 'frames')],
  ['ahead on purpose', (row) => share(row, 'framesAhead', 'frames')],
  ['starved', (row) => share(row, 'starvedTicks', 'tick')],
  ['script p95 ms', (row) => row.after.script.p95.toFixed(1)],
  ['frames/s', (row) => (row.frames.length / minutes(row) / 60).toFixed(0)],
  ['against input', (row) => String(against(row.frames).length)],
];

const folder = mkdtempSync(join(tmpdir(), 'fracas-feel-'));
try {
  await measureAll();
} finally {
  endAll();
  rmSync(folder, { recursive: true, force: true });
}

async function measureAll() {
  const server = await startServer('arena', openArena(), BOTS);
  const duel = await startServer('duel', SMALL_ARENA, 0);
  const browser = await launchBrowser();
  printTitles();
  for (const line of LINES) printRow(await measure(browser, server, line, SECONDS));
  const recorded = await measure(browser, server, RECORDED, RECORDED_SECONDS);
  printRow(recorded);
  printAgainst(recorded);
  console.log("\n| line (round trip) | from a hand to another's picture, ms |\n|---|---|");
  for (const line of LINES) {
    const times = await measureSight(browser, duel, line);
    console.log(
      `| ${line.name} | p50 ${Math.round(at(times, 0.5))}, max ${Math.round(times.at(-1) ?? 0)} (${times.length}) |`,
    );
  }
  await browser.close();
}

async function measure(browser, server, line, seconds) {
  const proxy = await startProxy(server);
  for (const command of line.commands) await proxy.tell(command);
  const page = await enter(browser, proxy, 'Feel');
  const answers = await pressAndCount(page);
  await page.evaluate(startRecording);
  const before = await page.evaluate(counters);
  await play(page, seconds);
  const after = await page.evaluate(counters);
  const { frames, corrections } = await page.evaluate(stopRecording);
  await page.close();
  proxy.end();
  return { line: line.name, answers, frames, corrections, before, after };
}

/** A page that plays, its clock and interpolation at their pace. */
async function enter(browser, proxy, name) {
  const page = await browser.newPage({ viewport: { width: 480, height: 270 } });
  await page.goto(proxy.url);
  await page.fill('#name', name);
  await page.click('#play');
  await page.waitForFunction(() => document.documentElement.dataset.state === 'playing');
  await page.waitForTimeout(3000);
  return page;
}

/** From a key in one page to the frame of another page that shows the craft moving; both on the same kind of line. */
async function measureSight(browser, server, line) {
  const proxies = [await startProxy(server), await startProxy(server)];
  for (const proxy of proxies) for (const command of line.commands) await proxy.tell(command);
  const hand = await enter(browser, proxies[0], 'Hand');
  const eye = await enter(browser, proxies[1], 'Eye');
  const { player } = await hand.evaluate(() => window.__fracas.frame());
  const times = [];
  for (let i = 0; i < PRESSES; i++) {
    const { x } = await waitForRest(hand);
    await eye.waitForFunction(standsStill, player);
    const key = x < 12 ? 'KeyD' : 'KeyA';
    const pressed = hand.evaluate(
      () =>
        new Promise((done) =>
          window.addEventListener('keydown', () => done(performance.timeOrigin + performance.now()), {
            once: true,
          }),
        ),
    );
    const seen = eye.evaluate(whenItMoves, player);
    // Both listen before the key goes down.
    for (const page of [hand, eye])
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    await hand.keyboard.down(key);
    const [seenAt, pressedAt] = await Promise.all([seen, pressed]);
    if (seenAt !== undefined) times.push(seenAt - pressedAt);
    await hand.keyboard.up(key);
  }
  await hand.close();
  await eye.close();
  for (const proxy of proxies) proxy.end();
  return times.sort((a, b) => a - b);
}

/** Runs in the page: drawn at the same place twice. */
function standsStill(player) {
  const now = window.__fracas.crafts().find(({ id }) => id === player);
  const before = window.__still;
  window.__still = now;
  return now && before && now.x === before.x && now.y === before.y;
}

/** Runs in the page. Nothing when it does not. */
function whenItMoves(player) {
  const find = () => window.__fracas.crafts().find(({ id }) => id === player);
  const from = find();
  const givesUpAt = performance.now() + 3000;
  return new Promise((done) => {
    const look = () => {
      const now = find();
      if (now && from && Math.hypot(now.x - from.x, now.y - from.y) > 0.01) {
        done(performance.timeOrigin + performance.now());
      } else if (performance.now() > givesUpAt) done(undefined);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** From rest, one key: how many frames until the craft is drawn elsewhere? */
async function pressAndCount(page) {
  const counts = [];
  for (let i = 0; i < PRESSES; i++) {
    const header = await waitForRest(page);
    const key = header.x < WIDTH / 2 ? 'KeyD' : 'KeyA';
    const counted = page.evaluate(countFramesToMotion);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    await page.keyboard.down(key);
    counts.push(await counted);
    await page.keyboard.up(key);
  }
  return counts.filter((count) => count > 0).sort((a, b) => a - b);
}

async function waitForRest(page) {
  await page.waitForFunction(() => {
    const { alive, vx, vy } = window.__fracas.frame();
    return alive && Math.hypot(vx, vy) < 0.01;
  });
  return page.evaluate(() => window.__fracas.frame());
}

/** Runs in the page. -1 when the craft died meanwhile. */
function countFramesToMotion() {
  return new Promise((done) => {
    const { x, y } = window.__fracas.frame();
    const count = (frames) => {
      const now = window.__fracas.frame();
      if (!now.alive || frames > 120) done(-1);
      else if (Math.hypot(now.x - x, now.y - y) > 1e-4) done(frames);
      else requestAnimationFrame(() => count(frames + 1));
    };
    window.addEventListener('keydown', () => requestAnimationFrame(() => count(1)), { once: true });
  });
}

function startRecording() {
  const probe = window.__fracas;
  const frames = [];
  const corrections = [];
  let newest = probe.events.at(-1);
  let running = true;
  const look = () => {
    if (!running) return;
    const { x, y, alive, sinceSnapshotMs, delayMs, pingMs } = probe.frame();
    const { steerX, steerY } = probe.intent();
    frames.push([performance.now(), steerX, steerY, x, y, Number(alive), delayMs, sinceSnapshotMs, pingMs]);
    const fresh = probe.events.slice(probe.events.lastIndexOf(newest) + 1);
    for (const event of fresh) if (event.type === 'correction') corrections.push(event.tiles);
    newest = probe.events.at(-1);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.__stop = () => {
    running = false;
    return { frames, corrections };
  };
}

function stopRecording() {
  return window.__stop();
}

function counters() {
  return { ...window.__fracas.health().stats, script: window.__fracas.stats() };
}

function printTitles() {
  console.log(`\n| ${COLUMNS.map(([title]) => title).join(' | ')} |`);
  console.log(`|${COLUMNS.map(() => '---').join('|')}|`);
}

function printRow(row) {
  console.log(`| ${COLUMNS.map(([, value]) => value(row)).join(' | ')} |`);
}

function printAgainst(row) {
  mkdirSync(join(ROOT, 'target'), { recursive: true });
  const file = join(ROOT, 'target/feel-150ms.csv');
  const lines = row.frames.map((frame) => frame.map((value) => Number(value.toFixed(5))).join(','));
  writeFileSync(
    file,
    `ms,steer_x,steer_y,x,y,alive,shown_late_ms,since_snapshot_ms,ping_ms\n${lines.join('\n')}\n`,
  );
  const found = against(row.frames);
  const judged = row.frames.length ? row.frames.filter((_, i) => isJudged(row.frames, i)).length : 0;
  console.log(`\n${row.frames.length} frames in ${file}`);
  console.log(
    `${judged} of them had steering held for ${ACCELERATES_S} s away from walls; against it: ${found.length}`,
  );
  for (const { i, back } of found.slice(0, 20)) {
    const [ms, sx, sy, x, y] = row.frames[i];
    console.log(
      `  frame ${i} at ${ms.toFixed(0)} ms: steer ${sx.toFixed(2)},${sy.toFixed(2)} at ${x.toFixed(3)},${y.toFixed(3)}, back ${back.toFixed(4)} tiles`,
    );
  }
}

/** Frames in which the own craft was drawn farther back than before, as seen from the hands. */
function against(frames) {
  const found = [];
  for (let i = 1; i < frames.length; i++) {
    if (!isJudged(frames, i)) continue;
    const [, sx, sy, x, y] = frames[i];
    const [, , , px, py] = frames[i - 1];
    const back = -((x - px) * sx + (y - py) * sy);
    if (back > EPSILON_TILES) found.push({ i, back });
  }
  return found;
}

function isJudged(frames, i) {
  const [ms, sx, sy, x, y, alive] = frames[i];
  if (!alive || Math.hypot(sx, sy) < 0.5) return false;
  for (let k = i; k >= 0; k--) {
    const [at, kx, ky, px, py, lives] = frames[k];
    if (!lives || nearWall(px, py) || Math.hypot(px - x, py - y) > JUMP_TILES) return false;
    if (kx !== sx || ky !== sy) return false;
    if (ms - at >= ACCELERATES_S * 1000) return true;
  }
  return false;
}

function nearWall(x, y) {
  return Math.min(x - 1, y - 1, WIDTH - 1 - x, HEIGHT - 1 - y) < WALL_TILES;
}

function minutes({ frames }) {
  return ((frames.at(-1)?.[0] ?? 0) - (frames[0]?.[0] ?? 0)) / 60_000;
}

function share({ before, after }, part, whole) {
  return `${((100 * (after[part] - before[part])) / Math.max(1, after[whole] - before[whole])).toFixed(2)} %`;
}

function openArena() {
  const wall = '#'.repeat(WIDTH);
  const floor = `#${'.'.repeat(WIDTH - 2)}#`;
  const spawns = `#${'.....S..'.repeat(WIDTH).slice(0, WIDTH - 2)}#`;
  const rows = Array.from({ length: HEIGHT }, (_, y) => {
    if (y === 0 || y === HEIGHT - 1) return wall;
    return y % 8 === 4 ? spawns : floor;
  });
  return `${rows.join('\n')}\n`;
}

async function startServer(name, arena, bots) {
  writeFileSync(join(folder, `${name}.txt`), arena);
  const config = [
    `bots = ${bots}`,
    `map = ${JSON.stringify(join(folder, `${name}.txt`))}`,
    '[rules.flow]',
    'score_to_win = 1000',
    'time_limit_s = 3600',
  ];
  writeFileSync(join(folder, `${name}.toml`), `${config.join('\n')}\n`);
  const flags = ['--config', `${name}.toml`, '--listen', '127.0.0.1:0', '--internal-listen', '127.0.0.1:0'];
  return (await start('fracas', ['serve', ...flags], { cwd: folder })).first.replace(
    'listening on http://',
    '',
  );
}

async function startProxy(server) {
  const { child, lines, first } = await start('fracas-proxy', ['--to', server], {});
  return {
    url: first.replace('listening on ', 'http://'),
    tell: (command) =>
      new Promise((done, fail) => {
        lines.once('line', (answer) => (answer === 'ok' ? done() : fail(new Error(`${command}: ${answer}`))));
        child.stdin.write(`${command}\n`);
      }),
    end: () => child.stdin.end(),
  };
}
