//! The one source of chance in a brain: everything a bot decides by luck comes from its seed.

use std::cell::RefCell;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// A seeded generator that can be asked through a shared reference, so that a [`World`](super::World) can carry it.
#[derive(Debug)]
pub struct Random(RefCell<Xoshiro256PlusPlus>);

impl Random {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Random(RefCell::new(Xoshiro256PlusPlus::seed_from_u64(seed)))
    }

    /// 0 up to but not including 1.
    pub fn unit(&self) -> f32 {
        self.0.borrow_mut().random::<f32>()
    }

    /// Evenly between `low` and `high`.
    pub fn range(&self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// True with this probability.
    pub fn chance(&self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// A whole number from 0 to `count - 1`; 0 when there is nothing to choose from.
    pub fn below(&self, count: usize) -> usize {
        if count == 0 {
            0
        } else {
            self.0.borrow_mut().random_range(0..count)
        }
    }

    /// Bell-shaped around 0 with a standard deviation of 1, within ±3: the sum of twelve uniform numbers would be the
    /// textbook's, four are plenty for a trembling hand.
    pub fn bell(&self) -> f32 {
        let sum: f32 = (0..4).map(|_| self.unit() - 0.5).sum();
        sum * 3.0_f32.sqrt()
    }

    /// A seed for something that needs its own sequence.
    pub fn seed(&self) -> u64 {
        self.0.borrow_mut().random()
    }
}
