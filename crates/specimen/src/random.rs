//! Seeded numbers: SplitMix64, small and the same on every machine.
//!
//! Pictures and the demo's plan draw from it. Only basic arithmetic is used on floats, because
//! sines and powers may differ between platforms and the bytes must not.

/// A stream of numbers that a seed decides.
pub(crate) struct Random(u64);

impl Random {
    /// A stream of its own for one purpose, so that a draw more in one does not move the others.
    pub(crate) fn for_purpose(seed: u64, purpose: &str) -> Self {
        let mixed = purpose.bytes().fold(seed ^ 0x51_7C_C1_B7, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        });
        Self(mix(mixed))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number from 0 up to and without `end`; 0 when `end` is 0.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        (((self.next() >> 32) * u64::from(end)) >> 32) as u32
    }

    /// A number from 0 up to 1.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u32 << 24) as f32
    }

    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// One of the items. There must be at least one.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u32) as usize]
    }
}

/// The finaliser of SplitMix64: every bit of the input moves every bit of the output.
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_in_their_bounds() {
        let mut random = Random::for_purpose(7, "test");
        for _ in 0..1_000 {
            assert!(random.below(3) < 3);
            assert!((0.0..1.0).contains(&random.unit()));
        }
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn a_purpose_has_its_own_stream() {
        assert_eq!(Random::for_purpose(1, "a").next(), Random::for_purpose(1, "a").next());
        assert_ne!(Random::for_purpose(1, "a").next(), Random::for_purpose(1, "b").next());
        assert_ne!(Random::for_purpose(1, "a").next(), Random::for_purpose(2, "a").next());
    }
}
