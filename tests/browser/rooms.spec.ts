import { OPEN } from './arenas';
import { expect, test } from './fixtures';
import { picture } from './player';

test('a private room is made in one page, and its link leads another one there', async ({
  another,
  serve,
}) => {
  const server = await serve({ map: OPEN });
  const ada = await another({ viewport: { width: 1280, height: 720 } });
  await ada.page.goto(server.url);
  await ada.page.getByText('Create a room').click();
  await expect(ada.page.getByLabel('Mode')).toHaveValue('ffa');
  await ada.page.getByLabel('Mode').selectOption('ctf');
  await expect(ada.page.locator('#make-map option')).toHaveText(['All in turn', 'Made for it', 'bastion']);
  await ada.page.getByLabel('Mode').selectOption('ffa');
  await ada.page.locator('#make-map').selectOption('arena');
  await ada.page.getByLabel('Bots').fill('0');
  await picture(ada.page, 'menu-room-1280x720');
  await ada.page.getByRole('button', { name: 'Create', exact: true }).click();
  const link = await ada.page.getByLabel('Invite link').inputValue();
  expect(link).toMatch(/\/\?code=[2-9A-Z]{6}$/);
  await expect(ada.page.locator('#join-room')).toContainText('ffa on arena, nobody there yet');
  expect(ada.page.url()).toBe(link);
  await ada.page.getByLabel('Name').fill('Ada');
  await ada.page.getByRole('button', { name: 'Play' }).click();
  await ada.reaches('playing');

  const bo = await another({ viewport: { width: 390, height: 844 } });
  await bo.page.goto(link);
  await expect(bo.page.locator('#join-room')).toContainText('one player');
  await picture(bo.page, 'menu-invited-390x844');
  await bo.join(link, 'Bo');
  for (const { page } of [ada, bo]) {
    await expect.poll(() => page.evaluate(() => window.__fracas?.hud().known)).toBe(2);
  }
  const listed = await (await fetch(`${server.url}/api/matches`)).json();
  expect(listed).toHaveLength(1);
  expect(listed[0].players).toBe(0);
});

test('the form of a room asks for as many bots as suit its mode, and keeps out of the way of Play', async ({
  another,
  serve,
}) => {
  const server = await serve({ map: OPEN, maxPlayers: 200, bots: 20 });
  const player = await another({ viewport: { width: 1280, height: 720 } });
  const { page } = player;
  await page.goto(server.url);
  await page.getByText('Create a room').click();
  const bots = page.getByLabel('Bots');
  await page.getByLabel('Mode').selectOption('massive');
  await expect(bots).toHaveAttribute('max', '120');
  await page.getByLabel('Mode').selectOption('ctf');
  await expect(bots).toHaveAttribute('max', '16');
  for (const wrong of ['300', '2.5']) {
    await bots.fill(wrong);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(page.locator('#make-problem')).toContainText('a whole number from 0 to 16');
  }
  await expect(page.locator('#invite')).toBeHidden();
  await page.getByLabel('Name').fill('Ada');
  await bots.fill('');
  await page.locator('#make-private').press('Enter');
  await expect(page.locator('#join-room')).toContainText('ctf on');
  await page.getByText('Create a room').click();
  await bots.fill('300');
  await page.getByRole('button', { name: 'Play' }).click();
  await player.reaches('playing');
});

test('a link to a room that has ended says so, and Play leads to the open arena', async ({
  another,
  serve,
}) => {
  const server = await serve({ map: OPEN });
  const player = await another();
  await player.page.goto(`${server.url}/?code=ABCDEF`);
  await expect(player.page.locator('#join-room')).toContainText('has ended');
  await player.page.getByLabel('Name').fill('Ada');
  await player.page.getByRole('button', { name: 'Play' }).click();
  await player.reaches('playing');
});
