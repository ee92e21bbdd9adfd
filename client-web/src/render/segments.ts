import type { Texture } from 'pixi.js';
import type { Batch } from './batch';

/** Of a ring; with `gap` between two of them, as a part of each. */
const GAP = 0.22;

/** A part of a ring, from straight pieces: `from` and `to` in radians, both lengths in tiles. */
export function putArc(
  batch: Batch,
  texture: Texture,
  x: number,
  y: number,
  radius: number,
  thickness: number,
  from: number,
  to: number,
  pieces: number,
  rgb: number,
  alpha: number,
): void {
  const step = (to - from) / pieces;
  const length = 2 * radius * Math.sin(Math.abs(step) / 2) * (1 - GAP);
  for (let i = 0; i < pieces; i++) {
    const angle = from + (i + 0.5) * step;
    const px = x + Math.cos(angle) * radius;
    const py = y + Math.sin(angle) * radius;
    batch.put(texture, px, py, length, thickness, angle + Math.PI / 2, rgb, alpha);
  }
}
