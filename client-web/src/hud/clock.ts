import { byId, clockText, Flag, Text } from '../dom';
import { type Header, Phase } from '../view/frame';
import { modeTitle } from '../view/modes';

const LABELS: Record<Phase, string> = {
  [Phase.Waiting]: 'Warm-up',
  [Phase.Countdown]: 'Get ready',
  [Phase.Live]: 'Live',
  [Phase.Overtime]: 'Sudden death',
  [Phase.Results]: 'Match over',
};

const LAST_SECONDS = 30;

/** Phase and time left, top centre. */
export class Clock {
  private readonly label = new Text(byId('phase', HTMLElement));
  private readonly timer = new Text(byId('timer', HTMLElement));
  private readonly hurry = Flag.className(byId('clock', HTMLElement), 'hurry');

  update(header: Header, mode: string): void {
    const live = header.phase === Phase.Live;
    this.label.set(live ? modeTitle(mode) : (LABELS[header.phase] ?? ''));
    this.timer.set(header.phaseLeft < 0 ? '–:––' : clockText(header.phaseLeft));
    this.hurry.set(live && header.phaseLeft >= 0 && header.phaseLeft < LAST_SECONDS);
  }
}
