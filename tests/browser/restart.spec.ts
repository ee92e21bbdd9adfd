import { OPEN } from './arenas';
import { expect, test } from './fixtures';
import { picture } from './player';

test('a server that crashes and comes back: the page flies again by itself', async ({
  context,
  player,
  serve,
}) => {
  const server = await serve({ map: OPEN, bots: 2 });
  await player.join(server.url, 'Ada');
  const watch = await context.newPage();
  await watch.goto(`${server.url}/watch`);
  await expect(watch.locator('#rows .row')).toHaveCount(2);
  await player.page.bringToFront();

  await server.crash();
  await player.reaches('reconnecting');
  await expect(player.page.getByRole('status')).toBeVisible();
  await player.picture('reconnecting-1280x720');
  await expect(watch.locator('#line')).toHaveText('Reconnecting');
  await picture(watch, 'watch-reconnecting-1280x720');

  await server.startAgain();
  await player.reaches('playing');
  const back = await player.isCalm();
  await player.fly(back.x < 12 ? 'KeyD' : 'KeyA', ({ x }) => Math.abs(x - back.x) > 2);
  await expect(player.page.locator('#connection')).toBeHidden();
  await expect(watch.locator('#line')).toHaveText('Live');
  await expect(watch.locator('#rows .row')).toHaveCount(2);
  await expect(watch.locator('#rows .row').filter({ hasText: 'Ada' })).toHaveCount(1);
});

test('a reload of the page leads back into the same craft', async ({ another, serve }) => {
  const player = await another();
  const server = await serve({ map: OPEN });
  await player.join(server.url, 'Ada');
  const calm = await player.isCalm();
  const before = await player.fly(calm.x < 12 ? 'KeyD' : 'KeyA', ({ x }) => Math.abs(x - calm.x) > 3);
  await player.page.reload();
  await player.page.getByRole('button', { name: 'Play' }).click();
  await player.reaches('playing');
  const after = await player.until('it is where it was', ({ x }) => Math.abs(x - before.x) < 0.01);
  expect(after.player).toBe(before.player);
});
