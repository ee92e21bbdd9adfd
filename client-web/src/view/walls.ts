/** Off how many walls a shot had come; of one that was sent back nobody counts them: that is what it is known for. */
export function walls({ bounces, deflected }: { bounces: number; deflected: boolean }): number {
  return deflected ? 0 : bounces;
}

/** What a kill with such a shot is called; empty for a straight one. */
export function bank(shot: { bounces: number; deflected: boolean }): string {
  const off = walls(shot);
  if (off === 0) return '';
  return off > 1 ? `bank ×${off}` : 'bank';
}
