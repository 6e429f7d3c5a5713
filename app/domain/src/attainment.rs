//! How many Responses were in time: what counts, in which period, and under which severity.
//!
//! - Each incident owes one Response, and so is counted once. Whatever the parts are, they add up to all.
//! - It is counted in the month in which the Response was due, by the wall clock of the contract's zone: a promise is
//!   kept or broken at its due time. By the day of the notice a month could still change long after it had ended; by the
//!   day of the Response, one that never came would stand nowhere.
//! - It is counted under the severity that set the target: the one that held when the Response was given or its due time
//!   passed, whichever came first. A later designation changes neither.
//! - A miss stays a miss. An exclusion takes an incident out of the count only if it held when the due time passed and
//!   ever since; one that is designated after a miss does not undo it.

use serde::{Deserialize, Serialize};

use crate::{
    calendar::{Instant, LocalDate},
    incident::Standing,
    plan::Severity,
};

/// What became of the promise of a Response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was given by its due time.
    InTime,
    /// It was given later, or was not given and the due time has passed.
    Late,
    /// It is not given, and the due time is still to come.
    Open,
    /// It was not owed: by the last designation the incident is no Error, or excluded from support; as long as there is
    /// none, the answers to the guide say whether it is excluded. Not counted.
    Excluded,
    /// The customer took the notice back by the due time, and nobody had responded. Not counted.
    Withdrawn,
}

impl Verdict {
    /// Every verdict; those that count come first.
    pub const ALL: [Self; 5] = [
        Self::InTime,
        Self::Late,
        Self::Open,
        Self::Excluded,
        Self::Withdrawn,
    ];

    /// Its name in addresses and records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InTime => "in_time",
            Self::Late => "late",
            Self::Open => "open",
            Self::Excluded => "excluded",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The verdict of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }

    /// Whether it belongs to the Responses of which so many were in time.
    pub const fn counts(self) -> bool {
        matches!(self, Self::InTime | Self::Late)
    }

    /// What the events of an incident say by themselves, as of the last of them; `excluded` is whether the answers that it
    /// was filed with exclude it.
    pub fn of(standing: &Standing, excluded: bool) -> Self {
        let ever_since = standing.excluded_since_due.unwrap_or(excluded);
        let now = match &standing.designated {
            Some((designation, _)) => designation.level().is_none(),
            None => excluded,
        };
        let stopped = standing.responded.or(standing.withdrawn());
        if stopped.unwrap_or(standing.last) > standing.due {
            if ever_since {
                Self::Excluded
            } else {
                Self::Late
            }
        } else if standing.responded.is_none() && stopped.is_some() {
            Self::Withdrawn
        } else if now {
            Self::Excluded
        } else if stopped.is_some() {
            Self::InTime
        } else {
            Self::Open
        }
    }

    /// The verdict at `now`, if it is this one by the events: time alone makes of what is open a miss.
    #[must_use]
    pub fn at(self, due: Instant, now: Instant) -> Self {
        match self {
            Self::Open if now > due => Self::Late,
            other => other,
        }
    }
}

/// A part of the Responses that are counted: what a number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of them.
    All,
    /// Those that were owed and have come due, in time or late: of so many, some were in time.
    Due,
    /// Those with this verdict.
    Of(Verdict),
}

impl Part {
    /// Every part, in the order in which they are read.
    pub const ALL: [Self; 7] = [
        Self::Due,
        Self::Of(Verdict::InTime),
        Self::Of(Verdict::Late),
        Self::Of(Verdict::Open),
        Self::Of(Verdict::Excluded),
        Self::Of(Verdict::Withdrawn),
        Self::All,
    ];

    /// Its name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Due => "due",
            Self::Of(verdict) => verdict.name(),
        }
    }

    /// The part of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// Whether a Response with this verdict belongs to it.
    pub fn has(self, verdict: Verdict) -> bool {
        match self {
            Self::All => true,
            Self::Due => verdict.counts(),
            Self::Of(own) => own == verdict,
        }
    }
}

/// A month of a year, by the wall clock of some zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// `month` is 1 to 12. `None` for any other.
    pub const fn new(year: i32, month: u32) -> Option<Self> {
        if 1 <= month && month <= 12 {
            Some(Self { year, month })
        } else {
            None
        }
    }

    /// The month of a date.
    pub fn of(date: LocalDate) -> Self {
        let (year, month, _) = date.ymd();
        Self { year, month }
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.year
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> u32 {
        self.month
    }

    /// Months since January of the year 0: what records keep.
    pub fn index(self) -> i64 {
        i64::from(self.year) * 12 + i64::from(self.month) - 1
    }

    /// The month with this index. `None` if no year is so large.
    pub fn from_index(index: i64) -> Option<Self> {
        let year = i32::try_from(index.div_euclid(12)).ok()?;
        let month = u32::try_from(index.rem_euclid(12)).ok()? + 1;
        Self::new(year, month)
    }

    /// Its quarter, 1 to 4.
    pub const fn quarter(self) -> u32 {
        (self.month - 1) / 3 + 1
    }
}

/// What Responses are counted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// A year.
    Year(i32),
    /// A quarter of a year, 1 to 4.
    Quarter(i32, u32),
    /// A month.
    Month(Month),
}

impl Period {
    /// The year that it lies in.
    pub const fn year(self) -> i32 {
        match self {
            Self::Year(year) | Self::Quarter(year, _) => year,
            Self::Month(month) => month.year(),
        }
    }

    /// Its first month and its last.
    pub const fn months(self) -> (Month, Month) {
        let (year, first, last) = match self {
            Self::Year(year) => (year, 1, 12),
            Self::Quarter(year, quarter) => (year, quarter * 3 - 2, quarter * 3),
            Self::Month(Month { year, month }) => (year, month, month),
        };
        (Month { year, month: first }, Month { year, month: last })
    }

    /// Whether a month lies in it.
    pub fn has(self, month: Month) -> bool {
        let (first, last) = self.months();
        first <= month && month <= last
    }

    /// The months of a year, each quarter after its months, and the year itself.
    pub fn of_year(year: i32) -> Vec<Self> {
        let mut all: Vec<_> = (1..=12)
            .flat_map(|month| {
                let own = Self::Month(Month { year, month });
                let quarter = (month % 3 == 0).then_some(Self::Quarter(year, month / 3));
                std::iter::once(own).chain(quarter)
            })
            .collect();
        all.push(Self::Year(year));
        all
    }

    /// The period of this name: `2026`, `2026-Q1`, `2026-03`. `None` for what is no name of a period.
    pub fn parse(name: &str) -> Option<Self> {
        let digits = |text: &str, length: usize| {
            let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse::<u32>().ok()).flatten()
        };
        let year = |text: &str| i32::try_from(digits(text, 4)?).ok();
        let Some((before, part)) = name.split_once('-') else {
            return Some(Self::Year(year(name)?));
        };
        match part.strip_prefix('Q') {
            Some(quarter) => {
                let quarter = digits(quarter, 1).filter(|quarter| (1..=4).contains(quarter))?;
                Some(Self::Quarter(year(before)?, quarter))
            }
            None => Month::new(year(before)?, digits(part, 2)?).map(Self::Month),
        }
    }
}

/// The name, as it is read.
impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Quarter(year, quarter) => write!(f, "{year:04}-Q{quarter}"),
            Self::Month(Month { year, month }) => write!(f, "{year:04}-{month:02}"),
        }
    }
}

/// How many Responses there are of each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally([u64; 5]);

impl Tally {
    /// How many have this verdict.
    pub const fn of(self, verdict: Verdict) -> u64 {
        let [in_time, late, open, excluded, withdrawn] = self.0;
        match verdict {
            Verdict::InTime => in_time,
            Verdict::Late => late,
            Verdict::Open => open,
            Verdict::Excluded => excluded,
            Verdict::Withdrawn => withdrawn,
        }
    }

    /// How many belong to a part.
    pub fn part(self, part: Part) -> u64 {
        Verdict::ALL
            .into_iter()
            .filter(|verdict| part.has(*verdict))
            .map(|verdict| self.of(verdict))
            .sum()
    }

    /// Adds so many with a verdict.
    pub fn add(&mut self, verdict: Verdict, n: u64) {
        let [in_time, late, open, excluded, withdrawn] = &mut self.0;
        let part = match verdict {
            Verdict::InTime => in_time,
            Verdict::Late => late,
            Verdict::Open => open,
            Verdict::Excluded => excluded,
            Verdict::Withdrawn => withdrawn,
        };
        *part = part.saturating_add(n);
    }
}

/// So many Responses that have everything in common that they are counted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The month in which they were due.
    pub month: Month,
    /// The severity that set their target.
    pub level: Severity,
    /// The id of the tier.
    pub tier: String,
    /// What became of them.
    pub verdict: Verdict,
    /// How many.
    pub n: u64,
}

/// Which of them are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Due in this period.
    pub period: Period,
    /// Only those whose target this severity set.
    pub level: Option<Severity>,
    /// Only those of this tier, by its id.
    pub tier: Option<String>,
}

impl Wanted {
    /// Counts what is wanted.
    pub fn tally(&self, cells: &[Cell]) -> Tally {
        let mut tally = Tally::default();
        for cell in cells.iter().filter(|cell| self.has(cell)) {
            tally.add(cell.verdict, cell.n);
        }
        tally
    }

    fn has(&self, cell: &Cell) -> bool {
        self.period.has(cell.month)
            && self.level.is_none_or(|level| level == cell.level)
            && self.tier.as_ref().is_none_or(|tier| *tier == cell.tier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::parse(verdict.name()), Some(verdict));
        }
        for part in Part::ALL {
            assert_eq!(Part::parse(part.name()), Some(part));
        }
        for period in Period::of_year(2026) {
            assert_eq!(Period::parse(&period.to_string()), Some(period));
        }
        for wrong in [
            "",
            "26",
            "2026-",
            "2026-3",
            "2026-13",
            "2026-00",
            "2026-Q5",
            "2026-Q",
            "2026-+3",
            "2026-03-01",
            "-2026",
            "2026-q1",
        ] {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_year_is_its_months_with_each_quarter_after_its_own() {
        let names: Vec<_> = Period::of_year(2026)
            .iter()
            .map(Period::to_string)
            .collect();
        assert_eq!(names.len(), 17);
        assert_eq!(
            names[..5],
            ["2026-01", "2026-02", "2026-03", "2026-Q1", "2026-04"]
        );
        assert_eq!(names[15..], ["2026-Q4", "2026"]);
    }

    #[test]
    fn a_month_keeps_its_place() {
        for (year, month, index) in [(0, 1, 0), (2026, 3, 24_314), (-1, 12, -1)] {
            let found = Month::new(year, month).expect("a month");
            assert_eq!(found.index(), index);
            assert_eq!(Month::from_index(index), Some(found));
        }
        assert_eq!(Month::from_index(i64::MAX), None);
        assert_eq!(Month::new(2026, 0), None);
        assert_eq!(Month::new(2026, 13), None);
    }
}
