import type { Atlas } from './atlas';
import type { Batch } from './batch';

/** Sparks, embers and shock rings: what looks good and means nothing to the game. */

const CAPACITY = 1536;

const Kind = { Spark: 0, Ember: 1, Ring: 2, Flash: 3 } as const;
type Kind = (typeof Kind)[keyof typeof Kind];

export class Particles {
  /** 0..1: how many of the asked-for particles are made. */
  amount = 1;
  private count = 0;
  private readonly kind = new Uint8Array(CAPACITY);
  private readonly x = new Float32Array(CAPACITY);
  private readonly y = new Float32Array(CAPACITY);
  private readonly vx = new Float32Array(CAPACITY);
  private readonly vy = new Float32Array(CAPACITY);
  private readonly size = new Float32Array(CAPACITY);
  private readonly life = new Float32Array(CAPACITY);
  private readonly age = new Float32Array(CAPACITY);
  private readonly colour = new Uint32Array(CAPACITY);
  private readonly atlas: Atlas;

  constructor(atlas: Atlas) {
    this.atlas = atlas;
  }

  get alive(): number {
    return this.count;
  }

  /** Sparks thrown around `angle`, faster ones nearer to it. Speeds in tiles per second. */
  sparks(
    x: number,
    y: number,
    angle: number,
    spread: number,
    count: number,
    speed: number,
    rgb: number,
  ): void {
    for (let i = this.scaled(count); i > 0; i--) {
      const off = (Math.random() - Math.random()) * spread;
      const pace = speed * (0.35 + 0.65 * Math.random()) * (1 - 0.4 * Math.abs(off / (spread || 1)));
      const life = 0.16 + 0.26 * Math.random();
      const heading = angle + off;
      this.add(Kind.Spark, x, y, Math.cos(heading) * pace, Math.sin(heading) * pace, 0.09, life, rgb);
    }
  }

  embers(x: number, y: number, count: number, speed: number, size: number, rgb: number): void {
    for (let i = this.scaled(count); i > 0; i--) {
      const heading = Math.random() * Math.PI * 2;
      const pace = speed * Math.random();
      const grown = size * (0.5 + Math.random());
      const life = 0.3 + 0.5 * Math.random();
      this.add(Kind.Ember, x, y, Math.cos(heading) * pace, Math.sin(heading) * pace, grown, life, rgb);
    }
  }

  /** Grows to `size` tiles across. */
  ring(x: number, y: number, size: number, life: number, rgb: number): void {
    this.add(Kind.Ring, x, y, 0, 0, size, life, rgb);
  }

  flash(x: number, y: number, size: number, life: number, rgb: number): void {
    this.add(Kind.Flash, x, y, 0, 0, size, life, rgb);
  }

  /** One ember that drifts: exhaust. */
  drift(x: number, y: number, vx: number, vy: number, size: number, life: number, rgb: number): void {
    this.add(Kind.Ember, x, y, vx, vy, size, life, rgb);
  }

  step(seconds: number): void {
    const drag = Math.exp(-5 * seconds);
    for (let i = this.count - 1; i >= 0; i--) {
      const age = (this.age[i] ?? 0) + seconds;
      if (age >= (this.life[i] ?? 0)) {
        this.remove(i);
        continue;
      }
      this.age[i] = age;
      this.x[i] = (this.x[i] ?? 0) + (this.vx[i] ?? 0) * seconds;
      this.y[i] = (this.y[i] ?? 0) + (this.vy[i] ?? 0) * seconds;
      this.vx[i] = (this.vx[i] ?? 0) * drag;
      this.vy[i] = (this.vy[i] ?? 0) * drag;
    }
  }

  draw(batch: Batch): void {
    for (let i = 0; i < this.count; i++) this.drawOne(batch, i);
  }

  clear(): void {
    this.count = 0;
  }

  private drawOne(batch: Batch, i: number): void {
    const x = this.x[i] ?? 0;
    const y = this.y[i] ?? 0;
    const rgb = this.colour[i] ?? 0;
    const size = this.size[i] ?? 0;
    const spent = (this.age[i] ?? 0) / (this.life[i] ?? 1);
    const left = 1 - spent;
    switch (this.kind[i]) {
      case Kind.Spark: {
        const vx = this.vx[i] ?? 0;
        const vy = this.vy[i] ?? 0;
        const length = size + Math.hypot(vx, vy) * 0.05;
        batch.put(this.atlas.spark, x, y, length, size, Math.atan2(vy, vx), rgb, left);
        return;
      }
      case Kind.Ring: {
        const across = size * (1 - left * left * left);
        batch.put(this.atlas.ring, x, y, across, across, 0, rgb, left * left * 0.8);
        return;
      }
      case Kind.Flash:
        batch.put(this.atlas.glow, x, y, size, size, 0, rgb, left);
        return;
      default:
        batch.put(this.atlas.dot, x, y, size * left, size * left, 0, rgb, left * 0.9);
    }
  }

  private scaled(count: number): number {
    return Math.round(count * this.amount);
  }

  private add(
    kind: Kind,
    x: number,
    y: number,
    vx: number,
    vy: number,
    size: number,
    life: number,
    rgb: number,
  ): void {
    if (this.count >= CAPACITY) return;
    const i = this.count;
    this.count += 1;
    this.kind[i] = kind;
    this.x[i] = x;
    this.y[i] = y;
    this.vx[i] = vx;
    this.vy[i] = vy;
    this.size[i] = size;
    this.life[i] = life;
    this.age[i] = 0;
    this.colour[i] = rgb;
  }

  private remove(i: number): void {
    const last = this.count - 1;
    this.count = last;
    if (i === last) return;
    this.kind[i] = this.kind[last] ?? 0;
    this.x[i] = this.x[last] ?? 0;
    this.y[i] = this.y[last] ?? 0;
    this.vx[i] = this.vx[last] ?? 0;
    this.vy[i] = this.vy[last] ?? 0;
    this.size[i] = this.size[last] ?? 0;
    this.life[i] = this.life[last] ?? 0;
    this.age[i] = this.age[last] ?? 0;
    this.colour[i] = this.colour[last] ?? 0;
  }
}
