import { Arsenal, type WeaponRules } from '../view/arsenal';
import type { Frame, ShotView } from '../view/frame';
import type { Atlas } from './atlas';
import type { Batch } from './batch';
import { shotColour } from './palette';
import { sides } from './sides';

/**
 * Draws shots: a white core, a coloured halo, and a trail that bends where the shot bounced. The
 * bend is found from two frames: where the old path and the new one cross. Pellets are small and
 * short; what bursts is a round bomb in a ring as wide as its burst, which a second one reaches
 * when its time is up.
 */

/** The trail is as long as the way flown in this time. */
const TRAIL_S = 0.13;
const PELLET_TRAIL_S = 0.05;
/** Pellets against a single shot. */
const PELLET_SIZE = 0.55;
/** Turns of a bomb's ring in brightness, radians a second: less than two a second. */
const BOMB_BEAT = 10;

interface Track {
  /** Where the straight piece now flown began. */
  fromX: number;
  fromY: number;
  /** The way it came before that, of length 1; zero when it has not bounced. */
  beforeX: number;
  beforeY: number;
  x: number;
  y: number;
  vx: number;
  vy: number;
  bounces: number;
  seenAt: number;
}

export class ShotPainter {
  private readonly atlas: Atlas;
  private arsenal = new Arsenal();
  private readonly tracks = new Map<number, Track>();
  private readonly spare: Track[] = [];
  private frameCount = 0;

  constructor(atlas: Atlas) {
    this.atlas = atlas;
  }

  setArsenal(arsenal: Arsenal): void {
    this.arsenal = arsenal;
  }

  draw(frame: Frame, batch: Batch): void {
    this.frameCount += 1;
    for (let i = 0; i < frame.header.shotCount; i++) {
      const shot = frame.shots[i];
      if (shot) this.drawOne(shot, this.track(shot), frame.header.player, batch);
    }
    this.forgetEnded();
  }

  clear(): void {
    this.tracks.clear();
  }

  private drawOne(shot: ShotView, track: Track, player: number, batch: Batch): void {
    const weapon = this.arsenal.weapon(shot.weapon);
    const colour = shotColour(shot.bounces, shot.own, sides.areMates(shot.owner, player));
    if (weapon.burst_radius_tiles > 0) this.drawBomb(shot, track, weapon, colour, batch);
    else if (weapon.pellets > 1) this.drawDart(shot, track, PELLET_SIZE, PELLET_TRAIL_S, colour, batch);
    else this.drawDart(shot, track, 1, TRAIL_S, colour, batch);
  }

  private drawDart(
    shot: ShotView,
    track: Track,
    size: number,
    trailS: number,
    colour: number,
    batch: Batch,
  ): void {
    const { atlas } = this;
    const angle = Math.atan2(shot.vy, shot.vx);
    const heat = Math.min(shot.bounces, 3);
    this.drawTrail(shot, track, trailS, size, colour, batch);
    const halo = (0.95 + heat * 0.22) * size;
    batch.put(atlas.halo, shot.x, shot.y, halo * 1.35, halo, angle, colour, 0.95);
    batch.put(atlas.core, shot.x, shot.y, 0.52 * size, (0.24 + heat * 0.03) * size, angle, 0xffffff, 1);
  }

  private drawBomb(shot: ShotView, track: Track, weapon: WeaponRules, colour: number, batch: Batch): void {
    const { atlas } = this;
    const { x, y } = shot;
    const across = 2 * weapon.burst_radius_tiles;
    const spent = Math.min(1, shot.age / weapon.shot_life_s);
    const beat = Math.sin(shot.age * BOMB_BEAT);
    this.drawTrail(shot, track, TRAIL_S, 1.3, colour, batch);
    batch.put(atlas.ring, x, y, across, across, 0, colour, 0.3 + 0.08 * beat);
    batch.put(atlas.ring, x, y, across * spent, across * spent, 0, colour, 0.2 + 0.4 * spent);
    const halo = 1.35 + 0.12 * beat;
    batch.put(atlas.glow, x, y, halo * 1.3, halo * 1.3, 0, colour, 0.95);
    batch.put(atlas.ring, x, y, 0.72, 0.72, 0, colour, 1);
    batch.put(atlas.dot, x, y, 0.42, 0.42, 0, 0xffffff, 1);
  }

  private drawTrail(
    shot: ShotView,
    track: Track,
    trailS: number,
    size: number,
    colour: number,
    batch: Batch,
  ): void {
    const whole = Math.hypot(shot.vx, shot.vy) * trailS;
    const angle = Math.atan2(shot.vy, shot.vx);
    const flown = Math.hypot(shot.x - track.fromX, shot.y - track.fromY);
    const straight = Math.min(whole, flown);
    const width = (0.26 + Math.min(shot.bounces, 3) * 0.05) * size;
    const half = straight / 2;
    const x = shot.x - Math.cos(angle) * half;
    const y = shot.y - Math.sin(angle) * half;
    batch.put(this.atlas.trail, x, y, straight, width, angle, colour, 1);
    const rest = whole - straight;
    if (rest < 0.1 || (track.beforeX === 0 && track.beforeY === 0)) return;
    const before = Math.atan2(track.beforeY, track.beforeX);
    const beforeMidX = track.fromX - (track.beforeX * rest) / 2;
    const beforeMidY = track.fromY - (track.beforeY * rest) / 2;
    batch.put(this.atlas.trail, beforeMidX, beforeMidY, rest, width, before, colour, rest / whole);
  }

  private track(shot: ShotView): Track {
    const track = this.tracks.get(shot.key) ?? this.begin(shot);
    if (shot.bounces !== track.bounces) bend(track, shot);
    track.x = shot.x;
    track.y = shot.y;
    track.vx = shot.vx;
    track.vy = shot.vy;
    track.bounces = shot.bounces;
    track.seenAt = this.frameCount;
    return track;
  }

  private begin(shot: ShotView): Track {
    const track = this.spare.pop() ?? emptyTrack();
    const flownS = shot.bounces === 0 ? shot.age : 0;
    track.fromX = shot.x - shot.vx * flownS;
    track.fromY = shot.y - shot.vy * flownS;
    track.beforeX = 0;
    track.beforeY = 0;
    track.bounces = shot.bounces;
    this.tracks.set(shot.key, track);
    return track;
  }

  private forgetEnded(): void {
    for (const [key, track] of this.tracks) {
      if (track.seenAt === this.frameCount) continue;
      this.tracks.delete(key);
      this.spare.push(track);
    }
  }
}

/** Where the old path and the new one cross; halfway when they are parallel. */
function bend(track: Track, shot: ShotView): void {
  const cross = track.vx * shot.vy - track.vy * shot.vx;
  const speed = Math.hypot(track.vx, track.vy) || 1;
  const dx = shot.x - track.x;
  const dy = shot.y - track.y;
  const along = Math.abs(cross) > 1 ? (dx * shot.vy - dy * shot.vx) / cross : 0;
  track.fromX = track.x + track.vx * along;
  track.fromY = track.y + track.vy * along;
  track.beforeX = track.vx / speed;
  track.beforeY = track.vy / speed;
}

function emptyTrack(): Track {
  return {
    fromX: 0,
    fromY: 0,
    beforeX: 0,
    beforeY: 0,
    x: 0,
    y: 0,
    vx: 0,
    vy: 0,
    bounces: 0,
    seenAt: 0,
  };
}
