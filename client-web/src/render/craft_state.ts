import { CraftFlag } from '../view/frame';
import type { Atlas } from './atlas';
import type { Batch } from './batch';
import { itemColour } from './palette';
import { putArc } from './segments';

const DEFLECT_PIECES = 9;
const MUZZLE_TILES = 0.62;
const HASTE_LINES = [-0.34, 0, 0.34] as const;

/** What of a craft says how it is. */
export interface Pose {
  x: number;
  y: number;
  vx: number;
  vy: number;
  aim: number;
  flags: number;
  /** Percent of full health. */
  shield: number;
  dashing: boolean;
}

export interface DeflectLook {
  arc_degrees: number;
  radius_tiles: number;
}

/**
 * Draws what works on a craft. Each has a shape of its own: the deflect an arc in front, a shield a hexagon, haste lines
 * behind, overcharge a star, charging a growing spot at the muzzle. Nothing flickers.
 */
export class StatePainter {
  private readonly atlas: Atlas;
  private deflect: DeflectLook = { arc_degrees: 120, radius_tiles: 0.8 };

  constructor(atlas: Atlas) {
    this.atlas = atlas;
  }

  setDeflect(deflect: DeflectLook): void {
    this.deflect = deflect;
  }

  /** Before the hull. */
  drawBelow(pose: Pose, below: Batch, nowS: number): void {
    if (pose.flags & CraftFlag.Overcharge) this.drawOvercharge(pose, below, nowS);
    if (pose.flags & CraftFlag.Haste) this.drawHaste(pose, below);
    if (pose.dashing) this.drawStreak(pose, below);
  }

  /** After it. `colour` is the craft's. */
  drawAbove(pose: Pose, own: boolean, colour: number, above: Batch, nowS: number): void {
    if (pose.shield > 0) this.drawShield(pose, above, nowS);
    if (pose.flags & CraftFlag.Deflecting) this.drawDeflect(pose, colour, above);
    // The own one grows with the charge: `Beams` draws it.
    if (pose.flags & CraftFlag.Charging && !own) this.drawCharging(pose, above);
  }

  private drawOvercharge({ x, y }: Pose, below: Batch, nowS: number): void {
    const colour = itemColour('overcharge');
    const breath = 1 + 0.06 * Math.sin(nowS * 6);
    below.put(this.atlas.star, x, y, 2.5 * breath, 2.5 * breath, nowS * 0.9, colour, 0.95);
    below.put(this.atlas.glow, x, y, 2.6, 2.6, 0, colour, 0.4);
  }

  private drawHaste(pose: Pose, below: Batch): void {
    const speed = Math.hypot(pose.vx, pose.vy);
    const heading = speed > 0.5 ? Math.atan2(pose.vy, pose.vx) : pose.aim;
    const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
    const length = 0.9 + Math.min(1.3, speed * 0.14);
    for (const across of HASTE_LINES) {
      const back = 0.4 + length / 2 - (across === 0 ? -0.25 : 0);
      const x = pose.x - cos * back - sin * across;
      const y = pose.y - sin * back + cos * across;
      below.put(this.atlas.trail, x, y, length, 0.2, heading, itemColour('haste'), 0.95);
    }
  }

  private drawStreak(pose: Pose, below: Batch): void {
    if (Math.hypot(pose.vx, pose.vy) < 1) return;
    const heading = Math.atan2(pose.vy, pose.vx);
    const x = pose.x - Math.cos(heading) * 1.3;
    const y = pose.y - Math.sin(heading) * 1.3;
    below.put(this.atlas.trail, x, y, 2.6, 0.8, heading, 0xffffff, 0.7);
  }

  /** Brighter the more is left of it. */
  private drawShield({ x, y, shield }: Pose, above: Batch, nowS: number): void {
    const left = Math.min(1, shield / 100);
    const colour = itemColour('shield');
    above.put(this.atlas.hexagon, x, y, 2.05, 2.05, nowS * 0.4, colour, 0.45 + 0.5 * left);
  }

  private drawDeflect({ x, y, aim }: Pose, colour: number, above: Batch): void {
    const { arc_degrees, radius_tiles: radius } = this.deflect;
    const half = (arc_degrees * Math.PI) / 360;
    const { white, spark } = this.atlas;
    putArc(above, spark, x, y, radius, 0.5, aim - half, aim + half, DEFLECT_PIECES, colour, 0.8);
    putArc(above, white, x, y, radius, 0.13, aim - half, aim + half, DEFLECT_PIECES, 0xffffff, 0.95);
    putArc(above, white, x, y, radius - 0.18, 0.05, aim - half, aim + half, DEFLECT_PIECES, colour, 0.8);
  }

  private drawCharging({ x, y, aim }: Pose, above: Batch): void {
    const mx = x + Math.cos(aim) * MUZZLE_TILES;
    const my = y + Math.sin(aim) * MUZZLE_TILES;
    above.put(this.atlas.glow, mx, my, 1.5, 1.5, 0, itemColour('rail'), 0.8);
    above.put(this.atlas.ring, mx, my, 0.75, 0.75, 0, 0xffffff, 0.7);
  }
}
