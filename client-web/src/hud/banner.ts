import { byId, Text } from '../dom';
import type { Team } from '../view/arena_map';
import { type Header, Phase } from '../view/frame';
import { TEAM_NAMES } from '../view/match_state';
import { tieBreaker } from '../view/modes';
import type { GameEvent } from '../view/session';

const SHOWN_MS = 1600;

/** The big words in the middle: countdown, start, sudden death, streaks. */
export class Banner {
  private readonly root = byId('banner', HTMLElement);
  private readonly title = new Text(this.root.children[0] as Element);
  private readonly line = new Text(this.root.children[1] as Element);
  private until = 0;
  private phase: Phase | undefined;
  private counted = -1;

  update(header: Header, mode: string, nowMs: number): void {
    if (header.phase !== this.phase) this.turn(header.phase, mode, nowMs);
    if (header.phase === Phase.Countdown) this.count(header.phaseLeft, nowMs);
    if (this.until !== 0 && nowMs > this.until) this.hide();
  }

  show(title: string, line: string, nowMs: number, shownMs = SHOWN_MS): void {
    this.title.set(title);
    this.line.set(line);
    this.until = nowMs + shownMs;
    this.root.classList.remove('shown');
    // Reading a size lets the entrance play again.
    void this.root.offsetWidth;
    this.root.classList.add('shown');
  }

  /** What a team must hear of at once. */
  objective(event: Extract<GameEvent, { type: 'objective' }>, own: Team | null, nowMs: number): void {
    const ours = event.team === own;
    if (event.what === 'flag_captured' && event.team)
      this.show(ours ? 'They scored' : 'Captured', `${TEAM_NAMES[event.team]}'s flag`, nowMs);
    else if (event.what === 'flag_taken' && ours) this.show('Flag taken', 'Get it back', nowMs);
    else if (event.what === 'zone_moved') this.show('The zone moves', '', nowMs);
    else if (event.what === 'zone_taken' && ours) this.show('Zone taken', 'Hold it', nowMs);
  }

  private turn(phase: Phase, mode: string, nowMs: number): void {
    const first = this.phase === undefined;
    this.phase = phase;
    this.counted = -1;
    if (phase === Phase.Live && !first) this.show('Fight', '', nowMs);
    else if (phase === Phase.Overtime) this.show('Sudden death', tieBreaker(mode), nowMs, 2500);
    else if (phase === Phase.Waiting)
      this.show('Warm-up', 'The match starts when enough are here', nowMs, 2500);
    else if (phase === Phase.Results) this.hide();
  }

  private count(left: number, nowMs: number): void {
    const seconds = Math.ceil(left);
    if (seconds === this.counted || seconds <= 0) return;
    this.counted = seconds;
    this.show(String(seconds), 'Get ready', nowMs, 1100);
  }

  private hide(): void {
    this.until = 0;
    this.root.classList.remove('shown');
  }
}
