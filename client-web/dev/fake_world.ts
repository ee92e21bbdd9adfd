/** Craft that wander and shots that bounce, for the stand-in: it looks right and means nothing. */
import { CraftFlag, type CraftView, type ShotView } from '../src/view/frame';
import { Button, type GameEvent } from '../src/view/session';
import { fakeMap, HEIGHT, WIDTH } from './fake_map';
import { type FakeWeapon, fakeFlags, WEAPONS } from './fake_rules';

const SPEED = 7;
const DASH_S = 0.15;
/** The stand-in's player gets another special weapon so often. */
const SPECIAL_EVERY_S = 6;

type Moving = Pick<CraftView, 'id' | 'x' | 'y' | 'vx' | 'vy' | 'aim' | 'health'>;

export interface FakeCraft extends Moving {
  respawnIn: number;
  protectedFor: number;
  cooldown: number;
  specialIn: number;
  dashFor: number;
  turnIn: number;
  score: number;
  deaths: number;
}

export type FakeShot = Omit<ShotView, 'own'>;

export class FakeWorld {
  readonly tiles = fakeMap();
  readonly crafts: FakeCraft[] = [];
  readonly shots: FakeShot[] = [];
  readonly events: GameEvent[] = [];
  intent = { x: 0, y: 0, aim: 0, buttons: 0 };
  time = 0;
  revision = 1;
  private readonly shotsWanted: number;
  private readonly sparksWanted: number;
  private nextKey = 1;

  constructor(query: URLSearchParams) {
    this.shotsWanted = Number(query.get('shots') ?? 0);
    this.sparksWanted = Number(query.get('sparks') ?? 0);
    const count = Number(query.get('craft') ?? 12);
    for (let id = 0; id <= count; id++) this.crafts.push(this.place(id, count > 30));
  }

  advance(seconds: number): void {
    this.time += seconds;
    for (const craft of this.crafts) this.stepCraft(craft, seconds);
    this.stepShots(seconds);
    this.fill();
  }

  own(): FakeCraft {
    return this.crafts[0] as FakeCraft;
  }

  private place(id: number, crowded: boolean): FakeCraft {
    let x = WIDTH / 2 + 3;
    let y = HEIGHT / 2 + 1;
    for (let i = 0; i < 200 && (id > 0 || this.solid(x, y)); i++) {
      const spread = crowded ? 0.5 : 0.6;
      x = WIDTH / 2 + (Math.random() - 0.5) * WIDTH * spread;
      y = HEIGHT / 2 + (Math.random() - 0.5) * HEIGHT * spread;
      if (!this.solid(x, y)) break;
    }
    return {
      id,
      x,
      y,
      vx: 0,
      vy: 0,
      aim: 0,
      health: 100,
      respawnIn: 0,
      protectedFor: 1.5,
      cooldown: Math.random(),
      specialIn: 0,
      dashFor: 0,
      turnIn: 0,
      score: id === 0 ? 7 : Math.floor(Math.random() * 12),
      deaths: 0,
    };
  }

  private stepCraft(craft: FakeCraft, seconds: number): void {
    craft.cooldown -= seconds;
    craft.specialIn -= seconds;
    craft.dashFor -= seconds;
    craft.protectedFor -= seconds;
    if (craft.respawnIn > 0) {
      craft.respawnIn -= seconds;
      if (craft.respawnIn <= 0) this.respawn(craft);
      return;
    }
    if (craft.id === 0) this.steerOwn(craft, seconds);
    else this.wander(craft, seconds);
    this.move(craft, seconds);
  }

  private steerOwn(craft: FakeCraft, seconds: number): void {
    const pull = Math.min(1, seconds / 0.1);
    if (craft.dashFor > 0) return;
    craft.vx += (this.intent.x * SPEED - craft.vx) * pull;
    craft.vy += (this.intent.y * SPEED - craft.vy) * pull;
    craft.aim = this.intent.aim;
    const { buttons } = this.intent;
    if (buttons & Button.Fire && craft.cooldown <= 0) this.fire(craft, 0);
    if (buttons & Button.Special && craft.specialIn <= 0) this.fire(craft, this.special());
    if (buttons & Button.Dash) this.dash(craft);
  }

  special(): number {
    return 1 + (Math.floor(this.time / SPECIAL_EVERY_S) % (WEAPONS.length - 1));
  }

  flags(craft: FakeCraft): number {
    return craft.protectedFor > 0 ? CraftFlag.Protected : fakeFlags(craft.id, this.time);
  }

  private dash(craft: FakeCraft): void {
    if (craft.dashFor > 0) return;
    craft.dashFor = DASH_S;
    const heading = Math.hypot(craft.vx, craft.vy) > 1 ? Math.atan2(craft.vy, craft.vx) : craft.aim;
    craft.vx = (Math.cos(heading) * 4) / DASH_S;
    craft.vy = (Math.sin(heading) * 4) / DASH_S;
  }

  private wander(craft: FakeCraft, seconds: number): void {
    craft.turnIn -= seconds;
    if (craft.turnIn <= 0) {
      craft.turnIn = 0.4 + Math.random();
      const heading = Math.random() * Math.PI * 2;
      const pace = SPEED * (0.4 + 0.6 * Math.random());
      craft.vx = Math.cos(heading) * pace;
      craft.vy = Math.sin(heading) * pace;
      const target = this.crafts[Math.floor(Math.random() * this.crafts.length)] ?? craft;
      craft.aim = Math.atan2(target.y - craft.y, target.x - craft.x);
    }
    if (Math.random() < seconds * 0.1) this.dash(craft);
    if (craft.cooldown <= 0 && Math.random() < seconds * 3)
      this.fire(craft, Math.random() < 0.2 ? 1 + (craft.id % 3) : 0);
  }

  private move(craft: FakeCraft, seconds: number): void {
    const x = craft.x + craft.vx * seconds;
    const y = craft.y + craft.vy * seconds;
    if (!this.blocked(x, craft.y)) craft.x = x;
    else craft.vx = 0;
    if (!this.blocked(craft.x, y)) craft.y = y;
    else craft.vy = 0;
  }

  private fire(craft: FakeCraft, index: number): void {
    const weapon = WEAPONS[index] as FakeWeapon;
    if (index > 0) craft.specialIn = 1;
    craft.cooldown = 1 / 6;
    craft.protectedFor = 0;
    if (weapon.kind === 'beam') {
      this.beam(craft, weapon);
      return;
    }
    const spread = weapon.pellets > 1 ? 0.31 / (weapon.pellets - 1) : 0;
    for (let i = 0; i < weapon.pellets; i++) {
      this.shoot(craft, craft.aim + (i - (weapon.pellets - 1) / 2) * spread, index, weapon);
    }
  }

  private shoot(craft: FakeCraft, aim: number, index: number, weapon: FakeWeapon): void {
    const vx = Math.cos(aim) * weapon.speed;
    const vy = Math.sin(aim) * weapon.speed;
    const x = craft.x + Math.cos(aim) * 0.55;
    const y = craft.y + Math.sin(aim) * 0.55;
    const [owner, own] = [craft.id, craft.id === 0];
    this.shots.push({ key: this.nextKey++, x, y, vx, vy, owner, bounces: 0, age: 0, weapon: index });
    this.events.push({ type: 'fired', x, y, owner, weapon: weapon.name, aim, own });
  }

  private beam(craft: FakeCraft, weapon: FakeWeapon): void {
    const [cos, sin] = [Math.cos(craft.aim), Math.sin(craft.aim)];
    let length = 1;
    while (length < 20 && !this.solid(craft.x + cos * length, craft.y + sin * length)) length += 0.25;
    const at = (far: number): [number, number] => [craft.x + cos * far, craft.y + sin * far];
    const points = [at(0.6), at(length)];
    this.events.push({ type: 'beam', owner: craft.id, weapon: weapon.name, points, own: craft.id === 0 });
  }

  private stepShots(seconds: number): void {
    for (let i = this.shots.length - 1; i >= 0; i--) {
      const shot = this.shots[i];
      if (shot && !this.stepShot(shot, seconds)) this.shots.splice(i, 1);
    }
  }

  private stepShot(shot: FakeShot, seconds: number): boolean {
    const weapon = WEAPONS[shot.weapon] as FakeWeapon;
    shot.age += seconds;
    for (let part = 0; part < 6; part++) {
      const x = shot.x + (shot.vx * seconds) / 6;
      const y = shot.y + (shot.vy * seconds) / 6;
      const hitX = this.solid(x, shot.y);
      const hitY = this.solid(shot.x, y);
      if (!hitX && !hitY) {
        shot.x = x;
        shot.y = y;
        continue;
      }
      if (shot.bounces >= weapon.bounces) return this.end(shot, 'wall');
      shot.bounces += 1;
      if (hitX) shot.vx = -shot.vx;
      if (hitY) shot.vy = -shot.vy;
      const [nx, ny] = hitX ? [Math.sign(shot.vx), 0] : [0, Math.sign(shot.vy)];
      this.events.push({
        type: 'bounce',
        x: shot.x,
        y: shot.y,
        nx,
        ny,
        bounces: shot.bounces,
        own: shot.owner === 0,
      });
    }
    if (this.strike(shot)) return this.end(shot, 'craft');
    return shot.age < weapon.shot_life_s || this.end(shot, 'expired');
  }

  private strike(shot: FakeShot): boolean {
    for (const craft of this.crafts) {
      if (craft.id === shot.owner && shot.bounces === 0) continue;
      if (craft.respawnIn > 0 || Math.hypot(craft.x - shot.x, craft.y - shot.y) > 0.5) continue;
      const damage = 12 * (1 + 0.5 * shot.bounces);
      craft.health -= damage;
      const { x, y, bounces, owner } = shot;
      this.events.push({
        type: 'hit',
        attacker: owner,
        victim: craft.id,
        damage,
        weapon: (WEAPONS[shot.weapon] as FakeWeapon).name,
        bounces,
        x,
        y,
      });
      if (craft.health <= 0) this.kill(craft, shot);
      return true;
    }
    return false;
  }

  private kill(craft: FakeCraft, shot: FakeShot): void {
    craft.respawnIn = 2.5;
    craft.deaths += 1;
    const killer = this.crafts[shot.owner];
    if (killer) killer.score += 1;
    this.revision += 1;
    const { x, y } = craft;
    this.events.push({
      type: 'kill',
      killer: shot.owner,
      victim: craft.id,
      weapon: (WEAPONS[shot.weapon] as FakeWeapon).name,
      bounces: shot.bounces,
      deflected: craft.id % 3 === 0,
      bounty: craft.id % 4 === 1 ? 1 : 0,
      assists: craft.id % 2 === 0 ? [0, 2].filter((id) => id !== craft.id && id !== shot.owner) : [],
      x,
      y,
    });
    if (killer && killer.score % 5 === 0) this.events.push({ type: 'streak', player: killer.id, kills: 5 });
  }

  private respawn(craft: FakeCraft): void {
    Object.assign(craft, {
      ...this.place(craft.id, false),
      score: craft.score,
      deaths: craft.deaths,
      respawnIn: 0,
    });
    this.events.push({ type: 'spawn', player: craft.id, x: craft.x, y: craft.y });
  }

  private end(shot: FakeShot, cause: 'craft' | 'wall' | 'expired'): false {
    const { name } = WEAPONS[shot.weapon] as FakeWeapon;
    this.events.push({ type: 'shot_end', x: shot.x, y: shot.y, weapon: name, cause });
    return false;
  }

  /** Keeps as much on screen as the measurement asks for. */
  private fill(): void {
    while (this.shots.length < this.shotsWanted) {
      const craft = this.crafts[Math.floor(Math.random() * this.crafts.length)];
      if (!craft) return;
      craft.aim = Math.random() * Math.PI * 2;
      this.fire(craft, 0);
    }
    for (let i = 0; i < this.sparksWanted / 90; i++) {
      const x = this.own().x + (Math.random() - 0.5) * 30;
      const y = this.own().y + (Math.random() - 0.5) * 16;
      this.events.push({ type: 'bounce', x, y, nx: 1, ny: 0, bounces: 2, own: false });
    }
  }

  private blocked(x: number, y: number): boolean {
    const r = 0.45;
    return (
      this.solid(x - r, y - r) ||
      this.solid(x + r, y - r) ||
      this.solid(x - r, y + r) ||
      this.solid(x + r, y + r)
    );
  }

  private solid(x: number, y: number): boolean {
    const tile = this.tiles[Math.floor(y) * WIDTH + Math.floor(x)] ?? 1;
    if (tile === 0 || tile === 2) return false;
    const fx = x - Math.floor(x);
    const fy = y - Math.floor(y);
    if (tile === 3) return fx + fy < 1;
    if (tile === 4) return fx > fy;
    if (tile === 5) return fx + fy > 1;
    return tile === 1 || fx < fy;
  }
}
