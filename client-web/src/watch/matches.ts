import { byId, element } from '../dom';
import type { Board } from './events';

interface Listed {
  id: string;
  room: string;
  mode: string;
  phase: string;
  players: number;
}

/** A burst of news about matches asks the server once. */
const ASK_AGAIN_MS = 400;

/**
 * Which matches run and which one is shown: the one asked for with `?match=`, else the fullest.
 * When the shown one is over and gone, the next in its room takes its place.
 */
export class Matches {
  readonly boards = new Map<string, Board>();
  shown: string | undefined;
  private readonly nav = byId('matches', HTMLElement);
  private readonly wanted = new URLSearchParams(location.search).get('match');
  private readonly changed: () => void;
  private listed: Listed[] = [];
  private room: string | undefined;
  private asking: ReturnType<typeof setTimeout> | undefined;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  board(board: Board): void {
    const news = !this.boards.has(board.match);
    this.boards.set(board.match, board);
    this.shown ??= board.match;
    if (news) this.refresh();
  }

  get current(): Board | undefined {
    return this.shown === undefined ? undefined : this.boards.get(this.shown);
  }

  /** What the listing says about the shown match. */
  get room_name(): string {
    return this.room ?? '';
  }

  forget(): void {
    this.boards.clear();
    this.refresh();
  }

  refresh(): void {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => void this.ask(), ASK_AGAIN_MS);
  }

  private async ask(): Promise<void> {
    try {
      const response = await fetch('/api/matches');
      this.listed = (await response.json()) as Listed[];
    } catch {
      return;
    }
    this.choose();
    this.tabs();
    this.changed();
  }

  private choose(): void {
    if (this.listed.length === 0) return;
    const listed = this.listed.find((match) => match.id === this.shown);
    if (listed && this.room !== undefined) return;
    const next =
      this.listed.find((match) => match.id === this.wanted) ??
      this.listed.find((match) => match.room === this.room) ??
      [...this.listed].sort((a, b) => b.players - a.players)[0];
    this.show(next);
    for (const id of this.boards.keys()) {
      if (!this.listed.some((match) => match.id === id)) this.boards.delete(id);
    }
  }

  private show(match: Listed | undefined): void {
    this.shown = match?.id;
    this.room = match?.room;
  }

  private tabs(): void {
    this.nav.hidden = this.listed.length < 2;
    this.nav.replaceChildren(
      ...this.listed.map((match) => {
        const tab = element(
          'button',
          match.id === this.shown ? 'shown' : '',
          `${match.room} · ${match.players}`,
        );
        tab.type = 'button';
        tab.addEventListener('click', () => {
          this.show(match);
          this.tabs();
          this.changed();
        });
        return tab;
      }),
    );
  }
}
