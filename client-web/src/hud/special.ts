import { Bar, byId, element, Flag, Text } from '../dom';
import { type Glyph, glyphIcon, weaponGlyph } from '../render/glyphs';
import { Arsenal, titled } from '../view/arsenal';
import type { Header } from '../view/frame';

/** More of them are told by the number alone. */
const PIPS_MAX = 12;
const NONE = -1;

/** The special weapon, what is left of it and how far it is: in the corner, on a phone on its button. */
export class Special {
  private readonly name = new Text(byId('special-name', HTMLElement));
  private readonly ammo = [
    new Text(byId('special-ammo', HTMLElement)),
    new Text(byId('touch-special-ammo', HTMLElement)),
  ];
  private readonly glyphs = [byId('special-glyph', HTMLElement), byId('touch-special-glyph', HTMLElement)];
  private readonly pips = byId('special-pips', HTMLElement);
  private readonly bars = [
    new Bar(byId('special-bar', HTMLElement)),
    new Bar(byId('touch-special-bar', HTMLElement)),
  ];
  private readonly charging = Flag.className(document.body, 'charging');
  private readonly none = Flag.className(document.body, 'no-special');
  private arsenal = new Arsenal();
  private weapon: number | undefined;
  private ammoShown = NONE;

  setArsenal(arsenal: Arsenal): void {
    this.arsenal = arsenal;
    this.weapon = undefined;
  }

  update(header: Header): void {
    const weapon = header.alive ? header.special : NONE;
    const ammo = weapon === NONE ? 0 : header.ammo;
    const changed = weapon !== this.weapon;
    if (changed) this.turnTo(weapon);
    if (changed || ammo !== this.ammoShown) this.count(ammo);
    this.charging.set(weapon !== NONE && header.charge > 0);
    const ready = weapon === NONE ? 0 : 1 - header.specialCooldown;
    for (const bar of this.bars) bar.set(header.charge > 0 ? header.charge : ready);
  }

  private turnTo(weapon: number): void {
    this.weapon = weapon;
    this.none.set(weapon === NONE);
    const rules = this.arsenal.weapon(weapon);
    this.name.set(weapon === NONE ? 'No special' : titled(rules.name));
    const glyph: Glyph = weapon === NONE ? 'other' : weaponGlyph(rules);
    for (const slot of this.glyphs) slot.replaceChildren(glyphIcon(glyph));
  }

  private count(ammo: number): void {
    this.ammoShown = ammo;
    for (const text of this.ammo) text.set(ammo > 0 ? ammo : '');
    const most = Math.min(PIPS_MAX, Math.max(ammo, this.arsenal.weapon(this.weapon ?? NONE).ammo));
    const pip = (i: number) => element('i', i < ammo ? 'full' : '');
    this.pips.replaceChildren(...Array.from({ length: most }, (_, i) => pip(i)));
  }
}
