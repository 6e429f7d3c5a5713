//! The public holidays of the Republic of Korea: the Public Holidays Act (공휴일에 관한 법률) and the Regulations on the
//! Holidays of Public Offices (관공서의 공휴일에 관한 규정).

use std::collections::{BTreeMap, BTreeSet};

use chrono::Weekday;
use icu_calendar::Date;
use icu_calendar::types::Month;

use super::{DataError, Holiday, Kind, LocalDate};

/// Polling days and temporary holidays are announced, not computed. Polling days from 2028 on are projected.
const ANNOUNCED: &str = include_str!("../../../data/holidays_kr_announced.csv");

/// When a holiday gets a substitute.
#[derive(Clone, Copy)]
enum Substitute {
    Never,
    /// For a Saturday, a Sunday or another holiday on the same day, from that date (year, month, day) on.
    Weekend(i32, u32, u32),
    /// For a Sunday or another holiday on the same day; since 2014.
    Sunday,
}

use Substitute::{Never, Sunday, Weekend};

/// The national days got substitutes on the first of these dates, Buddha's Birthday and Christmas on the second, and
/// the two new holidays came with theirs.
const NATIONAL: Substitute = Weekend(2021, 8, 4);
const SINCE_MAY_2023: Substitute = Weekend(2023, 5, 4);
const SINCE_2026: Substitute = Weekend(2026, 1, 1);

/// Month, day, name, first year among the covered ones if it is new, substitute.
const FIXED: [(u32, u32, &str, i32, Substitute); 10] = [
    (1, 1, "New Year's Day", 0, Never),
    (3, 1, "Independence Movement Day (Samiljeol)", 0, NATIONAL),
    (5, 1, "Labor Day (Nodongjeol)", 2026, SINCE_2026),
    (5, 5, "Children's Day", 0, Weekend(2014, 1, 1)),
    (6, 6, "Memorial Day", 0, Never),
    (7, 17, "Constitution Day", 2026, SINCE_2026),
    (8, 15, "Liberation Day", 0, NATIONAL),
    (10, 3, "National Foundation Day", 0, NATIONAL),
    (10, 9, "Hangul Day", 0, NATIONAL),
    (12, 25, "Christmas Day", 0, SINCE_MAY_2023),
];

/// Month and day of the lunar calendar, days from it, name, substitute.
const LUNAR: [(u8, u8, i32, &str, Substitute); 7] = [
    (1, 1, -1, "Seollal eve", Sunday),
    (1, 1, 0, "Seollal", Sunday),
    (1, 1, 1, "Seollal 2nd day", Sunday),
    (4, 8, 0, "Buddha's Birthday", SINCE_MAY_2023),
    (8, 15, -1, "Chuseok eve", Sunday),
    (8, 15, 0, "Chuseok", Sunday),
    (8, 15, 1, "Chuseok 2nd day", Sunday),
];

pub(super) fn holidays(year: i32) -> Result<Vec<Holiday>, DataError> {
    let mut found: Vec<(Holiday, Substitute)> = Vec::new();
    for (month, day, name, since, substitute) in FIXED {
        if let Some(date) = LocalDate::from_ymd(year, month, day).filter(|_| year >= since) {
            found.push((
                Holiday {
                    date,
                    name: name.to_owned(),
                    kind: Kind::Fixed,
                },
                substitute,
            ));
        }
    }
    for (month, day, shift, name, substitute) in LUNAR {
        let date = lunar(year, month, day)
            .ok_or(DataError::Year(year))?
            .plus_days(shift);
        found.push((
            Holiday {
                date,
                name: name.to_owned(),
                kind: Kind::Lunar,
            },
            substitute,
        ));
    }
    found.extend(announced(year)?.into_iter().map(|holiday| (holiday, Never)));
    found.sort_by(|(a, _), (b, _)| (a.date, &a.name).cmp(&(b.date, &b.name)));

    let substitutes = substitutes(&found);
    Ok(found
        .into_iter()
        .map(|(holiday, _)| holiday)
        .chain(substitutes)
        .collect())
}

/// The Gregorian date of a date of the Korean lunar calendar, whose year is named by the Gregorian one that it
/// begins in.
fn lunar(year: i32, month: u8, day: u8) -> Option<LocalDate> {
    let date = Date::try_new_korean_traditional(year, Month::new(month), day)
        .ok()?
        .to_calendar(icu_calendar::Iso);
    LocalDate::from_ymd(
        date.year().extended_year(),
        date.month().number().into(),
        date.day_of_month().0.into(),
    )
}

/// One substitute for each date that calls for one: the first day after it that is neither a weekend nor a holiday,
/// be it another's substitute.
fn substitutes(holidays: &[(Holiday, Substitute)]) -> Vec<Holiday> {
    let mut by_date: BTreeMap<LocalDate, Vec<&(Holiday, Substitute)>> = BTreeMap::new();
    for entry in holidays {
        by_date.entry(entry.0.date).or_default().push(entry);
    }
    let mut taken: BTreeSet<LocalDate> = by_date.keys().copied().collect();

    let mut found = Vec::new();
    for (date, entries) in by_date {
        let together = entries.len() > 1;
        let calls: Vec<_> = entries
            .iter()
            .filter(|entry| calls_for_one(date, entry.1, together))
            .collect();
        if calls.is_empty() {
            continue;
        }
        // On a weekday it stands for all that fall together, on a weekend for those that may be moved.
        let names: Vec<_> = if date.is_weekend() {
            calls.iter().map(|entry| entry.0.name.as_str()).collect()
        } else {
            entries.iter().map(|entry| entry.0.name.as_str()).collect()
        };
        let mut free = date.plus_days(1);
        while free.is_weekend() || taken.contains(&free) {
            free = free.plus_days(1);
        }
        taken.insert(free);
        let name = format!("Substitute holiday for {}", names.join(" / "));
        found.push(Holiday {
            date: free,
            name,
            kind: Kind::Substitute,
        });
    }
    found
}

/// Whether a holiday on that date calls for a substitute by itself.
fn calls_for_one(date: LocalDate, substitute: Substitute, together: bool) -> bool {
    match (substitute, date.weekday()) {
        (Never, _) | (Sunday, Weekday::Sat) => false,
        (Sunday, Weekday::Sun) => true,
        (Sunday, _) => together,
        // A rule takes effect on its date, not on its year.
        (Weekend(year, month, day), weekday) => {
            date.ymd() >= (year, month, day)
                && (together || matches!(weekday, Weekday::Sat | Weekday::Sun))
        }
    }
}

/// The announced holidays of a year: lines of date, name and kind.
fn announced(year: i32) -> Result<Vec<Holiday>, DataError> {
    let mut found = Vec::new();
    for (i, line) in ANNOUNCED.lines().enumerate().skip(1) {
        let holiday = announced_line(line).ok_or(DataError::Line(i + 1))?;
        if holiday.date.year() == year {
            found.push(holiday);
        }
    }
    Ok(found)
}

fn announced_line(line: &str) -> Option<Holiday> {
    let (date, rest) = line.split_once(',')?;
    let (name, kind) = rest.rsplit_once(',')?;
    Some(Holiday {
        date: date.parse().ok()?,
        name: name.to_owned(),
        kind: kind.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    //! What the law says of cases that do not come up in the covered years.
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn of(days: &[(&str, &str, Substitute)]) -> Vec<(String, String)> {
        let holidays: Vec<_> = days
            .iter()
            .map(|(date, name, substitute)| {
                let date = date.parse().unwrap();
                let holiday = Holiday {
                    date,
                    name: (*name).to_owned(),
                    kind: Kind::Fixed,
                };
                (holiday, *substitute)
            })
            .collect();
        substitutes(&holidays)
            .into_iter()
            .map(|holiday| (holiday.date.to_string(), holiday.name))
            .collect()
    }

    fn expect(found: Vec<(String, String)>, expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(date, name)| ((*date).to_owned(), format!("Substitute holiday for {name}")))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn one_substitute_does_not_take_the_place_of_another() {
        // A Saturday and the Sunday after it; the Tuesday is a holiday of its own.
        let found = of(&[
            ("2029-05-05", "A", NATIONAL),
            ("2029-05-06", "B", Sunday),
            ("2029-05-08", "C", Never),
        ]);
        expect(found, &[("2029-05-07", "A"), ("2029-05-09", "B")]);
    }

    #[test]
    fn together_with_any_other_holiday_on_a_weekday() {
        let found = of(&[("2028-10-03", "A", Never), ("2028-10-03", "B", Sunday)]);
        expect(found, &[("2028-10-04", "A / B")]);
        // Two that never get one do not get one together.
        expect(
            of(&[("2028-10-03", "A", Never), ("2028-10-03", "B", Never)]),
            &[],
        );
    }

    #[test]
    fn together_on_a_weekend_only_for_those_that_move() {
        // A Saturday, then a Sunday.
        let found = of(&[("2032-10-09", "A", NATIONAL), ("2032-10-09", "B", Sunday)]);
        expect(found, &[("2032-10-11", "A")]);
        let found = of(&[("2032-10-10", "A", NATIONAL), ("2032-10-10", "B", Sunday)]);
        expect(found, &[("2032-10-11", "A / B")]);
    }

    #[test]
    fn a_rule_takes_effect_on_its_date() {
        expect(of(&[("2021-07-31", "A", NATIONAL)]), &[]);
        expect(of(&[("2021-08-07", "A", NATIONAL)]), &[("2021-08-09", "A")]);
    }

    #[test]
    fn every_line_of_the_data_can_be_read_and_is_of_a_covered_year() {
        let years = super::super::HolidaySet::YEARS;
        let read: usize = years.map(|year| announced(year).unwrap().len()).sum();
        assert_eq!(read, ANNOUNCED.lines().count() - 1);
    }
}
