import { Chat } from '../chat/chat';
import { Hud } from '../hud/hud';
import { Line } from '../hud/line';
import { NetGraph } from '../hud/net_graph';
import type { Controls } from '../input/controls';
import type { Link } from '../net/link';
import type { World } from '../render/world';
import { ArenaMap } from '../view/arena_map';
import { Arsenal } from '../view/arsenal';
import { Frame, Phase } from '../view/frame';
import { MatchState } from '../view/match_state';
import { Roster } from '../view/roster';
import { type GameEvent, readSetup, type Session, type Setup } from '../view/session';
import { Health } from './health';
import { Presence } from './presence';
import { EventLog, exposeProbe, type PageState, showState } from './probe';
import { ScriptTime } from './stats';

/** In a tab that nobody sees: often enough to keep the session's clock, rare enough to cost nothing. */
const UNSEEN_EVERY_MS = 50;
/** … and so often what happened is fetched and let go. */
const UNSEEN_FRAME_EVERY_MS = 250;
/** A longer gap is a pause, not motion. */
const STEP_S_MAX = 0.1;

/**
 * The loop of a running game. One frame:
 *
 *     devices → intent → session → views → picture and HUD
 *
 * While nobody looks there are no frames: the session goes on with the messages, hands off the controls, and what
 * happens is let go instead of piling up.
 */
export class Game {
  private readonly frame = new Frame();
  private readonly roster = new Roster();
  private readonly match = new MatchState();
  private readonly script = new ScriptTime();
  private readonly log = new EventLog();
  private readonly health = new Health();
  private readonly hud = new Hud();
  private readonly graph = new NetGraph();
  private readonly chat: Chat;
  private readonly line: Line;
  private readonly world: World;
  private readonly controls: Controls;
  private readonly seat = { x: 0, y: 0 };
  private link: Link | undefined;
  private session: Session | undefined;
  private setup: Setup | undefined;
  private presence: Presence | undefined;
  private request = 0;
  private before = 0;
  private unseenAtMs = 0;
  private unseenFrameAtMs = 0;
  /** What comes in now happened while nobody looked: shown as it stands, not as it went. */
  private catchingUp = false;
  private snapshotsBefore = 0;
  private countedAtMs = 0;
  /** The rules say how much of the arena a view shows. */
  private fittedWidth = 0;

  constructor(world: World, controls: Controls, again: () => void) {
    this.world = world;
    this.controls = controls;
    this.line = new Line(again);
    this.chat = new Chat(
      () => (this.link?.state.kind === 'open' ? this.link.session : undefined),
      () => this.controls.letGo(),
      () => Boolean(this.roster.get(this.frame.header.player)?.team),
    );
    this.graph.listen();
    this.hud.onVote = (choice) => this.session?.vote(choice);
    exposeProbe({
      frame: this.frame,
      script: this.script,
      log: this.log,
      health: this.health,
      roster: this.roster,
      hud: this.hud,
      intent: () => this.controls.newest,
      link: () => this.link,
    });
    window.addEventListener('resize', () => this.fit());
    this.fit();
  }

  play(link: Link): void {
    this.stop();
    this.link = link;
    link.onHeard = (nowMs) => this.heard(nowMs);
    this.before = performance.now();
    this.request = requestAnimationFrame(() => this.run());
    this.presence = new Presence({
      away: () => this.away(),
      beat: () => this.goOnUnseen(performance.now()),
      back: (asleep) => this.back(asleep),
    });
  }

  stop(): void {
    cancelAnimationFrame(this.request);
    this.presence?.end();
    this.link?.close();
    this.link = undefined;
    this.session = undefined;
    this.setup = undefined;
    this.controls.takeKeys(false);
    this.hud.show(false);
    this.chat.show(false);
    this.graph.hide();
  }

  private run(): void {
    const now = performance.now();
    this.presence?.beat(now);
    const gapMs = now - this.before;
    this.before = now;
    this.advance(now);
    this.draw(now, Math.min(STEP_S_MAX, gapMs / 1000));
    const scriptMs = performance.now() - now;
    this.script.add(scriptMs);
    if (!document.hidden) this.health.frame(now, gapMs, scriptMs);
    this.request = requestAnimationFrame(() => this.run());
  }

  /** Nobody looks: hands off. The craft must not fly and fire on. */
  private away(): void {
    this.controls.letGo();
    this.goOnUnseen(performance.now());
  }

  private heard(nowMs: number): void {
    if (document.hidden && nowMs - this.unseenAtMs >= UNSEEN_EVERY_MS) this.goOnUnseen(nowMs);
  }

  private goOnUnseen(nowMs: number): void {
    this.unseenAtMs = nowMs;
    this.presence?.beat(nowMs);
    this.catchingUp = true;
    this.drive(nowMs);
    if (nowMs - this.unseenFrameAtMs < UNSEEN_FRAME_EVERY_MS) return;
    this.unseenFrameAtMs = nowMs;
    this.readViews(nowMs);
  }

  /** Somebody looks again: the present at once, without what was flying about when they left. */
  private back(asleep: boolean): void {
    const now = performance.now();
    this.catchingUp = true;
    this.before = now;
    this.snapshotsBefore = this.session?.snapshot_count() ?? 0;
    this.countedAtMs = now;
    this.world.forgetMoment();
    if (asleep) this.link?.arrivals.forget(now);
    this.health.forget(now);
    this.link?.hurry();
  }

  private advance(nowMs: number): void {
    this.drive(nowMs);
    this.readViews(nowMs);
  }

  private drive(nowMs: number): void {
    const { link } = this;
    if (!link) return;
    if (link.session) this.aim(link.session);
    link.drive(nowMs);
  }

  /** From the session to views. Without a server the last views stay. */
  private readViews(nowMs: number): void {
    const session = this.link?.session;
    if (this.link?.state.kind !== 'open' || !session) return;
    if (session !== this.session) this.enter(session);
    this.frame.read(session.frame(nowMs));
    // Before the events: in a crowd a snapshot introduces those of whom it tells something.
    if (this.setup && this.roster.update(session)) this.hud.rosterChanged(this.setup, this.roster);
    this.readEvents(session, nowMs);
    this.health.sample(nowMs, session);
    this.match.update(session, nowMs);
    if (!document.hidden) this.noteCaughtUp(session, nowMs);
  }

  /** Caught up once a frame brings no more snapshots than fit into it. */
  private noteCaughtUp(session: Session, nowMs: number): void {
    const count = session.snapshot_count();
    const came = count - this.snapshotsBefore;
    const due = ((nowMs - this.countedAtMs) / 1000) * (this.setup?.snapshot_hz ?? 0);
    this.snapshotsBefore = count;
    this.countedAtMs = nowMs;
    if (came <= 2 + 2 * due) this.catchingUp = false;
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
      if (event.type === 'match_start') this.enter(session);
      this.chat.apply(event);
      if (event.type === 'correction') this.health.corrected(nowMs, event.tiles);
      if (this.catchingUp) {
        this.hud.missed(event, this.frame, this.roster);
        continue;
      }
      this.log.add(event);
      this.world.apply(event, this.frame, nowMs);
      this.hud.apply(event, this.frame, this.roster, nowMs);
    }
  }

  /** A new connection or a new match: map, rules and roster are read again. */
  private enter(session: Session): void {
    this.session = session;
    this.setup = readSetup(session);
    if (!this.setup) return;
    const map = new ArenaMap(this.setup.map, session.map_tiles());
    this.match.forget();
    this.roster.forget(this.setup.mode === 'massive');
    this.roster.update(session);
    const { rules } = this.setup;
    const arsenal = new Arsenal(rules.weapons, rules.pickups);
    this.world.enter(map, arsenal, this.setup);
    this.hud.matchStarts(this.setup, map, arsenal, this.roster);
    this.hud.show(true);
    this.chat.matchStarts(session);
  }

  private draw(nowMs: number, seconds: number): void {
    const { setup, link } = this;
    this.line.update(link, nowMs);
    this.controls.takeKeys(link !== undefined && link.state.kind !== 'stopped');
    if (setup) {
      if (this.frame.header.halfWidth !== this.fittedWidth) this.fit();
      this.world.draw(this.frame, this.match, this.roster, nowMs, seconds);
      this.hud.update(this.frame, this.match, this.roster, setup, this.controls, nowMs);
      if (link) this.graph.update(this.health, link.arrivals, nowMs);
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
