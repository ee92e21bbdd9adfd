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

export class ArenaMap {
  readonly width: number;
  readonly height: number;
  private readonly tiles: Uint8Array;

  constructor(width: number, height: number, tiles: Uint8Array) {
    this.width = width;
    this.height = height;
    this.tiles = tiles;
  }

  /** Everything outside is wall. */
  at(x: number, y: number): number {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return Tile.Wall;
    return this.tiles[y * this.width + x] ?? Tile.Wall;
  }
}
