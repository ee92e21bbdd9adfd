import type { ArenaMap } from '../view/arena_map';
import type { Arsenal, PickupEffect } from '../view/arsenal';
import type { Frame } from '../view/frame';
import type { Atlas } from './atlas';
import type { Batch } from './batch';
import type { Camera } from './camera';
import { type Glyph, itemGlyph } from './glyphs';
import { itemColour } from './palette';
import { putArc } from './segments';
import type { Plate } from './signs';

const PLATE_TILES = 1.5;
const GLYPH_TILES = 0.72;
const RING_RADIUS = 0.78;
const RING_PIECES = 20;
/** Where the rules don't say when the next one comes. */
const COMES_BACK_S = 10;

const PLATES: Record<PickupEffect, Plate> = {
  health: 'circle',
  shield: 'circle',
  weapon: 'hexagon',
  haste: 'diamond',
  overcharge: 'diamond',
};

interface Look {
  x: number;
  y: number;
  glyph: Glyph;
  plate: Plate;
  colour: number;
  comesBackS: number;
}

/** Draws what lies on pads: a plate by kind, a sign by item; empty, a ring that fills until the next one is there. */
export class PadPainter {
  private readonly atlas: Atlas;
  private looks: readonly Look[] = [];

  constructor(atlas: Atlas) {
    this.atlas = atlas;
  }

  setMap(map: ArenaMap, arsenal: Arsenal): void {
    this.looks = map.pads.map(({ x, y, item }) => {
      const glyph = itemGlyph(item, arsenal);
      const pickup = arsenal.pickup(item);
      const plate = PLATES[pickup?.effect ?? 'weapon'];
      const comesBackS = pickup?.comes_back_s ?? COMES_BACK_S;
      return { x, y, glyph, plate, colour: itemColour(glyph), comesBackS };
    });
  }

  /** `below` adds light, `body` covers. */
  draw(frame: Frame, camera: Camera, below: Batch, body: Batch, nowS: number): void {
    const { looks } = this;
    for (let i = 0; i < looks.length; i++) {
      const look = looks[i];
      if (!look || !isNear(look, camera)) continue;
      const wait = frame.padWait(i);
      if (wait > 0) this.drawEmpty(look, wait, below, body);
      else this.drawFull(look, i, below, body, nowS);
    }
  }

  private drawFull(look: Look, i: number, below: Batch, body: Batch, nowS: number): void {
    const { atlas } = this;
    const { x, y, colour } = look;
    const breath = Math.sin(nowS * 2.4 + i);
    below.put(atlas.glow, x, y, 2.5, 2.5, 0, colour, 0.34 + 0.06 * breath);
    body.put(atlas.plates[look.plate], x, y, PLATE_TILES, PLATE_TILES, 0, colour, 0.95);
    const size = GLYPH_TILES * (1 + 0.05 * breath);
    body.put(atlas.glyphs[look.glyph], x, y, size, size, 0, colour, 1);
  }

  private drawEmpty(look: Look, wait: number, below: Batch, body: Batch): void {
    const { atlas } = this;
    const { x, y, colour } = look;
    body.put(atlas.glyphs[look.glyph], x, y, GLYPH_TILES * 0.8, GLYPH_TILES * 0.8, 0, colour, 0.28);
    const done = Math.min(1, Math.max(0, 1 - wait / look.comesBackS));
    const top = -Math.PI / 2;
    const whole = 2 * Math.PI;
    putArc(below, atlas.white, x, y, RING_RADIUS, 0.05, top, top + whole, RING_PIECES, colour, 0.2);
    const pieces = Math.floor(done * RING_PIECES);
    const reached = top + (whole * pieces) / RING_PIECES;
    if (pieces > 0) putArc(below, atlas.white, x, y, RING_RADIUS, 0.12, top, reached, pieces, colour, 0.9);
  }
}

/** Within the picture, or nearly. */
function isNear({ x, y }: Look, camera: Camera): boolean {
  return Math.abs(x - camera.x) < camera.halfWidth + 2 && Math.abs(y - camera.y) < camera.halfHeight + 2;
}
