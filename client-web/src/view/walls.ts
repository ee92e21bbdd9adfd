/** Off how many walls a shot had come: having been sent back counts as a bounce, but is none off a wall. */
export function walls({ bounces, deflected }: { bounces: number; deflected: boolean }): number {
  return Math.max(0, bounces - Number(deflected));
}

/** What a kill with such a shot is called; empty for a straight one. */
export function bank(shot: { bounces: number; deflected: boolean }): string {
  const off = walls(shot);
  if (off === 0) return '';
  return off > 1 ? `bank ×${off}` : 'bank';
}
