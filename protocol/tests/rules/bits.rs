//! Bits by hand, written a second time so that the first can be wrong (rule S3).

/// Bits in the order in which they travel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bits(Vec<bool>);

impl Bits {
    /// The lowest `width` bits of `value`, lowest first.
    pub(crate) fn bits(mut self, value: u32, width: u32) -> Bits {
        self.0.extend((0..width).map(|bit| value >> bit & 1 == 1));
        self
    }

    pub(crate) fn flag(self, value: bool) -> Bits {
        self.bits(u32::from(value), 1)
    }

    /// Groups of `group` bits, lowest first, each followed by whether another comes.
    pub(crate) fn grouped(self, value: u32, group: u32) -> Bits {
        let rest = value >> group;
        let head = self.bits(value, group).flag(rest > 0);
        if rest > 0 {
            head.grouped(rest, group)
        } else {
            head
        }
    }

    pub(crate) fn signed(self, value: i32, group: u32) -> Bits {
        let folded = if value >= 0 {
            2 * value
        } else {
            -2 * value - 1
        };
        self.grouped(folded as u32, group)
    }

    /// Position (21 bits, two's complement), velocity, steering.
    pub(crate) fn motion(self, pos: (i32, i32), vel: (i32, i32), steer: u8) -> Bits {
        self.bits(pos.0 as u32, 21)
            .bits(pos.1 as u32, 21)
            .signed(vel.0, 6)
            .signed(vel.1, 6)
            .bits(u32::from(steer), 8)
    }

    pub(crate) fn then(mut self, more: &Bits) -> Bits {
        self.0.extend_from_slice(&more.0);
        self
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Bytes fill from their lowest bit; the last is filled up with zeros.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let byte = |bits: &[bool]| {
            let lit = bits.iter().enumerate().filter(|(_, bit)| **bit);
            lit.fold(0, |byte, (at, _)| byte | 1 << at)
        };
        self.0.chunks(8).map(byte).collect()
    }

    /// A snapshot message that is nothing but these bits as state, `ticks` after the one before.
    pub(crate) fn message(&self, ticks: u8) -> Vec<u8> {
        let bytes = self.bytes();
        assert!(bytes.len() <= 250 && ticks <= 250, "lengths of one byte");
        [&[2, ticks, 0, 4, bytes.len() as u8], &bytes[..]].concat()
    }
}
