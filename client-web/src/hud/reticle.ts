import { Bar, byId } from '../dom';
import type { Mouse } from '../input/mouse';
import type { Header } from '../view/frame';

const HIT_SHOWN_MS = 140;

/** Around the pointer: how far the gun is, and a cross when a shot of one's own hit. */
export class Reticle {
  private readonly root = byId('reticle', HTMLElement);
  private readonly gun = new Bar(this.root.querySelector<HTMLElement>('.ring') ?? this.root);
  private hitUntil = 0;
  private x = -1;
  private y = -1;

  hit(bounces: number, killed: boolean, nowMs: number): void {
    this.hitUntil = nowMs + (killed ? 3 : 1) * HIT_SHOWN_MS;
    this.root.classList.add('on-target');
    this.root.classList.toggle('banked', bounces > 0);
    this.root.classList.toggle('killed', killed);
  }

  update(header: Header, mouse: Mouse, nowMs: number): void {
    if (this.hitUntil !== 0 && nowMs > this.hitUntil) {
      this.hitUntil = 0;
      this.root.classList.remove('on-target', 'banked', 'killed');
    }
    this.gun.set(1 - header.cooldown);
    if (!mouse.seen || (mouse.x === this.x && mouse.y === this.y)) return;
    this.x = mouse.x;
    this.y = mouse.y;
    this.root.style.transform = `translate(${mouse.x}px, ${mouse.y}px)`;
  }
}
