/**
 * What the page costs: first download compressed, and script per frame with 60 craft, 400 shots
 * and as many sparks as there may be, in a real browser, without and with the net graph. `npm run bench`.
 *
 * The picture is small on purpose: where WebGL runs in software, a large one makes the page wait
 * for the painter, and waiting is not script.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { createServer } from 'vite';

const ROOT = join(import.meta.dirname, '..');
const SCENE = '/?fake&craft=60&shots=400&sparks=1500';
const WARM_UP_MS = 6000;
const MEASURED_MS = 15_000;
/** Loaded only where there is no window, or only for features we leave out. */
const NOT_LOADED = /^(webworkerAll|browserAll|init|watch)-/;

printFirstDownload();
await printScriptPerFrame();

function printFirstDownload() {
  const assets = join(ROOT, 'dist/assets');
  const files = readdirSync(assets)
    .filter((name) => !NOT_LOADED.test(name))
    .map((name) => join(assets, name));
  files.push(join(ROOT, 'dist/index.html'));
  const bytes = files.map((file) => readFileSync(file));
  const sum = (size) => Math.round(bytes.reduce((total, body) => total + size(body), 0) / 1024);
  const gzip = sum((body) => gzipSync(body, { level: 9 }).length);
  const brotli = sum((body) => brotliCompressSync(body).length);
  console.log('first download    raw KB   gzip KB   brotli KB');
  console.log(`                  ${pad(sum((body) => body.length))} ${pad(gzip)}     ${pad(brotli)}`);
}

async function printScriptPerFrame() {
  const server = await createServer({ root: ROOT, server: { port: 0 }, logLevel: 'error' });
  await server.listen();
  const browser = await chromium.launch({
    executablePath: process.env.FRACAS_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--enable-unsafe-swiftshader'],
  });
  try {
    const scene = new URL(SCENE, server.resolvedUrls?.local[0]).href;
    console.log('script per frame  frames   CPU ms   p50 ms   p95 ms');
    for (const netGraph of ['off', 'on']) await printScene(browser, scene, netGraph);
  } finally {
    await browser.close();
    await server.close();
  }
}

async function printScene(browser, scene, netGraph) {
  const page = await browser.newPage({ viewport: { width: 480, height: 270 } });
  await page.addInitScript((on) => localStorage.setItem('fracas.net_graph', on), netGraph);
  await page.goto(scene);
  await page.fill('#name', 'Bench');
  await page.click('#play');
  await page.waitForTimeout(WARM_UP_MS);
  const before = await page.evaluate(() => window.__fracas.stats().frames);
  const profile = await record(page);
  const stats = await page.evaluate(() => window.__fracas.stats());
  await page.close();
  const frames = stats.frames - before;
  console.log(
    `net graph ${netGraph.padEnd(7)} ${pad(frames)} ${pad((scriptMs(profile) / frames).toFixed(2))}` +
      `   ${pad(stats.p50.toFixed(1))}   ${pad(stats.p95.toFixed(1))}`,
  );
}

async function record(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Profiler.enable');
  await devtools.send('Profiler.start');
  await page.waitForTimeout(MEASURED_MS);
  return (await devtools.send('Profiler.stop')).profile;
}

/** All samples in JavaScript; the rest is the browser's own work, waiting for the painter included. */
function scriptMs(profile) {
  const idle = new Set(
    profile.nodes
      .filter((node) => /^\((program|idle)\)$/.test(node.callFrame.functionName))
      .map((node) => node.id),
  );
  let micros = 0;
  profile.samples.forEach((id, i) => {
    if (!idle.has(id)) micros += profile.timeDeltas[i];
  });
  return micros / 1000;
}

function pad(value) {
  return String(value).padStart(6);
}
