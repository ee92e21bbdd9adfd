import type { Probe } from '../../client-web/src/game/probe';
import { OPEN } from './arenas';
import { expect, test } from './fixtures';

test('a name, one click, flying', async ({ player, serve }) => {
  const server = await serve({ bots: 15, builtIn: 'foundry' });
  await player.page.goto(server.url);
  await player.reaches('menu');
  await player.picture('menu-1280x720');
  await player.join(server.url, 'Ada');
  const header = await player.until('others are in sight', ({ craftCount }) => craftCount > 0);
  expect(header.player).toBeGreaterThanOrEqual(0);
  // She lies still, perhaps in a quiet corner: it is for the bots to come.
  await player.until(
    'a fight',
    ({ alive, craftCount, shotCount }) => alive && craftCount > 1 && shotCount > 1,
    40_000,
  );
  await player.picture('play-1280x720');
});

test('the craft follows the keys, and the server agrees', async ({ another, serve }) => {
  const player = await another();
  const server = await serve({ map: OPEN });
  await player.join(server.url, 'Ada');
  // A machine that holds up the page or the server makes the line unclean; then another lap has to show it.
  await expect(async () => {
    const start = await player.isCalm();
    const [across, back] = start.x < 12 ? ['KeyD', 'KeyA'] : ['KeyA', 'KeyD'];
    const far = await player.fly(across, ({ x }) => Math.abs(x - start.x) > 5);
    expect(far.y).toBe(start.y);
    const low = await player.fly('KeyS', ({ y }) => y > far.y + 1);
    expect(low.x).toBe(far.x);
    await player.fly('ArrowUp', ({ y }) => y < low.y - 1);
    const end = await player.fly(back, ({ x }) => Math.abs(x - far.x) > 4);
    expect(end.corrections, 'the line is clean: the prediction was right').toBe(start.corrections);
  }).toPass({ timeout: 60_000 });
});

test('an own shot is there with the click', async ({ another, serve }) => {
  const player = await another();
  const server = await serve({ map: OPEN });
  await player.join(server.url, 'Ada');
  const before = await player.isCalm();
  await player.aimAt(before.x < 12 ? 23 : 1, before.y);
  await player.page.evaluate(countFramesToShot);
  // No longer than a frame: it counts all the same.
  await player.page.mouse.down();
  await player.page.mouse.up();
  const html = player.page.locator('html');
  await expect(html).toHaveAttribute('data-frames-to-shot', /^[12]$/);
  const shot = (await player.events()).find((event) => event.type === 'fired');
  expect(shot).toMatchObject({ own: true, owner: before.player });
  const after = await player.until('it is gone', ({ shotCount }) => shotCount === 0);
  expect(after.corrections).toBe(before.corrections);
});

/** Counts the frames from the next press of the button to the first that shows a shot; runs in the page. */
function countFramesToShot(): void {
  const probe = window.__fracas as Probe;
  const count = (frames: number) => {
    if (probe.frame().shotCount > 0) document.documentElement.dataset.framesToShot = String(frames);
    else requestAnimationFrame(() => count(frames + 1));
  };
  window.addEventListener('pointerdown', () => requestAnimationFrame(() => count(1)), { once: true });
}
