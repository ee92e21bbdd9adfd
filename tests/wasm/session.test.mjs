// The WASM core's face, as the pages use it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { GameSession, initSync } from '../../client-web/src/wasm-pkg/fracas_wasm.js';

const core = new URL('../../client-web/src/wasm-pkg/fracas_wasm_bg.wasm', import.meta.url);
initSync({ module: readFileSync(core) });

test('a hello is tag, version, credential, checksums', () => {
  assert.deepEqual([...GameSession.hello('ab', false, false)], [0, 1, 0, 2, 97, 98, 0]);
  assert.deepEqual([...GameSession.hello('ab', true, true)], [0, 1, 1, 2, 97, 98, 1]);
});

test('before the welcome there is an empty picture and nothing to send', () => {
  const session = new GameSession();
  session.set_intent(2, -2, 1e9, 255);
  session.advance(16);
  const frame = session.frame(16);
  assert.equal(frame.length, 32);
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
