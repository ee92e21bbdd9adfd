/** Whose lines are not shown, until the page is left. A place and a name: who comes to the place later is somebody else. */
export class Mutes {
  private readonly muted = new Map<string, { from: number; name: string }>();

  has(from: number, name: string): boolean {
    return this.muted.has(key(from, name));
  }

  add(from: number, name: string): void {
    this.muted.set(key(from, name), { from, name });
  }

  delete(from: number, name: string): void {
    this.muted.delete(key(from, name));
  }

  get all(): readonly { from: number; name: string }[] {
    return [...this.muted.values()];
  }
}

function key(from: number, name: string): string {
  return `${from} ${name}`;
}
