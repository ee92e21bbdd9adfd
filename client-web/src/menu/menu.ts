import { byId } from '../dom';
import { Backdrop } from './backdrop';
import { savedName, saveName, wantsCalm } from './settings';

/** Name and one click. */
export class Menu {
  private readonly root = byId('menu', HTMLElement);
  private readonly form = byId('join', HTMLFormElement);
  private readonly input = byId('name', HTMLInputElement);
  private readonly button = byId('play', HTMLButtonElement);
  private readonly problem = byId('join-problem', HTMLElement);
  private readonly backdrop = new Backdrop(byId('backdrop', HTMLCanvasElement));

  constructor(play: (name: string) => void) {
    this.input.value = savedName();
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      const name = this.input.value.trim();
      saveName(name);
      play(name);
    });
    void this.tellWhatRuns();
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

  private async tellWhatRuns(): Promise<void> {
    const players = await countPlayers();
    if (players > 0) byId('running', HTMLElement).textContent = `${players} in the arena now`;
  }
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
