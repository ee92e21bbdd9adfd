//! Who has a place in a room, and by what right. Pure: told the time, given the tokens.
//!
//! ```text
//!            reserve                attach                    connection lost
//!   (free) ──────────► Reserved ──────────────► Connected ◄───────────────────► Away
//!                     10 s, ticket     │  ▲               token, within 15 s
//!                         │            └──┘ token: takes over    │ 15 s
//!                         ▼       left, refused ▼                ▼
//!                       (free)                (free)           (free)
//! ```
//!
//! What leads to a seat works once. A connection can die when the server has made the next token and the client has
//! not heard of it, so each one stays good until the client's first inputs, or its first answer to a ping that was sent
//! after the welcome, show that it has the welcome:
//!
//! ```text
//!                    attach: welcome with token 1              inputs, a pong
//!   held: ticket ─────────────────────────────► held: ticket ──────────► held: token 1 ──► attach: welcome with token 2 …
//!                                               offered: token 1
//! ```
//!
//! Between the two, either is good, and is answered with a fresh token; presenting the offered one shows as much as
//! inputs do. What is neither held nor offered is worth nothing.

use std::{
    cmp::Ordering,
    sync::Arc,
    time::{Duration, Instant},
};

use fracas_protocol::{Credential, PlayerId, Team, Tick, Wants};

use super::{Link, Side, Speech};
use crate::names::Looks;

/// How long a ticket is good for.
pub const TICKET_LIFE: Duration = Duration::from_secs(10);
/// How long a craft waits for its player after the connection was lost.
pub const RESUME_WINDOW: Duration = Duration::from_secs(15);

/// All places of a room, by player id.
#[derive(Debug)]
pub struct Seats {
    capacity: usize,
    seats: Vec<Option<Seat>>,
    /// What the names of all of them look like: thousands needn't be compared for every one that comes.
    looks: Looks,
}

/// One place.
#[derive(Debug)]
pub struct Seat {
    /// As everybody sees it.
    pub name: Arc<str>,
    /// Whether a program flies.
    pub bot: bool,
    /// One of the server's own bots, which are there for the others.
    pub is_company: bool,
    /// What the client is known to have: a ticket at first, then a token.
    held: Credential,
    /// The token of the last welcome, until the client shows that it has it.
    offered: Option<Credential>,
    /// Where the player is.
    pub presence: Presence,
    /// Inputs that no clock, however wrong, leads to, of this connection and those before.
    pub abuse: Abuse,
    /// Snapshots put into the link, to tell when the last of them has left.
    pub sent: u32,
    /// What snapshots are to be like.
    pub wants: Wants,
    /// What they said lately, over this connection and those before.
    pub speech: Speech,
}

/// Where a player is.
#[derive(Debug)]
pub enum Presence {
    /// Has a ticket and is not in the match yet.
    Reserved {
        /// When the place is free again.
        until: Instant,
    },
    /// Plays.
    Connected(Arc<Link>),
    /// Lost the connection; the craft waits.
    Away {
        /// When it leaves.
        until: Instant,
    },
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPlace {
    /// All are taken.
    Full,
    /// The room has too much to do already.
    Overloaded,
    /// Nobody is there to keep company.
    Asleep,
}

/// Which side somebody is on. No type parameter: closures in closures over one multiply what there is to compile.
pub(super) type TeamOf<'t> = &'t dyn Fn(PlayerId) -> Option<Team>;

impl Seats {
    /// Room for `capacity` players.
    pub fn new(capacity: u16) -> Self {
        Self {
            capacity: usize::from(capacity),
            seats: Vec::new(),
            looks: Looks::default(),
        }
    }

    /// Takes the smallest free place for somebody who holds `ticket`.
    ///
    /// # Errors
    /// [`NoPlace::Full`] when all places are taken.
    pub fn reserve(
        &mut self,
        name: &str,
        bot: bool,
        ticket: String,
        now: Instant,
    ) -> Result<PlayerId, NoPlace> {
        if self.taken() >= self.capacity {
            return Err(NoPlace::Full);
        }
        let seat = Seat {
            name: self.looks.unique(name),
            bot,
            is_company: false,
            held: Credential::Ticket(ticket),
            offered: None,
            presence: Presence::Reserved {
                until: now + TICKET_LIFE,
            },
            abuse: Abuse::default(),
            sent: 0,
            wants: Wants::default(),
            speech: Speech::new(now),
        };
        let index = self
            .seats
            .iter()
            .position(Option::is_none)
            .unwrap_or(self.seats.len());
        if index == self.seats.len() {
            self.seats.push(None);
        }
        self.looks.insert(&seat.name);
        self.seats[index] = Some(seat);
        Ok(PlayerId(index as u16))
    }

    /// Whose credential this is, if it is good.
    pub fn holder(&self, credential: &Credential) -> Option<PlayerId> {
        let (player, _) = self.iter().find(|(_, seat)| seat.knows(credential))?;
        Some(player)
    }

    /// Whose credential this is, if it is good; from now on `token` leads to the same seat.
    pub fn redeem(&mut self, credential: &Credential, token: String) -> Option<PlayerId> {
        let (player, seat) = self.iter_mut().find(|(_, seat)| seat.knows(credential))?;
        if seat.held != *credential {
            seat.prove_token();
        }
        seat.offered = Some(Credential::Resume(token));
        Some(player)
    }

    /// A bot that can make room for a person: of the side that has more if one has, else of the one that has more bots, so that
    /// people come to both; the one that came last, as its place in the table says. Who comes then goes where fewer are.
    pub fn bot_to_replace(&self, team: TeamOf<'_>) -> Option<PlayerId> {
        let (ahead, bots) = (
            self.ahead(team, |_| true),
            self.ahead(team, |seat| seat.bot),
        );
        let candidates = self.iter().filter(|(_, seat)| seat.bot);
        let candidates = candidates.map(|(player, _)| player);
        let is_of = |bot, side: Option<Team>| side.is_some() && team(bot) == side;
        candidates.max_by_key(|&bot| (is_of(bot, ahead), is_of(bot, bots), bot))
    }

    /// One of the server's own bots that may leave without a side being more than one ahead then: one that isn't in the match
    /// yet, or one of the side that has more; where none has, of the one that has more bots.
    pub fn bot_to_dismiss(&self, team: TeamOf<'_>) -> Option<PlayerId> {
        let (ahead, bots) = (
            self.ahead(team, |_| true),
            self.ahead(team, |seat| seat.bot),
        );
        let may_go = |bot: &PlayerId| match (team(*bot), ahead) {
            (Some(own), Some(ahead)) => own == ahead,
            _ => true,
        };
        let candidates = self.company().filter(may_go);
        candidates.max_by_key(|&bot| (team(bot).is_none(), team(bot) == bots, bot))
    }

    /// How many are on each side, blue first.
    pub fn sides(&self, team: TeamOf<'_>) -> [Side; 2] {
        let mut sides = [Side::default(); 2];
        for (player, seat) in self.iter() {
            let Some(team) = team(player) else {
                continue;
            };
            let side = &mut sides[team as usize];
            if seat.is_company {
                side.company += 1;
            } else {
                side.guests += 1;
            }
        }
        sides
    }

    /// The side that has more of some, if one has.
    fn ahead(&self, team: TeamOf<'_>, counts: fn(&Seat) -> bool) -> Option<Team> {
        let (mut blue, mut orange) = (0, 0);
        for (player, seat) in self.iter() {
            match team(player) {
                Some(Team::Blue) if counts(seat) => blue += 1,
                Some(Team::Orange) if counts(seat) => orange += 1,
                _ => {}
            }
        }
        match blue.cmp(&orange) {
            Ordering::Greater => Some(Team::Blue),
            Ordering::Less => Some(Team::Orange),
            Ordering::Equal => None,
        }
    }

    /// Places that were not used in time, or waited for long enough.
    pub fn expired(&self, now: Instant) -> Vec<PlayerId> {
        let is_over = |seat: &Seat| match seat.presence {
            Presence::Reserved { until } | Presence::Away { until } => until <= now,
            Presence::Connected(_) => false,
        };
        self.iter()
            .filter(|(_, seat)| is_over(seat))
            .map(|(player, _)| player)
            .collect()
    }

    /// Frees a place.
    pub fn remove(&mut self, player: PlayerId) -> Option<Seat> {
        let seat = self.seats.get_mut(usize::from(player.0))?.take()?;
        self.looks.remove(&seat.name);
        Some(seat)
    }

    /// Frees every place.
    pub fn clear(&mut self) -> impl Iterator<Item = Seat> {
        self.looks.clear();
        std::mem::take(&mut self.seats).into_iter().flatten()
    }

    /// The place of a player.
    pub fn get(&self, player: PlayerId) -> Option<&Seat> {
        self.seats.get(usize::from(player.0))?.as_ref()
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, player: PlayerId) -> Option<&mut Seat> {
        self.seats.get_mut(usize::from(player.0))?.as_mut()
    }

    /// All places that are taken, by player id.
    pub fn iter(&self) -> impl Iterator<Item = (PlayerId, &Seat)> {
        let numbered = self.seats.iter().enumerate();
        numbered.filter_map(|(index, seat)| Some((PlayerId(index as u16), seat.as_ref()?)))
    }

    /// All places that are taken, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (PlayerId, &mut Seat)> {
        let numbered = self.seats.iter_mut().enumerate();
        numbered.filter_map(|(index, seat)| Some((PlayerId(index as u16), seat.as_mut()?)))
    }

    /// How many places are taken.
    pub fn taken(&self) -> usize {
        self.iter().count()
    }

    /// Whether anybody is there but the server's own bots.
    pub fn has_guests(&self) -> bool {
        self.iter().any(|(_, seat)| !seat.is_company)
    }

    /// The server's own bots.
    pub fn company(&self) -> impl Iterator<Item = PlayerId> {
        let company = self.iter().filter(|(_, seat)| seat.is_company);
        company.map(|(player, _)| player)
    }

    /// How many places bots hold.
    pub fn bots(&self) -> usize {
        self.iter().filter(|(_, seat)| seat.bot).count()
    }
}

impl Seat {
    /// The client has the token of its last welcome: what led to it before is used up.
    pub fn prove_token(&mut self) {
        if let Some(token) = self.offered.take() {
            self.held = token;
        }
    }

    fn knows(&self, credential: &Credential) -> bool {
        self.held == *credential || self.offered.as_ref() == Some(credential)
    }
}

/// How much of what a client sends makes no sense, as a bucket that leaks. Each refused input fills it; it leaks as fast
/// as half of an honest client's inputs come.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Abuse {
    level: f32,
    tick: Tick,
}

/// Ten seconds of inputs at their usual rate: no clock that goes wrong for a moment fills this.
const ABUSE_S_MAX: f32 = 10.0;

impl Abuse {
    /// Notes a refused input. Whether there are too many of them by now.
    pub fn note(&mut self, tick: Tick, tick_hz: u8) -> bool {
        let passed = tick.saturating_sub(self.tick) as f32;
        self.tick = tick;
        self.level = (self.level - passed / 2.0).max(0.0) + 1.0;
        self.level > ABUSE_S_MAX * f32::from(tick_hz)
    }
}

/// A fresh ticket or token for a room: it names the room, so that a hello alone says where to go, and 128 random bits.
/// At most 64 bytes.
pub fn secret(room: &str) -> String {
    format!("{room}.{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reserve(seats: &mut Seats, name: &str, now: Instant) -> PlayerId {
        let ticket = format!("t-{name}");
        seats
            .reserve(name, name.starts_with("bot"), ticket, now)
            .unwrap()
    }

    /// A full room of one with a seat, and what each credential in turn is worth: with the n-th, token `n` is offered.
    struct One(Seats, u32);

    impl One {
        fn new() -> Self {
            let mut seats = Seats::new(1);
            reserve(&mut seats, "ada", Instant::now());
            One(seats, 0)
        }

        fn is_good(&mut self, credential: &Credential) -> bool {
            let token = (self.1 + 1).to_string();
            let is_good = self.0.redeem(credential, token).is_some();
            self.1 += u32::from(is_good);
            is_good
        }

        fn prove(&mut self) {
            self.0.get_mut(PlayerId(0)).unwrap().prove_token();
        }
    }

    fn ticket() -> Credential {
        Credential::Ticket("t-ada".into())
    }

    fn token(number: u32) -> Credential {
        Credential::Resume(number.to_string())
    }

    #[test]
    fn each_credential_works_until_the_next_is_known_to_have_arrived() {
        let mut seat = One::new();
        assert!(!seat.is_good(&token(1)), "not offered yet");
        assert!(seat.is_good(&ticket()));
        seat.prove();
        assert!(!seat.is_good(&ticket()), "used up");
        assert!(seat.is_good(&token(1)));
        seat.prove();
        assert!(!seat.is_good(&token(1)), "used up");
        assert!(seat.is_good(&token(2)));
    }

    #[test]
    fn a_welcome_that_never_arrived_costs_nothing() {
        let mut seat = One::new();
        // Three welcomes are lost, with tokens 1, 2 and 3.
        assert!((0..3).all(|_| seat.is_good(&ticket())));
        assert!(!seat.is_good(&token(1)) && !seat.is_good(&token(2)));
        // The third did arrive, and the connection died before the first inputs.
        assert!(seat.is_good(&token(3)));
        assert!(
            !seat.is_good(&ticket()),
            "token 3 shows that its welcome arrived"
        );
        assert!(seat.is_good(&token(3)), "token 4 may never have arrived");
        assert!(seat.is_good(&token(5)));
        assert!(!seat.is_good(&token(3)) && !seat.is_good(&token(4)));
    }

    #[test]
    fn a_token_is_no_ticket_and_a_ticket_no_token() {
        let mut seat = One::new();
        assert!(!seat.is_good(&Credential::Resume("t-ada".into())));
        assert!(seat.is_good(&ticket()));
        seat.prove();
        assert!(!seat.is_good(&Credential::Ticket("1".into())));
    }

    #[test]
    fn places_are_the_smallest_free_and_never_more_than_there_are() {
        let (mut seats, now) = (Seats::new(2), Instant::now());
        let (ada, bo) = (
            reserve(&mut seats, "ada", now),
            reserve(&mut seats, "bo", now),
        );
        assert_eq!((ada, bo), (PlayerId(0), PlayerId(1)));
        assert_eq!(
            seats.reserve("cy", false, secret("main"), now),
            Err(NoPlace::Full)
        );
        seats.remove(ada);
        assert_eq!(reserve(&mut seats, "cy", now), PlayerId(0));
    }

    #[test]
    fn unused_tickets_and_absent_players_expire() {
        let (mut seats, now) = (Seats::new(2), Instant::now());
        let ada = reserve(&mut seats, "ada", now);
        assert!(
            seats
                .expired(now + TICKET_LIFE - Duration::from_millis(1))
                .is_empty()
        );
        assert_eq!(seats.expired(now + TICKET_LIFE), [ada]);
        seats.get_mut(ada).unwrap().presence = Presence::Connected(Arc::default());
        assert!(seats.expired(now + TICKET_LIFE).is_empty());
    }

    #[test]
    fn only_bots_make_room() {
        let (mut seats, now) = (Seats::new(3), Instant::now());
        reserve(&mut seats, "ada", now);
        assert_eq!(seats.bot_to_replace(&|_| None), None);
        let bot = reserve(&mut seats, "bot", now);
        reserve(&mut seats, "bo", now);
        assert_eq!(seats.bot_to_replace(&|_| None), Some(bot));
    }

    #[test]
    fn bots_leave_the_side_that_has_more_and_none_that_has_fewer() {
        let (mut seats, now) = (Seats::new(8), Instant::now());
        for name in ["ada", "bot", "bot", "bot", "bot"] {
            let player = reserve(&mut seats, name, now);
            seats.get_mut(player).unwrap().is_company = name == "bot";
        }
        let team = |blues: &'static [u16]| {
            move |player: PlayerId| {
                let is_blue = blues.contains(&player.0);
                Some(if is_blue { Team::Blue } else { Team::Orange })
            }
        };
        let [fourth, third] = [4, 2].map(|number| Some(PlayerId(number)));
        assert_eq!(seats.bot_to_dismiss(&|_| None), fourth, "without sides");
        assert_eq!(seats.bot_to_dismiss(&team(&[0, 2])), fourth);
        assert_eq!(seats.bot_to_dismiss(&team(&[0, 1, 2])), third);
        assert_eq!(seats.bot_to_replace(&team(&[0, 1, 2])), third);
        let late = reserve(&mut seats, "dee", now);
        assert_eq!(
            seats.bot_to_dismiss(&team(&[0, 4, 5])),
            Some(PlayerId(3)),
            "3 bots to 1"
        );
        seats.remove(late);
        seats.remove(PlayerId(1));
        seats.remove(PlayerId(2));
        reserve(&mut seats, "bo", now);
        reserve(&mut seats, "cy", now);
        let people = team(&[0, 1, 2]);
        assert_eq!(seats.bot_to_dismiss(&people), None, "3 people, 2 bots");
        assert_eq!(seats.bot_to_replace(&people), fourth, "a person needs it");
        let not_there_yet = |player: PlayerId| (player.0 != 4).then(|| people(player)).flatten();
        assert_eq!(seats.bot_to_dismiss(&not_there_yet), fourth);
    }

    #[test]
    fn only_lasting_nonsense_is_abuse() {
        let ticks_until_closed = |refused_in: &dyn Fn(Tick) -> u32| {
            let mut abuse = Abuse::default();
            (1..36_000).find(|tick| (0..refused_in(*tick)).any(|_| abuse.note(*tick, 60)))
        };
        assert_eq!(
            ticks_until_closed(&|tick| tick % 2),
            None,
            "every second input"
        );
        let five_seconds_a_minute = |tick| u32::from(tick % 3_600 < 300);
        assert_eq!(
            ticks_until_closed(&five_seconds_a_minute),
            None,
            "a clock that jumps"
        );
        let all = ticks_until_closed(&|_| 1).unwrap();
        assert!((1_100..=1_300).contains(&all), "every input: {all}");
        let flood = ticks_until_closed(&|_| 16).unwrap();
        assert!(flood < 60, "{flood}");
    }

    #[test]
    fn secrets_fit_the_wire_and_differ() {
        let [one, other] = [(); 2].map(|()| secret(&"r".repeat(crate::lobby::ROOM_NAME_MAX)));
        assert!(one.len() <= 64 && one != other);
    }
}
