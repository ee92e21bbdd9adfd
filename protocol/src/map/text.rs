//! A map drawn in text, one character a tile.

use super::{Map, MapError, MapParts, Spawn, Tile, TilePos, Zone, check_size};
use crate::message::Team;

impl Map {
    /// Reads a map drawn in text: `.` floor, `#` wall, `o` pit, `◤ ◥ ◢ ◣` diagonals, `S` floor with a spawn point, `B`
    /// and `O` floor with one of team blue and orange, a digit floor with a pad. Lines that start with `;` are remarks.
    /// Those that start with `=` say the rest, before or after the tiles:
    ///
    /// ```text
    /// =1 health               what lies on the pads drawn as 1
    /// =flag blue 3 4          team, column, row, counted from 0
    /// =zone 3 4 5 2           left, top, width, height in tiles; in the order in which they become active
    /// ```
    ///
    /// # Errors
    /// [`MapError`] says where the text is wrong and what would be right.
    pub fn parse(text: &str) -> Result<Map, MapError> {
        let lines = || text.lines().enumerate().map(|(at, line)| (at + 1, line));
        let mut parts = MapParts::default();
        let mut items: [Option<&str>; 10] = [None; 10];
        for (line, said) in lines().filter_map(|(at, line)| Some((at, line.strip_prefix('=')?))) {
            say(said, &mut parts, &mut items).ok_or(MapError::Legend(line))?;
        }
        let rows: Vec<_> = lines()
            .filter(|(_, line)| !line.starts_with([';', '=']) && !line.trim().is_empty())
            .collect();
        let width = rows.first().map_or(0, |(_, row)| row.chars().count());
        check_size(width, rows.len())?;
        (parts.width, parts.height) = (width as u16, rows.len() as u16);
        for (y, (line, row)) in rows.into_iter().enumerate() {
            check_length(line, row, width)?;
            for (x, symbol) in row.chars().enumerate() {
                draw(symbol, (x as u16, y as u16), &items, &mut parts).ok_or(MapError::Symbol {
                    line,
                    column: x + 1,
                    symbol,
                })?;
            }
        }
        Map::new(parts)
    }
}

fn check_length(line: usize, row: &str, expected: usize) -> Result<(), MapError> {
    let length = row.chars().count();
    if length == expected {
        return Ok(());
    }
    Err(MapError::Ragged {
        line,
        length,
        expected,
    })
}

/// Takes a line of the legend; none if it says nothing known.
fn say<'a>(said: &'a str, parts: &mut MapParts, items: &mut [Option<&'a str>; 10]) -> Option<()> {
    let words: Vec<_> = said.split_whitespace().collect();
    let number = |word: &str| word.parse::<u16>().ok();
    match words[..] {
        ["flag", team, column, row] => {
            let stand = (team.parse().ok()?, (number(column)?, number(row)?));
            parts.flag_stands.push(stand);
        }
        ["zone", left, top, width, height] => parts.zones.push(Zone {
            left: number(left)?,
            top: number(top)?,
            width: number(width)?,
            height: number(height)?,
        }),
        [digit, item] => *items.get_mut(usize::from(number(digit)?))? = Some(item),
        _ => return None,
    }
    Some(())
}

/// Adds a tile and what stands on it; none if the symbol has no meaning.
fn draw(symbol: char, at: TilePos, items: &[Option<&str>; 10], parts: &mut MapParts) -> Option<()> {
    let mut spawn = |team| parts.spawns.push(Spawn { at, team });
    parts.tiles.push(match symbol {
        '#' => Tile::Wall,
        'o' => Tile::Pit,
        '◤' => Tile::DiagonalTopLeft,
        '◥' => Tile::DiagonalTopRight,
        '◢' => Tile::DiagonalBottomRight,
        '◣' => Tile::DiagonalBottomLeft,
        _ => Tile::Floor,
    });
    match symbol {
        '.' | ' ' | '#' | 'o' | '◤' | '◥' | '◢' | '◣' => {}
        'S' => spawn(None),
        'B' => spawn(Some(Team::Blue)),
        'O' => spawn(Some(Team::Orange)),
        _ => {
            let item = items[symbol.to_digit(10)? as usize]?;
            parts.pads.push((at, item.to_owned()));
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::TILE;
    use crate::map::Pad;
    use crate::{Vec2, decode, encode};

    const SMALL: &str = "; a remark\n#####\n#S.◤#\n#o.S#\n#####\n";
    const FULL: &str = "=1 health\n=flag blue 1 1\n=zone 1 1 2 1\n######\n#B1.S#\n#O.1.#\n######\n";

    #[test]
    fn a_drawn_map_reads_and_round_trips() {
        let map = Map::parse(SMALL).unwrap();
        assert_eq!((map.width(), map.height(), map.spawns().len()), (5, 4, 2));
        assert_eq!(map.tile(3, 1), Tile::DiagonalTopLeft);
        assert_eq!(map.tile(1, 2), Tile::Pit);
        assert_eq!(map.tile(-1, 2), Tile::Wall);
        assert_eq!(decode::<Map>(&encode(&map)).unwrap(), map);
    }

    #[test]
    fn teams_pads_flags_and_zones_read_and_round_trip() {
        let map = Map::parse(FULL).unwrap();
        let middle =
            |column: i32, row: i32| Vec2::new(column * TILE + TILE / 2, row * TILE + TILE / 2);
        let pads: Vec<_> = map.pads().collect();
        let pad = |pos| Pad {
            pos,
            item: "health",
        };
        assert_eq!(pads, [pad(middle(2, 1)), pad(middle(3, 2))]);
        let stands: Vec<_> = map.flag_stands().collect();
        assert_eq!(stands, [(Team::Blue, middle(1, 1))]);
        assert_eq!(
            map.zones()[0].centre(),
            Vec2::new(2 * TILE, TILE + TILE / 2)
        );
        assert!(map.zones()[0].contains(middle(2, 1)) && !map.zones()[0].contains(middle(3, 1)));
        assert_eq!(decode::<Map>(&encode(&map)).unwrap(), map);
    }

    #[test]
    fn a_team_appears_at_its_own_places_and_who_has_none_anywhere() {
        let of = |text: &str, team| Map::parse(text).unwrap().spawns_of(team).count();
        assert_eq!(of(FULL, Some(Team::Blue)), 1);
        assert_eq!(of(FULL, None), 3);
        assert_eq!(of(SMALL, Some(Team::Orange)), 2);
    }

    #[test]
    fn errors_say_where() {
        let error = |text: &str| Map::parse(text).unwrap_err().to_string();
        assert!(error(&SMALL.replace('o', "x")).starts_with("line 4, column 2: 'x' is no tile"));
        assert!(error(&SMALL.replace('o', "2")).starts_with("line 4, column 2: '2' is no tile"));
        assert!(error(&FULL.replace("zone", "zoo")).starts_with("line 3: write"));
        assert!(error(&FULL.replace("zone 1", "zone 5")).contains("zone at column 5, row 1"));
        assert!(error(&FULL.replace("blue 1", "blue 6")).contains("flag stand at column 6"));
        assert_eq!(
            error(&SMALL.replace("#o.S#", "#o.S")),
            "line 4 has 4 tiles, the first has 5"
        );
        assert!(error("##\n##\n").contains("2 x 2"));
        assert!(error(&SMALL.replace('S', ".")).contains("spawn points"));
    }
}
