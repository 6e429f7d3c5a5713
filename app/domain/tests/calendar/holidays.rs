//! The rules of the laws against the published tables.

use domain::calendar::holidays::{DataError, HolidaySet};

const US: &str = include_str!("../data/holidays_us.csv");
const KR: &str = include_str!("../data/holidays_kr.csv");

/// Every holiday of the covered years, as a line of the table.
fn lines(set: HolidaySet) -> Vec<String> {
    let mut lines = vec!["date,weekday,name,kind,closes_a_weekday".to_owned()];
    for holiday in HolidaySet::YEARS.flat_map(|year| set.holidays(year).unwrap()) {
        let quote = if holiday.name.contains(',') { "\"" } else { "" };
        lines.push(format!(
            "{},{},{quote}{}{quote},{},{}",
            holiday.date,
            holiday.date.weekday(),
            holiday.name,
            holiday.kind.as_str(),
            u8::from(!holiday.date.is_weekend())
        ));
    }
    lines
}

#[test]
fn united_states() {
    assert_eq!(lines(HolidaySet::Us), US.lines().collect::<Vec<_>>());
}

#[test]
fn korea() {
    assert_eq!(lines(HolidaySet::Kr), KR.lines().collect::<Vec<_>>());
}

#[test]
fn every_name_has_a_korean_one() {
    for set in HolidaySet::ALL {
        for holiday in HolidaySet::YEARS.flat_map(|year| set.holidays(year).unwrap()) {
            let korean = set.korean_name(&holiday.name);
            let korean = korean.unwrap_or_else(|| panic!("{} has no Korean name", holiday.name));
            assert!(
                korean.chars().any(|c| ('가'..='힣').contains(&c)),
                "{korean}"
            );
            assert!(!korean.contains("holiday"), "{korean}");
        }
    }
    let name = |set: HolidaySet, english| set.korean_name(english);
    assert_eq!(
        name(HolidaySet::Kr, "Memorial Day").as_deref(),
        Some("현충일")
    );
    assert_eq!(
        name(HolidaySet::Us, "Memorial Day").as_deref(),
        Some("메모리얼 데이")
    );
    assert_eq!(
        name(
            HolidaySet::Kr,
            "Substitute holiday for Chuseok / National Foundation Day"
        )
        .as_deref(),
        Some("대체공휴일(추석, 개천절)")
    );
    assert_eq!(
        name(HolidaySet::Us, "Veterans Day (observed)").as_deref(),
        Some("재향군인의 날(대체 휴일)")
    );
    assert_eq!(name(HolidaySet::Kr, "Founder's day"), None);
    assert_eq!(name(HolidaySet::Us, "Founder's day (observed)"), None);
}

#[test]
fn other_years_are_not_known() {
    for set in HolidaySet::ALL {
        assert_eq!(set.holidays(2019), Err(DataError::Year(2019)));
        assert_eq!(set.holidays(2036), Err(DataError::Year(2036)));
        assert_eq!(HolidaySet::from_code(set.code()), Some(set));
        assert_eq!(HolidaySet::of_zone(set.zone()), Some(set));
    }
    assert_eq!(HolidaySet::from_code("uk"), None);
}
