import { CanvasSource, Rectangle, Texture } from 'pixi.js';
import type { Frame } from '../view/frame';
import type { Roster } from '../view/roster';
import { context2d } from './atlas';
import { Batch } from './batch';
import { craftColour } from './palette';

/** Names over craft. Each is written once on a shared canvas, in a slot that is used again later. */

const SLOT_WIDTH = 256;
const SLOT_HEIGHT = 32;
const COLUMNS = 4;
const ROWS = 24;
const FONT = '600 20px "Segoe UI", system-ui, sans-serif';
const TEXT_TILES = 0.46;
/** Smaller than this nobody can read. */
const TEXT_PX_MIN = 15;
const SHOWN_MAX = 96;

interface Slot {
  texture: Texture;
  player: number;
  name: string;
  usedAt: number;
}

export class Nameplates {
  readonly batch: Batch;
  private readonly g: CanvasRenderingContext2D;
  private readonly source: CanvasSource;
  private readonly slots: Slot[] = [];
  private readonly byPlayer = new Map<number, Slot>();
  private frameCount = 0;

  constructor() {
    const canvas = document.createElement('canvas');
    canvas.width = SLOT_WIDTH * COLUMNS;
    canvas.height = SLOT_HEIGHT * ROWS;
    this.g = context2d(canvas);
    this.source = new CanvasSource({ resource: canvas });
    for (let i = 0; i < COLUMNS * ROWS; i++) {
      const x = (i % COLUMNS) * SLOT_WIDTH;
      const y = Math.floor(i / COLUMNS) * SLOT_HEIGHT;
      const frame = new Rectangle(x, y, SLOT_WIDTH, SLOT_HEIGHT);
      const texture = new Texture({ source: this.source, frame });
      this.slots.push({ texture, player: -1, name: '', usedAt: 0 });
    }
    this.batch = new Batch(this.slots[0]?.texture ?? Texture.EMPTY, SHOWN_MAX, 'normal');
  }

  draw(frame: Frame, roster: Roster, pxPerTile: number): void {
    this.frameCount += 1;
    this.batch.begin();
    const height = Math.max(TEXT_TILES, TEXT_PX_MIN / pxPerTile);
    const width = (height * SLOT_WIDTH) / SLOT_HEIGHT;
    for (let i = 0; i < frame.header.craftCount; i++) {
      const craft = frame.crafts[i];
      const player = craft && roster.get(craft.id);
      if (!player) continue;
      const { texture } = this.slot(player.id, player.name);
      const colour = craftColour(player.id, false);
      this.batch.put(texture, craft.x, craft.y - 0.8 - height * 0.45, width, height, 0, colour, 0.92);
    }
    this.batch.end();
  }

  private slot(player: number, name: string): Slot {
    const known = this.byPlayer.get(player);
    if (known && known.name === name) {
      known.usedAt = this.frameCount;
      return known;
    }
    const slot = known ?? this.oldest();
    this.byPlayer.delete(slot.player);
    this.byPlayer.set(player, slot);
    slot.player = player;
    slot.name = name;
    slot.usedAt = this.frameCount;
    this.write(slot);
    return slot;
  }

  private oldest(): Slot {
    return this.slots.reduce((oldest, slot) => (slot.usedAt < oldest.usedAt ? slot : oldest));
  }

  private write(slot: Slot): void {
    const { g } = this;
    const { x, y, width, height } = slot.texture.frame;
    g.clearRect(x, y, width, height);
    g.save();
    g.beginPath();
    g.rect(x, y, width, height);
    g.clip();
    g.font = FONT;
    g.textAlign = 'center';
    g.textBaseline = 'middle';
    g.lineWidth = 5;
    g.lineJoin = 'round';
    g.strokeStyle = 'rgba(5,7,13,0.85)';
    g.strokeText(slot.name, x + width / 2, y + height / 2, width - 12);
    g.fillStyle = '#fff';
    g.fillText(slot.name, x + width / 2, y + height / 2, width - 12);
    g.restore();
    this.source.update();
  }
}
