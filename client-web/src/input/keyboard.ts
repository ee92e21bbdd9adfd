/** Keys by where they are, not by what is printed on them: WASD works on every layout. */

export type Action =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'fire'
  | 'special'
  | 'dash'
  | 'deflect'
  | 'scoreboard';

export const DEFAULT_KEYS: Readonly<Record<string, Action>> = {
  KeyW: 'up',
  ArrowUp: 'up',
  KeyS: 'down',
  ArrowDown: 'down',
  KeyA: 'left',
  ArrowLeft: 'left',
  KeyD: 'right',
  ArrowRight: 'right',
  Space: 'fire',
  KeyE: 'special',
  ShiftLeft: 'dash',
  ShiftRight: 'dash',
  KeyQ: 'deflect',
  KeyF: 'deflect',
  Tab: 'scoreboard',
};

export class Keyboard {
  private readonly keys: Readonly<Record<string, Action>>;
  private readonly down = new Set<string>();
  /** Pressed since the last frame: a tap shorter than a frame counts too. */
  private readonly tapped = new Set<string>();
  private flies = false;

  constructor(keys: Readonly<Record<string, Action>> = DEFAULT_KEYS) {
    this.keys = keys;
  }

  /** Starts listening. Returns what stops it again. */
  listen(): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    window.addEventListener('keydown', (event) => this.press(event), { signal });
    window.addEventListener('keyup', (event) => this.down.delete(event.code), { signal });
    window.addEventListener('blur', () => this.down.clear(), { signal });
    return () => {
      stop.abort();
      this.letGo();
    };
  }

  /** Whether keys fly. In a menu they are the browser's: it goes from field to field by them. */
  take(on: boolean): void {
    if (on === this.flies) return;
    this.flies = on;
    this.letGo();
  }

  letGo(): void {
    this.down.clear();
    this.tapped.clear();
  }

  held(action: Action): boolean {
    for (const code of this.down) if (this.keys[code] === action) return true;
    for (const code of this.tapped) if (this.keys[code] === action) return true;
    return false;
  }

  /** Went down since the last frame; holding it on is not another press. */
  pressed(action: Action): boolean {
    for (const code of this.tapped) if (this.keys[code] === action) return true;
    return false;
  }

  /** The frame has read what it wanted. */
  frameDone(): void {
    this.tapped.clear();
  }

  private press(event: KeyboardEvent): void {
    if (!this.flies || !(event.code in this.keys) || isTyping(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.down.add(event.code);
    if (!event.repeat) this.tapped.add(event.code);
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
