//! Tells sockets that something lies in their links, from their own thread.
//!
//! Waking a task of a runtime from another thread is a system call. A tick writes to hundreds of links; so it hands all of
//! them to one task there, with one such call, and that one wakes the others for next to nothing.

use std::{
    future::poll_fn,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use futures_util::task::AtomicWaker;

use super::Link;

/// The match thread's end: gathers links over a tick, then lets them be told.
#[derive(Debug)]
pub struct Courier {
    gathered: Vec<Arc<Link>>,
    round: Arc<Round>,
}

/// What the task has to carry.
#[derive(Debug, Default)]
struct Round {
    /// At most one entry for each link and tick; emptied all at once.
    links: Mutex<Vec<Arc<Link>>>,
    waker: AtomicWaker,
    is_over: AtomicBool,
}

impl Courier {
    /// Starts the task; it ends when the courier is dropped. Must be called within the runtime of the sockets.
    pub fn start() -> Self {
        let round = Arc::<Round>::default();
        tokio::spawn(carry(round.clone()));
        Self {
            gathered: Vec::new(),
            round,
        }
    }

    /// There is something new in this link.
    pub fn note(&mut self, link: &Arc<Link>) {
        self.gathered.push(link.clone());
    }

    /// Lets all links that were noted be told.
    pub fn send(&mut self) {
        if self.gathered.is_empty() {
            return;
        }
        self.round.lock().append(&mut self.gathered);
        self.round.waker.wake();
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.send();
        self.round.is_over.store(true, Ordering::Release);
        self.round.waker.wake();
    }
}

impl Round {
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Link>>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells every link that lies in the round, until there will be no more.
async fn carry(round: Arc<Round>) {
    let mut links = Vec::new();
    poll_fn(|context| {
        round.waker.register(context.waker());
        // In this order: what was sent before the end is carried before it.
        let is_over = round.is_over.load(Ordering::Acquire);
        std::mem::swap(&mut links, &mut *round.lock());
        links.drain(..).for_each(|link: Arc<Link>| link.wake());
        if is_over {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::Outgoing;

    #[tokio::test]
    async fn what_is_noted_arrives_when_it_is_sent_and_what_is_left_at_the_end() {
        let mut courier = Courier::start();
        let links: Vec<_> = (0..3).map(|_| Arc::<Link>::default()).collect();
        let readers: Vec<_> = links
            .iter()
            .cloned()
            .map(|link| tokio::spawn(poll_fn(move |context| link.poll_outgoing(context))))
            .collect();
        // Everybody waits before anything is there.
        tokio::task::yield_now().await;
        let from_elsewhere = std::thread::spawn(move || {
            links[0].push_snapshot(vec![0]);
            courier.note(&links[0]);
            courier.send();
            links[1].push_snapshot(vec![1]);
            courier.note(&links[1]);
            drop(courier);
            // A control message needs no courier.
            links[2].push_control(vec![2]);
        });
        for (number, reader) in readers.into_iter().enumerate() {
            let Outgoing::Frame(frame) = reader.await.unwrap() else {
                panic!("a frame was pushed");
            };
            assert_eq!(frame.bytes[..], [number as u8]);
        }
        from_elsewhere.join().unwrap();
    }
}
