import type { CDPSession } from '@playwright/test';
import { OPEN } from './arenas';
import { expect, test } from './fixtures';
import type { Player } from './player';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 };

interface Point {
  x: number;
  y: number;
}

/** Thumbs: what is on the glass now. */
async function touch(glass: CDPSession, type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Point[]) {
  await glass.send('Input.dispatchTouchEvent', { type, touchPoints });
}

async function fitsTheScreen({ page }: Player): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, 'nothing hangs over the edge').toBeLessThanOrEqual(0);
}

test('a phone, upright: menu, thumbs, scores', async ({ another, serve }) => {
  const server = await serve({ map: OPEN, bots: 3 });
  const player = await another(PHONE);
  await player.page.goto(server.url);
  await player.reaches('menu');
  await fitsTheScreen(player);
  await player.picture('menu-390x844');
  await player.join(server.url, 'Ada');

  const glass = await player.page.context().newCDPSession(player.page);
  const start = await player.until('it flies', ({ alive }) => alive);
  const [left, right] = [
    { x: 90, y: 700 },
    { x: 300, y: 700 },
  ];
  const side = start.x < 12 ? 1 : -1;
  await touch(glass, 'touchStart', [left, right]);
  await touch(glass, 'touchMove', [
    { x: left.x + side * 50, y: left.y },
    { x: right.x, y: right.y - 50 },
  ]);
  await player.until('the left thumb flies', ({ vx }) => vx * side > 3);
  await expect
    .poll(async () => (await player.events()).some((event) => event.type === 'fired' && event.own))
    .toBe(true);
  await player.picture('play-390x844');
  await touch(glass, 'touchEnd', []);
  await fitsTheScreen(player);
});

test('a phone, upright: results and the watch page', async ({ another, serve }) => {
  const server = await serve({
    map: OPEN,
    bots: 3,
    // Whoever is hit first decides it.
    rules: {
      flow: { score_to_win: 1, countdown_s: 0, results_s: 60 },
      craft: { spawn_protection_s: 0 },
    },
    weapons: { pulse: { damage: 100 } },
  });
  const player = await another(PHONE);
  await player.clickPlay(server.url, 'Ada');
  await player.reaches('results');
  await fitsTheScreen(player);
  await player.picture('results-390x844');
  const watch = await another(PHONE);
  await watch.page.goto(`${server.url}/watch`);
  await expect(watch.page.locator('#rows .row')).toHaveCount(3);
  await fitsTheScreen(watch);
  await watch.picture('watch-390x844');
});
