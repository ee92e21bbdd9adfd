/**
 * A place in a room that outlives a reload of the page. The tab keeps which place it has; the browser keeps the newest
 * token of each place, because a token is good once: of two tabs with the same place (a duplicated one takes the
 * first's memory with it) only the one that entered last holds a good one, and the other can get it here to take the
 * place back. Other places in other tabs don't meet.
 */
export interface KeptPlace {
  key: string;
  name: string;
  /** The code of the room; empty in one that is open to all. */
  code: string;
  wsUrl: string;
  token: string;
}

const TAB = 'fracas.place';
const TOKENS = 'fracas.token.';
/** A token this old leads nowhere. */
const OLD_MS = 24 * 3600 * 1000;

export function newPlaceKey(): string {
  return Math.random().toString(36).slice(2) + Date.now().toString(36);
}

/** The newest token of a place, from its newest welcome. */
export function keepPlace(place: KeptPlace): void {
  try {
    sessionStorage.setItem(TAB, JSON.stringify(place));
    localStorage.setItem(TOKENS + place.key, JSON.stringify({ token: place.token, atMs: Date.now() }));
  } catch {
    // Storage is refused in some private windows; then a reload is a new player.
  }
}

/** This tab has no place any more. */
export function leavePlace(): void {
  try {
    sessionStorage.removeItem(TAB);
  } catch {
    // Nothing was kept either.
  }
}

/** Nobody has this place any more. */
export function forgetPlace(key: string): void {
  leavePlace();
  try {
    localStorage.removeItem(TOKENS + key);
  } catch {
    // Nothing was kept either.
  }
}

/** The place this tab had under this name, in the room with this code, with the newest token for it. */
export function keptPlace(name: string, code: string): KeptPlace | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(TAB) ?? 'null');
    sweep();
    if (!isPlace(kept) || kept.name !== name || kept.code !== code) return undefined;
    return { ...kept, token: newestToken(kept.key) ?? kept.token };
  } catch {
    return undefined;
  }
}

/** The token another tab may have got for this place since. */
export function newestToken(key: string): string | undefined {
  try {
    return readToken(TOKENS + key)?.token;
  } catch {
    return undefined;
  }
}

/** Tabs that were closed leave their tokens behind. */
function sweep(): void {
  for (const item of Object.keys(localStorage)) {
    if (!item.startsWith(TOKENS)) continue;
    const kept = readToken(item);
    if (!kept || Date.now() - kept.atMs > OLD_MS) localStorage.removeItem(item);
  }
}

function readToken(item: string): { token: string; atMs: number } | undefined {
  const kept: unknown = JSON.parse(localStorage.getItem(item) ?? 'null');
  const value = kept as { token?: unknown; atMs?: unknown } | null;
  return typeof value?.token === 'string' && typeof value.atMs === 'number'
    ? { token: value.token, atMs: value.atMs }
    : undefined;
}

function isPlace(value: unknown): value is KeptPlace {
  const place = value as KeptPlace | null | undefined;
  return [place?.key, place?.name, place?.code, place?.wsUrl, place?.token].every(
    (part) => typeof part === 'string',
  );
}
