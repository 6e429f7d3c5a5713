//! The calendar against a version of it that is too simple to be wrong: one that walks along time step by step and
//! asks at each whether it is open, with chrono-tz's wall clock and the published holiday tables.

use std::collections::HashSet;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use domain::calendar::{BusinessCalendar, Clock, Instant, Target};
use proptest::prelude::*;

use crate::shared::{check_explanation, utc};

struct Naive {
    tz: Tz,
    holidays: HashSet<NaiveDate>,
}

impl Naive {
    fn new(tz: Tz, csv: &str) -> Self {
        let holidays = csv
            .lines()
            .skip(1)
            .map(|line| line[..10].parse().unwrap())
            .collect();
        Self { tz, holidays }
    }

    fn is_open(&self, at: Instant) -> bool {
        let local = DateTime::<Utc>::from(at).with_timezone(&self.tz);
        let weekend = matches!(local.weekday(), Weekday::Sat | Weekday::Sun);
        !weekend && !self.holidays.contains(&local.date_naive()) && (9..17).contains(&local.hour())
    }

    /// Due time of a target of `steps` steps of that many milliseconds; everything is a whole number of steps.
    fn due(&self, mut at: Instant, mut steps: u64, step: u64) -> Instant {
        loop {
            let open = self.is_open(at);
            if steps == 0 && open {
                return at;
            }
            at = at.plus_ms(step);
            if open {
                steps -= 1;
                if steps == 0 {
                    return at;
                }
            }
        }
    }

    fn between(&self, a: Instant, b: Instant, step: u64) -> i64 {
        if b < a {
            return -self.between(b, a, step);
        }
        let steps = (a.0..b.0).step_by(usize::try_from(step).unwrap());
        i64::try_from(steps.filter(|at| self.is_open(Instant(*at))).count()).unwrap()
            * step.cast_signed()
    }
}

static BOTH: LazyLock<[(BusinessCalendar, Naive); 2]> = LazyLock::new(|| {
    [
        (
            BusinessCalendar::standard("America/Los_Angeles").unwrap(),
            Naive::new(
                Tz::America__Los_Angeles,
                include_str!("../data/holidays_us.csv"),
            ),
        ),
        (
            BusinessCalendar::standard("Asia/Seoul").unwrap(),
            Naive::new(Tz::Asia__Seoul, include_str!("../data/holidays_kr.csv")),
        ),
    ]
});

/// Some millisecond of the covered years, with two years to go.
fn instant() -> impl Strategy<Value = Instant> {
    (utc("2020-01-02T00:00:00").0..utc("2034-01-01T00:00:00").0).prop_map(Instant)
}

/// The same, on a whole number of steps.
fn instant_on(step: u64) -> impl Strategy<Value = Instant> {
    instant().prop_map(move |at| Instant(at.0 - at.0.rem_euclid(step.cast_signed())))
}

/// Up to 250 Business Days, often zero or a whole number of days.
fn target() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..7_200_000_000_u64, 1 => (0..250_u64).prop_map(|days| days * 28_800_000)]
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn business(ms: u64) -> Target {
    Target {
        clock: Clock::BusinessHours,
        ms,
    }
}

const MINUTE: u64 = 60_000;
const SECOND: u64 = 1_000;

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn due_minute_by_minute(i in 0..2_usize, start in instant_on(MINUTE), steps in 0..3_600_u64) {
        let (calendar, naive) = &BOTH[i];
        let expected = naive.due(start, steps, MINUTE);
        prop_assert_eq!(calendar.due(start, business(steps * MINUTE)), Ok(expected));
    }

    #[test]
    fn due_second_by_second(i in 0..2_usize, start in instant_on(SECOND), steps in 0..9_000_u64) {
        let (calendar, naive) = &BOTH[i];
        let expected = naive.due(start, steps, SECOND);
        prop_assert_eq!(calendar.due(start, business(steps * SECOND)), Ok(expected));
    }

    #[test]
    fn between_minute_by_minute(i in 0..2_usize, a in instant_on(MINUTE), minutes in -30_000..30_000_i64) {
        let (calendar, naive) = &BOTH[i];
        let b = Instant(a.0 + minutes * 60_000);
        prop_assume!(b >= utc("2020-01-02T00:00:00"));
        prop_assert_eq!(calendar.between(a, b), Ok(naive.between(a, b, MINUTE)));
    }
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn a_due_time_is_its_target_away(i in 0..2_usize, start in instant(), ms in target()) {
        let (calendar, naive) = &BOTH[i];
        let due = calendar.due(start, business(ms)).unwrap();
        prop_assert!(due >= start);
        prop_assert_eq!(calendar.between(start, due), Ok(ms.cast_signed()));
        prop_assert_eq!(calendar.between(due, start), Ok(-ms.cast_signed()));
        // A due time is open, or the close of a day: the millisecond before it is open.
        let open = if ms == 0 { due } else { Instant(due.0 - 1) };
        prop_assert!(naive.is_open(open));
    }

    #[test]
    fn later_or_longer_is_never_due_earlier(
        i in 0..2_usize, start in instant(), wait in 0..999_999_999_u64, ms in target(), more in 0..99_999_999_u64,
    ) {
        let calendar = &BOTH[i].0;
        let due = calendar.due(start, business(ms)).unwrap();
        prop_assert!(calendar.due(start.plus_ms(wait), business(ms)).unwrap() >= due);
        prop_assert!(calendar.due(start, business(ms + more)).unwrap() >= due);
        if ms > 0 && more > 0 {
            prop_assert!(calendar.due(start, business(ms + more)).unwrap() > due);
        }
    }

    #[test]
    fn open_time_adds_up(i in 0..2_usize, a in instant(), b in instant(), c in instant()) {
        let calendar = &BOTH[i].0;
        let between = |a, b| calendar.between(a, b).unwrap();
        prop_assert_eq!(between(a, b) + between(b, c), between(a, c));
        prop_assert_eq!(between(a, b), -between(b, a));
    }

    #[test]
    fn the_wall_clock_is_chrono_tz_s(i in 0..2_usize, at in instant_on(SECOND)) {
        let (calendar, naive) = &BOTH[i];
        let local = calendar.local(at).unwrap();
        prop_assert_eq!(local.to_string(), DateTime::<Utc>::from(at).with_timezone(&naive.tz).to_rfc3339());
        let found = calendar.at_local(local.date(), local.ms_of_day()).unwrap();
        prop_assert!(found.earliest() == Some(at) || found.latest() == Some(at));
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn explanations_add_up(i in 0..2_usize, start in instant(), ms in target(), elapsed in any::<bool>()) {
        let calendar = &BOTH[i].0;
        let clock = if elapsed { Clock::Elapsed } else { Clock::BusinessHours };
        let target = Target { clock, ms };
        let explanation = calendar.explain(start, target).unwrap();
        prop_assert_eq!(explanation.due.at, calendar.due(start, target).unwrap());
        check_explanation(&explanation);
    }

    #[test]
    fn a_window_answers_as_the_whole(
        i in 0..2_usize, from in instant(), days in 1..400_i64, at in 0.0..1.0_f64, ms in target(), elapsed in any::<bool>(),
    ) {
        let calendar = &BOTH[i].0;
        let length = days * 86_400_000;
        let to = Instant(from.0 + length);
        let json = serde_json::to_string(&calendar.window(from, to, str::to_owned).unwrap()).unwrap();
        let window: BusinessCalendar = serde_json::from_str(&json).unwrap();

        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any instant inside will do")]
        let start = Instant(from.0 + (length as f64 * at) as i64);
        let target = Target { clock: if elapsed { Clock::Elapsed } else { Clock::BusinessHours }, ms };
        let whole = calendar.explain(start, target).unwrap();
        if whole.due.date() <= window.coverage().1 {
            prop_assert_eq!(window.due(start, target), Ok(whole.due.at));
            prop_assert_eq!(window.explain(start, target).unwrap(), whole);
        } else {
            prop_assert!(window.due(start, target).is_err());
            prop_assert!(window.explain(start, target).is_err());
        }
        prop_assert_eq!(window.between(start, to), calendar.between(start, to));
        prop_assert_eq!(window.local(start), calendar.local(start));
    }
}
