import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { built } from './built';

/** A line between a browser and a server that can be made worse: `tests/proxy` says what it understands. */
export class BadLine {
  /** Where the server is found through it. Without a slash at the end. */
  readonly url: string;
  private readonly process: ChildProcess;
  private readonly answers: Interface;

  private constructor(url: string, process: ChildProcess, answers: Interface) {
    this.url = url;
    this.process = process;
    this.answers = answers;
  }

  static async to(url: string): Promise<BadLine> {
    const child = spawn(built('FRACAS_PROXY_BIN', 'fracas-proxy'), ['--to', new URL(url).host], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const answers = createInterface(child.stdout);
    const first = await nextLine(answers, child);
    return new BadLine(first.replace('listening on ', 'http://'), child, answers);
  }

  /** One command, for example `lag 150 10`, `stall 2000`, `cut`. Done when this returns. */
  async tell(command: string): Promise<void> {
    const answer = nextLine(this.answers, this.process);
    this.process.stdin?.write(`${command}\n`);
    const text = await answer;
    if (text !== 'ok') throw new Error(`${command}: ${text}`);
  }

  end(): void {
    this.process.stdin?.end();
  }
}

function nextLine(lines: Interface, child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const ended = (code: unknown) => reject(new Error(`the proxy ended with ${code}`));
    child.once('error', ended).once('exit', ended);
    lines.once('line', (text) => {
      child.off('error', ended).off('exit', ended);
      resolve(text);
    });
  });
}
