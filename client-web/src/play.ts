/**
 * The page at `/`: a name, one click, and the game. While the player types, the core and the
 * renderer load.
 */
import { byId } from './dom';
import { Game } from './game/game';
import { showState } from './game/probe';
import { Controls } from './input/controls';
import { Menu } from './menu/menu';
import { wantsCalm } from './menu/settings';
import { Connection } from './net/connection';
import { loadCore } from './net/core';
import type { Link } from './net/link';
import { World } from './render/world';

type Connect = (name: string, code: string, onChange: () => void) => Link;

const canvas = byId('arena', HTMLCanvasElement);
const controls = new Controls(byId('stick-left', HTMLElement), byId('stick-right', HTMLElement), {
  special: byId('touch-special', HTMLElement),
  dash: byId('touch-dash', HTMLElement),
  deflect: byId('touch-deflect', HTMLElement),
});
const loading = load();
loading.catch(() => {
  // Told to the player when they press Play.
});

const menu = new Menu((name, code) => void play(name, code));
menu.show();
showState('menu');

interface Loaded {
  connect: Connect;
  game: Game;
}

async function load(): Promise<Loaded> {
  const [connect, world] = await Promise.all([loadConnect(), World.create(canvas, wantsCalm())]);
  const game = new Game(world, controls, () => toMenu());
  controls.listen(byId('hud', HTMLElement));
  return { connect, game };
}

/** `?fake` plays on the dev server without any server of ours; built pages don't know it. */
async function loadConnect(): Promise<Connect> {
  if (import.meta.env.DEV && new URLSearchParams(location.search).has('fake')) {
    const { FakeLink } = await import('../dev/fake_link');
    return (name, _code, onChange) => new FakeLink(name, onChange);
  }
  const makeSession = await loadCore();
  return (name, code, onChange) => new Connection(makeSession, name, code, onChange);
}

async function play(name: string, code: string): Promise<void> {
  menu.busy(true);
  showState('joining');
  try {
    const { connect, game } = await loading;
    const link = connect(name, code, () => changed(link, game));
    game.play(link);
  } catch (error) {
    menu.show(whyNot(error));
    showState('menu');
  }
}

/** What is fetched and does not come is a `TypeError`, and not the browser's fault. */
function whyNot(error: unknown): string {
  if (error instanceof TypeError) return 'The server cannot be reached. Reload this page to try again.';
  return `This browser cannot run the game: ${error instanceof Error ? error.message : error}`;
}

function changed(link: Link, game: Game): void {
  const { state } = link;
  if (state.kind === 'open' || state.kind === 'stopped') menu.hide();
  if (state.kind !== 'refused') return;
  game.stop();
  toMenu(state.text);
}

function toMenu(problem = ''): void {
  void loading.then(({ game }) => game.stop());
  menu.show(problem);
  showState('menu');
}
