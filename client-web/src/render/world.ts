import 'pixi.js/unsafe-eval';
import { Container, Sprite, WebGLRenderer } from 'pixi.js';
import type { ArenaMap } from '../view/arena_map';
import type { Arsenal } from '../view/arsenal';
import type { Frame } from '../view/frame';
import type { MatchState } from '../view/match_state';
import type { Roster } from '../view/roster';
import type { GameEvent, Setup } from '../view/session';
import { Arena } from './arena';
import { type Atlas, drawAtlas } from './atlas';
import { Batch } from './batch';
import { Beams } from './beams';
import { Camera } from './camera';
import { CraftPainter } from './craft';
import { Effects } from './effects';
import { Nameplates } from './nameplates';
import { ObjectivePainter } from './objectives';
import { PadPainter } from './pads';
import { FLOOR } from './palette';
import { Particles } from './particles';
import { Resolution } from './resolution';
import { ShotPainter } from './shots';

/**
 * The picture of the arena: reads frames and events, never the socket.
 *
 * Layers, lowest first: arena, light below craft, craft, shots and sparks, names.
 */
export class World {
  readonly camera = new Camera();
  private readonly renderer: WebGLRenderer;
  private readonly canvas: HTMLCanvasElement;
  private readonly stage = new Container();
  private readonly tiles = new Container();
  private readonly arena = new Arena();
  private readonly resolution = new Resolution();
  private readonly below: Batch;
  private readonly body: Batch;
  private readonly above: Batch;
  private readonly names = new Nameplates();
  private readonly particles: Particles;
  private readonly crafts: CraftPainter;
  private readonly objectives: ObjectivePainter;
  private readonly pads: PadPainter;
  private readonly shots: ShotPainter;
  private readonly beams: Beams;
  private readonly effects: Effects;

  static async create(canvas: HTMLCanvasElement, calm: boolean): Promise<World> {
    const renderer = new WebGLRenderer();
    await renderer.init({
      canvas,
      width: 64,
      height: 36,
      background: FLOOR,
      antialias: false,
      autoDensity: true,
      powerPreference: 'high-performance',
      // Events, accessibility and the like: the HUD is DOM, nothing here listens.
      skipExtensionImports: true,
    });
    const atlas = drawAtlas();
    const world = new World(renderer, canvas, atlas, calm);
    world.warmUp(atlas);
    return world;
  }

  private constructor(renderer: WebGLRenderer, canvas: HTMLCanvasElement, atlas: Atlas, calm: boolean) {
    this.renderer = renderer;
    this.canvas = canvas;
    this.below = new Batch(atlas.white, 1536, 'add');
    this.body = new Batch(atlas.white, 1024, 'normal');
    this.above = new Batch(atlas.white, 4096, 'add');
    this.particles = new Particles(atlas);
    this.crafts = new CraftPainter(atlas);
    this.objectives = new ObjectivePainter(atlas);
    this.pads = new PadPainter(atlas);
    this.shots = new ShotPainter(atlas);
    this.beams = new Beams(atlas, this.particles);
    this.effects = new Effects(atlas, this.particles, this.crafts, this.beams, this.camera);
    if (calm) {
      this.camera.shakeAmount = 0;
      this.particles.amount = 0.4;
    }
    this.tiles.addChild(
      this.arena.view,
      this.below.view,
      this.body.view,
      this.above.view,
      this.names.batch.view,
    );
    this.stage.addChild(this.tiles);
  }

  /** What the first picture needs of the driver (shaders above all) is made ready behind the menu. */
  private warmUp(atlas: Atlas): void {
    const piece = new Sprite(atlas.white);
    this.tiles.addChild(piece);
    this.renderer.render(this.stage);
    piece.destroy();
  }

  /** A match begins: its map, and of its rules what shows. */
  enter(map: ArenaMap, arsenal: Arsenal, { rules }: Setup): void {
    this.arena.setMap(map);
    this.objectives.setMap(map);
    this.pads.setMap(map, arsenal);
    this.shots.setArsenal(arsenal);
    this.effects.setMap(map, arsenal);
    this.crafts.setDeflect(rules.deflect);
    this.forgetMoment();
  }

  /** Sparks, trails and marks of a moment that is over. */
  forgetMoment(): void {
    this.particles.clear();
    this.shots.clear();
    this.crafts.clear();
    this.beams.clear();
    this.effects.clear();
  }

  fit(pageWidth: number, pageHeight: number, frame: Frame): void {
    const { camera, canvas } = this;
    camera.fit(pageWidth, pageHeight, frame.header.halfWidth, frame.header.halfHeight);
    canvas.style.left = `${camera.rect.left}px`;
    canvas.style.top = `${camera.rect.top}px`;
    this.resize();
  }

  apply(event: GameEvent, frame: Frame, nowMs: number): void {
    this.effects.apply(event, frame, nowMs / 1000);
  }

  draw(frame: Frame, match: MatchState, roster: Roster, nowMs: number, seconds: number): void {
    const nowS = nowMs / 1000;
    if (this.resolution.observe(seconds)) this.resize();
    this.moveCamera(frame, seconds);
    this.particles.step(seconds);
    this.effects.exhaust(frame, seconds);
    this.below.begin();
    this.body.begin();
    this.above.begin();
    this.pads.draw(frame, this.camera, this.below, this.body, nowS);
    this.objectives.draw(match, frame, this.below, this.body, nowS);
    this.crafts.draw(frame, this.below, this.body, this.above, nowS);
    this.particles.draw(this.above);
    this.shots.draw(frame, this.above);
    this.beams.draw(frame, this.above, nowS);
    this.effects.drawDamage(frame, this.above, nowS);
    this.below.end();
    this.body.end();
    this.above.end();
    this.names.draw(frame, roster, this.camera.pxPerTile);
    this.renderer.render(this.stage);
  }

  private moveCamera(frame: Frame, seconds: number): void {
    const { camera, tiles } = this;
    camera.follow(frame.header.cameraX, frame.header.cameraY, seconds);
    tiles.scale.set(camera.pxPerTile);
    tiles.position.set(
      camera.rect.width / 2 - camera.x * camera.pxPerTile + camera.shakeX,
      camera.rect.height / 2 - camera.y * camera.pxPerTile + camera.shakeY,
    );
    this.arena.show(camera.x, camera.y, camera.halfWidth, camera.halfHeight);
  }

  private resize(): void {
    const { rect, pxPerTile } = this.camera;
    const density = this.resolution.density(rect.width, rect.height);
    this.renderer.resize(rect.width, rect.height, density);
    this.arena.setScale(pxPerTile * density);
  }
}
