import type { Texture } from 'pixi.js';
import { type Atlas, HULL_TILES } from './atlas';
import type { Batch } from './batch';

/** An afterimage fades within this time. */
const SHOWN_S = 0.32;
/** From one to the next, however many frames a dash took. */
const APART_TILES = 0.55;
const GHOSTS_MAX = 160;
/** Farther apart in one frame is a new life. */
const JUMP_TILES = 6;

interface Ghost {
  x: number;
  y: number;
  aim: number;
  texture: Texture;
  colour: number;
  at: number;
}

interface Track {
  x: number;
  y: number;
  at: number;
}

/** What a dash leaves behind: afterimages along its way, and a streak of light. */
export class Dashes {
  private readonly atlas: Atlas;
  private readonly ghosts: Ghost[] = [];
  private readonly tracks = new Map<number, Track>();

  constructor(atlas: Atlas) {
    this.atlas = atlas;
  }

  clear(): void {
    this.ghosts.length = 0;
    this.tracks.clear();
  }

  /** A craft that dashes now; `texture` is what its afterimages look like. */
  note(
    id: number,
    pose: { x: number; y: number; aim: number },
    texture: Texture,
    colour: number,
    nowS: number,
  ): void {
    const track = this.tracks.get(id);
    if (!track) this.add(pose.x, pose.y, pose.aim, texture, colour, nowS);
    else this.fill(track, pose, texture, colour, nowS);
    this.tracks.set(id, { x: pose.x, y: pose.y, at: nowS });
  }

  draw(below: Batch, nowS: number): void {
    for (const [id, { at }] of this.tracks) if (nowS - at > SHOWN_S / 2) this.tracks.delete(id);
    for (let i = this.ghosts.length - 1; i >= 0; i--) {
      const ghost = this.ghosts[i];
      if (!ghost) continue;
      const left = 1 - (nowS - ghost.at) / SHOWN_S;
      if (left <= 0) {
        this.ghosts.splice(i, 1);
        continue;
      }
      below.put(ghost.texture, ghost.x, ghost.y, HULL_TILES, HULL_TILES, ghost.aim, ghost.colour, left * 0.7);
      below.put(this.atlas.glow, ghost.x, ghost.y, 1.3, 1.3, 0, ghost.colour, left * 0.28);
    }
  }

  private fill(
    track: Track,
    pose: { x: number; y: number; aim: number },
    texture: Texture,
    colour: number,
    nowS: number,
  ): void {
    const length = Math.hypot(pose.x - track.x, pose.y - track.y);
    if (length > JUMP_TILES) return;
    const count = Math.ceil(length / APART_TILES);
    for (let i = 1; i <= count; i++) {
      const part = i / count;
      const x = track.x + (pose.x - track.x) * part;
      const y = track.y + (pose.y - track.y) * part;
      this.add(x, y, pose.aim, texture, colour, track.at + (nowS - track.at) * part);
    }
  }

  private add(x: number, y: number, aim: number, texture: Texture, colour: number, at: number): void {
    if (this.ghosts.length >= GHOSTS_MAX) this.ghosts.shift();
    this.ghosts.push({ x, y, aim, texture, colour, at });
  }
}
