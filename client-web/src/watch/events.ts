/** What the event stream says, as far as this page shows it. */

import type { Team } from '../view/arena_map';
import type { ObjectiveNews } from '../view/session';

export interface BoardPlayer {
  id: number;
  name: string;
  team: Team | null;
  score: number;
  kills: number;
  deaths: number;
  assists: number;
  streak: number;
  ping_ms: number;
  bot: boolean;
}

interface Common {
  match: string;
  tick: number;
}

export interface TeamScore {
  team: Team;
  score: number;
  players: number;
}

export interface Board extends Common {
  phase: string;
  time_left_s: number | null;
  /** The better one first; none in a free for all. */
  teams: TeamScore[];
  /** Of whom the board has the best. */
  players_total: number;
  players: BoardPlayer[];
  /** Who wears it. */
  crown: number | null;
}

export interface Kill extends Common {
  killer: number | null;
  killer_name: string | null;
  victim: number;
  victim_name: string;
  weapon: string;
  bounces: number;
  deflected: boolean;
  /** Points beyond the usual one: the victim wore the crown. */
  bounty: number;
  assists: number[];
  assist_names: string[];
}

export interface Coming extends Common {
  id: number;
  name: string;
  bot: boolean;
}

export interface PhaseChange extends Common {
  phase: string;
}

export interface Streak extends Common {
  id: number;
  name: string;
  kills: number;
}

/** Who is ahead of all others now, if anybody is. */
export interface Crown extends Common {
  id: number | null;
  name: string | null;
}

/** Not told in a crowd, nor are deflects. */
export interface Pickup extends Common {
  id: number;
  name: string;
  item: string;
}

export interface Deflect extends Common {
  id: number;
  name: string;
  /** Whose shot it was. */
  from: number;
  weapon: string;
}

/** Something happened to a flag or a zone. */
export interface Objective extends Common {
  what: ObjectiveNews;
  team: Team | null;
  player: number | null;
  player_name: string | null;
}

export interface Said extends Common {
  from: number;
  name: string;
  text: string;
}

export type Result = Common;

/** By event name. */
export interface StreamEvents {
  scoreboard: Board;
  kill: Kill;
  join: Coming;
  leave: Coming;
  phase: PhaseChange;
  streak: Streak;
  crown: Crown;
  pickup: Pickup;
  deflect: Deflect;
  score: Objective;
  chat: Said;
  result: Result;
  reset: unknown;
}

export type EventName = keyof StreamEvents;

export const EVENT_NAMES: readonly EventName[] = [
  'scoreboard',
  'kill',
  'join',
  'leave',
  'phase',
  'streak',
  'crown',
  'pickup',
  'deflect',
  'score',
  'chat',
  'result',
  'reset',
];
