//! What the rooms are like that players make, where they wish for nothing else.

use fracas_protocol::Mode;

use super::Config;

impl Config {
    /// Places of a room of a mode: the host's of the configured one, else the mode's own.
    pub fn places_of(&self, mode: Mode) -> u16 {
        if self.mode == mode.as_str() {
            self.max_players
        } else {
            Self::of_mode(mode).max_players
        }
    }

    /// The same of a room that is made over the API.
    pub fn made_places_of(&self, mode: Mode) -> u16 {
        self.places_of(mode).min(self.max_room_players)
    }

    /// Bots that a made room of so many places may have.
    pub fn made_bots_max(&self, places: u16) -> u16 {
        places.min(self.max_rooms_bots)
    }

    /// Bots that it has if whoever makes it names no number.
    pub fn made_bots_usual(&self, places: u16) -> u16 {
        self.bots.min(self.made_bots_max(places))
    }
}
