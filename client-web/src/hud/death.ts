import { Bar, byId, Flag, Text } from '../dom';
import { craftColour, cssColour } from '../render/palette';
import type { Frame } from '../view/frame';
import { Phase } from '../view/frame';
import type { Roster } from '../view/roster';
import type { GameEvent } from '../view/session';
import { walls } from '../view/walls';

/** Who it was, with what and from where, and how long until the next life. */
export class Death {
  private readonly shown = Flag.shows(byId('death', HTMLElement));
  private readonly killer = byId('death-by', HTMLElement);
  private readonly how = new Text(byId('death-how', HTMLElement));
  private readonly wait = new Text(byId('death-wait', HTMLElement));
  private readonly bar = new Bar(byId('death-bar', HTMLElement));
  private longest = 0;

  killed(event: Extract<GameEvent, { type: 'kill' }>, frame: Frame, roster: Roster): void {
    const self = event.killer === null || event.killer === event.victim;
    this.killer.textContent = self ? 'your own shot' : roster.name(event.killer ?? -1);
    this.killer.style.color = self ? '' : cssColour(craftColour(event.killer ?? 0, false));
    const off = walls(event);
    const bank = off > 0 ? `, off ${off} wall${off > 1 ? 's' : ''}` : '';
    const back = event.deflected ? ', deflected' : '';
    const from = event.killer === null ? undefined : frame.craft(event.killer);
    const { x, y } = frame.header;
    const where = from ? `, from ${direction(from.x - x, from.y - y)}` : '';
    this.how.set(`${event.weapon}${back}${bank}${where}`);
    this.longest = 0;
  }

  update(frame: Frame): void {
    const { header } = frame;
    const dead = header.player >= 0 && !header.alive && header.phase !== Phase.Results;
    const waiting = dead && header.respawnIn > 0;
    this.shown.set(waiting && this.killer.textContent !== '');
    if (!waiting) {
      this.longest = 0;
      return;
    }
    this.longest = Math.max(this.longest, header.respawnIn);
    this.bar.set(1 - header.respawnIn / this.longest);
    this.wait.set(`Back in ${header.respawnIn.toFixed(1)} s`);
  }

  forget(): void {
    this.killer.textContent = '';
  }
}

const DIRECTIONS = [
  'the right',
  'below right',
  'below',
  'below left',
  'the left',
  'above left',
  'above',
  'above right',
] as const;

function direction(dx: number, dy: number): string {
  const eighth = Math.round((Math.atan2(dy, dx) / (Math.PI * 2)) * 8);
  return DIRECTIONS[(eighth + 8) % 8] ?? DIRECTIONS[0];
}
