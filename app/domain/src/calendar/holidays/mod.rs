//! Public holidays: of the United States and of the Republic of Korea, by the rules of their laws.

mod korean;
mod kr;
mod us;

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::LocalDate;

/// What makes a date a holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// United States: a legal public holiday of 5 U.S.C. 6103(a).
    Federal,
    /// United States: observed in place of one that falls on a weekend.
    FederalObserved,
    /// Korea: the same date of each year.
    Fixed,
    /// Korea: a date of the lunar calendar.
    Lunar,
    /// Korea: in place of one that falls on a weekend or together with another.
    Substitute,
    /// Korea: polling day of an election due to the end of a term.
    Election,
    /// Korea: declared for one date by the government.
    Temporary,
}

impl Kind {
    /// Every kind, with the word for it in data files.
    const WORDS: [(Self, &'static str); 7] = [
        (Self::Federal, "federal"),
        (Self::FederalObserved, "federal_observed"),
        (Self::Fixed, "fixed"),
        (Self::Lunar, "lunar"),
        (Self::Substitute, "substitute"),
        (Self::Election, "election"),
        (Self::Temporary, "temporary"),
    ];

    /// The word for it in data files, such as `federal_observed`.
    pub fn as_str(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|entry| entry.0 == self)
            .map_or("", |entry| entry.1)
    }
}

/// A word that is no kind of holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of holiday")]
pub struct NotAKind;

impl FromStr for Kind {
    type Err = NotAKind;

    fn from_str(word: &str) -> Result<Self, NotAKind> {
        Self::WORDS
            .iter()
            .find(|entry| entry.1 == word)
            .map(|entry| entry.0)
            .ok_or(NotAKind)
    }
}

/// A public holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The local date.
    pub date: LocalDate,
    /// Its English name, which also identifies it.
    pub name: String,
    /// What makes it a holiday.
    pub kind: Kind,
}

/// Why the holidays of a year cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// The year is outside of [`HolidaySet::YEARS`].
    #[error("the holidays of {0} are not known")]
    Year(i32),
    /// A line of the data that this program carries cannot be read.
    #[error("line {0} of the holiday data cannot be read")]
    Line(usize),
}

/// Whose public holidays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HolidaySet {
    /// The federal holidays of the United States.
    Us,
    /// The public holidays of the Republic of Korea.
    Kr,
}

impl HolidaySet {
    /// Both sets.
    pub const ALL: [Self; 2] = [Self::Us, Self::Kr];

    /// The years that the holidays are known for. The rules reach further, but only these were compared with published
    /// tables; Korean polling days from 2028 on are projected.
    pub const YEARS: RangeInclusive<i32> = 2020..=2035;

    /// `us` or `kr`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Kr => "kr",
        }
    }

    /// The set with that code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.code() == code)
    }

    /// The zone whose standard calendar has these holidays.
    pub const fn zone(self) -> &'static str {
        match self {
            Self::Us => "America/Los_Angeles",
            Self::Kr => "Asia/Seoul",
        }
    }

    /// The set that goes with a zone.
    pub fn of_zone(zone: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.zone() == zone)
    }

    /// Goes up whenever the rules or the data of this set change in this program.
    pub const fn data_revision(self) -> u32 {
        match self {
            Self::Us | Self::Kr => 1,
        }
    }

    /// All holidays of a year, also those on weekends, sorted by date and then by name.
    ///
    /// # Errors
    /// [`DataError::Year`] if the year is not one of [`HolidaySet::YEARS`].
    pub fn holidays(self, year: i32) -> Result<Vec<Holiday>, DataError> {
        if !Self::YEARS.contains(&year) {
            return Err(DataError::Year(year));
        }
        let mut holidays = match self {
            Self::Us => us::holidays(year),
            Self::Kr => kr::holidays(year)?,
        };
        holidays.sort_by(|a, b| (a.date, &a.name).cmp(&(b.date, &b.name)));
        Ok(holidays)
    }

    /// The Korean name of a holiday, given the English one; `None` for a name that is not of this set, such as that
    /// of a closed day that an administrator added.
    pub fn korean_name(self, english: &str) -> Option<String> {
        match self {
            Self::Us => korean::us(english),
            Self::Kr => korean::kr(english),
        }
    }
}
