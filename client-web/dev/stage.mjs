/** What measurements in a real browser share: programs built for release, a browser, and a hand that plays. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from '@playwright/test';

export const ROOT = join(import.meta.dirname, '../..');
const BINARIES = process.env.FRACAS_BINARIES ?? join(ROOT, 'target/release');
const PINS = availableParallelism() > 1 && existsSync('/usr/bin/taskset');

const children = [];

/** Starts a program of ours and waits for its first line; `core` pins it to one where there are several. */
export async function start(name, flags, options = {}) {
  const child = run(name, flags, { stdio: ['pipe', 'pipe', 'inherit'], ...options });
  const lines = createInterface(child.stdout);
  const first = await new Promise((done, fail) => {
    lines.once('line', done);
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`${name} ended with ${code}`)));
  });
  return { child, lines, first };
}

/** Starts a program of ours that ends with `endAll`. */
export function run(name, flags, { core, log, ...options } = {}) {
  // The server takes every `FRACAS_…` for its own.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('FRACAS_')));
  if (log) env.RUST_LOG ??= log;
  const program = join(BINARIES, name);
  const [command, ...rest] =
    PINS && core !== undefined ? ['taskset', '-c', String(core), program] : [program];
  const child = spawn(command, [...rest, ...flags], { env, ...options });
  children.push(child);
  return child;
}

export function endAll() {
  for (const child of children) child.kill();
}

export function launchBrowser(...further) {
  return chromium.launch({
    executablePath: process.env.FRACAS_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--enable-unsafe-swiftshader', ...further],
  });
}

/** Turns, stops, aims and fires like somebody who is busy. The same hand every time. */
export async function play(page, seconds) {
  const { width, height } = page.viewportSize();
  const random = generator(7);
  const until = Date.now() + seconds * 1000;
  const held = new Set();
  await page.mouse.move(width * 0.625, height * 0.37);
  while (Date.now() < until) {
    const wanted = new Set();
    if (random() < 0.85) wanted.add(random() < 0.5 ? 'KeyD' : 'KeyA');
    if (random() < 0.6) wanted.add(random() < 0.5 ? 'KeyS' : 'KeyW');
    for (const key of held) if (!wanted.has(key)) await page.keyboard.up(key);
    for (const key of wanted) if (!held.has(key)) await page.keyboard.down(key);
    held.clear();
    for (const key of wanted) held.add(key);
    await page.mouse.move(width * (0.125 + 0.75 * random()), height * (0.15 + 0.7 * random()));
    if (random() < 0.5) await page.mouse.down();
    else await page.mouse.up();
    await page.waitForTimeout(150 + random() * 450);
  }
  for (const key of held) await page.keyboard.up(key);
  await page.mouse.up();
}

/** The value below which this part of them is. */
export function at(sorted, part) {
  return sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
}

export function median(values) {
  return at(
    values.sort((a, b) => a - b),
    0.5,
  );
}

function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
