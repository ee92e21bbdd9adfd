import { OPEN } from './arenas';
import { expect, test } from './fixtures';
import { picture } from './player';

test('a server that crashes and comes back: the page flies again by itself', async ({
  context,
  player,
  serve,
}) => {
  const server = await serve({ map: OPEN, bots: 1 });
  await player.join(server.url, 'Ada');
  const watch = await context.newPage();
  await watch.goto(`${server.url}/watch`);
  await expect(watch.locator('#rows .row')).toHaveCount(1);
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
  await expect(watch.locator('#rows .row')).toHaveText([/Ada/]);
});
