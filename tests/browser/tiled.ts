/** Tiles of a Tiled map: 1 floor, 2 wall. */
const FLOOR = 1;
const WALL = 2;
const TILE_PX = 32;

/**
 * A map drawn in text as a file the server reads: `#` wall, `S` a place to begin at (`B` and `O` of a team), `b` and `o` a
 * team's flag, `Z` the tiles of a zone, a digit a pad, all else floor. Lines like `=1 health` say what lies on the pads.
 */
export function tiled(text: string): string {
  const lines = text.trim().split('\n');
  const items = new Map(lines.filter((line) => line.startsWith('=')).map((line) => pad(line)));
  const rows = lines.filter((line) => !line.startsWith('='));
  const [width, height] = [rows[0]?.length ?? 0, rows.length];
  const tiles = rows.map((row) => [...row].map((symbol) => (symbol === '#' ? WALL : FLOOR)).join(','));
  const points = rows.flatMap((row, y) =>
    [...row].flatMap((symbol, x) => object(symbol, (x + 0.5) * TILE_PX, (y + 0.5) * TILE_PX, items)),
  );
  const objects = [...points.map((rest) => [rest, '<point/>'] as const), ...zone(rows)];
  return `<?xml version="1.0" encoding="UTF-8"?>
<map version="1.10" orientation="orthogonal" renderorder="right-down" width="${width}" height="${height}" tilewidth="${TILE_PX}" tileheight="${TILE_PX}" infinite="0" nextlayerid="3" nextobjectid="${objects.length + 1}">
 <properties>
  <property name="modes" value="ffa, tdm, ctf, control, massive"/>
  <property name="players" value="2-64"/>
 </properties>
 <tileset firstgid="1" name="fracas" tilewidth="${TILE_PX}" tileheight="${TILE_PX}" tilecount="2" columns="2">
  <image source="tiles.png" width="${2 * TILE_PX}" height="${TILE_PX}"/>
  <tile id="0" type="floor"/>
  <tile id="1" type="wall"/>
 </tileset>
 <layer id="1" name="ground" width="${width}" height="${height}">
  <data encoding="csv">
${tiles.join(',\n')}
</data>
 </layer>
 <objectgroup id="2" name="things">
${objects.map(([rest, shape], i) => `  <object id="${i + 1}" ${rest}>${shape}</object>`).join('\n')}
 </objectgroup>
</map>
`;
}

/** `=1 health` */
function pad(line: string): [string, string] {
  const [symbol = '', item = ''] = line.slice(1).split(' ');
  return [symbol, item];
}

const THINGS: Readonly<Record<string, string>> = {
  S: 'type="spawn"',
  B: 'type="spawn" name="blue"',
  O: 'type="spawn" name="orange"',
  b: 'type="flag" name="blue"',
  o: 'type="flag" name="orange"',
};

function object(symbol: string, x: number, y: number, items: ReadonlyMap<string, string>): string[] {
  const item = items.get(symbol);
  const thing = item === undefined ? THINGS[symbol] : `type="pad" name="${item}"`;
  return thing === undefined ? [] : [`${thing} x="${x}" y="${y}"`];
}

/** The rectangle round all `Z`. */
function zone(rows: readonly string[]): (readonly [string, string])[] {
  const ys = rows.flatMap((row, y) => (row.includes('Z') ? [y] : []));
  const xs = rows.flatMap((row) => (row.includes('Z') ? [row.indexOf('Z'), row.lastIndexOf('Z') + 1] : []));
  if (ys.length === 0) return [];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) + 1 - top];
  const px = (tiles: number) => tiles * TILE_PX;
  const at = `x="${px(left)}" y="${px(top)}" width="${px(width)}" height="${px(height)}"`;
  return [[`type="zone" name="1" ${at}`, '']];
}
