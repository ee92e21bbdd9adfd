import type { Series } from '../game/series';

/** A few seconds of one number as bars, in a canvas of fixed size: drawing costs the same whatever was measured. */
export class Sparkline {
  private readonly g: CanvasRenderingContext2D | null;
  private readonly columns: Float32Array;
  private readonly width: number;
  private readonly height: number;

  constructor(canvas: HTMLCanvasElement) {
    this.g = canvas.getContext('2d');
    this.width = canvas.width;
    this.height = canvas.height;
    this.columns = new Float32Array(canvas.width);
  }

  /** Each column shows the largest of its time. `limit` is the top; from `bad` on a column is drawn as a warning. */
  draw(series: Series, nowMs: number, windowMs: number, limit: number, bad: number): void {
    const { g, columns, width, height } = this;
    if (!g) return;
    columns.fill(0);
    series.each(nowMs - windowMs, (value, atMs) => {
      const column = Math.min(width - 1, Math.floor((1 - (nowMs - atMs) / windowMs) * width));
      if (column >= 0) columns[column] = Math.max(columns[column] ?? 0, value);
    });
    g.clearRect(0, 0, width, height);
    let before = 0;
    for (let x = 0; x < width; x++) {
      // What is measured less often than there are columns stays until it is measured again.
      const value = columns[x] || before;
      before = value;
      if (value === 0) continue;
      const tall = Math.max(1, Math.min(1, value / limit) * height);
      g.fillStyle = value >= bad ? '#ff8a3d' : '#6fc3f2';
      g.fillRect(x, height - tall, 1, tall);
    }
  }
}
