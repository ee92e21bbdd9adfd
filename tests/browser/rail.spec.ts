import { OPEN } from './arenas';
import { expect, test } from './fixtures';

/** A life begins with it. */
const RAIL = { special: 'rail' };
/** How often it fires. */
const AMMO = 6;

test('the rail charges while the right button is held, then fires by itself', async ({ another, serve }) => {
  const server = await serve({ map: OPEN, rules: { craft: RAIL } });
  const player = await another();
  await player.join(server.url, 'Ada');
  const before = await player.isCalm();
  expect(before.ammo).toBe(AMMO);
  await expect(player.page.locator('#special-name')).toHaveText('Rail');
  await expect(player.page.locator('#special-pips .full')).toHaveCount(AMMO);
  await player.aimAt(before.x < 12 ? 23 : 1, before.y);
  await player.page.mouse.down({ button: 'right' });
  await player.until('it charges', ({ charge }) => charge > 0.3);
  await expect(player.page.locator('body')).toHaveClass(/charging/);
  await player.picture('rail-charge-480x270');
  await expect.poll(async () => (await player.events()).some((event) => event.type === 'beam')).toBe(true);
  await player.picture('rail-beam-480x270');
  await player.page.mouse.up({ button: 'right' });
  const beam = (await player.events()).find((event) => event.type === 'beam');
  expect(beam).toMatchObject({ own: true, owner: before.player });
  expect(beam?.points.length, 'from the muzzle to a wall and on').toBeGreaterThan(1);
  await player.until('one is spent', ({ ammo }) => ammo === AMMO - 1);
  await expect(player.page.locator('#special-pips .full')).toHaveCount(AMMO - 1);
});

test('let go early, the rail keeps its ammo', async ({ another, serve }) => {
  const server = await serve({
    map: OPEN,
    rules: { craft: RAIL },
    weapons: { rail: { charge_s: 3 } },
  });
  const player = await another();
  await player.join(server.url, 'Ada');
  const before = await player.isCalm();
  await player.aimAt(before.x < 12 ? 23 : 1, before.y);
  await player.page.mouse.down({ button: 'right' });
  await player.until('it charges', ({ charge }) => charge > 0.1);
  await player.page.mouse.up({ button: 'right' });
  const after = await player.until('it is let go', ({ charge }) => charge === 0);
  expect(after.ammo).toBe(before.ammo);
  expect((await player.events()).some((event) => event.type === 'beam')).toBe(false);
});

test('a beam hits at once, through what the shooter sees', async ({ player: ada, another, serve }) => {
  const server = await serve({
    map: OPEN,
    rules: {
      flow: { score_to_win: 9, countdown_s: 0 },
      craft: { ...RAIL, spawn_protection_s: 0 },
    },
    weapons: { rail: { damage: 100 } },
  });
  const bo = await another();
  await bo.join(server.url, 'Bo');
  await ada.join(server.url, 'Ada');
  const victim = (await bo.frame()).player;
  await ada.until('Bo is in sight', ({ craftCount, alive, phase }) => craftCount > 0 && alive && phase === 2);
  const target = (await ada.crafts()).find((craft) => craft.id === victim);
  await ada.aimAt(target?.x ?? 0, target?.y ?? 0);
  await ada.page.mouse.down({ button: 'right' });
  await expect
    .poll(async () => (await ada.events()).find((event) => event.type === 'kill'))
    .toMatchObject({ victim, weapon: 'rail' });
  await ada.page.mouse.up({ button: 'right' });
  await expect(ada.page.locator('#killfeed li', { hasText: 'rail' })).toHaveText(/Ada.*rail.*Bo/);
  await expect(bo.page.locator('#death-how')).toHaveText(/^rail/);
});

test('on a phone its button charges it', async ({ another, serve }) => {
  const server = await serve({ map: OPEN, rules: { craft: RAIL } });
  const phone = {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    deviceScaleFactor: 1,
  };
  const player = await another(phone);
  await player.join(server.url, 'Ada');
  await player.isCalm();
  const pad = await player.page.locator('#touch-special').boundingBox();
  const glass = await player.page.context().newCDPSession(player.page);
  const finger = { x: (pad?.x ?? 0) + 40, y: (pad?.y ?? 0) + 30 };
  await glass.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [finger] });
  await expect.poll(async () => (await player.events()).some((event) => event.type === 'beam')).toBe(true);
  await player.picture('rail-390x844');
  await glass.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
});
