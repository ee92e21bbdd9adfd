import { OPEN } from './arenas';
import { expect, test } from './fixtures';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 };

test('F3 shows and hides the net graph, and the page remembers', async ({ player, serve }) => {
  const server = await serve({ map: OPEN, bots: 8 });
  const { page } = player;
  await player.join(server.url, 'Ada');
  const graph = page.getByLabel('Net graph').and(page.locator('aside'));
  await expect(graph).toBeHidden();
  await page.keyboard.press('F3');
  await expect(graph).toBeVisible();
  await expect(page.locator('#net-verdict')).toHaveText(/^[A-Z].*[.…]$/);
  for (const row of ['Ping', 'Updates', 'Frame', 'In / out', 'Others', 'Inputs', 'Corrections']) {
    await expect(page.locator('#net-rows .row').filter({ hasText: row })).toHaveText(/\d/);
  }
  // It never hides the fight: small, in a corner, and nothing in it can be touched.
  const box = await graph.boundingBox();
  expect(box?.width).toBeLessThan(320);
  expect(box?.height).toBeLessThan(200);
  expect(box?.x).toBeLessThan(20);
  await expect(graph).toHaveCSS('pointer-events', 'none');
  await player.until('a fight', ({ craftCount, shotCount }) => craftCount > 0 && shotCount > 0);
  await player.picture('net-graph-1280x720');
  await page.reload();
  await page.getByRole('button', { name: 'Play' }).click();
  await expect(graph).toBeVisible();
  await page.keyboard.press('F3');
  await expect(graph).toBeHidden();
});

test('what comes in is accounted by kind', async ({ another, serve }) => {
  const server = await serve({ map: OPEN, bots: 4 });
  const player = await another();
  await player.join(server.url, 'Ada');
  const stats = async () => (await player.health())?.stats;
  await expect.poll(async () => (await stats())?.snapshots ?? 0).toBeGreaterThan(60);
  const { content, bytesIn } = (await stats()) ?? { content: [], bytesIn: 0 };
  const sum = content.reduce((total, bytes) => total + bytes, 0);
  // The rest is the welcome with its map and rules, and answers to pings.
  expect(sum).toBeGreaterThan(0.3 * bytesIn);
  expect(sum).toBeLessThanOrEqual(bytesIn);
});

test('a line of 250 ms is named for what it is', async ({ another, badLine, serve }) => {
  const server = await serve({ map: OPEN });
  const line = await badLine(server.url);
  await line.tell('lag 250');
  const player = await another();
  await player.join(line.url, 'Ada');
  await player.isCalm();
  await expect
    .poll(async () => (await player.health())?.diagnosis.text, { timeout: 30_000 })
    .toMatch(/^Your line is slow: an answer takes [23]\d\d ms\.$/);
});

test('a server that stands still is named for what it is', async ({ another, serve }) => {
  const server = await serve({ map: OPEN });
  const player = await another();
  await player.join(server.url, 'Ada');
  await player.isCalm();
  server.hold(true);
  // Nobody answers: from here a server that is held looks like a line that is cut.
  await expect.poll(async () => (await player.health())?.diagnosis.text).toMatch(/nothing has come for/);
  server.hold(false);
  await player.until('it goes on', ({ sinceSnapshotMs }) => sinceSnapshotMs < 200);
});

test('a device that draws slowly is named for what it is', async ({ another, serve }) => {
  const server = await serve({ map: OPEN });
  const player = await another();
  await player.join(server.url, 'Ada');
  await player.isCalm();
  await player.page.evaluate(() => {
    // Something else on the page takes 80 ms of every frame.
    const busy = () => {
      const until = performance.now() + 80;
      while (performance.now() < until);
      requestAnimationFrame(busy);
    };
    busy();
  });
  await expect
    .poll(async () => (await player.health())?.diagnosis.text, { timeout: 30_000 })
    .toMatch(/^Your device (is slow|stutters|hung)/);
});

test('on a phone a button shows it, beside the thumbs', async ({ another, serve }) => {
  const server = await serve({ map: OPEN, bots: 3 });
  const player = await another(PHONE);
  const { page } = player;
  await page.goto(server.url);
  await expect(page.getByRole('checkbox', { name: 'Net graph' })).not.toBeChecked();
  await player.join(server.url, 'Ada');
  await page.getByRole('button', { name: 'Net graph' }).tap();
  await expect(page.locator('#net')).toBeVisible();
  await expect(page.locator('#net .row').filter({ hasText: 'Ping' })).toHaveText(/\d+ ms/);
  // Below the arena, above the thumbs.
  const box = await page.locator('#net').boundingBox();
  const arena = await page.locator('#arena').boundingBox();
  const stick = await page.locator('#stick-left').boundingBox();
  expect(box?.y).toBeGreaterThan((arena?.y ?? 0) + (arena?.height ?? 0));
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(stick?.y ?? 0);
  await player.picture('net-graph-390x844');
  await page.getByRole('button', { name: 'Net graph' }).tap();
  await expect(page.locator('#net')).toBeHidden();
});
