//! Tests that need more than one crate, in one binary.
//!
//! | module | holds |
//! |---|---|
//! | `architecture` | who may import whom |

mod architecture;
