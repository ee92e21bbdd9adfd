import { element } from '../dom';
import { cssColour, teamColour } from '../render/palette';
import type { Team } from '../view/arena_map';
import { TEAM_NAMES, TEAM_SHAPES } from '../view/match_state';
import type { ObjectiveNews } from '../view/session';

/** Between who did it and the team that is meant. */
export const OBJECTIVE_NEWS: Record<ObjectiveNews, string> = {
  flag_taken: 'took the flag of',
  flag_dropped: 'dropped the flag of',
  flag_returned: 'sent home the flag of',
  flag_captured: 'captured the flag of',
  zone_taken: 'took the zone for',
  zone_moved: 'The zone moves on',
};

/** A team by its shape, its colour and its name. */
export function teamLabel(team: Team): HTMLElement {
  const label = element('b', `team ${team}`, `${TEAM_SHAPES[team]} ${TEAM_NAMES[team]}`);
  label.style.color = cssColour(teamColour(team));
  return label;
}
