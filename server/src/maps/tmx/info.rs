//! What a map is for: its own properties.

use fracas_protocol::Mode;
use tiled::PropertyValue;

use super::reading::Reading;
use crate::maps::MapInfo;

impl Reading<'_> {
    fn text(&mut self, name: &str) -> Option<String> {
        match self.tiled.properties.get(name) {
            Some(PropertyValue::StringValue(text)) => Some(text.clone()),
            Some(_) => {
                let line = self.lines.property(name);
                self.fault(line, format!("property {name}"), "must be of type string");
                None
            }
            None => None,
        }
    }

    pub(super) fn info(&mut self, name: &str) -> MapInfo {
        let modes = self.text("modes");
        let modes = self.modes(&modes.unwrap_or_default());
        let players = self.text("players").unwrap_or_default();
        let (players_min, players_max) = range(&players).unwrap_or_else(|| {
            let line = self.lines.property("players");
            let why = format!("{players:?}: write how many it is for, 1 to 10000, for example 2-4");
            self.fault(line, "property players", why);
            (1, 1)
        });
        MapInfo {
            name: name.into(),
            title: self.text("title").unwrap_or_else(|| name.into()),
            modes,
            players_min,
            players_max,
        }
    }

    fn modes(&mut self, text: &str) -> Vec<Mode> {
        let names = text.split(',').map(str::trim);
        let names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
        let line = self.lines.property("modes");
        let known = Mode::names();
        if names.is_empty() {
            let why = format!("name the modes it is for, separated by commas: {known}");
            self.fault(line, "property modes", why);
        }
        let mut modes = Vec::new();
        for name in names {
            match name.parse() {
                Ok(mode) => modes.push(mode),
                Err(_) => {
                    let why = format!("there is no mode {name:?}; known are {known}");
                    self.fault(line, "property modes", why);
                }
            }
        }
        modes
    }
}

/// `2-4`, or `8`.
fn range(text: &str) -> Option<(u16, u16)> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to) = (
        from.trim().parse::<u16>().ok()?,
        to.trim().parse::<u16>().ok()?,
    );
    ((1..=to).contains(&from) && to <= 10_000).then_some((from, to))
}
