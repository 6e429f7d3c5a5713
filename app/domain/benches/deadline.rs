//! Deadlines, beside two other engines on the same tasks: `cargo bench -p domain --bench deadline`.
//!
//! All three know the same zone and the same closed days, and must give the same answers before anything is measured.
//! The others walk from day to day and ask the time zone database as they go; see `domain::calendar`.
#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

use std::error::Error;
use std::hint::black_box;

use chrono::{DateTime, Utc};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use domain::calendar::{BusinessCalendar, Instant, Target};
use ule_hours::jiff::civil::{Date, time};
use ule_hours::jiff::{SignedDuration, Timestamp};

const ZONE: &str = "America/Los_Angeles";
/// A Friday, half past three in the afternoon.
const START: &str = "2026-02-27T15:30:00-08:00";
const A_YEAR_LATER: &str = "2027-02-26T11:00:00-08:00";

struct Engines {
    ours: BusinessCalendar,
    ule_hours: ule_hours::Schedule,
    workclock: workclock::Schedule,
}

impl Engines {
    fn new() -> Result<Self, Box<dyn Error>> {
        let ours = BusinessCalendar::standard(ZONE)?;
        let (first, last) = ours.coverage();
        let closed: Vec<Date> = ours
            .closed_days(first, last)?
            .iter()
            .filter(|day| day.closes_a_weekday())
            .map(|day| day.date.to_string().parse())
            .collect::<Result<_, _>>()?;

        let ule_hours = ule_hours::Schedule::builder(ZONE)?.mon_fri("09:00-17:00")?;
        let ule_hours = closed
            .iter()
            .fold(ule_hours, |schedule, date| schedule.closed_on(*date))
            .build();
        let workclock = workclock::Schedule::builder()
            .time_zone(ZONE)
            .rule(workclock::WorkDay::new(
                time(9, 0, 0, 0),
                time(17, 0, 0, 0),
                workclock::Weekdays::MON_TO_FRI,
            ))
            .rule(workclock::Holidays::new(closed))
            .build()?;
        Ok(Self {
            ours,
            ule_hours,
            workclock,
        })
    }
}

fn ours(text: &str) -> Result<Instant, Box<dyn Error>> {
    Ok(DateTime::parse_from_rfc3339(text)?
        .with_timezone(&Utc)
        .into())
}

fn measure(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let engines = Engines::new()?;
    let (start, theirs) = (ours(START)?, START.parse::<Timestamp>()?);

    for (name, hours) in [("8 h over a weekend", 8), ("200 h", 200), ("1000 h", 1_000)] {
        let (target, budget) = (
            Target::business_minutes(hours * 60),
            SignedDuration::from_hours(hours.cast_signed()),
        );
        let due = engines.ours.due(start, target)?;
        assert_eq!(
            due.0,
            engines.ule_hours.add(theirs, budget)?.as_millisecond()
        );
        assert_eq!(
            due.0,
            engines.workclock.add(theirs, budget)?.as_millisecond()
        );

        let mut group = criterion.benchmark_group("due");
        group.bench_function(BenchmarkId::new("domain", name), |b| {
            b.iter(|| engines.ours.due(black_box(start), black_box(target)));
        });
        group.bench_function(BenchmarkId::new("ule-hours", name), |b| {
            b.iter(|| engines.ule_hours.add(black_box(theirs), black_box(budget)));
        });
        group.bench_function(BenchmarkId::new("workclock", name), |b| {
            b.iter(|| engines.workclock.add(black_box(theirs), black_box(budget)));
        });
        group.finish();
    }

    let (end, their_end) = (ours(A_YEAR_LATER)?, A_YEAR_LATER.parse::<Timestamp>()?);
    let open = i128::from(engines.ours.between(start, end)?);
    assert_eq!(
        open,
        engines.ule_hours.between(theirs, their_end).as_millis()
    );
    assert_eq!(
        open,
        engines.workclock.between(theirs, their_end).as_millis()
    );
    let mut group = criterion.benchmark_group("between");
    group.bench_function(BenchmarkId::new("domain", "1 year"), |b| {
        b.iter(|| engines.ours.between(black_box(start), black_box(end)));
    });
    group.bench_function(BenchmarkId::new("ule-hours", "1 year"), |b| {
        b.iter(|| {
            engines
                .ule_hours
                .between(black_box(theirs), black_box(their_end))
        });
    });
    group.bench_function(BenchmarkId::new("workclock", "1 year"), |b| {
        b.iter(|| {
            engines
                .workclock
                .between(black_box(theirs), black_box(their_end))
        });
    });
    group.finish();

    criterion.bench_function("explain/domain/8 h over a weekend", |b| {
        b.iter(|| {
            engines
                .ours
                .explain(black_box(start), black_box(Target::business_minutes(480)))
        });
    });
    criterion.bench_function("build/domain/16 years", |b| {
        b.iter(|| BusinessCalendar::standard(black_box(ZONE)));
    });
    Ok(())
}

fn deadlines(criterion: &mut Criterion) {
    if let Err(error) = measure(criterion) {
        panic!("nothing to measure: {error}");
    }
}

criterion_group!(benches, deadlines);
criterion_main!(benches);
