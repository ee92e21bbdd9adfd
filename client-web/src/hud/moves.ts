import { Bar, byId, element, Flag } from '../dom';
import { glyphIcon } from '../render/glyphs';
import type { Header } from '../view/frame';

/** Dashes, one bar each, and the deflect: under the health, on a phone on their buttons. */
export class Moves {
  private readonly dashSlots = [byId('dash-pips', HTMLElement), byId('touch-dash-pips', HTMLElement)];
  private readonly deflectBars = [
    new Bar(byId('deflect-bar', HTMLElement)),
    new Bar(byId('touch-deflect-bar', HTMLElement)),
  ];
  private readonly noDash = Flag.className(document.body, 'no-dash');
  private readonly noDeflect = Flag.className(document.body, 'no-deflect');
  private dashBars: readonly (readonly Bar[])[] = [];

  constructor() {
    for (const slot of document.querySelectorAll('.dash-glyph')) slot.append(glyphIcon('dash'));
    for (const slot of document.querySelectorAll('.deflect-glyph')) slot.append(glyphIcon('deflect'));
  }

  /** As many dashes as there are at most. */
  setCharges(charges: number): void {
    this.dashBars = this.dashSlots.map((slot) => {
      const bars = Array.from({ length: charges }, () => element('i'));
      slot.replaceChildren(
        ...bars.map((bar) => {
          const pip = element('i', 'pip');
          pip.append(bar);
          return pip;
        }),
      );
      return bars.map((bar) => new Bar(bar));
    });
  }

  update(header: Header): void {
    const dashes = header.alive ? header.dashes : 0;
    for (const bars of this.dashBars) {
      bars.forEach((bar, i) => {
        bar.set(i < dashes ? 1 : i === dashes && header.alive ? header.dashRecharge : 0);
      });
    }
    for (const bar of this.deflectBars) bar.set(header.alive ? 1 - header.deflectCooldown : 0);
    this.noDash.set(dashes === 0);
    this.noDeflect.set(!header.alive || header.deflectCooldown > 0);
  }
}
