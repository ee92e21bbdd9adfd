/** What is kept from visit to visit. Storage may be forbidden; then nothing is kept. */

const NAME = 'fracas.name';

export function savedName(): string {
  try {
    return localStorage.getItem(NAME) ?? '';
  } catch {
    return '';
  }
}

export function saveName(name: string): void {
  try {
    localStorage.setItem(NAME, name);
  } catch {
    // Private windows: play on without.
  }
}

export function wantsCalm(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

const CHAT = 'fracas.chat';

/** On unless it was switched off. */
export function savedChat(): boolean {
  try {
    return localStorage.getItem(CHAT) !== 'off';
  } catch {
    return true;
  }
}

export function saveChat(on: boolean): void {
  try {
    localStorage.setItem(CHAT, on ? 'on' : 'off');
  } catch {
    // Shown or hidden until the page is left.
  }
}

const NET_GRAPH = 'fracas.net_graph';

export function savedNetGraph(): boolean {
  try {
    return localStorage.getItem(NET_GRAPH) === 'on';
  } catch {
    return false;
  }
}

export function saveNetGraph(on: boolean): void {
  try {
    localStorage.setItem(NET_GRAPH, on ? 'on' : 'off');
  } catch {
    // Shown or hidden until the page is left.
  }
}
