/** The map as the pages see it. */

export const Tile = {
  Floor: 0,
  Wall: 1,
  Pit: 2,
  SolidTopLeft: 3,
  SolidTopRight: 4,
  SolidBottomRight: 5,
  SolidBottomLeft: 6,
} as const;

/** Of a match of two. */
export type Team = 'blue' | 'orange';

/** Centre, in tiles. */
interface Place {
  x: number;
  y: number;
}

export interface Spawn extends Place {
  team: Team | null;
}

export interface Pad extends Place {
  /** Name of what lies here now and then. */
  item: string;
}

export interface FlagStand extends Place {
  team: Team;
}

/** A rectangle, in tiles. */
export interface Zone {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** What the welcome said about the map: its size and what stands on the tiles. */
export interface MapSetup {
  width: number;
  height: number;
  spawns: Spawn[];
  pads: Pad[];
  flag_stands: FlagStand[];
  /** In the order in which they become active. */
  zones: Zone[];
}

export class ArenaMap {
  readonly width: number;
  readonly height: number;
  readonly spawns: readonly Spawn[];
  readonly pads: readonly Pad[];
  readonly flagStands: readonly FlagStand[];
  readonly zones: readonly Zone[];
  private readonly tiles: Uint8Array;

  constructor(setup: MapSetup, tiles: Uint8Array) {
    this.width = setup.width;
    this.height = setup.height;
    this.spawns = setup.spawns;
    this.pads = setup.pads;
    this.flagStands = setup.flag_stands;
    this.zones = setup.zones;
    this.tiles = tiles;
  }

  /** Everything outside is wall. */
  at(x: number, y: number): number {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return Tile.Wall;
    return this.tiles[y * this.width + x] ?? Tile.Wall;
  }
}
