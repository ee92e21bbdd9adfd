//! Connections that end at any moment, in any way, and players who come back into the same craft.

use std::time::Duration;

use fracas_protocol::{Credential, PlayerId, Session};
use fracas_proxy::{Cut, Direction, Limit, Line, Proxy};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::time::timeout;

use crate::caller::{Caller, Gone, own_score, ticket};
use crate::host::{Host, PATIENCE, Statue};

/// The handshake is about 130 bytes, the welcome ends at about 700; after it come snapshots.
const DOWN_BYTES: std::ops::Range<u64> = 0..1_300;
/// The handshake is about 190 bytes, the hello ends at about 250; after it come inputs.
const UP_BYTES: std::ops::Range<u64> = 0..450;
/// How many connections are cut before the craft must be back.
const CUTS_IN_A_ROW: u32 = 4;

/// Somebody who has lost the line, and what they know.
struct Wanderer {
    proxy: Proxy,
    credential: Credential,
    random: StdRng,
}

impl Wanderer {
    async fn new(host: &Host, name: &str, line: Line, seed: u64) -> Wanderer {
        Wanderer {
            proxy: Proxy::local(host.address, line, seed).expect("a port"),
            credential: ticket(host, name).await,
            random: StdRng::seed_from_u64(seed),
        }
    }

    /// Connects over a line that is cut at some byte, and plays until it is.
    async fn fly_until_cut(&mut self) {
        let cut = [Cut::Reset, Cut::Fin, Cut::Silence][self.random.random_range(0..3)];
        let (direction, bytes) = if self.random.random_bool(0.6) {
            (Direction::Down, DOWN_BYTES)
        } else {
            (Direction::Up, UP_BYTES)
        };
        let bytes = self.random.random_range(bytes);
        self.proxy.cut_at(direction, Some(Limit { bytes, cut }));
        let gone = self.fly().await;
        self.proxy.cut_at(direction, None);
        assert_eq!(gone, Gone::Lost, "{cut:?} {direction:?} {bytes}");
    }

    async fn fly(&mut self) -> Gone {
        let mut caller = match Caller::dial(self.proxy.address(), self.credential.clone()).await {
            Ok(caller) => caller,
            Err(gone) => return gone,
        };
        loop {
            let stepped = caller.step().await;
            self.keep_token(&caller);
            if let Err(gone) = stepped {
                return gone;
            }
        }
    }

    /// Over a line that isn't cut, until the game goes on.
    async fn come_back(&mut self) -> Caller {
        timeout(PATIENCE, async {
            loop {
                match self.arrive().await {
                    Ok(caller) => return caller,
                    // This machine may be busier than a line may be silent.
                    Err(Gone::Lost) => {}
                    Err(Gone::Closed(code)) => panic!("the place is gone: {code}"),
                }
            }
        })
        .await
        .expect("in time")
    }

    async fn arrive(&mut self) -> Result<Caller, Gone> {
        let mut caller = Caller::dial(self.proxy.address(), self.credential.clone()).await?;
        let is_back =
            |session: &Session| session.view().is_some_and(|view| !view.roster.is_empty());
        let back = caller.until(is_back).await;
        self.keep_token(&caller);
        back.map(|()| caller)
    }

    fn keep_token(&mut self, caller: &Caller) {
        if let Some(welcome) = caller.session.welcome() {
            self.credential = Credential::Resume(welcome.resume_token.clone());
        }
    }
}

#[tokio::test]
async fn a_craft_and_its_score_survive_every_way_of_losing_the_line() {
    let host = Host::quick(10_000, 2).await;
    let _bo = host.player("Bo", Statue).await;
    tokio::join!(
        survive(&host, Line::default(), 1),
        survive(&host, Line::lag(30, 10), 2),
    );
}

async fn survive(host: &Host, line: Line, seed: u64) {
    let name = format!("Ada {seed}");
    let mut ada = Wanderer::new(host, &name, line, seed).await;
    let mut caller = ada.come_back().await;
    let player = caller.session.welcome().expect("welcome").player;
    timeout(PATIENCE, caller.score(2))
        .await
        .expect("scores")
        .expect("an unbroken line");
    for round in 0..6 {
        let before = standing(&caller, player);
        assert_eq!(before.0, name);
        ada.proxy
            .cut_all([Cut::Reset, Cut::Fin, Cut::Silence][round % 3]);
        drop(caller);
        for _ in 0..CUTS_IN_A_ROW {
            ada.fly_until_cut().await;
        }
        caller = ada.come_back().await;
        assert_eq!(standing(&caller, player), before, "round {round}");
    }
}

/// Name and score of a player who must be the caller.
fn standing(caller: &Caller, player: PlayerId) -> (String, i16) {
    assert_eq!(caller.session.welcome().expect("welcome").player, player);
    let view = caller.session.view().expect("a view");
    let own = view.player(player).expect("is in the roster");
    (own.name.to_string(), own_score(view))
}

#[tokio::test]
async fn a_first_connection_that_dies_early_costs_no_place() {
    let host = Host::quick(10_000, 99).await;
    for seed in 10..18 {
        let name = format!("Cy {seed}");
        let mut cy = Wanderer::new(&host, &name, Line::default(), seed).await;
        for _ in 0..3 {
            cy.fly_until_cut().await;
        }
        let caller = cy.come_back().await;
        let player = caller.session.welcome().expect("welcome").player;
        let (known_as, _) = standing(&caller, player);
        assert_eq!(known_as, name);
        let roster = &caller.session.view().expect("a view").roster;
        let places = roster
            .iter()
            .filter(|(_, entry)| entry.name.starts_with(&name));
        assert_eq!(places.count(), 1, "{roster:?}");
    }
}

#[tokio::test]
async fn a_cut_at_any_time_is_survived() {
    let host = Host::quick(10_000, 99).await;
    let mut ada = Wanderer::new(&host, "Ada", Line::lag(20, 20), 5).await;
    let mut caller = ada.come_back().await;
    for _ in 0..20 {
        let cut = [Cut::Reset, Cut::Fin][ada.random.random_range(0..2)];
        let after = Duration::from_millis(ada.random.random_range(0..120));
        ada.proxy.cut_all_after(cut, after);
        let gone = loop {
            if let Err(gone) = caller.step().await {
                break gone;
            }
        };
        assert_eq!(gone, Gone::Lost);
        caller = ada.come_back().await;
        assert_eq!(standing(&caller, PlayerId(0)).0, "Ada");
    }
}
