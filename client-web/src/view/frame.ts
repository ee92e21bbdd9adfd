/**
 * The one place that knows how the session lays out a frame.
 *
 * `GameSession.frame()` hands over numbers: 48 of header, then the other craft, twelve each, then
 * the shots, ten each, then the empty pads, two each. `Frame.read` copies them into objects that are made once and used again, so reading a
 * frame allocates nothing once as much was on screen before.
 */

export const Phase = { Waiting: 0, Countdown: 1, Live: 2, Overtime: 3, Results: 4 } as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

export const HEADER_LENGTH = 48;
export const CRAFT_LENGTH = 12;
export const SHOT_LENGTH = 10;
export const PAD_LENGTH = 2;

/** What a craft is doing and what works on it, a bit each. */
export const CraftFlag = { Protected: 1, Charging: 2, Deflecting: 4, Haste: 8, Overcharge: 16 } as const;

/** The player's own craft, the match and the line to the server. Lengths in tiles, angles in radians. */
export interface Header {
  phase: Phase;
  /** Seconds, or -1 when the phase has no end. */
  phaseLeft: number;
  alive: boolean;
  x: number;
  y: number;
  vx: number;
  vy: number;
  aim: number;
  health: number;
  /** `CraftFlag`s. */
  flags: number;
  respawnIn: number;
  /** 1 right after a shot, 0 when the gun is ready. */
  cooldown: number;
  /** -1 before the welcome. */
  player: number;
  craftCount: number;
  shotCount: number;
  tick: number;
  pingMs: number;
  jitterMs: number;
  delayMs: number;
  inputMargin: number;
  corrections: number;
  largestCorrection: number;
  snapshots: number;
  cameraX: number;
  cameraY: number;
  sinceSnapshotMs: number;
  bytesIn: number;
  bytesOut: number;
  halfWidth: number;
  halfHeight: number;
  /** -1 when nobody leads. */
  leader: number;
  /** Number of the special weapon; -1 for none. */
  special: number;
  ammo: number;
  /** 0..1, while it is held. */
  charge: number;
  /** 1 right after it fired, 0 when it is ready again. */
  specialCooldown: number;
  /** Percent of full health. */
  shield: number;
  /** Ready ones. */
  dashes: number;
  /** How far the next has come back: 0..1; 1 when all are ready. */
  dashRecharge: number;
  dashing: boolean;
  /** 1 right after a deflect, 0 when the next is ready. */
  deflectCooldown: number;
  /** Seconds left. */
  haste: number;
  overcharge: number;
  padCount: number;
}

export interface CraftView {
  id: number;
  x: number;
  y: number;
  vx: number;
  vy: number;
  aim: number;
  health: number;
  /** `CraftFlag`s. */
  flags: number;
  life: number;
  /** Percent of full health. */
  shield: number;
  dashing: boolean;
}

export interface ShotView {
  key: number;
  x: number;
  y: number;
  vx: number;
  vy: number;
  owner: number;
  bounces: number;
  age: number;
  weapon: number;
  own: boolean;
}

/** A pad with nothing on it. */
export interface PadView {
  /** Its place in the map. */
  pad: number;
  /** Until the next one is there. */
  seconds: number;
}

export class Frame {
  readonly header: Header = emptyHeader();
  /** Only the first `header.craftCount` are of this frame. */
  readonly crafts: CraftView[] = [];
  /** Only the first `header.shotCount` are of this frame. */
  readonly shots: ShotView[] = [];
  /** Only the first `header.padCount` are of this frame. */
  readonly pads: PadView[] = [];

  read(numbers: Float32Array): void {
    if (numbers.length < HEADER_LENGTH) return;
    readHeader(numbers, this.header);
    let at = HEADER_LENGTH;
    for (let i = 0; i < this.header.craftCount; i++, at += CRAFT_LENGTH) {
      this.crafts[i] ??= emptyCraft();
      readCraft(numbers, at, this.crafts[i] as CraftView);
    }
    for (let i = 0; i < this.header.shotCount; i++, at += SHOT_LENGTH) {
      this.shots[i] ??= emptyShot();
      readShot(numbers, at, this.shots[i] as ShotView);
    }
    for (let i = 0; i < this.header.padCount; i++, at += PAD_LENGTH) {
      this.pads[i] ??= { pad: 0, seconds: 0 };
      readPad(numbers, at, this.pads[i] as PadView);
    }
  }

  /** Seconds until there is something on this pad; 0 when there is. */
  padWait(pad: number): number {
    for (let i = 0; i < this.header.padCount; i++) {
      const empty = this.pads[i];
      if (empty?.pad === pad) return empty.seconds;
    }
    return 0;
  }

  /** The craft with this id among the others in view. */
  craft(id: number): CraftView | undefined {
    for (let i = 0; i < this.header.craftCount; i++) {
      const craft = this.crafts[i];
      if (craft?.id === id) return craft;
    }
    return undefined;
  }
}

function readHeader(n: Float32Array, header: Header): void {
  header.phase = at(n, 0) as Phase;
  header.phaseLeft = at(n, 1);
  header.alive = at(n, 2) !== 0;
  header.x = at(n, 3);
  header.y = at(n, 4);
  header.vx = at(n, 5);
  header.vy = at(n, 6);
  header.aim = at(n, 7);
  header.health = at(n, 8);
  header.flags = at(n, 9);
  header.respawnIn = at(n, 10);
  header.cooldown = at(n, 11);
  header.player = at(n, 12);
  header.craftCount = at(n, 13);
  header.shotCount = at(n, 14);
  header.tick = at(n, 15);
  header.pingMs = at(n, 16);
  header.jitterMs = at(n, 17);
  header.delayMs = at(n, 18);
  header.inputMargin = at(n, 19);
  header.corrections = at(n, 20);
  header.largestCorrection = at(n, 21);
  header.snapshots = at(n, 22);
  header.cameraX = at(n, 23);
  header.cameraY = at(n, 24);
  header.sinceSnapshotMs = at(n, 25);
  header.bytesIn = at(n, 26);
  header.bytesOut = at(n, 27);
  // Zero until the rules are known.
  header.halfWidth = at(n, 28) || header.halfWidth;
  header.halfHeight = at(n, 29) || header.halfHeight;
  header.leader = at(n, 30);
  header.special = at(n, 31);
  header.ammo = at(n, 32);
  header.charge = at(n, 33);
  header.specialCooldown = at(n, 34);
  header.shield = at(n, 35);
  header.dashes = at(n, 36);
  header.dashRecharge = at(n, 37);
  header.dashing = at(n, 38) !== 0;
  header.deflectCooldown = at(n, 39);
  header.haste = at(n, 40);
  header.overcharge = at(n, 41);
  header.padCount = at(n, 42);
}

function readCraft(n: Float32Array, from: number, craft: CraftView): void {
  craft.id = at(n, from);
  craft.x = at(n, from + 1);
  craft.y = at(n, from + 2);
  craft.vx = at(n, from + 3);
  craft.vy = at(n, from + 4);
  craft.aim = at(n, from + 5);
  craft.health = at(n, from + 6);
  craft.flags = at(n, from + 7);
  craft.life = at(n, from + 8);
  craft.shield = at(n, from + 9);
  craft.dashing = at(n, from + 10) !== 0;
}

function readShot(n: Float32Array, from: number, shot: ShotView): void {
  shot.key = at(n, from);
  shot.x = at(n, from + 1);
  shot.y = at(n, from + 2);
  shot.vx = at(n, from + 3);
  shot.vy = at(n, from + 4);
  shot.owner = at(n, from + 5);
  shot.bounces = at(n, from + 6);
  shot.age = at(n, from + 7);
  shot.weapon = at(n, from + 8);
  shot.own = at(n, from + 9) !== 0;
}

function readPad(n: Float32Array, from: number, pad: PadView): void {
  pad.pad = at(n, from);
  pad.seconds = at(n, from + 1);
}

function at(numbers: Float32Array, index: number): number {
  return numbers[index] ?? 0;
}

function emptyHeader(): Header {
  return {
    phase: Phase.Waiting,
    phaseLeft: -1,
    alive: false,
    x: 0,
    y: 0,
    vx: 0,
    vy: 0,
    aim: 0,
    health: 0,
    flags: 0,
    respawnIn: 0,
    cooldown: 0,
    player: -1,
    craftCount: 0,
    shotCount: 0,
    tick: 0,
    pingMs: 0,
    jitterMs: 0,
    delayMs: 0,
    inputMargin: 0,
    corrections: 0,
    largestCorrection: 0,
    snapshots: 0,
    cameraX: 0,
    cameraY: 0,
    sinceSnapshotMs: 0,
    bytesIn: 0,
    bytesOut: 0,
    halfWidth: 16,
    halfHeight: 9,
    leader: -1,
    special: -1,
    ammo: 0,
    charge: 0,
    specialCooldown: 0,
    shield: 0,
    dashes: 0,
    dashRecharge: 0,
    dashing: false,
    deflectCooldown: 0,
    haste: 0,
    overcharge: 0,
    padCount: 0,
  };
}

function emptyCraft(): CraftView {
  return { id: 0, x: 0, y: 0, vx: 0, vy: 0, aim: 0, health: 0, flags: 0, life: 0, shield: 0, dashing: false };
}

function emptyShot(): ShotView {
  return { key: 0, x: 0, y: 0, vx: 0, vy: 0, owner: 0, bounces: 0, age: 0, weapon: 0, own: false };
}
