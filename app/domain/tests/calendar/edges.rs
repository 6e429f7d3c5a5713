//! Every edge of a day, of a year, and of what is known.

use chrono::{DateTime, LocalResult, Utc};
use domain::calendar::holidays::HolidaySet;
use domain::calendar::{
    BuildError, BusinessCalendar, CalendarSpec, Clock, Day, DayOutcome, Instant, InvalidCalendar,
    LocalDate, NotCovered, OPEN_MS, Skipped, Target, tzdata_version,
};

use crate::shared::{check_explanation, utc};

const MINUTE: u64 = 60_000;

fn seoul() -> BusinessCalendar {
    BusinessCalendar::standard("Asia/Seoul").unwrap()
}

fn los_angeles() -> BusinessCalendar {
    BusinessCalendar::standard("America/Los_Angeles").unwrap()
}

fn date(text: &str) -> LocalDate {
    text.parse().unwrap()
}

/// With an offset, as in RFC 3339.
fn at(text: &str) -> Instant {
    Instant::from(
        DateTime::parse_from_rfc3339(text)
            .unwrap()
            .with_timezone(&Utc),
    )
}

fn business_ms(ms: u64) -> Target {
    Target {
        clock: Clock::BusinessHours,
        ms,
    }
}

fn counted(day: &str, from: u32, to: u32, ms: u64, left: u64) -> Day {
    Day {
        date: date(day),
        outcome: DayOutcome::Counted { from, to, ms, left },
    }
}

fn skipped(day: &str, weekend: bool, holidays: &[&str]) -> Day {
    let holidays = holidays.iter().map(|name| (*name).to_owned()).collect();
    Day {
        date: date(day),
        outcome: DayOutcome::Skipped(Skipped { weekend, holidays }),
    }
}

#[test]
fn around_the_close() {
    let seoul = seoul();
    let due = |start: &str, ms| seoul.due(at(start), business_ms(ms));
    // Wednesday and Thursday.
    assert_eq!(
        due("2026-03-04T16:59:59+09:00", 1_000),
        Ok(at("2026-03-04T17:00:00+09:00"))
    );
    assert_eq!(
        due("2026-03-04T16:59:59+09:00", 1_001),
        Ok(at("2026-03-05T09:00:00.001+09:00"))
    );
    assert_eq!(
        due("2026-03-04T16:59:59.999+09:00", 1),
        Ok(at("2026-03-04T17:00:00+09:00"))
    );
    assert_eq!(
        due("2026-03-04T17:00:00+09:00", 1),
        Ok(at("2026-03-05T09:00:00.001+09:00"))
    );
    assert_eq!(
        due("2026-03-04T09:00:00+09:00", OPEN_MS),
        Ok(at("2026-03-04T17:00:00+09:00"))
    );
    assert_eq!(
        due("2026-03-04T17:00:00+09:00", OPEN_MS),
        Ok(at("2026-03-05T17:00:00+09:00"))
    );
    assert_eq!(
        due("2026-03-04T08:59:59.999+09:00", 1),
        Ok(at("2026-03-04T09:00:00.001+09:00"))
    );
}

#[test]
fn a_target_of_zero_is_due_when_it_is_open() {
    let seoul = seoul();
    for (start, expected) in [
        ("2026-03-04T08:00:00+09:00", "2026-03-04T09:00:00+09:00"),
        ("2026-03-04T09:00:00+09:00", "2026-03-04T09:00:00+09:00"),
        (
            "2026-03-04T16:59:59.999+09:00",
            "2026-03-04T16:59:59.999+09:00",
        ),
        ("2026-03-04T17:00:00+09:00", "2026-03-05T09:00:00+09:00"),
        // Over a weekend, a holiday on the Sunday and its substitute.
        ("2026-02-27T17:00:00+09:00", "2026-03-03T09:00:00+09:00"),
        ("2026-02-28T12:00:00+09:00", "2026-03-03T09:00:00+09:00"),
    ] {
        assert_eq!(
            seoul.due(at(start), business_ms(0)),
            Ok(at(expected)),
            "{start}"
        );
        check_explanation(&seoul.explain(at(start), business_ms(0)).unwrap());
    }
    let days = seoul
        .explain(at("2026-03-04T17:00:00+09:00"), business_ms(0))
        .unwrap()
        .days;
    let opening = 9 * 3_600_000;
    let expected = [
        Day {
            date: date("2026-03-04"),
            outcome: DayOutcome::AfterHours,
        },
        counted("2026-03-05", opening, opening, 0, 0),
    ];
    assert_eq!(days, expected);
}

#[test]
fn a_long_weekend_explained() {
    let explanation = seoul()
        .explain(
            at("2026-02-27T15:30:00+09:00"),
            Target::business_minutes(240),
        )
        .unwrap();
    check_explanation(&explanation);
    assert_eq!(explanation.due.to_string(), "2026-03-03T11:30:00+09:00");
    assert_eq!(explanation.zone, "Asia/Seoul");
    let samiljeol = "Independence Movement Day (Samiljeol)";
    let expected = [
        counted(
            "2026-02-27",
            55_800_000,
            61_200_000,
            90 * MINUTE,
            150 * MINUTE,
        ),
        skipped("2026-02-28", true, &[]),
        skipped("2026-03-01", true, &[samiljeol]),
        skipped(
            "2026-03-02",
            false,
            &[&format!("Substitute holiday for {samiljeol}")],
        ),
        counted("2026-03-03", 32_400_000, 41_400_000, 150 * MINUTE, 0),
    ];
    assert_eq!(explanation.days, expected);
    let json = serde_json::to_value(&explanation).unwrap();
    assert_eq!(
        json["target"],
        serde_json::json!({ "clock": "business_hours", "ms": 14_400_000 })
    );
    assert_eq!(
        json["received"],
        serde_json::json!({ "at": 1_772_173_800_000_i64, "offset": 32_400 })
    );
    assert_eq!(
        json["days"][2],
        serde_json::json!({
            "date": "2026-03-01",
            "outcome": { "skipped": { "weekend": true, "holidays": [samiljeol] } }
        })
    );
}

#[test]
fn days_on_which_the_clocks_change() {
    let los_angeles = los_angeles();
    // Friday to Monday: the night in between is an hour shorter, then an hour longer; open time is not.
    for (start, expected) in [
        ("2026-03-06T16:00:00-08:00", "2026-03-09T10:00:00-07:00"),
        ("2026-10-30T16:00:00-07:00", "2026-11-02T10:00:00-08:00"),
    ] {
        assert_eq!(
            los_angeles.due(at(start), business_ms(120 * MINUTE)),
            Ok(at(expected))
        );
        assert_eq!(los_angeles.between(at(start), at(expected)), Ok(7_200_000));
    }
}

#[test]
fn elapsed_time_counts_every_hour() {
    let los_angeles = los_angeles();
    let hour = 3_600_000;
    // From Saturday on, over the Sunday of 23 hours.
    let explanation = los_angeles
        .explain(
            at("2026-03-07T22:00:00-08:00"),
            Target::elapsed_minutes(60 * 26),
        )
        .unwrap();
    check_explanation(&explanation);
    assert_eq!(explanation.due.to_string(), "2026-03-09T01:00:00-07:00");
    let expected = [
        counted(
            "2026-03-07",
            22 * 3_600_000,
            86_400_000,
            2 * hour,
            24 * hour,
        ),
        counted("2026-03-08", 0, 86_400_000, 23 * hour, hour),
        counted("2026-03-09", 0, 3_600_000, hour, 0),
    ];
    assert_eq!(explanation.days, expected);

    // The Sunday of 25 hours, from its first 01:30 to its second.
    let explanation = los_angeles
        .explain(at("2026-11-01T01:30:00-07:00"), Target::elapsed_minutes(60))
        .unwrap();
    check_explanation(&explanation);
    assert_eq!(explanation.due.to_string(), "2026-11-01T01:30:00-08:00");
    assert_eq!(
        explanation.days,
        [counted("2026-11-01", 5_400_000, 5_400_000, hour, 0)]
    );

    // Exactly to midnight, which belongs to the next date.
    let explanation = los_angeles
        .explain(at("2026-03-04T23:00:00-08:00"), Target::elapsed_minutes(60))
        .unwrap();
    check_explanation(&explanation);
    let expected = [
        counted("2026-03-04", 23 * 3_600_000, 86_400_000, hour, 0),
        counted("2026-03-05", 0, 0, 0, 0),
    ];
    assert_eq!(explanation.days, expected);

    let now = los_angeles
        .explain(at("2026-03-08T01:59:59-08:00"), Target::elapsed_minutes(0))
        .unwrap();
    check_explanation(&now);
    assert_eq!(now.due, now.received);
}

#[test]
fn beyond_what_is_known_nothing_is_promised() {
    let seoul = seoul();
    let not_covered = NotCovered {
        first: date("2020-01-01"),
        last: date("2035-12-31"),
    };
    assert_eq!(seoul.coverage(), (not_covered.first, not_covered.last));
    let (first, end) = (
        at("2020-01-01T00:00:00+09:00"),
        at("2036-01-01T00:00:00+09:00"),
    );
    let before = Instant(first.0 - 1);
    let last = Instant(end.0 - 1);
    for clock in [Clock::BusinessHours, Clock::Elapsed] {
        for ms in [0, 1, MINUTE] {
            let target = Target { clock, ms };
            assert!(seoul.due(first, target).is_ok());
            for outside in [before, end, Instant(i64::MIN), Instant(i64::MAX)] {
                assert_eq!(seoul.due(outside, target), Err(not_covered));
                assert_eq!(seoul.explain(outside, target), Err(not_covered));
            }
        }
        for ms in [u64::MAX, u64::MAX - 1, i64::MAX.cast_unsigned(), 1 << 62] {
            assert_eq!(seoul.due(first, Target { clock, ms }), Err(not_covered));
            assert_eq!(seoul.explain(last, Target { clock, ms }), Err(not_covered));
        }
    }
    for outside in [before, end] {
        assert_eq!(seoul.local(outside), Err(not_covered));
        assert_eq!(seoul.between(first, outside), Err(not_covered));
        assert_eq!(seoul.between(outside, first), Err(not_covered));
    }

    // 2035-12-31 is a Monday; its close is the last instant at which anything can be due.
    let close = at("2035-12-31T17:00:00+09:00");
    assert_eq!(
        seoul.due(at("2035-12-31T16:00:00+09:00"), business_ms(60 * MINUTE)),
        Ok(close)
    );
    assert_eq!(
        seoul.due(
            at("2035-12-31T16:00:00+09:00"),
            business_ms(60 * MINUTE + 1)
        ),
        Err(not_covered)
    );
    assert_eq!(seoul.due(close, business_ms(0)), Err(not_covered));
    assert_eq!(
        seoul.due(
            Instant(last.0 - 1),
            Target {
                clock: Clock::Elapsed,
                ms: 1
            }
        ),
        Ok(last)
    );
    assert_eq!(
        seoul.due(
            last,
            Target {
                clock: Clock::Elapsed,
                ms: 1
            }
        ),
        Err(not_covered)
    );
    assert_eq!(seoul.between(first, last).unwrap() % 28_800_000, 0);
    assert_eq!(
        not_covered.to_string(),
        "not covered: the calendar knows 2020-01-01 to 2035-12-31 only"
    );
}

#[test]
fn wall_clock() {
    let los_angeles = los_angeles();
    let local = los_angeles.local(at("2026-07-04T01:02:03.456Z")).unwrap();
    assert_eq!(local.to_string(), "2026-07-03T18:02:03-07:00");
    assert_eq!((local.hour(), local.minute(), local.second()), (18, 2, 3));
    assert_eq!(
        (local.date(), local.weekday()),
        (date("2026-07-03"), chrono::Weekday::Fri)
    );

    let at_local = |day, hours: u32| los_angeles.at_local(date(day), hours * 3_600_000);
    assert_eq!(at_local("2026-03-08", 2), Ok(LocalResult::None));
    assert_eq!(
        at_local("2026-03-08", 3),
        Ok(LocalResult::Single(at("2026-03-08T03:00:00-07:00")))
    );
    assert_eq!(
        at_local("2026-11-01", 1),
        Ok(LocalResult::Ambiguous(
            at("2026-11-01T01:00:00-07:00"),
            at("2026-11-01T01:00:00-08:00")
        ))
    );
    assert!(at_local("2019-12-31", 1).is_err());
    assert!(at_local("2036-01-01", 1).is_err());
}

#[test]
fn closed_days_and_business_days() {
    let seoul = seoul();
    let days = seoul
        .closed_days(date("2025-05-05"), date("2025-05-06"))
        .unwrap();
    assert_eq!(days.len(), 2);
    assert_eq!(days[0].holidays, ["Buddha's Birthday", "Children's Day"]);
    assert_eq!(
        days[1].holidays,
        ["Substitute holiday for Buddha's Birthday / Children's Day"]
    );
    assert!(
        days.iter()
            .all(domain::calendar::ClosedDay::closes_a_weekday)
    );
    assert!(
        seoul
            .closed_days(date("2025-05-07"), date("2025-05-06"))
            .unwrap()
            .is_empty()
    );
    assert!(
        seoul
            .closed_days(date("2019-12-31"), date("2025-05-06"))
            .is_err()
    );
    assert!(
        seoul
            .closed_days(date("2025-05-06"), date("2036-01-01"))
            .is_err()
    );
    // 261 weekdays less 11 closed ones.
    assert_eq!(
        los_angeles().business_days(date("2026-01-01"), date("2026-12-31")),
        Ok(250)
    );
    assert_eq!(
        seoul.business_days(date("2026-02-27"), date("2026-03-03")),
        Ok(2)
    );
    assert_eq!(
        seoul.business_days(date("2026-03-03"), date("2026-02-27")),
        Ok(0)
    );
    assert!(
        seoul
            .business_days(date("2026-03-03"), date("2036-01-01"))
            .is_err()
    );
}

#[test]
fn an_administrator_closes_further_days() {
    let mut spec = CalendarSpec::standard("Asia/Seoul").unwrap();
    assert_eq!(
        spec.version(),
        format!("kr-2035.1+tzdb{}", tzdata_version())
    );
    spec.extra = vec![
        (date("2026-03-04"), "Temporary public holiday".to_owned()),
        (date("2026-03-01"), "Founder's day".to_owned()),
        (date("2026-12-25"), "Christmas Day".to_owned()),
        (date("2040-01-01"), "Later".to_owned()),
    ];
    spec.revision = 3;
    let calendar = spec.build().unwrap();
    assert_eq!(
        calendar.version(),
        format!("kr-2035.1.3+tzdb{}", tzdata_version())
    );
    assert_eq!(calendar.coverage().1, date("2035-12-31"));

    let explanation = calendar
        .explain(at("2026-02-28T00:00:00+09:00"), business_ms(OPEN_MS + 1))
        .unwrap();
    let reasons: Vec<_> = explanation
        .skipped()
        .map(|(date, why)| format!("{date} {why}"))
        .collect();
    let expected = [
        "2026-02-28 weekend",
        "2026-03-01 weekend; holiday: Independence Movement Day (Samiljeol) / Founder's day",
        "2026-03-02 holiday: Substitute holiday for Independence Movement Day (Samiljeol)",
        "2026-03-04 holiday: Temporary public holiday",
    ];
    assert_eq!(reasons, expected);
    let christmas = calendar
        .closed_days(date("2026-12-25"), date("2026-12-25"))
        .unwrap();
    assert_eq!(christmas[0].holidays, ["Christmas Day"]);
}

#[test]
fn what_cannot_be_built_is_an_error() {
    assert!(
        matches!(CalendarSpec::standard("Europe/Berlin"), Err(BuildError::NoStandard(zone)) if zone == "Europe/Berlin")
    );
    let spec = |zone: &str, years| CalendarSpec {
        zone: zone.to_owned(),
        holidays: HolidaySet::Us,
        years,
        extra: Vec::new(),
        revision: 0,
    };
    assert!(matches!(
        spec("Mars/Olympus", 2020..=2035).build(),
        Err(BuildError::UnknownZone(_))
    ));
    assert!(matches!(
        spec("America/New_York", 2019..=2035).build(),
        Err(BuildError::Holidays(_))
    ));
    assert!(matches!(
        spec("America/New_York", 2020..=2036).build(),
        Err(BuildError::Holidays(_))
    ));
    let backwards = std::ops::RangeInclusive::new(2035, 2020);
    assert_eq!(
        spec("America/New_York", backwards).build(),
        Err(BuildError::Invalid(InvalidCalendar::Dates))
    );
    assert!(spec("America/New_York", 2026..=2026).build().is_ok());
}

#[test]
fn a_window_is_small_and_speaks_the_readers_language() {
    let seoul = seoul();
    let rename = |name: &str| {
        HolidaySet::Kr
            .korean_name(name)
            .unwrap_or_else(|| name.to_owned())
    };
    let window = seoul
        .window(
            at("2026-02-27T15:30:00+09:00"),
            utc("2026-03-10T00:00:00"),
            rename,
        )
        .unwrap();
    assert_eq!(window.coverage(), (date("2026-02-27"), date("2026-03-10")));
    let expected = format!(
        concat!(
            r#"{{"zone":"Asia/Seoul","version":"kr-2035.1+tzdb{}","first":"2026-02-27","last":"2026-03-10","#,
            r#""offsets":[[1772118000,32400]],"closed":[[2,["3·1절"]],[1,["대체공휴일(3·1절)"]]]}}"#
        ),
        tzdata_version()
    );
    assert_eq!(serde_json::to_string(&window).unwrap(), expected);

    let everything = seoul
        .window(Instant(0), utc("2050-01-01T00:00:00"), str::to_owned)
        .unwrap();
    assert_eq!(everything, seoul);
    assert!(seoul.window(Instant(0), Instant(1), str::to_owned).is_err());
    assert!(
        seoul
            .window(
                utc("2026-02-01T00:00:00"),
                utc("2026-01-01T00:00:00"),
                str::to_owned
            )
            .is_err()
    );
}
