import type { ArenaMap, Team, Zone } from '../view/arena_map';
import type { Frame } from '../view/frame';
import type { FlagState, MatchState, ZoneState } from '../view/match_state';
import type { Atlas } from './atlas';
import type { Batch } from './batch';
import { NEUTRAL, teamColour } from './palette';

const FLAG_TILES = 1.1;
const STAND_TILES = 1.9;
const BORDER_TILES = 0.12;

/** Draws what is fought for: flags where they stand, lie or are carried, and the zone that counts. */
export class ObjectivePainter {
  private readonly atlas: Atlas;
  private map: ArenaMap | undefined;

  constructor(atlas: Atlas) {
    this.atlas = atlas;
  }

  setMap(map: ArenaMap): void {
    this.map = map;
  }

  /** `below` adds light, `body` covers. */
  draw(match: MatchState, frame: Frame, below: Batch, body: Batch, nowS: number): void {
    for (const flag of match.flags) {
      this.drawStand(flag, below, body, nowS);
      this.drawFlag(flag, frame, below, body, nowS);
    }
    const zone = match.zone && this.map?.zones[match.zone.index];
    if (match.zone && zone) this.drawZone(match.zone, zone, below, nowS);
  }

  private drawStand(flag: FlagState, below: Batch, body: Batch, nowS: number): void {
    const stand = this.map?.flagStands.find(({ team }) => team === flag.team);
    if (!stand) return;
    const { atlas } = this;
    const colour = teamColour(flag.team);
    below.put(atlas.ring, stand.x, stand.y, STAND_TILES, STAND_TILES, 0, colour, 0.7);
    below.put(atlas.glow, stand.x, stand.y, 2.6, 2.6, 0, colour, 0.25);
    const breath = 0.85 + 0.15 * Math.sin(nowS * 3);
    if (flag.state === 'home') this.put(flag.team, stand.x, stand.y, body, breath);
  }

  private drawFlag(flag: FlagState, frame: Frame, below: Batch, body: Batch, nowS: number): void {
    if (flag.state === 'dropped' && flag.at) {
      const [x, y] = flag.at;
      const size = 1.6 + 0.3 * Math.sin(nowS * 5);
      below.put(this.atlas.ring, x, y, size, size, 0, teamColour(flag.team), 0.9);
      this.put(flag.team, x, y, body, 1);
    }
    if (flag.by === null) return;
    const { header } = frame;
    const own = flag.by === header.player;
    const carrier = own ? (header.alive ? header : undefined) : frame.craft(flag.by);
    if (carrier) this.put(flag.team, carrier.x + 0.3, carrier.y - 0.5, body, 1);
  }

  private put(team: Team, x: number, y: number, body: Batch, alpha: number): void {
    const texture = this.atlas.flags[team];
    body.put(texture, x, y - 0.2, FLAG_TILES, FLAG_TILES, 0, teamColour(team), alpha);
  }

  private drawZone(state: ZoneState, zone: Zone, below: Batch, nowS: number): void {
    const { white } = this.atlas;
    const colour = state.holder ? teamColour(state.holder) : NEUTRAL;
    const x = zone.left + zone.width / 2;
    const y = zone.top + zone.height / 2;
    below.put(white, x, y, zone.width, zone.height, 0, colour, 0.1);
    // Contested is told by a slow beat, far below three a second.
    const border = state.contested ? 0.5 + 0.4 * Math.sin(nowS * 8) : 0.9;
    const edge = state.taking ? teamColour(state.taking) : colour;
    for (const side of [-0.5, 0.5]) {
      below.put(white, x, y + side * zone.height, zone.width, BORDER_TILES, 0, edge, border);
      below.put(white, x + side * zone.width, y, BORDER_TILES, zone.height, 0, edge, border);
    }
    if (state.holder) {
      const size = Math.min(zone.width, zone.height) * 0.6;
      below.put(this.atlas.marks[state.holder], x, y, size, size, 0, colour, 0.16);
    }
  }
}
