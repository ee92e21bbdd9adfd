import { type Blame, diagnose, type Signs } from '../../client-web/src/game/diagnose';
import { expect, test } from './fixtures';

/** A quick device on a good line to a server that keeps up. */
const WELL: Signs = {
  observedMs: 10_000,
  frameP50Ms: 16.7,
  frameP95Ms: 17.5,
  frameMaxMs: 34,
  scriptP95Ms: 3,
  silentMs: 20,
  silenceAnswered: false,
  pingMs: 35,
  pingMinMs: 33,
  pingMaxMs: 41,
  intervalMs: 33.3,
  gapP95Ms: 38,
  snapshotShare: 1,
  silences: 0,
  longestSilenceMs: 0,
  refusals: 0,
  serverPace: 1,
  starvedShare: 0,
};

/** Everything slow at once is the device's doing: it hears late, asks late and draws late. */
const SLOW_DEVICE: Partial<Signs> = { frameP50Ms: 95, frameP95Ms: 140, frameMaxMs: 210 };

const CASES: [string, Partial<Signs>, Blame, RegExp][] = [
  ['nothing is wrong', {}, 'none', /^All is well\.$/],
  ['a far server on a steady line', { pingMs: 140, pingMinMs: 136, pingMaxMs: 150 }, 'none', /well/],
  ['a 144 Hz screen', { frameP50Ms: 6.9, frameP95Ms: 8 }, 'none', /well/],
  ['one hiccup of the page', { frameMaxMs: 180 }, 'none', /well/],
  ['snapshots that come in twos', { gapP95Ms: 66 }, 'none', /well/],
  ['too little was seen yet', { observedMs: 900, pingMs: 900 }, 'measuring', /Measuring/],

  ['a long way', { pingMs: 212, pingMinMs: 205, pingMaxMs: 220 }, 'line', /slow: an answer takes 212 ms/],
  [
    'an uneven line',
    { pingMs: 90, pingMinMs: 40, pingMaxMs: 180 },
    'line',
    /uneven: answers take 40 to 180 ms/,
  ],
  ['a line that stalls', { silences: 2, longestSilenceMs: 800 }, 'line', /stalls: 2 times .* 800 ms/],
  ['a line that stalled once', { silences: 1, longestSilenceMs: 1300 }, 'line', /stalls: once .* 1\.3 s/],
  ['a stall makes inputs late', { silences: 1, longestSilenceMs: 2000, starvedShare: 0.2 }, 'line', /stalls/],
  ['inputs come late though pings look fine', { starvedShare: 0.06 }, 'line', /reaches the server late/],
  ['a thin line holds snapshots up', { pingMs: 400, snapshotShare: 0.4, gapP95Ms: 300 }, 'line', /slow/],
  [
    'nothing comes through',
    { silentMs: 1400, observedMs: 500 },
    'line',
    /interrupted: nothing has come for 1\.4 s/,
  ],

  ['few frames', { frameP50Ms: 34, frameP95Ms: 36 }, 'device', /slow: it draws 29 frames a second\.$/],
  ['stutter', { frameP95Ms: 90 }, 'device', /stutters: some frames take 90 ms/],
  ['a page that is busy', { frameP95Ms: 90, scriptP95Ms: 40 }, 'device', /The page itself is slow/],
  ['a hang', { frameMaxMs: 1200, silences: 1, longestSilenceMs: 1210 }, 'device', /hung for 1\.2 s/],
  [
    'a slow device hears late',
    { ...SLOW_DEVICE, pingMs: 140, pingMaxMs: 230, gapP95Ms: 150 },
    'device',
    /slow/,
  ],
  ['a slow device asks late', { ...SLOW_DEVICE, starvedShare: 0.1 }, 'device', /slow/],

  ['pings fine, snapshots rare', { snapshotShare: 0.5 }, 'server', /sends 50 % of its updates/],
  ['pings fine, snapshots late', { gapP95Ms: 180 }, 'server', /uneven: updates come up to 180 ms apart/],
  ['the match counts too few ticks', { serverPace: 0.8 }, 'server', /runs at 80 % of its speed/],
  ['it answers, but its match pauses', { refusals: 2 }, 'server', /answers, but its match pauses/],
  [
    'it answers, but the match stands still',
    { silentMs: 2500, silenceAnswered: true },
    'server',
    /stood still for 2\.5 s/,
  ],
  [
    'a match that skips ticks stalls by itself',
    { silences: 3, longestSilenceMs: 900, serverPace: 0.9 },
    'server',
    /90 %/,
  ],

  ['the worse of two: the line', { frameP95Ms: 40, silences: 3, longestSilenceMs: 3000 }, 'line', /stalls/],
  [
    'the worse of two: the device',
    { ...SLOW_DEVICE, pingMs: 300, pingMinMs: 290, pingMaxMs: 310 },
    'device',
    /slow/,
  ],
];

for (const [what, signs, blame, text] of CASES) {
  test(`diagnosis: ${what}`, () => {
    const found = diagnose({ ...WELL, ...signs });
    expect(found.text).toMatch(text);
    expect(found.blame).toBe(blame);
  });
}

test('diagnosis: whatever the signs, one sentence of bounded length', () => {
  const extremes = [0, 1e9, Number.MIN_VALUE];
  for (const name of Object.keys(WELL) as (keyof Signs)[]) {
    for (const value of extremes) {
      const { text } = diagnose({ ...WELL, [name]: name === 'silenceAnswered' ? true : value });
      expect(text, name).toMatch(/^[A-Z].*[.…]$/);
      expect(text, name).not.toMatch(/NaN|Infinity|undefined/);
      expect(text.length, name).toBeLessThan(110);
    }
  }
});
