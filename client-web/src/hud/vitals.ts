import { Bar, byId, Flag, Text } from '../dom';
import { CraftFlag, type Header } from '../view/frame';

/** Own health, shield and gun. */
export class Vitals {
  private readonly health = new Text(byId('health', HTMLElement));
  private readonly bar = new Bar(byId('health-bar', HTMLElement));
  private readonly lost = new Bar(byId('health-lost', HTMLElement));
  private readonly shield = new Text(byId('shield', HTMLElement));
  private readonly shieldBar = new Bar(byId('shield-bar', HTMLElement));
  private readonly hasShield = Flag.className(byId('vitals', HTMLElement), 'has-shield');
  private readonly cooldown = new Bar(byId('cooldown', HTMLElement));
  private readonly low = Flag.className(byId('vitals', HTMLElement), 'low');
  private readonly protected = Flag.className(byId('vitals', HTMLElement), 'protected');
  /** Percent of full health that fill the shield's bar. */
  private shieldMax = 100;

  setShieldMax(percent: number): void {
    this.shieldMax = percent;
  }

  update(header: Header): void {
    const health = header.alive ? Math.ceil(header.health) : 0;
    this.health.set(health);
    this.bar.set(health / 100);
    this.lost.set(health / 100);
    this.low.set(health > 0 && health <= 30);
    const shield = header.alive ? Math.ceil(header.shield) : 0;
    this.shield.set(`+${shield}`);
    this.shieldBar.set(shield / this.shieldMax);
    this.hasShield.set(shield > 0);
    this.protected.set(header.alive && (header.flags & CraftFlag.Protected) !== 0);
    this.cooldown.set(1 - header.cooldown);
  }
}
