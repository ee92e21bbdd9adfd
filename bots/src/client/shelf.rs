//! The map and the numbers that the bots of a process play by, held once.

use std::sync::{Arc, Mutex, PoisonError};

use fracas_protocol::Session;
use fracas_protocol::session::Grounds;

/// Holds the map and the numbers of the newest match. Hundreds of bots step shots by them: one copy stays in the processor's
/// cache.
#[derive(Clone, Debug, Default)]
pub struct Shelf(Arc<Mutex<Option<Grounds>>>);

impl Shelf {
    /// Lets `session` use what is here if it is the same as its own; otherwise its own is here from now on.
    pub fn share(&self, session: &mut Session) {
        let mut here = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if here
            .as_ref()
            .is_some_and(|grounds| session.share_grounds(grounds))
        {
            return;
        }
        *here = session.grounds();
    }
}
