/** Small helpers for the page. Text always goes in as text, never as markup. */

export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return element;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  text = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** A text on the page that is written only when it changes: most frames touch no DOM at all. */
export class Text {
  private shown: string | number | undefined;
  private readonly element: Element;

  constructor(element: Element) {
    this.element = element;
  }

  set(value: string | number): void {
    if (value === this.shown) return;
    this.shown = value;
    this.element.textContent = String(value);
  }
}

/** A bar from 0 to 1, drawn in steps fine enough for the eye. */
export class Bar {
  private shown = -1;
  private readonly element: HTMLElement;

  constructor(element: HTMLElement) {
    this.element = element;
  }

  set(value: number): void {
    const step = Math.round(Math.min(1, Math.max(0, value)) * 200);
    if (step === this.shown) return;
    this.shown = step;
    this.element.style.transform = `scaleX(${step / 200})`;
  }
}

/** A yes or no on the page that is written only when it changes. */
export class Flag {
  private shown: boolean | undefined;
  private readonly write: (on: boolean) => void;

  constructor(write: (on: boolean) => void) {
    this.write = write;
  }

  static shows(element: HTMLElement): Flag {
    return new Flag((on) => {
      element.hidden = !on;
    });
  }

  static className(element: HTMLElement, name: string): Flag {
    return new Flag((on) => element.classList.toggle(name, on));
  }

  set(on: boolean): void {
    if (on === this.shown) return;
    this.shown = on;
    this.write(on);
  }
}

/** `m:ss`, rounded up: a clock that shows 0:00 is over. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export function ordinal(n: number): string {
  const ending = ['th', 'st', 'nd', 'rd'];
  const rest = n % 100;
  return `${n}${ending[(rest - 20) % 10] ?? ending[rest] ?? 'th'}`;
}
