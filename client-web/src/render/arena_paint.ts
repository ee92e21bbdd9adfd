import { type ArenaMap, Tile } from '../view/arena_map';
import { FLOOR } from './palette';

/**
 * Paints a piece of the arena: floor with a faint grid, walls as lighter slabs with a bright rim,
 * pits as holes. One tile is one unit; neighbours beyond the piece are painted too, so that
 * shadows and glow run on across its border.
 */

const MARGIN = 2;
const RIM = '#8fb2ff';

interface Outline {
  solid: Path2D;
  rim: Path2D;
  pits: Path2D;
  pitRim: Path2D;
}

export function paintArena(
  g: CanvasRenderingContext2D,
  map: ArenaMap,
  left: number,
  top: number,
  tiles: number,
  pxPerTile: number,
): void {
  g.setTransform(pxPerTile, 0, 0, pxPerTile, -left * pxPerTile, -top * pxPerTile);
  const outline = trace(map, left - MARGIN, top - MARGIN, tiles + 2 * MARGIN);
  paintFloor(g, map, left, top, tiles);
  paintPits(g, outline, pxPerTile);
  paintWalls(g, outline, pxPerTile);
  paintBeyond(g, map, left, top, tiles);
  paintRims(g, outline);
}

/** Outside the arena there is nothing: its outer wall fades into the dark within a tile. */
function paintBeyond(
  g: CanvasRenderingContext2D,
  map: ArenaMap,
  left: number,
  top: number,
  tiles: number,
): void {
  const beyond = new Path2D();
  beyond.rect(left - MARGIN, top - MARGIN, tiles + 2 * MARGIN, tiles + 2 * MARGIN);
  beyond.rect(0, 0, map.width, map.height);
  g.fillStyle = '#04060c';
  g.fill(beyond, 'evenodd');
  g.strokeStyle = 'rgba(120,150,230,0.05)';
  g.lineWidth = 0.12;
  g.save();
  g.clip(beyond, 'evenodd');
  const hatch = new Path2D();
  const first = Math.floor((left + top) / 2) * 2 - 2;
  for (let sum = first; sum <= left + top + 2 * tiles + 2; sum += 1) {
    hatch.moveTo(sum - top + 1, top - 1);
    hatch.lineTo(sum - (top + tiles) - 1, top + tiles + 1);
  }
  g.stroke(hatch);
  g.restore();
}

function paintFloor(
  g: CanvasRenderingContext2D,
  map: ArenaMap,
  left: number,
  top: number,
  tiles: number,
): void {
  g.fillStyle = FLOOR;
  g.fillRect(left, top, tiles, tiles);
  paintPlates(g, left, top, tiles);
  paintCentre(g, map);
  g.lineWidth = 0.025;
  g.strokeStyle = 'rgba(120,150,230,0.085)';
  g.stroke(gridLines(left, top, tiles, 1));
  g.lineWidth = 0.035;
  g.strokeStyle = 'rgba(120,150,230,0.12)';
  g.stroke(gridLines(left, top, tiles, 4));
  g.strokeStyle = 'rgba(150,180,255,0.30)';
  g.lineWidth = 0.05;
  g.stroke(gridCrosses(left, top, tiles));
}

/** Plates of slightly different darkness keep a sense of speed on an empty floor. */
function paintPlates(g: CanvasRenderingContext2D, left: number, top: number, tiles: number): void {
  for (let y = even(top); y < top + tiles; y += 2) {
    for (let x = even(left); x < left + tiles; x += 2) {
      const shade = scatter(x, y);
      if (shade < 0.55) continue;
      g.fillStyle = `rgba(110,140,220,${(shade - 0.55) * 0.075})`;
      g.fillRect(x + 0.04, y + 0.04, 1.92, 1.92);
    }
  }
}

/** A mark in the middle of the arena, to find one's way by. */
function paintCentre(g: CanvasRenderingContext2D, map: ArenaMap): void {
  const x = map.width / 2;
  const y = map.height / 2;
  g.strokeStyle = 'rgba(120,160,255,0.13)';
  for (const [radius, width] of [
    [3, 0.12],
    [3.4, 0.04],
    [6.5, 0.06],
  ] as const) {
    g.lineWidth = width;
    g.beginPath();
    g.arc(x, y, radius, 0, Math.PI * 2);
    g.stroke();
  }
}

function gridLines(left: number, top: number, tiles: number, step: number): Path2D {
  const path = new Path2D();
  for (let x = Math.ceil(left / step) * step; x <= left + tiles; x += step) {
    path.moveTo(x, top);
    path.lineTo(x, top + tiles);
  }
  for (let y = Math.ceil(top / step) * step; y <= top + tiles; y += step) {
    path.moveTo(left, y);
    path.lineTo(left + tiles, y);
  }
  return path;
}

function gridCrosses(left: number, top: number, tiles: number): Path2D {
  const path = new Path2D();
  for (let y = Math.floor(top / 4) * 4; y <= top + tiles + 1; y += 4) {
    for (let x = Math.floor(left / 4) * 4; x <= left + tiles + 1; x += 4) {
      path.moveTo(x - 0.16, y);
      path.lineTo(x + 0.16, y);
      path.moveTo(x, y - 0.16);
      path.lineTo(x, y + 0.16);
    }
  }
  return path;
}

function paintPits(g: CanvasRenderingContext2D, outline: Outline, pxPerTile: number): void {
  g.save();
  g.clip(outline.pits);
  g.fillStyle = '#020308';
  g.fill(outline.pits);
  // The edge casts its shadow inwards.
  g.shadowColor = 'rgba(70,95,170,0.55)';
  g.shadowBlur = 0.55 * pxPerTile;
  g.strokeStyle = '#2b3860';
  g.lineWidth = 0.14;
  g.stroke(outline.pitRim);
  g.restore();
  g.strokeStyle = 'rgba(125,140,190,0.75)';
  g.lineWidth = 0.045;
  g.setLineDash([0.22, 0.16]);
  g.stroke(outline.pitRim);
  g.setLineDash([]);
}

function paintWalls(g: CanvasRenderingContext2D, outline: Outline, pxPerTile: number): void {
  g.save();
  g.shadowColor = 'rgba(0,0,0,0.85)';
  g.shadowBlur = 0.5 * pxPerTile;
  g.shadowOffsetY = 0.22 * pxPerTile;
  g.fillStyle = '#1d2743';
  g.fill(outline.solid);
  g.restore();
  g.save();
  g.clip(outline.solid);
  // Light falls from the rim inwards, so that slabs look raised.
  g.strokeStyle = '#33457a';
  g.lineWidth = 0.16;
  for (const [reach, colour] of [
    [1.3, 'rgba(84,116,214,0.75)'],
    [0.45, 'rgba(124,160,255,0.55)'],
  ] as const) {
    g.shadowColor = colour;
    g.shadowBlur = reach * pxPerTile;
    g.stroke(outline.rim);
  }
  g.shadowBlur = 0;
  g.strokeStyle = 'rgba(10,14,28,0.55)';
  g.lineWidth = 0.05;
  g.translate(0, 0.09);
  g.stroke(outline.rim);
  g.restore();
}

function paintRims(g: CanvasRenderingContext2D, outline: Outline): void {
  g.lineCap = 'round';
  g.strokeStyle = RIM;
  for (const [width, alpha] of [
    [0.42, 0.05],
    [0.26, 0.08],
    [0.15, 0.16],
    [0.062, 0.95],
  ] as const) {
    g.globalAlpha = alpha;
    g.lineWidth = width;
    g.stroke(outline.rim);
  }
  g.globalAlpha = 1;
}

function trace(map: ArenaMap, left: number, top: number, tiles: number): Outline {
  const outline: Outline = {
    solid: new Path2D(),
    rim: new Path2D(),
    pits: new Path2D(),
    pitRim: new Path2D(),
  };
  for (let y = top; y < top + tiles; y++) {
    for (let x = left; x < left + tiles; x++) traceTile(map, x, y, outline);
  }
  return outline;
}

function traceTile(map: ArenaMap, x: number, y: number, outline: Outline): void {
  const tile = map.at(x, y);
  if (tile === Tile.Floor) return;
  if (tile === Tile.Pit) {
    outline.pits.rect(x, y, 1, 1);
    traceSides(x, y, outline.pitRim, (side) => tileBeyond(map, x, y, side) !== Tile.Pit);
    return;
  }
  traceSolid(outline.solid, tile, x, y);
  traceSides(
    x,
    y,
    outline.rim,
    (side) =>
      hasSide(tile, side) && inside(map, x, y) && !hasSide(tileBeyond(map, x, y, side), (side + 2) % 4),
  );
  if (tile !== Tile.Wall) traceSlope(outline.rim, tile, x, y);
}

/** Corners of a tile, clockwise from the top left; side n runs from corner n to corner n + 1. */
const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const;
const BEYOND = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;

function corner(n: number): readonly [number, number] {
  return CORNERS[((n % 4) + 4) % 4] ?? CORNERS[0];
}

function tileBeyond(map: ArenaMap, x: number, y: number, side: number): number {
  const [dx, dy] = BEYOND[side] ?? BEYOND[0];
  return map.at(x + dx, y + dy);
}

function inside(map: ArenaMap, x: number, y: number): boolean {
  return x >= -1 && y >= -1 && x <= map.width && y <= map.height;
}

/** The corner that is solid: 0 top left, clockwise. */
function solidCorner(tile: number): number {
  return tile - Tile.SolidTopLeft;
}

function hasSide(tile: number, side: number): boolean {
  if (tile === Tile.Wall) return true;
  if (tile < Tile.SolidTopLeft) return false;
  const solid = solidCorner(tile);
  return side === solid || side === (solid + 3) % 4;
}

function traceSides(x: number, y: number, path: Path2D, wanted: (side: number) => boolean): void {
  for (let side = 0; side < 4; side++) {
    if (!wanted(side)) continue;
    const [fromX, fromY] = corner(side);
    const [toX, toY] = corner(side + 1);
    path.moveTo(x + fromX, y + fromY);
    path.lineTo(x + toX, y + toY);
  }
}

function traceSolid(path: Path2D, tile: number, x: number, y: number): void {
  if (tile === Tile.Wall) {
    path.rect(x, y, 1, 1);
    return;
  }
  const solid = solidCorner(tile);
  for (const n of [solid - 1, solid, solid + 1]) {
    const [cornerX, cornerY] = corner(n);
    if (n < solid) path.moveTo(x + cornerX, y + cornerY);
    else path.lineTo(x + cornerX, y + cornerY);
  }
  path.closePath();
}

function traceSlope(path: Path2D, tile: number, x: number, y: number): void {
  const [fromX, fromY] = corner(solidCorner(tile) - 1);
  const [toX, toY] = corner(solidCorner(tile) + 1);
  path.moveTo(x + fromX, y + fromY);
  path.lineTo(x + toX, y + toY);
}

function even(n: number): number {
  return Math.floor(n / 2) * 2;
}

/** The same 0..1 for the same place, without a pattern to the eye. */
function scatter(x: number, y: number): number {
  const mixed = Math.sin(x * 127.1 + y * 311.7) * 43758.5453;
  return mixed - Math.floor(mixed);
}
