//! What a Response counts as, in every order in which things can happen.

use domain::attainment::{Cell, Month, Part, Period, Tally, Verdict, Wanted};
use domain::calendar::LocalDate;

use super::*;

fn verdict(life: &Life) -> Verdict {
    Verdict::of(&life.standing, false)
}

fn excluded() -> Step {
    let clause = PLAN.exclusions()[0].clone();
    designate(Designation::Excluded(clause), "The build was changed.")
}

fn counted(number: u8) -> Step {
    designate(Designation::Level(level(number)), "It holds.")
}

fn withdraw() -> Step {
    Step::Withdraw {
        reason: String::new(),
    }
}

#[test]
fn a_response_is_in_time_up_to_its_due_time_and_late_after_it() {
    for (later, expected) in [(0, Verdict::InTime), (1, Verdict::Late)] {
        let mut life = Life::received(level(2));
        let due = life.standing.due;
        assert_eq!(verdict(&life).at(due, due), Verdict::Open);
        assert_eq!(verdict(&life).at(due, Instant(due.0 + 1)), Verdict::Late);
        life.engineer(acknowledge(10), due.0 + later).unwrap();
        assert_eq!(verdict(&life), expected);
    }
}

#[test]
fn what_is_taken_back_in_time_does_not_count_and_what_is_taken_back_later_is_late() {
    for (later, expected) in [(0, Verdict::Withdrawn), (1, Verdict::Late)] {
        let mut life = Life::received(level(2));
        let due = life.standing.due.0;
        life.customer(withdraw(), due + later).unwrap();
        assert_eq!(verdict(&life), expected);
        assert_eq!(verdict(&life).at(Instant(due), Instant(i64::MAX)), expected);
    }
    let mut life = Life::acknowledged(level(2));
    life.customer(withdraw(), TUESDAY + 2 * HOUR).unwrap();
    assert_eq!(verdict(&life), Verdict::InTime);
}

#[test]
fn an_exclusion_takes_out_what_was_in_time_and_no_miss() {
    let mut in_time = Life::acknowledged(level(2));
    in_time.engineer(excluded(), TUESDAY + 2 * HOUR).unwrap();
    assert_eq!(verdict(&in_time), Verdict::Excluded);
    in_time.engineer(counted(2), TUESDAY + 3 * HOUR).unwrap();
    assert_eq!(verdict(&in_time), Verdict::InTime);

    let mut missed = Life::received(level(2));
    let due = missed.standing.due.0;
    missed.engineer(excluded(), due + 1).unwrap();
    assert_eq!(verdict(&missed), Verdict::Late);

    // Designated before it came due, it was not owed; unless that is taken back, once and for all.
    let mut before = Life::received(level(2));
    let due = before.standing.due.0;
    before.engineer(excluded(), due).unwrap();
    assert_eq!(
        verdict(&before).at(Instant(due), Instant(i64::MAX)),
        Verdict::Excluded
    );
    before.engineer(counted(2), due + HOUR).unwrap();
    assert_eq!(verdict(&before), Verdict::Late);
    before.engineer(excluded(), due + 2 * HOUR).unwrap();
    assert_eq!(verdict(&before), Verdict::Late);
}

#[test]
fn the_answers_exclude_as_long_as_nobody_has_designated() {
    let mut life = Life::received(level(2));
    let due = life.standing.due.0;
    assert_eq!(Verdict::of(&life.standing, true), Verdict::Excluded);
    life.engineer(acknowledge(10), due + HOUR).unwrap();
    assert_eq!(Verdict::of(&life.standing, true), Verdict::Excluded);
    life.engineer(counted(2), due + 2 * HOUR).unwrap();
    assert_eq!(Verdict::of(&life.standing, true), Verdict::Late);
}

#[test]
fn the_severity_is_the_one_that_held_when_the_clock_stopped() {
    let mut life = Life::received(level(3));
    life.engineer(counted(2), TUESDAY + HOUR).unwrap();
    assert_eq!(life.standing.due_severity, level(2));
    life.engineer(acknowledge(10), TUESDAY + 2 * HOUR).unwrap();
    life.engineer(counted(1), TUESDAY + 3 * HOUR).unwrap();
    assert_eq!(
        (life.standing.due_severity, life.standing.severity),
        (level(2), level(1))
    );

    let mut missed = Life::received(level(1));
    let due = missed.standing.due.0;
    missed.engineer(counted(4), due + 1).unwrap();
    assert_eq!(
        (missed.standing.due_severity, missed.standing.severity),
        (level(1), level(4))
    );
}

fn cells() -> impl Strategy<Value = Vec<Cell>> {
    let cell = (0..24_i64, 1..=4_u8, 0..2_usize, 0..5_usize, 0..50_u64);
    let cell = cell.prop_map(|(month, number, tier, verdict, n)| Cell {
        month: Month::from_index(2025 * 12 + month).unwrap(),
        level: level(number),
        tier: ["core", "platinum"][tier].to_owned(),
        verdict: Verdict::ALL[verdict],
        n,
    });
    proptest::collection::vec(cell, 0..60)
}

fn wanted(period: Period) -> Wanted {
    Wanted {
        period,
        level: None,
        tier: None,
    }
}

fn sum(tallies: impl Iterator<Item = Tally>) -> Tally {
    let mut whole = Tally::default();
    for tally in tallies {
        for verdict in Verdict::ALL {
            whole.add(verdict, tally.of(verdict));
        }
    }
    whole
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_sequence_of_steps_undoes_a_miss_or_changes_what_it_counts_as(
        claimed in (1..=4_u8).prop_map(level),
        excluded in any::<bool>(),
        steps in proptest::collection::vec(steps(), 0..40),
    ) {
        let mut life = Life::received(claimed);
        let mut now = TUESDAY;
        for (step, party, person, later) in steps {
            now += later;
            let was = life.standing.clone();
            let _ = life.try_step(step, &by(party, person), now);
            let is = &life.standing;
            let (before, after) = (Verdict::of(&was, excluded), Verdict::of(is, excluded));

            // Time alone makes a miss of what was open, and of nothing else.
            let before = before.at(was.due, is.last);
            prop_assert!(before != Verdict::Late || after == Verdict::Late);
            prop_assert_eq!(after.at(is.due, is.last), after);
            let ever = after.at(is.due, Instant(i64::MAX));
            prop_assert_eq!(ever == after, after != Verdict::Open);
            // It agrees with what the incident's page says.
            match is.in_time(is.last) {
                Some(true) => prop_assert!(matches!(after, Verdict::InTime | Verdict::Excluded)),
                Some(false) => prop_assert!(matches!(after, Verdict::Late | Verdict::Excluded)),
                None => prop_assert!(!after.counts()),
            }
            // The severity is settled with the promise, and goes with its due time until then.
            if was.responded.is_some() || is.last > was.due {
                prop_assert_eq!(is.due_severity, was.due_severity);
            } else {
                prop_assert_eq!(is.due_severity, is.severity);
            }
        }
    }

    #[test]
    fn the_parts_add_up_to_all(cells in cells()) {
        let tally = |period| wanted(period).tally(&cells);
        let mut every = 0;
        for year in [2025, 2026] {
            let whole = tally(Period::Year(year));
            every += whole.part(Part::All);
            let parts: u64 = Verdict::ALL.into_iter().map(|verdict| whole.of(verdict)).sum();
            prop_assert_eq!(parts, whole.part(Part::All));
            prop_assert_eq!(whole.part(Part::Due), whole.of(Verdict::InTime) + whole.of(Verdict::Late));
            let quarters: Vec<_> = (1..=4).map(|quarter| Period::Quarter(year, quarter)).collect();
            prop_assert_eq!(sum(quarters.iter().map(|quarter| tally(*quarter))), whole);
            for quarter in quarters {
                let months = (1..=12).map(|month| Period::Month(Month::new(year, month).unwrap()));
                let months = months.filter(|month| quarter.has(month.months().0));
                prop_assert_eq!(sum(months.map(tally)), tally(quarter));
            }
            let by_both = (1..=4).flat_map(|number| ["core", "platinum"].map(|tier| Wanted {
                level: Some(level(number)),
                tier: Some(tier.to_owned()),
                ..wanted(Period::Year(year))
            }));
            prop_assert_eq!(sum(by_both.map(|one| one.tally(&cells))), whole);
        }
        prop_assert_eq!(every, cells.iter().map(|cell| cell.n).sum::<u64>());
    }

    #[test]
    fn each_day_lies_in_its_month_and_each_month_in_one_quarter_of_its_year(days in -200_000..200_000_i32) {
        let date = LocalDate::from_epoch_days(days).unwrap();
        let month = Month::of(date);
        let (year, number, _) = date.ymd();
        prop_assert_eq!((month.year(), month.month()), (year, number));
        prop_assert_eq!(Month::from_index(month.index()), Some(month));
        let holding = (1..=4).filter(|quarter| Period::Quarter(year, *quarter).has(month));
        prop_assert_eq!(holding.collect::<Vec<_>>(), vec![month.quarter()]);
        prop_assert!(Period::Year(year).has(month) && !Period::Year(year + 1).has(month));
    }
}
