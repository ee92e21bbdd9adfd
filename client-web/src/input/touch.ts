/**
 * Two sticks that appear under the thumbs: left steers, right aims, and fires when pushed out. A pad above the right
 * one charges the rail for as long as it is held.
 */

const STICK_PX = 56;
const DEAD_ZONE = 0.15;
const FIRE_FROM = 0.45;

class Stick {
  /** -1..1 */
  x = 0;
  y = 0;
  pointer: number | undefined;
  private originX = 0;
  private originY = 0;
  private readonly base: HTMLElement;
  private readonly knob: HTMLElement;

  constructor(base: HTMLElement) {
    this.base = base;
    this.knob = base.firstElementChild as HTMLElement;
  }

  get reach(): number {
    return Math.hypot(this.x, this.y);
  }

  start(event: PointerEvent): void {
    this.pointer = event.pointerId;
    this.originX = event.clientX;
    this.originY = event.clientY;
    this.base.classList.add('held');
    this.base.style.left = `${event.clientX}px`;
    this.base.style.top = `${event.clientY}px`;
    this.move(event);
  }

  move(event: PointerEvent): void {
    const dx = (event.clientX - this.originX) / STICK_PX;
    const dy = (event.clientY - this.originY) / STICK_PX;
    const length = Math.max(1, Math.hypot(dx, dy));
    this.x = dx / length;
    this.y = dy / length;
    this.knob.style.transform = `translate(${this.x * STICK_PX}px, ${this.y * STICK_PX}px)`;
  }

  end(): void {
    this.pointer = undefined;
    this.x = 0;
    this.y = 0;
    this.base.classList.remove('held');
    this.base.style.left = '';
    this.base.style.top = '';
    this.knob.style.transform = '';
  }
}

export class Touch {
  /** True once a finger was there: the sticks show from then on. */
  used = false;
  aimRad = 0;
  private readonly left: Stick;
  private readonly right: Stick;
  private readonly railPad: HTMLElement;
  /** The finger that charges the rail. */
  private railPointer: number | undefined;

  constructor(left: HTMLElement, right: HTMLElement, railPad: HTMLElement) {
    this.left = new Stick(left);
    this.right = new Stick(right);
    this.railPad = railPad;
  }

  listen(surface: HTMLElement): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    surface.addEventListener('pointerdown', (event) => this.press(event), { signal });
    window.addEventListener('pointermove', (event) => this.stick(event)?.move(event), { signal });
    window.addEventListener('pointerup', (event) => this.lift(event), { signal });
    window.addEventListener('pointercancel', (event) => this.lift(event), { signal });
    return () => {
      stop.abort();
      this.letGo();
    };
  }

  get rail(): boolean {
    return this.railPointer !== undefined;
  }

  letGo(): void {
    this.railPointer = undefined;
    this.left.end();
    this.right.end();
  }

  get steerX(): number {
    return this.left.reach > DEAD_ZONE ? this.left.x : 0;
  }

  get steerY(): number {
    return this.left.reach > DEAD_ZONE ? this.left.y : 0;
  }

  get fire(): boolean {
    return this.right.reach > FIRE_FROM;
  }

  /** Keeps the last aim when the thumb is lifted; without one, looks where it flies. */
  aim(): number {
    if (this.right.reach > DEAD_ZONE) this.aimRad = Math.atan2(this.right.y, this.right.x);
    else if (this.left.reach > DEAD_ZONE) this.aimRad = Math.atan2(this.left.y, this.left.x);
    return this.aimRad;
  }

  private press(event: PointerEvent): void {
    if (event.pointerType !== 'touch') return;
    this.used = true;
    const isRight = event.clientX >= window.innerWidth / 2;
    const stick = isRight ? this.right : this.left;
    // The rail: its pad, or a second finger beside the aiming thumb.
    if (this.isOnPad(event) || (isRight && stick.pointer !== undefined)) this.railPointer = event.pointerId;
    else if (stick.pointer === undefined) stick.start(event);
  }

  private lift(event: PointerEvent): void {
    if (this.railPointer === event.pointerId) this.railPointer = undefined;
    this.stick(event)?.end();
  }

  private isOnPad({ clientX, clientY }: PointerEvent): boolean {
    const { left, right, top, bottom } = this.railPad.getBoundingClientRect();
    return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
  }

  private stick(event: PointerEvent): Stick | undefined {
    if (this.left.pointer === event.pointerId) return this.left;
    if (this.right.pointer === event.pointerId) return this.right;
    return undefined;
  }
}
