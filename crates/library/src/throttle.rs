//! How often secrets may be guessed: passwords, PINs, links' passwords, the set-up token.
//!
//! Everything that can be guessed at has a bucket of tokens, and so has every address that guesses.
//! A guess takes a token from each of its buckets, a right one gives them back, and they fill up
//! again with time. The buckets lie in memory: a restart fills them, which nobody can bring about
//! from outside.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kalends_model::{LinkId, UserId};

const SECOND: i64 = 1_000_000;

/// The most buckets that are kept. One that is full again is not kept.
const BUCKETS_MAX: usize = 100_000;

/// What is guessed at, or who guesses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Guess {
    /// The password of the account with this address, whether there is one or not.
    Account(String),
    /// A user's password, by somebody who holds a session of theirs.
    Password(UserId),
    /// A user's PIN.
    Pin(UserId),
    /// The password of a shared link.
    Link(LinkId),
    /// Anything, from this address. The 64 bits of an IPv6 network count as one.
    Client(IpAddr),
}

/// How a bucket fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rule {
    /// Tokens in a full bucket.
    tokens: i64,
    /// Microseconds until the next token.
    interval: i64,
}

impl Guess {
    fn rule(&self) -> Rule {
        match self {
            Self::Account(_) | Self::Password(_) | Self::Link(_) => {
                Rule { tokens: 10, interval: 60 * SECOND }
            }
            // There are only a million PINs.
            Self::Pin(_) => Rule { tokens: 5, interval: 60 * SECOND },
            Self::Client(_) => Rule { tokens: 30, interval: 10 * SECOND },
        }
    }

    /// The bucket that the guess takes from.
    fn bucket(self) -> Self {
        match self {
            Self::Client(IpAddr::V6(address)) => match address.to_canonical() {
                IpAddr::V4(address) => Self::Client(address.into()),
                IpAddr::V6(address) => {
                    let network = u128::from(address) >> 64 << 64;
                    Self::Client(IpAddr::V6(network.into()))
                }
            },
            Self::Account(email) => Self::Account(email.to_lowercase()),
            other => other,
        }
    }
}

/// Too many guesses: come back later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; try again in {retry_after_seconds} seconds")]
pub struct TooManyGuesses {
    /// When the next guess is allowed.
    pub retry_after_seconds: u32,
}

/// All buckets. For each the moment at which it is full again: the fuller, the earlier.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    full_at: Mutex<HashMap<Guess, i64>>,
}

impl Throttle {
    /// Takes a token from each bucket, or from none. `now` is in microseconds since 1970.
    pub(crate) fn take(&self, guesses: &[Guess], now: i64) -> Result<(), TooManyGuesses> {
        let mut full_at = self.lock();
        let mut taken = Vec::with_capacity(guesses.len());
        let mut wait = 0;
        for guess in guesses {
            let Rule { tokens, interval } = guess.rule();
            let bucket = guess.clone().bucket();
            let full = full_at.get(&bucket).copied().unwrap_or(now).max(now) + interval;
            wait = wait.max(full - now - tokens * interval);
            taken.push((bucket, full));
        }
        if wait > 0 {
            let seconds = u32::try_from(wait.unsigned_abs().div_ceil(SECOND.unsigned_abs()));
            return Err(TooManyGuesses { retry_after_seconds: seconds.unwrap_or(u32::MAX) });
        }
        make_room(&mut full_at, now);
        full_at.extend(taken);
        Ok(())
    }

    /// Gives back what a right guess has taken.
    pub(crate) fn give_back(&self, guesses: &[Guess]) {
        let mut full_at = self.lock();
        for guess in guesses {
            if let Some(full) = full_at.get_mut(&guess.clone().bucket()) {
                *full -= guess.rule().interval;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Guess, i64>> {
        // Each change is one insertion, so a panic elsewhere leaves the map whole.
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops full buckets when there are many; when too many are not full, the fullest goes.
fn make_room(full_at: &mut HashMap<Guess, i64>, now: i64) {
    if full_at.len() < BUCKETS_MAX {
        return;
    }
    full_at.retain(|_, full| *full > now);
    if full_at.len() >= BUCKETS_MAX {
        let fullest = full_at.iter().min_by_key(|(_, full)| **full).map(|(guess, _)| guess.clone());
        if let Some(fullest) = fullest {
            full_at.remove(&fullest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> [Guess; 1] {
        [Guess::Account("anna@kalends.example".into())]
    }

    #[test]
    fn a_bucket_is_used_up_and_fills_again() {
        let throttle = Throttle::default();
        for _ in 0..10 {
            assert_eq!(throttle.take(&account(), 0), Ok(()));
        }
        let refused = |now, retry_after_seconds| {
            let expected = Err(TooManyGuesses { retry_after_seconds });
            assert_eq!(throttle.take(&account(), now), expected, "{now}");
        };
        refused(0, 60);
        refused(59 * SECOND + 1, 1);
        assert_eq!(throttle.take(&account(), 60 * SECOND), Ok(()));
        refused(60 * SECOND, 60);
        // However long nobody guesses, a bucket holds no more than it holds.
        for _ in 0..10 {
            assert_eq!(throttle.take(&account(), 100_000 * SECOND), Ok(()));
        }
        refused(100_000 * SECOND, 60);
    }

    #[test]
    fn a_right_guess_costs_nothing() {
        let throttle = Throttle::default();
        for _ in 0..1_000 {
            throttle.take(&account(), 0).unwrap();
            throttle.give_back(&account());
        }
    }

    #[test]
    fn a_refused_guess_takes_from_no_bucket() {
        let throttle = Throttle::default();
        let pin = Guess::Pin(UserId::from_bytes([1; 16]));
        let client = Guess::Client([10, 0, 0, 1].into());
        for _ in 0..5 {
            throttle.take(std::slice::from_ref(&pin), 0).unwrap();
        }
        for _ in 0..100 {
            assert!(throttle.take(&[client.clone(), pin.clone()], 0).is_err());
        }
        assert_eq!(throttle.take(&[client], 0), Ok(()));
    }

    #[test]
    fn addresses_are_counted_by_who_can_have_them() {
        let bucket = |text: &str| Guess::Client(text.parse().unwrap()).bucket();
        assert_eq!(bucket("2001:db8::1"), bucket("2001:db8::ffff:1"));
        assert_ne!(bucket("2001:db8::1"), bucket("2001:db8:0:1::1"));
        assert_eq!(bucket("::ffff:10.0.0.1"), bucket("10.0.0.1"));
        assert_ne!(bucket("10.0.0.1"), bucket("10.0.0.2"));
        assert_eq!(Guess::Account("A@B".into()).bucket(), Guess::Account("a@b".into()));
    }

    #[test]
    fn the_memory_of_guesses_is_bounded() {
        let throttle = Throttle::default();
        let guess = |n: u32| Guess::Client(IpAddr::from(n.to_be_bytes()));
        for n in 0..BUCKETS_MAX as u32 {
            throttle.take(&[guess(n)], 0).unwrap();
        }
        throttle.take(&[guess(u32::MAX)], 0).unwrap();
        assert_eq!(throttle.lock().len(), BUCKETS_MAX);
        throttle.take(&[guess(u32::MAX)], 60 * SECOND).unwrap();
        assert_eq!(throttle.lock().len(), 1, "full ones are not kept");
    }
}
