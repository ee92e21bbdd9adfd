/** Weapons, pickups and pads of the stand-in, as a server would tell them. */
import type { Pad } from '../src/view/arena_map';
import type { PickupRules, WeaponRules } from '../src/view/arsenal';
import { CraftFlag } from '../src/view/frame';

export interface FakeWeapon extends WeaponRules {
  speed: number;
  bounces: number;
}

const PULSE: FakeWeapon = {
  name: 'pulse',
  kind: 'shot',
  charge_s: 0,
  pellets: 1,
  shot_life_s: 1.2,
  burst_radius_tiles: 0,
  ammo: 0,
  speed: 20,
  bounces: 2,
};

export const WEAPONS: readonly FakeWeapon[] = [
  PULSE,
  { ...PULSE, name: 'scatter', pellets: 7, shot_life_s: 0.5, ammo: 10, speed: 18, bounces: 1 },
  { ...PULSE, name: 'rail', kind: 'beam', charge_s: 0.35, ammo: 4 },
  { ...PULSE, name: 'lobber', shot_life_s: 1.4, burst_radius_tiles: 2.5, ammo: 6, speed: 11, bounces: 99 },
];

export const PICKUPS: readonly PickupRules[] = [
  { name: 'health', effect: 'health', amount: 40, lasts_s: 0, weapon: '', comes_back_s: 12 },
  { name: 'shield', effect: 'shield', amount: 50, lasts_s: 0, weapon: '', comes_back_s: 20 },
  { name: 'scatter', effect: 'weapon', amount: 0, lasts_s: 0, weapon: 'scatter', comes_back_s: 10 },
  { name: 'rail', effect: 'weapon', amount: 0, lasts_s: 0, weapon: 'rail', comes_back_s: 10 },
  { name: 'lobber', effect: 'weapon', amount: 0, lasts_s: 0, weapon: 'lobber', comes_back_s: 10 },
  { name: 'haste', effect: 'haste', amount: 0, lasts_s: 8, weapon: '', comes_back_s: 30 },
  { name: 'overcharge', effect: 'overcharge', amount: 0, lasts_s: 8, weapon: '', comes_back_s: 30 },
];

/** One of each in a row below the middle, and empty ones above it. */
export function fakePads(width: number, height: number): Pad[] {
  return [5.5, -5.5].flatMap((down) =>
    PICKUPS.map(({ name }, i) => ({ x: width / 2 + (i - 3) * 3, y: height / 2 + down, item: name })),
  );
}

/** Those of the upper row come back one after the other. */
export function emptyPads(time: number): number[] {
  return PICKUPS.flatMap(({ comes_back_s }, i) => [
    PICKUPS.length + i,
    comes_back_s - ((time + 2 * i) % comes_back_s),
  ]);
}

const STATES = [
  CraftFlag.Protected,
  CraftFlag.Charging,
  CraftFlag.Deflecting,
  CraftFlag.Haste,
  CraftFlag.Overcharge,
  0,
] as const;

/** Everybody shows another state, and another one every few seconds. */
export function fakeFlags(id: number, time: number): number {
  return STATES[(id + Math.floor(time / 3)) % STATES.length] ?? 0;
}
