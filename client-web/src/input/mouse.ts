/** A move that is only a move. */
const NONE = -1;
const HELD_LEFT = 1;
const HELD_RIGHT = 2;
const HELD_MIDDLE = 4;
const BUTTON_MIDDLE = 1;

/** Where the mouse points, in page pixels, and which of its buttons are down. */
export class Mouse {
  x = 0;
  y = 0;
  /** False until a mouse was there: on a phone the aim comes from the stick. */
  seen = false;
  /** A button went down over the arena and not all are up again. */
  private pressed = false;
  /** `HELD_…` */
  private down = 0;
  /** Those that went down since the last frame. */
  private clicked = 0;

  /** Down now, or pressed since the last frame: a click shorter than a frame counts too. */
  get fire(): boolean {
    return ((this.down | this.clicked) & HELD_LEFT) !== 0;
  }

  /** As `fire`, for the right button. */
  get special(): boolean {
    return ((this.down | this.clicked) & HELD_RIGHT) !== 0;
  }

  /** The middle button went down since the last frame. */
  get deflectPressed(): boolean {
    return (this.clicked & HELD_MIDDLE) !== 0;
  }

  listen(surface: HTMLElement): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    window.addEventListener('pointermove', (event) => this.move(event), { signal });
    surface.addEventListener('pointerdown', (event) => this.press(event), { signal });
    window.addEventListener('pointerup', (event) => this.release(event), { signal });
    window.addEventListener('blur', () => this.letGo(), { signal });
    // The middle button would scroll.
    surface.addEventListener('mousedown', (event) => keepFromScrolling(event), { signal });
    surface.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
    return () => {
      stop.abort();
      this.letGo();
    };
  }

  /** The frame has read what it wanted. */
  frameDone(): void {
    this.clicked = 0;
  }

  letGo(): void {
    this.pressed = false;
    this.down = 0;
    this.clicked = 0;
  }

  private move(event: PointerEvent): void {
    if (event.pointerType === 'touch') return;
    this.x = event.clientX;
    this.y = event.clientY;
    this.seen = true;
    // A second button that goes down or up while one is held comes as a move.
    if (event.button !== NONE && this.pressed) this.hold(event);
  }

  private press(event: PointerEvent): void {
    if (event.pointerType === 'touch') return;
    this.pressed = true;
    this.move(event);
  }

  private hold(event: PointerEvent): void {
    this.clicked |= event.buttons & ~this.down;
    this.down = event.buttons;
    this.pressed = event.buttons !== 0;
  }

  private release(event: PointerEvent): void {
    if (event.pointerType !== 'touch') this.hold(event);
  }
}

function keepFromScrolling(event: MouseEvent): void {
  if (event.button === BUTTON_MIDDLE) event.preventDefault();
}
