import type { Team } from '../view/arena_map';

/** Who is on which side, for everything that has a colour. Empty in a free for all. */
class Sides {
  private readonly teams = new Map<number, Team>();

  update(players: readonly { id: number; team: Team | null }[]): void {
    this.teams.clear();
    for (const { id, team } of players) if (team) this.teams.set(id, team);
  }

  of(id: number): Team | undefined {
    return this.teams.get(id);
  }

  /** Whether shots of one do nothing to the other. */
  areMates(one: number, other: number): boolean {
    const team = this.of(one);
    return one !== other && team !== undefined && this.of(other) === team;
  }
}

export const sides = new Sides();
