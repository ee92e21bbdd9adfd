const FIRST_MS = 400;
const LONGEST_MS = 5000;

/** Growing waits with jitter, so that a thousand players don't come back in the same moment. */
export class Backoff {
  private attempt = 0;

  next(): number {
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.attempt);
    this.attempt += 1;
    return ceiling * (0.5 + Math.random() / 2);
  }

  reset(): void {
    this.attempt = 0;
  }
}
