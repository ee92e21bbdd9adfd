//! Free for all: most kills; killing oneself takes one away. On a tie the next kill that breaks it decides.

use super::Play;

pub(super) const PLAY: Play = Play::FREE_FOR_ALL;
