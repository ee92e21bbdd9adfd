import type { Arsenal, WeaponRules } from '../view/arsenal';

/** The signs of weapons, pickups, moves and the crown: the same in the arena, on the minimap, in the HUD and on `/watch`. */

/** Outlines in a square of 24. */
const OUTLINES = {
  pulse: `${disc(16.5, 12, 5.8)}M1 6.8h8v2.4H1zM3.5 10.8H9v2.4H3.5zM1 14.8h8v2.4H1z`,
  scatter: `${disc(4, 12, 2.6)}${disc(11, 7.5, 2.4)}${disc(11, 16.5, 2.4)}${disc(18.5, 3.5, 2.4)}${disc(19.5, 12, 2.4)}${disc(18.5, 20.5, 2.4)}`,
  rail: 'M1 10.7h22v2.6H1zM4 4.5h3v15H4zM10 7h2.6v10H10zM15.6 8.7h2.2v6.6h-2.2z',
  lobber: `${disc(10.5, 14, 8)}M15.2 6.2l3.6-4 2.6 2.4-3.4 4z`,
  health: 'M8.5 2h7v6.5H22v7h-6.5V22h-7v-6.5H2v-7h6.5z',
  shield: 'M12 1.5l8.5 3v7c0 5-3.6 9-8.5 11-4.9-2-8.5-6-8.5-11v-7z',
  haste: 'M2 3.5h4.6l7 8.5-7 8.5H2l7-8.5zM11 3.5h4.6l7 8.5-7 8.5H11l7-8.5z',
  overcharge: 'M14.5 1L4 14h6.2L8 23 20 9h-7z',
  dash: 'M12.5 4L22 12l-9.5 8v-5H8V9h4.5zM2 9h3.6v6H2z',
  deflect: 'M7 2a12.5 12.5 0 0 1 0 20l-2.6-2.2a9.4 9.4 0 0 0 0-15.6zM23 12l-6-5v3.4h-4.6v3.2H17V17z',
  crown: 'M3.4 20.2L1.9 7.2l5.8 5.3L12 2.9l4.3 9.6 5.8-5.3-1.5 13z',
  other: 'M12 2l10 10-10 10L2 12z',
} as const;

export type Glyph = keyof typeof OUTLINES;

export const GLYPHS = Object.keys(OUTLINES) as readonly Glyph[];

/** In a square of 24 units. */
export function glyphPath(glyph: Glyph): Path2D {
  return new Path2D(OUTLINES[glyph]);
}

const SVG = 'http://www.w3.org/2000/svg';

/** For the page: as high as the text around it, and in its colour. */
export function glyphIcon(glyph: Glyph): SVGElement {
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('class', `glyph ${glyph}`);
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.setAttribute('aria-hidden', 'true');
  const outline = document.createElementNS(SVG, 'path');
  outline.setAttribute('d', OUTLINES[glyph]);
  icon.append(outline);
  return icon;
}

/** By name alone, where the rules aren't known. */
export function glyphNamed(name: string): Glyph {
  return isGlyph(name) ? name : 'other';
}

/** A host's own weapons look like the one of ours that works most like them. */
export function weaponGlyph(weapon: WeaponRules): Glyph {
  if (isGlyph(weapon.name)) return weapon.name;
  if (weapon.kind === 'beam') return 'rail';
  if (weapon.burst_radius_tiles > 0) return 'lobber';
  return weapon.pellets > 1 ? 'scatter' : 'pulse';
}

/** What lies on pads with this item. */
export function itemGlyph(item: string, arsenal: Arsenal): Glyph {
  const pickup = arsenal.pickup(item);
  if (isGlyph(item) || !pickup) return glyphNamed(item);
  return pickup.effect === 'weapon' ? weaponGlyph(arsenal.weaponNamed(pickup.weapon)) : pickup.effect;
}

function isGlyph(name: string): name is Glyph {
  return name in OUTLINES;
}

function disc(x: number, y: number, radius: number): string {
  return `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;
}
