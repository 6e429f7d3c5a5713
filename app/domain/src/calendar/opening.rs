//! The calendar itself: sorted openings, and the questions that one or two binary searches answer.

use std::fmt;

use chrono::LocalResult;

use super::local::Offsets;
use super::{Clock, Instant, InvalidCalendar, LocalDate, LocalTime, Target};

/// Open time of a Business Day in milliseconds: eight hours, 09:00 to 17:00.
pub const OPEN_MS: u64 = 28_800_000;

/// 09:00 and 17:00 on the wall clock, in milliseconds since 00:00.
const OPENS_AT: u32 = 9 * 3_600_000;
const CLOSES_AT: u32 = 17 * 3_600_000;

/// No calendar is longer than a century, so that a forged one cannot ask for endless memory.
const MAX_DAYS: i32 = 36_525;

/// A date with at least one holiday, on whatever day of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedDay {
    /// The local date.
    pub date: LocalDate,
    /// The names of all holidays that fall on it, in English unless a [window](BusinessCalendar::window) renamed them.
    pub holidays: Vec<String>,
}

impl ClosedDay {
    /// Whether it closes a day that would be a Business Day without it.
    pub const fn closes_a_weekday(&self) -> bool {
        !self.date.is_weekend()
    }
}

/// The question leads outside of the dates that the calendar knows the holidays of; there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not covered: the calendar knows {first} to {last} only")]
pub struct NotCovered {
    /// The first local date that is covered.
    pub first: LocalDate,
    /// The last local date that is covered.
    pub last: LocalDate,
}

/// The Business Days of one zone, under one version of its holidays, over the dates that it covers.
///
/// Serialized as its zone, version, dates, offsets and holidays, each as the distance from the one before; the
/// openings follow from those and are computed, and everything is checked, when it is read.
#[derive(Clone, PartialEq, Eq)]
pub struct BusinessCalendar {
    pub(super) zone: String,
    pub(super) version: String,
    pub(super) first: LocalDate,
    pub(super) last: LocalDate,
    /// The first instant of `first`, and the first after `last`.
    start: Instant,
    end: Instant,
    pub(super) offsets: Offsets,
    pub(super) closed: Vec<ClosedDay>,
    /// 09:00 local of each Business Day, in order.
    pub(super) openings: Vec<Instant>,
}

/// Short, because thousands of openings help nobody.
impl fmt::Debug for BusinessCalendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BusinessCalendar")
            .field("zone", &self.zone)
            .field("version", &self.version)
            .field("first", &self.first)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

impl BusinessCalendar {
    /// Checks the parts and computes the openings: 09:00 on the wall clock of each weekday that is not closed.
    pub(super) fn assemble(
        zone: String,
        version: String,
        (first, last): (LocalDate, LocalDate),
        offsets: Offsets,
        closed: Vec<ClosedDay>,
    ) -> Result<Self, InvalidCalendar> {
        if first > last || last.epoch_days() - first.epoch_days() > MAX_DAYS {
            return Err(InvalidCalendar::Dates);
        }
        let sane = offsets
            .0
            .iter()
            .all(|entry| entry.offset.unsigned_abs() < 86_400);
        if !sane || offsets.0.is_empty() || !offsets.0.is_sorted_by(|a, b| a.from < b.from) {
            return Err(InvalidCalendar::Offsets);
        }
        let inside = closed
            .iter()
            .all(|day| first <= day.date && day.date <= last && !day.holidays.is_empty());
        if !inside || !closed.is_sorted_by(|a, b| a.date < b.date) {
            return Err(InvalidCalendar::ClosedDays);
        }

        let mut openings = Vec::new();
        let mut holidays = closed.iter().peekable();
        for days in first.epoch_days()..=last.epoch_days() {
            let date = LocalDate::default().plus_days(days);
            let holiday = holidays.next_if(|day| day.date == date).is_some();
            if holiday || date.is_weekend() {
                continue;
            }
            // The linear position relies on eight hours between the two, on every Business Day.
            match (
                offsets.at_local(date, OPENS_AT),
                offsets.at_local(date, CLOSES_AT),
            ) {
                (LocalResult::Single(opening), LocalResult::Single(close))
                    if close == opening.plus_ms(OPEN_MS) =>
                {
                    openings.push(opening);
                }
                _ => return Err(InvalidCalendar::ChangeInOpenHours(date)),
            }
        }

        let (start, end) = (
            offsets.day_start(first),
            offsets.day_start(last.plus_days(1)),
        );
        // Only what matters, so that equal calendars are equal however they came about.
        let offsets = offsets.part(start, end);
        Ok(Self {
            zone,
            version,
            first,
            last,
            start,
            end,
            offsets,
            closed,
            openings,
        })
    }

    /// The IANA name of the zone whose wall clock counts.
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// Which holidays and which time zone data it was built from, such as `kr-2035.1+tzdb2025b`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The first and the last local date that are covered.
    pub const fn coverage(&self) -> (LocalDate, LocalDate) {
        (self.first, self.last)
    }

    /// By when a target that starts to count at `start` is used up.
    ///
    /// In Business Hours counting begins at the first open instant at or after `start`. A target that ends exactly
    /// with a day is due at 17:00 of that day; a target of zero is due at that first open instant.
    ///
    /// # Errors
    /// [`NotCovered`] if `start` or the due time lies outside of the covered dates.
    pub fn due(&self, start: Instant, target: Target) -> Result<Instant, NotCovered> {
        self.check(start)?;
        match target.clock {
            Clock::Elapsed => self.check(start.plus_ms(target.ms)),
            Clock::BusinessHours => self
                .business_due(start, target.ms)
                .ok_or(self.not_covered()),
        }
    }

    fn business_due(&self, start: Instant, ms: u64) -> Option<Instant> {
        let position = self.position(start);
        if ms == 0 {
            // Closed at `start` exactly if the position is a whole number of days, and no day opens just then.
            let next = usize::try_from(position / OPEN_MS).ok()?;
            let opening = *self.openings.get(next)?;
            return Some(opening.plus_ms(position % OPEN_MS));
        }
        // The last millisecond that counts decides the day, so that a full day ends at 17:00 and not at 09:00.
        let last = position.checked_add(ms - 1)?;
        let day = usize::try_from(last / OPEN_MS).ok()?;
        let opening = self.openings.get(day)?;
        Some(opening.plus_ms(last % OPEN_MS + 1))
    }

    /// Open time in `[a, b)` in milliseconds, negative when `b` is before `a`.
    ///
    /// # Errors
    /// [`NotCovered`] if `a` or `b` lies outside of the covered dates.
    pub fn between(&self, a: Instant, b: Instant) -> Result<i64, NotCovered> {
        self.check(a)?;
        self.check(b)?;
        Ok(self.position(b).cast_signed() - self.position(a).cast_signed())
    }

    /// What the wall clock of the zone shows at an instant.
    ///
    /// # Errors
    /// [`NotCovered`] if `at` lies outside of the covered dates.
    pub fn local(&self, at: Instant) -> Result<LocalTime, NotCovered> {
        Ok(self.offsets.local(self.check(at)?))
    }

    /// The instants at which the wall clock shows `ms_of_day` milliseconds since 00:00 on a date: none where the
    /// clocks went forward over it, two where they went back over it.
    ///
    /// # Errors
    /// [`NotCovered`] if `date` is not covered.
    pub fn at_local(
        &self,
        date: LocalDate,
        ms_of_day: u32,
    ) -> Result<LocalResult<Instant>, NotCovered> {
        if date < self.first || date > self.last {
            return Err(self.not_covered());
        }
        Ok(self.offsets.at_local(date, ms_of_day))
    }

    /// Every date from `from` to `to`, both included, with a holiday on it, weekends included, in order.
    ///
    /// # Errors
    /// [`NotCovered`] if `from` or `to` is not covered.
    pub fn closed_days(&self, from: LocalDate, to: LocalDate) -> Result<&[ClosedDay], NotCovered> {
        if from < self.first || to > self.last {
            return Err(self.not_covered());
        }
        let start = self.closed.partition_point(|day| day.date < from);
        let end = self.closed.partition_point(|day| day.date <= to);
        Ok(self.closed.get(start..end).unwrap_or_default())
    }

    /// How many Business Days there are from `from` to `to`, both included.
    ///
    /// # Errors
    /// [`NotCovered`] if `from` or `to` is not covered.
    pub fn business_days(&self, from: LocalDate, to: LocalDate) -> Result<usize, NotCovered> {
        if from < self.first || to > self.last {
            return Err(self.not_covered());
        }
        Ok(self
            .openings_before(to.plus_days(1))
            .saturating_sub(self.openings_before(from)))
    }

    /// The part of the calendar from the local date of `from` to that of `to`, both included, as far as covered;
    /// each holiday's name is passed through `rename`, for example into the reader's language.
    ///
    /// Inside of what it covers it answers exactly as the whole does.
    ///
    /// # Errors
    /// [`NotCovered`] if no covered date lies between the two.
    pub fn window(
        &self,
        from: Instant,
        to: Instant,
        rename: impl Fn(&str) -> String,
    ) -> Result<Self, NotCovered> {
        let first = self.offsets.local(from).date().max(self.first);
        let last = self.offsets.local(to).date().min(self.last);
        self.window_of(first, last, rename)
    }

    /// The same from one date to another, both included.
    ///
    /// # Errors
    /// [`NotCovered`] if either is not covered, or the second is before the first.
    pub fn window_of(
        &self,
        first: LocalDate,
        last: LocalDate,
        rename: impl Fn(&str) -> String,
    ) -> Result<Self, NotCovered> {
        let closed = self.closed_days(first, last)?;
        let closed = closed
            .iter()
            .map(|day| ClosedDay {
                date: day.date,
                holidays: day.holidays.iter().map(|name| rename(name)).collect(),
            })
            .collect();
        // The parts of a valid calendar make a valid one; only dates in the wrong order can be refused.
        Self::assemble(
            self.zone.clone(),
            self.version.clone(),
            (first, last),
            self.offsets.clone(),
            closed,
        )
        .map_err(|_| self.not_covered())
    }

    /// How many Business Days open before the date begins.
    pub(super) fn openings_before(&self, date: LocalDate) -> usize {
        let start = self.offsets.day_start(date);
        self.openings.partition_point(|opening| *opening < start)
    }

    /// The open time between the first opening and an instant, in milliseconds.
    fn position(&self, at: Instant) -> u64 {
        let opened = self.openings.partition_point(|opening| *opening <= at);
        let Some((last, opening)) = opened
            .checked_sub(1)
            .and_then(|last| Some((last, self.openings.get(last)?)))
        else {
            return 0;
        };
        let since = at.ms_since(*opening).cast_unsigned();
        last as u64 * OPEN_MS + since.min(OPEN_MS)
    }

    pub(super) fn check(&self, at: Instant) -> Result<Instant, NotCovered> {
        if self.start <= at && at < self.end {
            Ok(at)
        } else {
            Err(self.not_covered())
        }
    }

    pub(super) const fn not_covered(&self) -> NotCovered {
        NotCovered {
            first: self.first,
            last: self.last,
        }
    }
}
