import { Bar, byId, Flag, Text } from '../dom';
import { glyphIcon } from '../render/glyphs';
import { cssColour, itemColour } from '../render/palette';
import type { Header } from '../view/frame';

/** How long haste and overcharge still last, over the health. */
export class Boosts {
  private readonly haste = new Boost('haste');
  private readonly overcharge = new Boost('overcharge');

  update({ alive, haste, overcharge }: Header): void {
    this.haste.update(alive ? haste : 0);
    this.overcharge.update(alive ? overcharge : 0);
  }
}

class Boost {
  private readonly shown: Flag;
  private readonly seconds: Text;
  private readonly bar: Bar;
  private longest = 0;

  constructor(name: 'haste' | 'overcharge') {
    const chip = byId(name, HTMLElement);
    chip.prepend(glyphIcon(name));
    chip.style.color = cssColour(itemColour(name));
    this.shown = Flag.shows(chip);
    this.seconds = new Text(byId(`${name}-s`, HTMLElement));
    this.bar = new Bar(byId(`${name}-bar`, HTMLElement));
  }

  update(left: number): void {
    this.shown.set(left > 0);
    this.longest = left > 0 ? Math.max(this.longest, left) : 0;
    if (left <= 0) return;
    this.seconds.set(`${Math.ceil(left)} s`);
    this.bar.set(left / this.longest);
  }
}
