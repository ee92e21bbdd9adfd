import { OPEN } from './arenas';
import type { BadLine } from './bad_line';
import { expect, test } from './fixtures';
import { Player } from './player';

/** Flies somewhere that is not a spawn point, so that being back there means being back in the same craft. */
async function flyAway(player: Player): Promise<{ x: number; player: number }> {
  const calm = await player.isCalm();
  return player.fly(calm.x < 12 ? 'KeyD' : 'KeyA', ({ x }) => Math.abs(x - calm.x) > 3);
}

async function isBackIn(player: Player, before: { x: number; player: number }): Promise<void> {
  await player.reaches('playing');
  const after = await player.until('it is where it was', ({ x }) => Math.abs(x - before.x) < 0.02);
  expect(after.player).toBe(before.player);
}

async function cutUntilNoticed(line: BadLine, player: Player, command: string): Promise<void> {
  await player.noteStates();
  await line.tell(command);
  await player.hasBeen('reconnecting');
}

/** Connections that were opened from now on and have ended. */
function failedTries({ page }: Player): { count: number } {
  const failed = { count: 0 };
  page.on('websocket', (socket) => {
    socket.on('close', () => {
      failed.count += 1;
    });
  });
  return failed;
}

test('at 150 ms the craft answers within two frames, and the server agrees', async ({
  another,
  badLine,
  serve,
}) => {
  const server = await serve({ map: OPEN });
  const line = await badLine(server.url);
  await line.tell('lag 150 10');
  const player = await another();
  await player.join(line.url, 'Ada');
  await expect(async () => {
    const start = await player.isCalm();
    expect(start.pingMs).toBeGreaterThan(120);
    await player.page.evaluate(countFramesToMotion);
    const [across] = start.x < 12 ? ['KeyD'] : ['KeyA'];
    const far = await player.fly(across, ({ x }) => Math.abs(x - start.x) > 5);
    await expect(player.page.locator('html')).toHaveAttribute('data-frames-to-motion', /^[12]$/);
    const end = await player.isCalm();
    expect(Math.abs(end.x - far.x), 'the server has it there, too').toBeLessThan(0.02);
    expect(end.corrections, 'the prediction was right').toBe(start.corrections);
  }).toPass({ timeout: 70_000 });
});

for (const how of ['rst', 'fin']) {
  test(`a line that is cut (${how}) leads back into the same craft`, async ({ another, badLine, serve }) => {
    const server = await serve({ map: OPEN });
    const line = await badLine(server.url);
    const player = await another();
    await player.join(line.url, 'Ada');
    const before = await flyAway(player);
    for (let time = 0; time < 2; time++) {
      await cutUntilNoticed(line, player, `cut ${how}`);
      await isBackIn(player, before);
    }
    await player.isCalm();
    await expect(player.page.locator('#connection')).toBeHidden();
  });
}

test('wherever it is cut on the way back, the next try comes through', async ({
  another,
  badLine,
  serve,
}) => {
  test.slow();
  const server = await serve({ map: OPEN });
  const line = await badLine(server.url);
  const player = await another();
  await player.join(line.url, 'Ada');
  const before = await flyAway(player);
  // In the welcome or just before it, soon after it, and on the way up before the hello has arrived.
  for (const where of ['--down 260', '--down 1200', '--up 620']) {
    const failed = failedTries(player);
    await line.tell(`cut rst ${where}`);
    await expect
      .poll(() => failed.count, { message: `tries that ended at ${where}`, timeout: 30_000 })
      .toBeGreaterThan(1);
    await line.tell('clear');
    await isBackIn(player, before);
    await player.until(
      'it plays on',
      ({ sinceSnapshotMs, snapshots }) => sinceSnapshotMs < 500 && snapshots > 5,
    );
  }
});

test('a line that dies without a word: an icon, a banner, and back', async ({ another, badLine, serve }) => {
  const server = await serve({ map: OPEN });
  const line = await badLine(server.url);
  const player = await another();
  const { page } = player;
  await player.join(line.url, 'Ada');
  const before = await flyAway(player);
  await player.noteStates();
  await line.tell('cut silence');
  await expect(page.locator('#stall')).toBeVisible();
  await player.hasBeen('reconnecting');
  await isBackIn(player, before);
  await expect(page.locator('#stall')).toBeHidden();
  await expect(page.locator('#connection')).toBeHidden();
});

test('a line that stays away: the banner says so and counts', async ({ another, badLine, serve }) => {
  const server = await serve({ map: OPEN });
  const line = await badLine(server.url);
  const player = await another();
  await player.join(line.url, 'Ada');
  const before = await flyAway(player);
  // Every new connection ends at its first byte.
  await line.tell('cut rst --down 1');
  await expect(player.page.getByRole('status')).toContainText('The connection was lost.');
  await expect(player.page.locator('#stall')).toBeVisible();
  await player.picture('away-480x270');
  await line.tell('clear');
  await isBackIn(player, before);
  await expect(player.page.getByRole('status')).toBeHidden();
});

test('a stall of two seconds is waited out, on the same connection', async ({ another, badLine, serve }) => {
  const server = await serve({ map: OPEN });
  const line = await badLine(server.url);
  const player = await another();
  const { page } = player;
  await player.join(line.url, 'Ada');
  const before = await flyAway(player);
  await player.noteStates();
  await line.tell('stall 2000');
  await expect(page.locator('#stall')).toBeVisible();
  await player.picture('stall-480x270');
  await expect(page.locator('#stall')).toBeHidden();
  const after = await player.isCalm();
  expect(after.player).toBe(before.player);
  await player.hasNotBeen('reconnecting');
  const health = await player.health();
  expect(health?.diagnosis).toMatchObject({ blame: 'line', text: expect.stringContaining('stalls') });
});

test('a second window takes the place over, and one click takes it back', async ({ another, serve }) => {
  const server = await serve({ map: OPEN });
  const first = await another();
  await first.join(server.url, 'Ada');
  const before = await flyAway(first);
  // A duplicated tab: the browser copies what the first one keeps.
  const [copy] = await Promise.all([
    first.page.context().waitForEvent('page'),
    first.page.evaluate(() => void window.open('/')),
  ]);
  const second = new Player(copy);
  await copy.getByRole('button', { name: 'Play' }).click();
  await isBackIn(second, before);

  await first.reaches('stopped');
  await expect(first.page.getByRole('status')).toContainText('You are playing in another window now.');
  await first.picture('taken-over-480x270');
  await first.page.getByRole('button', { name: 'Play here' }).click();
  await isBackIn(first, before);
  await second.reaches('stopped');

  await copy.getByRole('button', { name: 'Play here' }).click();
  await isBackIn(second, before);
  await first.reaches('stopped');
  // And a reload of the one that plays still leads back: it has the newest token.
  await copy.reload();
  await copy.getByRole('button', { name: 'Play' }).click();
  await isBackIn(second, before);
});

/** Counts the frames from the next key to the first that shows the craft moving; runs in the page. */
function countFramesToMotion(): void {
  const { dataset } = document.documentElement;
  delete dataset.framesToMotion;
  const { x, y } = window.__fracas?.frame() ?? { x: 0, y: 0 };
  const count = (frames: number) => {
    const now = window.__fracas?.frame();
    if (now && (now.x !== x || now.y !== y)) dataset.framesToMotion = String(frames);
    else requestAnimationFrame(() => count(frames + 1));
  };
  window.addEventListener('keydown', () => requestAnimationFrame(() => count(1)), { once: true });
}
