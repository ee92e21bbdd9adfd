import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';

/**
 * A browser as people have it, where a tab in the back is hidden, gets no frames and hardly any timers. The pages
 * Playwright opens itself all count as in front.
 */
export class Window {
  private readonly browser: Browser;
  private readonly process: ChildProcess;
  private readonly profile: string;

  private constructor(browser: Browser, process: ChildProcess, profile: string) {
    this.browser = browser;
    this.process = process;
    this.profile = profile;
  }

  static async open(executable: string, flags: readonly string[]): Promise<Window> {
    const profile = mkdtempSync(join(tmpdir(), 'fracas-window-'));
    const places = [`--user-data-dir=${profile}`, '--remote-debugging-port=0', '--window-size=640,400'];
    const child = spawn(executable, ['--headless', ...flags, ...places, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const browser = await chromium.connectOverCDP(await endpoint(child), { noDefaults: true });
    return new Window(browser, child, profile);
  }

  /** Another tab, in front of those before. */
  async tab(): Promise<Page> {
    const page = await this.context.newPage();
    await page.bringToFront();
    return page;
  }

  /** What a closed lid does to a page in the back, and its opening. */
  async freeze(page: Page, frozen: boolean): Promise<void> {
    const tools = await this.context.newCDPSession(page);
    await tools.send('Page.setWebLifecycleState', { state: frozen ? 'frozen' : 'active' });
    await tools.detach();
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.process.once('exit', resolve));
    const tools = await this.browser.newBrowserCDPSession();
    await tools.send('Browser.close');
    await gone;
    // Its helpers may write for a moment longer.
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  private get context(): BrowserContext {
    const [context] = this.browser.contexts();
    if (!context) throw new Error('the browser has no window');
    return context;
  }
}

function endpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (text) => {
      said += text;
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the browser ended:\n${said}`)));
  });
}
