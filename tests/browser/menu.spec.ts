import { OPEN } from './arenas';
import { expect, test } from './fixtures';

test('a name that is refused says why, and another one is welcome', async ({ another, serve }) => {
  const player = await another();
  const { page } = player;
  const server = await serve({ map: OPEN });
  await player.clickPlay(server.url, '<b>Ada</b>');
  await expect(page.getByRole('alert')).toContainText(/name/i);
  await player.reaches('menu');
  await expect(page.getByRole('alert')).toHaveJSProperty('childElementCount', 0);
  await player.join(server.url, 'Ada');
});

test('without a server the menu says so and stays', async ({ another, serve }) => {
  const player = await another();
  const server = await serve({ map: OPEN });
  await player.page.goto(server.url);
  await player.page.waitForFunction(() => window.__fracas);
  await server.crash();
  await player.page.getByLabel('Name').fill('Ada');
  await player.page.getByRole('button', { name: 'Play' }).click();
  await expect(player.page.getByRole('alert')).toContainText('cannot be reached');
  await player.reaches('menu');
});
