import { CanvasSource, Container, Sprite, Texture } from 'pixi.js';
import type { ArenaMap } from '../view/arena_map';
import { paintArena } from './arena_paint';
import { context2d } from './atlas';

/**
 * The arena as pieces painted once each, when they first come near the view. Big maps keep only
 * the pieces seen last. Where all is new, at the start or in a new life, they come a few a frame,
 * from the middle outwards: a frame that painted them all would take a third of a second.
 */

const PIECE_TILES = 16;
const PIECES_MAX = 24;
/** In a frame, of those in view and of those ahead. */
const PAINTED_IN_VIEW = 2;
const PAINTED_AHEAD = 1;
/** Pieces are painted this far before they come into view. */
const AHEAD_TILES = 4;
const PX_PER_TILE_MIN = 24;
const PX_PER_TILE_MAX = 64;

interface Missing {
  column: number;
  row: number;
  /** Tiles from the middle of the view. */
  distance: number;
}

interface Piece {
  sprite: Sprite;
  /** As finely as it was painted. */
  pxPerTile: number;
  usedAt: number;
}

export class Arena {
  readonly view = new Container();
  private readonly pieces = new Map<number, Piece>();
  private map: ArenaMap | undefined;
  private pxPerTile = 40;
  private frame = 0;
  private mayPaint = 0;
  /** Pieces with nothing of the arena in them all look the same; how finely they are painted hardly shows. */
  private beyond: { texture: Texture; pxPerTile: number } | undefined;

  setMap(map: ArenaMap): void {
    this.map = map;
    this.forget();
  }

  /** Paints as finely as the screen shows; what is there stays until it has been painted again. */
  setScale(pxPerTile: number): void {
    const wanted = Math.round(Math.min(PX_PER_TILE_MAX, Math.max(PX_PER_TILE_MIN, pxPerTile)));
    if (Math.abs(wanted - this.pxPerTile) < 4) return;
    this.pxPerTile = wanted;
  }

  /** Shows what is within the half sizes around a point, in tiles. */
  show(x: number, y: number, halfWidth: number, halfHeight: number): void {
    const map = this.map;
    if (!map) return;
    this.frame += 1;
    const left = Math.floor((x - halfWidth - AHEAD_TILES) / PIECE_TILES);
    const right = Math.floor((x + halfWidth + AHEAD_TILES) / PIECE_TILES);
    const top = Math.floor((y - halfHeight - AHEAD_TILES) / PIECE_TILES);
    const bottom = Math.floor((y + halfHeight + AHEAD_TILES) / PIECE_TILES);
    const missing: Missing[] = [];
    let inView = false;
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const piece = this.pieces.get(pieceKey(column, row));
        if (piece) piece.usedAt = this.frame;
        if (piece && (piece.pxPerTile === this.pxPerTile || piece.sprite.texture === this.beyond?.texture))
          continue;
        missing.push({ column, row, distance: distanceTo(column, x) + distanceTo(row, y) });
        inView ||= overlaps(column, x, halfWidth) && overlaps(row, y, halfHeight);
      }
    }
    this.mayPaint = inView ? PAINTED_IN_VIEW : PAINTED_AHEAD;
    missing.sort((a, b) => a.distance - b.distance);
    for (const { column, row } of missing) if (this.mayPaint > 0) this.place(map, column, row);
    this.tidy();
  }

  private place(map: ArenaMap, column: number, row: number): void {
    const key = pieceKey(column, row);
    const before = this.pieces.get(key);
    if (before) this.drop(key, before);
    const { texture, pxPerTile } = this.pieceOf(map, column, row);
    const sprite = new Sprite(texture);
    sprite.position.set(column * PIECE_TILES, row * PIECE_TILES);
    sprite.scale.set(1 / pxPerTile);
    sprite.blendMode = 'none';
    this.view.addChild(sprite);
    this.pieces.set(key, { sprite, pxPerTile, usedAt: this.frame });
  }

  private pieceOf(map: ArenaMap, column: number, row: number): { texture: Texture; pxPerTile: number } {
    const { pxPerTile } = this;
    if (!isBeyond(map, column, row)) return { texture: this.paint(map, column, row), pxPerTile };
    this.beyond ??= { texture: this.paint(map, column, row), pxPerTile };
    return this.beyond;
  }

  private paint(map: ArenaMap, column: number, row: number): Texture {
    this.mayPaint -= 1;
    const canvas = document.createElement('canvas');
    canvas.width = PIECE_TILES * this.pxPerTile;
    canvas.height = canvas.width;
    const left = column * PIECE_TILES;
    const top = row * PIECE_TILES;
    paintArena(context2d(canvas), map, left, top, PIECE_TILES, this.pxPerTile);
    const source = new CanvasSource({ resource: canvas, alphaMode: 'no-premultiply-alpha' });
    return new Texture({ source });
  }

  private tidy(): void {
    for (const [key, piece] of this.pieces) {
      piece.sprite.visible = piece.usedAt === this.frame;
      if (piece.usedAt !== this.frame && this.pieces.size > PIECES_MAX) this.drop(key, piece);
    }
  }

  private forget(): void {
    for (const [key, piece] of this.pieces) this.drop(key, piece);
    this.beyond?.texture.destroy(true);
    this.beyond = undefined;
  }

  private drop(key: number, piece: Piece): void {
    this.pieces.delete(key);
    const shared = piece.sprite.texture === this.beyond?.texture;
    piece.sprite.destroy({ texture: !shared, textureSource: !shared });
  }
}

/** The light of the outer wall reaches less than a tile. */
function isBeyond(map: ArenaMap, column: number, row: number): boolean {
  const left = column * PIECE_TILES;
  const top = row * PIECE_TILES;
  return left > map.width || top > map.height || left + PIECE_TILES < 0 || top + PIECE_TILES < 0;
}

function overlaps(piece: number, centre: number, half: number): boolean {
  return piece * PIECE_TILES < centre + half && (piece + 1) * PIECE_TILES > centre - half;
}

function distanceTo(piece: number, centre: number): number {
  return Math.abs((piece + 0.5) * PIECE_TILES - centre);
}

function pieceKey(column: number, row: number): number {
  return (row + 4096) * 65536 + (column + 4096);
}
