//! A calendar as a page carries it: small, and checked when it is read.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::local::{Offset, Offsets};
use super::{BusinessCalendar, ClosedDay, Instant, LocalDate};

/// Parts that make no calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCalendar {
    /// The covered dates end before they begin, or are more than a century.
    #[error("the covered dates end before they begin, or are more than a century")]
    Dates,
    /// No offset from UTC, one of a day or more, or offsets out of order.
    #[error("the offsets from UTC are missing, too large or out of order")]
    Offsets,
    /// A closed day that is not covered, has no name, or is out of order.
    #[error("a closed day is not covered, has no name, or is out of order")]
    ClosedDays,
    /// The clocks change between 09:00 and 17:00 of a Business Day, so that it is not open for eight hours.
    #[error("the clocks change between 09:00 and 17:00 of {0}")]
    ChangeInOpenHours(LocalDate),
}

/// What is sent: everything that the openings follow from.
#[derive(Serialize, Deserialize)]
struct Parts {
    zone: String,
    version: String,
    first: LocalDate,
    last: LocalDate,
    /// From which second of Unix time on, how many seconds east of UTC.
    offsets: Vec<(i64, i32)>,
    /// Days since the closed day before, or since `first`, and the names.
    closed: Vec<(i32, Vec<String>)>,
}

/// Everything that a calendar follows from, laid open: for whoever computes it again elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarParts {
    /// See [`BusinessCalendar::zone`].
    pub zone: String,
    /// See [`BusinessCalendar::version`].
    pub version: String,
    /// The first local date.
    pub first: LocalDate,
    /// The last local date.
    pub last: LocalDate,
    /// From which second of Unix time on, how many seconds east of UTC.
    pub offsets: Vec<(i64, i32)>,
    /// The dates with holidays, in order.
    pub closed: Vec<ClosedDay>,
}

impl CalendarParts {
    /// The calendar that they make.
    ///
    /// # Errors
    /// [`InvalidCalendar`] if they make none.
    pub fn assemble(self) -> Result<BusinessCalendar, InvalidCalendar> {
        let offsets = self.offsets.into_iter().map(|(seconds, offset)| Offset {
            from: Instant(seconds.saturating_mul(1_000)),
            offset,
        });
        BusinessCalendar::assemble(
            self.zone,
            self.version,
            (self.first, self.last),
            Offsets(offsets.collect()),
            self.closed,
        )
    }
}

impl BusinessCalendar {
    /// What it follows from.
    pub fn parts(&self) -> CalendarParts {
        CalendarParts {
            zone: self.zone.clone(),
            version: self.version.clone(),
            first: self.first,
            last: self.last,
            // The clocks never change within a second.
            offsets: self
                .offsets
                .0
                .iter()
                .map(|entry| (entry.from.0.div_euclid(1_000), entry.offset))
                .collect(),
            closed: self.closed.clone(),
        }
    }
}

impl Serialize for BusinessCalendar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut before = self.first.epoch_days();
        let closed = self.closed.iter().map(|day| {
            let days = day.date.epoch_days() - before;
            before += days;
            (days, day.holidays.clone())
        });
        let parts = Parts {
            closed: closed.collect(),
            zone: self.zone.clone(),
            version: self.version.clone(),
            first: self.first,
            last: self.last,
            // The clocks never change within a second.
            offsets: self
                .offsets
                .0
                .iter()
                .map(|entry| (entry.from.0.div_euclid(1_000), entry.offset))
                .collect(),
        };
        parts.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for BusinessCalendar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = Parts::deserialize(deserializer)?;
        let mut date = parts.first;
        let closed = parts.closed.into_iter().map(|(days, holidays)| {
            date = date.plus_days(days);
            ClosedDay { date, holidays }
        });
        let closed = closed.collect();
        CalendarParts {
            zone: parts.zone,
            version: parts.version,
            first: parts.first,
            last: parts.last,
            offsets: parts.offsets,
            closed,
        }
        .assemble()
        .map_err(de::Error::custom)
    }
}
