//! What the catalog has answered, remembered until somebody writes.
//!
//! Requests ask the catalog the same few things again and again: whose a token is, how a viewer
//! stands to what they ask. Between two writes the answers cannot differ, for one process owns the
//! data folder and all its writes are counted here.
//!
//! The time between two writes is a [`Moment`]. What was read while one moment lasted is of that
//! moment, and so are the shelves in memory, because a write ends only after it has been applied to
//! them. So everything that is remembered of one moment agrees. While a write is under way there is
//! no moment: what is read then is of the state before it or after it, and is not remembered.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Counts the writes.
#[derive(Debug, Default)]
pub(crate) struct Moments {
    /// Odd while a write is under way. Each write begins and ends once, so it only ever grows.
    count: AtomicU64,
}

/// The time between two writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moments {
    /// The moment that lasts, unless a write is under way.
    pub(crate) fn now(&self) -> Option<Moment> {
        let count = self.count.load(Ordering::SeqCst);
        count.is_multiple_of(2).then_some(Moment(count))
    }

    /// Whether the moment still lasts.
    pub(crate) fn is(&self, moment: Moment) -> bool {
        self.count.load(Ordering::SeqCst) == moment.0
    }

    /// Begins a write, which ends with what is given back. The caller sees to it that there is one
    /// write at a time.
    pub(crate) fn write(&self) -> Writing<'_> {
        self.count.fetch_add(1, Ordering::SeqCst);
        Writing(self)
    }
}

/// A write that is under way, also when it panics.
pub(crate) struct Writing<'a>(&'a Moments);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.count.fetch_add(1, Ordering::SeqCst);
    }
}

/// Answers of one moment, by what was asked.
#[derive(Debug)]
pub(crate) struct Remembered<K, V> {
    answers: Mutex<Option<(Moment, HashMap<K, V>)>>,
    /// With more than this, everything is forgotten.
    len_max: usize,
}

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    pub(crate) fn new(len_max: usize) -> Self {
        Self { answers: Mutex::new(None), len_max }
    }

    /// What was answered in this moment.
    pub(crate) fn get(&self, moment: Moment, key: &K) -> Option<V> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, answers) = answers.as_ref().filter(|(of, _)| *of == moment)?;
        answers.get(key).cloned()
    }

    /// Remembers an answer that was read while `moment` lasted.
    pub(crate) fn put(&self, moment: Moment, key: K, value: V) {
        let mut slot = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut answers = match slot.take() {
            Some((of, answers)) if of == moment && answers.len() < self.len_max => answers,
            Some((of, answers)) if of > moment => {
                // It is no news any more.
                *slot = Some((of, answers));
                return;
            }
            _ => HashMap::new(),
        };
        answers.insert(key, value);
        *slot = Some((moment, answers));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_moment_while_a_write_is_under_way() {
        let moments = Moments::default();
        let before = moments.now().unwrap();
        let writing = moments.write();
        assert_eq!(moments.now(), None);
        assert!(!moments.is(before));
        drop(writing);
        let after = moments.now().unwrap();
        assert!(after != before && moments.is(after) && !moments.is(before));
    }

    #[test]
    fn a_write_that_panics_has_ended() {
        let moments = Moments::default();
        let before = moments.now().unwrap();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _writing = moments.write();
            panic!("in the middle");
        }));
        assert!(panicked.is_err());
        assert!(moments.now().is_some() && !moments.is(before));
    }

    #[test]
    fn an_answer_is_remembered_for_its_moment_alone() {
        let moments = Moments::default();
        let remembered = Remembered::new(2);
        let before = moments.now().unwrap();
        remembered.put(before, 1, "one");
        assert_eq!(remembered.get(before, &1), Some("one"));
        assert_eq!(remembered.get(before, &2), None);
        drop(moments.write());
        let after = moments.now().unwrap();
        assert_eq!(remembered.get(after, &1), None);
        remembered.put(after, 1, "uno");
        remembered.put(before, 1, "one");
        assert_eq!(remembered.get(after, &1), Some("uno"), "who is late is not listened to");
    }

    #[test]
    fn only_so_much_is_remembered() {
        let remembered = Remembered::new(2);
        let moment = Moments::default().now().unwrap();
        for key in 0..3 {
            remembered.put(moment, key, key);
        }
        assert_eq!([0, 1, 2].map(|key| remembered.get(moment, &key)), [None, None, Some(2)]);
    }
}
