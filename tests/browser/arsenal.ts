/** A weapon as a host writes it in the file. */
export type Weapon = Record<string, string | number>;

/** Changes to some of them, by name. */
export type WeaponChanges = Record<string, Record<string, number>>;

/** The weapons of the game: in a file they are one list, so whoever changes one writes them all. */
const WEAPONS: readonly Weapon[] = [
  { name: 'pulse' },
  {
    name: 'scatter',
    rate_per_s: 1.3,
    pellets: 7,
    spread_degrees: 18,
    shot_speed_tiles_per_s: 18,
    shot_life_s: 0.5,
    damage: 9,
    bounces: 1,
    ammo: 10,
  },
  {
    name: 'rail',
    kind: 'beam',
    rate_per_s: 1,
    charge_s: 0.35,
    shot_radius_tiles: 0.1,
    damage: 65,
    bounces: 1,
    ammo: 4,
  },
  {
    name: 'lobber',
    rate_per_s: 1,
    shot_speed_tiles_per_s: 11,
    shot_life_s: 1.4,
    shot_radius_tiles: 0.2,
    damage: 80,
    bounces: 200,
    burst_radius_tiles: 2.5,
    ammo: 6,
  },
];

/** As lines of the file; none where nothing is changed. */
export function weaponLines(changes: WeaponChanges | undefined): string[] {
  if (!changes) return [];
  return WEAPONS.flatMap((weapon) => [
    '[[rules.weapons]]',
    ...tableLines({ ...weapon, ...changes[String(weapon.name)] }),
  ]);
}

export function tableLines(values: Record<string, string | number>): string[] {
  return Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
}
