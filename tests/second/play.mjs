// The second client at play: sections T, H, I and C of docs/PROTOCOL.md in one small program. It joins, flies about and
// fires as a clock says, and holds every view to its checksum and every flight to its prediction.
//
//     node --experimental-websocket tests/second/play.mjs http://localhost:8080 [seconds] [full]
//
// `full` asks for craft in full, and computes nothing (S14).

import { Client, checksum, PlainClient } from './client.mjs';
import { stepPilot } from './motion.mjs';
import { hello, inputs } from './wire.mjs';

const [url = 'http://localhost:8080', seconds = '20', full] = process.argv.slice(2);
const client = full ? new PlainClient() : new Client();
const made = new Map();
const seen = {
  snapshots: 0,
  bytes: 0,
  checksums: 0,
  differ: 0,
  predicted: 0,
  corrected: 0,
  starved: 0,
  jumps: 0,
};

// --- T1, T2, H1 ---

const joined = await fetch(`${url}/api/join`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ name: 'Second', bot: true }),
});
const { ws_url: path, ticket } = await joined.json();
const socket = new WebSocket(new URL(path, url.replace('http', 'ws')));
socket.binaryType = 'arraybuffer';
socket.onopen = () =>
  socket.send(Uint8Array.from(hello({ version: 3, ticket, checksums: true, in_full: Boolean(full) })));
socket.onclose = ({ code, reason }) => report(`closed with ${code}: ${reason}`);
socket.onmessage = ({ data }) => receive(Buffer.from(data));

function receive(bytes) {
  seen.bytes += bytes.length;
  const before = client.view && structuredClone({ tick: client.view.tick, own: client.view.own });
  const tag = client.receive(bytes);
  if (tag === 0) clock.start(client.view.tick);
  if (tag !== 2) return;
  seen.snapshots += 1;
  seen.starved += client.starved;
  clock.listen(client.margin, client.view.tick);
  if (full) return;
  seen.checksums += 1;
  if (checksum(client.view) !== client.told) seen.differ += 1;
  predict(before);
}

// --- C3 ---

function predict({ tick, own }) {
  const { view } = client;
  if (!own.alive || !view.own.alive || own.life !== view.own.life) return;
  for (let t = tick + 1; t <= view.tick; t++) {
    if (!made.has(t)) return;
    stepPilot(own, made.get(t), t, client.arena);
    made.delete(t);
  }
  const flight = ({ pos, vel, steer, readyAt, special, dash, deflect }) =>
    JSON.stringify([pos, vel, steer, readyAt, special, dash, deflect]);
  if (flight(own) === flight(view.own)) seen.predicted += 1;
  else seen.corrected += 1;
}

// --- C2 ---

const clock = {
  tick: undefined,
  rate: 1,
  margin: 1.5,
  deafUntil: 0,

  start(tick) {
    this.tick = tick + 3;
    this.sent = tick + 2;
    this.at = performance.now();
  },

  advance(now) {
    this.tick += ((now - this.at) / 1000) * client.tickHz * this.rate;
    this.at = now;
    return Math.floor(this.tick);
  },

  listen(margin, tick) {
    if (tick > this.tick) this.jump(tick + 2);
    if (margin === -128 || tick < this.deafUntil) return;
    const error = 1.5 - margin;
    if (Math.abs(error) > 5) return this.jump(Math.max(this.tick + error, tick));
    this.margin += (margin - this.margin) * 0.1;
    this.rate = 1 + Math.min(0.03, Math.max(-0.03, (1.5 - this.margin) * 0.02));
  },

  jump(to) {
    seen.jumps += 1;
    Object.assign(this, { tick: to, rate: 1, margin: 1.5 });
    this.deafUntil = Math.max(this.sent, Math.floor(to)) + 1;
  },
};

// --- C1 ---

setInterval(() => {
  if (clock.tick === undefined) return;
  const due = clock.advance(performance.now());
  clock.sent = Math.max(clock.sent, due - Math.trunc(client.tickHz / 4));
  const first = clock.sent + 1;
  const list = [];
  for (; clock.sent < due && list.length < 8; clock.sent++) list.push(wish(clock.sent + 1));
  if (list.length > 0) {
    socket.send(Uint8Array.from(inputs({ first_tick: first, seen_ago: 0, inputs: list })));
  }
}, 4);

/** Round in circles, firing, charging, dashing and deflecting by turns. */
function wish(tick) {
  const steer = 1 + 3 * ((Math.trunc(tick / 20) * 7) % 64) + 2;
  const [aim, buttons] = [(tick * 300) & 65535, Math.trunc(tick / 90) % 16];
  made.set(tick, { steer, aim, buttons });
  return [steer, aim, buttons];
}

setTimeout(() => report('done'), Number(seconds) * 1000);

function report(why) {
  console.log(why, JSON.stringify(seen));
  socket.onclose = undefined;
  socket.close(1000);
  setTimeout(() => process.exit(0), 200);
}
