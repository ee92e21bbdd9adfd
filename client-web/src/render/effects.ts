import type { ArenaMap } from '../view/arena_map';
import { Arsenal } from '../view/arsenal';
import type { Frame } from '../view/frame';
import type { GameEvent } from '../view/session';
import type { Atlas } from './atlas';
import type { Batch } from './batch';
import type { Beams } from './beams';
import type { Camera } from './camera';
import type { CraftPainter } from './craft';
import { itemGlyph } from './glyphs';
import { craftColour, itemColour, OWN, shotColour } from './palette';
import type { Particles } from './particles';

/** Turns what happened into light: muzzle flashes, ricochet sparks, bursts, and where a hit came from. */

const DAMAGE_SHOWN_S = 1.1;
const DAMAGE_MARKS_MAX = 4;
const EXHAUST_PER_S = 26;
/** Bursts shake the picture within this many radii. */
const SHAKEN_RADII = 2.5;

interface DamageMark {
  angle: number;
  at: number;
}

export class Effects {
  private readonly marks: DamageMark[] = [];
  private exhaustDue = 0;
  private arsenal = new Arsenal();
  private map: ArenaMap | undefined;
  private readonly atlas: Atlas;
  private readonly particles: Particles;
  private readonly painter: CraftPainter;
  private readonly beams: Beams;
  private readonly camera: Camera;

  constructor(atlas: Atlas, particles: Particles, painter: CraftPainter, beams: Beams, camera: Camera) {
    this.atlas = atlas;
    this.particles = particles;
    this.painter = painter;
    this.beams = beams;
    this.camera = camera;
  }

  setMap(map: ArenaMap, arsenal: Arsenal): void {
    this.map = map;
    this.arsenal = arsenal;
  }

  apply(event: GameEvent, frame: Frame, nowS: number): void {
    switch (event.type) {
      case 'fired':
        this.muzzle(event);
        return;
      case 'bounce':
        this.ricochet(event.x, event.y, event.nx, event.ny, event.bounces, event.own);
        return;
      case 'beam':
        this.beams.fire(event.points, event.own, nowS);
        return;
      case 'shot_end':
        this.shotEnd(event, frame);
        return;
      case 'pickup':
        this.taken(event.pad);
        return;
      case 'deflect':
        this.deflected(event, frame);
        return;
      case 'hit':
        this.hit(event, frame, nowS);
        return;
      case 'kill':
        if (event.x !== undefined && event.y !== undefined) {
          this.destroyed(event.x, event.y, event.victim, frame);
        }
        return;
      case 'spawn':
        this.arrive(event.x, event.y, event.player, frame);
        return;
      default:
    }
  }

  clear(): void {
    this.marks.length = 0;
  }

  /** Flames of the own craft leave embers; a few are enough. */
  exhaust(frame: Frame, seconds: number): void {
    const { header } = frame;
    const speed = Math.hypot(header.vx, header.vy);
    if (!header.alive || speed < 2) return;
    this.exhaustDue += seconds * EXHAUST_PER_S;
    for (; this.exhaustDue >= 1; this.exhaustDue -= 1) {
      const back = 0.5 + Math.random() * 0.3;
      const x = header.x - (header.vx / speed) * back + (Math.random() - 0.5) * 0.25;
      const y = header.y - (header.vy / speed) * back + (Math.random() - 0.5) * 0.25;
      this.particles.drift(x, y, -header.vx * 0.3, -header.vy * 0.3, 0.22, 0.4, OWN);
    }
  }

  drawDamage(frame: Frame, batch: Batch, nowS: number): void {
    const { header } = frame;
    for (let i = this.marks.length - 1; i >= 0; i--) {
      const mark = this.marks[i];
      if (!mark) continue;
      const spent = (nowS - mark.at) / DAMAGE_SHOWN_S;
      if (spent >= 1) {
        this.marks.splice(i, 1);
        continue;
      }
      const size = 6.4 - 0.5 * spent;
      batch.put(this.atlas.damageArc, header.x, header.y, size, size, mark.angle, 0xff3b4e, 1 - spent);
    }
  }

  /** Told for every pellet: together they light up like one shot. */
  private muzzle({ x, y, aim, own, weapon }: Extract<GameEvent, { type: 'fired' }>): void {
    const colour = shotColour(0, own);
    const { pellets, burst_radius_tiles } = this.arsenal.weaponNamed(weapon);
    if (burst_radius_tiles > 0) this.particles.ring(x, y, 1.5, 0.25, colour);
    this.particles.flash(x, y, pellets > 1 ? 0.6 : 0.9, 0.07, colour);
    this.particles.sparks(x, y, aim, 0.45, pellets > 1 ? 2 : 4, 9, colour);
  }

  private ricochet(x: number, y: number, nx: number, ny: number, bounces: number, own: boolean): void {
    const colour = shotColour(bounces, own);
    const angle = Math.atan2(ny, nx);
    this.particles.sparks(x, y, angle, 1.15, 12 + 4 * bounces, 11 + 2 * bounces, colour);
    this.particles.sparks(x, y, angle, 0.9, 4, 6, 0xffffff);
    this.particles.flash(x, y, 1.3 + 0.3 * bounces, 0.16, colour);
  }

  private shotEnd({ x, y, weapon, cause }: Extract<GameEvent, { type: 'shot_end' }>, frame: Frame): void {
    const radius = this.arsenal.weaponNamed(weapon).burst_radius_tiles;
    if (radius > 0) {
      this.burst(x, y, radius, frame);
      return;
    }
    if (cause === 'craft') return;
    this.particles.embers(x, y, cause === 'wall' ? 7 : 4, 2.5, 0.14, 0xffb066);
    this.particles.flash(x, y, 0.7, 0.12, 0xffb066);
  }

  /** The outer ring is as wide as the burst: whoever was inside was hurt. */
  private burst(x: number, y: number, radius: number, frame: Frame): void {
    const across = 2 * radius;
    this.particles.flash(x, y, across * 1.1, 0.26, 0xffb066);
    this.particles.ring(x, y, across, 0.5, 0xffd9a0);
    this.particles.ring(x, y, across * 0.6, 0.34, 0xffffff);
    this.particles.sparks(x, y, 0, Math.PI, 40, 5 * radius, 0xffa64d);
    this.particles.embers(x, y, 26, 1.6 * radius, 0.32, 0xff7a2e);
    const distance = Math.hypot(x - frame.header.cameraX, y - frame.header.cameraY);
    this.camera.shake(0.5 * Math.max(0, 1 - distance / (SHAKEN_RADII * radius)));
  }

  private taken(pad: number): void {
    const at = this.map?.pads[pad];
    if (!at) return;
    const colour = itemColour(itemGlyph(at.item, this.arsenal));
    this.particles.ring(at.x, at.y, 2.6, 0.45, colour);
    this.particles.flash(at.x, at.y, 2, 0.2, colour);
    this.particles.embers(at.x, at.y, 12, 3, 0.2, colour);
  }

  private deflected({ x, y, player }: Extract<GameEvent, { type: 'deflect' }>, frame: Frame): void {
    const own = player === frame.header.player;
    const by = own ? frame.header : frame.craft(player);
    this.particles.flash(x, y, 2.4, 0.2, 0xffffff);
    this.particles.ring(x, y, 2.2, 0.35, craftColour(player, own));
    this.particles.sparks(x, y, by?.aim ?? 0, 1, 16, 13, 0xffffff);
  }

  private hit(event: Extract<GameEvent, { type: 'hit' }>, frame: Frame, nowS: number): void {
    const colour = shotColour(event.bounces, event.attacker === frame.header.player);
    this.particles.sparks(event.x, event.y, Math.random() * 6.28, Math.PI, 14, 9, colour);
    this.particles.flash(event.x, event.y, 1.5, 0.14, 0xffffff);
    this.painter.flash(event.victim, nowS);
    if (event.victim === frame.header.player) this.suffer(event, frame, nowS);
  }

  private suffer(event: Extract<GameEvent, { type: 'hit' }>, frame: Frame, nowS: number): void {
    this.camera.shake(0.25 + event.damage / 90);
    const from = frame.craft(event.attacker) ?? event;
    const angle = Math.atan2(from.y - frame.header.y, from.x - frame.header.x);
    if (this.marks.length >= DAMAGE_MARKS_MAX) this.marks.shift();
    this.marks.push({ angle, at: nowS });
  }

  private destroyed(x: number, y: number, victim: number, frame: Frame): void {
    const own = victim === frame.header.player;
    const colour = craftColour(victim, own);
    this.particles.flash(x, y, 4.2, 0.28, 0xffd9a0);
    this.particles.ring(x, y, 5, 0.55, colour);
    this.particles.ring(x, y, 3, 0.35, 0xffffff);
    this.particles.sparks(x, y, 0, Math.PI, 46, 15, 0xffa64d);
    this.particles.sparks(x, y, 0, Math.PI, 22, 9, colour);
    this.particles.embers(x, y, 34, 4.5, 0.34, 0xff7a2e);
    this.particles.embers(x, y, 14, 2.2, 0.5, colour);
    if (own) this.camera.shake(0.9);
  }

  private arrive(x: number, y: number, player: number, frame: Frame): void {
    const colour = craftColour(player, player === frame.header.player);
    this.particles.ring(x, y, 3.4, 0.7, colour);
    this.particles.ring(x, y, 2, 0.45, 0xffffff);
    this.particles.flash(x, y, 2.6, 0.4, colour);
    this.particles.embers(x, y, 18, 3.5, 0.2, colour);
  }
}
