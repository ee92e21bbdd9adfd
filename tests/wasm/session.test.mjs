// The WASM core's face, as the pages use it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { GameSession, initSync } from '../../client-web/src/wasm-pkg/fracas_wasm.js';

const core = new URL('../../client-web/src/wasm-pkg/fracas_wasm_bg.wasm', import.meta.url);
initSync({ module: readFileSync(core) });

test('a hello is tag, version, credential, wishes', () => {
  const session = new GameSession();
  assert.deepEqual([...session.hello('ab', false, false, 0)], [0, 2, 0, 2, 97, 98, 0, 0]);
  assert.deepEqual([...session.hello('ab', true, true, 0)], [0, 2, 1, 2, 97, 98, 1, 0]);
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

// What each letter means stands in tests/e2e/golden_session.rs.
test('a session in WASM is as recorded natively', () => {
  const lines = readFileSync(new URL('../golden/session.txt', import.meta.url))
    .toString()
    .trimEnd()
    .split('\n');
  const session = new GameSession();
  for (const [index, line] of lines.entries()) {
    const [letter, ...words] = line.split(' ');
    const where = `line ${index + 1}`;
    if (letter === 'R') session.receive(Buffer.from(words[1], 'hex'), Number(words[0]));
    else if (letter === 'I') session.set_intent(...words.map(Number));
    else if (letter === 'A') session.advance(Number(words[0]));
    else if (letter === 'T')
      assert.equal(Buffer.from(session.next_message()).toString('hex'), words[0], where);
    else if (letter === 'F') assert.equal(hash(session.frame(Number(words[0]))), words[1], where);
    else if (letter === 'E') assert.equal(session.next_event(), words.join(' '), where);
    else assert.fail(`${where}: ${line}`);
  }
  assert.equal(session.next_message(), undefined);
  assert.equal(session.next_event(), undefined);
});

/** FNV-1a, 32 bits, over the numbers' bytes. */
function hash(numbers) {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const sum = bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x0100_0193), 0x811c_9dc5);
  return (sum >>> 0).toString(16).padStart(8, '0');
}
