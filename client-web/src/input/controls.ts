import { Button, type Intent } from '../view/session';
import { Keyboard } from './keyboard';
import { Mouse } from './mouse';
import { Touch, type TouchButtons } from './touch';

/** Where the own craft is on the page, in pixels: mouse aim is measured from there. */
export interface Seat {
  x: number;
  y: number;
}

/** All devices together, as one intent. */
export class Controls {
  readonly mouse = new Mouse();
  readonly touch: Touch;
  private readonly keyboard = new Keyboard();
  private readonly intentNow: Intent = { steerX: 0, steerY: 0, aimRad: 0, buttons: 0 };

  constructor(leftStick: HTMLElement, rightStick: HTMLElement, buttons: TouchButtons) {
    this.touch = new Touch(leftStick, rightStick, buttons);
  }

  listen(surface: HTMLElement): () => void {
    const stops = [this.keyboard.listen(), this.mouse.listen(surface), this.touch.listen(surface)];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** What was wanted in the newest frame. */
  get newest(): Readonly<Intent> {
    return this.intentNow;
  }

  /** Whether keys fly, or are the browser's. */
  takeKeys(on: boolean): void {
    this.keyboard.take(on);
  }

  /** Hands off everything: nobody looks. */
  letGo(): void {
    this.keyboard.letGo();
    this.mouse.letGo();
    this.touch.letGo();
  }

  wantsScoreboard(): boolean {
    return this.keyboard.held('scoreboard');
  }

  intent(seat: Seat): Intent {
    const intent = this.intentNow;
    this.steer(intent);
    intent.aimRad = this.aim(seat, intent.aimRad);
    intent.buttons = this.buttons();
    this.keyboard.frameDone();
    this.mouse.frameDone();
    this.touch.frameDone();
    return intent;
  }

  private steer(intent: Intent): void {
    let x = Number(this.keyboard.held('right')) - Number(this.keyboard.held('left'));
    let y = Number(this.keyboard.held('down')) - Number(this.keyboard.held('up'));
    if (x === 0 && y === 0) {
      x = this.touch.steerX;
      y = this.touch.steerY;
    }
    const length = Math.max(1, Math.hypot(x, y));
    intent.steerX = x / length;
    intent.steerY = y / length;
  }

  private aim(seat: Seat, before: number): number {
    if (this.touch.used) return this.touch.aim();
    if (!this.mouse.seen) return before;
    return Math.atan2(this.mouse.y - seat.y, this.mouse.x - seat.x);
  }

  private buttons(): number {
    const { mouse, touch, keyboard } = this;
    const fire = mouse.fire || touch.fire || keyboard.held('fire');
    const special = mouse.special || touch.special || keyboard.held('special');
    const dash = touch.pressed('dash') || keyboard.pressed('dash');
    const deflect = mouse.deflectPressed || touch.pressed('deflect') || keyboard.pressed('deflect');
    return (
      (fire ? Button.Fire : 0) |
      (special ? Button.Special : 0) |
      (dash ? Button.Dash : 0) |
      (deflect ? Button.Deflect : 0)
    );
  }
}
