/** The last so many values of something that is measured again and again, each with its time. Memory is fixed. */
export class Series {
  private readonly times: Float64Array;
  private readonly values: Float32Array;
  private readonly sorted: Float32Array;
  private written = 0;

  constructor(capacity: number) {
    this.times = new Float64Array(capacity);
    this.values = new Float32Array(capacity);
    this.sorted = new Float32Array(capacity);
  }

  push(atMs: number, value: number): void {
    const slot = this.written % this.times.length;
    this.times[slot] = atMs;
    this.values[slot] = value;
    this.written += 1;
  }

  clear(): void {
    this.written = 0;
  }

  /** Those from `fromMs` on, newest first. */
  each(fromMs: number, see: (value: number, atMs: number) => void): void {
    const { times, values, written } = this;
    const oldest = Math.max(0, written - times.length);
    for (let i = written - 1; i >= oldest; i--) {
      const slot = i % times.length;
      const at = times[slot] ?? 0;
      if (at < fromMs) return;
      see(values[slot] ?? 0, at);
    }
  }

  summary(fromMs: number): Summary {
    let count = 0;
    this.each(fromMs, (value) => {
      this.sorted[count] = value;
      count += 1;
    });
    const sorted = this.sorted.subarray(0, count).sort();
    const at = (share: number) => sorted[Math.floor(share * (count - 1))] ?? 0;
    return { count, min: at(0), p50: at(0.5), p95: at(0.95), max: at(1) };
  }
}

export interface Summary {
  count: number;
  min: number;
  p50: number;
  p95: number;
  max: number;
}
