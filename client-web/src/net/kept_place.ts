/** A place in a room that outlives a reload of the page: the tab keeps its resume token, other tabs don't see it. */
export interface KeptPlace {
  name: string;
  wsUrl: string;
  token: string;
}

const KEY = 'fracas.place';

export function keepPlace(place: KeptPlace): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(place));
  } catch {
    // Storage is refused in some private windows; then a reload is a new player.
  }
}

export function forgetPlace(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept either.
  }
}

/** The place kept for this name, once: a token is good for one try. */
export function takeKeptPlace(name: string): KeptPlace | undefined {
  try {
    const text = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    const kept: unknown = text === null ? undefined : JSON.parse(text);
    return isPlace(kept) && kept.name === name ? kept : undefined;
  } catch {
    return undefined;
  }
}

function isPlace(value: unknown): value is KeptPlace {
  const place = value as KeptPlace | null | undefined;
  return [place?.name, place?.wsUrl, place?.token].every((part) => typeof part === 'string');
}
