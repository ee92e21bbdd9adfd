import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A program of this project: `make e2e` says which; by hand it is the newest build there is. */
export function built(variable: string, name: string): string {
  const said = process.env[variable];
  if (said !== undefined) return said;
  const builds = ['debug', 'release']
    .map((profile) => join(import.meta.dirname, '../../target', profile, name))
    .filter((path) => existsSync(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!builds[0]) throw new Error(`no ${name} is built: cargo build -p fracas-server -p fracas-proxy`);
  return builds[0];
}
