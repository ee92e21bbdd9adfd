import { expect, test } from './fixtures';

/** More than these are a crowd, in which nobody is told of everybody. */
const BOTS = 70;
const LEADERS = 10;
const PHONE = { width: 390, height: 844 };

test('in a crowd map and scores stay small, and no rank is made up', async ({ another, serve }) => {
  const server = await serve({ mode: 'massive', maxPlayers: 2200, bots: BOTS });
  const player = await another({ viewport: { width: 1280, height: 720 } });
  const { page } = player;
  await player.join(server.url, 'Ada');
  await expect.poll(() => page.evaluate(() => window.__fracas?.hud().known)).toBeGreaterThan(LEADERS);

  const minimap = await page.locator('#minimap').boundingBox();
  expect(minimap?.width).toBeLessThanOrEqual(180);
  expect(minimap?.height).toBeLessThanOrEqual(180);
  await player.picture('crowd-1280x720');

  await page.keyboard.down('Tab');
  const rows = page.locator('#scoreboard-rows tr');
  await expect(rows.nth(LEADERS - 1)).toBeVisible();
  await expect(page.locator('#scoreboard')).toContainText('the top 10, and who is near');
  await expect(page.locator('#scoreboard-rows tr.own')).toHaveCount(1);
  const ranks = await page.locator('#scoreboard-rows td.rank').allTextContents();
  expect(ranks.length).toBeLessThanOrEqual(16);
  for (const rank of ranks) expect(rank === '–' || Number(rank) <= LEADERS, rank).toBe(true);
  await player.picture('crowd-scores-1280x720');

  await page.setViewportSize(PHONE);
  const table = page.locator('#scoreboard table');
  const board = page.locator('#scoreboard');
  const [inner, outer] = [await table.boundingBox(), await board.boundingBox()];
  expect(inner && outer && inner.x + inner.width <= outer.x + outer.width).toBe(true);
  await expect(rows.last()).toBeInViewport({ ratio: 1 });
  await player.picture('crowd-scores-390x844');
});

test('the watch page of a crowd shows the best and says of how many', async ({ another, serve }) => {
  const server = await serve({ mode: 'massive', maxPlayers: 2200, bots: BOTS });
  const { page } = await another({ viewport: { width: 1280, height: 720 } });
  await page.goto(`${server.url}/watch`);
  await expect(page.locator('#rows .row')).toHaveCount(20);
  await expect(page.locator('#more')).toHaveText(`The best 20 of ${BOTS}`);
  await expect(page.locator('#more')).toBeInViewport({ ratio: 1 });
});

test('in a crowd the awards go to people with names', async ({ player, serve }) => {
  const flow = { countdown_s: 1, time_limit_s: 12, results_s: 20 };
  const server = await serve({
    mode: 'massive',
    maxPlayers: 100,
    builtIn: 'arena',
    bots: BOTS,
    rules: { flow },
  });
  await player.join(server.url, 'Ada');
  await player.reaches('results');
  const awards = player.page.locator('#awards');
  await expect(awards).toContainText('Most kills');
  // Strangers are numbers: whoever is told of in the results has to be introduced.
  await expect(awards).not.toContainText(/Player \d/);
});
