/** What the server's close codes mean for the player. */

/** `taken`: another window of this browser has the place now. */
export type Advice = 'retry' | 'rejoin' | 'stop' | 'taken';

export interface Closing {
  advice: Advice;
  /** One plain sentence. */
  text: string;
}

export const TAKEN_OVER: Closing = { advice: 'taken', text: 'You are playing in another window now.' };
/** No code, or the browser's own 1006. */
export const LOST: Closing = { advice: 'retry', text: 'The connection was lost.' };

const CLOSINGS: Record<number, Closing> = {
  1001: { advice: 'retry', text: 'The server is going away for a moment.' },
  1002: { advice: 'stop', text: 'The connection broke the WebSocket protocol.' },
  1003: { advice: 'stop', text: 'The server did not understand this page.' },
  1007: { advice: 'stop', text: 'The server did not understand this page.' },
  1009: { advice: 'stop', text: 'The server did not understand this page.' },
  1011: { advice: 'rejoin', text: 'This match crashed. You join the next one.' },
  1013: { advice: 'retry', text: 'The server has too much to do.' },
  4001: { advice: 'retry', text: 'Your connection could not keep up.' },
  4002: { advice: 'retry', text: 'The server stopped hearing from you.' },
  4008: { advice: 'retry', text: 'The connection took too long to start.' },
  4029: { advice: 'retry', text: 'Too much was sent.' },
  4500: { advice: 'stop', text: 'The server did not understand this page.' },
  4501: { advice: 'stop', text: 'The server has been updated. Reload the page.' },
  4502: { advice: 'rejoin', text: 'Your place was given up.' },
  4503: { advice: 'stop', text: 'You were kicked from this match.' },
  4504: { advice: 'stop', text: 'You are banned from this server.' },
  4509: TAKEN_OVER,
};

export function closing(code: number): Closing {
  return CLOSINGS[code] ?? LOST;
}
