//! What the rooms are like that players make, where they wish for nothing else.

use fracas_protocol::{Mode, Rules};

use super::{Config, ConfigError};
use crate::rulebook;

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

    /// Whether every mode that the host changes is one, and rooms of it can be played in, also those that players make.
    pub(super) fn check_modes(&self) -> Result<(), ConfigError> {
        let wrong = |key, why: String| ConfigError::OutOfRange { key, why };
        for (name, changes) in &self.modes {
            let mode: Mode = name.parse().map_err(|why| wrong("modes", why))?;
            if !changes.is_table() {
                let why = format!("{mode} must be tables of rules");
                return Err(wrong("modes", why));
            }
            rulebook::changed(mode, self.rules_of(mode))
                .map_err(|error| error.to_string())
                .and_then(|rules| self.check_made(mode, &rules))
                .map_err(|why| wrong("modes", format!("{mode}: {why}")))?;
        }
        if self.rules.is_empty() {
            return Ok(());
        }
        let mode: Mode = self.mode.parse().map_err(|why| wrong("mode", why))?;
        self.check_made(mode, &self.effective_rules()?)
            .map_err(|why| wrong("rules", why))
    }

    /// Whether a room that a player makes can be played in by the rules of its mode, if players may make any.
    fn check_made(&self, mode: Mode, rules: &Rules) -> Result<(), String> {
        if self.max_rooms == 0 {
            return Ok(());
        }
        let places = self.made_places_of(mode);
        let checked = rulebook::check_pauses(rules)
            .and_then(|()| rulebook::check_fit(rules, places, self.tick_hz));
        checked.map_err(|error| {
            format!("in rooms that players make (max_rooms, max_room_players): {error}")
        })
    }
}
