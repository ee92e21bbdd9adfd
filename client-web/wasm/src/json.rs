//! What changes rarely, as JSON: events, the roster, what the welcome said.

use std::cmp::{Ordering, Reverse};

use fracas_protocol::chat::{Body, Channel, Chat};
use fracas_protocol::geometry::TILE;
use fracas_protocol::map::{Spawn, centre};
use fracas_protocol::motion::End;
use fracas_protocol::view::{self, Award, Flag, MatchState, Objective, ObjectiveNews, RosterEntry};
use fracas_protocol::{PlayerId, Rules, Session, SessionEvent, Team, Tick, Vec2};
use serde::Serialize;

/// One event. `own` says whether player `me` did it.
pub(crate) fn event(event: &SessionEvent, rules: &Rules, me: Option<PlayerId>) -> String {
    text(&Event::of(event, rules, me))
}

/// Everybody in the room by rank.
pub(crate) fn roster(session: &Session) -> String {
    let Some(view) = session.view() else {
        return "[]".into();
    };
    let mut players: Vec<_> = view.roster.iter().collect();
    players.sort_by(|a, b| by_rank(a, b));
    text(&players.into_iter().map(Player::of).collect::<Vec<_>>())
}

/// More points first; then more kills, fewer deaths, and who was there first.
fn by_rank(a: &(PlayerId, RosterEntry), b: &(PlayerId, RosterEntry)) -> Ordering {
    let rank = |(id, entry): &(PlayerId, RosterEntry)| {
        (
            Reverse(entry.score.score),
            Reverse(entry.score.kills),
            entry.score.deaths,
            *id,
        )
    };
    rank(a).cmp(&rank(b))
}

/// How the match stands, but for its clock: that is in every frame.
pub(crate) fn standing(session: &Session) -> String {
    let view = session.view();
    text(&view.map(|view| Match::of(session, &view.match_state)))
}

/// What the welcome and the start of the match said.
pub(crate) fn setup(session: &Session) -> String {
    text(&session.welcome().map(|welcome| {
        let start = &welcome.start;
        Setup {
            player: welcome.player,
            resume_token: &welcome.resume_token,
            match_id: &start.match_id,
            room: &start.room,
            mode: start.mode.as_str(),
            tick_hz: welcome.tick_hz,
            snapshot_hz: welcome.snapshot_hz,
            rules: &start.rules,
            map: Map::of(&start.map),
        }
    }))
}

#[derive(Serialize)]
struct Match {
    crown: Option<PlayerId>,
    /// Blue, orange.
    teams: Option<[i32; 2]>,
    flags: Vec<FlagNow>,
    zone: Option<ZoneNow>,
}

/// A flag. Where it stands says the map; where it is while somebody carries it, only their craft.
#[derive(Serialize)]
struct FlagNow {
    team: Team,
    state: &'static str,
    by: Option<PlayerId>,
    /// Where it lies.
    at: Option<[f32; 2]>,
    returns_s: Option<f32>,
}

#[derive(Serialize)]
struct ZoneNow {
    index: u8,
    moves_s: f32,
    holder: Option<Team>,
    contested: bool,
    taking: Option<Team>,
    taken_s: f32,
}

impl Match {
    fn of(session: &Session, state: &MatchState) -> Match {
        let (mut flags, mut zone) = (Vec::new(), None);
        match &state.objective {
            Objective::None => {}
            Objective::Flags(both) => {
                let both = Team::ALL.iter().zip(both);
                flags.extend(both.map(|(team, flag)| FlagNow::of(session, *team, flag)));
            }
            Objective::Zone(now) => zone = Some(ZoneNow::of(session, now)),
        }
        Match {
            crown: state.crown,
            teams: state.teams,
            flags,
            zone,
        }
    }
}

impl FlagNow {
    fn of(session: &Session, team: Team, flag: &Flag) -> FlagNow {
        let home = FlagNow {
            team,
            state: "home",
            by: None,
            at: None,
            returns_s: None,
        };
        match *flag {
            Flag::Home => home,
            Flag::Carried { by } => FlagNow {
                state: "carried",
                by: Some(by),
                ..home
            },
            Flag::Dropped { at, returns } => FlagNow {
                state: "dropped",
                at: Some(at.to_tiles()),
                returns_s: Some(seconds_to(session, returns)),
                ..home
            },
        }
    }
}

impl ZoneNow {
    fn of(session: &Session, zone: &view::Zone) -> ZoneNow {
        ZoneNow {
            index: zone.index,
            moves_s: seconds_to(session, zone.moves),
            holder: zone.holder,
            contested: zone.contested,
            taking: zone.taking.map(|taking| taking.team),
            taken_s: zone
                .taking
                .map_or(0.0, |taking| seconds_to(session, taking.done)),
        }
    }
}

/// Counted from the newest snapshot.
fn seconds_to(session: &Session, tick: Tick) -> f32 {
    let (Some(view), Some(arena)) = (session.view(), session.arena()) else {
        return 0.0;
    };
    tick.saturating_sub(view.tick) as f32 / f32::from(arena.tuning.tick_hz)
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain values serialise")
}

#[derive(Serialize)]
struct Setup<'a> {
    player: PlayerId,
    resume_token: &'a str,
    match_id: &'a str,
    room: &'a str,
    mode: &'a str,
    tick_hz: u8,
    snapshot_hz: u8,
    rules: &'a Rules,
    map: Map<'a>,
}

/// Of the arena what isn't tiles. Places are in tiles, of spawns, pads and stands their centres.
#[derive(Serialize)]
struct Map<'a> {
    width: u16,
    height: u16,
    spawns: Vec<Place<Option<Team>>>,
    pads: Vec<Pad<'a>>,
    flag_stands: Vec<Place<Team>>,
    zones: Vec<Zone>,
}

#[derive(Serialize)]
struct Place<T> {
    x: f32,
    y: f32,
    team: T,
}

#[derive(Serialize)]
struct Pad<'a> {
    x: f32,
    y: f32,
    item: &'a str,
}

#[derive(Serialize)]
struct Zone {
    left: u16,
    top: u16,
    width: u16,
    height: u16,
}

impl<'a> Map<'a> {
    fn of(map: &'a fracas_protocol::Map) -> Map<'a> {
        let place = |pos: Vec2| (pos.x as f32 / TILE as f32, pos.y as f32 / TILE as f32);
        let spawn = |spawn: &Spawn| {
            let (x, y) = place(centre(spawn.at));
            let team = spawn.team;
            Place { x, y, team }
        };
        let pad = |pad: fracas_protocol::map::Pad<'a>| {
            let (x, y) = place(pad.pos);
            let item = pad.item;
            Pad { x, y, item }
        };
        let stand = |(team, pos)| {
            let (x, y) = place(pos);
            Place { x, y, team }
        };
        let zone = |zone: &fracas_protocol::map::Zone| Zone {
            left: zone.left,
            top: zone.top,
            width: zone.width,
            height: zone.height,
        };
        Map {
            width: map.width(),
            height: map.height(),
            spawns: map.spawn_points().iter().map(spawn).collect(),
            pads: map.pads().map(pad).collect(),
            flag_stands: map.flag_stands().map(stand).collect(),
            zones: map.zones().iter().map(zone).collect(),
        }
    }
}

#[derive(Serialize)]
struct Player<'a> {
    id: PlayerId,
    name: &'a str,
    bot: bool,
    team: Option<Team>,
    score: i16,
    kills: u16,
    deaths: u16,
    assists: u16,
    streak: u16,
    objective: u16,
    ping_ms: u16,
}

impl<'a> Player<'a> {
    fn of((id, entry): &'a (PlayerId, RosterEntry)) -> Player<'a> {
        let score = entry.score;
        Player {
            id: *id,
            name: &entry.name,
            bot: entry.bot,
            team: entry.team,
            score: score.score,
            kills: score.kills,
            deaths: score.deaths,
            assists: score.assists,
            streak: score.streak,
            objective: score.objective,
            ping_ms: entry.ping_ms,
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event<'a> {
    MatchStart,
    Ballot {
        titles: Vec<&'a str>,
        votes: Vec<u16>,
        seconds_left: u8,
    },
    Phase {
        phase: &'a str,
    },
    Fired {
        x: f32,
        y: f32,
        owner: PlayerId,
        weapon: &'a str,
        aim: f32,
        own: bool,
    },
    Bounce {
        x: f32,
        y: f32,
        nx: i8,
        ny: i8,
        bounces: u8,
        own: bool,
    },
    ShotEnd {
        x: f32,
        y: f32,
        weapon: &'a str,
        cause: &'a str,
    },
    Hit {
        attacker: PlayerId,
        victim: PlayerId,
        damage: u8,
        weapon: &'a str,
        bounces: u8,
        x: f32,
        y: f32,
    },
    Kill(Kill<'a>),
    Spawn {
        player: PlayerId,
        x: f32,
        y: f32,
    },
    Streak {
        player: PlayerId,
        kills: u16,
    },
    Pickup {
        player: PlayerId,
        pad: u16,
    },
    Deflect {
        player: PlayerId,
        x: f32,
        y: f32,
    },
    Objective {
        what: ObjectiveNews,
        team: Option<Team>,
        player: Option<PlayerId>,
    },
    Result {
        winner: Option<PlayerId>,
        team: Option<Team>,
        awards: Vec<AwardLine>,
    },
    Beam {
        owner: PlayerId,
        weapon: &'a str,
        points: &'a [[f32; 2]],
        own: bool,
    },
    /// `phrase` is its number, if it is one.
    Chat {
        from: PlayerId,
        name: &'a str,
        team: bool,
        text: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        phrase: Option<u8>,
        own: bool,
    },
    ChatRefused {
        reason: &'a str,
    },
    Correction {
        tiles: f32,
    },
}

#[derive(Serialize)]
struct AwardLine {
    award: Award,
    player: PlayerId,
    count: u16,
}

impl AwardLine {
    fn of(&(award, player, count): &(Award, PlayerId, u16)) -> AwardLine {
        AwardLine {
            award,
            player,
            count,
        }
    }
}

/// `x` and `y` are absent when the victim was out of sight.
#[derive(Serialize)]
struct Kill<'a> {
    killer: Option<PlayerId>,
    victim: PlayerId,
    weapon: &'a str,
    bounces: u8,
    deflected: bool,
    bounty: u8,
    assists: &'a [PlayerId],
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<f32>,
}

impl<'a> Event<'a> {
    fn of(event: &'a SessionEvent, rules: &'a Rules, me: Option<PlayerId>) -> Event<'a> {
        match event {
            SessionEvent::MatchStart
            | SessionEvent::Ballot(_)
            | SessionEvent::Phase { .. }
            | SessionEvent::Objective { .. }
            | SessionEvent::Result { .. } => Event::of_match(event),
            SessionEvent::Fired { .. }
            | SessionEvent::Bounce { .. }
            | SessionEvent::ShotEnd { .. }
            | SessionEvent::Beam { .. }
            | SessionEvent::Hit { .. } => Event::of_shots(event, rules, me),
            SessionEvent::Kill { .. }
            | SessionEvent::Spawn { .. }
            | SessionEvent::Streak { .. }
            | SessionEvent::Pickup { .. }
            | SessionEvent::Deflect { .. }
            | SessionEvent::Correction { .. } => Event::of_crafts(event, rules),
            SessionEvent::Chat(chat) => Event::of_chat(chat, me),
        }
    }

    fn of_match(event: &'a SessionEvent) -> Event<'a> {
        match *event {
            SessionEvent::MatchStart => Event::MatchStart,
            SessionEvent::Ballot(ref ballot) => Event::Ballot {
                titles: ballot.choices.iter().map(|c| c.title.as_str()).collect(),
                votes: ballot.choices.iter().map(|c| c.votes).collect(),
                seconds_left: ballot.seconds_left,
            },
            SessionEvent::Phase { phase } => Event::Phase {
                phase: phase.as_str(),
            },
            SessionEvent::Objective { what, team, player } => {
                Event::Objective { what, team, player }
            }
            SessionEvent::Result {
                winner,
                team,
                ref awards,
            } => Event::Result {
                winner,
                team,
                awards: awards.iter().map(AwardLine::of).collect(),
            },
            _ => unreachable!("told by another"),
        }
    }

    fn of_shots(event: &'a SessionEvent, rules: &'a Rules, me: Option<PlayerId>) -> Event<'a> {
        let is_own = |owner| Some(owner) == me;
        match *event {
            SessionEvent::Fired {
                owner,
                weapon,
                pos: [x, y],
                aim,
            } => Event::Fired {
                x,
                y,
                owner,
                weapon: rules.weapon_name(weapon),
                aim,
                own: is_own(owner),
            },
            SessionEvent::Bounce {
                owner,
                pos: [x, y],
                normal: (nx, ny),
                bounces,
            } => Event::Bounce {
                x,
                y,
                nx,
                ny,
                bounces,
                own: is_own(owner),
            },
            SessionEvent::ShotEnd {
                pos: [x, y],
                weapon,
                end,
                ..
            } => Event::ShotEnd {
                x,
                y,
                weapon: rules.weapon_name(weapon),
                cause: cause(end),
            },
            SessionEvent::Hit {
                attacker,
                victim,
                damage,
                weapon,
                bounces,
                pos: [x, y],
            } => Event::Hit {
                attacker,
                victim,
                damage,
                weapon: rules.weapon_name(weapon),
                bounces,
                x,
                y,
            },
            SessionEvent::Beam {
                owner,
                weapon,
                ref points,
                own,
            } => Event::Beam {
                owner,
                weapon: rules.weapon_name(weapon),
                points,
                own,
            },
            _ => unreachable!("told by another"),
        }
    }

    fn of_crafts(event: &'a SessionEvent, rules: &'a Rules) -> Event<'a> {
        match *event {
            SessionEvent::Kill {
                killer,
                victim,
                weapon,
                bounces,
                deflected,
                bounty,
                ref assists,
                pos,
            } => Event::Kill(Kill {
                killer,
                victim,
                weapon: rules.weapon_name(weapon),
                bounces,
                deflected,
                bounty,
                assists,
                x: pos.map(|[x, _]| x),
                y: pos.map(|[_, y]| y),
            }),
            SessionEvent::Spawn {
                player,
                pos: [x, y],
            } => Event::Spawn { player, x, y },
            SessionEvent::Streak { player, kills } => Event::Streak { player, kills },
            SessionEvent::Pickup { player, pad } => Event::Pickup { player, pad },
            SessionEvent::Deflect {
                player,
                pos: [x, y],
            } => Event::Deflect { player, x, y },
            SessionEvent::Correction { tiles } => Event::Correction { tiles },
            _ => unreachable!("told by another"),
        }
    }

    fn of_chat(chat: &'a Chat, me: Option<PlayerId>) -> Event<'a> {
        match chat {
            Chat::Line(line) => Event::Chat {
                from: line.from,
                name: &line.name,
                team: line.channel == Channel::Team,
                text: line.body.as_str(),
                phrase: match &line.body {
                    Body::Phrase(phrase) => Some(*phrase as u8),
                    Body::Text(_) => None,
                },
                own: Some(line.from) == me,
            },
            Chat::Refused(refusal) => Event::ChatRefused {
                reason: refusal.as_str(),
            },
        }
    }
}

fn cause(end: End) -> &'static str {
    match end {
        End::Wall => "wall",
        End::Expired => "expired",
        End::Stopped => "craft",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fracas_protocol::Weapon;
    use fracas_protocol::chat::{Line, Phrase, Refusal};

    #[test]
    fn events_have_the_shape_the_pages_read() {
        let rules = Rules::default();
        let json = |event: SessionEvent| super::event(&event, &rules, Some(PlayerId(3)));
        assert_eq!(json(SessionEvent::MatchStart), r#"{"type":"match_start"}"#);
        assert_eq!(
            json(SessionEvent::Fired {
                owner: PlayerId(3),
                weapon: Weapon(1),
                pos: [1.5, 2.0],
                aim: 0.5
            }),
            r#"{"type":"fired","x":1.5,"y":2.0,"owner":3,"weapon":"scatter","aim":0.5,"own":true}"#
        );
        assert_eq!(
            json(SessionEvent::Bounce {
                owner: PlayerId(4),
                pos: [1.0, 2.0],
                normal: (-1, 0),
                bounces: 2
            }),
            r#"{"type":"bounce","x":1.0,"y":2.0,"nx":-1,"ny":0,"bounces":2,"own":false}"#
        );
        assert_eq!(
            json(SessionEvent::ShotEnd {
                owner: PlayerId(4),
                weapon: Weapon(3),
                pos: [1.0, 2.0],
                end: End::Stopped
            }),
            r#"{"type":"shot_end","x":1.0,"y":2.0,"weapon":"lobber","cause":"craft"}"#
        );
        assert_eq!(
            json(SessionEvent::Beam {
                owner: PlayerId(3),
                weapon: Weapon(2),
                points: vec![[1.0, 2.0], [3.5, 2.0]],
                own: true,
            }),
            r#"{"type":"beam","owner":3,"weapon":"rail","points":[[1.0,2.0],[3.5,2.0]],"own":true}"#
        );
        let line = Line {
            from: PlayerId(3),
            name: "Ada".into(),
            channel: Channel::Team,
            body: Body::Phrase(Phrase::Gg),
        };
        assert_eq!(
            json(SessionEvent::Chat(Chat::Line(line))),
            r#"{"type":"chat","from":3,"name":"Ada","team":true,"text":"Good game!","phrase":1,"own":true}"#
        );
        assert_eq!(
            json(SessionEvent::Chat(Chat::Refused(Refusal::Flood))),
            r#"{"type":"chat_refused","reason":"flood"}"#
        );
        let kill = SessionEvent::Kill {
            killer: None,
            victim: PlayerId(1),
            weapon: Weapon::FIRST,
            bounces: 1,
            deflected: false,
            bounty: 1,
            assists: vec![PlayerId(2)],
            pos: None,
        };
        assert_eq!(
            json(kill),
            r#"{"type":"kill","killer":null,"victim":1,"weapon":"pulse","bounces":1,"deflected":false,"bounty":1,"assists":[2]}"#
        );
    }

    #[test]
    fn a_map_has_the_shape_the_pages_read() {
        let text = "=1 health\n=flag blue 1 2\n=zone 1 1 2 1\n####\n#S1#\n#.O#\n####\n";
        let map = fracas_protocol::Map::parse(text).unwrap();
        assert_eq!(
            super::text(&Map::of(&map)),
            concat!(
                r#"{"width":4,"height":4,"spawns":[{"x":1.5,"y":1.5,"team":null},"#,
                r#"{"x":2.5,"y":2.5,"team":"orange"}],"pads":[{"x":2.5,"y":1.5,"item":"health"}],"#,
                r#""flag_stands":[{"x":1.5,"y":2.5,"team":"blue"}],"#,
                r#""zones":[{"left":1,"top":1,"width":2,"height":1}]}"#
            )
        );
    }

    #[test]
    fn before_the_welcome_there_is_nothing_to_tell() {
        let session = Session::new();
        assert_eq!(setup(&session), "null");
        assert_eq!(roster(&session), "[]");
    }
}
