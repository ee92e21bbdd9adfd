const FRAMES_KEPT = 600;

/** How long the page's own code takes per frame. */
export class ScriptTime {
  private readonly kept = new Float32Array(FRAMES_KEPT);
  private frames = 0;

  add(ms: number): void {
    this.kept[this.frames % FRAMES_KEPT] = ms;
    this.frames += 1;
  }

  summary(): { frames: number; p50: number; p95: number; max: number } {
    const sorted = this.kept.slice(0, Math.min(this.frames, FRAMES_KEPT)).sort();
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    return { frames: this.frames, p50: at(0.5), p95: at(0.95), max: at(1) };
  }
}
