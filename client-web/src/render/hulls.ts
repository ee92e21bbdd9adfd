/**
 * The four hulls, nose to the right. The body is dark metal; the trim is white and gets the
 * player's colour when it is drawn.
 */

type Outline = (g: CanvasRenderingContext2D) => void;

/** Outlines in tiles, centred; the radius that counts for hits is 0.45. */
const OUTLINES: readonly Outline[] = [dart, manta, twin, saucer];

export function drawHullBody(g: CanvasRenderingContext2D, id: number, pxPerTile: number): void {
  place(g, pxPerTile);
  const metal = g.createLinearGradient(-0.45, -0.4, 0.4, 0.4);
  metal.addColorStop(0, '#46557c');
  metal.addColorStop(0.45, '#2a3553');
  metal.addColorStop(1, '#161d33');
  trace(g, id);
  g.fillStyle = metal;
  g.fill();
  g.save();
  g.clip();
  drawPlates(g);
  g.restore();
  drawNozzles(g);
  drawGun(g);
}

export function drawHullTrim(g: CanvasRenderingContext2D, id: number, pxPerTile: number): void {
  place(g, pxPerTile);
  g.lineJoin = 'round';
  trace(g, id);
  g.shadowColor = 'rgba(255,255,255,0.9)';
  g.shadowBlur = 9;
  g.strokeStyle = '#fff';
  g.lineWidth = 0.058;
  g.stroke();
  g.shadowBlur = 0;
  const canopy = g.createRadialGradient(0.12, -0.04, 0.02, 0.06, 0, 0.19);
  canopy.addColorStop(0, 'rgba(255,255,255,1)');
  canopy.addColorStop(0.6, 'rgba(255,255,255,0.75)');
  canopy.addColorStop(1, 'rgba(255,255,255,0.35)');
  g.fillStyle = canopy;
  g.beginPath();
  g.ellipse(0.06, 0, 0.17, 0.105, 0, 0, Math.PI * 2);
  g.fill();
  g.strokeStyle = 'rgba(255,255,255,0.4)';
  g.lineWidth = 0.03;
  g.beginPath();
  g.moveTo(-0.3, -0.17);
  g.lineTo(-0.1, -0.17);
  g.moveTo(-0.3, 0.17);
  g.lineTo(-0.1, 0.17);
  g.stroke();
}

function place(g: CanvasRenderingContext2D, pxPerTile: number): void {
  g.translate(64, 64);
  g.scale(pxPerTile, pxPerTile);
}

function trace(g: CanvasRenderingContext2D, id: number): void {
  g.beginPath();
  (OUTLINES[id] ?? dart)(g);
  g.closePath();
}

/** An arrowhead. */
function dart(g: CanvasRenderingContext2D): void {
  g.moveTo(0.52, 0);
  g.lineTo(0.1, -0.2);
  g.lineTo(-0.42, -0.44);
  g.lineTo(-0.27, -0.12);
  g.lineTo(-0.36, 0);
  g.lineTo(-0.27, 0.12);
  g.lineTo(-0.42, 0.44);
  g.lineTo(0.1, 0.2);
}

/** Wide wings, round nose. */
function manta(g: CanvasRenderingContext2D): void {
  g.moveTo(0.46, 0);
  g.quadraticCurveTo(0.42, -0.16, 0.18, -0.24);
  g.quadraticCurveTo(0.02, -0.5, -0.24, -0.5);
  g.quadraticCurveTo(-0.14, -0.24, -0.38, -0.12);
  g.lineTo(-0.3, 0);
  g.lineTo(-0.38, 0.12);
  g.quadraticCurveTo(-0.14, 0.24, -0.24, 0.5);
  g.quadraticCurveTo(0.02, 0.5, 0.18, 0.24);
  g.quadraticCurveTo(0.42, 0.16, 0.46, 0);
}

/** Two prongs. */
function twin(g: CanvasRenderingContext2D): void {
  g.moveTo(0.3, -0.1);
  g.lineTo(0.12, -0.16);
  g.lineTo(0.16, -0.26);
  g.lineTo(0.54, -0.34);
  g.lineTo(0.1, -0.46);
  g.lineTo(-0.3, -0.42);
  g.lineTo(-0.42, -0.24);
  g.lineTo(-0.26, 0);
  g.lineTo(-0.42, 0.24);
  g.lineTo(-0.3, 0.42);
  g.lineTo(0.1, 0.46);
  g.lineTo(0.54, 0.34);
  g.lineTo(0.16, 0.26);
  g.lineTo(0.12, 0.16);
  g.lineTo(0.3, 0.1);
}

/** A disc with a beak. */
function saucer(g: CanvasRenderingContext2D): void {
  g.moveTo(0.54, 0);
  g.lineTo(0.3, -0.25);
  g.arc(-0.02, 0, 0.42, -0.66, 0.66, true);
  g.lineTo(0.3, 0.25);
}

function drawPlates(g: CanvasRenderingContext2D): void {
  g.strokeStyle = 'rgba(140,165,220,0.28)';
  g.lineWidth = 0.018;
  g.beginPath();
  for (const x of [-0.28, -0.16, 0.24]) {
    g.moveTo(x, -0.6);
    g.lineTo(x + 0.05, 0.6);
  }
  g.moveTo(-0.5, 0);
  g.lineTo(0.6, 0);
  g.stroke();
  const light = g.createLinearGradient(0, -0.5, 0, 0.1);
  light.addColorStop(0, 'rgba(200,220,255,0.28)');
  light.addColorStop(1, 'rgba(200,220,255,0)');
  g.fillStyle = light;
  g.fillRect(-0.6, -0.6, 1.2, 0.7);
}

function drawNozzles(g: CanvasRenderingContext2D): void {
  g.fillStyle = '#0c1120';
  for (const y of [-0.17, 0.17]) {
    g.beginPath();
    g.roundRect(-0.4, y - 0.07, 0.13, 0.14, 0.03);
    g.fill();
  }
}

function drawGun(g: CanvasRenderingContext2D): void {
  g.fillStyle = '#0e1426';
  g.strokeStyle = '#8fa3d4';
  g.lineWidth = 0.02;
  g.beginPath();
  g.roundRect(0.2, -0.045, 0.36, 0.09, 0.03);
  g.fill();
  g.stroke();
}
