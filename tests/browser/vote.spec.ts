import { expect, test } from './fixtures';
import type { Player } from './player';
import type { Options } from './server';

const RESULTS = 4;
const LIVE = 2;

/** Ten rows of players, the podium, awards and the vote: as much as results ever show. */
function soonOver(results_s: number): Options {
  return { bots: 12, rules: { flow: { score_to_win: 2, countdown_s: 1, results_s } } };
}

test('while the results are shown everybody votes on the next map, by key and by finger', async ({
  player: desk,
  another,
  serve,
}) => {
  const phone = await another({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const server = await serve(soonOver(15));
  const all = [desk, phone];
  await Promise.all([desk.clickPlay(server.url, 'Ada'), phone.clickPlay(server.url, 'Bo')]);
  await Promise.all(all.map((one) => one.until('results', ({ phase }) => phase === RESULTS)));

  for (const { page } of all) await expect(page.locator('#ballot-choices button')).toHaveCount(3);
  await desk.page.keyboard.press('Digit2');
  await second(phone).tap();
  for (const one of all) await expect(second(one)).toHaveAttribute('aria-pressed', 'true');
  // The two of them; what ten bots want is neither counted nor decides.
  await expect(second(desk).locator('b')).toHaveText('2');
  const maps = await desk.page.locator('#ballot-choices button span').allTextContents();

  await Promise.all(all.map((one) => one.until('the next match is live', ({ phase }) => phase === LIVE)));
  await expect(desk.page.locator('#ballot')).toBeHidden();
  const [match] = (await (await fetch(`${server.url}/api/matches`)).json()) as { map: string }[];
  expect(match?.map).toBe(maps[1]);
});

test('vote, own row and clock are in sight on every screen', async ({ another, serve }) => {
  const player = await another({ viewport: { width: 1280, height: 720 }, hasTouch: true });
  const server = await serve(soonOver(60));
  await player.clickPlay(server.url, 'Ada');
  await player.until('results', ({ phase }) => phase === RESULTS);
  await expect(player.page.locator('#ballot-choices button')).toHaveCount(3);
  for (const [width, height] of [
    [1280, 720],
    [390, 844],
    [844, 390],
  ] as const) {
    await player.page.setViewportSize({ width, height });
    await expect.poll(() => player.page.evaluate(cutOff), { message: `at ${width}x${height}` }).toEqual([]);
    await player.picture(`vote-${width}x${height}`);
  }
});

function second({ page }: Player) {
  return page.locator('#ballot-choices button').nth(1);
}

/** What of the results the page or the sheet cuts off, or covers. Nobody scrolls in ten seconds between two fights. */
function cutOff(): string[] {
  const sheet = document.querySelector('#results')?.getBoundingClientRect();
  const wanted = { button: '#ballot-choices button', row: '#results-rows tr.own', clock: '#results-next' };
  return Object.entries(wanted).flatMap(([name, selector]) => {
    const parts = [...document.querySelectorAll(selector)];
    if (parts.length === 0) return [`no ${name}`];
    const isCut = (part: Element) => {
      const { top, bottom, left, right } = part.getBoundingClientRect();
      const lowest = Math.min(innerHeight, sheet?.bottom ?? 0);
      return top < 0 || left < 0 || right > innerWidth || bottom > lowest;
    };
    const said = [...document.querySelectorAll('#chat-lines li.fresh')].map((line) =>
      line.getBoundingClientRect(),
    );
    const isCovered = (part: Element) => {
      const { top, bottom, left, right } = part.getBoundingClientRect();
      return said.some(
        (line) => line.right > left && line.left < right && line.bottom > top && line.top < bottom,
      );
    };
    return parts.filter((part) => isCut(part) || isCovered(part)).map(() => name);
  });
}
