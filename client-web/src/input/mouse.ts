/** Where the mouse points, in page pixels, and whether it fires. */
export class Mouse {
  x = 0;
  y = 0;
  fire = false;
  /** False until a mouse was there: on a phone the aim comes from the stick. */
  seen = false;

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

  private move(event: PointerEvent): void {
    if (event.pointerType === 'touch') return;
    this.x = event.clientX;
    this.y = event.clientY;
    this.seen = true;
  }

  private press(event: PointerEvent): void {
    if (event.pointerType === 'touch' || event.button !== 0) return;
    this.move(event);
    this.fire = true;
  }

  private release(event: PointerEvent): void {
    if (event.pointerType !== 'touch' && event.button === 0) this.fire = false;
  }

  private letGo(): void {
    this.fire = false;
  }
}
