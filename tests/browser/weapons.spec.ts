import { CraftFlag, type Header } from '../../client-web/src/view/frame';
import { OPEN, PADS } from './arenas';
import { expect, test } from './fixtures';
import type { Player } from './player';

/** Aims along the arena, where there is room. */
async function aimAlong(player: Player, { x, y }: Header): Promise<void> {
  await player.aimAt(x < 12 ? 23 : 1, y);
}

async function has(player: Player, type: string): Promise<void> {
  await expect.poll(async () => (await player.events()).some((event) => event.type === type)).toBe(true);
}

test('a dash takes the craft four tiles along its aim', async ({ another, serve }) => {
  const server = await serve({ map: OPEN });
  const player = await another();
  await player.join(server.url, 'Ada');
  const before = await player.isCalm();
  expect(before.dashes).toBe(2);
  await expect(player.page.locator('#dash-pips .pip')).toHaveCount(2);
  await aimAlong(player, before);
  // Aim and press in one frame: it dashes where it aims then.
  await player.until('it aims', ({ aim, x }) => Math.cos(aim) * (x < 12 ? 1 : -1) > 0.99);
  await player.page.keyboard.press('ShiftLeft');
  await player.until('one is spent', ({ dashes }) => dashes === 1);
  const after = await player.until(
    'it stands',
    ({ dashing, vx, vy }) => !dashing && Math.hypot(vx, vy) < 0.01,
  );
  const way = Math.abs(after.x - before.x);
  expect(way).toBeGreaterThan(3.9);
  expect(way, 'and drifts to a stop').toBeLessThan(5);
  await player.until('it is back', ({ dashes }) => dashes === 2);
});

test('a deflect shows, and sends a shot back', async ({ player: ada, another, serve }) => {
  const server = await serve({
    map: OPEN,
    rules: { deflect: { window_s: 2, cooldown_s: 4 }, flow: { countdown_s: 0 } },
  });
  const bo = await another();
  await bo.join(server.url, 'Bo');
  await ada.join(server.url, 'Ada');
  const [a, b] = await Promise.all([ada.isCalm(), bo.isCalm()]);
  await ada.aimAt(b.x, b.y);
  await bo.aimAt(a.x, a.y);
  await bo.page.mouse.down();
  await expect
    .poll(async () => {
      await ada.page.keyboard.press('KeyQ');
      return (await ada.events()).some((event) => event.type === 'deflect' && event.player === a.player);
    })
    .toBe(true);
  await bo.page.mouse.up();
  await has(bo, 'deflect');
  await ada.until('it is used up', ({ deflectCooldown }) => deflectCooldown > 0);
});

test('the deflect holds for as long as the craft shows it', async ({ another, serve }) => {
  const server = await serve({ map: OPEN, rules: { deflect: { window_s: 1, cooldown_s: 60 } } });
  const player = await another();
  await player.join(server.url, 'Ada');
  await aimAlong(player, await player.isCalm());
  await player.page.keyboard.press('KeyF');
  const deflects = ({ flags }: Header) => (flags & CraftFlag.Deflecting) !== 0;
  await player.until('it deflects', deflects);
  await player.picture('deflect-480x270');
  await player.until('it is over', (header) => !deflects(header));
  await expect(player.page.locator('body')).toHaveClass(/no-deflect/);
});

test('what lies on a pad is picked up, and shows', async ({ player, serve }) => {
  const server = await serve({ map: PADS });
  await player.join(server.url, 'Ada');
  const { page } = player;
  const before = await player.isCalm();
  expect(before).toMatchObject({ special: -1, shield: 0, padCount: 0 });
  await expect(page.locator('#special-name')).toHaveText('No special');
  await player.picture('pads-1280x720');

  const after = await player.fly('KeyD', ({ overcharge }) => overcharge > 0);
  expect(after).toMatchObject({ ammo: 12, shield: 50 });
  expect(after.flags & CraftFlag.Overcharge).toBe(CraftFlag.Overcharge);
  await expect(page.locator('#overcharge')).toBeVisible();
  await expect(page.locator('#shield')).toHaveText('+50');
  await expect(page.locator('#special-name')).toHaveText('Scatter');
  await expect(page.locator('#special-ammo')).toHaveText('12');
  await expect(page.locator('#special-pips .full')).toHaveCount(12);
  await player.picture('picked-up-1280x720');
  const own = ({ type, player }: { type: string; player?: unknown }) =>
    type === 'pickup' && player === before.player;
  const taken = (await player.events()).filter(own);
  expect(taken, 'scatter, shield, haste, overcharge').toHaveLength(4);
  await expect(page.locator('#pickup')).toContainText('Overcharge');
});

for (const { name, ammo, sign } of [
  { name: 'scatter', ammo: 12, sign: 'fired' },
  { name: 'rail', ammo: 6, sign: 'beam' },
  { name: 'lobber', ammo: 8, sign: 'shot_end' },
]) {
  test(`the ${name} fires`, async ({ another, serve }) => {
    const server = await serve({ map: OPEN, rules: { craft: { special: name } } });
    const player = await another();
    await player.join(server.url, 'Ada');
    const before = await player.isCalm();
    expect(before.ammo).toBe(ammo);
    await aimAlong(player, before);
    await player.page.mouse.down({ button: 'right' });
    await player.until('it fires', (header) => header.ammo < ammo);
    await player.picture(`${name}-480x270`);
    await player.page.mouse.up({ button: 'right' });
    await has(player, sign);
    const events = await player.events();
    expect(events.find((event) => event.type === sign)).toMatchObject({ weapon: name });
    if (name === 'scatter')
      expect(events.filter((event) => event.type === 'fired').length).toBeGreaterThanOrEqual(7);
  });
}

test('on a phone there are buttons for dash and deflect', async ({ another, serve }) => {
  const server = await serve({ map: OPEN, rules: { deflect: { window_s: 1 } } });
  const viewport = { width: 390, height: 844 };
  const player = await another({ viewport, hasTouch: true, isMobile: true, deviceScaleFactor: 1 });
  await player.join(server.url, 'Ada');
  await player.isCalm();
  await player.page.locator('#touch-dash').tap({ force: true });
  await player.until('it dashes', ({ dashes }) => dashes === 1);
  await player.page.locator('#touch-deflect').tap({ force: true });
  await player.until('it deflects', ({ flags }) => (flags & CraftFlag.Deflecting) !== 0);
  await player.picture('moves-390x844');
});
