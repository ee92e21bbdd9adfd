//! From what the library read to the parts of a map.

use fracas_protocol::map::{MapParts, SIDE_MAX, Spawn, Tile, TilePos, Zone};
use fracas_protocol::{Map, Team};
use tiled::{FiniteTileLayer, LayerType, ObjectShape, Orientation, TileLayer};

use super::values::{flipped, label, whole};
use super::{Drawn, Object, Problem, problem};
use crate::maps::MapInfo;
use crate::maps::check::Subject;
use crate::maps::lines::Lines;

/// What an object of a map can be: its class in the editor.
const CLASSES: &str = "spawn, pad, flag or zone";

/// A map file on its way to a map: what was read of it so far, and everything that was wrong.
pub(super) struct Reading<'a> {
    pub(super) lines: &'a Lines<'a>,
    pub(super) tiled: &'a tiled::Map,
    parts: MapParts,
    /// With the number that puts them in order.
    zones: Vec<(u8, Zone)>,
    objects: Vec<Object>,
    /// Of each row of tiles, its line.
    rows: Vec<u32>,
    faults: Vec<Problem>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(lines: &'a Lines<'a>, tiled: &'a tiled::Map) -> Reading<'a> {
        Reading {
            lines,
            tiled,
            parts: MapParts::default(),
            zones: Vec::new(),
            objects: Vec::new(),
            rows: lines.rows(tiled.width as usize),
            faults: Vec::new(),
        }
    }

    /// Reads it all.
    ///
    /// # Errors
    /// Everything that keeps it from being a map.
    pub(super) fn read(mut self, name: &str) -> Result<Drawn, Vec<Problem>> {
        self.ground();
        self.objects();
        let info = self.info(name);
        self.finish(info)
    }

    pub(super) fn fault(
        &mut self,
        line: Option<u32>,
        subject: impl Into<String>,
        why: impl Into<String>,
    ) {
        self.faults.push(problem(line, subject, why));
    }

    fn fault_of_map(&mut self, why: impl Into<String>) {
        let line = self.lines.property("");
        self.fault(line, "map", why);
    }

    /// The tiles.
    fn ground(&mut self) {
        if self.tiled.orientation != Orientation::Orthogonal {
            self.fault_of_map("must be orthogonal");
        }
        let (width, height) = (self.tiled.width, self.tiled.height);
        let side = 4..=u32::from(SIDE_MAX);
        if !side.contains(&width) || !side.contains(&height) {
            let why =
                format!("must be 4 to {SIDE_MAX} tiles wide and high, not {width} x {height}");
            return self.fault_of_map(why);
        }
        (self.parts.width, self.parts.height) = (width as u16, height as u16);
        if self.tiled.infinite() {
            return self.fault_of_map("must not be infinite (map properties)");
        }
        let layers = self
            .tiled
            .layers()
            .filter_map(|layer| match layer.layer_type() {
                LayerType::Tiles(TileLayer::Finite(layer)) => Some(layer),
                _ => None,
            });
        let layers: Vec<_> = layers.collect();
        match layers[..] {
            [layer] if (layer.width(), layer.height()) == (width, height) => self.tiles(layer),
            [_] => self.fault_of_map("its tile layer must have its size"),
            _ => {
                let why = format!("must have one tile layer, not {}", layers.len());
                self.fault_of_map(why);
            }
        }
    }

    fn tiles(&mut self, layer: FiniteTileLayer<'_>) {
        for (y, x) in (0..layer.height()).flat_map(|y| (0..layer.width()).map(move |x| (y, x))) {
            let tile = layer.get_tile_data(x as i32, y as i32);
            let read = tile.and_then(|tile| {
                let flips = (tile.flip_h, tile.flip_v, tile.flip_d);
                let known = Tile::ALL.get(tile.id() as usize)?;
                (tile.tileset_index() == 0).then(|| flipped(*known, flips))
            });
            if read.is_none() {
                let why = match tile {
                    None => "is empty; draw floor, wall or pit".to_owned(),
                    Some(tile) => format!(
                        "has id {}; known are 0 to 6 of the first tileset",
                        tile.id()
                    ),
                };
                let line = self.rows.get(y as usize).copied();
                self.fault(line, format!("tile at column {x}, row {y}"), why);
            }
            self.parts.tiles.push(read.unwrap_or(Tile::Wall));
        }
    }

    fn objects(&mut self) {
        if self.parts.width == 0 {
            // Nothing can be said of where they stand.
            return;
        }
        if self.tiled.tile_width == 0 || self.tiled.tile_height == 0 {
            return self.fault_of_map("its tiles must be a pixel wide and high at least");
        }
        for layer in self.tiled.layers() {
            match layer.layer_type() {
                LayerType::Objects(objects) => {
                    objects.objects().for_each(|object| self.object(&object));
                }
                LayerType::Group(_) => {
                    let why = format!("its layer {:?} is a group; take its layers out", layer.name);
                    self.fault_of_map(why);
                }
                _ => {}
            }
        }
    }

    fn object(&mut self, object: &tiled::ObjectData) {
        let label = label(object);
        let line = self.lines.object(object.id());
        match self.place(object) {
            Ok((subject, at)) => self.objects.push(Object {
                subject,
                at,
                label,
                line,
            }),
            Err(why) => self.fault(line, label, why),
        }
    }

    fn place(&mut self, object: &tiled::ObjectData) -> Result<(Subject, TilePos), String> {
        let name = object.name.trim();
        match object.user_type.as_str() {
            "spawn" => {
                let at = self.tile_of(object)?;
                let team = match name {
                    "" => None,
                    team => Some(
                        team.parse::<Team>()
                            .map_err(|why| format!("its name is its team: {why}"))?,
                    ),
                };
                self.parts.spawns.push(Spawn { at, team });
                Ok((Subject::Spawn, at))
            }
            "pad" => {
                let at = self.tile_of(object)?;
                if name.is_empty() {
                    return Err("its name is its item, for example health".into());
                }
                self.parts.pads.push((at, name.into()));
                Ok((Subject::Pad, at))
            }
            "flag" => {
                let at = self.tile_of(object)?;
                let team = name
                    .parse::<Team>()
                    .map_err(|why| format!("its name is its team: {why}"))?;
                if self.parts.flag_stands.iter().any(|stand| stand.0 == team) {
                    return Err(format!("team {team} has a flag stand already"));
                }
                self.parts.flag_stands.push((team, at));
                Ok((Subject::FlagStand, at))
            }
            "zone" => self.zone(object, name),
            other => Err(format!("its class is {other:?}; it must be {CLASSES}")),
        }
    }

    fn zone(
        &mut self,
        object: &tiled::ObjectData,
        name: &str,
    ) -> Result<(Subject, TilePos), String> {
        let number = name
            .parse::<u8>()
            .ok()
            .filter(|number| (1..=8).contains(number));
        let number = number
            .ok_or("its name is its number, 1 to 8, in the order in which zones become active")?;
        if self.zones.iter().any(|zone| zone.0 == number) {
            return Err(format!("there is a zone {number} already"));
        }
        let ObjectShape::Rect { width, height } = object.shape else {
            return Err("must be a rectangle".into());
        };
        let (left, top) = (object.x, object.y);
        let (tile_width, tile_height) = self.tile_size();
        let across = |pixels: f32| whole(pixels / tile_width);
        let down = |pixels: f32| whole(pixels / tile_height);
        let edges = (
            across(left),
            down(top),
            across(left + width),
            down(top + height),
        );
        let (Some(left), Some(top), Some(right), Some(bottom)) = edges else {
            return Err(
                "its edges must lie between tiles; turn on View, Snapping, Snap to Grid".into(),
            );
        };
        if object.rotation != 0.0 || right <= left || bottom <= top {
            return Err("must be a rectangle of a tile at least, not turned".into());
        }
        if right > self.parts.width || bottom > self.parts.height {
            return Err("lies outside of the map".into());
        }
        let (width, height) = (right - left, bottom - top);
        self.zones.push((
            number,
            Zone {
                left,
                top,
                width,
                height,
            },
        ));
        Ok((Subject::Zone, (left, top)))
    }

    fn tile_size(&self) -> (f32, f32) {
        (self.tiled.tile_width as f32, self.tiled.tile_height as f32)
    }

    /// The tile a point, or the middle of a rectangle, lies in.
    fn tile_of(&self, object: &tiled::ObjectData) -> Result<TilePos, String> {
        let (x, y) = match object.shape {
            ObjectShape::Point(..) => (object.x, object.y),
            ObjectShape::Rect { width, height } | ObjectShape::Ellipse { width, height } => {
                // A tile as an object hangs above its place.
                let up = if object.tile_data().is_some() {
                    -1.0
                } else {
                    1.0
                };
                (object.x + width / 2.0, object.y + up * height / 2.0)
            }
            _ => return Err("must be a point".into()),
        };
        let (tile_width, tile_height) = self.tile_size();
        let (x, y) = ((x / tile_width).floor(), (y / tile_height).floor());
        let (width, height) = (f32::from(self.parts.width), f32::from(self.parts.height));
        if !(0.0..width).contains(&x) || !(0.0..height).contains(&y) {
            return Err("lies outside of the map".into());
        }
        Ok((x as u16, y as u16))
    }

    fn finish(mut self, info: MapInfo) -> Result<Drawn, Vec<Problem>> {
        self.zones.sort_by_key(|zone| zone.0);
        self.parts.zones = self.zones.iter().map(|zone| zone.1).collect();
        // In reading order, so that moving an object about in the editor's list changes nothing.
        self.parts
            .spawns
            .sort_by_key(|spawn| (spawn.at.1, spawn.at.0));
        self.parts.pads.sort_by_key(|(at, _)| (at.1, at.0));
        let spawns = self.parts.spawns.len();
        if spawns < 2 && self.faults.is_empty() {
            self.fault_of_map(format!("needs 2 spawn points at least, not {spawns}"));
        }
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let map = Map::new(self.parts);
        let map = map.map_err(|why| vec![problem(None, "map", why.to_string())])?;
        Ok(Drawn {
            map,
            info,
            objects: self.objects,
            rows: self.rows,
        })
    }
}
