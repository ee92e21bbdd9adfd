/** The page at `/watch`: scores and events of a match, live, over one event stream. */
import { byId, clockText, element, Text } from './dom';
import { teamLabel } from './hud/team_label';
import { sides } from './render/sides';
import { TEAM_NAMES } from './view/match_state';
import type { Board, EventName, StreamEvents, TeamScore } from './watch/events';
import { Feed } from './watch/feed';
import { Matches } from './watch/matches';
import { Stream, type StreamState } from './watch/stream';
import { Table } from './watch/table';

const PHASES: Record<string, string> = {
  waiting: 'Warm-up',
  countdown: 'Get ready',
  live: 'Live',
  overtime: 'Sudden death',
  results: 'Match over',
};
const LINES: Record<StreamState, string> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Reconnecting',
};

const table = new Table();
const feed = new Feed();
const matches = new Matches(show);
const phase = new Text(byId('phase', HTMLElement));
const timer = new Text(byId('timer', HTMLElement));
const matchName = new Text(byId('match-name', HTMLElement));
const line = byId('line', HTMLElement);
const winner = byId('winner', HTMLElement);
const teamScores = byId('team-scores', HTMLElement);

/** What fits on a screen. */
const TOP_DEFAULT = 20;
const TOP_MAX = 100;

/** When the shown clock runs out, on this page's clock; undefined while it stands. */
let endsAtMs: number | undefined;

new Stream(topWanted(), { state: showLine, event: hear });
setInterval(tickClock, 200);

function hear<K extends EventName>(name: K, data: StreamEvents[K]): void {
  if (name === 'reset') {
    feed.clear();
    matches.forget();
    return;
  }
  const event = data as StreamEvents[Exclude<EventName, 'reset'>];
  if (name === 'scoreboard') matches.board(event as Board);
  if (name === 'result') matches.refresh();
  if (event.match !== matches.shown) return;
  tell(name, event);
}

function tell(name: EventName, event: unknown): void {
  switch (name) {
    case 'scoreboard':
      show();
      return;
    case 'kill': {
      const kill = event as StreamEvents['kill'];
      if (table.concerns(kill.killer, kill.victim)) feed.kill(kill);
      return;
    }
    case 'streak': {
      const streak = event as StreamEvents['streak'];
      if (table.concerns(streak.id)) feed.streak(streak);
      return;
    }
    case 'crown': {
      const crown = event as StreamEvents['crown'];
      if (table.concerns(crown.id)) feed.crown(crown);
      return;
    }
    case 'chat': {
      const said = event as StreamEvents['chat'];
      if (table.concerns(said.from)) feed.said(said);
      return;
    }
    case 'pickup': {
      const pickup = event as StreamEvents['pickup'];
      if (table.concerns(pickup.id)) feed.pickup(pickup);
      return;
    }
    case 'deflect': {
      const deflect = event as StreamEvents['deflect'];
      const { players } = matches.current ?? { players: [] };
      const from = players.find(({ id }) => id === deflect.from)?.name ?? '';
      if (table.concerns(deflect.id)) feed.deflect(deflect, from);
      return;
    }
    case 'join':
    case 'leave': {
      const coming = event as StreamEvents['join' | 'leave'];
      if (table.concerns(coming.id)) feed.coming(coming, name === 'join' ? 'joined' : 'left');
      return;
    }
    case 'score':
      feed.objective(event as StreamEvents['score']);
      return;
    case 'phase':
      feed.note(PHASES[(event as StreamEvents['phase']).phase] ?? '');
      return;
    default:
  }
}

function show(): void {
  const board = matches.current;
  sides.update(board?.players ?? []);
  table.show(board?.players ?? [], board?.players_total ?? 0, board?.crown ?? null);
  showTeams(board?.teams ?? []);
  if (!board) return;
  matchName.set([matches.room_name, board.match].filter(Boolean).join(' · '));
  phase.set(PHASES[board.phase] ?? board.phase);
  document.body.dataset.phase = board.phase;
  endsAtMs = board.time_left_s === null ? undefined : performance.now() + board.time_left_s * 1000;
  showWinner(board);
  tickClock();
}

function showTeams(teams: readonly TeamScore[]): void {
  teamScores.hidden = teams.length === 0;
  teamScores.replaceChildren(
    ...teams.map(({ team, score }) => {
      const plate = element('div', `team ${team}`);
      plate.append(teamLabel(team), element('b', '', String(score)));
      return plate;
    }),
  );
}

/** The better team, or the best of a free for all; none on a tie. */
function winnerOf(board: Board): string | undefined {
  const [ahead, behind] = board.teams;
  if (ahead && behind) return ahead.score === behind.score ? undefined : TEAM_NAMES[ahead.team];
  const [first, second] = board.players;
  return first?.score === second?.score ? undefined : first?.name;
}

function showWinner(board: Board): void {
  const first = winnerOf(board);
  winner.hidden = board.phase !== 'results' || board.players.length === 0;
  winner.classList.toggle('tie', first === undefined);
  const name = winner.querySelector('b');
  if (name) name.textContent = first ?? 'A tie';
}

function tickClock(): void {
  timer.set(endsAtMs === undefined ? '' : clockText((endsAtMs - performance.now()) / 1000));
}

function showLine(state: StreamState): void {
  line.dataset.state = state;
  const text = line.querySelector('span');
  if (text) text.textContent = LINES[state];
  if (state === 'live') matches.refresh();
}

function topWanted(): number {
  const asked = Number(new URLSearchParams(location.search).get('top'));
  return Number.isInteger(asked) && asked > 0 ? Math.min(asked, TOP_MAX) : TOP_DEFAULT;
}
