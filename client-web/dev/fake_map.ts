/** The arena of the stand-in. */

export const WIDTH = 56;
export const HEIGHT = 36;

export function fakeMap(): Uint8Array {
  const tiles = new Uint8Array(WIDTH * HEIGHT);
  const set = (x: number, y: number, tile: number) => {
    tiles[y * WIDTH + x] = tile;
  };
  const block = (x: number, y: number, w: number, h: number, tile = 1) => {
    for (let dy = 0; dy < h; dy++) for (let dx = 0; dx < w; dx++) set(x + dx, y + dy, tile);
  };
  block(0, 0, WIDTH, 1);
  block(0, HEIGHT - 1, WIDTH, 1);
  block(0, 0, 1, HEIGHT);
  block(WIDTH - 1, 0, 1, HEIGHT);
  for (const [x, y] of [
    [8, 6],
    [40, 6],
    [8, 26],
    [40, 26],
  ] as const) {
    block(x, y, 8, 4);
    set(x, y, 5);
    set(x + 7, y, 6);
    set(x, y + 3, 4);
    set(x + 7, y + 3, 3);
  }
  block(20, 10, 2, 6);
  block(34, 10, 2, 6);
  block(20, 20, 2, 6);
  block(34, 20, 2, 6);
  block(22, 10, 4, 1);
  block(30, 25, 4, 1);
  block(26, 17, 4, 2, 2);
  block(4, 16, 3, 4);
  block(49, 16, 3, 4);
  set(1, 1, 3);
  set(WIDTH - 2, 1, 4);
  set(WIDTH - 2, HEIGHT - 2, 5);
  set(1, HEIGHT - 2, 6);
  return tiles;
}
