import { byId } from '../dom';
import { craftColour, cssColour, OWN } from '../render/palette';
import { type ArenaMap, Tile } from '../view/arena_map';
import type { Frame } from '../view/frame';

const EVERY_MS = 100;
const PX_MAX = 168;

/** The whole map, small: walls, the part in view, and who is in it. */
export class Minimap {
  private readonly canvas = byId('minimap', HTMLCanvasElement);
  private readonly g = this.canvas.getContext('2d');
  private ground: HTMLCanvasElement | undefined;
  private pxPerTile = 2;
  private drawnAt = 0;

  setMap(map: ArenaMap): void {
    this.pxPerTile = Math.max(1, Math.floor((2 * PX_MAX) / Math.max(map.width, map.height)) / 2);
    const ground = document.createElement('canvas');
    for (const canvas of [ground, this.canvas]) {
      canvas.width = Math.ceil(map.width * this.pxPerTile);
      canvas.height = Math.ceil(map.height * this.pxPerTile);
    }
    paintGround(ground, map, this.pxPerTile);
    this.ground = ground;
  }

  update(frame: Frame, nowMs: number): void {
    const { g, ground } = this;
    if (!g || !ground || nowMs - this.drawnAt < EVERY_MS) return;
    this.drawnAt = nowMs;
    g.clearRect(0, 0, ground.width, ground.height);
    g.drawImage(ground, 0, 0);
    this.drawView(g, frame);
    for (let i = 0; i < frame.header.craftCount; i++) {
      const craft = frame.crafts[i];
      if (craft) this.dot(g, craft.x, craft.y, 2.2, cssColour(craftColour(craft.id, false)));
    }
    if (!frame.header.alive) return;
    this.dot(g, frame.header.x, frame.header.y, 4, '#ffffff');
    this.dot(g, frame.header.x, frame.header.y, 2.8, cssColour(OWN));
  }

  private drawView(g: CanvasRenderingContext2D, frame: Frame): void {
    const { cameraX, cameraY, halfWidth, halfHeight } = frame.header;
    const px = this.pxPerTile;
    g.strokeStyle = 'rgba(190,210,255,0.35)';
    g.strokeRect(
      (cameraX - halfWidth) * px,
      (cameraY - halfHeight) * px,
      2 * halfWidth * px,
      2 * halfHeight * px,
    );
  }

  private dot(g: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string): void {
    g.fillStyle = colour;
    g.beginPath();
    g.arc(x * this.pxPerTile, y * this.pxPerTile, radius, 0, Math.PI * 2);
    g.fill();
  }
}

function paintGround(canvas: HTMLCanvasElement, map: ArenaMap, px: number): void {
  const g = canvas.getContext('2d');
  if (!g) return;
  for (let y = 0; y < map.height; y++) {
    for (let x = 0; x < map.width; x++) {
      const tile = map.at(x, y);
      if (tile === Tile.Floor) continue;
      g.fillStyle = tile === Tile.Pit ? 'rgba(0,0,0,0.7)' : 'rgba(143,178,255,0.42)';
      g.fillRect(x * px, y * px, px, px);
    }
  }
}
