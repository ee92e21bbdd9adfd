/** Changes to some weapons, by name; the rest of each stays as the mode has it. */
export type WeaponChanges = Record<string, Record<string, number>>;

type Value = string | number | boolean;

/** As lines of a host's file. */
export function weaponLines(changes: WeaponChanges = {}): string[] {
  return Object.entries(changes).flatMap(([name, values]) => [
    '[[rules.weapons]]',
    ...tableLines({ name, ...values }),
  ]);
}

export function tableLines(values: Record<string, Value>): string[] {
  return Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
}
