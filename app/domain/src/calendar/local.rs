//! Wall-clock time in the calendar's zone, from a table of offsets instead of a time zone database.

use std::fmt;

use chrono::{LocalResult, Weekday};
use serde::{Deserialize, Serialize};

use super::date::put;
use super::{DAY_MS, Instant, LocalDate};

/// An instant and the offset from UTC that the calendar's zone had then: what the wall clock showed.
///
/// Only those two are kept, everything else follows from them; so a stored one cannot contradict itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LocalTime {
    /// The instant.
    pub at: Instant,
    /// Seconds east of UTC: 32,400 in Seoul, -28,800 in Los Angeles in winter.
    pub offset: i32,
}

impl LocalTime {
    fn wall_ms(self) -> i64 {
        self.at.0.saturating_add(i64::from(self.offset) * 1_000)
    }

    /// The local date.
    pub fn date(self) -> LocalDate {
        let days = self.wall_ms().div_euclid(DAY_MS);
        // Only a forged instant lies outside of the years 1 to 9999; it gets the nearest date there is.
        let days = i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX });
        LocalDate::default().plus_days(days)
    }

    /// The local day of the week.
    pub fn weekday(self) -> Weekday {
        self.date().weekday()
    }

    /// Milliseconds that the wall clock shows since 00:00.
    pub fn ms_of_day(self) -> u32 {
        u32::try_from(self.wall_ms().rem_euclid(DAY_MS)).unwrap_or(0)
    }

    /// The hour, 0 to 23.
    pub fn hour(self) -> u32 {
        self.ms_of_day() / 3_600_000
    }

    /// The minute, 0 to 59.
    pub fn minute(self) -> u32 {
        self.ms_of_day() / 60_000 % 60
    }

    /// The second, 0 to 59.
    pub fn second(self) -> u32 {
        self.ms_of_day() / 1_000 % 60
    }
}

/// As in RFC 3339, to the second: `2026-02-27T15:30:00+09:00`.
impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = *b"T00:00:00+00:00";
        put(&mut rest[1..3], self.hour());
        put(&mut rest[4..6], self.minute());
        put(&mut rest[7..9], self.second());
        if self.offset < 0 {
            rest[9] = b'-';
        }
        let minutes = self.offset.unsigned_abs() / 60;
        put(&mut rest[10..12], minutes / 60);
        put(&mut rest[13..15], minutes % 60);
        fmt::Display::fmt(&self.date(), f)?;
        f.write_str(str::from_utf8(&rest).unwrap_or_default())
    }
}

/// From `from` on, up to the next entry, the zone is `offset` seconds east of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    pub(super) from: Instant,
    pub(super) offset: i32,
}

/// The offsets of a zone over some time, in order. The first holds for all time before the second, and the last
/// for all time after it; the calendar asks for nothing outside of what it covers, and a day around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offsets(pub(super) Vec<Offset>);

impl Offsets {
    /// What the wall clock shows at an instant.
    pub(super) fn local(&self, at: Instant) -> LocalTime {
        let after = self.0.partition_point(|entry| entry.from <= at);
        let offset = self
            .0
            .get(after.saturating_sub(1))
            .map_or(0, |entry| entry.offset);
        LocalTime { at, offset }
    }

    /// The instants at which the wall clock shows `ms_of_day` on a date: none where the clocks went forward over
    /// it, two where they went back over it.
    pub(super) fn at_local(&self, date: LocalDate, ms_of_day: u32) -> LocalResult<Instant> {
        let wall = i64::from(date.epoch_days()) * DAY_MS + i64::from(ms_of_day);
        let mut found = LocalResult::None;
        for (at, start, end) in self.candidates(wall) {
            if at >= start && at < end {
                found = match found {
                    LocalResult::Single(first) => LocalResult::Ambiguous(first, at),
                    other @ LocalResult::Ambiguous(..) => other,
                    LocalResult::None => LocalResult::Single(at),
                };
            }
        }
        found
    }

    /// The first instant of a local date, also where the clocks go forward over midnight.
    pub(super) fn day_start(&self, date: LocalDate) -> Instant {
        let wall = i64::from(date.epoch_days()) * DAY_MS;
        for (at, start, end) in self.candidates(wall) {
            if at < end {
                return at.max(start);
            }
        }
        Instant(wall)
    }

    /// The entries that matter from `start` to `end`, the first of them beginning at `start`.
    pub(super) fn part(&self, start: Instant, end: Instant) -> Self {
        let inside = self
            .0
            .iter()
            .filter(|entry| start < entry.from && entry.from < end);
        let first = Offset {
            from: start,
            offset: self.local(start).offset,
        };
        Self(std::iter::once(first).chain(inside.copied()).collect())
    }

    /// For each entry: the instant at which the wall clock shows `wall` by its offset, and from when to when the
    /// entry holds.
    fn candidates(&self, wall: i64) -> impl Iterator<Item = (Instant, Instant, Instant)> {
        self.0.iter().enumerate().map(move |(i, entry)| {
            let at = Instant(wall - i64::from(entry.offset) * 1_000);
            let start = if i == 0 {
                Instant(i64::MIN)
            } else {
                entry.from
            };
            let end = self
                .0
                .get(i + 1)
                .map_or(Instant(i64::MAX), |next| next.from);
            (at, start, end)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const HOUR: i64 = 3_600_000;

    fn date(text: &str) -> LocalDate {
        text.parse().unwrap()
    }

    /// A zone that goes forward an hour at 1970-01-02T00:00 local, and back at 1970-01-05T01:00 local.
    fn zone() -> Offsets {
        Offsets(vec![
            Offset {
                from: Instant(0),
                offset: 0,
            },
            Offset {
                from: Instant(24 * HOUR),
                offset: 3_600,
            },
            Offset {
                from: Instant(96 * HOUR),
                offset: 0,
            },
        ])
    }

    #[test]
    fn wall_clock_around_the_changes() {
        assert_eq!(
            zone().local(Instant(24 * HOUR - 1)).to_string(),
            "1970-01-01T23:59:59+00:00"
        );
        assert_eq!(
            zone().local(Instant(24 * HOUR)).to_string(),
            "1970-01-02T01:00:00+01:00"
        );
        assert_eq!(
            zone().local(Instant(96 * HOUR - 1)).to_string(),
            "1970-01-05T00:59:59+01:00"
        );
        assert_eq!(
            zone().local(Instant(96 * HOUR)).to_string(),
            "1970-01-05T00:00:00+00:00"
        );
        assert_eq!(
            zone().local(Instant(-1)).to_string(),
            "1969-12-31T23:59:59+00:00"
        );
        let west = LocalTime {
            at: Instant(0),
            offset: -(9 * 3_600 + 1_800),
        };
        assert_eq!(west.to_string(), "1969-12-31T14:30:00-09:30");
    }

    #[test]
    fn a_day_starts_where_its_first_instant_is() {
        assert_eq!(zone().day_start(date("1970-01-01")), Instant(0));
        assert_eq!(zone().day_start(date("1970-01-02")), Instant(24 * HOUR));
        assert_eq!(zone().day_start(date("1970-01-03")), Instant(47 * HOUR));
        assert_eq!(zone().day_start(date("1970-01-05")), Instant(95 * HOUR));
        assert_eq!(zone().day_start(date("1970-01-06")), Instant(120 * HOUR));
    }

    #[test]
    fn local_times_that_never_or_twice_were() {
        assert_eq!(
            zone().at_local(date("1970-01-02"), 1_800_000),
            LocalResult::None
        );
        assert_eq!(
            zone().at_local(date("1970-01-05"), 1_800_000),
            LocalResult::Ambiguous(Instant(95 * HOUR + HOUR / 2), Instant(96 * HOUR + HOUR / 2))
        );
        assert_eq!(
            zone().at_local(date("1970-01-03"), 0),
            LocalResult::Single(Instant(47 * HOUR))
        );
    }

    #[test]
    fn forged_instants_do_no_harm() {
        let far = LocalTime {
            at: Instant(i64::MAX),
            offset: i32::MAX,
        };
        assert_eq!(far.date().to_string(), "9999-12-31");
        let far = LocalTime {
            at: Instant(i64::MIN),
            offset: i32::MIN,
        };
        assert_eq!(far.date().to_string(), "0001-01-01");
    }
}
