//! The map that the bots of a thread play on, held once.

use std::sync::{Arc, Mutex, PoisonError};

use fracas_protocol::{Map, Session};

/// Holds the map of the newest match. Hundreds of bots step shots through it: one copy stays in the processor's cache.
#[derive(Clone, Debug, Default)]
pub(crate) struct MapShelf(Arc<Mutex<Option<Arc<Map>>>>);

impl MapShelf {
    /// Lets `session` use the map that is here if it is the same as its own; otherwise its own is here from now on.
    pub(crate) fn share(&self, session: &mut Session) {
        let mut here = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if here.as_ref().is_some_and(|map| session.share_map(map)) {
            return;
        }
        *here = session.arena().map(|arena| Arc::clone(&arena.map));
    }
}
