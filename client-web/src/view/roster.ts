import { sides } from '../render/sides';
import type { Player, Session } from './session';

/** In a room of so many everybody knows everybody; players are numbered by their place in the room. */
const CROWD = 64;
/** In a crowd, so many of the best are known to everybody: farther down no rank is certain. */
export const LEADERS = 10;

/** Who plays, by rank. Read again only when the session says that it changed. */
export class Roster {
  players: readonly Player[] = [];
  revision = -1;
  /** Not everybody who plays: oneself, the leaders, and whoever is in sight or was lately. */
  isPart = false;
  private readonly byId = new Map<number, Player>();
  /** Of everybody there has been since the match began: what happened to who has left is told, too. */
  private readonly names = new Map<number, string>();

  /** True when something changed. */
  update(session: Session): boolean {
    const revision = session.roster_revision();
    if (revision === this.revision) return false;
    this.revision = revision;
    this.players = JSON.parse(session.roster_json()) as Player[];
    this.byId.clear();
    for (const player of this.players) {
      this.byId.set(player.id, player);
      this.names.set(player.id, player.name);
    }
    sides.update(this.players);
    this.isPart ||= this.players.some(({ id }) => id >= CROWD);
    return true;
  }

  /** For a new connection, whose revisions count from the start. A massive match is a crowd until it ends. */
  forget(isMassive: boolean): void {
    this.revision = -1;
    this.isPart = isMassive;
    this.names.clear();
  }

  get(id: number): Player | undefined {
    return this.byId.get(id);
  }

  name(id: number): string {
    return this.names.get(id) ?? `Player ${id}`;
  }

  /** 1 for the best; who has as many shares a rank. 0 for who doesn't play, or whose rank nobody here can know. */
  rank(id: number): number {
    const score = this.get(id)?.score;
    if (score === undefined) return 0;
    const rank = 1 + this.players.filter((player) => player.score > score).length;
    return this.isPart && rank > LEADERS ? 0 : rank;
  }

  /** At most `most` of them: the best, and oneself whatever the rank; in a crowd the rest are those who are near. */
  best(own: number, most: number): readonly Player[] {
    const shown = this.players.slice(0, most);
    const me = this.get(own);
    if (me && !shown.includes(me)) shown[most - 1] = me;
    return shown;
  }
}
