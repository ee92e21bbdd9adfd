/** Where the mouse points, in page pixels, and whether it fires. */
export class Mouse {
  x = 0;
  y = 0;
  /** False until a mouse was there: on a phone the aim comes from the stick. */
  seen = false;
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

  private move(event: PointerEvent): void {
    if (event.pointerType === 'touch') return;
    this.x = event.clientX;
    this.y = event.clientY;
    this.seen = true;
  }

  private press(event: PointerEvent): void {
    if (event.pointerType === 'touch' || event.button !== 0) return;
    this.move(event);
    this.down = true;
    this.clicked = true;
  }

  private release(event: PointerEvent): void {
    if (event.pointerType !== 'touch' && event.button === 0) this.down = false;
  }

  private letGo(): void {
    this.down = false;
    this.clicked = false;
  }
}
