/**
 * Two sticks that appear under the thumbs: left steers, right aims, and fires when pushed out. Above the right one are
 * buttons: the special weapon, for as long as it is held, dash and deflect.
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

/** What a finger may press besides the sticks. */
export interface TouchButtons {
  special: HTMLElement;
  dash: HTMLElement;
  deflect: HTMLElement;
}

type ButtonName = keyof TouchButtons;

export class Touch {
  /** True once a finger was there: the sticks show from then on. */
  used = false;
  aimRad = 0;
  private readonly left: Stick;
  private readonly right: Stick;
  private readonly buttons: readonly (readonly [ButtonName, HTMLElement])[];
  /** Which finger holds which. */
  private readonly holds = new Map<number, ButtonName>();
  /** Pressed since the last frame. */
  private readonly tapped = new Set<ButtonName>();

  constructor(left: HTMLElement, right: HTMLElement, { special, dash, deflect }: TouchButtons) {
    this.left = new Stick(left);
    this.right = new Stick(right);
    this.buttons = [
      ['special', special],
      ['dash', dash],
      ['deflect', deflect],
    ];
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

  /** Held now, or tapped since the last frame. */
  get special(): boolean {
    return this.tapped.has('special') || [...this.holds.values()].includes('special');
  }

  pressed(button: ButtonName): boolean {
    return this.tapped.has(button);
  }

  /** The frame has read what it wanted. */
  frameDone(): void {
    this.tapped.clear();
  }

  letGo(): void {
    this.holds.clear();
    this.tapped.clear();
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
    // The special weapon: its button, or a second finger beside the aiming thumb.
    const button = this.buttonAt(event) ?? (isRight && stick.pointer !== undefined ? 'special' : undefined);
    if (button) this.hold(button, event);
    else if (stick.pointer === undefined) stick.start(event);
  }

  private hold(button: ButtonName, event: PointerEvent): void {
    this.holds.set(event.pointerId, button);
    this.tapped.add(button);
  }

  private lift(event: PointerEvent): void {
    this.holds.delete(event.pointerId);
    this.stick(event)?.end();
  }

  private buttonAt({ clientX, clientY }: PointerEvent): ButtonName | undefined {
    const found = this.buttons.find(([, element]) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
    });
    return found?.[0];
  }

  private stick(event: PointerEvent): Stick | undefined {
    if (this.left.pointer === event.pointerId) return this.left;
    if (this.right.pointer === event.pointerId) return this.right;
    return undefined;
  }
}
