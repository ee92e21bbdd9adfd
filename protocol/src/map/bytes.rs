//! A map as bytes: width, height, runs of equal tiles in reading order (tile, length), spawn points, names of items,
//! pads, flag stands (one optional tile for each team), zones.

use bincode::de::Decoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};

use super::{Map, Spawn, Tile, TilePos, Zone, check_size};
use crate::message::Team;
use crate::wire::refuse;

impl Encode for Map {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.width.encode(encoder)?;
        self.height.encode(encoder)?;
        for run in self.tiles.chunk_by(|a, b| a == b) {
            (run[0] as u8).encode(encoder)?;
            (run.len() as u32).encode(encoder)?;
        }
        self.spawns.encode(encoder)?;
        self.items.encode(encoder)?;
        self.pads.encode(encoder)?;
        self.flag_stands.encode(encoder)?;
        self.zones.encode(encoder)
    }
}

impl<C> Decode<C> for Map {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let (width, height) = (u16::decode(decoder)?, u16::decode(decoder)?);
        check_size(width.into(), height.into()).map_err(|why| refuse(why.to_string()))?;
        let map = Map {
            width,
            height,
            tiles: decode_tiles(decoder, usize::from(width) * usize::from(height))?,
            room: Vec::new(),
            spawns: Vec::<Spawn>::decode(decoder)?,
            items: Vec::<String>::decode(decoder)?,
            pads: Vec::<(TilePos, u8)>::decode(decoder)?,
            flag_stands: <[Option<TilePos>; Team::ALL.len()]>::decode(decoder)?,
            zones: Vec::<Zone>::decode(decoder)?,
        };
        if let Some((_, item)) = map
            .pads
            .iter()
            .find(|pad| usize::from(pad.1) >= map.items.len())
        {
            return Err(refuse(format!(
                "a pad with item {item} of {}",
                map.items.len()
            )));
        }
        map.checked().map_err(|why| refuse(why.to_string()))
    }
}

fn decode_tiles<D: Decoder>(decoder: &mut D, count: usize) -> Result<Vec<Tile>, DecodeError> {
    let mut tiles = Vec::with_capacity(count);
    while tiles.len() < count {
        let symbol = u8::decode(decoder)?;
        let tile = *Tile::ALL
            .get(usize::from(symbol))
            .ok_or_else(|| refuse(format!("tile {symbol}")))?;
        let run = u32::decode(decoder)? as usize;
        if run == 0 || run > count - tiles.len() {
            return Err(refuse("a run of tiles that doesn't fit the map"));
        }
        tiles.resize(tiles.len() + run, tile);
    }
    Ok(tiles)
}

bincode::impl_borrow_decode!(Map);
