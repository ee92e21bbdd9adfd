/**
 * Colours. Okabe–Ito hues, which stay apart for colour-blind eyes, on a floor of dark blue-black;
 * only what can hurt is saturated.
 */

import type { Team } from '../view/arena_map';
import type { Glyph } from './glyphs';
import { sides } from './sides';

export const FLOOR = '#0B0E1A';

/** The player's own craft, on every screen that shows it. */
export const OWN = 0x56b4e9;

const OTHERS = [0xe69f00, 0xcc79a7, 0x1fbf8f, 0xf0e442, 0xe8743b] as const;
const HULLS = 4;

const TEAMS: Record<Team, number> = { blue: 0x56b4e9, orange: 0xe69f00 };
/** What is nobody's. */
export const NEUTRAL = 0xdbe6ff;

export function teamColour(team: Team): number {
  return TEAMS[team];
}

/** In teams everybody has their team's colour; else twenty players look different in colour, in shape, or in both. */
export function craftColour(id: number, own: boolean): number {
  const team = sides.of(id);
  if (team) return TEAMS[team];
  return own ? OWN : (OTHERS[id % OTHERS.length] ?? OTHERS[0]);
}

/** Hulls with a point are blue's, round ones orange's. */
const TEAM_HULLS: Record<Team, readonly [number, number]> = { blue: [0, 2], orange: [1, 3] };

export function craftHull(id: number): number {
  const team = sides.of(id);
  if (team) return TEAM_HULLS[team][id % 2] ?? 0;
  return id % HULLS;
}

/** What lies on pads. Every one has a shape of its own too. */
const ITEMS: Partial<Record<Glyph, number>> = {
  health: 0x1fbf8f,
  shield: 0x56b4e9,
  scatter: 0xf0e442,
  rail: 0xd58fbb,
  lobber: 0xe8743b,
  haste: 0xdff1ff,
  overcharge: 0xe69f00,
};

export function itemColour(glyph: Glyph): number {
  return ITEMS[glyph] ?? NEUTRAL;
}

/** By bounces so far. A first flight of one's own cannot hurt oneself, nor can a mate's shots: they stay pale. */
const SHOT_OWN_FIRST = 0x6fc3f2;
const SHOT_HEAT = [0xffb22e, 0xff6a1f, 0xff2e63, 0xff3df2] as const;

export function shotColour(bounces: number, own: boolean, mate = false): number {
  if (mate || (own && bounces === 0)) return SHOT_OWN_FIRST;
  return SHOT_HEAT[Math.min(bounces, SHOT_HEAT.length - 1)] ?? SHOT_HEAT[0];
}

/** For the GPU: opacity and colour in one number, blue first. */
export function packColour(rgb: number, alpha: number): number {
  const a = alpha <= 0 ? 0 : alpha >= 1 ? 255 : (alpha * 255) | 0;
  return ((a << 24) | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >>> 16)) >>> 0;
}

export function cssColour(rgb: number): string {
  return `#${rgb.toString(16).padStart(6, '0')}`;
}
