//! A hash of short words that takes a few nanoseconds, for tables of what is compiled in: who writes texts and
//! asks questions has no part in what is in them, and can't fill one place.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

/// A table of what is compiled in.
pub(crate) type Table<K, V> = HashMap<K, V, BuildHasherDefault<Words>>;

/// Odd, with about as many bits set as not: the golden ratio.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// Eight bytes at a time.
#[derive(Default)]
pub(crate) struct Words(u64);

impl Words {
    fn add(&mut self, bytes: u64) {
        self.0 = (self.0.rotate_left(23) ^ bytes).wrapping_mul(MIX);
    }
}

impl Hasher for Words {
    fn write(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        eights.iter().for_each(|eight| self.add(u64::from_le_bytes(*eight)));
        if !rest.is_empty() {
            self.add(
                rest.iter().fold(rest.len() as u64, |bits, byte| bits << 8 | u64::from(*byte)),
            );
        }
    }

    // The end of a word.
    fn write_u8(&mut self, _: u8) {}

    fn write_u16(&mut self, number: u16) {
        self.add(number.into());
    }

    fn finish(&self) -> u64 {
        // The best bits are the highest ones, and tables use the lowest too.
        (self.0 ^ self.0 >> 32).wrapping_mul(MIX)
    }
}

/// The hash of a word.
pub(crate) fn of(word: &str) -> u64 {
    let mut hasher = Words::default();
    hasher.write(word.as_bytes());
    hasher.finish()
}
