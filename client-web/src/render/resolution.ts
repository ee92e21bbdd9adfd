/**
 * How many pixels to draw: as many as the screen has, up to a cap; fewer where frames come too
 * slowly. What it takes away it does not give back, so that the picture does not swing.
 */

const PIXELS_MAX = 2560 * 1440;
const SLOW_FRAME_S = 1 / 28;
const SLOW_FOR_FRAMES = 45;
const STEPS = [1, 0.8, 0.65] as const;

export class Resolution {
  private step = 0;
  private slowFrames = 0;

  /** True when the density changed. */
  observe(frameSeconds: number): boolean {
    this.slowFrames = Math.max(0, this.slowFrames + (frameSeconds > SLOW_FRAME_S ? 1 : -2));
    if (this.slowFrames < SLOW_FOR_FRAMES || this.step === STEPS.length - 1) return false;
    this.slowFrames = 0;
    this.step += 1;
    return true;
  }

  /** Device pixels per CSS pixel. */
  density(width: number, height: number): number {
    const screen = window.devicePixelRatio || 1;
    const capped = Math.min(screen, Math.sqrt(PIXELS_MAX / (width * height)));
    return capped * (STEPS[this.step] ?? 1);
  }
}
