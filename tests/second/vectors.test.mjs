// The second client against docs/vectors.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Client, checksum, PlainClient } from './client.mjs';
import { beamPoints, direction, muzzle, stepCraft, stepPilot, stepShot, thrust } from './motion.mjs';
import { chat, hello, inputs, ping } from './wire.mjs';

const vectors = (file) =>
  JSON.parse(readFileSync(new URL(`../../docs/vectors/${file}.json`, import.meta.url)));
const bytes = (hex) => Buffer.from(hex, 'hex');
const utf8 = (raw) => Buffer.from(raw).toString();

/** As after a welcome and this match start. */
function started(hex, tickHz, player = 0, Kind = Client) {
  const client = new Kind();
  Object.assign(client, { player, tickHz });
  client.receive(bytes(hex));
  return client;
}

const { start, tick_hz: tickHz, ...motion } = vectors('motion');
const { arena } = started(start, tickHz);

test('it writes every message of a client', () => {
  const write = { chat, hello, inputs, ping };
  for (const { name, from, hex, means } of vectors('messages')) {
    if (from !== 'client') continue;
    assert.equal(Buffer.from(write[means.kind](means)).toString('hex'), hex, name);
  }
});

test('it reads every message of a server', () => {
  for (const { name, from, hex, means } of vectors('messages')) {
    if (from === 'server') reads[means.kind](hex, means, name);
  }
});

const reads = {
  welcome(hex, means) {
    const client = new Client();
    assert.equal(client.receive(bytes(hex)), 0);
    assert.equal(client.player, means.player);
    assert.equal(utf8(client.resumeToken), means.resume_token);
    const { tickHz, snapshotHz, inputsPerMessage } = client;
    const rates = [means.tick_hz, means.snapshot_hz, means.inputs_per_message];
    assert.deepEqual([tickHz, snapshotHz, inputsPerMessage], rates);
    isStarted(client, means.start);
  },
  'match start'(hex, means) {
    isStarted(started(hex, 60), means);
  },
  snapshot(hex, means, name) {
    const client = started(start, tickHz);
    // Made for no view: it can be read, and not be applied.
    assert.throws(() => client.receive(bytes(hex)), /craft/, name);
    assert.deepEqual([client.margin, client.starved], [means.input_margin, means.starved]);
    assert.deepEqual(client.events, means.events.map(eventOf));
    assert.equal(client.told, Number.parseInt(means.checksum, 16));
  },
  pong(hex, means) {
    const client = new Client();
    assert.equal(client.receive(bytes(hex)), 3);
    assert.equal(client.nonce, means.nonce);
  },
  chat(hex, { kind: _, ...means }) {
    const client = new Client();
    assert.equal(client.receive(bytes(hex)), 5);
    const { name, text, ...heard } = client.heard;
    const texts = text === undefined ? { name: utf8(name) } : { name: utf8(name), text: utf8(text) };
    assert.deepEqual({ ...heard, ...texts }, means);
  },
  refused(hex, means) {
    const client = new Client();
    assert.equal(client.receive(bytes(hex)), 5);
    assert.equal(client.heard.refusal, means.refusal);
  },
};

/** Nobody is null in a vector. */
const eventOf = (event) =>
  Object.fromEntries(Object.entries(event).map(([key, value]) => [key, value ?? undefined]));

/** Every number in it as it is in single precision. */
function single(value) {
  if (typeof value === 'number') return Math.fround(value);
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(single);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, single(part)]));
}

function isStarted(client, { tick, match_id, room, mode, rules, map }) {
  assert.equal(client.view.tick, tick);
  assert.deepEqual([utf8(client.matchId), utf8(client.room), client.mode], [match_id, room, mode]);
  const told = client.arena.rules;
  assert.deepEqual(told, single(rules));
  const tiles = map.map((row) => Array.from(row, (tile) => '.#o◤◥◢◣'.indexOf(tile.replace('S', '.'))));
  const spawns = map.flatMap((row, y) => Array.from(row, (tile, x) => (tile === 'S' ? [x, y] : [])));
  assert.deepEqual(client.arena.map.tiles, tiles.flat());
  assert.deepEqual(
    client.arena.map.spawns.map(({ at }) => at),
    spawns.filter((spawn) => spawn.length > 0),
  );
}

test('it refuses what is malformed', () => {
  for (const { name, from, hex } of vectors('malformed')) {
    if (from !== 'server') continue;
    assert.throws(() => started(start, tickHz).receive(bytes(hex)), Error, name);
  }
});

const snake = (key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

test('it derives the same integers from rules', () => {
  for (const told of motion.tuning) {
    const { tuning } = started(told.start, told.tick_hz).arena;
    for (const [key, value] of Object.entries(tuning)) {
      if (key !== 'weapons') assert.equal(value, told[snake(key)], `${told.rules}: ${key}`);
    }
    tuning.weapons.forEach(({ kind: _, ...weapon }, at) => {
      for (const [key, value] of Object.entries(weapon)) {
        assert.equal(value, told.weapons[at][snake(key)], `${told.rules}: ${key} of weapon ${at}`);
      }
    });
  }
  for (const [angle, x, y] of motion.directions) {
    assert.equal(`${direction(angle)}`, `${[x, y]}`, `direction ${angle}`);
  }
  motion.thrusts_at_478.forEach((wanted, steer) => {
    assert.equal(`${thrust(steer, 478)}`, `${wanted}`, `steering ${steer}`);
  });
});

test('its craft fly as recorded', () => {
  for (const { name, pos, haste, steers, path } of motion.craft) {
    const craft = { pos, vel: [0, 0], steer: 0 };
    const legs = steers.flatMap(([steer, ticks]) => Array(ticks).fill(steer));
    path.forEach((told, tick) => {
      craft.steer = legs[tick];
      stepCraft(craft, arena, haste);
      assert.equal(`${craft.pos},${craft.vel}`, `${told}`, `${name}, tick ${tick + 1}`);
    });
  }
});

test('its pilots fire and charge as recorded', () => {
  for (const { name, own: told, tick, inputs: legs, path } of motion.pilots) {
    const own = ownOf(told);
    const all = legs.flatMap(([steer, aim, buttons, ticks]) => Array(ticks).fill({ steer, aim, buttons }));
    path.forEach((told, i) => {
      const fired = stepPilot(own, all[i], tick + i + 1, arena);
      const { pos, vel, steer, readyAt, protectedUntil, special, dash, deflect } = own;
      const is = [pos, vel, steer, readyAt, protectedUntil, specialOf(special), dash, deflect];
      assert.deepEqual({ own: is, fired: fired ?? null }, told, `${name}, tick ${tick + i + 1}`);
    });
  }
});

const specialOf = ({ weapon, ammo, readyAt, chargingSince }) => [
  weapon,
  ammo,
  readyAt,
  chargingSince ?? null,
];

test('its shots and beams fly as recorded', () => {
  for (const { weapon, pos, heading, bounces, path, end } of motion.shots) {
    const shot = { weapon, pos, heading, bounces, age: 0 };
    path.forEach((told, i) => {
      const flies = stepShot(shot, arena);
      const where = `from ${pos} along ${heading}, age ${i + 1}`;
      assert.equal(`${shot.pos},${shot.heading},${shot.bounces}`, `${told}`, where);
      assert.equal(flies, i + 1 < path.length, where);
    });
    assert.equal(end, shot.age < arena.tuning.weapons[weapon].shotLifeTicks ? 'wall' : 'time');
  }
  for (const { craft, aim, points } of motion.beams) {
    assert.equal(`${beamPoints(2, muzzle(craft, aim, arena), aim, arena)}`, `${points}`);
  }
});

for (const sequence of vectors('snapshots')) {
  test(`its views are as recorded: ${sequence.name}`, () => {
    const client = started(sequence.start, sequence.tick_hz, sequence.player);
    for (const step of sequence.steps) {
      const { name, hex, view } = Array.isArray(step) ? { hex: step[0] } : step;
      client.receive(bytes(hex));
      if (view) assert.deepEqual(written(client.view), view, name);
      assert.equal(checksum(client.view), Number.parseInt(view?.checksum ?? step[1], 16), name);
    }
  });
}

for (const sequence of vectors('snapshots').filter(({ in_full: inFull }) => inFull)) {
  test(`a client without motion has the same craft: ${sequence.name}`, () => {
    const client = started(sequence.start, sequence.tick_hz, sequence.player, PlainClient);
    for (const { name, hex, view } of sequence.steps) {
      client.receive(bytes(hex));
      const { own, crafts } = written(client.view);
      assert.deepEqual({ own, crafts }, { own: view.own, crafts: view.crafts }, name);
    }
  });
}

/** The own pilot of a vector. */
function ownOf(told) {
  const { ready_at, protected_until, respawn_at, killer, special, haste_until, overcharge_until, ...own } =
    told;
  const [weapon, ammo, readyAt, chargingSince] = special;
  Object.assign(own, { readyAt: ready_at, protectedUntil: protected_until, respawnAt: respawn_at });
  Object.assign(own, { hasteUntil: haste_until, overchargeUntil: overcharge_until });
  own.special = { weapon, ammo, readyAt, chargingSince: chargingSince ?? undefined };
  return { ...own, killer: killer ?? undefined };
}

/** How a match stands, as it is written in a vector. */
function matchOf({ crown, teams, objective, ...clock }) {
  const zone = objective?.zone;
  const known = zone && { zone: { ...zone, holder: zone.holder ?? null, taking: zone.taking ?? null } };
  return { ...clock, crown: crown ?? null, teams: teams ?? null, objective: known ?? objective ?? null };
}

/** A view as it is written in a vector. */
function written(view) {
  const byId = (map, entry) =>
    [...map].sort(([a], [b]) => a - b).map(([id, value]) => ({ id, ...entry(value) }));
  const { own } = view;
  return {
    tick: view.tick,
    match: matchOf(view.match),
    own: {
      ...{ life: own.life, alive: own.alive, pos: own.pos, vel: own.vel, steer: own.steer },
      ...{ health: own.health, ready_at: own.readyAt, protected_until: own.protectedUntil },
      ...{ respawn_at: own.respawnAt, killer: own.killer ?? null, shield: own.shield },
      ...{ special: specialOf(own.special), dash: own.dash, deflect: own.deflect },
      ...{ haste_until: own.hasteUntil, overcharge_until: own.overchargeUntil },
    },
    crafts: byId(view.crafts, (craft) => craft),
    shots: byId(view.shots, (shot) => shot),
    pads: [...view.pads].sort(([a], [b]) => a - b),
    roster: byId(view.roster, ({ name, bot, team, ...entry }) => ({
      ...entry,
      name: utf8(name),
      bot: bot === 1,
      team: team ?? null,
    })),
    checksum: checksum(view).toString(16).padStart(8, '0'),
  };
}
