/** Weapons and pickups as the rules of the match say: a host may change and add to them. */

export interface WeaponRules {
  name: string;
  kind: 'shot' | 'beam';
  /** Held so long before it fires. */
  charge_s: number;
  /** Shots at once. */
  pellets: number;
  shot_life_s: number;
  /** 0: it doesn't burst. */
  burst_radius_tiles: number;
  /** Times it fires once picked up; 0: it never ends. */
  ammo: number;
}

export type PickupEffect = 'health' | 'shield' | 'weapon' | 'haste' | 'overcharge';

export interface PickupRules {
  name: string;
  effect: PickupEffect;
  amount: number;
  lasts_s: number;
  /** By its name; empty unless it is one. */
  weapon: string;
  /** From its taking to the next one on the pad. */
  comes_back_s: number;
}

/** Before the rules are known, and where they don't name what was meant. */
const UNKNOWN_WEAPON: WeaponRules = {
  name: '',
  kind: 'shot',
  charge_s: 0,
  pellets: 1,
  shot_life_s: 1,
  burst_radius_tiles: 0,
  ammo: 0,
};

export class Arsenal {
  private readonly weapons: readonly WeaponRules[];
  private readonly pickups: ReadonlyMap<string, PickupRules>;

  constructor(weapons: readonly WeaponRules[] = [], pickups: readonly PickupRules[] = []) {
    this.weapons = weapons;
    this.pickups = new Map(pickups.map((pickup) => [pickup.name, pickup]));
  }

  /** By its number in frames. */
  weapon(index: number): WeaponRules {
    return this.weapons[index] ?? UNKNOWN_WEAPON;
  }

  /** By its name in events. */
  weaponNamed(name: string): WeaponRules {
    return this.weapons.find((weapon) => weapon.name === name) ?? UNKNOWN_WEAPON;
  }

  /** What lies on pads with this item. */
  pickup(item: string): PickupRules | undefined {
    return this.pickups.get(item);
  }
}

/** A name as it stands at the beginning of a line. */
export function titled(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
