//! Time and chance, passed in, so that a test decides about both.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use domain::calendar::Instant;

/// Says what time it is.
pub trait Clock: Send + Sync {
    /// The instant: milliseconds since the Unix epoch, UTC.
    fn now(&self) -> Instant;
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the time"
    )]
    fn now(&self) -> Instant {
        use std::time::{SystemTime, UNIX_EPOCH};
        let ms = match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            // A clock set to before 1970: the sign is all that differs.
            Err(before) => {
                i64::try_from(before.duration().as_millis()).map_or(i64::MIN, i64::wrapping_neg)
            }
        };
        Instant(ms)
    }
}

/// A clock that stands still until it is set.
#[derive(Debug, Default)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that shows `now`.
    pub const fn at(now: Instant) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// Sets it.
    pub fn set(&self, now: Instant) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Moves it on by that many milliseconds.
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

/// Gives bytes that nobody can foretell.
pub trait Chance: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    /// # Panics
    /// If the operating system has no randomness to give: nothing could be kept safe then.
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// The same bytes for the same seed, for tests only: anybody can foretell them.
#[derive(Debug)]
pub struct TestChance(AtomicU64);

impl TestChance {
    /// Starts from `seed`.
    pub const fn seeded(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Chance for TestChance {
    /// SplitMix64, eight bytes a step.
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
            let mut z = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A new id: a UUID of version 4 in its usual writing.
pub fn new_id(chance: &dyn Chance) -> String {
    let mut bytes = [0; 16];
    chance.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_is_in_this_century() {
        // 2020 to 2100, in milliseconds.
        assert!((1_577_836_800_000..4_102_444_800_000).contains(&SystemClock.now().0));
    }

    #[test]
    fn ids_are_written_as_keys_are_and_differ() {
        for chance in [&SystemChance as &dyn Chance, &TestChance::seeded(7)] {
            let (one, other) = (new_id(chance), new_id(chance));
            // A file that comes with no key has its id for one.
            assert!(domain::incident::is_form_key(&one), "{one}");
            assert_ne!(one, other);
        }
    }
}
