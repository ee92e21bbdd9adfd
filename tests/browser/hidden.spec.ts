import { OPEN } from './arenas';
import { expect, test } from './fixtures';
import { Player } from './player';

/** Everybody in sight, one hit kills, and there is always another match. */
const FIGHT = {
  map: OPEN,
  bots: 6,
  rules: { flow: { score_to_win: 100, countdown_s: 0 } },
  weapons: { pulse: { damage: 100 } },
};
/** At full speed. */
const TILES_PER_TICK = 7 / 60;

test('in a tab in the back the craft lets go, and the line stays open', async ({ serve, window }) => {
  const server = await serve({ map: OPEN });
  const player = new Player(await window.tab());
  await player.join(server.url, 'Ada');
  const start = await player.isCalm();
  await player.page.keyboard.down(start.x < 12 ? 'KeyD' : 'KeyA');
  await player.page.mouse.move(300, 50);
  await player.page.mouse.down();
  await player.until('it flies and fires', ({ vx, shotCount }) => vx !== 0 && shotCount > 0);
  await player.noteStates();

  await window.tab();
  await player.until('it drifts to a stop', ({ vx, vy }) => Math.hypot(vx, vy) < 0.01);
  // Where it has stopped for the server too.
  const stopped = await player.isCalm();
  await player.until('it has stopped firing', ({ cooldown }) => cooldown === 0);
  expect(await player.page.evaluate(() => document.hidden), 'nobody sees it').toBe(true);
  // Five seconds of snapshots, all of them taken in.
  const later = await player.until('time goes by', ({ snapshots }) => snapshots > stopped.snapshots + 150);
  expect(Math.abs(later.x - stopped.x), 'it stays where it stopped, in tiles').toBeLessThan(0.05);
  expect(later.cooldown).toBe(0);
  expect(later.tick - stopped.tick, 'the clock goes on').toBeGreaterThan(250);

  await player.page.bringToFront();
  await player.until('it looks at the present', ({ sinceSnapshotMs }) => sinceSnapshotMs < 200);
  await player.hasNotBeen('reconnecting');
  await player.fly(later.x < 12 ? 'KeyD' : 'KeyA', ({ x }) => Math.abs(x - later.x) > 2);
});

test('back in front it shows the present, not what was missed', async ({ serve, window }) => {
  const server = await serve(FIGHT);
  const player = new Player(await window.tab());
  await player.join(server.url, 'Ada');
  await player.page.evaluate(noteFirstFrames);
  await window.tab();
  const from = await player.page.evaluate(standing, server.url);
  let before = from;
  const look = async () => {
    before = await player.page.evaluate(standing, server.url);
    return before.deaths;
  };
  await expect.poll(look, { message: 'others die' }).toBeGreaterThan(from.deaths + 4);
  await player.page.bringToFront();
  const first = await firstFrames(player);
  expect(first.newestTick, 'it knows what the server knew').toBeGreaterThanOrEqual(before.tick);
  // What happens in these very frames may show. What was missed would be five deaths at least, and dozens of events.
  expect(first.killfeed, 'what was missed is not announced').toBeLessThan(3);
  expect(first.events, 'no old sparks, flashes or sounds').toBeLessThan(6 + first.ticks);
  expect(first.slide, 'others are where they are').toBeLessThan(1 + first.ticks * TILES_PER_TICK);
});

test('a frozen page wakes in the present', async ({ another, serve, window }) => {
  const server = await serve(FIGHT);
  const awake = await another();
  await awake.join(server.url, 'Bo');
  const player = new Player(await window.tab());
  await player.join(server.url, 'Ada');
  const before = await player.isCalm();
  await player.page.evaluate(noteFirstFrames);
  await window.tab();
  await window.freeze(player.page, true);
  const from = await awake.frame();
  await awake.until('four seconds pass', ({ tick }) => tick > from.tick + 240);
  await window.freeze(player.page, false);
  await player.page.bringToFront();
  const first = await firstFrames(player);
  expect(first.killfeed).toBeLessThan(3);
  expect(first.events).toBeLessThan(10 + first.ticks);
  const after = await player.until('it plays on', (now) => now.sinceSnapshotMs < 200 && now.snapshots > 10);
  expect(after.player).toBe(before.player);
});

test('a line that was lost behind a closed lid is found again', async ({ badLine, serve, window }) => {
  const server = await serve({ map: OPEN });
  const line = await badLine(server.url);
  const player = new Player(await window.tab());
  await player.join(line.url, 'Ada');
  const calm = await player.isCalm();
  const before = await player.fly(calm.x < 12 ? 'KeyD' : 'KeyA', ({ x }) => Math.abs(x - calm.x) > 3);
  await window.tab();
  await window.freeze(player.page, true);
  await line.tell('cut rst');
  await window.freeze(player.page, false);
  await player.page.bringToFront();
  await player.reaches('playing');
  const after = await player.until('it is where it was', ({ x }) => Math.abs(x - before.x) < 0.02);
  expect(after.player).toBe(before.player);
  await player.isCalm();
});

interface FirstFrames {
  /** Of the newest snapshot in the first frame. */
  newestTick: number;
  killfeed: number;
  events: number;
  /** The longest way anybody in sight went from this frame to two frames later, in tiles, and how many ticks that took. */
  slide: number;
  ticks: number;
}

async function firstFrames({ page }: Player): Promise<FirstFrames> {
  const html = page.locator('html');
  await expect(html).toHaveAttribute('data-first-frames', /{/);
  return JSON.parse((await html.getAttribute('data-first-frames')) ?? '{}') as FirstFrames;
}

/** When the page is seen again, keeps what its first frames show; runs in the page. */
function noteFirstFrames(): void {
  const probe = window.__fracas;
  if (!probe) return;
  let eventsBefore: unknown;
  const after = (frames: number, then: () => void) =>
    requestAnimationFrame(() => (frames === 0 ? then() : after(frames - 1, then)));
  const look = () => {
    const { tick } = probe.frame();
    const newestTick = probe.health()?.stats?.tick ?? 0;
    const killfeed = document.querySelectorAll('#killfeed li').length;
    const events = probe.events.slice(probe.events.lastIndexOf(eventsBefore as never) + 1).length;
    const crafts = probe.crafts();
    after(1, () => {
      const moved = probe.crafts().map(({ id, x, y }) => {
        const was = crafts.find((craft) => craft.id === id);
        return was ? Math.hypot(x - was.x, y - was.y) : 0;
      });
      const slide = Math.max(0, ...moved);
      const first = { newestTick, killfeed, events, slide, ticks: probe.frame().tick - tick };
      document.documentElement.dataset.firstFrames = JSON.stringify(first);
    });
  };
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      for (const line of document.querySelectorAll('#killfeed li')) line.remove();
      eventsBefore = probe.events.at(-1);
    } else after(1, look);
  });
}

/** The match that runs, as the server publishes it: its tick, and how often anybody has died; runs in the page. */
async function standing(url: string): Promise<{ tick: number; deaths: number }> {
  const [match] = await (await fetch(`${url}/api/matches`)).json();
  const board = await (await fetch(`${url}/api/matches/${match.id}/scoreboard`)).json();
  const deaths = board.players.reduce((sum: number, player: { deaths: number }) => sum + player.deaths, 0);
  return { tick: board.tick, deaths };
}
