/** Whose lines are not shown, until the page is left. By name: nobody else in a room has it, and it stays on another place. */
export class Mutes {
  private readonly muted = new Set<string>();

  has(name: string): boolean {
    return this.muted.has(name);
  }

  add(name: string): void {
    this.muted.add(name);
  }

  delete(name: string): void {
    this.muted.delete(name);
  }

  get all(): readonly string[] {
    return [...this.muted];
  }
}
