import type { MapSetup, Team } from './arena_map';
import type { PickupRules, WeaponRules } from './arsenal';

/** What the pages need of the WASM core, so that a stand-in can take its place on the dev pages. */
export interface Session {
  hello(credential: string, resume: boolean, checksums: boolean, nowMs: number): Uint8Array;
  receive(bytes: Uint8Array, nowMs: number): void;
  set_intent(steerX: number, steerY: number, aimRad: number, buttons: number): void;
  /** To all or to the own team; false if there is nothing in it that can be said. */
  say_text(text: string, toTeam: boolean): boolean;
  /** By its number in `phrases`. */
  say_phrase(number: number, toTeam: boolean): boolean;
  /** What can be said with one key. */
  phrases(): string[];
  advance(nowMs: number): void;
  /** Asks for one of the maps of the newest `ballot`, counted from 0. */
  vote(choice: number): void;
  next_message(): Uint8Array | undefined;
  next_event(): string | undefined;
  frame(nowMs: number): Float32Array;
  snapshot_count(): number;
  net_stats(): Float64Array;
  roster_revision(): number;
  roster_json(): string;
  standing_json(): string;
  setup_json(): string;
  map_tiles(): Uint8Array;
  free(): void;
}

/** Fire and Special are held; Dash and Deflect are pressed: set for the frame of the press alone. */
export const Button = { Fire: 1, Special: 2, Dash: 4, Deflect: 8 } as const;

/** What the player wants, from whatever device. */
export interface Intent {
  /** -1..1, right is positive. */
  steerX: number;
  /** -1..1, down is positive. */
  steerY: number;
  aimRad: number;
  buttons: number;
}

/** What the welcome or the start of a match said. */
export interface Setup {
  player: number;
  resume_token: string;
  match_id: string;
  room: string;
  mode: string;
  tick_hz: number;
  snapshot_hz: number;
  /** Only what the pages show; the core knows the rest. */
  rules: {
    flow: { score_to_win: number };
    craft: { respawn_s: number; health: number };
    dash: { charges: number };
    deflect: { arc_degrees: number; radius_tiles: number };
    effects: { shield_max: number };
    weapons: WeaponRules[];
    pickups: PickupRules[];
  };
  map: MapSetup;
}

export interface Player {
  id: number;
  name: string;
  bot: boolean;
  /** None in a free for all. */
  team: Team | null;
  score: number;
  kills: number;
  deaths: number;
  assists: number;
  streak: number;
  /** Points with flags and zones. */
  objective: number;
  ping_ms: number;
}

export type ObjectiveNews =
  | 'flag_taken'
  | 'flag_dropped'
  | 'flag_returned'
  | 'flag_captured'
  | 'zone_taken'
  | 'zone_moved';

export type Award =
  | 'most_kills'
  | 'best_streak'
  | 'most_bank_shots'
  | 'most_deflects'
  | 'most_objective_points'
  | 'survivor';

export interface AwardLine {
  award: Award;
  player: number;
  count: number;
}

/** The vote on the next map, as it stands. */
export interface BallotEvent {
  type: 'ballot';
  titles: string[];
  votes: number[];
  seconds_left: number;
}

export type GameEvent =
  | BallotEvent
  | { type: 'fired'; x: number; y: number; owner: number; weapon: string; aim: number; own: boolean }
  | { type: 'bounce'; x: number; y: number; nx: number; ny: number; bounces: number; own: boolean }
  | { type: 'shot_end'; x: number; y: number; weapon: string; cause: 'craft' | 'wall' | 'expired' }
  | {
      type: 'hit';
      attacker: number;
      victim: number;
      damage: number;
      weapon: string;
      bounces: number;
      x: number;
      y: number;
    }
  | {
      type: 'kill';
      killer: number | null;
      victim: number;
      weapon: string;
      bounces: number;
      /** The killer had sent somebody's shot back. */
      deflected: boolean;
      /** Points beyond the usual one: the victim wore the crown. */
      bounty: number;
      assists: number[];
      /** Absent when the victim was out of sight. */
      x?: number;
      y?: number;
    }
  | { type: 'spawn'; player: number; x: number; y: number }
  | { type: 'streak'; player: number; kills: number }
  /** `pad` is its place in the map. */
  | { type: 'pickup'; player: number; pad: number }
  | { type: 'deflect'; player: number; x: number; y: number }
  | { type: 'objective'; what: ObjectiveNews; team: Team | null; player: number | null }
  | { type: 'result'; winner: number | null; team: Team | null; awards: AwardLine[] }
  | { type: 'phase'; phase: string }
  | { type: 'match_start' }
  | { type: 'beam'; owner: number; weapon: string; points: [number, number][]; own: boolean }
  | {
      type: 'chat';
      from: number;
      name: string;
      team: boolean;
      text: string;
      /** Its number, if it is one. */
      phrase?: number;
      own: boolean;
    }
  /** What was said went to nobody. */
  | { type: 'chat_refused'; reason: 'flood' | 'repeat' | 'words' | 'off' }
  | { type: 'correction'; tiles: number };

/** Reads `setup_json`; undefined before the welcome. */
export function readSetup(session: Session): Setup | undefined {
  const setup: unknown = JSON.parse(session.setup_json());
  return setup === null ? undefined : (setup as Setup);
}
