//! Numbers of any width, packed without gaps. A byte fills from its lowest bit; a number's lowest bit comes first.

use bincode::error::DecodeError;

use crate::wire::refuse;

/// Appends bits to bytes.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits waiting to become bytes.
    waiting: u64,
    waiting_len: u32,
}

impl BitWriter {
    /// Empties it and keeps its memory.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        (self.waiting, self.waiting_len) = (0, 0);
    }

    /// Bits written so far.
    pub(super) fn len(&self) -> u32 {
        self.bytes.len() as u32 * 8 + self.waiting_len
    }

    /// The lowest `width` bits of `value`; at most 32.
    pub(super) fn bits(&mut self, value: u32, width: u32) {
        debug_assert!(width <= 32 && (width == 32 || value >> width == 0));
        self.waiting |= u64::from(value) << self.waiting_len;
        self.waiting_len += width;
        if self.waiting_len >= 32 {
            self.bytes
                .extend_from_slice(&(self.waiting as u32).to_le_bytes());
            self.waiting >>= 32;
            self.waiting_len -= 32;
        }
    }

    pub(super) fn flag(&mut self, value: bool) {
        self.bits(u32::from(value), 1);
    }

    /// Groups of `group` bits, lowest first, each followed by whether another one comes.
    pub(super) fn grouped(&mut self, mut value: u32, group: u32) {
        loop {
            self.bits(value & ((1 << group) - 1), group);
            value >>= group;
            self.flag(value != 0);
            if value == 0 {
                return;
            }
        }
    }

    /// [`Self::grouped`], with small numbers small on both sides of zero.
    pub(super) fn signed(&mut self, value: i32, group: u32) {
        self.grouped(((value << 1) ^ (value >> 31)) as u32, group);
    }

    /// The bytes; the last one is filled up with zeros.
    pub(super) fn finish(&mut self) -> &[u8] {
        let whole = self.waiting_len.div_ceil(8) as usize;
        self.bytes
            .extend_from_slice(&self.waiting.to_le_bytes()[..whole]);
        (self.waiting, self.waiting_len) = (0, 0);
        &self.bytes
    }
}

/// Reads what a [`BitWriter`] wrote.
#[derive(Debug)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    at: u32,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        BitReader { bytes, at: 0 }
    }

    /// Bits read so far.
    pub(super) fn len(&self) -> u32 {
        self.at
    }

    pub(super) fn bits(&mut self, width: u32) -> Result<u32, DecodeError> {
        if self.at as usize + width as usize > self.bytes.len() * 8 {
            return Err(refuse("the state ends in the middle"));
        }
        let (from, within) = ((self.at / 8) as usize, self.at % 8);
        let word = match self.bytes[from..].first_chunk() {
            Some(word) => u64::from_le_bytes(*word),
            None => self.last_word(from),
        };
        self.at += width;
        Ok((word >> within & ((1 << width) - 1)) as u32)
    }

    /// The bytes from here to the end, of which there are fewer than eight.
    fn last_word(&self, from: usize) -> u64 {
        let mut word = [0; 8];
        let rest = &self.bytes[from..];
        word[..rest.len()].copy_from_slice(rest);
        u64::from_le_bytes(word)
    }

    pub(super) fn flag(&mut self) -> Result<bool, DecodeError> {
        Ok(self.bits(1)? == 1)
    }

    pub(super) fn grouped(&mut self, group: u32) -> Result<u32, DecodeError> {
        let (mut value, mut shift) = (0u64, 0);
        loop {
            value |= u64::from(self.bits(group)?) << shift;
            shift += group;
            if value > u64::from(u32::MAX) || shift > 40 {
                return Err(refuse("a number of more than 32 bits"));
            }
            if !self.flag()? {
                return Ok(value as u32);
            }
        }
    }

    pub(super) fn signed(&mut self, group: u32) -> Result<i32, DecodeError> {
        let folded = self.grouped(group)?;
        Ok((folded >> 1) as i32 ^ -((folded & 1) as i32))
    }

    /// Checks that nothing but the filling of the last byte is left.
    pub(super) fn finish(self) -> Result<(), DecodeError> {
        let left = self.bytes.len() as u32 * 8 - self.at;
        if left >= 8 || (left > 0 && self.bytes[self.bytes.len() - 1] >> (8 - left) != 0) {
            return Err(refuse("the state is followed by more"));
        }
        Ok(())
    }
}

/// Bits that hold every number up to `max`.
pub(super) const fn width_of(max: u32) -> u32 {
    32 - max.leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let mut writer = BitWriter::default();
        writer.bits(5, 3);
        writer.flag(true);
        writer.grouped(300, 4);
        writer.signed(-125, 6);
        writer.signed(i32::MIN, 7);
        writer.bits(u32::MAX, 32);
        let written = writer.len();
        let bytes = writer.finish().to_vec();
        let mut reader = BitReader::new(&bytes);
        assert_eq!(reader.bits(3).unwrap(), 5);
        assert!(reader.flag().unwrap());
        assert_eq!(reader.grouped(4).unwrap(), 300);
        assert_eq!(reader.signed(6).unwrap(), -125);
        assert_eq!(reader.signed(7).unwrap(), i32::MIN);
        assert_eq!(reader.bits(32).unwrap(), u32::MAX);
        assert_eq!(reader.len(), written);
        reader.finish().unwrap();
    }

    #[test]
    fn too_little_too_much_and_too_large_are_refused() {
        assert!(BitReader::new(&[1]).bits(9).is_err());
        assert!(BitReader::new(&[0, 0]).finish().is_err());
        assert!(BitReader::new(&[0b10]).finish().is_err());
        assert!(BitReader::new(&[0xff; 8]).grouped(4).is_err());
    }

    #[test]
    fn widths_hold_their_numbers() {
        assert_eq!(
            [0, 1, 2, 3, 4, 255, 256].map(width_of),
            [0, 1, 2, 2, 3, 8, 9]
        );
    }
}
