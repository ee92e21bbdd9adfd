/** A move that is only a move. */
const NONE = -1;
const HELD_LEFT = 1;
const HELD_RIGHT = 2;

/** Where the mouse points, in page pixels, and whether it fires. */
export class Mouse {
  x = 0;
  y = 0;
  /** False until a mouse was there: on a phone the aim comes from the stick. */
  seen = false;
  /** The right button is down. */
  rail = false;
  /** A button went down over the arena and not all are up again. */
  private pressed = false;
  private down = false;
  private clicked = false;

  /** Down now, or pressed since the last frame: a click shorter than a frame counts too. */
  get fire(): boolean {
    return this.down || this.clicked;
  }

  listen(surface: HTMLElement): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    window.addEventListener('pointermove', (event) => this.move(event), { signal });
    surface.addEventListener('pointerdown', (event) => this.press(event), { signal });
    window.addEventListener('pointerup', (event) => this.release(event), { signal });
    window.addEventListener('blur', () => this.letGo(), { signal });
    surface.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
    return () => {
      stop.abort();
      this.letGo();
    };
  }

  /** The frame has read what it wanted. */
  frameDone(): void {
    this.clicked = false;
  }

  letGo(): void {
    this.pressed = false;
    this.down = false;
    this.rail = false;
    this.clicked = false;
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
    const down = (event.buttons & HELD_LEFT) !== 0;
    if (down && !this.down) this.clicked = true;
    this.down = down;
    this.rail = (event.buttons & HELD_RIGHT) !== 0;
    this.pressed = event.buttons !== 0;
  }

  private release(event: PointerEvent): void {
    if (event.pointerType !== 'touch') this.hold(event);
  }
}
