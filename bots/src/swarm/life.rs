//! One bot's life: it joins, plays, and comes back when it loses the line, until the run is over.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use fracas_protocol::Credential;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::Swarm;
use super::meters::{SharedMeters, Watch};
use super::relay::Relay;
use crate::brain::{Hunter, Random};
use crate::client::Shelf;
use crate::client::drive::Player;
use crate::client::{Ending, JoinError, JoinRequest, Line, Place, join};

/// Between attempts to come back, at first; doubled each time.
const RETRY_MIN: Duration = Duration::from_millis(250);
const RETRY_MAX: Duration = Duration::from_secs(8);
/// "Try again later" is no error while it is said this seldom: a ramp may be quicker than a server lets people in.
const PATIENCE: u32 = 20;

const NAMES: &[&str] = &[
    "Acorn", "Bramble", "Cricket", "Drift", "Echo", "Fable", "Gale", "Hazel", "Ion", "Jasper",
    "Kestrel", "Linden", "Mistral", "Nettle", "Opal", "Pepper", "Quartz", "Raven", "Saffron",
    "Thorn", "Umber", "Velvet", "Willow", "Yarrow",
];

/// Bots that look when others' turns arrive; more would only cost.
const LOOKOUTS: usize = 64;

/// What all bots of a worker share.
#[derive(Clone, Debug)]
pub(super) struct Company {
    pub(super) swarm: Swarm,
    pub(super) meters: SharedMeters,
    pub(super) relay: Arc<Relay>,
    pub(super) shelf: Shelf,
    /// Where everybody's microseconds count from.
    pub(super) origin: Instant,
    pub(super) stopped: watch::Receiver<bool>,
}

/// Lives bot number `number` of the swarm.
pub(super) async fn live(company: Company, number: usize) {
    let Company {
        swarm,
        meters,
        relay,
        shelf,
        origin,
        stopped,
    } = company;
    let mut stop = stopped.clone();
    let start = sleep(swarm.start_of(number));
    tokio::select! {
        () = start => {}
        _ = stop.wait_for(|stop| *stop) => return,
    }
    let seed = seed_of(swarm.seed, number);
    let mut player = Player::new(Hunter::new(swarm.skill, seed), seed, swarm.check);
    player.drawn = swarm.drawn;
    player.origin = origin;
    player.shelf = shelf;
    let mut life = Life {
        name: name_of(number),
        is_lookout: number < LOOKOUTS,
        ws_url: None,
        swarm,
        player,
        meters,
        relay,
        seed,
        stopped,
    };
    life.go_on().await;
}

/// While playing, a bot says goodbye by itself; whatever else it does is broken off this long after the end.
const GOODBYE: Duration = Duration::from_secs(2);

/// Ready once the bots have had their time to say goodbye.
pub(super) async fn after_goodbye(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
    sleep(GOODBYE).await;
}

struct Life {
    name: String,
    is_lookout: bool,
    ws_url: Option<String>,
    swarm: Swarm,
    player: Player<Hunter>,
    meters: SharedMeters,
    relay: Arc<Relay>,
    seed: u64,
    stopped: watch::Receiver<bool>,
}

/// What to do after a connection has ended.
#[derive(Debug, PartialEq)]
enum Next {
    /// With the resume token, into the same craft.
    Resume,
    /// As somebody new.
    Rejoin,
    /// Nothing: the run is over, or coming back would end the same way.
    Rest,
}

impl Life {
    async fn go_on(&mut self) {
        let mut next = Next::Rejoin;
        let mut wait = RETRY_MIN;
        while !*self.stopped.borrow() {
            let credential = match next {
                Next::Rest => return,
                Next::Resume => self.player.resume_token.take().map(Credential::Resume),
                Next::Rejoin => None,
            };
            let credential = match credential {
                Some(credential) => credential,
                None => match self.join().await {
                    Some(place) => {
                        self.ws_url = Some(place.ws_url);
                        Credential::Ticket(place.ticket)
                    }
                    None => return,
                },
            };
            let played_from = Instant::now();
            next = self.play(credential).await;
            wait = if played_from.elapsed() > RETRY_MAX {
                RETRY_MIN
            } else {
                (wait * 2).min(RETRY_MAX)
            };
            if next != Next::Rest {
                self.pause(wait).await;
            }
        }
    }

    /// Asks for a place until there is one; nothing when the run is over or the server won't have us.
    async fn join(&mut self) -> Option<Place> {
        let (mut refused, mut unanswered) = (0, RETRY_MIN);
        loop {
            let request = JoinRequest {
                name: &self.name,
                room: self.swarm.room.as_deref(),
                bot: true,
            };
            let wait = match join(&self.swarm.server, &request).await {
                Ok(place) => return Some(place),
                Err(JoinError::Later {
                    retry_after,
                    detail,
                    ..
                }) => {
                    refused += 1;
                    if refused == PATIENCE || detail.contains("taken") && refused == 1 {
                        self.meters.with(|meters| meters.error(&detail));
                    }
                    retry_after.min(RETRY_MAX)
                }
                Err(JoinError::Http(error)) => {
                    self.meters.with(|meters| meters.error(&error.to_string()));
                    unanswered = (unanswered * 2).min(RETRY_MAX);
                    unanswered
                }
                Err(error) => {
                    self.meters.with(|meters| meters.error(&error.to_string()));
                    return None;
                }
            };
            self.pause(wait).await;
            if *self.stopped.borrow() {
                return None;
            }
        }
    }

    async fn play(&mut self, credential: Credential) -> Next {
        let ws_url = self.ws_url.clone().unwrap_or_default();
        let line = match Line::connect(&ws_url, self.swarm.lag, self.seed).await {
            Ok(line) => line,
            Err(error) => {
                self.meters.with(|meters| meters.error(&error.to_string()));
                return Next::Rejoin;
            }
        };
        // A player wakes many times a second; then looking is enough, and being told would cost at every wake.
        let stopped = self.stopped.clone();
        let stop = poll_fn(move |_| match *stopped.borrow() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        });
        let mut watch = Watch::new(self.meters.clone(), &self.relay, self.is_lookout);
        let ending = self.player.play(line, credential, &mut watch, stop).await;
        drop(watch);
        self.meters.with(|meters| match &ending {
            Ending::Stopped => {}
            Ending::Closed { code, reason } => meters.disconnect(&format!("{code} {reason}")),
            Ending::Lost(why) => meters.disconnect(why),
            Ending::Nonsense(_) => meters.decode_errors += 1,
        });
        after(&ending)
    }

    /// A wait that ends early with the run, and is never quite the same for two bots.
    async fn pause(&mut self, wait: Duration) {
        let wait = wait.mul_f32(self.player.random.range(0.7, 1.3));
        let _ = timeout(wait, self.stopped.wait_for(|stop| *stop)).await;
    }
}

/// What the close codes ask a client to do.
fn after(ending: &Ending) -> Next {
    match ending {
        Ending::Stopped => Next::Rest,
        Ending::Closed {
            code: 1011 | 1013 | 4502,
            ..
        }
        | Ending::Nonsense(_) => Next::Rejoin,
        Ending::Closed {
            code: 1002 | 1003 | 1007 | 1009 | 4500 | 4501 | 4503 | 4504 | 4509,
            ..
        } => Next::Rest,
        Ending::Closed { .. } | Ending::Lost(_) => Next::Resume,
    }
}

/// Neighbouring numbers must not lead to similar bots; the generator scrambles, so any distinct seeds will do.
fn seed_of(swarm: u64, number: usize) -> u64 {
    Random::new(swarm.wrapping_add(number as u64)).seed()
}

fn name_of(number: usize) -> String {
    let name = NAMES[number % NAMES.len()];
    match number / NAMES.len() {
        0 => name.to_owned(),
        round => format!("{name} {}", round + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_codes_are_obeyed() {
        let closed = |code| {
            after(&Ending::Closed {
                code,
                reason: String::new(),
            })
        };
        assert_eq!(closed(4001), Next::Resume);
        assert_eq!(closed(1001), Next::Resume);
        assert_eq!(closed(1011), Next::Rejoin);
        assert_eq!(closed(4502), Next::Rejoin);
        assert_eq!(closed(4504), Next::Rest);
        assert_eq!(after(&Ending::Lost("reset".into())), Next::Resume);
    }

    #[test]
    fn names_and_seeds_differ() {
        let names: std::collections::BTreeSet<_> = (0..500).map(name_of).collect();
        let seeds: std::collections::BTreeSet<_> =
            (0..500).map(|number| seed_of(1, number)).collect();
        assert_eq!((names.len(), seeds.len()), (500, 500));
    }
}
