import { type BrowserContextOptions, test as base } from '@playwright/test';
import { BadLine } from './bad_line';
import { Player } from './player';
import { type Options, Server } from './server';
import { Window } from './window';

interface Fixtures {
  /** Starts a server that ends with the test. */
  serve(options?: Options): Promise<Server>;
  /** Another browser, for another player. A small one by default: drawing in software takes time. */
  another(options?: BrowserContextOptions): Promise<Player>;
  player: Player;
  /** A line to a server that can be made worse. */
  badLine(url: string): Promise<BadLine>;
  /** A browser whose tabs hide each other. */
  window: Window;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern.
  serve: async ({}, use, info) => {
    const servers: Server[] = [];
    await use(async (options) => {
      const server = await Server.start(options);
      servers.push(server);
      return server;
    });
    for (const server of servers) {
      await server.end();
      if (info.status !== info.expectedStatus) await info.attach('server log', { body: server.log });
    }
  },
  another: async ({ browser }, use) => {
    const contexts: { close(): Promise<void> }[] = [];
    await use(async (options) => {
      const context = await browser.newContext({ viewport: { width: 480, height: 270 }, ...options });
      contexts.push(context);
      return new Player(await context.newPage());
    });
    for (const context of contexts) await context.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern.
  badLine: async ({}, use) => {
    const lines: BadLine[] = [];
    await use(async (url) => {
      const line = await BadLine.to(url);
      lines.push(line);
      return line;
    });
    for (const line of lines) line.end();
  },
  window: async ({ browser, launchOptions }, use) => {
    const executable = launchOptions.executablePath ?? browser.browserType().executablePath();
    const window = await Window.open(executable, launchOptions.args ?? []);
    await use(window);
    await window.close();
  },
  player: async ({ page }, use) => {
    await use(new Player(page));
  },
});

export { expect } from '@playwright/test';
