import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { tableLines, type WeaponChanges, weaponLines } from './arsenal';
import { built } from './built';
import { tiled } from './tiled';

/** What a server of a test is told; everything else is as a host gets it. */
export interface Options {
  /** Craft kept in the room by topping up with bots. */
  bots?: number;
  maxPlayers?: number;
  mode?: 'ffa' | 'tdm' | 'ctf' | 'control' | 'massive';
  /** A map drawn in text. */
  map?: string;
  /** A map that comes with the server. */
  builtIn?: string;
  /** `{ flow: { score_to_win: 3 } }`, in tiles and seconds. */
  rules?: Record<string, Record<string, string | number | boolean>>;
  /** `{ pulse: { damage: 100 } }`. */
  weapons?: WeaponChanges;
}

const STARTS_WITHIN_MS = 20_000;

/** A real server, on a port of its own. */
export class Server {
  /** Without a slash at the end. */
  url = '';
  log = '';
  private readonly folder: string;
  private process: ChildProcess | undefined;

  private constructor(options: Options) {
    this.folder = mkdtempSync(join(tmpdir(), 'fracas-'));
    writeFileSync(this.config, configuration(options, this.folder));
  }

  static async start(options: Options = {}): Promise<Server> {
    const server = new Server(options);
    await server.run('127.0.0.1:0');
    return server;
  }

  /** Gone from one moment to the next, without a word to anybody. */
  async crash(): Promise<void> {
    const { process } = this;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const gone = new Promise((resolve) => process.once('exit', resolve));
    process.kill('SIGKILL');
    await gone;
  }

  /** The same server, at the same address. */
  async startAgain(): Promise<void> {
    await this.run(new URL(this.url).host);
  }

  /** Stands still, with all its sockets open, and goes on. */
  hold(on: boolean): void {
    this.process?.kill(on ? 'SIGSTOP' : 'SIGCONT');
  }

  async end(): Promise<void> {
    await this.crash();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get config(): string {
    return join(this.folder, 'fracas.toml');
  }

  private async run(listen: string): Promise<void> {
    const flags = ['--config', this.config, '--listen', listen, '--internal-listen', '127.0.0.1:0'];
    const child = spawn(built('FRACAS_BIN', 'fracas'), ['serve', ...flags], {
      cwd: this.folder,
      env: ownEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    child.stderr.on('data', (text) => {
      this.log += text;
    });
    const line = await firstLine(child).catch((error) => {
      throw new Error(`${error.message}\n${this.log}`);
    });
    this.url = line.replace('listening on ', '');
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the server does not start')), STARTS_WITHIN_MS);
    const settle = (done: () => void) => {
      clearTimeout(late);
      done();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (code) => settle(() => reject(new Error(`the server ended with ${code}`))));
    if (child.stdout) createInterface(child.stdout).once('line', (line) => settle(() => resolve(line)));
  });
}

/** The server takes every `FRACAS_…` for its own and refuses those it does not know. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('FRACAS_'));
  return { ...Object.fromEntries(kept), RUST_LOG: 'info' };
}

function configuration(options: Options, folder: string): string {
  const { bots = 0, maxPlayers = 16, mode = 'ffa', map, builtIn, rules = {}, weapons } = options;
  const lines = [`bots = ${bots}`, `max_players = ${maxPlayers}`, 'drain = "0s"', `mode = "${mode}"`];
  if (builtIn) lines.push(`map = ${JSON.stringify(builtIn)}`);
  if (map) {
    writeFileSync(join(folder, 'arena.tmx'), tiled(map));
    lines.push(`map = ${JSON.stringify(join(folder, 'arena.tmx'))}`);
  }
  for (const [table, values] of Object.entries(rules)) {
    lines.push(`[rules.${table}]`, ...tableLines(values));
  }
  lines.push(...weaponLines(weapons));
  return `${lines.join('\n')}\n`;
}
