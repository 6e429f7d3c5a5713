//! Building calendars from the rules of the law and the time zone database.

use std::ops::RangeInclusive;

use chrono::{LocalResult, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::holidays::{DataError, HolidaySet};
use super::zone::{offset_at, offsets, tzdata_version};
use super::{BusinessCalendar, ClosedDay, Instant, InvalidCalendar, LocalDate, OPEN_MS};

/// Why a calendar could not be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The time zone database has no such zone.
    #[error("{0} is no time zone that this program knows")]
    UnknownZone(String),
    /// No set of holidays goes with the zone by itself.
    #[error("no holidays are known for {0}; zones with holidays: America/Los_Angeles, Asia/Seoul")]
    NoStandard(String),
    /// The holidays of a year are not known.
    #[error(transparent)]
    Holidays(#[from] DataError),
    /// The parts do not make a calendar.
    #[error(transparent)]
    Invalid(#[from] InvalidCalendar),
    /// The table of offsets and the time zone database disagree about an opening or a close.
    #[error("the time zone database gives another opening or close for {0}")]
    Opening(LocalDate),
}

/// What a calendar is to be built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarSpec {
    /// The IANA name of the zone whose wall clock counts.
    pub zone: String,
    /// Whose public holidays are no Business Days.
    pub holidays: HolidaySet,
    /// The years to cover.
    pub years: RangeInclusive<i32>,
    /// Further closed days, such as a temporary holiday that was announced after this program was made. A date
    /// outside of `years` waits until they are covered; a name that the date already has is not repeated.
    pub extra: Vec<(LocalDate, String)>,
    /// How often `extra` was changed; part of the calendar's version, so that no two calendars with different
    /// holidays share one. Zero if there never was anything in it.
    pub revision: u32,
}

impl CalendarSpec {
    /// The standard calendar of a zone: `America/Los_Angeles` with the federal holidays of the United States,
    /// `Asia/Seoul` with the public holidays of the Republic of Korea, over all the years that are known.
    ///
    /// # Errors
    /// [`BuildError::NoStandard`] for any other zone.
    pub fn standard(zone: &str) -> Result<Self, BuildError> {
        let holidays =
            HolidaySet::of_zone(zone).ok_or_else(|| BuildError::NoStandard(zone.to_owned()))?;
        Ok(Self {
            zone: zone.to_owned(),
            holidays,
            years: HolidaySet::YEARS,
            extra: Vec::new(),
            revision: 0,
        })
    }

    /// The version of the calendar: whose holidays, their last year, the revision of this program's data, that of
    /// the further closed days if there were any, and the time zone data; `kr-2035.1+tzdb2025b`, `kr-2035.1.3+tzdb2025b`.
    pub fn version(&self) -> String {
        let (code, last, data) = (
            self.holidays.code(),
            self.years.end(),
            self.holidays.data_revision(),
        );
        let revision = if self.revision == 0 {
            String::new()
        } else {
            format!(".{}", self.revision)
        };
        format!("{code}-{last}.{data}{revision}+tzdb{}", tzdata_version())
    }

    /// Builds the calendar.
    ///
    /// # Errors
    /// [`BuildError`] if the zone is unknown, the holidays of a year are not known, the years are not in order, or
    /// the clocks of the zone change during Business Hours.
    pub fn build(&self) -> Result<BusinessCalendar, BuildError> {
        let tz: Tz = self
            .zone
            .parse()
            .map_err(|_| BuildError::UnknownZone(self.zone.clone()))?;
        let (first, last) = first_and_last(&self.years).ok_or(InvalidCalendar::Dates)?;
        let calendar = BusinessCalendar::assemble(
            self.zone.clone(),
            self.version(),
            (first, last),
            offsets(first, last, |at| offset_at(tz, at)),
            self.closed_days(first, last)?,
        )?;
        check_openings(&calendar, tz)?;
        Ok(calendar)
    }

    fn closed_days(&self, first: LocalDate, last: LocalDate) -> Result<Vec<ClosedDay>, DataError> {
        let mut named = Vec::new();
        for year in self.years.clone() {
            named.extend(
                self.holidays
                    .holidays(year)?
                    .into_iter()
                    .map(|holiday| (holiday.date, holiday.name)),
            );
        }
        named.extend(
            self.extra
                .iter()
                .filter(|day| first <= day.0 && day.0 <= last)
                .cloned(),
        );
        // Stable: the names of one date stay in their order, further ones after those of the law.
        named.sort_by_key(|day| day.0);

        let mut closed: Vec<ClosedDay> = Vec::new();
        for (date, name) in named {
            match closed.last_mut().filter(|day| day.date == date) {
                Some(day) if day.holidays.contains(&name) => {}
                Some(day) => day.holidays.push(name),
                None => closed.push(ClosedDay {
                    date,
                    holidays: vec![name],
                }),
            }
        }
        Ok(closed)
    }
}

impl BusinessCalendar {
    /// Builds the [standard calendar](CalendarSpec::standard) of a zone.
    ///
    /// # Errors
    /// [`BuildError`] if the zone has none, or it cannot be built.
    pub fn standard(zone: &str) -> Result<Self, BuildError> {
        CalendarSpec::standard(zone)?.build()
    }
}

/// 1 January of the first year and 31 December of the last, if the years are in order and among 1 to 9999.
pub(super) fn first_and_last(years: &RangeInclusive<i32>) -> Option<(LocalDate, LocalDate)> {
    let first = LocalDate::from_ymd(*years.start(), 1, 1)?;
    let last = LocalDate::from_ymd(*years.end(), 12, 31)?;
    (first <= last).then_some((first, last))
}

/// Asks the time zone database itself when each Business Day opens and closes.
fn check_openings(calendar: &BusinessCalendar, tz: Tz) -> Result<(), BuildError> {
    for opening in &calendar.openings {
        let date = calendar.offsets.local(*opening).date();
        let at = |hour| {
            let local = NaiveDate::from(date).and_time(NaiveTime::from_hms_opt(hour, 0, 0)?);
            match tz.from_local_datetime(&local) {
                LocalResult::Single(at) => Some(Instant::from(at.with_timezone(&Utc))),
                _ => None,
            }
        };
        if at(9) != Some(*opening) || at(17) != Some(opening.plus_ms(OPEN_MS)) {
            return Err(BuildError::Opening(date));
        }
    }
    Ok(())
}
