import { CanvasSource, Rectangle, Texture } from 'pixi.js';
import type { Team } from '../view/arena_map';
import { GLYPHS, type Glyph } from './glyphs';
import { drawHullBody, drawHullTrim } from './hulls';
import {
  BLOCK,
  type Draw,
  drawCrown,
  drawFlag,
  drawGlyph,
  drawHexagon,
  drawPlate,
  drawStar,
  fill,
  PENNANT,
  type Plate,
  SQUARE,
  WEDGE,
} from './signs';

/**
 * Every picture in the game, drawn once at the start on one canvas, so that everything on screen
 * shares one texture.
 */
export interface Atlas {
  hulls: readonly Texture[];
  trims: readonly Texture[];
  glow: Texture;
  plume: Texture;
  shield: Texture;
  ring: Texture;
  core: Texture;
  halo: Texture;
  trail: Texture;
  beam: Texture;
  spark: Texture;
  dot: Texture;
  damageArc: Texture;
  ownRing: Texture;
  crown: Texture;
  /** White, to be coloured; the shapes differ. */
  flags: Record<Team, Texture>;
  marks: Record<Team, Texture>;
  glyphs: Record<Glyph, Texture>;
  /** What pads look like: dark, with a bright rim. */
  plates: Record<Plate, Texture>;
  hexagon: Texture;
  star: Texture;
  white: Texture;
}

/** How finely hulls are drawn. A tile is 20 to 64 pixels on most screens. */
export const HULL_PX_PER_TILE = 96;
/** A hull's picture is this many tiles wide, rim light included. */
export const HULL_TILES = 128 / HULL_PX_PER_TILE;

const SIZE = 1024;
const GAP = 4;

/** Fills the canvas left to right in rows. */
class Packer {
  private readonly source: CanvasSource;
  private readonly g: CanvasRenderingContext2D;
  private x = GAP;
  private y = GAP;
  private rowHeight = 0;

  constructor() {
    const canvas = document.createElement('canvas');
    canvas.width = SIZE;
    canvas.height = SIZE;
    this.g = context2d(canvas);
    this.source = new CanvasSource({ resource: canvas, autoGenerateMipmaps: true });
  }

  add(width: number, height: number, draw: Draw): Texture {
    if (this.x + width + GAP > SIZE) {
      this.x = GAP;
      this.y += this.rowHeight + GAP;
      this.rowHeight = 0;
    }
    this.g.save();
    this.g.translate(this.x, this.y);
    this.g.beginPath();
    this.g.rect(0, 0, width, height);
    this.g.clip();
    draw(this.g, width, height);
    this.g.restore();
    const texture = new Texture({
      source: this.source,
      frame: new Rectangle(this.x, this.y, width, height),
      defaultAnchor: { x: 0.5, y: 0.5 },
    });
    this.x += width + GAP;
    this.rowHeight = Math.max(this.rowHeight, height);
    return texture;
  }
}

export function drawAtlas(): Atlas {
  const pack = new Packer();
  const hullIds = [0, 1, 2, 3];
  return {
    hulls: hullIds.map((id) => pack.add(128, 128, (g) => drawHullBody(g, id, HULL_PX_PER_TILE))),
    trims: hullIds.map((id) => pack.add(128, 128, (g) => drawHullTrim(g, id, HULL_PX_PER_TILE))),
    glow: pack.add(128, 128, radial([0, 0.6], [0.35, 0.22], [1, 0])),
    ring: pack.add(128, 128, ring(0.86, 0.07)),
    shield: pack.add(128, 128, drawShield),
    ownRing: pack.add(128, 128, drawOwnRing),
    crown: pack.add(64, 48, drawCrown),
    flags: { blue: pack.add(64, 64, drawFlag(SQUARE)), orange: pack.add(64, 64, drawFlag(PENNANT)) },
    marks: { blue: pack.add(64, 64, fill(BLOCK)), orange: pack.add(64, 64, fill(WEDGE)) },
    damageArc: pack.add(256, 256, drawDamageArc),
    halo: pack.add(96, 64, radial([0, 0.95], [0.3, 0.5], [0.65, 0.12], [1, 0])),
    core: pack.add(64, 32, radial([0, 1], [0.55, 1], [0.8, 0.35], [1, 0])),
    plume: pack.add(96, 48, drawPlume),
    trail: pack.add(128, 16, drawTrail),
    beam: pack.add(32, 32, drawBeam),
    spark: pack.add(64, 16, radial([0, 1], [0.4, 0.75], [1, 0])),
    dot: pack.add(32, 32, radial([0, 1], [0.5, 0.7], [1, 0])),
    glyphs: Object.fromEntries(GLYPHS.map((glyph) => [glyph, pack.add(64, 64, drawGlyph(glyph))])) as Record<
      Glyph,
      Texture
    >,
    plates: {
      circle: pack.add(128, 128, drawPlate(40, 0)),
      hexagon: pack.add(128, 128, drawPlate(6, 0)),
      diamond: pack.add(128, 128, drawPlate(4, 0)),
    },
    hexagon: pack.add(128, 128, drawHexagon),
    star: pack.add(128, 128, drawStar),
    white: pack.add(8, 8, (g, width, height) => {
      g.fillStyle = '#fff';
      g.fillRect(0, 0, width, height);
    }),
  };
}

export function context2d(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  // Painted once and handed to the GPU: no use in going there twice.
  const g = canvas.getContext('2d', { willReadFrequently: true });
  if (!g) throw new Error('this browser cannot draw on a canvas');
  return g;
}

/** A soft ellipse: opacity at distances from the centre (0) to the edge (1). */
function radial(...stops: [number, number][]): Draw {
  return (g, width, height) => {
    g.translate(width / 2, height / 2);
    g.scale(width / 2, height / 2);
    const gradient = g.createRadialGradient(0, 0, 0, 0, 0, 1);
    for (const [at, alpha] of stops) gradient.addColorStop(at, `rgba(255,255,255,${alpha})`);
    g.fillStyle = gradient;
    g.fillRect(-1, -1, 2, 2);
  };
}

function ring(radius: number, width: number): Draw {
  return (g, size) => {
    g.translate(size / 2, size / 2);
    g.scale(size / 2, size / 2);
    for (const [grow, alpha] of [
      [3, 0.15],
      [2, 0.25],
      [1, 0.9],
    ] as const) {
      g.lineWidth = width * grow;
      g.strokeStyle = `rgba(255,255,255,${alpha})`;
      g.beginPath();
      g.arc(0, 0, radius - width, 0, Math.PI * 2);
      g.stroke();
    }
  };
}

function drawShield(g: CanvasRenderingContext2D, size: number): void {
  g.translate(size / 2, size / 2);
  g.scale(size / 2, size / 2);
  const gradient = g.createRadialGradient(0, 0, 0.5, 0, 0, 0.95);
  gradient.addColorStop(0, 'rgba(255,255,255,0)');
  gradient.addColorStop(0.85, 'rgba(255,255,255,0.35)');
  gradient.addColorStop(0.9, 'rgba(255,255,255,0.8)');
  gradient.addColorStop(1, 'rgba(255,255,255,0)');
  g.fillStyle = gradient;
  g.beginPath();
  g.arc(0, 0, 1, 0, Math.PI * 2);
  g.fill();
}

/** Four brackets around the own craft: found at a glance, also in a crowd. */
function drawOwnRing(g: CanvasRenderingContext2D, size: number): void {
  g.translate(size / 2, size / 2);
  g.lineCap = 'round';
  for (const [width, alpha] of [
    [9, 0.18],
    [3.5, 0.95],
  ] as const) {
    g.lineWidth = width;
    g.strokeStyle = `rgba(255,255,255,${alpha})`;
    for (let i = 0; i < 4; i++) {
      const middle = Math.PI / 4 + (i * Math.PI) / 2;
      g.beginPath();
      g.arc(0, 0, size * 0.43, middle - 0.3, middle + 0.3);
      g.stroke();
    }
  }
}

function drawDamageArc(g: CanvasRenderingContext2D, size: number): void {
  g.translate(size / 2, size / 2);
  const inner = size * 0.36;
  const outer = size * 0.48;
  const gradient = g.createRadialGradient(0, 0, inner, 0, 0, outer);
  gradient.addColorStop(0, 'rgba(255,255,255,0)');
  gradient.addColorStop(0.3, 'rgba(255,255,255,0.95)');
  gradient.addColorStop(1, 'rgba(255,255,255,0)');
  g.fillStyle = gradient;
  g.beginPath();
  g.moveTo(outer * 1.02, 0);
  g.arc(0, 0, outer, -0.1, 0.42);
  g.arc(0, 0, inner, 0.36, -0.36, true);
  g.arc(0, 0, outer, -0.42, 0.1);
  g.fill();
}

function drawPlume(g: CanvasRenderingContext2D, width: number, height: number): void {
  const gradient = g.createLinearGradient(0, 0, width, 0);
  gradient.addColorStop(0, 'rgba(255,255,255,0)');
  gradient.addColorStop(0.7, 'rgba(255,255,255,0.45)');
  gradient.addColorStop(1, 'rgba(255,255,255,0.9)');
  g.fillStyle = gradient;
  g.filter = 'blur(3px)';
  g.beginPath();
  g.moveTo(6, height / 2);
  g.quadraticCurveTo(width * 0.7, height * 0.12, width - 6, height * 0.3);
  g.lineTo(width - 6, height * 0.7);
  g.quadraticCurveTo(width * 0.7, height * 0.88, 6, height / 2);
  g.fill();
}

/** Thin at the tail, full at the head (right). */
function drawTrail(g: CanvasRenderingContext2D, width: number, height: number): void {
  for (let y = 0; y < height; y++) {
    const across = Math.abs((y + 0.5) / height - 0.5) * 2;
    const gradient = g.createLinearGradient(0, 0, width, 0);
    gradient.addColorStop(0, 'rgba(255,255,255,0)');
    gradient.addColorStop(1, `rgba(255,255,255,${0.85 * (1 - across) ** 1.5})`);
    g.fillStyle = gradient;
    g.fillRect(0, y, width, 1);
  }
}

/** The same all along, bright in the middle. */
function drawBeam(g: CanvasRenderingContext2D, width: number, height: number): void {
  const gradient = g.createLinearGradient(0, 0, 0, height);
  for (const [at, alpha] of [
    [0, 0],
    [0.3, 0.16],
    [0.42, 0.75],
    [0.5, 1],
    [0.58, 0.75],
    [0.7, 0.16],
    [1, 0],
  ] as const) {
    gradient.addColorStop(at, `rgba(255,255,255,${alpha})`);
  }
  g.fillStyle = gradient;
  g.fillRect(0, 0, width, height);
}
