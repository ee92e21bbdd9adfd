import { expect, test } from './fixtures';
import type { Player } from './player';

const RESULTS = 4;
const LIVE = 2;

test('while the results are shown everybody votes on the next map, on a desk and on a phone however it is held', async ({
  player: desk,
  another,
  serve,
}) => {
  const phone = await another({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  // Ten rows of players, the podium, awards and the vote: as much as results ever show.
  const server = await serve({
    bots: 12,
    rules: { flow: { score_to_win: 2, countdown_s: 1, results_s: 15 } },
  });
  const turned = await another({ viewport: { width: 844, height: 390 }, hasTouch: true, isMobile: true });
  const all = [desk, phone, turned];
  await desk.join(server.url, 'Ada');
  await phone.join(server.url, 'Bo');
  await turned.join(server.url, 'Cy');
  await Promise.all(all.map((one) => one.until('results', ({ phase }) => phase === RESULTS)));

  for (const { page } of all) await expect(page.locator('#ballot-choices button')).toHaveCount(3);
  await desk.page.keyboard.press('Digit2');
  await second(phone).tap();
  await second(turned).tap();
  for (const one of all) await expect(second(one)).toHaveAttribute('aria-pressed', 'true');
  for (const one of all) await expectAllInSight(one);
  await desk.picture('vote-1280x720');
  await phone.picture('vote-390x844');
  await turned.picture('vote-844x390');
  // The three of them; what nine bots want is neither counted nor decides.
  await expect(second(desk).locator('b')).toHaveText('3');
  const maps = await desk.page.locator('#ballot-choices button span').allTextContents();

  await Promise.all(all.map((one) => one.until('the next match is live', ({ phase }) => phase === LIVE)));
  await expect(desk.page.locator('#ballot')).toBeHidden();
  const [match] = (await (await fetch(`${server.url}/api/matches`)).json()) as { map: string }[];
  expect(match?.map).toBe(maps[1]);
});

function second({ page }: Player) {
  return page.locator('#ballot-choices button').nth(1);
}

/** Nobody scrolls in ten seconds between two fights. */
async function expectAllInSight({ page }: Player): Promise<void> {
  await expect(page.locator('#results-rows tr.own')).toHaveCount(1);
  const wanted = ['#ballot-choices button', '#results-rows tr.own', '#results-next'];
  for (const part of await page.locator(wanted.join()).all()) {
    await expect(part).toBeInViewport({ ratio: 1 });
    // Nor does the sheet cut it off.
    expect(await part.evaluate(endsInSheet)).toBe(true);
  }
}

function endsInSheet(part: Element): boolean {
  const sheet = document.querySelector('#results')?.getBoundingClientRect();
  return sheet !== undefined && part.getBoundingClientRect().bottom <= sheet.bottom;
}
