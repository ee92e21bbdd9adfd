/**
 * A page in a crowd: an arena of 2,200 places, a swarm of bots, and a browser that joins, plays and then watches.
 * `npm run crowd [SECONDS] [BOTS …]`, one table for each number of bots, with server and swarm built for release:
 *
 *     make build && cargo build --release -p fracas-bots && npm --prefix client-web run crowd 30 300 1000 2199
 *
 * Server and swarm have a core each where there are two, and the browser what they leave: so script time is given as
 * processor time too, which does not grow while others have the core. `PAGES=dist` plays the pages of
 * `client-web/dist` instead of those inside the server. Pictures of play, scores and `/watch` go to `target/crowd`.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { at, endAll, launchBrowser, play, ROOT, run, start } from './stage.mjs';

const SECONDS = Number(process.argv[2] ?? 30);
const CROWDS = process.argv.length > 3 ? process.argv.slice(3).map(Number) : [2199];
const PLACES = 2200;
const BOTS_PER_S = 100;
/** Then whoever has come is the crowd: a full server refuses for as long as it has too much to do. */
const STRAGGLERS_S = 20;
/** A full server may refuse for a moment. */
const CLICKS_MAX = 60;
const WATCHED_S = 10;
/** One crowd, arrival and refusals included. */
const LASTS_AT_MOST_S = SECONDS + 300;
/** Chromium holds pages that were served to it by us for strangers to the server. */
const OWN_PAGES = process.env.PAGES === 'dist';
const PICTURES = join(ROOT, 'target/crowd');
/** Small, so that painting in software keeps up with the frames. */
const MEASURED = { viewport: { width: 480, height: 270 } };
const DESKTOP = { viewport: { width: 1280, height: 720 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

const ROWS = [
  ['bots in the arena', (r) => r.came],
  [
    'click to flying, ms',
    (r) => `${r.joined.ms.toFixed(0)}${r.joined.clicks > 1 ? ` (click ${r.joined.clicks})` : ''}`,
  ],
  ['… welcome, bytes', (r) => r.joined.welcomeBytes],
  ['… longest hold-up of the page, ms', (r) => r.joined.longestMs.toFixed(0)],
  ['script, messages included, processor time per frame, ms, mean', (r) => r.cpuMs.toFixed(2)],
  [
    '… of the frame itself, p50, p95, max',
    (r) => [0.5, 0.95, 1].map((part) => at(r.frameCpuMs, part).toFixed(2)).join(', '),
  ],
  ['… by the clock, p50, p95', (r) => `${r.script.p50.toFixed(1)}, ${r.script.p95.toFixed(1)}`],
  ['frames/s', (r) => (r.frames / r.seconds).toFixed(0)],
  ['snapshots/s', (r) => (r.snapshots / r.seconds).toFixed(0)],
  ['craft in view, p50, max', (r) => `${at(r.crafts, 0.5)}, ${r.crafts.at(-1)}`],
  ['corrections', (r) => r.corrections],
  ['known by name, p50, max', (r) => `${at(r.known, 0.5)}, ${r.known.at(-1)}`],
  ['rows of the scoreboard', (r) => r.rows],
  ['dots on the minimap, max', (r) => r.dots],
  ['JS heap, MB', (r) => (r.heapBytes / 1e6).toFixed(1)],
  [
    '/watch: rows; processor time of the page, ms per s',
    (r) => `${r.watch.rows}; ${r.watch.cpuMsPerS.toFixed(0)}`,
  ],
  ['/watch: longest hold-up, ms', (r) => r.watch.longestMs.toFixed(0)],
  ['event stream of /watch: bytes/s; scoreboards/s, bytes each', (r) => stream(r.streams.page)],
  ['… when nothing is asked', (r) => stream(r.streams.plain)],
  ['… when all are asked', (r) => stream(r.streams.all)],
  ['errors in the console', (r) => r.errors.length],
];

process.on('exit', endAll);
mkdirSync(PICTURES, { recursive: true });
try {
  for (const bots of CROWDS) {
    const late = setTimeout(() => {
      throw new Error('this takes longer than it should');
    }, 1000 * LASTS_AT_MOST_S);
    print(await measure(bots));
    clearTimeout(late);
  }
} finally {
  endAll();
}

async function measure(bots) {
  const url = await startCrowd(bots);
  const came = await players(url);
  const browser = await launchBrowser(...(OWN_PAGES ? ['--disable-features=LocalNetworkAccessChecks'] : []));
  const result = { came, ...(await measurePlay(browser, url, bots)) };
  result.watch = await measureWatch(browser, url, bots, result.errors);
  result.streams = {
    page: await listen(`${url}/api/events?top=20`),
    plain: await listen(`${url}/api/events`),
    all: await listen(`${url}/api/events?top=${PLACES}`),
  };
  await browser.close();
  endAll();
  return result;
}

async function startCrowd(bots) {
  const flags = ['--mode', 'massive', '--max-players', PLACES, '--bots', 0, '--seed', 1];
  const address = ['--listen', '127.0.0.1:0', '--internal-listen', '127.0.0.1:0'];
  const { first } = await start('fracas', ['serve', ...flags, ...address], { core: 0, log: 'warn' });
  const url = first.replace('listening on ', '');
  run('fracas-bots', ['--url', url, '--count', bots, '--ramp', `${BOTS_PER_S}/s`, '--threads', 1], {
    core: 1,
    stdio: 'ignore',
  });
  for (let waited = 0; (await players(url)) < bots; waited++) {
    if (waited > bots / BOTS_PER_S + STRAGGLERS_S) break;
    await seconds(1);
  }
  return url;
}

async function players(url) {
  const matches = await (await fetch(`${url}/api/matches`)).json();
  return matches.reduce((sum, match) => sum + match.players, 0);
}

async function measurePlay(browser, url, bots) {
  const errors = [];
  const page = await open(browser, MEASURED, `${url}/`, errors);
  const joined = await joinAndTime(page);
  await seconds(3);
  const tools = await page.context().newCDPSession(page);
  await page.evaluate(startRecording);
  const before = await counters(page, tools);
  const traced = await trace(browser, page, () => play(page, SECONDS));
  const after = await counters(page, tools);
  const recorded = await page.evaluate(() => window.__stop());
  const rows = await takePictures(page, tools, bots);
  await page.context().close();
  return {
    errors,
    joined,
    rows,
    script: after.script,
    frameCpuMs: traced.framesMs,
    cpuMs: traced.allMs / (after.script.frames - before.script.frames),
    frames: after.script.frames - before.script.frames,
    snapshots: after.frame.snapshots - before.frame.snapshots,
    corrections: after.frame.corrections - before.frame.corrections,
    seconds: (after.atMs - before.atMs) / 1000,
    crafts: recorded.crafts.sort((a, b) => a - b),
    known: recorded.known.sort((a, b) => a - b),
    dots: recorded.dots,
    heapBytes: after.heapBytes,
  };
}

/** From the click to the first frame in which the own craft flies; what the first message of the server weighs. */
async function joinAndTime(page) {
  const tools = await page.context().newCDPSession(page);
  await tools.send('Network.enable');
  const first = new Promise((done) => {
    tools.on('Network.webSocketFrameReceived', ({ response }) =>
      done(Buffer.from(response.payloadData, 'base64').length),
    );
  });
  await page.waitForFunction(() => window.__fracas);
  await page.fill('#name', 'Crowd');
  for (let clicks = 1; clicks <= CLICKS_MAX; clicks++) {
    const timed = page.evaluate(timeJoin);
    await page.click('#play');
    const { state, ms, longestMs } = await timed;
    if (state === 'playing') {
      const welcomeBytes = await first;
      await tools.detach();
      return { clicks, ms, longestMs, welcomeBytes };
    }
    console.error(`refused: ${await page.textContent('#join-problem')}`);
    await seconds(1);
  }
  throw new Error('the server lets nobody in');
}

/** Runs in the page. */
function timeJoin() {
  return new Promise((done) => {
    let from;
    let longestMs = 0;
    const tasks = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longestMs = Math.max(longestMs, duration);
    });
    tasks.observe({ entryTypes: ['longtask'] });
    window.addEventListener('click', (event) => (from = event.timeStamp), { once: true, capture: true });
    const look = () => {
      const { state } = document.documentElement.dataset;
      const isDone = state === 'playing' || (state === 'menu' && from && performance.now() - from > 500);
      if (!isDone) return requestAnimationFrame(look);
      const ms = performance.now() - from;
      // The longest task is reported once it is over.
      setTimeout(() => done({ state, ms, longestMs }), 1000);
    };
    requestAnimationFrame(look);
  });
}

/** Runs in the page. */
function startRecording() {
  const crafts = [];
  const known = [];
  let dots = 0;
  const look = () => {
    const { craftCount } = window.__fracas.frame();
    const hud = window.__fracas.hud();
    crafts.push(craftCount);
    known.push(hud.known);
    dots = Math.max(dots, hud.dots);
  };
  const every = setInterval(look, 100);
  window.__stop = () => {
    clearInterval(every);
    return { crafts, known, dots };
  };
}

async function counters(page, tools) {
  await tools.send('Performance.enable');
  const { metrics } = await tools.send('Performance.getMetrics');
  const heapBytes = metrics.find(({ name }) => name === 'JSHeapUsedSize').value;
  const inPage = await page.evaluate(() => ({
    script: window.__fracas.stats(),
    frame: window.__fracas.frame(),
    atMs: performance.now(),
  }));
  return { heapBytes, ...inPage };
}

/** Processor time of the page's scripts while something is done: each animation frame, and all in all. */
async function trace(browser, page, whatIsDone) {
  await browser.startTracing(page, { categories: ['devtools.timeline'] });
  await whatIsDone();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const main = traceEvents.find(({ name }) => name === 'FireAnimationFrame')?.tid;
  const calls = traceEvents
    .filter(({ name, tid, dur }) => name === 'FunctionCall' && tid === main && dur !== undefined)
    .sort((a, b) => a.ts - b.ts);
  let allMs = 0;
  let until = 0;
  for (const { ts, dur, tdur } of calls) {
    if (ts < until) continue;
    until = ts + dur;
    allMs += tdur / 1000;
  }
  const frames = traceEvents.filter(({ name }) => name === 'FireAnimationFrame');
  return { allMs, framesMs: frames.map(({ tdur }) => tdur / 1000).sort((a, b) => a - b) };
}

/** Play and scores, on a desk and on a phone, with one connection: a full server may not let another in. */
async function takePictures(page, tools, bots) {
  for (const [name, { viewport, hasTouch }] of [
    ['', DESKTOP],
    ['-phone', PHONE],
  ]) {
    await page.setViewportSize(viewport);
    await tools.send('Emulation.setTouchEmulationEnabled', { enabled: hasTouch ?? false });
    await page.waitForFunction(() => document.documentElement.dataset.state === 'playing');
    await seconds(2);
    await page.screenshot({ path: join(PICTURES, `play${name}-${bots}.png`) });
    await page.keyboard.down('Tab');
    await page.waitForSelector('#scoreboard:not([hidden]) tbody tr');
    await page.screenshot({ path: join(PICTURES, `scores${name}-${bots}.png`) });
    await page.keyboard.up('Tab');
  }
  return page.locator('#scoreboard-rows tr').count();
}

async function measureWatch(browser, url, bots, errors) {
  const page = await open(browser, DESKTOP, `${url}/watch`, errors);
  await page.waitForSelector('#rows .row');
  const tools = await page.context().newCDPSession(page);
  await tools.send('Performance.enable');
  const threadS = async () =>
    (await tools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ThreadTime').value;
  const before = await threadS();
  const longestMs = await page.evaluate(longestTask, WATCHED_S * 1000);
  const cpuMsPerS = ((await threadS()) - before) * (1000 / WATCHED_S);
  const rows = await page.locator('#rows .row').count();
  await page.screenshot({ path: join(PICTURES, `watch-${bots}.png`) });
  await page.context().close();
  const phone = await open(browser, PHONE, `${url}/watch`, errors);
  await phone.waitForSelector('#rows .row');
  await seconds(2);
  await phone.screenshot({ path: join(PICTURES, `watch-phone-${bots}.png`) });
  await phone.context().close();
  return { rows, cpuMsPerS, longestMs };
}

/** Runs in the page. */
function longestTask(withinMs) {
  return new Promise((done) => {
    let longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    }).observe({ entryTypes: ['longtask'] });
    setTimeout(() => done(longest), withinMs);
  });
}

async function open(browser, options, url, errors) {
  const context = await browser.newContext(options);
  if (OWN_PAGES) await context.route('**/*', serveBuilt);
  const page = await context.newPage();
  // A join that is refused is one to the browser; it is counted by its click.
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('503')) errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url);
  return page;
}

function serveBuilt(route) {
  const { pathname } = new URL(route.request().url());
  if (pathname.startsWith('/api')) return route.continue();
  const name = { '/': 'index.html', '/watch': 'watch.html' }[pathname] ?? pathname;
  const body = readFileSync(join(ROOT, 'client-web/dist', name));
  return route.fulfill({ body, contentType: TYPES[extname(name)] ?? 'application/octet-stream' });
}

/** What an event stream says in five seconds. */
async function listen(url) {
  const SECONDS_HEARD = 5;
  const response = await fetch(url);
  const chunks = [];
  const reader = response.body.getReader();
  const stop = setTimeout(() => reader.cancel(), SECONDS_HEARD * 1000);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
  }
  clearTimeout(stop);
  const text = Buffer.concat(chunks).toString();
  const boards = text.split('\n\n').filter((block) => block.includes('event: scoreboard'));
  const bytes = boards.reduce((sum, block) => sum + Buffer.byteLength(block), 0);
  return {
    bytesPerS: Buffer.byteLength(text) / SECONDS_HEARD,
    boardsPerS: boards.length / SECONDS_HEARD,
    boardBytes: bytes / Math.max(1, boards.length),
  };
}

function stream({ bytesPerS, boardsPerS, boardBytes }) {
  return `${bytesPerS.toFixed(0)}; ${boardsPerS.toFixed(1)}, ${boardBytes.toFixed(0)}`;
}

function print(result) {
  console.log(`\n| ${PLACES} places, ${SECONDS} s of play | |\n|---|---|`);
  for (const [title, value] of ROWS) console.log(`| ${title} | ${value(result)} |`);
  for (const error of result.errors.slice(0, 10)) console.log(`error: ${error}`);
}

function seconds(s) {
  return new Promise((done) => setTimeout(done, 1000 * s));
}
