/** `POST /api/join`: a name in, a place in a match out; in the room with a code, if there is one. */

export interface Place {
  matchId: string;
  wsUrl: string;
  ticket: string;
}

/** The server's own words on why not (problem+json), or ours when it can't be reached. */
export class JoinError extends Error {
  readonly retry: boolean;

  constructor(message: string, retry: boolean) {
    super(message);
    this.name = 'JoinError';
    this.retry = retry;
  }
}

const TIMEOUT_MS = 8000;

export async function join(name: string, code: string): Promise<Place> {
  const response = await post(code ? { name, code } : { name });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new JoinError(problemText(body, response.status), isPassing(response.status));
  if (!isPlace(body)) throw new JoinError('The server gave an answer this page does not know.', false);
  return { matchId: body.match_id, wsUrl: socketUrl(body.ws_url), ticket: body.ticket };
}

async function post(wish: { name: string; code?: string }): Promise<Response> {
  try {
    return await fetch('/api/join', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wish),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new JoinError('The server cannot be reached.', true);
  }
}

function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

/** The words of a `problem+json`. */
export function problemText(body: unknown, status: number): string {
  if (typeof body === 'object' && body !== null) {
    if ('detail' in body && typeof body.detail === 'string') return body.detail;
    if ('title' in body && typeof body.title === 'string') return body.title;
  }
  return `The server refused (${status}).`;
}

function isPlace(body: unknown): body is { match_id: string; ws_url: string; ticket: string } {
  return (
    typeof body === 'object' &&
    body !== null &&
    'match_id' in body &&
    typeof body.match_id === 'string' &&
    'ws_url' in body &&
    typeof body.ws_url === 'string' &&
    'ticket' in body &&
    typeof body.ticket === 'string'
  );
}

/** The address may be given whole or as a path on this server. */
function socketUrl(given: string): string {
  const url = new URL(given, location.href);
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  return url.href;
}
