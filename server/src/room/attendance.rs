//! Who comes and goes, seen from the room's thread: requests, tickets, lost connections.

use std::{sync::Arc, time::Instant};

use fracas_protocol::{
    Credential, PlayerId, ServerMessage, Wants, Welcome,
    chat::{Line, Say},
    encode,
};

use super::{
    Close, Link, NoPlace, Pilot, Presence, RESUME_WINDOW, Request, Reservation, Seat,
    chat::Hearsay, secret, signal, thread::Room,
};
use crate::sim::Command;

/// Requests are answered for as much of a tick's period as this is part of it.
const REQUESTS_SHARE: u32 = 4;

impl Room {
    pub(super) fn take_requests(&mut self, now: Instant) {
        // A crowd at the door must not hold up those who play: the rest waits for the next tick.
        let enough = now + self.pacer.period() / REQUESTS_SHARE;
        while let Ok(request) = self.requests.try_recv() {
            self.handle(request, now);
            if Instant::now() >= enough {
                break;
            }
        }
    }

    pub(super) fn handle(&mut self, request: Request, now: Instant) {
        match request {
            Request::Reserve { reply, .. } if reply.is_closed() => {}
            Request::Attach { reply, .. } if reply.is_closed() => {}
            Request::Reserve { name, pilot, reply } => {
                // Who asked may be gone by now; the place is then free again when the ticket expires.
                let _ = reply.send(self.reserve(&name, pilot, now));
            }
            Request::Attach {
                credential,
                wants,
                link,
                reply,
            } => {
                // What the player said before this hello counts before it: their first inputs use up an old token.
                if let Some(player) = self.seats.holder(&credential) {
                    self.read_link(player, now);
                }
                let answer = self.attach(&credential, wants, link.clone());
                if reply.send(answer).is_err() {
                    // The socket gave up waiting: nobody will ever read this link.
                    link.hang_up(Close::Lost);
                }
            }
            Request::LetCompanyGo { keep } => self.let_company_go(usize::from(keep)),
            Request::Wake => self.wanted_at = Some(now),
            #[cfg(test)]
            Request::Crash => self.crashes = true,
            #[cfg(test)]
            Request::Overload => self.pressure = super::Pressure::at_last_step(self.config.tick_hz),
            #[cfg(test)]
            Request::Freeze(time) => self.pacer.restart(now - time),
        }
    }

    fn reserve(&mut self, name: &str, pilot: Pilot, now: Instant) -> Result<Reservation, NoPlace> {
        if self.pressure.is_closed() {
            return Err(NoPlace::Overloaded);
        }
        let is_company = pilot == Pilot::Company;
        if is_company && !self.is_wanted(now) {
            return Err(NoPlace::Asleep);
        }
        if pilot == Pilot::Person
            && self.seats.taken() >= usize::from(self.config.capacity)
            && let Some(bot) = self.seats.bot_to_replace(&|player| self.game.team(player))
        {
            self.free_seat(bot, Some(Close::MadeRoom));
        }
        let ticket = secret(&self.config.name);
        let bot = pilot != Pilot::Person;
        let player = self.seats.reserve(name, bot, ticket.clone(), now)?;
        let seat = self.seats.get_mut(player).ok_or(NoPlace::Full)?;
        seat.is_company = is_company;
        Ok(Reservation {
            match_id: self.match_id.clone(),
            ticket,
            name: seat.name.clone(),
        })
    }

    /// Gives a connection its place, with a welcome, and takes it from an older one.
    fn attach(
        &mut self,
        credential: &Credential,
        wants: Wants,
        link: Arc<Link>,
    ) -> Result<PlayerId, Close> {
        let resume_token = secret(&self.config.name);
        let player = self
            .seats
            .redeem(credential, resume_token.clone())
            .ok_or(Close::BadTicket)?;
        let seat = self.seats.get_mut(player).ok_or(Close::BadTicket)?;
        // Whoever has a craft comes back to it, whatever there is to do; who is new doesn't come in.
        if self.pressure.is_closed() && matches!(seat.presence, Presence::Reserved { .. }) {
            self.free_seat(player, None);
            return Err(Close::Overloaded);
        }
        let start = self.game.start_message();
        let welcome = Welcome {
            player,
            resume_token,
            tick_hz: self.config.tick_hz,
            inputs_per_message: self.config.inputs_per_message(),
            snapshot_hz: self.config.snapshot_hz,
            start,
        };
        link.push_control(encode(&ServerMessage::Welcome(Box::new(welcome))));
        if let Some(ballot) = self.ballot_message() {
            link.push_ballot(ballot);
        }
        let seat = self.seats.get_mut(player).ok_or(Close::BadTicket)?;
        (seat.sent, seat.wants) = (0, wants);
        match std::mem::replace(&mut seat.presence, Presence::Connected(link)) {
            Presence::Reserved { .. } => {
                let (name, bot) = (seat.name.clone(), seat.bot);
                self.commands.push(Command::Join { player, name, bot });
            }
            Presence::Connected(older) => {
                older.close(Close::TakenOver);
                self.commands.push(Command::Detach { player });
            }
            Presence::Away { .. } => {}
        }
        self.commands.push(Command::Attach { player, wants });
        Ok(player)
    }

    pub(super) fn expire_seats(&mut self, now: Instant) {
        for player in self.seats.expired(now) {
            self.free_seat(player, None);
        }
    }

    /// Takes what sockets have left in their links since the last tick.
    pub(super) fn read_links(&mut self, now: Instant) {
        let mut gone = Vec::new();
        for (player, seat) in self.seats.iter_mut() {
            let news = take_news(player, seat, &mut self.commands, &mut self.hearsay, now);
            if let (Some(choice), Some(ballot)) = (news.vote, &mut self.ballot) {
                self.ballot_stale |= ballot.vote(player, choice, seat.bot);
            }
            if let Some(why) = news.gone {
                gone.push((player, why));
            }
        }
        for (player, why) in gone {
            self.connection_lost(player, &why, now);
        }
    }

    /// The same for one of them.
    fn read_link(&mut self, player: PlayerId, now: Instant) {
        let seat = self.seats.get_mut(player);
        let (commands, hearsay) = (&mut self.commands, &mut self.hearsay);
        let news = seat.map(|seat| take_news(player, seat, commands, hearsay, now));
        if let Some(why) = news.and_then(|news| news.gone) {
            self.connection_lost(player, &why, now);
        }
    }

    fn connection_lost(&mut self, player: PlayerId, why: &Close, now: Instant) {
        if !why.keeps_craft() {
            self.free_seat(player, None);
            return;
        }
        if let Some(seat) = self.seats.get_mut(player) {
            seat.presence = Presence::Away {
                until: now + RESUME_WINDOW,
            };
            self.commands.push(Command::Detach { player });
        }
    }

    /// Sends bots away until so many are left, where that leaves no side more than one ahead. Who asks does so again: whoever
    /// comes in this tick has no side yet.
    fn let_company_go(&mut self, keep: usize) {
        if self.is_anybody_moving() {
            return;
        }
        while self.seats.company().count() > keep
            && let Some(bot) = self.seats.bot_to_dismiss(&|player| self.game.team(player))
        {
            self.free_seat(bot, Some(Close::Dismissed));
        }
    }

    /// Somebody comes in this tick or goes: the match doesn't know yet.
    pub(super) fn is_anybody_moving(&self) -> bool {
        let is_moving =
            |command: &Command| matches!(command, Command::Join { .. } | Command::Leave { .. });
        self.commands.iter().any(is_moving)
    }

    /// Sends the server's own bots away.
    pub(super) fn dismiss_company(&mut self) {
        for player in self.seats.company().collect::<Vec<_>>() {
            self.free_seat(player, Some(Close::Dismissed));
        }
    }

    fn free_seat(&mut self, player: PlayerId, close: Option<Close>) {
        let Some(seat) = self.seats.remove(player) else {
            return;
        };
        if let Some(ballot) = &mut self.ballot {
            self.ballot_stale |= ballot.forget(player);
        }
        if !matches!(seat.presence, Presence::Reserved { .. }) {
            self.commands.push(Command::Leave { player });
        }
        if let (Presence::Connected(link), Some(why)) = (seat.presence, close) {
            link.close(why);
        }
    }
}

/// What a player's socket has left in its link and the simulation needn't know.
#[derive(Default)]
struct News {
    /// Why the socket is gone, if it is.
    gone: Option<Close>,
    vote: Option<u8>,
}

/// Takes what a player's socket has left in its link.
fn take_news(
    player: PlayerId,
    seat: &mut Seat,
    commands: &mut Vec<Command>,
    hearsay: &mut Hearsay,
    now: Instant,
) -> News {
    let Presence::Connected(link) = &seat.presence else {
        return News::default();
    };
    let signals = link.take_signals();
    if signals & signal::INPUTS != 0 {
        link.take_inputs(|batch| commands.push(Command::Inputs { player, batch }));
    }
    if signals & signal::SAYS != 0 {
        link.take_says(|Say { channel, body }| {
            let name = seat.name.clone();
            let line = Line {
                from: player,
                name,
                channel,
                body,
            };
            hearsay.hear(line, &mut seat.speech, now);
        });
    }
    if signals & signal::DELIVERED != 0 && link.delivered() == seat.sent {
        commands.push(Command::Delivered { player });
    }
    if signals & signal::PING != 0 {
        commands.push(Command::Ping {
            player,
            ping_ms: link.ping_ms(),
        });
    }
    let gone = (signals & signal::HUNG_UP != 0).then(|| link.hung_up());
    let vote = (signals & signal::VOTE != 0).then(|| link.vote());
    if signals & (signal::INPUTS | signal::WELCOMED) != 0 {
        // Whoever sends inputs has the welcome too, and with it the token.
        seat.prove_token();
    }
    News {
        gone: gone.flatten(),
        vote,
    }
}
