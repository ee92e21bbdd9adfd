import { byId } from '../dom';
import { itemGlyph } from '../render/glyphs';
import { craftColour, cssColour, itemColour, NEUTRAL, OWN, teamColour } from '../render/palette';
import { type ArenaMap, type Team, Tile } from '../view/arena_map';
import type { Arsenal } from '../view/arsenal';
import type { Frame } from '../view/frame';
import type { MatchState } from '../view/match_state';

const EVERY_MS = 100;
/** Its longer side in CSS pixels, and how much of a larger arena is shown round the view: more would be too small to read. */
const WIDE = { sidePx: 168, tilesMax: 80, overviewPx: 36 };
const NARROW = { sidePx: 92, tilesMax: 48, overviewPx: 24 };
/** Pixels of the canvas to one of CSS. */
const DENSITY = 2;
const OVERVIEW_GAP_PX = 5;

/** Red, green, blue, alpha of a tile. */
const WALL = [143, 178, 255, 107] as const;
const PIT = [0, 0, 0, 178] as const;

interface Ground {
  canvas: HTMLCanvasElement;
  width: number;
  height: number;
}

/**
 * The map, small: walls, the part in view, and who is in it. Of a large arena the surroundings, and in a corner where in
 * the arena they are.
 */
export class Minimap {
  /** Craft shown in the last drawing. */
  dots = 0;
  private readonly canvas = byId('minimap', HTMLCanvasElement);
  private readonly g = this.canvas.getContext('2d');
  private readonly narrow = window.matchMedia('(max-width: 700px)');
  private map: ArenaMap | undefined;
  private ground: Ground | undefined;
  /** Of the pads, in the map's order. */
  private padColours: readonly string[] = [];
  private size = WIDE;
  private shownWidth = 1;
  private shownHeight = 1;
  private pxPerTile = 2;
  private drawnAt = 0;

  constructor() {
    this.narrow.addEventListener('change', () => this.fit());
  }

  setMap(map: ArenaMap, arsenal: Arsenal): void {
    this.map = map;
    this.padColours = map.pads.map(({ item }) => cssColour(itemColour(itemGlyph(item, arsenal))));
    this.ground = paintGround(map);
    this.fit();
  }

  private fit(): void {
    const { ground } = this;
    if (!ground) return;
    this.size = this.narrow.matches ? NARROW : WIDE;
    const { sidePx, tilesMax } = this.size;
    this.shownWidth = Math.min(ground.width, tilesMax);
    this.shownHeight = Math.min(ground.height, tilesMax);
    this.pxPerTile = sidePx / Math.max(this.shownWidth, this.shownHeight);
    const width = Math.round(this.shownWidth * this.pxPerTile);
    this.canvas.width = width * DENSITY;
    this.canvas.height = Math.round(this.shownHeight * this.pxPerTile) * DENSITY;
    this.canvas.style.width = `${width}px`;
    this.drawnAt = 0;
  }

  update(frame: Frame, match: MatchState, nowMs: number): void {
    const { g, ground } = this;
    if (!g || !ground || nowMs - this.drawnAt < EVERY_MS) return;
    this.drawnAt = nowMs;
    const { header } = frame;
    const left = firstShown(header.cameraX, this.shownWidth, ground.width);
    const top = firstShown(header.cameraY, this.shownHeight, ground.height);
    g.setTransform(DENSITY, 0, 0, DENSITY, 0, 0);
    g.clearRect(0, 0, this.size.sidePx, this.size.sidePx);
    this.drawGround(g, ground, left, top);
    this.drawPads(g, frame, left, top);
    this.drawObjectives(g, match, left, top);
    this.drawView(g, frame, left, top);
    this.drawCrafts(g, frame, left, top);
    if (this.shownWidth < ground.width || this.shownHeight < ground.height)
      this.drawOverview(g, ground, header.cameraX, header.cameraY);
  }

  private drawGround(g: CanvasRenderingContext2D, ground: Ground, left: number, top: number): void {
    const { shownWidth, shownHeight, pxPerTile } = this;
    g.imageSmoothingEnabled = false;
    g.drawImage(
      ground.canvas,
      left,
      top,
      shownWidth,
      shownHeight,
      0,
      0,
      shownWidth * pxPerTile,
      shownHeight * pxPerTile,
    );
  }

  /** Diamonds; only their outline where there is nothing now. */
  private drawPads(g: CanvasRenderingContext2D, frame: Frame, left: number, top: number): void {
    const { pxPerTile, shownWidth, shownHeight } = this;
    this.map?.pads.forEach(({ x, y }, i) => {
      const [column, row] = [x - left, y - top];
      if (column < 0 || row < 0 || column > shownWidth || row > shownHeight) return;
      const colour = this.padColours[i] ?? '#ffffff';
      diamond(g, column * pxPerTile, row * pxPerTile, 2.6, colour, frame.padWait(i) === 0);
    });
  }

  /** Flags at home and on the ground, and the zone; whoever carries a flag is where their craft is. */
  private drawObjectives(g: CanvasRenderingContext2D, match: MatchState, left: number, top: number): void {
    const px = this.pxPerTile;
    const zone = match.zone && this.map?.zones[match.zone.index];
    if (zone) {
      const { holder } = match.zone ?? {};
      g.strokeStyle = cssColour(holder ? teamColour(holder) : NEUTRAL);
      g.lineWidth = 1.5;
      g.strokeRect((zone.left - left) * px, (zone.top - top) * px, zone.width * px, zone.height * px);
    }
    for (const flag of match.flags) {
      const stand = this.map?.flagStands.find(({ team }) => team === flag.team);
      const at = flag.state === 'home' && stand ? ([stand.x, stand.y] as const) : flag.at;
      if (at) mark(g, flag.team, (at[0] - left) * px, (at[1] - top) * px);
    }
  }

  private drawView(g: CanvasRenderingContext2D, frame: Frame, left: number, top: number): void {
    const { cameraX, cameraY, halfWidth, halfHeight } = frame.header;
    const px = this.pxPerTile;
    g.lineWidth = 1;
    g.strokeStyle = 'rgba(190,210,255,0.35)';
    g.strokeRect(
      (cameraX - halfWidth - left) * px,
      (cameraY - halfHeight - top) * px,
      2 * halfWidth * px,
      2 * halfHeight * px,
    );
  }

  private drawCrafts(g: CanvasRenderingContext2D, frame: Frame, left: number, top: number): void {
    const { header, crafts } = frame;
    const px = this.pxPerTile;
    for (let i = 0; i < header.craftCount; i++) {
      const craft = crafts[i];
      if (!craft) continue;
      dot(g, (craft.x - left) * px, (craft.y - top) * px, 2.2, cssColour(craftColour(craft.id, false)));
    }
    this.dots = header.craftCount + Number(header.alive);
    if (!header.alive) return;
    dot(g, (header.x - left) * px, (header.y - top) * px, 4, '#ffffff');
    dot(g, (header.x - left) * px, (header.y - top) * px, 2.8, cssColour(OWN));
  }

  /** The whole arena as a frame in the corner, and what of it is shown. */
  private drawOverview(g: CanvasRenderingContext2D, ground: Ground, x: number, y: number): void {
    const scale = this.size.overviewPx / Math.max(ground.width, ground.height);
    const width = ground.width * scale;
    const height = ground.height * scale;
    // At the arena's right edge it makes room for the own craft.
    const isRight = x - firstShown(x, this.shownWidth, ground.width) > this.shownWidth * 0.6;
    const left = isRight ? OVERVIEW_GAP_PX : this.shownWidth * this.pxPerTile - width - OVERVIEW_GAP_PX;
    const top = this.shownHeight * this.pxPerTile - height - OVERVIEW_GAP_PX;
    g.fillStyle = 'rgba(8,11,22,0.86)';
    g.fillRect(left, top, width, height);
    g.strokeStyle = 'rgba(143,178,255,0.5)';
    g.strokeRect(left, top, width, height);
    g.fillStyle = 'rgba(143,178,255,0.3)';
    g.fillRect(
      left + firstShown(x, this.shownWidth, ground.width) * scale,
      top + firstShown(y, this.shownHeight, ground.height) * scale,
      this.shownWidth * scale,
      this.shownHeight * scale,
    );
    dot(g, left + x * scale, top + y * scale, 2.2, cssColour(OWN));
  }
}

/** The first of `shown` tiles round `centre`, none of them outside the arena. */
function firstShown(centre: number, shown: number, all: number): number {
  return Math.max(0, Math.min(centre - shown / 2, all - shown));
}

function dot(g: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string): void {
  g.fillStyle = colour;
  g.beginPath();
  g.arc(x, y, radius, 0, Math.PI * 2);
  g.fill();
}

function diamond(
  g: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  colour: string,
  full: boolean,
): void {
  g.beginPath();
  g.moveTo(x, y - radius);
  g.lineTo(x + radius, y);
  g.lineTo(x, y + radius);
  g.lineTo(x - radius, y);
  g.closePath();
  g.lineWidth = 0.8;
  g.fillStyle = colour;
  g.strokeStyle = colour;
  if (full) g.fill();
  else g.stroke();
}

/** A square or a triangle, as flags are. */
function mark(g: CanvasRenderingContext2D, team: Team, x: number, y: number): void {
  g.fillStyle = cssColour(teamColour(team));
  g.strokeStyle = '#ffffff';
  g.lineWidth = 1;
  g.beginPath();
  if (team === 'blue') g.rect(x - 3, y - 3, 6, 6);
  else {
    g.moveTo(x, y - 4);
    g.lineTo(x + 4, y + 3);
    g.lineTo(x - 4, y + 3);
    g.closePath();
  }
  g.fill();
  g.stroke();
}

/** One pixel for each tile: a quarter of a million of them for the largest arena, at once. */
function paintGround(map: ArenaMap): Ground {
  const { width, height } = map;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const tile = map.at(x, y);
      if (tile !== Tile.Floor) image.data.set(tile === Tile.Pit ? PIT : WALL, 4 * (y * width + x));
    }
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return { canvas, width, height };
}
