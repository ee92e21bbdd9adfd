import type { Frame } from '../view/frame';
import type { Atlas } from './atlas';
import type { Batch } from './batch';
import { OWN, shotColour } from './palette';
import type { Particles } from './particles';

/** A beam is there for one tick; its light stays this long. */
const SHOWN_S = 0.15;
const BEAMS_MAX = 32;
const WIDTH = 0.62;
const MUZZLE_TILES = 0.62;

interface Light {
  points: readonly (readonly [number, number])[];
  own: boolean;
  at: number;
}

/** Weapons that fire a line: a glow at the muzzle while it charges, then a line of light that fades. Hotter with every bounce. */
export class Beams {
  private readonly lights: Light[] = [];
  private readonly atlas: Atlas;
  private readonly particles: Particles;

  constructor(atlas: Atlas, particles: Particles) {
    this.atlas = atlas;
    this.particles = particles;
  }

  fire(points: readonly (readonly [number, number])[], own: boolean, nowS: number): void {
    if (this.lights.length >= BEAMS_MAX) this.lights.shift();
    this.lights.push({ points, own, at: nowS });
    points.forEach(([x, y], i) => {
      const before = points[i - 1];
      const colour = shotColour(Math.max(0, i - 1), own);
      this.particles.flash(x, y, i === 0 ? 2 : 1.6, 0.2, colour);
      if (!before) return;
      const back = Math.atan2(before[1] - y, before[0] - x);
      this.particles.sparks(x, y, back, 1.2, 18, 13, colour);
      this.particles.sparks(x, y, back, 0.8, 6, 7, 0xffffff);
    });
  }

  clear(): void {
    this.lights.length = 0;
  }

  draw(frame: Frame, batch: Batch, nowS: number): void {
    this.drawCharge(frame, batch, nowS);
    for (let i = this.lights.length - 1; i >= 0; i--) {
      const light = this.lights[i];
      if (!light) continue;
      const left = 1 - (nowS - light.at) / SHOWN_S;
      if (left <= 0) this.lights.splice(i, 1);
      else this.drawLight(light, left, batch);
    }
  }

  private drawLight({ points, own }: Light, left: number, batch: Batch): void {
    for (let i = 1; i < points.length; i++) {
      const from = points[i - 1];
      const to = points[i];
      if (!from || !to) continue;
      const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
      const length = Math.hypot(dx, dy);
      const angle = Math.atan2(dy, dx);
      const [x, y] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
      const colour = shotColour(i - 1, own);
      batch.put(this.atlas.beam, x, y, length, WIDTH * (0.6 + 0.4 * left), angle, colour, left);
      batch.put(this.atlas.beam, x, y, length, WIDTH * 0.34 * left, angle, 0xffffff, Math.sqrt(left));
    }
  }

  /** Grows with the charge and trembles a little when it is nearly full. */
  private drawCharge({ header }: Frame, batch: Batch, nowS: number): void {
    const charge = header.charge;
    if (!header.alive || charge <= 0) return;
    const x = header.x + Math.cos(header.aim) * MUZZLE_TILES;
    const y = header.y + Math.sin(header.aim) * MUZZLE_TILES;
    const tremble = 1 + 0.06 * charge * Math.sin(nowS * 40);
    const size = (0.5 + 1.5 * charge) * tremble;
    batch.put(this.atlas.glow, x, y, size, size, 0, OWN, 0.35 + 0.6 * charge);
    batch.put(this.atlas.dot, x, y, 0.36 * charge, 0.36 * charge, 0, 0xffffff, charge);
    const ring = 2.4 - 1.7 * charge;
    batch.put(this.atlas.ring, x, y, ring, ring, 0, OWN, 0.5 * charge);
  }
}
