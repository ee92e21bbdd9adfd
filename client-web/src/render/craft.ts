import { CraftFlag, type CraftView, type Frame, type Header } from '../view/frame';
import { type Atlas, HULL_TILES } from './atlas';
import type { Batch } from './batch';
import { type DeflectLook, type Pose, StatePainter } from './craft_state';
import { Dashes } from './dashes';
import { craftColour, craftHull, itemColour } from './palette';

/** Draws hover-craft: shadow and glow below, hull and trim, flames against the way it flies. */

const SPEED_MAX = 7;
/** A craft that is hit lights up for this long, and no more than three times a second. */
const FLASH_S = 0.09;
const FLASH_GAP_S = 0.36;

export class CraftPainter {
  private readonly atlas: Atlas;
  private readonly states: StatePainter;
  private readonly dashes: Dashes;
  private readonly flashedAt = new Map<number, number>();

  constructor(atlas: Atlas) {
    this.atlas = atlas;
    this.states = new StatePainter(atlas);
    this.dashes = new Dashes(atlas);
  }

  setDeflect(deflect: DeflectLook): void {
    this.states.setDeflect(deflect);
  }

  clear(): void {
    this.dashes.clear();
  }

  flash(id: number, nowS: number): void {
    if (nowS - (this.flashedAt.get(id) ?? -1) > FLASH_GAP_S) this.flashedAt.set(id, nowS);
  }

  /** `below` and `above` add light, `body` covers. */
  draw(frame: Frame, below: Batch, body: Batch, above: Batch, nowS: number): void {
    const { header } = frame;
    this.dashes.draw(below, nowS);
    for (let i = 0; i < header.craftCount; i++) {
      const craft = frame.crafts[i];
      if (!craft) continue;
      this.drawOne(craft, craft.id, false, below, body, above, nowS);
      this.drawHealth(craft, body);
      if (craft.id === header.leader) this.drawCrown(craft.x, craft.y - 1.36, body);
    }
    if (!header.alive) return;
    this.drawOwn(header, below, body, above, nowS);
    if (header.player === header.leader) this.drawCrown(header.x, header.y - 0.98, body);
  }

  private drawOwn(header: Header, below: Batch, body: Batch, above: Batch, nowS: number): void {
    body.put(this.atlas.ownRing, header.x, header.y, 1.62, 1.62, nowS * 0.5, 0xdff1ff, 0.8);
    this.drawOne(header, header.player, true, below, body, above, nowS);
  }

  private drawOne(
    pose: Pose,
    id: number,
    own: boolean,
    below: Batch,
    body: Batch,
    above: Batch,
    nowS: number,
  ): void {
    const { atlas } = this;
    const colour = craftColour(id, own);
    const hull = craftHull(id);
    const { x, y, aim } = pose;
    this.states.drawBelow(pose, below, nowS);
    this.drawFlames(pose, colour, below);
    below.put(atlas.glow, x, y, 2.1, 2.1, 0, colour, own ? 0.5 : 0.34);
    body.put(atlas.glow, x + 0.05, y + 0.16, 1.3, 1.3, 0, 0x000000, 0.8);
    const bodyTexture = atlas.hulls[hull];
    const trimTexture = atlas.trims[hull];
    if (!bodyTexture || !trimTexture) return;
    if (pose.dashing) this.dashes.note(id, pose, trimTexture, colour, nowS);
    body.put(bodyTexture, x, y, HULL_TILES, HULL_TILES, aim, 0xffffff, 1);
    body.put(trimTexture, x, y, HULL_TILES, HULL_TILES, aim, colour, 1);
    const lit = nowS - (this.flashedAt.get(id) ?? -1);
    if (lit < FLASH_S) above.put(trimTexture, x, y, HULL_TILES, HULL_TILES, aim, 0xffffff, 0.9);
    if (pose.flags & CraftFlag.Protected) {
      const breath = 1.5 + 0.05 * Math.sin(nowS * 5);
      above.put(atlas.shield, x, y, breath, breath, 0, colour, 0.75);
    }
    this.states.drawAbove(pose, own, colour, above, nowS);
  }

  private drawFlames(pose: Pose, colour: number, below: Batch): void {
    const speed = Math.hypot(pose.vx, pose.vy);
    const thrust = Math.min(1, speed / SPEED_MAX);
    if (thrust < 0.06) return;
    const heading = Math.atan2(pose.vy, pose.vx);
    const length = 0.35 + thrust * 0.95;
    const back = 0.22 + length / 2;
    const x = pose.x - Math.cos(heading) * back;
    const y = pose.y - Math.sin(heading) * back;
    below.put(this.atlas.plume, x, y, length, 0.62, heading, colour, 0.75 * thrust);
    below.put(this.atlas.plume, x, y, length * 0.6, 0.3, heading, 0xffffff, 0.5 * thrust);
  }

  private drawCrown(x: number, y: number, body: Batch): void {
    body.put(this.atlas.crown, x, y, 0.52, 0.39, 0, 0xffd257, 1);
  }

  /** Health once some is lost, and above it the shield while there is one. */
  private drawHealth(craft: CraftView, body: Batch): void {
    if (craft.health <= 0) return;
    const y = craft.y - 0.72;
    if (craft.health < 100) {
      const colour = craft.health > 35 ? 0xdbe6ff : 0xff5a5a;
      this.drawBar(craft.x, y, craft.health / 100, colour, body);
    }
    if (craft.shield > 0)
      this.drawBar(craft.x, y - 0.11, Math.min(1, craft.shield / 100), itemColour('shield'), body);
  }

  private drawBar(x: number, y: number, part: number, colour: number, body: Batch): void {
    const width = 0.92;
    body.put(this.atlas.white, x, y, width + 0.06, 0.13, 0, 0x05070d, 0.8);
    body.put(this.atlas.white, x - (width * (1 - part)) / 2, y, width * part, 0.07, 0, colour, 0.95);
  }
}
