// A client written from docs/PROTOCOL.md alone, in another language than the reference: what it
// rebuilds shows that the document is right and whole. Sections H, G, S of it are here.

import { round, stepShot } from './motion.mjs';
import { Reader } from './wire.mjs';

export class Client {
  /** What the newest snapshot reported as its checksum. */
  told = undefined;
  snapshots = 0;

  receive(bytes) {
    const r = new Reader(bytes);
    const tag = r.unsigned();
    if (tag === 0) this.#welcome(r);
    else if (tag === 1) this.#start(r);
    else if (tag === 2) this.#snapshot(r);
    else if (tag === 3) r.unsigned();
    else throw new Error(`tag ${tag}`);
    r.end();
    return tag;
  }

  /** H4 */
  #welcome(r) {
    this.player = r.unsigned();
    this.resumeToken = r.text();
    this.tickHz = r.u8();
    this.snapshotHz = r.u8();
    this.#start(r);
  }

  /** H6 */
  #start(r) {
    const tick = r.unsigned();
    this.matchId = r.text();
    this.room = r.text();
    this.mode = r.u8();
    const rules = readRules(r);
    this.arena = { map: readMap(r), tuning: tune(rules, this.tickHz) };
    this.view = emptyView(tick);
  }

  /** S1 to S10 */
  #snapshot(r) {
    const { view } = this;
    const ticks = r.unsigned();
    this.margin = r.i8();
    const sections = r.u8();
    const has = (bit) => (sections & (1 << bit)) !== 0;
    view.tick += ticks;
    extrapolate(view.own, ticks);
    for (const craft of view.crafts.values()) extrapolate(craft, ticks);
    if (has(0)) [view.phase, view.ends] = [r.u8(), r.unsigned()];
    if (has(1)) changeOwn(view.own, view.tick, r);
    if (has(2)) byId(r, (id) => changeCraft(view.crafts, id, r));
    const gone = new Set();
    if (has(3)) byId(r, (id) => gone.add(id));
    const told = new Map();
    if (has(4)) byId(r, (id) => told.set(id, readShot(r)));
    flyShots(view.shots, gone, ticks, this.arena);
    for (const [id, shot] of told) view.shots.set(id, shot);
    if (has(5)) byId(r, (id) => changeRoster(view.roster, id, r));
    this.events = has(6) ? r.list(() => readEvent(r)) : [];
    this.told = has(7) ? r.raw(4).reduceRight((word, byte) => word * 256 + byte, 0) : undefined;
    this.snapshots += 1;
  }
}

/** G1 */
function readRules(r) {
  const f = () => r.f32();
  return {
    view: { width: f(), height: f(), margin: f() },
    craft: { radius: f(), health: r.u8(), speed: f(), accelerate: f(), protection: f(), respawn: f() },
    pulse: { rate: f(), speed: f(), life: f(), radius: f(), damage: r.u8(), bounces: r.u8(), bonus: f() },
    flow: [r.unsigned(), f(), r.unsigned(), f(), f(), r.unsigned(), f()],
  };
}

/** G2 */
function readMap(r) {
  const [width, height, tiles] = [r.unsigned(), r.unsigned(), []];
  while (tiles.length < width * height) {
    const [tile, run] = [r.u8(), r.unsigned()];
    for (let i = 0; i < run; i++) tiles.push(tile);
  }
  const spawns = r.list(() => [r.unsigned(), r.unsigned()]);
  return { width, height, tiles, spawns };
}

/** G5, as far as motion needs it. */
function tune({ craft, pulse }, hz) {
  const f = Math.fround;
  const velocity = (speed) => Math.max(1, Math.round(f(f(speed * 4096) / hz)));
  const craftSpeed = velocity(craft.speed);
  return {
    craftRadius: Math.round(f(craft.radius * 1024)),
    craftSpeed,
    craftAcceleration: Math.max(1, Math.ceil(f(craftSpeed / Math.max(1, f(craft.accelerate * hz))))),
    intervalTicks: Math.max(1, Math.round(f(hz / pulse.rate))),
    shotSpeed: velocity(pulse.speed),
    shotLifeTicks: Math.min(255, Math.max(1, Math.round(f(pulse.life * hz)))),
    bounces: pulse.bounces,
  };
}

/** S1 */
function emptyView(tick) {
  const own = { life: 0, alive: false, pos: [0, 0], vel: [0, 0], health: 0 };
  Object.assign(own, { readyAt: 0, protectedUntil: 0, respawnAt: 0, killer: undefined });
  return { tick, phase: 0, ends: 0, own, crafts: new Map(), shots: new Map(), roster: new Map() };
}

/** S3 */
function byId(r, each) {
  let next = 0;
  for (let count = r.unsigned(); count > 0; count--) {
    const id = next + r.unsigned();
    each(id);
    next = id + 1;
  }
}

const sum = ([ax, ay], [bx, by]) => [(ax + bx) | 0, (ay + by) | 0];

/** S6 */
function extrapolate(craft, ticks) {
  craft.pos = sum(craft.pos, [round(craft.vel[0] * ticks, 4), round(craft.vel[1] * ticks, 4)]);
}

/** S4 */
function changeOwn(own, tick, r) {
  const fields = r.u8();
  const later = () => (tick + r.signed()) >>> 0;
  if (fields & 1) own.pos = sum(own.pos, r.point());
  if (fields & 2) own.vel = sum(own.vel, r.point());
  if (fields & 4) {
    [own.life, own.alive, own.respawnAt] = [r.u8(), r.bool(), later()];
    own.killer = r.option(() => r.unsigned());
  }
  if (fields & 8) own.health = r.u8();
  if (fields & 16) own.readyAt = later();
  if (fields & 32) own.protectedUntil = later();
}

/** S5 */
function changeCraft(crafts, id, r) {
  const fields = r.u8();
  const isProtected = (fields & 64) !== 0;
  if (fields & 1) {
    const craft = { life: r.u8(), pos: r.point(), vel: r.point(), aim: r.u8(), health: r.u8() };
    crafts.set(id, { ...craft, isProtected });
    return;
  }
  const craft = crafts.get(id);
  if (!craft) throw new Error(`craft ${id} never entered`);
  if (fields & 2) crafts.delete(id);
  if (fields & 4) craft.pos = sum(craft.pos, r.point());
  if (fields & 8) craft.vel = sum(craft.vel, r.point());
  if (fields & 16) craft.aim = r.u8();
  if (fields & 32) craft.health = r.u8();
  if (isProtected) craft.isProtected = !craft.isProtected;
}

/** S7 */
function readShot(r) {
  const [owner, weapon, pos] = [r.unsigned(), r.u8(), r.point()];
  return { owner, weapon, pos, heading: r.angle(), bounces: r.u8(), age: r.u8() };
}

function flyShots(shots, gone, ticks, arena) {
  for (const [id, shot] of shots) {
    let flies = !gone.has(id);
    for (let i = 0; flies && i < ticks; i++) flies = stepShot(shot, arena);
    if (!flies) shots.delete(id);
  }
}

/** S8 */
function changeRoster(roster, id, r) {
  const fields = r.u8();
  const readScore = () => [r.signed(), r.unsigned(), r.unsigned(), r.unsigned(), r.unsigned()];
  if (fields & 1) {
    const [name, score, ping] = [r.text(), readScore(), r.unsigned()];
    roster.set(id, { name, score, ping, bot: (fields >> 4) & 1 });
    return;
  }
  const entry = roster.get(id);
  if (!entry) throw new Error(`player ${id} never joined`);
  if (fields & 2) roster.delete(id);
  if (fields & 4) entry.score = readScore();
  if (fields & 8) entry.ping = r.unsigned();
}

/** S9 */
function readEvent(r) {
  const ago = r.u8();
  const kind = r.unsigned();
  if (kind === 0) {
    const [attacker, victim, damage] = [r.unsigned(), r.unsigned(), r.u8()];
    return { ago, kind, attacker, victim, damage, bounces: r.u8(), pos: r.point() };
  }
  if (kind === 1) {
    const [killer, victim, weapon] = [r.option(() => r.unsigned()), r.unsigned(), r.u8()];
    return { ago, kind, killer, victim, weapon, bounces: r.u8(), assists: r.list(() => r.unsigned()) };
  }
  if (kind !== 2) throw new Error(`event ${kind}`);
  return { ago, kind, player: r.unsigned(), kills: r.u8() };
}

/** S11 */
export function checksum(view) {
  let hash = 0xcbf29ce484222325n;
  const add = (...words) => {
    for (const word of words) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(word >>> 0)) * 0x100000001b3n);
      hash ^= hash >> 29n;
    }
  };
  const packed = (a, b, c, d) => (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  const sorted = (map) => [...map].sort(([a], [b]) => a - b);
  const { own } = view;
  add(view.tick, view.phase, view.ends, packed(own.life, Number(own.alive), own.health, 0));
  add(...own.pos, ...own.vel, own.readyAt, own.protectedUntil, own.respawnAt, own.killer ?? 0xffffffff);
  add(view.crafts.size);
  for (const [id, craft] of sorted(view.crafts)) {
    add(
      id,
      ...craft.pos,
      ...craft.vel,
      packed(craft.life, craft.aim, craft.health, Number(craft.isProtected)),
    );
  }
  add(view.shots.size);
  for (const [id, shot] of sorted(view.shots)) {
    add(id, shot.owner, shot.weapon, ...shot.pos, shot.heading, packed(shot.bounces, shot.age, 0, 0));
  }
  add(view.roster.size);
  for (const [id, entry] of sorted(view.roster)) {
    add(id, entry.bot, entry.ping, ...entry.name, ...entry.score);
  }
  return Number((hash ^ (hash >> 32n)) & 0xffffffffn);
}
