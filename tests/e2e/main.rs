//! Tests that need more than one crate, in one binary.
//!
//! | module | holds |
//! |---|---|
//! | `architecture` | who may import whom |
//! | `golden` | motion is what it was, to the bit |
//! | `golden_session` | so is a client session |

mod architecture;
mod golden;
mod golden_session;
