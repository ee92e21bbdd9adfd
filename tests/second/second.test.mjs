// The second client against what the first one was told: the recordings in tests/golden/sessions
// (their letters are explained in tests/e2e/golden_session/recorder.rs), and the examples of docs/PROTOCOL.md.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Client, checksum } from './client.mjs';
import { beamPoints, muzzle, stepCraft, stepPilot, stepShot } from './motion.mjs';
import { Reader } from './wire.mjs';

const text = (path) => readFileSync(new URL(path, import.meta.url)).toString();
const recordings = readdirSync(new URL('../golden/sessions/', import.meta.url));
const linesOf = (recording) => text(`../golden/sessions/${recording}`).trimEnd().split('\n');
const protocol = text('../../docs/PROTOCOL.md');

for (const recording of recordings) {
  test(`every view it rebuilds has the checksum the server sent: ${recording}`, () => {
    const client = new Client();
    for (const line of linesOf(recording)) {
      const [letter, , bytes] = line.split(' ');
      if (letter !== 'R' || client.receive(Buffer.from(bytes, 'hex')) !== 2) continue;
      assert.notEqual(client.told, undefined);
      assert.equal(checksum(client.view), client.told, `tick ${client.view.tick}`);
    }
    assert.ok(client.snapshots > 100);
  });

  test(`its own craft flies as the server says, from the inputs that were sent: ${recording}`, () => {
    const { right, wrong, taken } = fly(linesOf(recording));
    // The first inputs of a connection come late: nobody is missed who has never been heard of (I8), and what comes late
    // isn't flown.
    assert.ok(right > 100 && wrong <= 2, `${right} right, ${wrong} wrong`);
    assert.ok(taken < 20 && (taken > 0 || recording !== 'ffa.txt'), `${taken} times something was taken`);
  });
}

/** From each snapshot to the next: how often the own craft was as computed, was not, took something. */
function fly(lines) {
  const [client, inputs] = [new Client(), new Map()];
  let [right, wrong, taken] = [0, 0, 0];
  for (const line of lines) {
    const words = line.split(' ');
    if (words[0] === 'T') keepInputs(inputs, Buffer.from(words[1], 'hex'));
    if (words[0] !== 'R') continue;
    const before = client.view && structuredClone({ tick: client.view.tick, own: client.view.own });
    if (client.receive(Buffer.from(words[2], 'hex')) !== 2 || !before?.own.alive) continue;
    const { own, tick } = client.view;
    if (!own.alive || own.life !== before.own.life || client.starved > 0) continue;
    if (hasTaken(before.own, own)) {
      taken += 1;
      continue;
    }
    const expected = before.own;
    for (let t = before.tick + 1; t <= tick; t++) {
      if (inputs.has(t)) stepPilot(expected, inputs.get(t), t, client.arena);
    }
    const written = ({ pos, vel, steer, readyAt, special, dash, deflect }) =>
      JSON.stringify([pos, vel, steer, readyAt, special, dash, deflect]);
    const isSame = written(expected) === written(own);
    if (isSame) right += 1;
    else wrong += 1;
  }
  return { right, wrong, taken };
}

/** What lies on pads the server alone gives away; how it changes the craft is known from the snapshot that says so on. */
function hasTaken(before, { special, hasteUntil }) {
  const isOther = special.weapon !== before.special.weapon;
  const isFuller = special.ammo > 0 && (isOther || special.ammo > before.special.ammo);
  return isFuller || hasteUntil !== before.hasteUntil;
}

/** I1 */
function keepInputs(inputs, bytes) {
  const r = new Reader(bytes);
  if (r.unsigned() !== 1) return;
  const first = r.unsigned();
  r.raw(2);
  for (let i = 0, count = r.u8(); i < count; i++) {
    inputs.set(first + i, { steer: r.u8(), aim: r.angle(), buttons: r.u8() });
  }
  r.end();
}

test('it reads the worked examples', () => {
  const client = new Client();
  client.player = 3;
  client.tickHz = 60;
  for (const [name, sum] of [
    ['E3', undefined],
    ['E4', 0xcb4eb027],
    ['E5', 0xaa659ef7],
  ]) {
    client.receive(example(name));
    assert.equal(client.told, sum);
    if (sum) assert.equal(checksum(client.view), sum);
  }
  assert.deepEqual(client.view.own.pos, [6697, 6656]);
  assert.deepEqual(client.events[0].pos, [1546, 4838]);
});

/** The bytes in the first block after an example's name. */
function example(name) {
  const block = protocol.split(`**${name}**`)[1].split('```')[1];
  return Buffer.from(block.replaceAll(/\s/g, ''), 'hex');
}

test('it flies the craft, the shot and the beam of the worked examples', () => {
  const client = new Client();
  client.tickHz = 60;
  client.receive(example('E3'));
  const flights = [3, 51, 171].map((steer) => ({ steer, pos: [2560, 6656], vel: [0, 0] }));
  for (const row of rows('E6').slice(1)) {
    flights.forEach((craft, column) => {
      stepCraft(craft, client.arena);
      const [pos, vel] = row.slice(2 * column);
      if (pos) assert.equal(`${craft.pos.join(', ')} ${craft.vel.join(', ')}`, `${pos} ${vel}`);
    });
  }
  const heading = 0x9000;
  const pos = muzzle([2560, 6656], heading, client.arena);
  assert.deepEqual(pos, [2149, 6486]);
  const shot = { weapon: 0, pos, heading, bounces: 0, age: 0 };
  for (const [age, at, towards, bounces] of rows('E7')) {
    let flies = true;
    while (shot.age < Number(age)) flies = stepShot(shot, client.arena);
    assert.equal(
      `${shot.pos.join(', ')} ${shot.heading.toString(16)} ${shot.bounces}`,
      `${at} ${towards} ${bounces}`,
    );
    assert.equal(flies, age !== '17');
  }
  const points = beamPoints(2, pos, heading, client.arena).map((point) => point.join(', '));
  assert.deepEqual(
    points,
    rows('E8').map(([point]) => point),
  );
});

/** The cells of the first table after an example's name, below its heading. */
function rows(name) {
  const lines = protocol.split(`**${name}**`)[1].split('\n');
  const from = lines.findIndex((line) => line.startsWith('|---'));
  const table = lines.slice(from + 1, lines.indexOf('', from));
  return table.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
