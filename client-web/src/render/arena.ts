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
    let mayPaintAhead = true;
    const left = Math.floor((x - halfWidth - AHEAD_TILES) / PIECE_TILES);
    const right = Math.floor((x + halfWidth + AHEAD_TILES) / PIECE_TILES);
    const top = Math.floor((y - halfHeight - AHEAD_TILES) / PIECE_TILES);
    const bottom = Math.floor((y + halfHeight + AHEAD_TILES) / PIECE_TILES);
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const visible = overlaps(column, x, halfWidth) && overlaps(row, y, halfHeight);
        // One piece a frame ahead of time; what is in view now cannot wait.
        if (!this.touch(column, row)) {
          if (!visible && !mayPaintAhead) continue;
          mayPaintAhead = false;
          this.paint(map, column, row);
        }
      }
    }
    this.tidy();
  }

  private touch(column: number, row: number): boolean {
    const piece = this.pieces.get(pieceKey(column, row));
    if (!piece) return false;
    piece.usedAt = this.frame;
    return true;
  }

  private paint(map: ArenaMap, column: number, row: number): void {
    const canvas = document.createElement('canvas');
    canvas.width = PIECE_TILES * this.pxPerTile;
    canvas.height = canvas.width;
    paintArena(context2d(canvas), map, column * PIECE_TILES, row * PIECE_TILES, PIECE_TILES, this.pxPerTile);
    const source = new CanvasSource({ resource: canvas, alphaMode: 'no-premultiply-alpha' });
    const sprite = new Sprite(new Texture({ source }));
    sprite.position.set(column * PIECE_TILES, row * PIECE_TILES);
    sprite.scale.set(1 / this.pxPerTile);
    sprite.blendMode = 'none';
    this.view.addChild(sprite);
    this.pieces.set(pieceKey(column, row), { sprite, usedAt: this.frame });
  }

  private tidy(): void {
    for (const [key, piece] of this.pieces) {
      piece.sprite.visible = piece.usedAt === this.frame;
      if (piece.usedAt !== this.frame && this.pieces.size > PIECES_MAX) this.drop(key, piece);
    }
  }

  private forget(): void {
    for (const [key, piece] of this.pieces) this.drop(key, piece);
  }

  private drop(key: number, piece: Piece): void {
    this.pieces.delete(key);
    piece.sprite.destroy({ texture: true, textureSource: true });
  }
}

function overlaps(piece: number, centre: number, half: number): boolean {
  return piece * PIECE_TILES < centre + half && (piece + 1) * PIECE_TILES > centre - half;
}

function pieceKey(column: number, row: number): number {
  return (row + 4096) * 65536 + (column + 4096);
}
