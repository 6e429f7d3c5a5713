//! Points on the time line, and how far along it a deadline lies.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, serialized as that number.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// The instant that many milliseconds later; at the end of what can be counted, the last one.
    #[must_use]
    pub const fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add_unsigned(ms))
    }

    /// Milliseconds from `earlier` to here; negative if `earlier` is the later of the two.
    pub const fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Cut down to the whole millisecond at or before.
impl From<DateTime<Utc>> for Instant {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_millis())
    }
}

/// An instant beyond chrono's years (some 262,000 either way) becomes the nearest one that chrono can hold.
impl From<Instant> for DateTime<Utc> {
    fn from(at: Instant) -> Self {
        let nearest = if at.0 < 0 {
            Self::MIN_UTC
        } else {
            Self::MAX_UTC
        };
        Self::from_timestamp_millis(at.0).unwrap_or(nearest)
    }
}

/// Which hours count towards a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Only Business Hours.
    BusinessHours,
    /// Every hour of every day ("24x7").
    Elapsed,
}

/// How long something may take: an amount of time, and which hours count towards it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// Which hours count.
    pub clock: Clock,
    /// The amount, in milliseconds.
    pub ms: u64,
}

impl Target {
    /// A target in Business Hours, given in minutes of open time.
    pub const fn business_minutes(minutes: u64) -> Self {
        Self {
            clock: Clock::BusinessHours,
            ms: minutes.saturating_mul(60_000),
        }
    }

    /// A 24x7 target, given in minutes of elapsed time.
    pub const fn elapsed_minutes(minutes: u64) -> Self {
        Self {
            clock: Clock::Elapsed,
            ms: minutes.saturating_mul(60_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chrono_and_back() {
        for ms in [0, -1, 1, 1_772_173_800_123, -62_135_596_800_000] {
            assert_eq!(
                Instant::from(DateTime::<Utc>::from(Instant(ms))),
                Instant(ms)
            );
        }
        assert_eq!(
            DateTime::<Utc>::from(Instant(i64::MAX)),
            DateTime::<Utc>::MAX_UTC
        );
        assert_eq!(
            DateTime::<Utc>::from(Instant(i64::MIN)),
            DateTime::<Utc>::MIN_UTC
        );
    }

    #[test]
    fn huge_targets_do_not_wrap_round() {
        assert_eq!(Target::business_minutes(u64::MAX).ms, u64::MAX);
        assert_eq!(Instant(5).plus_ms(u64::MAX), Instant(i64::MAX));
        assert_eq!(Instant(i64::MIN).ms_since(Instant(1)), i64::MIN);
    }
}
