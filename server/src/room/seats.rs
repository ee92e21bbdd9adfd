//! Who has a place in a room, and by what right. Pure: told the time, given the tokens.
//!
//! ```text
//!            reserve                attach                    connection lost
//!   (free) ──────────► Reserved ──────────────► Connected ◄───────────────────► Away
//!                     30 s, ticket  ticket used            token, within 15 s
//!                         │                         │ left, refused          │ 15 s
//!                         ▼                         ▼                        ▼
//!                       (free)                    (free)                   (free)
//! ```

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use fracas_protocol::{Credential, PlayerId, Wants};

use super::Link;
use crate::names;

/// How long a ticket is good for.
pub const TICKET_LIFE: Duration = Duration::from_secs(10);
/// How long a craft waits for its player after the connection was lost.
pub const RESUME_WINDOW: Duration = Duration::from_secs(15);

/// All places of a room, by player id.
#[derive(Debug)]
pub struct Seats {
    capacity: usize,
    seats: Vec<Option<Seat>>,
}

/// One place.
#[derive(Debug)]
pub struct Seat {
    /// As everybody sees it.
    pub name: Arc<str>,
    /// Whether a program flies.
    pub bot: bool,
    /// Presented once; `None` when it was.
    ticket: Option<String>,
    /// Presented after a lost connection.
    pub resume_token: String,
    /// Where the player is.
    pub presence: Presence,
    /// Snapshots put into the link, to tell when the last of them has left.
    pub sent: u32,
    /// What snapshots are to be like.
    pub wants: Wants,
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
pub struct Full;

impl Seats {
    /// Room for `capacity` players.
    pub fn new(capacity: u16) -> Self {
        Self {
            capacity: usize::from(capacity),
            seats: Vec::new(),
        }
    }

    /// Takes the smallest free place for somebody who holds `ticket`.
    ///
    /// # Errors
    /// [`Full`] when all places are taken.
    pub fn reserve(
        &mut self,
        name: &str,
        bot: bool,
        tokens: Tokens,
        now: Instant,
    ) -> Result<PlayerId, Full> {
        if self.taken() >= self.capacity {
            return Err(Full);
        }
        let seat = Seat {
            name: names::unique(name, self.iter().map(|(_, seat)| &seat.name)),
            bot,
            ticket: Some(tokens.ticket),
            resume_token: tokens.resume,
            presence: Presence::Reserved {
                until: now + TICKET_LIFE,
            },
            sent: 0,
            wants: Wants::default(),
        };
        let index = self
            .seats
            .iter()
            .position(Option::is_none)
            .unwrap_or(self.seats.len());
        if index == self.seats.len() {
            self.seats.push(None);
        }
        self.seats[index] = Some(seat);
        Ok(PlayerId(index as u16))
    }

    /// Whose credential this is. A ticket is used up by asking.
    pub fn redeem(&mut self, credential: &Credential) -> Option<PlayerId> {
        let index = match credential {
            Credential::Ticket(ticket) => {
                let index = self
                    .seats
                    .iter()
                    .position(|seat| holds(seat.as_ref(), ticket))?;
                self.seats[index].as_mut()?.ticket = None;
                index
            }
            Credential::Resume(token) => self.seats.iter().position(|seat| {
                seat.as_ref().is_some_and(|seat| {
                    seat.resume_token == *token
                        && !matches!(seat.presence, Presence::Reserved { .. })
                })
            })?,
        };
        Some(PlayerId(index as u16))
    }

    /// A bot that can make room for a person: the one that came last, as its place in the table says.
    pub fn bot_to_replace(&self) -> Option<PlayerId> {
        self.iter()
            .filter(|(_, seat)| seat.bot)
            .map(|(player, _)| player)
            .last()
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
        self.seats.get_mut(usize::from(player.0))?.take()
    }

    /// Frees every place.
    pub fn clear(&mut self) -> impl Iterator<Item = Seat> {
        std::mem::take(&mut self.seats).into_iter().flatten()
    }

    /// The place of a player.
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

    /// How many places bots hold.
    pub fn bots(&self) -> usize {
        self.iter().filter(|(_, seat)| seat.bot).count()
    }
}

/// The two secrets of a seat.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Good for one hello.
    pub ticket: String,
    /// Good for coming back.
    pub resume: String,
}

impl Tokens {
    /// Fresh ones for a room; they name it, so that a hello alone says where to go. At most 64 bytes.
    pub fn random(room: &str) -> Self {
        let secret = || format!("{room}.{:032x}", rand::random::<u128>());
        Self {
            ticket: secret(),
            resume: secret(),
        }
    }
}

fn holds(seat: Option<&Seat>, ticket: &str) -> bool {
    seat.is_some_and(|seat| seat.ticket.as_deref() == Some(ticket))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reserve(seats: &mut Seats, name: &str, now: Instant) -> PlayerId {
        let tokens = Tokens {
            ticket: format!("t-{name}"),
            resume: format!("r-{name}"),
        };
        seats
            .reserve(name, name.starts_with("bot"), tokens, now)
            .unwrap()
    }

    fn ticket(name: &str) -> Credential {
        Credential::Ticket(format!("t-{name}"))
    }

    fn resume(name: &str) -> Credential {
        Credential::Resume(format!("r-{name}"))
    }

    #[test]
    fn a_ticket_works_once_and_a_token_only_after_it() {
        let (mut seats, now) = (Seats::new(2), Instant::now());
        let ada = reserve(&mut seats, "ada", now);
        assert_eq!(seats.redeem(&resume("ada")), None);
        assert_eq!(seats.redeem(&ticket("ada")), Some(ada));
        assert_eq!(seats.redeem(&ticket("ada")), None);
        seats.get_mut(ada).unwrap().presence = Presence::Away { until: now };
        assert_eq!(seats.redeem(&resume("ada")), Some(ada));
        assert_eq!(seats.redeem(&resume("ada")), Some(ada));
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
            seats.reserve("cy", false, Tokens::random("main"), now),
            Err(Full)
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
        assert_eq!(seats.bot_to_replace(), None);
        let bot = reserve(&mut seats, "bot", now);
        reserve(&mut seats, "bo", now);
        assert_eq!(seats.bot_to_replace(), Some(bot));
    }

    #[test]
    fn tokens_fit_the_wire_and_differ() {
        let tokens = Tokens::random(&"r".repeat(crate::lobby::ROOM_NAME_MAX));
        assert!(tokens.ticket.len() <= 64 && tokens.ticket != tokens.resume);
    }
}
