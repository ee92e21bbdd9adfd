import { byId, Flag } from '../dom';
import type { Controls } from '../input/controls';
import type { ArenaMap } from '../view/arena_map';
import { Arsenal } from '../view/arsenal';
import type { Frame } from '../view/frame';
import type { MatchState } from '../view/match_state';
import type { Roster } from '../view/roster';
import type { GameEvent, Setup } from '../view/session';
import { Banner } from './banner';
import { Boosts } from './boosts';
import { Clock } from './clock';
import { Death } from './death';
import { Killfeed } from './killfeed';
import { Minimap } from './minimap';
import { Moves } from './moves';
import { PickupNote } from './pickup_note';
import { Results } from './results';
import { Reticle } from './reticle';
import { Scoreboard } from './scoreboard';
import { Special } from './special';
import { Standing } from './standing';
import { Teams } from './teams';
import { Vitals } from './vitals';

/** Everything over the arena that is DOM. Reads views, decides nothing. */
export class Hud {
  private readonly shown = Flag.shows(byId('hud', HTMLElement));
  private readonly touch = Flag.className(document.body, 'touch');
  private readonly vitals = new Vitals();
  private readonly special = new Special();
  private readonly moves = new Moves();
  private readonly boosts = new Boosts();
  private readonly pickup = new PickupNote();
  private readonly clock = new Clock();
  private readonly banner = new Banner();
  private readonly standing = new Standing();
  private readonly teams = new Teams();
  private readonly killfeed = new Killfeed();
  private readonly scoreboard = new Scoreboard();
  private readonly reticle = new Reticle();
  private readonly minimap = new Minimap();
  private readonly death = new Death();
  private readonly results = new Results();
  private arsenal = new Arsenal();
  private map: ArenaMap | undefined;
  /** Who wore it in the frame before; undefined before the first of a match. */
  private crown: number | null | undefined;

  /** How many craft the minimap showed last. */
  get minimapDots(): number {
    return this.minimap.dots;
  }

  /** What becomes of a vote on the next map. */
  set onVote(vote: (choice: number) => void) {
    this.results.ballot.onVote = vote;
  }

  show(on: boolean): void {
    this.shown.set(on);
  }

  matchStarts(setup: Setup, map: ArenaMap, arsenal: Arsenal, roster: Roster): void {
    const { rules } = setup;
    this.map = map;
    this.arsenal = arsenal;
    this.minimap.setMap(map, arsenal);
    this.special.setArsenal(arsenal);
    this.moves.setCharges(rules.dash.charges);
    this.vitals.setShieldMax((100 * rules.effects.shield_max) / rules.craft.health);
    this.killfeed.setArsenal(arsenal);
    this.killfeed.clear();
    this.crown = undefined;
    this.results.forget();
    this.results.ballot.close();
    this.death.forget();
    this.rosterChanged(setup, roster);
  }

  rosterChanged(setup: Setup, roster: Roster): void {
    this.standing.update(roster, setup.player, setup.rules.flow.score_to_win);
  }

  apply(event: GameEvent, frame: Frame, roster: Roster, nowMs: number): void {
    const own = frame.header.player;
    if (event.type === 'hit' && event.attacker === own && event.victim !== own) {
      this.reticle.hit(event.bounces, false, nowMs);
    } else if (event.type === 'kill') {
      this.killfeed.kill(event, roster, own);
      if (event.victim === own) this.death.killed(event, frame, roster);
      else if (event.killer === own) this.reticle.hit(event.bounces, true, nowMs);
    } else if (event.type === 'streak') {
      if (event.player === own) this.banner.show(`${event.kills} in a row`, 'Streak', nowMs);
      else this.killfeed.note(`is on a streak of ${event.kills}`, event.player, roster, own);
    } else if (event.type === 'objective') {
      this.killfeed.objective(event, roster, own);
      this.banner.objective(event, roster.get(own)?.team ?? null, nowMs);
    } else if (event.type === 'pickup') {
      const pad = this.map?.pads[event.pad];
      if (pad) this.taken(pad.item, event.player, roster, own, nowMs);
    } else if (event.type === 'deflect') {
      this.killfeed.aside('sends it back', event.player, roster, own);
    } else if (event.type === 'result') this.results.decided(event, roster);
    else if (event.type === 'ballot') this.results.ballot.update(event);
  }

  private taken(item: string, player: number, roster: Roster, own: number, nowMs: number): void {
    if (player === own) this.pickup.taken(item, this.arsenal, nowMs);
    const effect = this.arsenal.pickup(item)?.effect;
    // What whoever meets them has to reckon with.
    if (effect === 'haste' || effect === 'overcharge')
      this.killfeed.aside(`takes ${item}`, player, roster, own);
  }

  /** Whoever comes in the middle of a match is not told who had taken the lead before. */
  private crowned({ crown }: MatchState, roster: Roster, own: number): void {
    const before = this.crown;
    this.crown = crown;
    if (before === undefined || before === crown || crown === null) return;
    this.killfeed.aside('takes the lead', crown, roster, own);
  }

  /** Something happened while nobody looked: only what is still to be read afterwards. */
  missed(event: GameEvent, frame: Frame, roster: Roster): void {
    if (event.type === 'kill' && event.victim === frame.header.player)
      this.death.killed(event, frame, roster);
    if (event.type === 'result') this.results.decided(event, roster);
    if (event.type === 'ballot') this.results.ballot.update(event);
  }

  update(
    frame: Frame,
    match: MatchState,
    roster: Roster,
    setup: Setup,
    controls: Controls,
    nowMs: number,
  ): void {
    const { header } = frame;
    this.touch.set(controls.touch.used);
    this.vitals.update(header);
    this.special.update(header);
    this.moves.update(header);
    this.boosts.update(header);
    this.pickup.update(nowMs);
    this.clock.update(header, setup.mode);
    this.crowned(match, roster, header.player);
    this.teams.update(match, roster, header.player);
    this.banner.update(header, setup.mode, nowMs);
    this.reticle.update(header, controls.mouse, nowMs);
    this.minimap.update(frame, match, nowMs);
    this.death.update(frame);
    this.results.update(header, match, roster);
    this.scoreboard.update(controls.wantsScoreboard(), match, roster, header.player, setup.match_id);
  }
}
