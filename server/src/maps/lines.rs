//! Where in a map file something stands: what a map means is read by a library that doesn't tell.

use roxmltree::{Document, Node, ParsingOptions};

/// Most tiles a tileset may name: more than any editor makes of a sheet.
const TILESET_MAX: u32 = 65_536;

/// A map file as elements.
pub(super) struct Lines<'a> {
    file: Document<'a>,
}

impl<'a> Lines<'a> {
    /// # Errors
    /// The text is no XML: the line, counted from 1, and why.
    pub(super) fn of(text: &'a str) -> Result<Lines<'a>, (u32, String)> {
        let options = ParsingOptions {
            nodes_limit: 1_000_000,
            ..ParsingOptions::default()
        };
        match Document::parse_with_options(text, options) {
            Ok(file) => Ok(Lines { file }),
            Err(error) => Err((error.pos().row, error.to_string())),
        }
    }

    /// The line of an object, by its id.
    pub(super) fn object(&self, id: u32) -> Option<u32> {
        let id = id.to_string();
        let node = self.find("object", |node| node.attribute("id") == Some(&id))?;
        Some(self.line(node.range().start))
    }

    /// The line of a property of the map, or of the map.
    pub(super) fn property(&self, name: &str) -> Option<u32> {
        let is_it = |node: Node<'_, '_>| {
            let of_map = node.ancestors().nth(2) == Some(self.file.root_element());
            of_map && node.attribute("name") == Some(name)
        };
        let node = self.find("property", is_it);
        let node = node.unwrap_or_else(|| self.file.root_element());
        Some(self.line(node.range().start))
    }

    /// The lines of the rows of tiles, each `width` wide, of the first layer.
    pub(super) fn rows(&self, width: usize) -> Vec<u32> {
        let data = self.find("data", |_| true);
        let text = data.and_then(|data| data.first_child().filter(Node::is_text));
        let Some(text) = text else {
            return Vec::new();
        };
        let mut line = self.line(text.range().start);
        let mut rows = Vec::new();
        for (index, number) in text.text().unwrap_or_default().split(',').enumerate() {
            let blank = number.len() - number.trim_start().len();
            if index % width.max(1) == 0 {
                rows.push(line + breaks(&number[..blank]));
            }
            line += breaks(number);
        }
        rows
    }

    /// What the library that reads the map would trip over: a layer with another number of tiles than its size says, a
    /// tileset of millions. With the line.
    pub(super) fn oversights(&self) -> Vec<(u32, String)> {
        let is_infinite = self.file.root_element().attribute("infinite") == Some("1");
        let elements = self.file.descendants();
        let said = |node: Node<'_, '_>| {
            let why = match node.tag_name().name() {
                "layer" if !is_infinite => wrong_count(node),
                "tileset" => too_many(node),
                _ => None,
            };
            why.map(|why| (self.line(node.range().start), why))
        };
        elements.filter_map(said).collect()
    }

    fn find(&self, tag: &str, is_it: impl Fn(Node<'_, '_>) -> bool) -> Option<Node<'_, 'a>> {
        let mut elements = self.file.descendants();
        elements.find(|node| node.has_tag_name(tag) && is_it(*node))
    }

    fn line(&self, at: usize) -> u32 {
        self.file.text_pos_at(at).row
    }
}

fn breaks(text: &str) -> u32 {
    text.matches('\n').count() as u32
}

fn number(node: Node<'_, '_>, attribute: &str) -> Option<u32> {
    node.attribute(attribute)?.parse().ok()
}

fn wrong_count(layer: Node<'_, '_>) -> Option<String> {
    let expected = u64::from(number(layer, "width")?) * u64::from(number(layer, "height")?);
    let data = layer.children().find(|node| node.has_tag_name("data"));
    let Some(data) = data else {
        return Some("has no data: no tiles".into());
    };
    if data.attribute("encoding") != Some("csv") {
        return Some("save it with the tile layer format CSV (map properties)".into());
    }
    let given = data.text().unwrap_or_default().split(',').count() as u64;
    (given != expected).then(|| format!("has {given} tiles, its size says {expected}"))
}

fn too_many(tileset: Node<'_, '_>) -> Option<String> {
    let tiles = number(tileset, "tilecount")?;
    (tiles > TILESET_MAX).then(|| format!("has {tiles} tiles, of which seven count"))
}
