/** Tiles of a Tiled map: 1 floor, 2 wall. */
const FLOOR = 1;
const WALL = 2;
const TILE_PX = 32;

/**
 * A map drawn in text as a file the server reads: `#` wall, `S` a place to begin at, a digit a pad, all else floor. Lines
 * like `=1 health` say what lies on the pads.
 */
export function tiled(text: string): string {
  const lines = text.trim().split('\n');
  const items = new Map(lines.filter((line) => line.startsWith('=')).map((line) => pad(line)));
  const rows = lines.filter((line) => !line.startsWith('='));
  const [width, height] = [rows[0]?.length ?? 0, rows.length];
  const tiles = rows.map((row) => [...row].map((symbol) => (symbol === '#' ? WALL : FLOOR)).join(','));
  const objects = rows.flatMap((row, y) =>
    [...row].flatMap((symbol, x) => object(symbol, (x + 0.5) * TILE_PX, (y + 0.5) * TILE_PX, items)),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<map version="1.10" orientation="orthogonal" renderorder="right-down" width="${width}" height="${height}" tilewidth="${TILE_PX}" tileheight="${TILE_PX}" infinite="0" nextlayerid="3" nextobjectid="${objects.length + 1}">
 <properties>
  <property name="modes" value="ffa, massive"/>
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
${objects.map((rest, i) => `  <object id="${i + 1}" ${rest}><point/></object>`).join('\n')}
 </objectgroup>
</map>
`;
}

/** `=1 health` */
function pad(line: string): [string, string] {
  const [symbol = '', item = ''] = line.slice(1).split(' ');
  return [symbol, item];
}

function object(symbol: string, x: number, y: number, items: ReadonlyMap<string, string>): string[] {
  if (symbol === 'S') return [`type="spawn" x="${x}" y="${y}"`];
  const item = items.get(symbol);
  return item === undefined ? [] : [`type="pad" name="${item}" x="${x}" y="${y}"`];
}
