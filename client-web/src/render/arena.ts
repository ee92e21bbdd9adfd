import { CanvasSource, Container, Sprite, Texture } from 'pixi.js';
import type { ArenaMap } from '../view/arena_map';
import { paintArena } from './arena_paint';
import { context2d } from './atlas';

/**
 * The arena as pieces painted once each, when they first come near the view. Big maps keep only
 * the pieces seen last.
 */

const PIECE_TILES = 16;
const PIECES_MAX = 24;
/** Pieces are painted this far before they come into view. */
const AHEAD_TILES = 4;
const PX_PER_TILE_MIN = 24;
const PX_PER_TILE_MAX = 64;

interface Piece {
  sprite: Sprite;
  usedAt: number;
}

export class Arena {
  readonly view = new Container();
  private readonly pieces = new Map<number, Piece>();
  private map: ArenaMap | undefined;
  private pxPerTile = 40;
  private frame = 0;
  private mayPaintAhead = true;
  /** Pieces with nothing of the arena in them all look the same. */
  private beyond: Texture | undefined;

  setMap(map: ArenaMap): void {
    this.map = map;
    this.forget();
  }

  /** Paints as finely as the screen shows. */
  setScale(pxPerTile: number): void {
    const wanted = Math.round(Math.min(PX_PER_TILE_MAX, Math.max(PX_PER_TILE_MIN, pxPerTile)));
    if (Math.abs(wanted - this.pxPerTile) < 4) return;
    this.pxPerTile = wanted;
    this.forget();
  }

  /** Shows what is within the half sizes around a point, in tiles. */
  show(x: number, y: number, halfWidth: number, halfHeight: number): void {
    const map = this.map;
    if (!map) return;
    this.frame += 1;
    this.mayPaintAhead = true;
    const left = Math.floor((x - halfWidth - AHEAD_TILES) / PIECE_TILES);
    const right = Math.floor((x + halfWidth + AHEAD_TILES) / PIECE_TILES);
    const top = Math.floor((y - halfHeight - AHEAD_TILES) / PIECE_TILES);
    const bottom = Math.floor((y + halfHeight + AHEAD_TILES) / PIECE_TILES);
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const visible = overlaps(column, x, halfWidth) && overlaps(row, y, halfHeight);
        this.touch(map, column, row, visible);
      }
    }
    this.tidy();
  }

  /** What is in view now cannot wait; of the rest, one piece a frame. */
  private touch(map: ArenaMap, column: number, row: number, visible: boolean): void {
    const piece = this.pieces.get(pieceKey(column, row));
    if (piece) {
      piece.usedAt = this.frame;
      return;
    }
    if (!visible && !this.mayPaintAhead) return;
    this.mayPaintAhead = false;
    this.place(map, column, row);
  }

  private place(map: ArenaMap, column: number, row: number): void {
    const nothing = isBeyond(map, column, row);
    if (nothing) this.beyond ??= this.paint(map, column, row);
    const texture = nothing && this.beyond ? this.beyond : this.paint(map, column, row);
    const sprite = new Sprite(texture);
    sprite.position.set(column * PIECE_TILES, row * PIECE_TILES);
    sprite.scale.set(1 / this.pxPerTile);
    sprite.blendMode = 'none';
    this.view.addChild(sprite);
    this.pieces.set(pieceKey(column, row), { sprite, usedAt: this.frame });
  }

  private paint(map: ArenaMap, column: number, row: number): Texture {
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
    this.beyond?.destroy(true);
    this.beyond = undefined;
  }

  private drop(key: number, piece: Piece): void {
    this.pieces.delete(key);
    const shared = piece.sprite.texture === this.beyond;
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

function pieceKey(column: number, row: number): number {
  return (row + 4096) * 65536 + (column + 4096);
}
