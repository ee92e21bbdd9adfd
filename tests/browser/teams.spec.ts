import { TEAMS } from './arenas';
import { expect, test } from './fixtures';
import type { Player } from './player';
import type { Options, Server } from './server';

const LIVE = 2;
const MIDDLE = 15;

function played(mode: Options['mode'], changes: Options['rules'] = {}): Options {
  const flow = { countdown_s: 1, ...changes.flow };
  const craft = { spawn_protection_s: 0, ...changes.craft };
  return { mode, map: TEAMS, rules: { ...changes, flow, craft } };
}

/** Two join, one to a side: who flies for blue comes first. */
async function sides(server: Server, ada: Player, bo: Player): Promise<[Player, Player]> {
  await bo.join(server.url, 'Bo');
  await ada.join(server.url, 'Ada');
  const isLive = ({ phase, alive }: { phase: number; alive: boolean }) => phase === LIVE && alive;
  const [mine] = await Promise.all([ada, bo].map((player) => player.until('the match is live', isLive)));
  return (mine?.x ?? 0) < MIDDLE ? [ada, bo] : [bo, ada];
}

test('ctf: a flag is taken, carried home and counts for the team', async ({ player, another, serve }) => {
  const server = await serve(played('ctf'));
  const [blue, orange] = await sides(server, player, await another());
  const [own, others] = [blue.page.locator('#objective'), orange.page.locator('#objective')];

  await blue.fly('KeyD', ({ x }) => x > 28);
  await expect(own).toHaveText(/^You have the .* flag$/);
  await expect(others).toHaveText(/flag: (Ada|Bo)$/);
  await player.picture('ctf-carried-1280x720');
  await blue.fly('KeyA', ({ x }) => x < 2);
  await blue.fly('KeyS', ({ y }) => y > 7);
  await expect(blue.page.locator('#team-blue b')).toHaveText(/ 1$/);
  await expect(orange.page.locator('#team-blue b')).toHaveText(/ 1$/);
  await expect(blue.page.locator('#team-orange b')).toHaveText(/ 0$/);
  await expect(own).toBeHidden();
  await expect(orange.page.locator('#killfeed')).toContainText(/captur/i);
});

test('control: a zone is taken, held and contested', async ({ player, another, serve }) => {
  const server = await serve(played('control'));
  const [blue, orange] = await sides(server, player, await another());
  const objective = player.page.locator('#objective');

  await expect(objective).toHaveText(/^Zone free/);
  await blue.fly('KeyD', ({ x }) => x > 11);
  await expect(objective).toHaveText(/^Zone: Blue/);
  await expect(player.page.locator('#team-blue b')).toHaveText(/ [1-9]\d*$/);
  await player.picture('control-held-1280x720');
  await orange.fly('KeyA', ({ x }) => x < 19);
  await expect(objective).toHaveText(/^Zone contested/);
});

test('tdm: a kill counts for the team, and the results are the team’s', async ({
  player,
  another,
  serve,
}) => {
  const options = played('tdm', { flow: { score_to_win: 1, results_s: 5 } });
  const server = await serve({ ...options, weapons: { pulse: { damage: 100, rate_per_s: 1 } } });
  const [blue, orange] = await sides(server, player, await another());
  const { player: victim } = await orange.frame();

  await blue.fly('KeyS', ({ y }) => y > 7);
  await blue.fly('KeyD', ({ x }) => x > 12);
  await blue.shootAt(victim, 'orange is destroyed', async () => (await blue.frame()).phase !== LIVE);
  for (const { page } of [blue, orange]) {
    await expect(page.locator('#results-title')).toHaveText('Blue wins');
    await expect(page.locator('#results-rows tr.team').first()).toContainText('Blue');
  }
  await player.picture('tdm-results-1280x720');
});

test('massive: two teams, if the host says so', async ({ player, serve }) => {
  const server = await serve({
    mode: 'massive',
    bots: 12,
    builtIn: 'arena',
    maxPlayers: 100,
    rules: { massive: { teams: true } },
  });
  await player.join(server.url, 'Ada');
  await expect(player.page.locator('#teams')).toBeVisible();
  await player.page.keyboard.down('Tab');
  await expect(player.page.locator('#scoreboard-rows tr.team')).toHaveCount(2);
  await player.page.keyboard.up('Tab');
});
