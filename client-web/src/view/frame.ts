/**
 * The one place that knows how the session lays out a frame.
 *
 * `GameSession.frame()` hands over numbers: 36 of header, then the other craft, then the shots,
 * ten each. `Frame.read` copies them into objects that are made once and used again, so reading a
 * frame allocates nothing once as much was on screen before.
 */

export const Phase = { Waiting: 0, Countdown: 1, Live: 2, Overtime: 3, Results: 4 } as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

const HEADER_LENGTH = 36;
const CRAFT_LENGTH = 10;
const SHOT_LENGTH = 10;
const CRAFT_PROTECTED = 1;
const SHOT_OWN = 1;

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
  protected: boolean;
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
  railAmmo: number;
  /** 0..1, while it is held. */
  railCharge: number;
  /** 1 right after a beam, 0 when the rail can be charged again. */
  railCooldown: number;
  /** A life begins with so many; 0 where there is no rail. */
  railAmmoMax: number;
}

export interface CraftView {
  id: number;
  x: number;
  y: number;
  vx: number;
  vy: number;
  aim: number;
  health: number;
  protected: boolean;
  life: number;
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

export class Frame {
  readonly header: Header = emptyHeader();
  /** Only the first `header.craftCount` are of this frame. */
  readonly crafts: CraftView[] = [];
  /** Only the first `header.shotCount` are of this frame. */
  readonly shots: ShotView[] = [];

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
  header.protected = at(n, 9) !== 0;
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
  header.railAmmo = at(n, 31);
  header.railCharge = at(n, 32);
  header.railCooldown = at(n, 33);
  header.railAmmoMax = at(n, 34);
}

function readCraft(n: Float32Array, from: number, craft: CraftView): void {
  craft.id = at(n, from);
  craft.x = at(n, from + 1);
  craft.y = at(n, from + 2);
  craft.vx = at(n, from + 3);
  craft.vy = at(n, from + 4);
  craft.aim = at(n, from + 5);
  craft.health = at(n, from + 6);
  craft.protected = (at(n, from + 7) & CRAFT_PROTECTED) !== 0;
  craft.life = at(n, from + 8);
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
  shot.own = (at(n, from + 9) & SHOT_OWN) !== 0;
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
    protected: false,
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
    railAmmo: 0,
    railCharge: 0,
    railCooldown: 0,
    railAmmoMax: 0,
  };
}

function emptyCraft(): CraftView {
  return { id: 0, x: 0, y: 0, vx: 0, vy: 0, aim: 0, health: 0, protected: false, life: 0 };
}

function emptyShot(): ShotView {
  return { key: 0, x: 0, y: 0, vx: 0, vy: 0, owner: 0, bounces: 0, age: 0, weapon: 0, own: false };
}
