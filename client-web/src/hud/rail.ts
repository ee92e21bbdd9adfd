import { Bar, byId, element, Flag } from '../dom';
import type { Header } from '../view/frame';

const PIPS_MAX = 12;

/** What is left of the rail, and how far it is: pips and a bar in the corner, on a phone on its button. */
export class Rail {
  private readonly shown = [byId('rail', HTMLElement), byId('rail-pad', HTMLElement)].map(Flag.shows);
  private readonly pips = [byId('rail-pips', HTMLElement), byId('rail-pad-pips', HTMLElement)];
  private readonly bars = [
    new Bar(byId('rail-bar', HTMLElement)),
    new Bar(byId('rail-pad-bar', HTMLElement)),
  ];
  private readonly charging = Flag.className(document.body, 'charging');
  private readonly empty = Flag.className(document.body, 'no-rail');
  private ammo = -1;
  private ammoMax = -1;

  update(header: Header): void {
    for (const shown of this.shown) shown.set(header.railAmmoMax > 0);
    this.charging.set(header.railCharge > 0);
    this.empty.set(header.railAmmo === 0);
    for (const bar of this.bars) bar.set(header.railCharge > 0 ? header.railCharge : 1 - header.railCooldown);
    if (header.railAmmo === this.ammo && header.railAmmoMax === this.ammoMax) return;
    this.ammo = header.railAmmo;
    this.ammoMax = header.railAmmoMax;
    for (const pips of this.pips) pips.replaceChildren(...this.drawn());
  }

  private drawn(): HTMLElement[] {
    const count = Math.min(PIPS_MAX, this.ammoMax);
    return Array.from({ length: count }, (_, i) => element('i', i < this.ammo ? 'full' : ''));
  }
}
