import { Hud } from '../hud/hud';
import { Line } from '../hud/line';
import type { Controls } from '../input/controls';
import type { Link } from '../net/link';
import type { World } from '../render/world';
import { ArenaMap } from '../view/arena_map';
import { Frame, Phase } from '../view/frame';
import { Roster } from '../view/roster';
import { type GameEvent, readSetup, type Session, type Setup } from '../view/session';
import { EventLog, exposeProbe, type PageState, showState } from './probe';
import { ScriptTime } from './stats';

/** A hidden tab gets no frames; the session still has to speak to the server. */
const HIDDEN_EVERY_MS = 100;
/** A longer gap is a pause, not motion. */
const STEP_S_MAX = 0.1;

/**
 * The loop of a running game. One frame:
 *
 *     devices → intent → session → views → picture and HUD
 */
export class Game {
  private readonly frame = new Frame();
  private readonly roster = new Roster();
  private readonly script = new ScriptTime();
  private readonly log = new EventLog();
  private readonly hud = new Hud();
  private readonly line: Line;
  private readonly world: World;
  private readonly controls: Controls;
  private readonly seat = { x: 0, y: 0 };
  private link: Link | undefined;
  private session: Session | undefined;
  private setup: Setup | undefined;
  private request = 0;
  private hiddenTimer: ReturnType<typeof setInterval> | undefined;
  private before = 0;
  /** The rules say how much of the arena a view shows. */
  private fittedWidth = 0;

  constructor(world: World, controls: Controls, again: () => void) {
    this.world = world;
    this.controls = controls;
    this.line = new Line(again);
    exposeProbe(this.frame, this.script, this.log);
    window.addEventListener('resize', () => this.fit());
    this.fit();
  }

  play(link: Link): void {
    this.stop();
    this.link = link;
    this.before = performance.now();
    this.request = requestAnimationFrame(() => this.run());
    this.hiddenTimer = setInterval(() => this.keepTalking(), HIDDEN_EVERY_MS);
  }

  stop(): void {
    cancelAnimationFrame(this.request);
    clearInterval(this.hiddenTimer);
    this.link?.close();
    this.link = undefined;
    this.session = undefined;
    this.setup = undefined;
    this.hud.show(false);
  }

  private run(): void {
    const now = performance.now();
    const seconds = Math.min(STEP_S_MAX, (now - this.before) / 1000);
    this.before = now;
    this.advance(now);
    this.draw(now, seconds);
    this.script.add(performance.now() - now);
    this.request = requestAnimationFrame(() => this.run());
  }

  private keepTalking(): void {
    if (document.hidden) this.advance(performance.now());
  }

  /** From devices to views. Without a server the last views stay. */
  private advance(nowMs: number): void {
    const link = this.link;
    const session = link?.session;
    if (!link || !session) return;
    this.aim(session);
    link.drive(nowMs);
    if (link.state.kind !== 'open') return;
    if (session !== this.session) this.enter(session);
    this.frame.read(session.frame(nowMs));
    this.readEvents(session, nowMs);
    if (this.setup && this.roster.update(session)) this.hud.rosterChanged(this.setup, this.roster);
  }

  private aim(session: Session): void {
    const { camera } = this.world;
    this.seat.x = camera.pageX(this.frame.header.x);
    this.seat.y = camera.pageY(this.frame.header.y);
    const intent = this.controls.intent(this.seat);
    session.set_intent(intent.steerX, intent.steerY, intent.aimRad, intent.buttons);
  }

  private readEvents(session: Session, nowMs: number): void {
    for (let text = session.next_event(); text; text = session.next_event()) {
      const event = JSON.parse(text) as GameEvent;
      this.log.add(event);
      if (event.type === 'match_start') this.enter(session);
      this.world.apply(event, this.frame, nowMs);
      this.hud.apply(event, this.frame, this.roster, nowMs);
    }
  }

  /** A new connection or a new match: map, rules and roster are read again. */
  private enter(session: Session): void {
    this.session = session;
    this.setup = readSetup(session);
    if (!this.setup) return;
    const { width, height } = this.setup.map;
    const map = new ArenaMap(width, height, session.map_tiles());
    this.roster.forget();
    this.roster.update(session);
    this.world.setMap(map);
    this.hud.matchStarts(this.setup, map, this.roster);
    this.hud.show(true);
  }

  private draw(nowMs: number, seconds: number): void {
    const { setup, link } = this;
    this.line.update(link?.state, this.frame.header, nowMs);
    if (setup) {
      if (this.frame.header.halfWidth !== this.fittedWidth) this.fit();
      this.world.draw(this.frame, this.roster, nowMs, seconds);
      this.hud.update(this.frame, this.roster, setup, this.controls, nowMs);
    }
    if (link) showState(this.state(link));
  }

  private state(link: Link): PageState {
    if (link.state.kind === 'reconnecting') return 'reconnecting';
    if (link.state.kind === 'stopped') return 'stopped';
    if (!this.setup) return 'joining';
    const { header } = this.frame;
    if (header.phase === Phase.Results) return 'results';
    return header.alive ? 'playing' : 'dead';
  }

  private fit(): void {
    this.fittedWidth = this.frame.header.halfWidth;
    this.world.fit(window.innerWidth, window.innerHeight, this.frame);
  }
}
