//! What changes rarely, as JSON: events, the roster, what the welcome said.

use std::cmp::{Ordering, Reverse};

use fracas_protocol::chat::{Body, Channel, Chat};
use fracas_protocol::motion::End;
use fracas_protocol::view::RosterEntry;
use fracas_protocol::{PlayerId, Rules, Session, SessionEvent};
use serde::Serialize;

/// One event. `own` says whether player `me` did it.
pub(crate) fn event(event: &SessionEvent, me: Option<PlayerId>) -> String {
    text(&Event::of(event, me))
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
            map: MapSize {
                width: start.map.width(),
                height: start.map.height(),
            },
        }
    }))
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
    map: MapSize,
}

#[derive(Serialize)]
struct MapSize {
    width: u16,
    height: u16,
}

#[derive(Serialize)]
struct Player<'a> {
    id: PlayerId,
    name: &'a str,
    bot: bool,
    score: i16,
    kills: u16,
    deaths: u16,
    assists: u16,
    streak: u16,
    ping_ms: u16,
}

impl<'a> Player<'a> {
    fn of((id, entry): &'a (PlayerId, RosterEntry)) -> Player<'a> {
        let score = entry.score;
        Player {
            id: *id,
            name: &entry.name,
            bot: entry.bot,
            score: score.score,
            kills: score.kills,
            deaths: score.deaths,
            assists: score.assists,
            streak: score.streak,
            ping_ms: entry.ping_ms,
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event<'a> {
    MatchStart,
    Phase {
        phase: &'a str,
    },
    Fired {
        x: f32,
        y: f32,
        owner: PlayerId,
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
        kills: u8,
    },
    Beam {
        owner: PlayerId,
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

/// `x` and `y` are absent when the victim was out of sight.
#[derive(Serialize)]
struct Kill<'a> {
    killer: Option<PlayerId>,
    victim: PlayerId,
    weapon: &'a str,
    bounces: u8,
    assists: &'a [PlayerId],
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<f32>,
}

impl<'a> Event<'a> {
    fn of(event: &'a SessionEvent, me: Option<PlayerId>) -> Event<'a> {
        let is_own = |owner| Some(owner) == me;
        match *event {
            SessionEvent::MatchStart => Event::MatchStart,
            SessionEvent::Phase { phase } => Event::Phase {
                phase: phase.as_str(),
            },
            SessionEvent::Fired {
                owner,
                pos: [x, y],
                aim,
            } => Event::Fired {
                x,
                y,
                owner,
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
                pos: [x, y], end, ..
            } => Event::ShotEnd {
                x,
                y,
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
                weapon: weapon.as_str(),
                bounces,
                x,
                y,
            },
            SessionEvent::Kill {
                killer,
                victim,
                weapon,
                bounces,
                ref assists,
                pos,
            } => Event::Kill(Kill {
                killer,
                victim,
                weapon: weapon.as_str(),
                bounces,
                assists,
                x: pos.map(|[x, _]| x),
                y: pos.map(|[_, y]| y),
            }),
            SessionEvent::Spawn {
                player,
                pos: [x, y],
            } => Event::Spawn { player, x, y },
            SessionEvent::Streak { player, kills } => Event::Streak { player, kills },
            SessionEvent::Beam {
                owner,
                ref points,
                own,
            } => Event::Beam { owner, points, own },
            SessionEvent::Chat(Chat::Line(ref line)) => Event::Chat {
                from: line.from,
                name: &line.name,
                team: line.channel == Channel::Team,
                text: line.body.as_str(),
                phrase: match line.body {
                    Body::Phrase(phrase) => Some(phrase as u8),
                    Body::Text(_) => None,
                },
                own: is_own(line.from),
            },
            SessionEvent::Chat(Chat::Refused(refusal)) => Event::ChatRefused {
                reason: refusal.as_str(),
            },
            SessionEvent::Correction { tiles } => Event::Correction { tiles },
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
    use fracas_protocol::chat::{Line, Phrase, Refusal};
    use fracas_protocol::motion::Weapon;

    #[test]
    fn events_have_the_shape_the_pages_read() {
        let json = |event: SessionEvent| super::event(&event, Some(PlayerId(3)));
        assert_eq!(json(SessionEvent::MatchStart), r#"{"type":"match_start"}"#);
        assert_eq!(
            json(SessionEvent::Fired {
                owner: PlayerId(3),
                pos: [1.5, 2.0],
                aim: 0.5
            }),
            r#"{"type":"fired","x":1.5,"y":2.0,"owner":3,"aim":0.5,"own":true}"#
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
                pos: [1.0, 2.0],
                end: End::Stopped
            }),
            r#"{"type":"shot_end","x":1.0,"y":2.0,"cause":"craft"}"#
        );
        assert_eq!(
            json(SessionEvent::Beam {
                owner: PlayerId(3),
                points: vec![[1.0, 2.0], [3.5, 2.0]],
                own: true,
            }),
            r#"{"type":"beam","owner":3,"points":[[1.0,2.0],[3.5,2.0]],"own":true}"#
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
            weapon: Weapon::Pulse,
            bounces: 1,
            assists: vec![PlayerId(2)],
            pos: None,
        };
        assert_eq!(
            json(kill),
            r#"{"type":"kill","killer":null,"victim":1,"weapon":"pulse","bounces":1,"assists":[2]}"#
        );
    }

    #[test]
    fn before_the_welcome_there_is_nothing_to_tell() {
        let session = Session::new();
        assert_eq!(setup(&session), "null");
        assert_eq!(roster(&session), "[]");
    }
}
