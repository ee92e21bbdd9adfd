// A client written from docs/PROTOCOL.md alone, in another language than the reference: what it
// rebuilds shows that the document is right and whole. Sections H, G, S of it are here.

import { muzzle, stepCraft, stepShot } from './motion.mjs';
import { BitReader, Reader, small, steering, width } from './wire.mjs';

const HASTE = 8;

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
    else if (tag === 3) this.nonce = r.unsigned();
    else if (tag === 4) this.#ballot(r);
    else if (tag === 5) this.heard = readChat(r);
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
    this.inputsPerMessage = r.u8();
    this.#start(r);
  }

  /** H6 */
  #start(r) {
    const tick = r.unsigned();
    this.matchId = r.text();
    this.room = r.text();
    this.mode = r.u8();
    const rules = readRules(r);
    this.arena = { map: readMap(r), tuning: tune(rules, this.tickHz), rules };
    this.view = emptyView(tick);
  }

  /** H7 */
  #ballot(r) {
    this.choices = r.list(() => ({ title: r.text(), votes: r.unsigned() }));
    this.secondsLeft = r.u8();
  }

  /** S1, S2 */
  #snapshot(r) {
    const ticks = r.unsigned();
    this.margin = r.i8();
    const sections = r.u8();
    if (sections > 127) throw new Error(`sections ${sections}`);
    const has = (bit) => (sections & (1 << bit)) !== 0;
    const match = has(0) ? readMatch(r) : undefined;
    this.starved = has(1) ? r.u8() : 0;
    const state = has(2) ? readState(r.raw(r.length()), ticks) : undefined;
    const pads = has(6) ? readPads(r) : [];
    const roster = has(3) ? readRoster(r) : [];
    this.events = has(4) ? r.list(() => readEvent(r)) : [];
    this.told = has(5) ? r.raw(4).reduceRight((word, byte) => word * 256 + byte, 0) : undefined;
    this.carry(ticks, match, state, pads, roster);
    this.snapshots += 1;
  }

  /** S6 */
  carry(ticks, match, state, pads, roster) {
    const { view, arena } = this;
    view.tick += ticks;
    if (match) view.match = match;
    if (ticks > 64) view.crafts.clear();
    const known = sorted(view.crafts);
    if (state && state.known !== known.length) {
      throw new Error(`for ${state.known} craft, there are ${known.length}`);
    }
    flyShots(view.shots, state?.gone ?? new Set(), ticks, arena);
    if (ticks <= 64) this.#fly(ticks, known, state);
    if (state) {
      changeOwn(view.own, state.own, view.tick);
      changeCrafts(view.crafts, known, state);
      for (const [id, shot] of state.seen) view.shots.set(id, shot);
    }
    changePads(view, pads);
    for (const [id, change] of roster) changeRoster(view.roster, id, change);
    checkBounds(view, this.events);
  }

  #fly(ticks, known, state) {
    const { view, arena } = this;
    const fly = (craft, course, ago, hasHaste) => {
      craft.steer = course?.get(ago) ?? craft.steer;
      stepCraft(craft, arena, hasHaste);
    };
    for (let ago = Math.min(ticks, 64) - 1; ago >= 0; ago--) {
      const hasHaste = view.tick - ago < view.own.hasteUntil;
      if (view.own.alive) fly(view.own, state?.own.course, ago, hasHaste);
      known.forEach(([, craft], place) => {
        fly(craft, state?.changes.get(place)?.course, ago, (craft.flags & HASTE) !== 0);
      });
      for (const [id, { by, weapon, heading, ago: born }] of state?.fired ?? []) {
        if (born !== ago) continue;
        const [owner, craft] = known[by] ?? [this.player, view.own];
        const shot = { owner, weapon, pos: muzzle(craft.pos, heading, arena), heading, bounces: 0, age: 0 };
        if (fliesOn(shot, ago, arena)) view.shots.set(id, shot);
      }
    }
  }
}

/** S14: a client for which craft travel in full. It computes nothing, and leaves shots out. */
export class PlainClient extends Client {
  carry(ticks, match, state, pads, roster) {
    const { view } = this;
    view.tick += ticks;
    if (match) view.match = match;
    changePads(view, pads);
    for (const [id, change] of roster) changeRoster(view.roster, id, change);
    if (!state) return;
    changeOwn(view.own, state.own, view.tick);
    const known = sorted(view.crafts);
    for (const place of state.changes.keys()) view.crafts.delete(known[place][0]);
    for (const [id, craft] of state.entered) view.crafts.set(id, craft);
  }
}

/** K3, K4 */
function readChat(r) {
  const kind = r.unsigned();
  if (kind === 1) return { refusal: choice(r.u8(), 4) };
  if (kind !== 0) throw new Error(`chat ${kind}`);
  const line = { from: r.unsigned(), name: r.text(), channel: choice(r.u8(), 2) };
  const body = r.unsigned();
  if (body === 0) return { ...line, phrase: choice(r.u8(), 10) };
  if (body !== 1) throw new Error(`words ${body}`);
  return { ...line, text: r.text() };
}

function choice(number, count) {
  if (number >= count) throw new Error(`choice ${number} of ${count}`);
  return number;
}

/** G1 */
function readRules(r) {
  const f = () => r.f32();
  const view = { width_tiles: f(), height_tiles: f(), margin_tiles: f() };
  const craft = { radius_tiles: f(), health: r.u8(), speed_tiles_per_s: f(), accelerate_s: f() };
  Object.assign(craft, { spawn_protection_s: f(), respawn_s: f() });
  craft.special = readText(r);
  const dash = { distance_tiles: f(), takes_s: f(), charges: r.u8(), recharge_s: f() };
  const deflect = { window_s: f(), arc_degrees: f(), radius_tiles: f(), cooldown_s: f() };
  const [weapons, pickups] = [r.list(() => readWeaponRules(r)), r.list(() => readPickupRules(r))];
  const effects = { haste_factor: f(), overcharge_factor: f(), shield_max: r.u8(), pad_radius_tiles: f() };
  const hits = { rewind_s_max: f() };
  const flow = { players_min: r.unsigned(), countdown_s: f(), score_to_win: r.unsigned(), time_limit_s: f() };
  Object.assign(flow, { overtime_s_max: f(), bounty: r.unsigned(), results_s: f() });
  Object.assign(flow, { assist_damage: r.unsigned(), assist_window_s: f() });
  flow.streaks = r.list(() => r.unsigned(2));
  const ctf = {
    reach_tiles: f(),
    flag_return_s: f(),
    capture_points: r.unsigned(),
    return_points: r.unsigned(),
  };
  const control = { zone_moves_s: f(), capture_s: f(), points_per_s: f() };
  const massive = { teams: r.bool() };
  if (weapons.length < 1 || weapons.length > 8) throw new Error(`${weapons.length} weapons`);
  return { view, craft, dash, deflect, weapons, pickups, effects, hits, flow, ctf, control, massive };
}

const readText = (r) => new TextDecoder().decode(r.text());

/** A word for a number of a list. */
function word(r, words) {
  const found = words[r.u8()];
  if (!found) throw new Error(`no such entry of ${words}`);
  return found;
}

/** G6 */
function readWeaponRules(r) {
  const f = () => r.f32();
  const weapon = { name: readText(r), kind: word(r, ['shot', 'beam']), rate_per_s: f(), charge_s: f() };
  Object.assign(weapon, { pellets: r.u8(), spread_degrees: f(), shot_speed_tiles_per_s: f() });
  Object.assign(weapon, { shot_life_s: f(), shot_radius_tiles: f(), range_tiles: f(), damage: r.u8() });
  return Object.assign(weapon, { bounces: r.u8(), bounce_bonus: f(), burst_radius_tiles: f(), ammo: r.u8() });
}

/** G6 */
function readPickupRules(r) {
  const effects = ['health', 'shield', 'weapon', 'haste', 'overcharge'];
  const pickup = { name: readText(r), effect: word(r, effects), amount: r.u8(), lasts_s: r.f32() };
  return Object.assign(pickup, { weapon: readText(r), comes_back_s: r.f32() });
}

/** G2 */
function readMap(r) {
  const [width, height, tiles] = [r.unsigned(), r.unsigned(), []];
  while (tiles.length < width * height) {
    const [tile, run] = [r.u8(), r.unsigned()];
    for (let i = 0; i < run; i++) tiles.push(tile);
  }
  const place = () => [r.unsigned(), r.unsigned()];
  const spawns = r.list(() => ({ at: place(), team: r.option(() => r.u8()) }));
  const items = r.list(() => r.text());
  const pads = r.list(() => ({ at: place(), item: items[r.u8()] }));
  const flagStands = [r.option(place), r.option(place)];
  const zones = r.list(() => ({ at: place(), size: place() }));
  if (pads.some(({ item }) => item === undefined)) throw new Error('a pad without an item');
  return { width, height, tiles, spawns, pads, flagStands, zones };
}

/** G5, as far as motion needs it. Every operation is rounded to single precision. */
function tune({ craft, dash, deflect, weapons, effects }, hz) {
  const f = Math.fround;
  const ticks = (seconds) => Math.round(f(seconds * hz));
  const position = (tiles) => Math.round(f(tiles * 1024));
  const velocity = (speed) => Math.max(1, Math.round(f(f(speed * 4096) / hz)));
  const craftSpeed = velocity(craft.speed_tiles_per_s);
  const accelerateTicks = Math.max(1, f(craft.accelerate_s * hz));
  const dashTicks = Math.max(1, ticks(dash.takes_s));
  const weapon = (w) => ({
    kind: w.kind === 'beam' ? 1 : 0,
    intervalTicks: Math.max(1, Math.round(f(hz / w.rate_per_s))),
    chargeTicks: ticks(w.charge_s),
    pellets: w.pellets,
    pelletStep: Math.round(f(f(f(w.spread_degrees / 360) * 65_536) / (Math.max(2, w.pellets) - 1))),
    shotSpeed: velocity(w.shot_speed_tiles_per_s),
    shotLifeTicks: Math.min(255, Math.max(1, ticks(w.shot_life_s))),
    range: Math.max(1, position(w.range_tiles)),
    bounces: w.bounces,
  });
  return {
    craftRadius: position(craft.radius_tiles),
    craftSpeed,
    craftAcceleration: Math.max(1, Math.ceil(f(craftSpeed / accelerateTicks))),
    hasteSpeed: Math.round(f(craftSpeed * effects.haste_factor)),
    dashSpeed: Math.round(f(f(dash.distance_tiles * 4096) / dashTicks)),
    dashTicks,
    dashCharges: dash.charges,
    dashRechargeTicks: Math.max(1, ticks(dash.recharge_s)),
    deflectTicks: ticks(deflect.window_s),
    deflectCooldownTicks: Math.max(1, ticks(deflect.cooldown_s)),
    weapons: weapons.map(weapon),
  };
}

/** S1 */
function emptyView(tick) {
  const own = { life: 0, alive: false, pos: [0, 0], vel: [0, 0], steer: 0, health: 0, shield: 0 };
  Object.assign(own, { readyAt: 0, protectedUntil: 0, respawnAt: 0, killer: undefined });
  own.special = { weapon: 0, ammo: 0, readyAt: 0, chargingSince: undefined };
  Object.assign(own, { dash: [0, 0], deflect: [0, 0], hasteUntil: 0, overchargeUntil: 0 });
  const match = { phase: 0, ends: 0, crown: undefined, teams: undefined, objective: undefined };
  return { tick, match, own, crafts: new Map(), shots: new Map(), pads: new Map(), roster: new Map() };
}

/** S3: the whole state. */
function readState(bytes, ticks) {
  const b = new BitReader(bytes);
  const own = b.flag() ? readOwn(b, ticks) : {};
  const known = small(b.group(4));
  const changes = new Map();
  for (let place = 0; place < known; place++) {
    if (b.flag()) changes.set(place, readChange(b, ticks));
  }
  const [entered, gone, fired, seen] = [new Map(), new Set(), new Map(), new Map()];
  b.ids((id) => entered.set(id, readCraft(b)));
  b.ids((id) => gone.add(id));
  b.ids((id) => {
    if (b.flag()) fired.set(id, readFired(b, known, ticks));
    else seen.set(id, readSeen(b));
  });
  b.end();
  return { own, known, changes, entered, gone, fired, seen };
}

/** S4: ticks are counted from the new view's. */
function readOwn(b, ticks) {
  const own = {};
  let mask = b.bits(4);
  if (b.flag()) mask += b.bits(6) * 16;
  const tick = () => b.signed(5);
  const has = (bit) => (mask & (1 << bit)) !== 0;
  if (has(0)) own.course = readCourse(b, ticks);
  if (has(1)) own.readyIn = tick();
  if (has(2)) own.health = readHealth(b);
  if (has(3)) {
    own.special = { weapon: b.bits(3), ammo: b.bits(8), readyIn: tick() };
    own.special.chargingIn = b.flag() ? tick() : undefined;
  }
  if (has(4)) own.motion = b.motion();
  if (has(5)) {
    own.life = { life: b.bits(8), alive: b.flag(), respawnIn: tick() };
    own.life.killer = b.flag() ? small(b.group(5)) : undefined;
  }
  if (has(6)) own.protectedFor = tick();
  if (has(7)) own.dash = [tick(), tick()];
  if (has(8)) own.deflect = [tick(), tick()];
  if (has(9)) own.effects = [tick(), tick()];
  return own;
}

/** S4 */
function readHealth(b) {
  return { health: b.bits(8), shield: b.flag() ? b.bits(8) : 0 };
}

/** S4: the new steering by how long ago it was first flown. */
function readCourse(b, ticks) {
  if (ticks < 1 || ticks > 16) throw new Error(`a course over ${ticks} ticks`);
  const course = new Map();
  for (let last = ticks; ; ) {
    const ago = b.bits(width(ticks - 1));
    if (ago >= last || course.size === 4) throw new Error("turns that don't follow one another");
    course.set(ago, steering(b.bits(8)));
    last = ago;
    if (ago === 0 || !b.flag()) return course;
  }
}

/** S5 */
function readChange(b, ticks) {
  const change = {};
  let mask = b.bits(2);
  if (b.flag()) mask += b.bits(4) * 4;
  if (mask === 0) throw new Error('a change of nothing');
  if (mask & 1) change.course = readCourse(b, ticks);
  if (mask & 32) {
    const two = () => [b.signed(5), b.signed(5)];
    change.missed = { pos: two(), vel: two(), steer: steering(b.bits(8)) };
  }
  if (mask & 2) change.aimBy = b.signed(5);
  if (change.aimBy < -128 || change.aimBy > 127) throw new Error('an aim turned by more than half');
  if (mask & 8) change.health = readHealth(b);
  if (mask & 16) change.flags = b.bits(5);
  return Object.assign(change, { leaves: mask & 4 });
}

/** S5 */
function readCraft(b) {
  return { life: b.bits(8), ...b.motion(), aim: b.bits(8), ...readHealth(b), flags: b.bits(5) };
}

/** S7 */
function readFired(b, known, ticks) {
  const fired = { by: b.bits(width(known)), weapon: b.bits(3), heading: b.bits(16) };
  fired.ago = b.bits(width(ticks - 1));
  const isRight = fired.by <= known && fired.ago < ticks && ticks <= 16;
  if (!isRight) throw new Error('a shot from where nobody was');
  return fired;
}

/** S7 */
function readSeen(b) {
  const shot = { owner: small(b.group(5)), weapon: b.bits(3), pos: b.position(), heading: b.bits(16) };
  Object.assign(shot, { bounces: b.group(3), age: b.bits(8) });
  if (shot.bounces > 255) throw new Error(`a shot that bounced ${shot.bounces} times`);
  return shot;
}

const TEAMS = ['blue', 'orange'];

/** S2: how the match stands */
function readMatch(r) {
  const [phase, ends] = [readPhase(r), r.unsigned()];
  const crown = r.option(() => r.unsigned());
  const teams = r.option(() => [r.signed(), r.signed()]);
  return { phase, ends, crown, teams, objective: readObjective(r) };
}

function readObjective(r) {
  const kind = r.unsigned();
  if (kind === 0) return undefined;
  if (kind === 1) return { flags: [readFlag(r), readFlag(r)] };
  if (kind !== 2) throw new Error(`objective ${kind}`);
  const [index, moves, holder] = [r.u8(), r.unsigned(), r.option(() => readTeam(r))];
  const contested = r.bool();
  const taking = r.option(() => ({ team: readTeam(r), done: r.unsigned() }));
  return { zone: { index, moves, holder, contested, taking } };
}

function readFlag(r) {
  const kind = r.unsigned();
  if (kind === 0) return 'home';
  if (kind === 1) return { by: r.unsigned() };
  if (kind !== 2) throw new Error(`flag ${kind}`);
  return { at: r.point(), returns: r.unsigned() };
}

function readTeam(r) {
  const team = TEAMS[r.u8()];
  if (!team) throw new Error('no such team');
  return team;
}

/** S8 */
function readRoster(r) {
  const changes = [];
  for (let count = r.unsigned(), next = 0; count > 0; count--) {
    const id = small(next + r.unsigned());
    const fields = r.u8();
    if (fields > 63) throw new Error(`roster fields ${fields}`);
    const [enters, leaves, bot] = [fields & 1, fields & 2, (fields >> 4) & 1];
    const name = enters ? r.text() : undefined;
    if (name?.length > 96) throw new Error('a name of more than 96 bytes');
    const team = fields & 32 ? { is: r.option(() => readTeam(r)) } : undefined;
    const scored = enters || fields & 4;
    const score = scored ? [r.signed(), ...[1, 2, 3, 4, 5].map(() => r.unsigned())] : undefined;
    const ping = enters || fields & 8 ? r.unsigned() : undefined;
    changes.push([id, { enters, leaves, bot, name, team, score, ping }]);
    next = id + 1;
  }
  return changes;
}

const sum = ([ax, ay], [bx, by]) => [(ax + bx) | 0, (ay + by) | 0];
const sorted = (map) => [...map].sort(([a], [b]) => a - b);

/** S6, step 5 */
function changeOwn(own, told, tick) {
  const { motion, life, health, readyIn, protectedFor, special, dash, deflect, effects } = told;
  const later = (ticks) => (tick + ticks) >>> 0;
  if (motion) Object.assign(own, motion);
  if (life) {
    Object.assign(own, { life: life.life, alive: life.alive, killer: life.killer });
    own.respawnAt = later(life.respawnIn);
  }
  if (health) Object.assign(own, health);
  if (readyIn !== undefined) own.readyAt = later(readyIn);
  if (protectedFor !== undefined) own.protectedUntil = later(protectedFor);
  if (special) {
    const { weapon, ammo, readyIn: specialIn, chargingIn } = special;
    own.special = { weapon, ammo, readyAt: later(specialIn) };
    own.special.chargingSince = chargingIn === undefined ? undefined : later(chargingIn);
  }
  if (dash) own.dash = dash.map(later);
  if (deflect) own.deflect = deflect.map(later);
  if (effects) [own.hasteUntil, own.overchargeUntil] = effects.map(later);
}

/** S15 */
function readPads(r) {
  const pads = [];
  for (let count = r.unsigned(2), next = 0; count > 0; count--) {
    const pad = small(next + r.unsigned(2));
    pads.push([pad, r.unsigned()]);
    next = pad + 1;
  }
  return pads;
}

/** S15 */
function changePads({ tick, pads }, news) {
  for (const [pad, ticks] of news) pads.set(pad, Math.min(0xffffffff, tick + ticks));
  for (const [pad, readyAt] of pads) if (readyAt <= tick) pads.delete(pad);
}

/** S6, step 6 */
function changeCrafts(crafts, known, { changes, entered }) {
  for (const [place, change] of changes) {
    const [id, craft] = known[place];
    if (change.missed) {
      craft.pos = sum(craft.pos, change.missed.pos);
      craft.vel = sum(craft.vel, change.missed.vel);
      craft.steer = change.missed.steer;
    }
    craft.aim = (craft.aim + (change.aimBy ?? 0)) & 255;
    Object.assign(craft, change.health);
    craft.flags = change.flags ?? craft.flags;
    if (change.leaves) crafts.delete(id);
  }
  for (const [id, craft] of entered) crafts.set(id, craft);
}

/** S6, step 3 */
function flyShots(shots, gone, ticks, arena) {
  for (const [id, shot] of shots) {
    if (gone.has(id) || !fliesOn(shot, ticks, arena)) shots.delete(id);
  }
}

function fliesOn(shot, ticks, arena) {
  for (let i = 0; i < Math.min(ticks, 256); i++) {
    if (!stepShot(shot, arena)) return false;
  }
  return true;
}

/** S8 */
function changeRoster(roster, id, { enters, leaves, bot, name, team, score, ping }) {
  if (enters) {
    roster.set(id, { name, team: team?.is, score, ping, bot });
    return;
  }
  const entry = roster.get(id);
  if (!entry) throw new Error(`player ${id} never joined`);
  if (leaves) roster.delete(id);
  if (team) entry.team = team.is;
  entry.score = score ?? entry.score;
  entry.ping = ping ?? entry.ping;
}

/** S10 */
function checkBounds({ tick, own, crafts, shots, match }, events) {
  const within = (limit) => (parts) => (parts ?? []).every((part) => Math.abs(part) <= limit);
  const flying = [own, ...crafts.values()];
  const beams = events.filter((event) => event.kind === 5);
  const flags = (match.objective?.flags ?? []).filter((flag) => flag !== 'home');
  const lying = flags.map(({ at }) => at);
  const places = [...flying, ...shots.values(), ...beams].map(({ pos }) => pos).concat(lying);
  const speeds = flying.map(({ vel }) => vel);
  const isRight = tick < 2 ** 31 && places.every(within(2 ** 20)) && speeds.every(within(2 ** 18));
  if (!isRight) throw new Error('a place, a speed or a time that nothing can have');
}

/** S9 */
function readEvent(r) {
  const ago = r.u8();
  const kind = r.unsigned();
  if (kind === 0) {
    const [attacker, victim, damage] = [r.unsigned(), r.unsigned(), r.u8()];
    return { ago, kind, attacker, victim, damage, weapon: r.u8(), bounces: r.u8(), pos: r.point() };
  }
  if (kind === 1) {
    const [killer, victim, weapon] = [r.option(() => r.unsigned()), r.unsigned(), r.u8()];
    const [bounces, deflected, bounty] = [r.u8(), r.bool(), r.u8()];
    const assists = r.list(() => r.unsigned());
    return { ago, kind, killer, victim, weapon, bounces, deflected, bounty, assists };
  }
  if (kind === 2) return { ago, kind, player: r.unsigned(), kills: r.unsigned(2) };
  if (kind === 3) return { ago, kind, player: r.unsigned(), pad: r.unsigned() };
  if (kind === 4) return { ago, kind, player: r.unsigned(), pos: r.point() };
  if (kind === 5)
    return { ago, kind, owner: r.unsigned(), weapon: r.u8(), pos: r.point(), heading: r.angle() };
  const [team, player] = [() => r.option(() => readTeam(r)), () => r.option(() => r.unsigned())];
  if (kind === 6) return { ago, kind, what: listed(r.u8()), team: team(), player: player() };
  if (kind !== 7) throw new Error(`event ${kind}`);
  const award = () => [listed(r.u8()), r.unsigned(), r.unsigned()];
  return { ago, kind, winner: player(), team: team(), awards: r.list(award) };
}

/** There are six kinds of news of objectives, and six awards. */
function listed(number) {
  if (number > 5) throw new Error(`number ${number} of a list of 6`);
  return number;
}

function readPhase(r) {
  const phase = r.u8();
  if (phase > 4) throw new Error(`phase ${phase}`);
  return phase;
}

/** S11 */
export function checksum(view) {
  const packed = (a, b, c, d) => (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  const pair = (low, high) => low + 65_536 * high;
  const { own } = view;
  const { special } = own;
  let sum = hashOf([
    ...[view.tick, ...matchWords(view.match), view.crafts.size, view.shots.size],
    ...[view.pads.size, view.roster.size],
    packed(own.life, Number(own.alive), own.health, own.steer),
    ...[...own.pos, ...own.vel, own.readyAt, own.protectedUntil, own.respawnAt, own.killer ?? 0xffffffff],
    ...[packed(special.weapon, special.ammo, own.shield, 0), special.readyAt],
    ...[special.chargingSince ?? 0xffffffff, ...own.dash, ...own.deflect],
    ...[own.hasteUntil, own.overchargeUntil],
  ]);
  for (const pad of view.pads) sum += hashOf(pad);
  for (const [id, craft] of view.crafts) {
    const flags = craft.flags + 256 * craft.shield;
    const state = packed(craft.life, craft.aim, craft.health, craft.steer);
    sum += hashOf([pair(id, flags), ...craft.pos, ...craft.vel, state]);
  }
  for (const [id, shot] of view.shots) {
    const state = packed(shot.bounces, shot.age, 0, 0);
    sum += hashOf([pair(id, shot.owner), ...shot.pos, pair(shot.heading, shot.weapon), state]);
  }
  for (const [id, { bot, ping, name, team, score }] of view.roster) {
    const [points, kills, deaths, assists, streak, objective] = score;
    sum += hashOf([
      pair(id, Number(bot) + 256 * teamNumber(team)),
      pair(ping, streak),
      points,
      pair(kills, deaths),
      pair(assists, objective),
    ]);
    const words = [pair(id, name.length)];
    for (let at = 0; at < name.length; at += 4) {
      words.push(packed(name[at], name[at + 1] ?? 0, name[at + 2] ?? 0, name[at + 3] ?? 0));
    }
    sum += hashOf(words);
  }
  sum = BigInt.asUintN(64, sum);
  return Number((sum ^ (sum >> 32n)) & 0xffffffffn);
}

/** S11: words of the match state */
function matchWords({ phase, ends, crown, teams, objective }) {
  const scores = teams ? [1, ...teams] : [0xffffffff];
  return [phase, ends, crown ?? 0xffffffff, ...scores, ...objectiveWords(objective)];
}

function objectiveWords(objective) {
  if (!objective) return [0];
  if (objective.flags) return [1, ...objective.flags.flatMap(flagWords)];
  const { index, moves, holder, contested, taking } = objective.zone;
  const bytes = [index, teamNumber(holder), Number(contested), teamNumber(taking?.team)];
  return [2, bytes.reduceRight((word, byte) => word * 256 + byte, 0), moves, taking?.done ?? 0];
}

function flagWords(flag) {
  if (flag === 'home') return [0];
  return flag.by !== undefined ? [1, flag.by] : [2, ...flag.at, flag.returns];
}

const teamNumber = (team) => TEAMS.indexOf(team) + 1;

function hashOf(words) {
  let hash = 0xcbf29ce484222325n;
  for (const word of words) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(word >>> 0)) * 0x100000001b3n);
    hash ^= hash >> 29n;
  }
  return hash;
}
