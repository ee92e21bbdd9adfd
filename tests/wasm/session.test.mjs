// The WASM core's face, as the pages use it.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { GameSession, initSync } from '../../client-web/src/wasm-pkg/fracas_wasm.js';

const core = new URL('../../client-web/src/wasm-pkg/fracas_wasm_bg.wasm', import.meta.url);
initSync({ module: readFileSync(core) });

test('a hello is tag, version, credential, wishes', () => {
  const session = new GameSession();
  assert.deepEqual([...session.hello('ab', false, false, 0)], [0, 3, 0, 2, 97, 98, 0, 0]);
  assert.deepEqual([...session.hello('ab', true, true, 0)], [0, 3, 1, 2, 97, 98, 1, 0]);
});

test('before the welcome there is an empty picture and nothing to send', () => {
  const session = new GameSession();
  session.set_intent(2, -2, 1e9, 255);
  session.advance(16);
  const frame = session.frame(16);
  assert.equal(frame.length, 48);
  assert.equal(frame[12], -1, 'no player yet');
  assert.ok(frame.every(Number.isFinite));
  assert.equal(session.next_message(), undefined);
  assert.equal(session.next_event(), undefined);
  assert.equal(session.setup_json(), 'null');
  assert.equal(session.roster_json(), '[]');
  assert.equal(session.map_tiles().length, 0);
});

test('a malformed message throws an error that says why, and the session can be freed', () => {
  const session = new GameSession();
  assert.throws(() => session.receive(new Uint8Array([9, 9]), 0), /not a valid message/);
  assert.throws(() => session.receive(new Uint8Array(), 0), /not a valid message/);
  assert.throws(() => session.receive(new Uint8Array([3, 1, 7]), 0), /1 bytes follow/);
  session.free();
});

const sessions = new URL('../golden/sessions/', import.meta.url);
const recordings = readdirSync(sessions);

test('there are recordings', () => assert.ok(recordings.length >= 4, recordings.join()));

for (const recording of recordings)
  test(`a session in WASM is as recorded natively: ${recording}`, () => {
    const lines = readFileSync(new URL(recording, sessions)).toString().trimEnd().split('\n');
    replay(new GameSession(), lines);
  });

/** What each letter means stands in tests/e2e/golden_session/recorder.rs. */
function replay(session, lines) {
  const known = {};
  const same = (computed, recorded, what) => assert.equal(computed, recorded, `${what}, ${known.where}`);
  const steps = {
    R: (ms, hex) => session.receive(Buffer.from(hex, 'hex'), Number(ms)),
    I: (...numbers) => session.set_intent(...numbers.map(Number)),
    V: (choice) => session.vote(Number(choice)),
    C: (team, ...words) => session.say_text(words.join(' '), team === '1'),
    P: (team, number) => session.say_phrase(Number(number), team === '1'),
    A: (ms) => session.advance(Number(ms)),
    T: (hex) => same(Buffer.from(session.next_message() ?? []).toString('hex'), hex, 'a message'),
    S: (hash, ...json) => Object.assign(known, { tiles: hash, setup: json.join(' ') }),
    M: (...json) => Object.assign(known, { standing: json.join(' ') }),
    O: (...json) => Object.assign(known, { roster: json.join(' ') }),
    F: (ms, picture, line) => {
      same(hash(session.map_tiles()), known.tiles, 'the tiles');
      same(session.setup_json(), known.setup, 'the setup');
      same(session.standing_json(), known.standing, 'the standing');
      same(session.roster_json(), known.roster, 'the roster');
      same(hash(session.frame(Number(ms))), picture, 'the picture');
      same(hash(session.net_stats()), line, 'the line in numbers');
    },
    E: (...json) => same(session.next_event(), json.join(' '), 'an event'),
    K: (compared, differed) => same(session.checksums().join(' '), `${compared} ${differed}`, 'checksums'),
  };
  let before = 'K';
  for (const [index, text] of lines.entries()) {
    known.where = `line ${index + 1}`;
    const [letter, ...words] = text.split(' ');
    // Nothing comes of a step beyond what was recorded.
    if ('AT'.includes(before) && letter !== 'T') same(session.next_message(), undefined, 'a message');
    if ('FE'.includes(before) && letter !== 'E') same(session.next_event(), undefined, 'an event');
    steps[letter](...words);
    before = letter;
  }
  same(before, 'K', 'the end');
}

/** FNV-1a, 32 bits, over the numbers' bytes. */
function hash(numbers) {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const sum = bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x0100_0193), 0x811c_9dc5);
  return (sum >>> 0).toString(16).padStart(8, '0');
}
