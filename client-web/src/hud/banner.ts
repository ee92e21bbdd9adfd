import { byId, Text } from '../dom';
import { type Header, Phase } from '../view/frame';

const SHOWN_MS = 1600;

/** The big words in the middle: countdown, start, sudden death, streaks. */
export class Banner {
  private readonly root = byId('banner', HTMLElement);
  private readonly title = new Text(this.root.children[0] as Element);
  private readonly line = new Text(this.root.children[1] as Element);
  private until = 0;
  private phase: Phase | undefined;
  private counted = -1;

  update(header: Header, nowMs: number): void {
    if (header.phase !== this.phase) this.turn(header.phase, nowMs);
    if (header.phase === Phase.Countdown) this.count(header.phaseLeft, nowMs);
    if (this.until !== 0 && nowMs > this.until) this.hide();
  }

  show(title: string, line: string, nowMs: number, shownMs = SHOWN_MS): void {
    this.title.set(title);
    this.line.set(line);
    this.until = nowMs + shownMs;
    this.root.classList.remove('shown');
    // Reading a size lets the entrance play again.
    void this.root.offsetWidth;
    this.root.classList.add('shown');
  }

  private turn(phase: Phase, nowMs: number): void {
    const first = this.phase === undefined;
    this.phase = phase;
    this.counted = -1;
    if (phase === Phase.Live && !first) this.show('Fight', '', nowMs);
    else if (phase === Phase.Overtime) this.show('Sudden death', 'The next kill wins', nowMs, 2500);
    else if (phase === Phase.Waiting)
      this.show('Warm-up', 'The match starts when enough are here', nowMs, 2500);
    else if (phase === Phase.Results) this.hide();
  }

  private count(left: number, nowMs: number): void {
    const seconds = Math.ceil(left);
    if (seconds === this.counted || seconds <= 0) return;
    this.counted = seconds;
    this.show(String(seconds), 'Get ready', nowMs, 1100);
  }

  private hide(): void {
    this.until = 0;
    this.root.classList.remove('shown');
  }
}
