//! Tests that need more than one crate, in one binary.
//!
//! | module | holds |
//! |---|---|
//! | `architecture` | who may import whom |
//! | `documents` | what the documents name exists |
//! | `golden` | motion is what it was, to the bit |
//! | `golden_session` | so are whole client sessions, one for each thing that can happen |
//! | `whole_match` | an event stream tells a match from beginning to end |
//! | `news` | it tells of flags, pickups and shots sent back, too |
//! | `resume` | a broken stream goes on without gap or repeat |
//! | `views` | what bots rebuild is what the server sees |
//! | `comeback` | whatever ends a connection, its player comes back into the same craft |
//! | `host`, `sse`, `caller` | a server to itself, a reader of streams, a player whose line may be cut |
//!
//! What one crate shows alone is tested there: bad input and close codes in `server/tests`, equal views in virtual time
//! in `server/src/sim/tests`, pages in `tests/browser`.

mod architecture;
mod caller;
mod comeback;
mod documents;
mod golden;
mod golden_session;
mod host;
mod news;
mod resume;
mod sse;
mod views;
mod whole_match;
