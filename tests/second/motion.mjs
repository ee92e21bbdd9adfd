// One step of a craft, one step of a shot: section M of docs/PROTOCOL.md. Every number is an integer
// below 2^53, so plain numbers are exact.

export const trunc = (a, b) => Math.trunc(a / b);
const floor = (a, b) => Math.floor(a / b);
const length = ([x, y]) => Math.floor(Math.sqrt(x * x + y * y));
const squared = ([ax, ay], [bx, by]) => (ax - bx) ** 2 + (ay - by) ** 2;
const each = ([x, y], change) => [change(x), change(y)];

/** To the nearest, halves away from zero. */
export function round(a, b) {
  const half = floor(b, 2);
  return a >= 0 ? floor(a + half, b) : -floor(-a + half, b);
}

/** G2: the tile's number, wall outside. */
export const tileAt = (map, x, y) =>
  x >= 0 && y >= 0 && x < map.width && y < map.height ? map.tiles[y * map.width + x] : WALL;

const [FLOOR, WALL, PIT, TOP_LEFT, TOP_RIGHT, BOTTOM_RIGHT, BOTTOM_LEFT] = [0, 1, 2, 3, 4, 5, 6];

// --- M1 ---

const SINE = Array.from({ length: 257 }, (_, i) => Math.round(32768 * Math.sin((i / 256) * (Math.PI / 2))));

function quarter(a) {
  const from = SINE[a >> 6];
  return a % 64 === 0 ? from : from + (((SINE[(a >> 6) + 1] - from) * (a % 64) + 32) >> 6);
}

function sine(angle) {
  const a = angle & 16383;
  return [quarter(a), quarter(16384 - a), -quarter(a), -quarter(16384 - a)][(angle & 65535) >> 14];
}

export const direction = (angle) => [sine(angle + 16384), sine(angle)];

// --- M4 to M6: a craft ---

/** I3: the wanted velocity, or that of a dash. */
export function thrust(steer, speed) {
  if (steer === 0) return [0, 0];
  if (steer > 192) return each(direction(2048 * (steer - 193)), (part) => round(part * speed, 32768));
  const [d, s] = [Math.trunc((steer - 1) / 3), (steer - 1) % 3];
  return each(direction(1024 * d), (part) => round(part * speed * (s + 1), 3 * 32768));
}

/** M4: the velocity of the next tick. */
function steered({ vel, steer }, hasHaste, { craftSpeed, hasteSpeed, dashSpeed, craftAcceleration: most }) {
  if (steer > 192) return thrust(steer, dashSpeed);
  const top = hasHaste ? hasteSpeed : craftSpeed;
  const wanted = thrust(steer, top);
  let from = vel;
  let change = minus(wanted, from);
  if (Math.abs(change[0]) + Math.abs(change[1]) <= most) return wanted;
  if (from[0] ** 2 + from[1] ** 2 > (top + trunc(top, 16)) ** 2) {
    const speed = length(from);
    from = each(from, (part) => round(part * top, speed));
    change = minus(wanted, from);
  }
  const l = length(change);
  if (l <= most) return wanted;
  return [from[0] + round(change[0] * most, l), from[1] + round(change[1] * most, l)];
}

const minus = ([ax, ay], [bx, by]) => [ax - bx, ay - by];

/** Under its own steering. */
export function stepCraft(craft, { map, tuning }, hasHaste = false) {
  craft.vel = steered(craft, hasHaste, tuning);
  const step = each(craft.vel, (v) => round(v, 4));
  const longest = Math.max(Math.abs(step[0]), Math.abs(step[1]));
  const pieces = trunc(longest, Math.max(1, trunc(tuning.craftRadius, 2))) + 1;
  for (let i = 0; i < pieces; i++) {
    const before = craft.pos;
    const [dx, dy] = each(step, (whole) => trunc(whole * (i + 1), pieces) - trunc(whole * i, pieces));
    craft.pos = [before[0] + dx, before[1] + dy];
    slide(craft, before, map, tuning.craftRadius);
  }
}

function slide(craft, before, map, radius) {
  for (let i = 0; i < 4; i++) {
    const contact = deepestContact(craft.pos, radius, map);
    if (!contact) return;
    const { push, normal } = contact;
    craft.pos = [craft.pos[0] + push[0], craft.pos[1] + push[1]];
    const inward = round(craft.vel[0] * normal[0] + craft.vel[1] * normal[1], 32768);
    if (inward >= 0) continue;
    const [x, y] = each(normal, (n) => round(n * inward, 32768));
    craft.vel = [craft.vel[0] - x, craft.vel[1] - y];
  }
  if (deepestContact(craft.pos, radius, map)) [craft.pos, craft.vel] = [before, [0, 0]];
}

function deepestContact(centre, radius, map) {
  let best = { distance: (radius - 1) ** 2, away: [0, 0] };
  for (let ty = floor(centre[1] - radius, 1024); ty <= floor(centre[1] + radius, 1024); ty++) {
    for (let tx = floor(centre[0] - radius, 1024); tx <= floor(centre[0] + radius, 1024); tx++) {
      const tile = tileAt(map, tx, ty);
      if (tile === FLOOR) continue;
      const p = [centre[0] - tx * 1024, centre[1] - ty * 1024];
      const q = closest(tile, p);
      if (!q) return pushOut(tile, p, radius);
      const distance = squared(p, q);
      if (distance < best.distance) best = { distance, away: [p[0] - q[0], p[1] - q[1]] };
    }
  }
  const l = length(best.away);
  if (l === 0) return undefined;
  return {
    push: each(best.away, (a) => round(a * radius, l) - a),
    normal: each(best.away, (a) => round(a * 32768, l)),
  };
}

const clamp = (value) => Math.min(1024, Math.max(0, value));

/** The closest solid point; undefined inside. */
function closest(tile, p) {
  const b = each(p, clamp);
  const isInBox = b[0] === p[0] && b[1] === p[1];
  if (tile === WALL || tile === PIT) return isInBox ? undefined : b;
  if (isInBox && free(tile, p) <= 0) return undefined;
  const rising = tile === TOP_LEFT || tile === BOTTOM_RIGHT;
  const a = clamp(trunc(rising ? p[0] + 1024 - p[1] : p[0] + p[1], 2));
  const s = [a, rising ? 1024 - a : a];
  return free(tile, b) <= 0 && squared(p, b) < squared(p, s) ? b : s;
}

/** Negative in the solid half of a diagonal. */
function free(tile, [x, y]) {
  if (tile === TOP_LEFT) return x + y - 1024;
  if (tile === BOTTOM_RIGHT) return 1024 - x - y;
  return tile === TOP_RIGHT ? y - x : x - y;
}

const OUTWARDS = {
  [TOP_LEFT]: [1, 1],
  [TOP_RIGHT]: [-1, 1],
  [BOTTOM_RIGHT]: [-1, -1],
  [BOTTOM_LEFT]: [1, -1],
};

function pushOut(tile, p, radius) {
  let [depth, normal] = [0, [0, 0]];
  if (tile === WALL || tile === PIT) {
    const faces = [
      [p[0], [-32768, 0]],
      [1024 - p[0], [32768, 0]],
      [p[1], [0, -32768]],
      [1024 - p[1], [0, 32768]],
    ];
    [depth, normal] = faces.reduce((least, face) => (face[0] < least[0] ? face : least));
  } else {
    [depth, normal] = [-free(tile, p), each(OUTWARDS[tile], (sign) => sign * 23170)];
  }
  return { push: each(normal, (n) => round(n * (depth + radius), 32768)), normal };
}

// --- M3: a pilot ---

/** With the input for tick t; what it fires, if anything: [weapon, [[heading, x, y] …]]. */
export function stepPilot(own, input, t, arena) {
  const { tuning } = arena;
  if (!own.alive) return undefined;
  steerPilot(own, input, t, tuning);
  if (input.buttons & 8 && t >= own.deflect[1]) {
    own.deflect = [t + tuning.deflectTicks, t + tuning.deflectCooldownTicks];
  }
  stepCraft(own, arena, t < own.hasteUntil);
  const fired = fire(own, input, t, arena);
  if (fired) own.protectedUntil = Math.min(own.protectedUntil, t);
  return fired;
}

function steerPilot(own, { steer, aim, buttons }, t, tuning) {
  const [until, fullAt] = own.dash;
  if (t < until) return;
  own.steer = steer;
  const spent = Math.ceil(Math.max(0, fullAt - t) / tuning.dashRechargeTicks);
  if (!(buttons & 4) || spent >= tuning.dashCharges) return;
  own.dash = [t + tuning.dashTicks, Math.max(fullAt, t) + tuning.dashRechargeTicks];
  const angle = steer === 0 ? aim : 1024 * Math.trunc((steer - 1) / 3);
  own.steer = 193 + (((angle + 1024) & 65535) >> 11);
}

function fire(own, { aim, buttons }, t, arena) {
  const { special } = own;
  if (buttons & 2 && special.ammo > 0 && t >= special.readyAt) {
    const { chargeTicks, intervalTicks } = weaponOf(special.weapon, arena);
    if (chargeTicks > 0) {
      special.chargingSince ??= t;
      if (t - special.chargingSince < chargeTicks) return undefined;
    }
    special.chargingSince = undefined;
    special.ammo -= 1;
    special.readyAt = t + intervalTicks;
    return volley(special.weapon, own.pos, aim, arena);
  }
  special.chargingSince = undefined;
  if (!(buttons & 1) || t < own.readyAt) return undefined;
  own.readyAt = t + weaponOf(0, arena).intervalTicks;
  return volley(0, own.pos, aim, arena);
}

/** W6: one that isn't there is as the first. */
export const weaponOf = (weapon, { tuning }) => tuning.weapons[weapon] ?? tuning.weapons[0];

function volley(weapon, pos, aim, arena) {
  const { kind, pellets, pelletStep } = weaponOf(weapon, arena);
  if (kind === 1) return [weapon, [[aim, ...muzzle(pos, aim, arena)]]];
  const first = aim - trunc((pellets - 1) * pelletStep, 2);
  const headings = Array.from({ length: pellets }, (_, i) => (first + i * pelletStep) & 65535);
  return [weapon, headings.map((heading) => [heading, ...muzzle(pos, heading, arena)])];
}

export function muzzle(pos, heading, { tuning }) {
  const [dx, dy] = each(direction(heading), (part) => round(part * (tuning.craftRadius - 16), 32768));
  return [pos[0] + dx, pos[1] + dy];
}

// --- M7 and M8: a shot ---

/** Whether it goes on. */
export function stepShot(shot, arena) {
  const { map } = arena;
  const { shotSpeed, shotLifeTicks, bounces } = weaponOf(shot.weapon, arena);
  let rest = each(direction(shot.heading), (d) => round(round(d * shotSpeed, 32768), 4));
  shot.age = Math.min(255, shot.age + 1);
  for (let i = 0; i < 32; i++) {
    const { to, surface } = flyToWall(shot.pos, rest, map);
    rest = [rest[0] - (to[0] - shot.pos[0]), rest[1] - (to[1] - shot.pos[1])];
    shot.pos = to;
    if (!surface) break;
    if (shot.bounces >= bounces) return false;
    shot.bounces += 1;
    [shot.heading, rest] = reflect(surface, shot.heading, rest);
  }
  return shot.age < shotLifeTicks;
}

function reflect(surface, heading, [x, y]) {
  const [turned, rest] = {
    vertical: [32768 - heading, [-x, y]],
    horizontal: [-heading, [x, -y]],
    '/': [49152 - heading, [-y, -x]],
    '\\': [16384 - heading, [y, x]],
  }[surface];
  return [turned & 65535, rest];
}

/** M10: the muzzle, every bounce, and the end. */
export function beamPoints(weapon, from, heading, arena) {
  const { map } = arena;
  const { range, bounces: most } = weaponOf(weapon, arena);
  const points = [from];
  let rest = each(direction(heading), (part) => round(part * range, 32768));
  let pos = from;
  for (let bounces = 0; bounces <= most; bounces++) {
    const { to, surface } = flyToWall(pos, rest, map, 128);
    points.push(to);
    if (!surface) break;
    [heading, rest] = reflect(surface, heading, [rest[0] - (to[0] - pos[0]), rest[1] - (to[1] - pos[1])]);
    pos = to;
  }
  return points;
}

const SOLID = {
  right: [WALL, TOP_LEFT, BOTTOM_LEFT],
  left: [WALL, TOP_RIGHT, BOTTOM_RIGHT],
  down: [WALL, TOP_LEFT, TOP_RIGHT],
  up: [WALL, BOTTOM_RIGHT, BOTTOM_LEFT],
};

function flyToWall(from, way, map, times = 32) {
  let [pos, rest] = [from, way];
  const isSolid = (tile, flying) => SOLID[flying].includes(tile);
  for (let i = 0; i < times; i++) {
    const [tx, ty] = pos.map((at, axis) => floor(rest[axis] < 0 ? at - 1 : at, 1024));
    const [alongX, alongY] = [rest[0] > 0 ? 'right' : 'left', rest[1] > 0 ? 'down' : 'up'];
    const tile = tileAt(map, tx, ty);
    const atBorder = pos.map((at, axis) => rest[axis] !== 0 && at % 1024 === 0);
    const [x, y] = [atBorder[0] && isSolid(tile, alongX), atBorder[1] && isSolid(tile, alongY)];
    if (x && y) {
      const covered = tileAt(map, tx - Math.sign(rest[0]), ty) === WALL;
      return { to: pos, surface: covered ? 'horizontal' : 'vertical' };
    }
    if (x || y) return { to: pos, surface: x ? 'vertical' : 'horizontal' };
    const local = [pos[0] - tx * 1024, pos[1] - ty * 1024];
    const { step, border } = exit(local, rest);
    if (tile >= TOP_LEFT) {
      const before = Math.max(0, free(tile, local));
      const after = free(tile, [local[0] + step[0], local[1] + step[1]]);
      if (after < 0) {
        const [dx, dy] = each(step, (s) => round(s * before, before - after));
        const rising = tile === TOP_LEFT || tile === BOTTOM_RIGHT;
        return { to: [pos[0] + dx, pos[1] + dy], surface: rising ? '/' : '\\' };
      }
    }
    pos = [pos[0] + step[0], pos[1] + step[1]];
    rest = [rest[0] - step[0], rest[1] - step[1]];
    if (!border) break;
    const ahead =
      border === 'vertical'
        ? isSolid(tileAt(map, tx + (alongX === 'right' ? 1 : -1), ty), alongX)
        : isSolid(tileAt(map, tx, ty + (alongY === 'down' ? 1 : -1)), alongY);
    if (ahead) return { to: pos, surface: border };
    if (rest[0] === 0 && rest[1] === 0) break;
  }
  return { to: pos, surface: undefined };
}

/** The way to the border of the tile, or all of it. */
function exit(local, rest) {
  const toBorder = (axis) => (rest[axis] > 0 ? 1024 - local[axis] : -local[axis]);
  const [bx, by] = [toBorder(0), toBorder(1)];
  const reaches = (b, r) => r !== 0 && (Math.abs(b) < Math.abs(r) || b === r);
  const [x, y] = [reaches(bx, rest[0]), reaches(by, rest[1])];
  if (!x && !y) return { step: rest };
  if (x && (!y || Math.abs(bx) * Math.abs(rest[1]) <= Math.abs(by) * Math.abs(rest[0]))) {
    return { step: [bx, round(rest[1] * Math.abs(bx), Math.abs(rest[0]))], border: 'vertical' };
  }
  return { step: [round(rest[0] * Math.abs(by), Math.abs(rest[1])), by], border: 'horizontal' };
}
