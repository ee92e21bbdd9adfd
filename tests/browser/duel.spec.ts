import { OPEN } from './arenas';
import { expect, test } from './fixtures';
import { type Player, picture } from './player';
import type { Options, Server } from './server';

/** One hit kills, nobody is shielded, and everybody is in sight of everybody. */
function duel(score_to_win: number): Options {
  return {
    map: OPEN,
    rules: {
      flow: { score_to_win, countdown_s: 1, results_s: 5 },
      craft: { spawn_protection_s: 0, respawn_s: 4 },
    },
    weapons: { pulse: { damage: 100, rate_per_s: 1 } },
  };
}

async function bothFly(server: Server, ada: Player, bo: Player): Promise<{ ada: number; bo: number }> {
  await bo.join(server.url, 'Bo');
  await ada.join(server.url, 'Ada');
  const headers = [ada, bo].map((player) => player.until('the match is live', isLive));
  const [a, b] = await Promise.all(headers);
  return { ada: a?.player ?? -1, bo: b?.player ?? -1 };
}

const LIVE = 2;
const isLive = ({ phase, alive }: { phase: number; alive: boolean }) => phase === LIVE && alive;

async function hasKilled(player: Player, killer: number, victim: number): Promise<boolean> {
  const events = await player.events();
  return events.some((event) => event.type === 'kill' && event.killer === killer && event.victim === victim);
}

test('a kill and a death: killfeed, scores, the watch page', async ({
  player: ada,
  another,
  context,
  serve,
}) => {
  const server = await serve(duel(9));
  const bo = await another();
  const ids = await bothFly(server, ada, bo);
  const watch = await context.newPage();
  await watch.goto(`${server.url}/watch`);
  await expect(watch.locator('#rows .row')).toHaveCount(2);
  await ada.page.bringToFront();

  await ada.shootAt(ids.bo, 'Bo is destroyed', () => hasKilled(ada, ids.ada, ids.bo));
  await bo.reaches('dead');
  await expect(bo.page.locator('#death-by')).toHaveText('Ada');
  await expect(ada.page.locator('#killfeed li', { hasText: 'pulse' })).toHaveText(/Ada.*pulse.*Bo/);
  await expect(ada.page.locator('#killfeed .aside')).toHaveText('Adatakes the lead');
  await expect(ada.page.locator('#own-score')).toHaveText('1');
  await expect(watch.locator('#feed li.kill').first()).toHaveText(/Ada.*pulse.*Bo/);
  await expect(watch.locator('#feed li.crown')).toHaveText('Adatakes the lead');
  await expect(watch.locator('#rows .row.first')).toContainText('Ada');
  await expect(watch.locator('#rows .row.first span.crown')).toBeVisible();
  await picture(watch, 'watch-1280x720');

  await ada.page.keyboard.down('Tab');
  await expect(ada.page.locator('#scoreboard')).toBeVisible();
  await expect(ada.page.locator('#scoreboard-rows tr').first()).toHaveText(/^1Ada110/);
  await ada.picture('scoreboard-1280x720');
  await ada.page.keyboard.up('Tab');
  await expect(ada.page.locator('#scoreboard')).toBeHidden();

  await bo.until('Bo is back', ({ alive }) => alive);
  await bo.shootAt(ids.ada, 'Ada is destroyed', () => hasKilled(bo, ids.bo, ids.ada));
  const kills = bo.page.locator('#killfeed li', { hasText: 'pulse' });
  await expect(kills.last(), 'Ada wore the crown').toHaveText(/Bo.*pulse.*Ada\+1/);
  await ada.reaches('dead');
  await expect(ada.page.locator('#death-by')).toHaveText('Bo');
  await ada.picture('dead-1280x720');
  await expect(watch.locator('#feed li.kill').first()).toHaveText(/Bo.*pulse.*Adabounty \+1/);
  await ada.reaches('playing');
});

test('after the results comes the next match, for everybody who is there', async ({
  player: ada,
  another,
  context,
  serve,
}) => {
  const server = await serve(duel(1));
  const bo = await another();
  const ids = await bothFly(server, ada, bo);
  const watch = await context.newPage();
  await watch.goto(`${server.url}/watch`);
  const before = await watch.locator('#match-name').filter({ hasText: 'm1' }).textContent();
  await ada.page.bringToFront();

  await ada.shootAt(ids.bo, 'Bo is destroyed', () => hasKilled(ada, ids.ada, ids.bo));
  await ada.reaches('results');
  await expect(ada.page.locator('#results-title')).toHaveText('You win');
  await expect(bo.page.locator('#results-title')).toHaveText('Ada wins');
  await expect(watch.locator('#winner')).toHaveText(/Ada/);
  await ada.picture('results-1280x720');
  await picture(watch, 'watch-results-1280x720');

  const next = await Promise.all([ada, bo].map((player) => player.until('the next match is live', isLive)));
  expect(next.map(({ player }) => player)).toEqual([ids.ada, ids.bo]);
  await expect(ada.page.locator('#own-score')).toHaveText('0');
  await expect(ada.page.locator('#results')).toBeHidden();
  await expect(watch.locator('#match-name')).not.toHaveText(before ?? '');
  await expect(watch.locator('#rows .row')).toHaveCount(2);
  await expect(watch.locator('#winner')).toBeHidden();
});
