// Golden trajectories, the WASM half: the very module that players download computes what was
// recorded natively (tests/e2e/golden.rs).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { golden_trajectories, initSync } from '../../client-web/src/wasm-pkg/fracas_wasm.js';

const file = (path) => readFileSync(new URL(path, import.meta.url));

initSync({ module: file('../../client-web/src/wasm-pkg/fracas_wasm_bg.wasm') });

test('motion in WASM is as recorded natively', () => {
  const recorded = file('../golden/motion.txt').toString().split('\n');
  const computed = golden_trajectories().split('\n');
  let heading = '';
  for (const [index, line] of recorded.entries()) {
    if (line.includes(':')) heading = line;
    assert.equal(computed[index], line, `line ${index + 1}, ${heading}`);
  }
  assert.equal(computed.length, recorded.length);
});
