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
