//! The vectors, and the one way to check them: natively against calendars that were just built, in the browser's
//! build against calendars that were read from JSON.
//!
//! The vectors come from an independent computation, minute by minute.

use domain::calendar::{BusinessCalendar, DayOutcome, Explanation, Instant, LocalDate, Target};
use serde::Deserialize;

const DUE: &str = include_str!("../data/due_vectors.jsonl");
const BETWEEN: &str = include_str!("../data/between_vectors.jsonl");
const LOS_ANGELES: &str = include_str!("../data/calendar_america_los_angeles.json");
const SEOUL: &str = include_str!("../data/calendar_asia_seoul.json");

#[derive(Deserialize)]
struct DueVector {
    start: String,
    zone: String,
    minutes: u64,
    due: String,
    skipped_days: Vec<SkippedDay>,
    used: Vec<Used>,
    start_local: String,
    due_local: String,
}

#[derive(Debug, PartialEq, Deserialize)]
struct SkippedDay {
    date: LocalDate,
    reason: String,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Used {
    date: LocalDate,
    seconds: u64,
}

#[derive(Deserialize)]
struct BetweenVector {
    a: String,
    b: String,
    zone: String,
    seconds: i64,
}

/// The calendars of both zones, in any order.
pub struct Calendars(pub [BusinessCalendar; 2]);

impl Calendars {
    /// Read from JSON.
    pub fn from_json() -> Self {
        Self(
            [LOS_ANGELES, SEOUL]
                .map(|json| serde_json::from_str(json).expect("the stored calendar can be read")),
        )
    }

    pub fn of(&self, zone: &str) -> &BusinessCalendar {
        self.0
            .iter()
            .find(|calendar| calendar.zone() == zone)
            .expect("a calendar for each zone of the vectors")
    }
}

/// `2026-02-27T06:30:00Z`, or without the Z for the same reading.
pub fn utc(text: &str) -> Instant {
    let (date, time) = text
        .trim_end_matches('Z')
        .split_once('T')
        .expect("a date and a time");
    let date: LocalDate = date.parse().expect("a date");
    let seconds = time.split(':').fold(0, |sum, part| {
        sum * 60 + part.parse::<i64>().expect("a number")
    });
    Instant((i64::from(date.epoch_days()) * 86_400 + seconds) * 1_000)
}

/// Checks every vector of `due`, with its skipped days and the time used on each day; says how many there were.
pub fn check_due(calendars: &Calendars) -> usize {
    for line in DUE.lines() {
        let vector: DueVector = serde_json::from_str(line).expect("a vector");
        let calendar = calendars.of(&vector.zone);
        let start = utc(&vector.start);
        let target = Target::business_minutes(vector.minutes);

        assert_eq!(calendar.due(start, target), Ok(utc(&vector.due)), "{line}");
        let explanation = calendar.explain(start, target).expect("covered");
        assert_eq!(explanation.due.at, utc(&vector.due), "{line}");
        assert_eq!(explanation.received.at, start, "{line}");
        assert_eq!(
            explanation.received.to_string(),
            vector.start_local,
            "{line}"
        );
        assert_eq!(explanation.due.to_string(), vector.due_local, "{line}");

        let skipped: Vec<_> = explanation
            .skipped()
            .map(|(date, reason)| SkippedDay {
                date,
                reason: reason.to_string(),
            })
            .collect();
        assert_eq!(skipped, vector.skipped_days, "{line}");
        assert_eq!(used(&explanation), vector.used, "{line}");
        check_explanation(&explanation);
    }
    DUE.lines().count()
}

fn used(explanation: &Explanation) -> Vec<Used> {
    let mut used = Vec::new();
    for day in &explanation.days {
        if let DayOutcome::Counted { ms, .. } = day.outcome
            && ms > 0
        {
            assert_eq!(ms % 1_000, 0, "the vectors count whole seconds");
            used.push(Used {
                date: day.date,
                seconds: ms / 1_000,
            });
        }
    }
    used
}

/// What holds for every explanation: no day is missing, the times add up, and JSON keeps all of it.
pub fn check_explanation(explanation: &Explanation) {
    let (first, last) = (explanation.received.date(), explanation.due.date());
    let dates: Vec<_> = explanation.days.iter().map(|day| day.date).collect();
    let expected: Vec<_> = (0..=last.epoch_days() - first.epoch_days())
        .map(|days| first.plus_days(days))
        .collect();
    assert_eq!(dates, expected);

    let mut sum = 0;
    for day in &explanation.days {
        if let DayOutcome::Counted { ms, left, .. } = day.outcome {
            sum += ms;
            assert_eq!(left, explanation.target.ms - sum, "{day:?}");
        }
    }
    assert_eq!(sum, explanation.target.ms);

    let json = serde_json::to_string(explanation).expect("can be written");
    assert_eq!(
        serde_json::from_str::<Explanation>(&json).expect("can be read"),
        *explanation
    );
}

/// Checks every vector of `between`; says how many there were.
pub fn check_between(calendars: &Calendars) -> usize {
    for line in BETWEEN.lines() {
        let vector: BetweenVector = serde_json::from_str(line).expect("a vector");
        let calendar = calendars.of(&vector.zone);
        assert_eq!(
            calendar.between(utc(&vector.a), utc(&vector.b)),
            Ok(vector.seconds * 1_000),
            "{line}"
        );
    }
    BETWEEN.lines().count()
}
