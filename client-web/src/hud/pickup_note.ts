import { byId, element } from '../dom';
import { glyphIcon, itemGlyph } from '../render/glyphs';
import { cssColour, itemColour } from '../render/palette';
import { type Arsenal, type PickupRules, titled } from '../view/arsenal';

const SHOWN_MS = 1800;

/** What was just picked up, and what it gives. */
export class PickupNote {
  private readonly root = byId('pickup', HTMLElement);
  private until = 0;

  taken(item: string, arsenal: Arsenal, nowMs: number): void {
    const glyph = itemGlyph(item, arsenal);
    const pickup = arsenal.pickup(item);
    this.root.replaceChildren(
      glyphIcon(glyph),
      element('b', '', titled(item)),
      element('span', '', pickup ? gift(pickup, arsenal) : ''),
    );
    this.root.style.color = cssColour(itemColour(glyph));
    this.until = nowMs + SHOWN_MS;
    this.root.classList.remove('shown');
    // Reading a size lets the entrance play again.
    void this.root.offsetWidth;
    this.root.classList.add('shown');
  }

  update(nowMs: number): void {
    if (this.until === 0 || nowMs < this.until) return;
    this.until = 0;
    this.root.classList.remove('shown');
  }
}

function gift(pickup: PickupRules, arsenal: Arsenal): string {
  switch (pickup.effect) {
    case 'health':
    case 'shield':
      return `+${pickup.amount}`;
    case 'weapon':
      return `×${arsenal.weaponNamed(pickup.weapon).ammo}`;
    default:
      return `${pickup.lasts_s} s`;
  }
}
