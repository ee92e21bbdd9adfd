/** What stands in for the core: the stand-in's world, told as the core tells of a match. */
import { CRAFT_LENGTH, HEADER_LENGTH, PAD_LENGTH, SHOT_LENGTH } from '../src/view/frame';
import { Button, type Player, type Session, type Setup } from '../src/view/session';
import { HEIGHT, WIDTH } from './fake_map';
import { emptyPads, fakePads, PICKUPS, WEAPONS } from './fake_rules';
import { FakeWorld } from './fake_world';

const NAMES = [
  'Ada',
  'Bo',
  'Grace',
  'Linus',
  'Margaret',
  'Ken',
  'Radia',
  'Dennis',
  'Barbara',
  'Edsger',
  'Hedy',
];

export class FakeSession implements Session {
  private readonly world: FakeWorld;
  private readonly name: string;
  private readonly phase: number;
  private before = 0;

  constructor(name: string, query: URLSearchParams) {
    this.name = name;
    this.world = new FakeWorld(query);
    this.phase = Number(query.get('phase') ?? 2);
  }

  hello(): Uint8Array {
    return new Uint8Array();
  }

  receive(): void {}
  free(): void {}
  next_message(): undefined {}
  vote(): void {}

  set_intent(x: number, y: number, aim: number, buttons: number): void {
    this.world.intent = { x, y, aim, buttons };
  }

  say_text(text: string, team: boolean): boolean {
    this.world.events.push({ type: 'chat', from: 0, name: 'Ada', team, text, own: true });
    return true;
  }

  say_phrase(number: number, team: boolean): boolean {
    return this.say_text(this.phrases()[number] ?? '', team);
  }

  phrases(): string[] {
    return [
      'Hello!',
      'Good game!',
      'Nice shot!',
      'Thanks!',
      'Sorry!',
      'Help!',
      'Attack!',
      'Defend!',
      '😄',
      '👏',
    ];
  }

  advance(nowMs: number): void {
    const seconds = Math.min(0.1, (nowMs - (this.before || nowMs)) / 1000);
    this.before = nowMs;
    this.world.advance(seconds);
  }

  next_event(): string | undefined {
    const event = this.world.events.shift();
    return event && JSON.stringify(event);
  }

  frame(): Float32Array {
    const own = this.world.own();
    const others = this.world.crafts.filter((craft) => craft !== own && craft.respawnIn <= 0);
    const pads = emptyPads(this.world.time);
    const n = new Float32Array(
      HEADER_LENGTH + CRAFT_LENGTH * others.length + SHOT_LENGTH * this.world.shots.length + pads.length,
    );
    const alive = own.respawnIn <= 0;
    n.set([
      this.phase,
      this.phase === 1 ? 3 - (this.world.time % 3) : 212 - this.world.time,
      Number(alive),
      own.x,
      own.y,
      own.vx,
      own.vy,
      own.aim,
      own.health,
      this.world.flags(own),
      own.respawnIn,
      Math.max(0, own.cooldown * 6),
      own.id,
      others.length,
      this.world.shots.length,
      this.world.time * 60,
      34,
      3,
      66,
      1,
      0,
      0,
      100,
      own.x,
      own.y,
      20,
      0,
      0,
      16,
      9,
      3,
      this.world.special(),
      WEAPONS[this.world.special()]?.ammo ?? 0,
      this.world.special() === 2 && (this.world.intent.buttons & Button.Special) > 0
        ? (this.world.time * 2) % 1
        : 0,
      Math.max(0, own.specialIn),
      50,
      own.dashFor > 0 ? 0 : 1,
      (this.world.time / 2.5) % 1,
      Number(own.dashFor > 0),
      Math.max(0, 1 - ((this.world.time / 3) % 1)),
      Math.max(0, 8 - (this.world.time % 12)),
      Math.max(0, 8 - ((this.world.time + 4) % 12)),
      pads.length / PAD_LENGTH,
    ]);
    let at = HEADER_LENGTH;
    for (const c of others) {
      const shield = c.id % 4 === 0 ? 60 : 0;
      const dashing = Number(c.dashFor > 0);
      n.set(
        [c.id, c.x, c.y, c.vx, c.vy, c.aim, c.health, this.world.flags(c), c.deaths, shield, dashing],
        at,
      );
      at += CRAFT_LENGTH;
    }
    for (const s of this.world.shots) {
      const isOwn = Number(s.owner === own.id);
      n.set([s.key, s.x, s.y, s.vx, s.vy, s.owner, s.bounces, s.age, s.weapon, isOwn], at);
      at += SHOT_LENGTH;
    }
    n.set(pads, at);
    return n;
  }

  snapshot_count(): number {
    return Math.floor(this.world.time * 30);
  }

  net_stats(): Float64Array {
    return Float64Array.of(
      this.world.time * 30,
      this.world.time * 60,
      60,
      30,
      this.world.time * 6000,
      this.world.time * 450,
      34,
      3,
      66,
      1,
    );
  }

  roster_revision(): number {
    return this.world.revision;
  }

  roster_json(): string {
    const players: Player[] = this.world.crafts.map((craft) => ({
      id: craft.id,
      name: craft.id === 0 ? this.name : (NAMES[craft.id - 1] ?? `Pilot ${craft.id}`),
      bot: craft.id % 3 === 1,
      team: null,
      score: craft.score,
      kills: craft.score,
      deaths: craft.deaths,
      assists: 0,
      streak: craft.score % 4,
      objective: 0,
      ping_ms: 20 + craft.id,
    }));
    return JSON.stringify(players.sort((a, b) => b.score - a.score));
  }

  standing_json(): string {
    return 'null';
  }

  setup_json(): string {
    const setup: Setup = {
      player: 0,
      resume_token: 'fake',
      match_id: 'm7',
      room: 'default',
      mode: 'ffa',
      tick_hz: 60,
      snapshot_hz: 30,
      rules: {
        flow: { score_to_win: 25 },
        craft: { respawn_s: 2.5, health: 100 },
        dash: { charges: 2 },
        deflect: { arc_degrees: 120, radius_tiles: 0.8 },
        effects: { shield_max: 100 },
        weapons: [...WEAPONS],
        pickups: [...PICKUPS],
      },
      map: {
        width: WIDTH,
        height: HEIGHT,
        spawns: [],
        pads: fakePads(WIDTH, HEIGHT),
        flag_stands: [],
        zones: [],
      },
    };
    return JSON.stringify(setup);
  }

  map_tiles(): Uint8Array {
    return this.world.tiles;
  }
}
