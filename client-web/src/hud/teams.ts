import { byId, Flag, Text } from '../dom';
import { cssColour, teamColour } from '../render/palette';
import type { Team } from '../view/arena_map';
import { type MatchState, TEAM_NAMES, TEAM_SHAPES } from '../view/match_state';
import type { Roster } from '../view/roster';

const TEAMS: readonly Team[] = ['blue', 'orange'];

/** Points of both teams and what is with their flags or the zone, under the clock. */
export class Teams {
  private readonly shown = Flag.shows(byId('teams', HTMLElement));
  private readonly objective = new Text(byId('objective', HTMLElement));
  private readonly hasObjective = Flag.shows(byId('objective', HTMLElement));
  private readonly scores = TEAMS.map((team) => {
    const plate = byId(`team-${team}`, HTMLElement);
    plate.style.color = cssColour(teamColour(team));
    return { team, points: new Text(plate.querySelector('b') as Element), own: Flag.className(plate, 'own') };
  });

  update(match: MatchState, roster: Roster, own: number): void {
    const { teams } = match;
    this.shown.set(teams !== undefined);
    const text = this.describe(match, roster, own);
    this.objective.set(text);
    this.hasObjective.set(text !== '');
    if (!teams) return;
    const mine = roster.get(own)?.team;
    for (const { team, points, own: isOwn } of this.scores) {
      points.set(`${TEAM_SHAPES[team]} ${teams[team]}`);
      isOwn.set(team === mine);
    }
  }

  private describe(match: MatchState, roster: Roster, own: number): string {
    const { zone } = match;
    if (zone) {
      const moves = `moves in ${Math.ceil(zone.moves_s)}`;
      if (zone.contested) return `Zone contested · ${moves}`;
      if (zone.taking) return `${TEAM_NAMES[zone.taking]} takes the zone · ${moves}`;
      return zone.holder ? `Zone: ${TEAM_NAMES[zone.holder]} · ${moves}` : `Zone free · ${moves}`;
    }
    const away = match.flags.filter(({ state }) => state !== 'home');
    return away.map((flag) => this.describeFlag(flag.team, flag.by, roster, own)).join(' · ');
  }

  private describeFlag(team: Team, by: number | null, roster: Roster, own: number): string {
    const flag = `${TEAM_SHAPES[team]} flag`;
    if (by === null) return `${flag} on the ground`;
    return by === own ? `You have the ${flag}` : `${flag}: ${roster.name(by)}`;
  }
}
