import { byId } from '../dom';
import { JoinError } from '../net/join';
import { codeOfPage, findRoom, type RoomInfo, setCodeOfPage } from '../net/rooms';
import { Backdrop } from './backdrop';
import { RoomForm } from './room_form';
import { savedName, saveName, wantsCalm } from './settings';

/** Name and one click: into the open arena, or into the room of the link that led here. */
export class Menu {
  private readonly root = byId('menu', HTMLElement);
  private readonly form = byId('join', HTMLFormElement);
  private readonly input = byId('name', HTMLInputElement);
  private readonly button = byId('play', HTMLButtonElement);
  private readonly problem = byId('join-problem', HTMLElement);
  private readonly room = byId('join-room', HTMLElement);
  /** Empty: wherever there is a place. */
  private code = codeOfPage();
  private readonly backdrop = new Backdrop(byId('backdrop', HTMLCanvasElement));

  constructor(play: (name: string, code: string) => void) {
    this.input.value = savedName();
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      const name = this.input.value.trim();
      saveName(name);
      play(name, this.code);
    });
    new RoomForm(({ code }) => {
      this.code = code;
      setCodeOfPage(code);
      void this.tellWhichRoom();
    });
    void this.tellWhatRuns();
    void this.tellWhichRoom();
  }

  show(problem = ''): void {
    this.root.hidden = false;
    this.busy(false);
    this.problem.textContent = problem;
    this.input.setAttribute('aria-invalid', String(problem !== ''));
    this.backdrop.start(wantsCalm());
    this.input.focus();
  }

  busy(on: boolean): void {
    this.button.disabled = on;
    this.button.textContent = on ? 'Joining…' : 'Play';
    if (on) this.problem.textContent = '';
  }

  hide(): void {
    this.root.hidden = true;
    this.backdrop.stop();
  }

  /** A link may lead to a room that has ended: then Play leads to where everybody is. */
  private async tellWhichRoom(): Promise<void> {
    const { code } = this;
    this.room.hidden = code === '';
    if (code === '') return;
    this.room.textContent = `Room ${code}`;
    try {
      const room = await findRoom(code);
      if (code === this.code) this.room.textContent = describe(room);
    } catch (error) {
      if (code !== this.code || !(error instanceof JoinError) || error.retry) return;
      this.room.textContent = 'The room of this link has ended. Play leads to the open arena.';
      this.code = '';
      setCodeOfPage('');
    }
  }

  private async tellWhatRuns(): Promise<void> {
    const players = await countPlayers();
    if (players > 0) byId('running', HTMLElement).textContent = `${players} in the arena now`;
  }
}

function describe({ room, mode, map, players, bots }: RoomInfo): string {
  const people = players - bots;
  const who = people === 0 ? 'nobody there yet' : people === 1 ? 'one player' : `${people} players`;
  return `Room ${room}: ${mode} on ${map}, ${who}`;
}

async function countPlayers(): Promise<number> {
  try {
    const response = await fetch('/api/matches');
    const matches = (await response.json()) as { players: number }[];
    return matches.reduce((sum, match) => sum + match.players, 0);
  } catch {
    return 0;
  }
}
