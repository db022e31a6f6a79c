//! Sets of rows of one segment, and the arithmetic that filters are made of.
//!
//! A set is one of five forms, so that the usual answers cost nothing: nothing, everything, a
//! borrowed posting, borrowed flag words, or words of its own. Every operation gives the same set
//! whatever the forms of its operands.

/// The most rows that a segment holds. A row number fits 13 bits.
pub(crate) const SEGMENT_ROWS_MAX: usize = 8_192;

/// The number of words of the largest segment.
pub(crate) const WORDS_MAX: usize = SEGMENT_ROWS_MAX / 64;

/// One bit per row of the largest segment. Bits beyond the segment's rows are zero.
pub(crate) type Words = [u64; WORDS_MAX];

/// The number of words that `len` bits take.
pub(crate) const fn words_for(len: usize) -> usize {
    len.div_ceil(64)
}

/// Which rows of one segment.
#[derive(Debug)]
pub(crate) enum RowSet<'a> {
    /// No row.
    None,
    /// Every row.
    All,
    /// These rows, ascending, each once.
    Rows(&'a [u16]),
    /// One bit per row; bits beyond the last row are zero.
    Words(&'a [u64]),
    /// The same, made for this set.
    Own(Box<Words>),
}

impl<'a> RowSet<'a> {
    /// The words of a set that is not kept in words yet.
    fn into_words(self, len: usize) -> Box<Words> {
        let mut words = match self {
            Self::Own(words) => return words,
            _ => zeroes(),
        };
        match self {
            Self::None | Self::Own(_) => {}
            Self::All => fill(&mut words, len),
            Self::Rows(rows) => set_rows(&mut words, rows),
            Self::Words(from) => words[..from.len()].copy_from_slice(from),
        }
        words
    }

    fn as_words(&self) -> Option<&[u64]> {
        match self {
            Self::Words(words) => Some(words),
            Self::Own(words) => Some(&words[..]),
            _ => None,
        }
    }

    /// The rows of both.
    pub(crate) fn and(self, other: Self, len: usize) -> Self {
        match (self, other) {
            (Self::None, _) | (_, Self::None) => Self::None,
            (Self::All, set) | (set, Self::All) => set,
            (Self::Rows(rows), set) | (set, Self::Rows(rows)) => keep_rows(rows, set, len),
            (Self::Own(mut words), set) | (set, Self::Own(mut words)) => {
                let with = set.as_words().expect("the other forms are handled above");
                let used = words_for(len);
                let mut any = 0;
                for (word, with) in words[..used].iter_mut().zip(with) {
                    *word &= with;
                    any |= *word;
                }
                if any == 0 { Self::None } else { Self::Own(words) }
            }
            (left, right) => Self::Own(left.into_words(len)).and(right, len),
        }
    }

    /// The rows of either.
    pub(crate) fn or(self, other: Self, len: usize) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::None, set) | (set, Self::None) => set,
            (left, right) => {
                let (own, with) =
                    if matches!(right, Self::Own(_)) { (right, left) } else { (left, right) };
                let mut words = own.into_words(len);
                match with {
                    Self::Rows(rows) => set_rows(&mut words, rows),
                    set => {
                        let with = set.as_words().expect("the other forms are handled above");
                        words.iter_mut().zip(with).for_each(|(word, with)| *word |= with);
                    }
                }
                Self::Own(words)
            }
        }
    }

    /// The rows that are not in the set.
    pub(crate) fn not(self, len: usize) -> Self {
        match self {
            Self::None => Self::All,
            Self::All => Self::None,
            set => {
                let mut words = set.into_words(len);
                words[..words_for(len)].iter_mut().for_each(|word| *word = !*word);
                clear_beyond(&mut words, len);
                Self::Own(words)
            }
        }
    }

    /// How many rows are in the set.
    pub(crate) fn count(&self, len: usize) -> usize {
        match self {
            Self::None => 0,
            Self::All => len,
            Self::Rows(rows) => rows.len(),
            Self::Words(words) => ones(words),
            Self::Own(words) => ones(&words[..words_for(len)]),
        }
    }

    /// How many rows of `from..to` are in the set.
    pub(crate) fn count_between(&self, from: usize, to: usize) -> usize {
        match self {
            Self::None => 0,
            Self::All => to - from,
            Self::Rows(rows) => rows_between(rows, from, to).len(),
            Self::Words(_) | Self::Own(_) => {
                let mut count = 0;
                self.for_each_word(from, to, |_, word| count += word.count_ones() as usize);
                count
            }
        }
    }

    /// Calls `visit` with every row of `from..to` that is in the set, ascending.
    pub(crate) fn for_each_between(&self, from: usize, to: usize, mut visit: impl FnMut(u16)) {
        match self {
            Self::None => {}
            Self::All => (from as u16..to as u16).for_each(visit),
            Self::Rows(rows) => {
                rows_between(rows, from, to).iter().for_each(|row| visit(*row));
            }
            Self::Words(_) | Self::Own(_) => self.for_each_word(from, to, |index, mut word| {
                while word != 0 {
                    visit((index * 64) as u16 + word.trailing_zeros() as u16);
                    word &= word - 1;
                }
            }),
        }
    }

    /// Calls `visit` with the words that hold `from..to`, bits outside cleared.
    fn for_each_word(&self, from: usize, to: usize, mut visit: impl FnMut(usize, u64)) {
        let Some(words) = self.as_words() else { return };
        if from >= to {
            return;
        }
        let (first, last) = (from / 64, (to - 1) / 64);
        for (index, word) in words.iter().enumerate().take(last + 1).skip(first) {
            let mut word = *word;
            if index == first {
                word &= !low_bits(from % 64);
            }
            if index == last && !to.is_multiple_of(64) {
                word &= low_bits(to % 64);
            }
            visit(index, word);
        }
    }
}

/// Words of no row.
pub(crate) fn zeroes() -> Box<Words> {
    Box::new([0; WORDS_MAX])
}

/// Sets the bits of `rows`.
pub(crate) fn set_rows(words: &mut Words, rows: &[u16]) {
    for row in rows {
        let row = usize::from(*row);
        words[row / 64 % WORDS_MAX] |= 1 << (row % 64);
    }
}

/// Clears the bits beyond the last row in the last row's word.
pub(crate) fn clear_beyond(words: &mut Words, len: usize) {
    if !len.is_multiple_of(64) {
        words[len / 64] &= low_bits(len % 64);
    }
}

fn fill(words: &mut Words, len: usize) {
    words[..len / 64].fill(u64::MAX);
    if !len.is_multiple_of(64) {
        words[len / 64] = low_bits(len % 64);
    }
}

/// The lowest `count` bits, `count` below 64.
const fn low_bits(count: usize) -> u64 {
    (1 << count) - 1
}

fn ones(words: &[u64]) -> usize {
    words.iter().map(|word| u64::from(word.count_ones())).sum::<u64>() as usize
}

fn rows_between(rows: &[u16], from: usize, to: usize) -> &[u16] {
    let start = rows.partition_point(|row| usize::from(*row) < from);
    let end = rows.partition_point(|row| usize::from(*row) < to);
    &rows[start..end.max(start)]
}

/// Those of `rows` that are in `set`, which is neither none nor all.
fn keep_rows<'a>(rows: &[u16], set: RowSet<'_>, len: usize) -> RowSet<'a> {
    let set = match set {
        RowSet::Rows(_) => RowSet::Own(set.into_words(len)),
        set => set,
    };
    let of = set.as_words().expect("none and all are handled by the caller");
    let mut kept = zeroes();
    let mut any = 0;
    for row in rows {
        let row = usize::from(*row);
        let hit = of[row / 64] & (1 << (row % 64));
        kept[row / 64 % WORDS_MAX] |= hit;
        any |= hit;
    }
    if any == 0 { RowSet::None } else { RowSet::Own(kept) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::mix;

    /// Every form in which `rows` can be written.
    fn forms<'a>(rows: &'a [u16], words: &'a [u64], len: usize) -> Vec<RowSet<'a>> {
        let mut own = zeroes();
        own[..words.len()].copy_from_slice(words);
        let mut forms = vec![RowSet::Rows(rows), RowSet::Words(words), RowSet::Own(own)];
        if rows.is_empty() {
            forms.push(RowSet::None);
        }
        if rows.len() == len {
            forms.push(RowSet::All);
        }
        forms
    }

    fn words_of(rows: &[u16], len: usize) -> Vec<u64> {
        let mut words = vec![0; words_for(len)];
        rows.iter().for_each(|row| words[usize::from(*row) / 64] |= 1 << (row % 64));
        words
    }

    fn listed(set: &RowSet<'_>, len: usize) -> Vec<u16> {
        let mut rows = Vec::new();
        set.for_each_between(0, len, |row| rows.push(row));
        assert_eq!(set.count(len), rows.len());
        let (from, to) = (len / 3, len - len / 4);
        let between = rows.iter().filter(|row| (from..to).contains(&usize::from(**row))).count();
        assert_eq!(set.count_between(from, to), between);
        rows
    }

    #[test]
    fn every_form_gives_the_same_arithmetic() {
        for len in [1_usize, 63, 64, 65, 200, 8_191, 8_192] {
            for (seed, one_in) in [(1, 1), (2, 2), (3, 40), (4, u64::MAX)] {
                let pick = |salt: u64, one_in: u64| -> Vec<u16> {
                    let keep = |row: &u16| {
                        mix(seed * 1_000 + salt + u64::from(*row) * 7).is_multiple_of(one_in)
                    };
                    (0..len as u16).filter(keep).collect()
                };
                let (a, b) = (pick(1, one_in), pick(2, 3));
                let (a_words, b_words) = (words_of(&a, len), words_of(&b, len));
                let both: Vec<u16> = a.iter().copied().filter(|row| b.contains(row)).collect();
                let either: Vec<u16> =
                    (0..len as u16).filter(|row| a.contains(row) || b.contains(row)).collect();
                let rest: Vec<u16> = (0..len as u16).filter(|row| !a.contains(row)).collect();
                for left in 0..forms(&a, &a_words, len).len() {
                    for right in 0..forms(&b, &b_words, len).len() {
                        let left_form = || forms(&a, &a_words, len).remove(left);
                        let right_form = || forms(&b, &b_words, len).remove(right);
                        assert_eq!(listed(&left_form().and(right_form(), len), len), both);
                        assert_eq!(listed(&left_form().or(right_form(), len), len), either);
                    }
                    let form = forms(&a, &a_words, len).remove(left);
                    assert_eq!(listed(&form.not(len), len), rest);
                }
            }
        }
    }
}
