/** Rooms that somebody asks for: made with `POST /api/rooms`, found by their code. */

import { JoinError, problemText } from './join';

/** What the server offers. */
export interface RoomOptions {
  modes: string[];
  maps: string[];
  /** Those of them that a mode can be played on. */
  maps_by_mode: Record<string, string[]>;
  /** Places of a room of a mode whose maker names no number. */
  places_by_mode: Record<string, number>;
  /** Bots that it has then, if no number of them is named either. */
  bots_by_mode: Record<string, number>;
  bot_skills: string[];
  /** The usual one. */
  bot_skill: string;
  max_players: number;
  /** All rooms that are made have no more together. */
  max_rooms_bots: number;
}

/** What somebody wants. */
export interface RoomWish {
  mode: string;
  map: string;
  /** As many as are usual if there is none. */
  bots?: number | undefined;
  bot_skill: string;
  private: boolean;
}

export interface MadeRoom {
  room: string;
  code: string;
  url: string;
}

/** What runs in a room. */
export interface RoomInfo {
  room: string;
  mode: string;
  map: string;
  players: number;
  bots: number;
}

const TIMEOUT_MS = 8000;

export async function makeRoom(wish: RoomWish): Promise<MadeRoom> {
  const body = await ask('/api/rooms', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  });
  return body as MadeRoom;
}

/** What the room with this code is, as long as it is there. */
export async function findRoom(code: string): Promise<RoomInfo> {
  return (await ask(`/api/rooms/${encodeURIComponent(code)}`)) as RoomInfo;
}

export async function roomOptions(): Promise<RoomOptions> {
  return (await ask('/api/room-options')) as RoomOptions;
}

/** The code of a link that leads here, if this page was opened by one. */
export function codeOfPage(): string {
  return new URLSearchParams(location.search).get('code') ?? '';
}

/** The address of this page leads to a room from now on, or to none: a reload finds the same. */
export function setCodeOfPage(code: string): void {
  const url = new URL(location.href);
  if (code) url.searchParams.set('code', code);
  else url.searchParams.delete('code');
  history.replaceState(null, '', url);
}

async function ask(path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(path, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => {
    throw new JoinError('The server cannot be reached.', true);
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new JoinError(problemText(body, response.status), response.status !== 404);
  return body;
}
