import { Particle, ParticleContainer, type Texture } from 'pixi.js';
import { packColour } from './palette';

/**
 * Many small glowing quads from the atlas in one draw call, written anew every frame. The quads
 * are made once; a frame only changes how many of them are shown.
 */
export class Batch {
  readonly view: ParticleContainer;
  private readonly pool: Particle[] = [];
  private count = 0;

  constructor(texture: Texture, capacity: number, blendMode: 'add' | 'normal') {
    for (let i = 0; i < capacity; i++) {
      this.pool.push(new Particle({ texture, anchorX: 0.5, anchorY: 0.5, alpha: 0 }));
    }
    this.view = new ParticleContainer({
      texture,
      // All of them at first, so that the buffer gets its full size at once.
      particles: [...this.pool],
      blendMode,
      dynamicProperties: { vertex: true, position: true, rotation: true, uvs: true, color: true },
    });
  }

  begin(): void {
    this.count = 0;
  }

  /** Centre and size in tiles. What does not fit any more is left out. */
  put(
    texture: Texture,
    x: number,
    y: number,
    width: number,
    height: number,
    rotation: number,
    rgb: number,
    alpha: number,
  ): void {
    const quad = this.pool[this.count];
    if (!quad) return;
    quad.texture = texture;
    quad.x = x;
    quad.y = y;
    quad.scaleX = width / texture.orig.width;
    quad.scaleY = height / texture.orig.height;
    quad.rotation = rotation;
    quad.color = packColour(rgb, alpha);
    this.count += 1;
  }

  end(): void {
    const shown = this.view.particleChildren;
    const before = shown.length;
    for (let i = before; i < this.count; i++) {
      const quad = this.pool[i];
      if (quad) shown.push(quad);
    }
    if (before > this.count) shown.length = this.count;
  }
}
