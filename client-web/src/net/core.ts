import init, { GameSession } from '../wasm-pkg/fracas_wasm.js';
import wasmUrl from '../wasm-pkg/fracas_wasm_bg.wasm?url';
import type { SessionMaker } from './connection';

/** Loads the WASM core. */
export async function loadCore(): Promise<SessionMaker> {
  await init({ module_or_path: wasmUrl });
  return () => new GameSession();
}
