import { Bar, byId, Flag, Text } from '../dom';
import type { Header } from '../view/frame';

/** Own health and the gun. */
export class Vitals {
  private readonly health = new Text(byId('health', HTMLElement));
  private readonly bar = new Bar(byId('health-bar', HTMLElement));
  private readonly lost = new Bar(byId('health-lost', HTMLElement));
  private readonly cooldown = new Bar(byId('cooldown', HTMLElement));
  private readonly low = Flag.className(byId('vitals', HTMLElement), 'low');
  private readonly shielded = Flag.className(byId('vitals', HTMLElement), 'shielded');

  update(header: Header): void {
    const health = header.alive ? Math.ceil(header.health) : 0;
    this.health.set(health);
    this.bar.set(health / 100);
    this.lost.set(health / 100);
    this.low.set(health > 0 && health <= 30);
    this.shielded.set(header.alive && header.protected);
    this.cooldown.set(1 - header.cooldown);
  }
}
