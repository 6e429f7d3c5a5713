//! A deadline taken apart: each local day from the report to the due time, and what happened on it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    BusinessCalendar, Clock, DAY_MS, Instant, LocalDate, LocalTime, NotCovered, OPEN_MS, Target,
};

/// Why a deadline is when it is.
///
/// Complete in itself: it is stored with an incident and redrawn years later without the calendar that it came
/// from. Language-neutral: the names of holidays are the English ones that identify them, unless the calendar's
/// [window](BusinessCalendar::window) renamed them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The IANA name of the zone whose wall clock counts.
    pub zone: String,
    /// The version of the calendar.
    pub version: String,
    /// How long it may take.
    pub target: Target,
    /// When the report was received.
    pub received: LocalTime,
    /// By when it is due.
    pub due: LocalTime,
    /// Each local date from that of the report to that of the due time, both included, in order.
    pub days: Vec<Day>,
}

/// One local date of an [`Explanation`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The date.
    pub date: LocalDate,
    /// What happened on it.
    pub outcome: DayOutcome,
}

/// What happened on a day between the report and the due time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayOutcome {
    /// Time counted. On the due date it can be none: a target of zero, or elapsed time that ends at midnight.
    Counted {
        /// From when on the wall clock, in milliseconds since 00:00.
        from: u32,
        /// Until when on the wall clock, in milliseconds since 00:00; 86,400,000 is the end of the day. It is
        /// before `from` if the clocks went back in between.
        to: u32,
        /// How much time counted, in milliseconds. Elapsed time on a day when the clocks change is an hour more or
        /// less than `to - from`.
        ms: u64,
        /// How much of the target was left after it, in milliseconds.
        left: u64,
    },
    /// A Business Day on which nothing counted, because the report came at its close or later.
    AfterHours,
    /// No Business Day.
    Skipped(Skipped),
}

/// Why a date is no Business Day: a weekend, one or more holidays, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Whether it is a Saturday or a Sunday.
    pub weekend: bool,
    /// The names of the holidays that fall on it.
    pub holidays: Vec<String>,
}

/// In English: `weekend`, `holiday: Chuseok / National Foundation Day`, `weekend; holiday: Seollal`.
impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.weekend {
            f.write_str("weekend")?;
        }
        let mut before = if self.weekend {
            "; holiday: "
        } else {
            "holiday: "
        };
        for name in &self.holidays {
            f.write_str(before)?;
            f.write_str(name)?;
            before = " / ";
        }
        Ok(())
    }
}

impl Explanation {
    /// The days that are no Business Days, each with its reason.
    pub fn skipped(&self) -> impl Iterator<Item = (LocalDate, &Skipped)> {
        self.days.iter().filter_map(|day| match &day.outcome {
            DayOutcome::Skipped(reason) => Some((day.date, reason)),
            _ => None,
        })
    }
}

impl BusinessCalendar {
    /// Why `target`, counted from `start`, is due when [`BusinessCalendar::due`] says: day by day.
    ///
    /// # Errors
    /// [`NotCovered`] if `start` or the due time lies outside of the covered dates.
    pub fn explain(&self, start: Instant, target: Target) -> Result<Explanation, NotCovered> {
        let received = self.local(start)?;
        let due = self.local(self.due(start, target)?)?;

        let mut days = Vec::new();
        let mut left = target.ms;
        let mut next_opening = self.openings_before(received.date());
        for epoch_days in received.date().epoch_days()..=due.date().epoch_days() {
            let date = LocalDate::default().plus_days(epoch_days);
            let hours = match target.clock {
                Clock::Elapsed => Ok((
                    self.offsets.day_start(date),
                    self.offsets.day_start(date.plus_days(1)),
                )),
                Clock::BusinessHours => self.open_hours(date, &mut next_opening),
            };
            let outcome = match hours {
                Err(reason) => DayOutcome::Skipped(reason),
                Ok((_, close)) if start >= close => DayOutcome::AfterHours,
                Ok((opening, close)) => {
                    let (from, to) = (start.max(opening), due.at.min(close));
                    let ms = to.ms_since(from).cast_unsigned();
                    left = left.saturating_sub(ms);
                    DayOutcome::Counted {
                        from: self.ms_of_day(from, date),
                        to: self.ms_of_day(to, date),
                        ms,
                        left,
                    }
                }
            };
            days.push(Day { date, outcome });
        }

        Ok(Explanation {
            zone: self.zone.clone(),
            version: self.version.clone(),
            target,
            received,
            due,
            days,
        })
    }

    /// When a date opens and closes, or why it does not. `next` is the index of the first opening that is not
    /// before the date, and is moved on past the date's own.
    fn open_hours(&self, date: LocalDate, next: &mut usize) -> Result<(Instant, Instant), Skipped> {
        let holidays = self
            .closed
            .binary_search_by_key(&date, |day| day.date)
            .ok()
            .and_then(|i| self.closed.get(i));
        if holidays.is_none()
            && !date.is_weekend()
            && let Some(opening) = self.openings.get(*next)
        {
            *next += 1;
            return Ok((*opening, opening.plus_ms(OPEN_MS)));
        }
        let holidays = holidays.map(|day| day.holidays.clone()).unwrap_or_default();
        Err(Skipped {
            weekend: date.is_weekend(),
            holidays,
        })
    }

    /// The wall clock at an instant of a date; the first instant of the next date is the end of this one.
    fn ms_of_day(&self, at: Instant, date: LocalDate) -> u32 {
        let local = self.offsets.local(at);
        if local.date() > date {
            u32::try_from(DAY_MS).unwrap_or(u32::MAX)
        } else {
            local.ms_of_day()
        }
    }
}
