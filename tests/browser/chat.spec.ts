import { OPEN } from './arenas';
import { expect, test } from './fixtures';
import type { Player } from './player';

const lines = ({ page }: Player) => page.locator('#chat-lines li');

async function say(player: Player, text: string): Promise<void> {
  await player.page.keyboard.press('Enter');
  await expect(player.page.getByLabel('Say')).toBeFocused();
  await player.page.keyboard.type(text);
  await player.page.keyboard.press('Enter');
  await expect(player.page.getByLabel('Say')).toBeHidden();
}

test('what one says the other reads, and nothing of it flies the craft', async ({
  serve,
  player,
  another,
}) => {
  // No match begins, which would put everybody elsewhere.
  const server = await serve({ map: OPEN, rules: { flow: { players_min: 9 } } });
  await player.join(server.url, 'Ada');
  const bo = await another();
  await bo.join(server.url, 'Bo');
  await player.isCalm();

  await player.page.keyboard.press('Enter');
  const input = player.page.getByLabel('Say');
  await expect(input).toBeFocused();
  const before = await player.frame();
  await player.page.keyboard.type('was da? <b>WASD</b> z 1');
  await player.page.keyboard.down('KeyD');
  await player.until('ten snapshots later', ({ snapshots }) => snapshots > before.snapshots + 10);
  await player.page.keyboard.up('KeyD');
  const after = await player.frame();
  expect([after.x, after.y]).toEqual([before.x, before.y]);
  expect(await player.page.evaluate(() => window.__fracas?.intent().buttons)).toBe(0);
  await player.page.keyboard.press('Enter');

  for (const reader of [player, bo]) {
    await expect(lines(reader)).toHaveCount(1);
    await expect(lines(reader).locator('b')).toHaveText('Ada');
    await expect(lines(reader).locator('span')).toHaveText(/^was da\? <b>WASD<\/b> z 1d+$/);
  }
  await player.picture('chat');
  // The keys fly again.
  await player.fly('KeyD', ({ x }) => x > after.x + 0.5);
});

test('a key that was held to fly writes nothing, and Escape sends nothing', async ({ serve, player }) => {
  const server = await serve({ map: OPEN });
  await player.join(server.url, 'Ada');
  await player.page.keyboard.down('KeyD');
  await player.page.keyboard.press('Enter');
  await player.page.keyboard.down('KeyD');
  await player.until('the craft stands', ({ vx }) => Math.abs(vx) < 0.01);
  await expect(player.page.getByLabel('Say')).toHaveValue('');
  await player.page.keyboard.up('KeyD');
  await player.page.keyboard.type('never mind');
  await player.page.keyboard.press('Escape');
  await expect(player.page.getByLabel('Say')).toBeHidden();
  await say(player, 'hello');
  await expect(lines(player)).toHaveText(/hello/);
});

test('where nobody has a team there is no team to write to', async ({ serve, player }) => {
  const server = await serve({ map: OPEN });
  await player.join(server.url, 'Ada');
  await player.page.keyboard.press('KeyT');
  await player.page.keyboard.press('Enter');
  await expect(player.page.getByLabel('Say')).toHaveValue('');
  await expect(player.page.getByLabel('To whom')).toBeHidden();
  await player.page.keyboard.press('Tab');
  await player.page.keyboard.type('left');
  await player.page.keyboard.press('Enter');
  await expect(lines(player).last()).toHaveText(/^Ada\s*left$/);
});

test('to the team with T or Tab, phrases with Z and a number', async ({ serve, player }) => {
  const server = await serve({ mode: 'tdm' });
  await player.join(server.url, 'Ada');
  await player.page.keyboard.press('KeyT');
  await expect(player.page.getByLabel('To whom')).toHaveText('Team');
  await player.page.keyboard.press('Tab');
  await expect(player.page.getByLabel('To whom')).toHaveText('All');
  await player.page.keyboard.press('Tab');
  await player.page.keyboard.type('left');
  await player.page.keyboard.press('Enter');
  await expect(lines(player).last()).toHaveText(/Team.*Ada.*left/);

  await player.page.keyboard.down('KeyZ');
  await expect(player.page.getByRole('group', { name: 'Phrases' })).toBeVisible();
  await player.picture('chat-phrases');
  await player.page.keyboard.press('Digit2');
  await player.page.keyboard.up('KeyZ');
  await expect(player.page.getByRole('group', { name: 'Phrases' })).toBeHidden();
  await expect(lines(player).last()).toHaveText(/Good game!/);
  await player.page.keyboard.down('KeyZ');
  await player.page.keyboard.press('Digit2');
  await player.page.keyboard.up('KeyZ');
  await expect(lines(player).last()).toHaveText('You have just said that.');
  await player.page.keyboard.down('KeyZ');
  await player.page.keyboard.press('KeyT');
  await expect(player.page.getByRole('button', { name: 'To the team' })).toBeVisible();
  await player.page.keyboard.press('Digit5');
  await player.page.keyboard.up('KeyZ');
  await expect(lines(player).last()).toHaveText(/^Team.*Ada/);
});

test('who is muted is not read, until heard again; chat as a whole can be off', async ({
  serve,
  player,
  another,
}) => {
  const server = await serve({ map: OPEN });
  await player.join(server.url, 'Ada');
  const bo = await another();
  await bo.join(server.url, 'Bo');
  await say(bo, 'one');
  await expect(lines(player)).toHaveText(/one/);
  await player.page.keyboard.press('Enter');
  await player.page.getByRole('button', { name: 'Mute Bo' }).click();
  await expect(lines(player)).toHaveText('Bo is muted.');
  await expect(player.page.getByLabel('Say')).toBeFocused();
  await player.picture('chat-muted');
  await say(bo, 'two');
  await expect(lines(bo).last()).toHaveText(/two/);
  await player.page.keyboard.type('three');
  await player.page.keyboard.press('Enter');
  // What Ada says comes after what Bo said.
  await expect(lines(player).last()).toHaveText(/three/);
  await expect(lines(player).filter({ hasText: 'two' })).toHaveCount(0);
  await player.page.keyboard.press('Enter');
  await player.page.getByRole('button', { name: 'Hear Bo again' }).click();
  await player.page.keyboard.press('Escape');
  await say(bo, 'four');
  await expect(lines(player).last()).toHaveText(/four/);

  const cy = await another();
  await cy.page.goto(server.url);
  await cy.page.locator('#chat-wanted').uncheck();
  await cy.join(server.url, 'Cy');
  await say(bo, 'five');
  await expect(lines(player).last()).toHaveText(/five/);
  await expect(cy.page.locator('#chat')).toBeHidden();
});

test('with thumbs: a button, phrases, a line', async ({ serve, another }) => {
  const server = await serve({ map: OPEN });
  const phone = await another({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await phone.join(server.url, 'Ada');
  await phone.page.getByRole('button', { name: 'Chat' }).tap();
  await phone.picture('chat-390x844');
  await phone.page.getByRole('button', { name: 'Thanks!' }).tap();
  await expect(lines(phone).last()).toHaveText(/Thanks!/);
  await phone.page.getByRole('button', { name: 'Chat' }).tap();
  await phone.page.getByRole('button', { name: 'Write…' }).tap();
  await expect(phone.page.getByLabel('Say')).toBeFocused();
  await phone.page.keyboard.type('hi');
  await phone.picture('chat-writing-390x844');
  await phone.page.keyboard.press('Enter');
  await expect(lines(phone).last()).toHaveText(/hi/);
  expect(await phone.page.evaluate(() => window.__fracas?.intent().buttons)).toBe(0);
});
