import type { Player, Session } from './session';

/** Who plays, by rank. Read again only when the session says that it changed. */
export class Roster {
  players: readonly Player[] = [];
  revision = -1;
  private readonly byId = new Map<number, Player>();

  /** True when something changed. */
  update(session: Session): boolean {
    const revision = session.roster_revision();
    if (revision === this.revision) return false;
    this.revision = revision;
    this.players = JSON.parse(session.roster_json()) as Player[];
    this.byId.clear();
    for (const player of this.players) this.byId.set(player.id, player);
    return true;
  }

  /** For a new connection, whose revisions count from the start. */
  forget(): void {
    this.revision = -1;
  }

  get(id: number): Player | undefined {
    return this.byId.get(id);
  }

  name(id: number): string {
    return this.byId.get(id)?.name ?? `Player ${id}`;
  }

  /** 1 for the best; who has as many shares a rank. 0 for somebody who doesn't play. */
  rank(id: number): number {
    const score = this.get(id)?.score;
    return score === undefined ? 0 : 1 + this.players.filter((player) => player.score > score).length;
  }
}
