import type { Team } from './arena_map';
import type { Session } from './session';

/** A flag. Where its stand is says the map; where it is while somebody carries it, only their craft. */
export interface FlagState {
  team: Team;
  state: 'home' | 'carried' | 'dropped';
  by: number | null;
  /** Where it lies, in tiles. */
  at: [number, number] | null;
  returns_s: number | null;
}

/** The zone that counts now. */
export interface ZoneState {
  /** Which of the map's. */
  index: number;
  moves_s: number;
  holder: Team | null;
  contested: boolean;
  /** Who is about to take it, and in how many seconds. */
  taking: Team | null;
  taken_s: number;
}

interface Standing {
  crown: number | null;
  /** Points of blue and of orange. */
  teams: [number, number] | null;
  flags: FlagState[];
  zone: ZoneState | null;
}

const EVERY_MS = 100;
const NOTHING: Standing = { crown: null, teams: null, flags: [], zone: null };

/** How the match stands, but for its clock. Read ten times a second: nobody sees a flag change hands faster. */
export class MatchState {
  /** Counts changes. */
  revision = 0;
  private standing: Standing = NOTHING;
  private text = '';
  private readAtMs = Number.NEGATIVE_INFINITY;

  /** Who is alone in the lead; null if nobody is. */
  get crown(): number | null {
    return this.standing.crown;
  }

  get flags(): readonly FlagState[] {
    return this.standing.flags;
  }

  get zone(): ZoneState | null {
    return this.standing.zone;
  }

  /** None in a free for all. */
  get teams(): Record<Team, number> | undefined {
    const { teams } = this.standing;
    return teams ? { blue: teams[0], orange: teams[1] } : undefined;
  }

  /** True when something changed. */
  update(session: Session, nowMs: number): boolean {
    if (nowMs - this.readAtMs < EVERY_MS) return false;
    this.readAtMs = nowMs;
    const text = session.standing_json();
    if (text === this.text) return false;
    this.text = text;
    this.revision += 1;
    this.standing = (JSON.parse(text) as Standing | null) ?? NOTHING;
    return true;
  }

  /** For a new connection or match. */
  forget(): void {
    this.standing = NOTHING;
    this.text = '';
    this.readAtMs = Number.NEGATIVE_INFINITY;
  }
}

/** How teams are written. */
export const TEAM_NAMES: Record<Team, string> = { blue: 'Blue', orange: 'Orange' };
/** Their shapes, for eyes that don't tell the colours apart: flags, stands and marks have them too. */
export const TEAM_SHAPES: Record<Team, string> = { blue: '■', orange: '▲' };
