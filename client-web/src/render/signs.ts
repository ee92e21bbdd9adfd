import { type Glyph, glyphPath } from './glyphs';

/** Pictures that mean something: flags, crown, what lies on pads, what works on a craft. White, to be coloured. */

export type Draw = (g: CanvasRenderingContext2D, width: number, height: number) => void;

/** A circle for what mends, a hexagon for weapons, a diamond for what works for a while. */
export type Plate = 'circle' | 'hexagon' | 'diamond';

type Corners = readonly (readonly [number, number])[];

/** What hangs on the pole, and what is painted on the ground, in parts of the picture: a square for blue, a triangle for orange. */
export const SQUARE: Corners = [
  [0.28, 0.1],
  [0.9, 0.1],
  [0.9, 0.56],
  [0.28, 0.56],
];
export const PENNANT: Corners = [
  [0.28, 0.06],
  [0.94, 0.34],
  [0.28, 0.62],
];
export const BLOCK: Corners = [
  [0.06, 0.06],
  [0.94, 0.06],
  [0.94, 0.94],
  [0.06, 0.94],
];
export const WEDGE: Corners = [
  [0.5, 0.06],
  [0.96, 0.92],
  [0.04, 0.92],
];

function outline(g: CanvasRenderingContext2D, corners: Corners, width: number, height: number): void {
  g.beginPath();
  for (const [x, y] of corners) g.lineTo(x * width, y * height);
  g.closePath();
}

export function fill(corners: Corners): Draw {
  return (g, width, height) => {
    g.fillStyle = '#fff';
    outline(g, corners, width, height);
    g.fill();
  };
}

export function drawFlag(cloth: Corners): Draw {
  return (g, width, height) => {
    g.strokeStyle = 'rgba(5,7,13,0.9)';
    g.lineWidth = 4;
    g.lineJoin = 'round';
    outline(g, cloth, width, height);
    g.stroke();
    fill(cloth)(g, width, height);
    g.fillStyle = '#fff';
    g.fillRect(0.2 * width, 0.04 * height, 0.09 * width, 0.92 * height);
  };
}

export function drawGlyph(glyph: Glyph): Draw {
  return (g, width, height) => {
    const outline = glyphPath(glyph);
    g.translate(0.08 * width, 0.08 * height);
    g.scale((0.84 * width) / 24, (0.84 * height) / 24);
    g.lineJoin = 'round';
    g.lineWidth = 3;
    g.strokeStyle = 'rgba(5,7,13,0.9)';
    g.stroke(outline);
    g.fillStyle = '#fff';
    g.fill(outline);
  };
}

/** With its first corner at `turn`, in radians. */
function polygon(g: CanvasRenderingContext2D, corners: number, radius: number, turn: number): void {
  g.beginPath();
  for (let i = 0; i < corners; i++) {
    const angle = turn + (i * 2 * Math.PI) / corners;
    g.lineTo(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  g.closePath();
}

export function drawPlate(corners: number, turn: number): Draw {
  return (g, size) => {
    g.translate(size / 2, size / 2);
    g.lineJoin = 'round';
    polygon(g, corners, size * 0.42, turn);
    g.fillStyle = 'rgba(14,20,38,0.82)';
    g.fill();
    for (const [width, alpha] of [
      [12, 0.2],
      [5, 0.95],
    ] as const) {
      g.lineWidth = width;
      g.strokeStyle = `rgba(255,255,255,${alpha})`;
      g.stroke();
    }
  };
}

/** A shield: not round, so that it isn't taken for spawn protection. */
export function drawHexagon(g: CanvasRenderingContext2D, size: number): void {
  g.translate(size / 2, size / 2);
  g.lineJoin = 'round';
  polygon(g, 6, size * 0.42, 0);
  for (const [width, alpha] of [
    [14, 0.16],
    [8, 0.3],
    [3.5, 0.95],
  ] as const) {
    g.lineWidth = width;
    g.strokeStyle = `rgba(255,255,255,${alpha})`;
    g.stroke();
  }
}

/** Eight points of light. */
export function drawStar(g: CanvasRenderingContext2D, size: number): void {
  g.translate(size / 2, size / 2);
  const light = g.createRadialGradient(0, 0, size * 0.14, 0, 0, size * 0.49);
  light.addColorStop(0, 'rgba(255,255,255,0.2)');
  light.addColorStop(0.35, 'rgba(255,255,255,0.95)');
  light.addColorStop(1, 'rgba(255,255,255,0.1)');
  g.fillStyle = light;
  for (let i = 0; i < 8; i++) {
    g.rotate(Math.PI / 4);
    g.beginPath();
    g.moveTo(size * 0.26, -size * 0.075);
    g.lineTo(size * 0.49, 0);
    g.lineTo(size * 0.26, size * 0.075);
    g.fill();
  }
}

export function drawCrown(g: CanvasRenderingContext2D, width: number, height: number): void {
  g.fillStyle = '#fff';
  g.strokeStyle = 'rgba(5,7,13,0.9)';
  g.lineWidth = 4;
  g.lineJoin = 'round';
  g.beginPath();
  for (const [x, y] of [
    [0.14, 0.84],
    [0.08, 0.3],
    [0.32, 0.52],
    [0.5, 0.12],
    [0.68, 0.52],
    [0.92, 0.3],
    [0.86, 0.84],
  ] as const) {
    g.lineTo(x * width, y * height);
  }
  g.closePath();
  g.stroke();
  g.fill();
}
