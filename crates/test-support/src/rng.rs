//! Randomness that a seed determines on every machine, in every version: our own splitmix64, so
//! that no dependency's update changes what a seed means. For fuzzing, the same draws can be read
//! from a tape of bytes instead, so that a small change of the bytes is a small change of the case.

/// The constant that splitmix64 steps by: 2⁶⁴ divided by the golden ratio, made odd.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A source of random choices.
#[derive(Clone, Debug)]
pub struct Rng {
    /// The state of splitmix64.
    state: u64,
    /// Bytes to read first, and how many of them are read.
    tape: Vec<u8>,
    at: usize,
}

impl Rng {
    /// The choices that this seed determines.
    pub fn seeded(seed: u64) -> Self {
        Self { state: seed, tape: Vec::new(), at: 0 }
    }

    /// One of many independent streams of a seed, so that one case of a run can be repeated alone.
    pub fn stream(seed: u64, number: u64) -> Self {
        Self::seeded(mix(seed) ^ mix(number.wrapping_add(STEP)))
    }

    /// Choices read from `tape`, as few bytes for each as its range needs. When the tape ends the
    /// choices go on as those of seed 0, so every tape is a complete case.
    pub fn from_tape(tape: &[u8]) -> Self {
        Self { state: 0, tape: tape.to_vec(), at: 0 }
    }

    /// Whether a tape still has unread bytes. Never for a seeded source.
    pub fn has_tape(&self) -> bool {
        self.at < self.tape.len()
    }

    /// 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.draw(8)
    }

    /// Less than `limit`, each number about as likely.
    ///
    /// # Panics
    /// When `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        assert!(limit > 0, "there is no number below 0");
        let width = match limit {
            0..=0x100 => 1,
            0x101..=0x1_0000 => 2,
            _ => 8,
        };
        let is_taped = self.has_tape();
        let bits = self.draw(width);
        if is_taped {
            (bits % limit as u64) as usize
        } else {
            ((u128::from(bits) * limit as u128) >> 64) as usize
        }
    }

    /// True once in `times`.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of the two, evenly.
    pub fn flip(&mut self) -> bool {
        self.one_in(2)
    }

    /// One of the items.
    ///
    /// # Panics
    /// When there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// At most `most` of the items, in their order, each once.
    pub fn some_of<T: Clone>(&mut self, items: &[T], most: usize) -> Vec<T> {
        let mut left = self.below(most.min(items.len()) + 1);
        let mut chosen = Vec::with_capacity(left);
        for (index, item) in items.iter().enumerate() {
            if left > 0 && self.below(items.len() - index) < left {
                chosen.push(item.clone());
                left -= 1;
            }
        }
        chosen
    }

    fn draw(&mut self, width: usize) -> u64 {
        if !self.has_tape() {
            self.state = self.state.wrapping_add(STEP);
            return mix(self.state);
        }
        let end = (self.at + width).min(self.tape.len());
        let bits =
            self.tape[self.at..end].iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
        self.at = end;
        bits
    }
}

/// The finalizer of splitmix64: a bijection of `u64` in which every input bit moves every output bit.
pub(crate) fn mix(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_published_numbers_of_splitmix64() {
        let mut rng = Rng::seeded(1_234_567);
        assert_eq!(rng.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next_u64(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn numbers_stay_below_their_limit_and_reach_every_one() {
        for mut rng in [Rng::seeded(7), Rng::from_tape(&[1, 200, 3, 4, 5])] {
            let mut seen = [false; 5];
            for _ in 0..200 {
                seen[rng.below(5)] = true;
            }
            assert_eq!(seen, [true; 5]);
        }
    }

    #[test]
    fn a_tape_is_read_before_the_seed_goes_on() {
        let mut taped = Rng::from_tape(&[9, 0, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!(taped.below(256), 9);
        assert_eq!(taped.next_u64(), 0x0000_0000_0000_0102);
        assert!(!taped.has_tape());
        assert_eq!(taped.next_u64(), Rng::seeded(0).next_u64());
    }

    #[test]
    fn some_of_keeps_the_order_and_repeats_nothing() {
        let mut rng = Rng::seeded(3);
        for _ in 0..100 {
            let chosen = rng.some_of(&[1, 2, 3, 4, 5], 3);
            assert!(chosen.len() <= 3 && chosen.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn streams_of_one_seed_differ() {
        assert_ne!(Rng::stream(1, 0).next_u64(), Rng::stream(1, 1).next_u64());
    }
}
