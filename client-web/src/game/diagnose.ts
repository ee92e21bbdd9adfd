/**
 * What is wrong, in one plain sentence: the player's line, the player's device, or the server.
 *
 * The three look alike from the chair, and each hides the others: a slow device hears answers late, a slow line gets
 * few snapshots. So what a device's own late frames explain is taken off first, and the server is blamed only for what
 * the line cannot explain: pings are answered at once by a part of the server that never waits for the match, so quick
 * answers beside missing snapshots, or a match that counts too few ticks a second, are the server's.
 */

export type Blame = 'none' | 'measuring' | 'line' | 'device' | 'server';

export interface Diagnosis {
  blame: Blame;
  text: string;
}

/** The last seconds, as far as they tell what is wrong. */
export interface Signs {
  /** How much of them was seen. */
  observedMs: number;
  frameP50Ms: number;
  frameP95Ms: number;
  frameMaxMs: number;
  scriptP95Ms: number;
  /** Since the newest snapshot. */
  silentMs: number;
  /** Whether the server answered within that silence. */
  silenceAnswered: boolean;
  pingMs: number;
  pingMinMs: number;
  pingMaxMs: number;
  /** What the server promised, between two snapshots. */
  intervalMs: number;
  gapP95Ms: number;
  /** Snapshots received of those promised, 0..1. */
  snapshotShare: number;
  /** Longest pause in which nothing came at all, and how many; pauses in which the server answered. */
  silences: number;
  longestSilenceMs: number;
  refusals: number;
  /** Ticks the match counted of those it should have, 0..1. */
  serverPace: number;
  /** Of the ticks, those the server had no input of ours for. */
  starvedShare: number;
}

/** Two seconds: less than that is the start of a page, which is never even. */
const OBSERVED_MS_MIN = 2000;
/** One frame in twenty this late is felt as stutter: two frames of a 60 Hz screen and a little. */
const FRAME_P95_MS = 38;
/** Half of all frames this late: 40 a second. */
const FRAME_P50_MS = 25;
/** A single hang that is felt. */
const FRAME_MAX_MS = 400;
/** Nothing for so long is a broken line, not a bad one. */
const SILENCE_MS = 1000;
/** Up to here prediction and lag compensation (200 ms back) hide the line. */
const PING_MS = 160;
/** What interpolation covers without being seen. */
const PING_SPREAD_MS = 60;
/** Snapshots may come bunched by one interval; at three they are late. */
const GAP_INTERVALS = 3;
const SNAPSHOT_SHARE = 0.8;
const SERVER_PACE = 0.97;
const STARVED_SHARE = 0.02;
const FRAME_60_HZ_MS = 17;

interface Suspicion {
  blame: 'line' | 'device' | 'server';
  /** How many times over its limit; 1 and more is a finding. */
  weight: number;
  text: string;
}

export function diagnose(signs: Signs): Diagnosis {
  if (signs.silentMs > SILENCE_MS) return silence(signs);
  if (signs.observedMs < OBSERVED_MS_MIN) return { blame: 'measuring', text: 'Measuring…' };
  const device = worst(ofDevice(signs));
  const line = worst(ofLine(signs));
  const server = worst(ofServer(signs, line !== undefined));
  const found = worst([device, line, server].filter((suspicion) => suspicion !== undefined));
  return found ? { blame: found.blame, text: found.text } : { blame: 'none', text: 'All is well.' };
}

function silence({ silentMs, silenceAnswered }: Signs): Diagnosis {
  const seconds = (silentMs / 1000).toFixed(1);
  return silenceAnswered
    ? { blame: 'server', text: `The server answers, but its match has stood still for ${seconds} s.` }
    : { blame: 'line', text: `Your line is interrupted: nothing has come for ${seconds} s.` };
}

function ofDevice({ frameP50Ms, frameP95Ms, frameMaxMs, scriptP95Ms }: Signs): Suspicion[] {
  const rate = Math.round(1000 / Math.max(1, frameP50Ms));
  const busy = scriptP95Ms > FRAME_60_HZ_MS ? ' The page itself is slow.' : '';
  return [
    suspect(
      'device',
      frameP50Ms / FRAME_P50_MS,
      `Your device is slow: it draws ${rate} frames a second.${busy}`,
    ),
    suspect(
      'device',
      frameP95Ms / FRAME_P95_MS,
      `Your device stutters: some frames take ${ms(frameP95Ms)}.${busy}`,
    ),
    suspect('device', frameMaxMs / FRAME_MAX_MS, `Your device hung for ${ms(frameMaxMs)}.`),
  ];
}

function ofLine(signs: Signs): Suspicion[] {
  // A late frame hears the answer late: that much is not the line's. One long frame explains one late answer.
  const late = Math.max(0, signs.frameP95Ms - FRAME_60_HZ_MS);
  const spread = signs.pingMaxMs - signs.pingMinMs - Math.max(0, signs.frameMaxMs - FRAME_60_HZ_MS);
  const stalled = signs.longestSilenceMs - signs.frameMaxMs;
  const times = signs.silences === 1 ? 'once' : `${signs.silences} times`;
  const steady = signs.serverPace >= SERVER_PACE;
  return [
    suspect(
      'line',
      signs.silences > 0 && steady ? 1 + stalled / SILENCE_MS : 0,
      `Your line stalls: ${times} in the last seconds, up to ${ms(signs.longestSilenceMs)}.`,
    ),
    suspect(
      'line',
      (signs.pingMs - late) / PING_MS,
      `Your line is slow: an answer takes ${ms(signs.pingMs)}.`,
    ),
    suspect(
      'line',
      spread / PING_SPREAD_MS,
      `Your line is uneven: answers take ${Math.round(signs.pingMinMs)} to ${ms(signs.pingMaxMs)}.`,
    ),
    // Late frames and stalls make inputs late, too, and say it better.
    suspect(
      'line',
      signs.frameP95Ms < FRAME_P95_MS && signs.silences === 0 ? signs.starvedShare / STARVED_SHARE : 0,
      'Your line is uneven: what you do reaches the server late.',
    ),
  ];
}

function ofServer(signs: Signs, lineIsBad: boolean): Suspicion[] {
  const found = [
    suspect(
      'server',
      signs.serverPace < SERVER_PACE ? 1 + (SERVER_PACE - signs.serverPace) * 10 : 0,
      `The server is overloaded: its match runs at ${Math.round(signs.serverPace * 100)} % of its speed.`,
    ),
    suspect(
      'server',
      signs.refusals > 0 ? 1 + signs.refusals : 0,
      'The server stalls: it answers, but its match pauses.',
    ),
  ];
  if (lineIsBad) return found;
  const late = Math.max(0, signs.frameP95Ms - FRAME_60_HZ_MS);
  return [
    ...found,
    suspect(
      'server',
      signs.snapshotShare > 0 ? SNAPSHOT_SHARE / signs.snapshotShare : 0,
      `The server is overloaded: it sends ${Math.round(signs.snapshotShare * 100)} % of its updates.`,
    ),
    suspect(
      'server',
      (signs.gapP95Ms - late) / (GAP_INTERVALS * signs.intervalMs),
      `The server is uneven: updates come up to ${ms(signs.gapP95Ms)} apart.`,
    ),
  ];
}

function suspect(blame: Suspicion['blame'], weight: number, text: string): Suspicion {
  return { blame, weight, text };
}

/** The heaviest that is a finding; of equals the first. */
function worst(suspicions: Suspicion[]): Suspicion | undefined {
  let found: Suspicion | undefined;
  for (const suspicion of suspicions) {
    if (suspicion.weight >= 1 && suspicion.weight > (found?.weight ?? 0)) found = suspicion;
  }
  return found;
}

function ms(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}
