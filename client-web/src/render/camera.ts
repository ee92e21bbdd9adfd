/**
 * What part of the page shows the arena, and where a tile is on it.
 *
 * Everybody sees the same 32 x 18 tiles. A screen of another shape gets bars, never more arena.
 * Only upright screens, where the whole width would be too small to play on, crop the sides: they
 * show at least half of the width, and the space left over belongs to the thumbs.
 */

export interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}

const UPRIGHT = 0.9;
const UPRIGHT_HALF_WIDTH = 8;
const UPRIGHT_TOP_PX = 64;
const SHAKE_PX_MAX = 8;
const TRAUMA_LOST_PER_S = 1.6;

export class Camera {
  x = 0;
  y = 0;
  /** CSS pixels. */
  readonly rect: Rect = { left: 0, top: 0, width: 1, height: 1 };
  pxPerTile = 40;
  shakeX = 0;
  shakeY = 0;
  /** 0 turns shaking off. */
  shakeAmount = 1;
  private trauma = 0;
  private time = 0;

  fit(pageWidth: number, pageHeight: number, halfWidth: number, halfHeight: number): void {
    const upright = pageWidth < pageHeight * UPRIGHT;
    const whole = Math.min(pageWidth / (2 * halfWidth), pageHeight / (2 * halfHeight));
    const cropped = Math.min(pageWidth / (2 * UPRIGHT_HALF_WIDTH), (pageHeight * 0.62) / (2 * halfHeight));
    this.pxPerTile = upright ? cropped : whole;
    const { rect } = this;
    rect.width = Math.round(Math.min(pageWidth, 2 * halfWidth * this.pxPerTile));
    rect.height = Math.round(Math.min(pageHeight, 2 * halfHeight * this.pxPerTile));
    rect.left = Math.round((pageWidth - rect.width) / 2);
    rect.top = upright
      ? Math.min(UPRIGHT_TOP_PX, pageHeight - rect.height)
      : Math.round((pageHeight - rect.height) / 2);
  }

  get halfWidth(): number {
    return this.rect.width / this.pxPerTile / 2;
  }

  get halfHeight(): number {
    return this.rect.height / this.pxPerTile / 2;
  }

  follow(x: number, y: number, seconds: number): void {
    this.x = x;
    this.y = y;
    this.time += seconds;
    this.trauma = Math.max(0, this.trauma - TRAUMA_LOST_PER_S * seconds);
    const strength = this.trauma * this.trauma * SHAKE_PX_MAX * this.shakeAmount;
    this.shakeX = strength * wobble(this.time, 0);
    this.shakeY = strength * wobble(this.time, 7.3);
  }

  /** 0..1 per blow; blows add up to 1. */
  shake(trauma: number): void {
    this.trauma = Math.min(1, this.trauma + trauma);
  }

  pageX(tileX: number): number {
    return this.rect.left + this.rect.width / 2 + (tileX - this.x) * this.pxPerTile;
  }

  pageY(tileY: number): number {
    return this.rect.top + this.rect.height / 2 + (tileY - this.y) * this.pxPerTile;
  }
}

/** Smooth, -1..1, never the same twice. */
function wobble(t: number, phase: number): number {
  return (Math.sin(t * 31 + phase) + Math.sin(t * 47 + phase * 2.1) + Math.sin(t * 73 + phase * 3.7)) / 3;
}
