//! The legal public holidays of the United States: 5 U.S.C. 6103.

use chrono::Weekday;

use super::{Holiday, Kind, LocalDate};

/// When a holiday is.
enum Rule {
    /// A month and a day.
    On(u32, u32),
    /// A month, which Monday or Thursday of it counted from one, and the weekday.
    Nth(u32, i32, Weekday),
    /// The last Monday of May.
    LastMondayOfMay,
}

use Rule::{LastMondayOfMay, Nth, On};

/// 5 U.S.C. 6103(a), and since which year where that lies within the covered ones.
const HOLIDAYS: [(&str, i32, Rule); 11] = [
    ("New Year's Day", 0, On(1, 1)),
    (
        "Birthday of Martin Luther King, Jr.",
        0,
        Nth(1, 3, Weekday::Mon),
    ),
    ("Washington's Birthday", 0, Nth(2, 3, Weekday::Mon)),
    ("Memorial Day", 0, LastMondayOfMay),
    ("Juneteenth National Independence Day", 2021, On(6, 19)),
    ("Independence Day", 0, On(7, 4)),
    ("Labor Day", 0, Nth(9, 1, Weekday::Mon)),
    ("Columbus Day", 0, Nth(10, 2, Weekday::Mon)),
    ("Veterans Day", 0, On(11, 11)),
    ("Thanksgiving Day", 0, Nth(11, 4, Weekday::Thu)),
    ("Christmas Day", 0, On(12, 25)),
];

pub(super) fn holidays(year: i32) -> Vec<Holiday> {
    // New Year's Day on a Saturday is observed on 31 December of the year before.
    let mut found: Vec<_> = [year, year + 1]
        .into_iter()
        .flat_map(legal_and_observed)
        .collect();
    found.retain(|holiday| holiday.date.year() == year);
    found
}

fn legal_and_observed(year: i32) -> impl Iterator<Item = Holiday> {
    HOLIDAYS
        .iter()
        .filter(move |entry| entry.1 <= year)
        .flat_map(move |(name, _, rule)| {
            let Some(date) = date(rule, year) else {
                return Vec::new();
            };
            let legal = Holiday {
                date,
                name: (*name).to_owned(),
                kind: Kind::Federal,
            };
            let observed = match date.weekday() {
                // 5 U.S.C. 6103(b)(1).
                Weekday::Sat => date.plus_days(-1),
                // Executive Order 11582, section 3(a).
                Weekday::Sun => date.plus_days(1),
                _ => return vec![legal],
            };
            let observed = Holiday {
                date: observed,
                name: format!("{name} (observed)"),
                kind: Kind::FederalObserved,
            };
            vec![legal, observed]
        })
}

fn date(rule: &Rule, year: i32) -> Option<LocalDate> {
    let first_weekday = |month, weekday: Weekday| {
        let first = LocalDate::from_ymd(year, month, 1)?;
        Some(first.plus_days(weekday.days_since(first.weekday()).cast_signed()))
    };
    match *rule {
        On(month, day) => LocalDate::from_ymd(year, month, day),
        Nth(month, nth, weekday) => Some(first_weekday(month, weekday)?.plus_days(7 * (nth - 1))),
        // A week before the first Monday of June.
        LastMondayOfMay => Some(first_weekday(6, Weekday::Mon)?.plus_days(-7)),
    }
}
