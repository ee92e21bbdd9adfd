import { expect, type Page } from '@playwright/test';
// Brings `window.__fracas` with it.
import type { Probe } from '../../client-web/src/game/probe';
import type { Header } from '../../client-web/src/view/frame';
import type { GameEvent } from '../../client-web/src/view/session';

export type PageState = 'menu' | 'joining' | 'playing' | 'dead' | 'results' | 'reconnecting' | 'stopped';
type Craft = ReturnType<Probe['crafts']>[number];

/** So long without a correction, and the clock has found its pace: a second and a half. */
const CALM_SNAPSHOTS = 45;
/** How far from the own craft the mouse points. */
const AIM_TILES = 5;

/** Somebody at a page: reads what the page shows and uses its mouse and keys. */
export class Player {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Types a name, clicks once, and flies. */
  async join(url: string, name: string): Promise<void> {
    await this.clickPlay(url, name);
    await this.reaches('playing');
  }

  async clickPlay(url: string, name: string): Promise<void> {
    await this.page.goto(url);
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByRole('button', { name: 'Play' }).click();
  }

  async reaches(state: PageState): Promise<void> {
    await expect(this.page.locator('html')).toHaveAttribute('data-state', state, { timeout: 30_000 });
  }

  /** Keeps every state the page goes through from now on: some are over before one can look. */
  async noteStates(): Promise<void> {
    await this.page.evaluate(() => {
      const { documentElement } = document;
      documentElement.dataset.states = '';
      new MutationObserver(() => {
        documentElement.dataset.states += ` ${documentElement.dataset.state}`;
      }).observe(documentElement, { attributeFilter: ['data-state'] });
    });
  }

  /** Since `noteStates`. */
  async hasBeen(state: PageState): Promise<void> {
    await expect(this.page.locator('html')).toHaveAttribute('data-states', new RegExp(state));
  }

  async hasNotBeen(state: PageState): Promise<void> {
    await expect(this.page.locator('html')).not.toHaveAttribute('data-states', new RegExp(state));
  }

  frame(): Promise<Header> {
    return this.page.evaluate(() => (window.__fracas as Probe).frame());
  }

  crafts(): Promise<Craft[]> {
    return this.page.evaluate(() => (window.__fracas as Probe).crafts());
  }

  events(): Promise<GameEvent[]> {
    return this.page.evaluate(() => [...(window.__fracas as Probe).events]);
  }

  /** What the net graph knows. */
  health(): Promise<ReturnType<Probe['health']>> {
    return this.page.evaluate(() => (window.__fracas as Probe).health());
  }

  /** The first frame for which it is so; what others must bring about may take them longer than the usual time. */
  async until(what: string, isSo: (header: Header) => boolean, timeout?: number): Promise<Header> {
    let header = await this.frame();
    const look = async () => {
      header = await this.frame();
      return isSo(header);
    };
    await expect.poll(look, { message: `waits until ${what}`, intervals: [20], timeout }).toBe(true);
    return header;
  }

  /** The clock has found its pace: snapshots come and the prediction has been right for a while. */
  async isCalm(): Promise<Header> {
    let from = await this.frame();
    return this.until('the prediction is calm', (now) => {
      if (now.corrections !== from.corrections) from = now;
      return now.snapshots - from.snapshots > CALM_SNAPSHOTS;
    });
  }

  /** Holds a key until it has taken the craft far enough, and waits until it stands again. */
  async fly(key: string, isThere: (header: Header) => boolean): Promise<Header> {
    await this.page.keyboard.down(key);
    await this.until(`${key} took the craft there`, isThere);
    await this.page.keyboard.up(key);
    return this.until('the craft stands', ({ vx, vy }) => Math.hypot(vx, vy) < 0.01);
  }

  /** Points the mouse from the own craft towards a place of the arena, near enough to be on the page. */
  async aimAt(x: number, y: number): Promise<void> {
    const header = await this.frame();
    const { width, height } = this.page.viewportSize() ?? { width: 0, height: 0 };
    const pxPerTile = Math.min(width / (2 * header.halfWidth), height / (2 * header.halfHeight));
    const length = Math.hypot(x - header.x, y - header.y);
    const towards = (own: number, target: number, camera: number) =>
      (own - camera + (AIM_TILES * (target - own)) / length) * pxPerTile;
    const right = width / 2 + towards(header.x, x, header.cameraX);
    const down = height / 2 + towards(header.y, y, header.cameraY);
    await this.page.mouse.move(right, down);
  }

  /** Aims at somebody who stands still, and shoots, until it is so. */
  async shootAt(victim: number, what: string, isSo: () => Promise<boolean>): Promise<void> {
    const shootOnce = async () => {
      const target = (await this.crafts()).find((craft) => craft.id === victim);
      if (!target) return;
      await this.aimAt(target.x, target.y);
      await this.page.mouse.down();
      await this.page.mouse.up();
    };
    const look = async () => {
      if (await isSo()) return true;
      const { cooldown, shotCount } = await this.frame();
      if (cooldown === 0 && shotCount === 0) await shootOnce();
      return false;
    };
    await expect.poll(look, { message: `shoots until ${what}`, intervals: [50], timeout: 30_000 }).toBe(true);
  }

  /** Kept beside the test's report; to be looked at. */
  async picture(name: string): Promise<void> {
    await picture(this.page, name);
  }
}

export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${import.meta.dirname}/results/pictures/${name}.png` });
}
