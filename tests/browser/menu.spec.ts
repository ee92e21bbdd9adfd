import type { Locator } from '@playwright/test';
import { OPEN } from './arenas';
import { expect, test } from './fixtures';

test('a name that is refused says why, and another one is welcome', async ({ another, serve }) => {
  const player = await another();
  const { page } = player;
  const server = await serve({ map: OPEN });
  await player.clickPlay(server.url, '<b>Ada</b>');
  await expect(page.getByRole('alert')).toContainText(/name/i);
  await player.reaches('menu');
  await expect(page.getByRole('alert')).toHaveJSProperty('childElementCount', 0);
  await player.join(server.url, 'Ada');
});

test('without a server the menu says so and stays', async ({ another, serve }) => {
  const player = await another();
  const server = await serve({ map: OPEN });
  await player.page.goto(server.url);
  await player.page.waitForFunction(() => window.__fracas);
  await server.crash();
  await player.page.getByLabel('Name').fill('Ada');
  await player.page.getByRole('button', { name: 'Play' }).click();
  await expect(player.page.getByRole('alert')).toContainText('cannot be reached');
  await player.reaches('menu');
});

test('the menu works by keyboard alone', async ({ player, serve }) => {
  const { page } = player;
  const server = await serve({ map: OPEN });
  await page.goto(server.url);
  // From here on it knows the keys that fly.
  await page.waitForFunction(() => window.__fracas);
  await page.getByLabel('Name').fill('Ada');
  await tabTo(page.locator('#make summary'));
  await page.keyboard.press('Space');
  await expect(page.locator('#make')).toHaveAttribute('open');
  await expect(page.locator('#make-mode option').first()).toBeAttached();
  await tabTo(page.locator('#make-mode'));
  const before = await page.locator('#make-mode').inputValue();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('#make-mode')).not.toHaveValue(before);
  await tabTo(page.getByRole('link', { name: 'Watch live' }));
  await page.getByLabel('Name').press('Enter');
  await player.reaches('playing');
});

/** As often as there are fields at most. */
async function tabTo(goal: Locator): Promise<void> {
  const isThere = () => goal.evaluate((element) => element === document.activeElement);
  for (let press = 0; press < 20 && !(await isThere()); press += 1) await goal.page().keyboard.press('Tab');
  await expect(goal).toBeFocused();
}
