import { titled } from './arsenal';

interface Words {
  title: string;
  /** What ends a tie. */
  decides?: string;
}

/** A mode that isn't here goes by its name. */
const MODES: Readonly<Record<string, Words>> = {
  ffa: { title: 'Free for all', decides: 'Take the lead to win' },
  tdm: { title: 'Team deathmatch', decides: 'The next kill wins' },
  ctf: { title: 'Capture the flag', decides: 'The next capture wins' },
  control: { title: 'Control', decides: 'Take the zone to win' },
  massive: { title: 'Massive' },
};

export function modeTitle(mode: string): string {
  return MODES[mode]?.title ?? titled(mode);
}

export function tieBreaker(mode: string): string {
  return MODES[mode]?.decides ?? '';
}
