/** Behind the menu: a few shots that do what the game is about. Drawn plainly, before anything is loaded. */

const SHOTS = 7;
const SPEED_PX_PER_S = 260;
const HEAT = ['#6fc3f2', '#ffb22e', '#ff6a1f', '#ff2e63'] as const;
const TRAIL_POINTS = 26;

interface Shot {
  x: number;
  y: number;
  vx: number;
  vy: number;
  bounces: number;
  trail: { x: number; y: number }[];
}

export class Backdrop {
  private readonly canvas: HTMLCanvasElement;
  private readonly g: CanvasRenderingContext2D | null;
  private readonly shots: Shot[] = [];
  private request = 0;
  private before = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.g = canvas.getContext('2d');
  }

  start(calm: boolean): void {
    if (this.shots.length > 0) return;
    this.resize();
    for (let i = 0; i < SHOTS; i++) this.shots.push(this.shot(i));
    for (let i = 0; i < 240; i++) this.step(1 / 60);
    if (calm) this.draw();
    else this.request = requestAnimationFrame((nowMs) => this.frame(nowMs));
  }

  stop(): void {
    cancelAnimationFrame(this.request);
    this.shots.length = 0;
  }

  private frame(nowMs: number): void {
    const seconds = Math.min(0.05, (nowMs - (this.before || nowMs)) / 1000);
    this.before = nowMs;
    this.resize();
    this.step(seconds);
    this.draw();
    this.request = requestAnimationFrame((next) => this.frame(next));
  }

  private resize(): void {
    const { canvas } = this;
    const { clientWidth, clientHeight } = canvas;
    if (canvas.width === clientWidth && canvas.height === clientHeight) return;
    canvas.width = clientWidth;
    canvas.height = clientHeight;
  }

  private shot(seed: number): Shot {
    const angle = 0.6 + seed * 1.37;
    return {
      x: this.canvas.width * ((seed * 0.37 + 0.1) % 1),
      y: this.canvas.height * ((seed * 0.61 + 0.2) % 1),
      vx: Math.cos(angle) * SPEED_PX_PER_S,
      vy: Math.sin(angle) * SPEED_PX_PER_S,
      bounces: seed % 3,
      trail: [],
    };
  }

  private step(seconds: number): void {
    for (const shot of this.shots) {
      shot.x += shot.vx * seconds;
      shot.y += shot.vy * seconds;
      if (shot.x < 0 || shot.x > this.canvas.width) bounce(shot, 'x', 'vx', this.canvas.width);
      if (shot.y < 0 || shot.y > this.canvas.height) bounce(shot, 'y', 'vy', this.canvas.height);
      shot.trail.push({ x: shot.x, y: shot.y });
      if (shot.trail.length > TRAIL_POINTS) shot.trail.shift();
    }
  }

  private draw(): void {
    const { g, canvas } = this;
    if (!g) return;
    g.clearRect(0, 0, canvas.width, canvas.height);
    g.globalCompositeOperation = 'lighter';
    for (const shot of this.shots) drawShot(g, shot);
  }
}

function bounce(shot: Shot, at: 'x' | 'y', speed: 'vx' | 'vy', size: number): void {
  shot[at] = Math.min(size, Math.max(0, shot[at]));
  shot[speed] = -shot[speed];
  shot.bounces = (shot.bounces + 1) % HEAT.length;
}

function drawShot(g: CanvasRenderingContext2D, shot: Shot): void {
  const colour = HEAT[shot.bounces] ?? HEAT[0];
  g.lineCap = 'round';
  for (let i = 1; i < shot.trail.length; i++) {
    const from = shot.trail[i - 1];
    const to = shot.trail[i];
    if (!from || !to) continue;
    const near = i / shot.trail.length;
    g.strokeStyle = colour;
    g.globalAlpha = near * near * 0.5;
    g.lineWidth = 1 + 4 * near;
    g.beginPath();
    g.moveTo(from.x, from.y);
    g.lineTo(to.x, to.y);
    g.stroke();
  }
  g.globalAlpha = 1;
  const glow = g.createRadialGradient(shot.x, shot.y, 0, shot.x, shot.y, 16);
  glow.addColorStop(0, '#fff');
  glow.addColorStop(0.25, colour);
  glow.addColorStop(1, 'transparent');
  g.fillStyle = glow;
  g.fillRect(shot.x - 16, shot.y - 16, 32, 32);
}
