//! When a notice was received that did not come through the portal: as it is typed on the contract's wall clock.

use chrono::LocalResult;

use crate::{
    calendar::{BusinessCalendar, Instant, LocalDate, LocalTime, NotCovered},
    people::Term,
};

/// How long ago a notice may have been received that is logged now: ninety days, in milliseconds. What is older is rather
/// a slip of the pen; the Response to it is owed, and missed, all the same.
pub const OLDEST_NOTICE: u64 = 90 * 86_400_000;

/// Which of the two is meant, where the wall clock showed a time twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Before the clocks went back.
    First,
    /// After it.
    Second,
}

impl Which {
    /// Both, in the order of time.
    pub const ALL: [Self; 2] = [Self::First, Self::Second];

    /// Its name in forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
        }
    }

    /// The one of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|which| which.name() == name)
    }
}

/// What is wrong with the time of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeProblem {
    /// Nothing was typed.
    Empty,
    /// It is no date with a time of day.
    NotATime,
    /// The clocks went forward over it: it never was.
    NeverWas,
    /// The clocks went back over it: it was twice, and it was not said which is meant.
    Twice {
        /// What the wall clock showed the first time.
        first: LocalTime,
        /// What it showed the second time.
        second: LocalTime,
    },
    /// It is still to come.
    Future,
    /// It is longer ago than [`OLDEST_NOTICE`].
    TooOld,
    /// The Subscription Term began later, on this day.
    BeforeTerm(LocalDate),
    /// The Subscription Term was over; this was its last day.
    AfterTerm(LocalDate),
    /// The calendar does not know that day.
    NotCovered(NotCovered),
}

/// The instant that `typed`, such as `2026-02-27T15:30`, means on the wall clock of the calendar's zone, if a notice can
/// have been received then.
///
/// # Errors
/// What is wrong with it.
pub fn notice_time(
    typed: &str,
    which: Option<Which>,
    calendar: &BusinessCalendar,
    term: Term,
    now: Instant,
) -> Result<Instant, NoticeProblem> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(NoticeProblem::Empty);
    }
    let (date, ms_of_day) = wall_clock(typed).ok_or(NoticeProblem::NotATime)?;
    let at = match calendar
        .at_local(date, ms_of_day)
        .map_err(NoticeProblem::NotCovered)?
    {
        LocalResult::Single(at) => at,
        LocalResult::None => return Err(NoticeProblem::NeverWas),
        LocalResult::Ambiguous(first, second) => match which {
            Some(Which::First) => first,
            Some(Which::Second) => second,
            None => {
                let local = |at| calendar.local(at).map_err(NoticeProblem::NotCovered);
                return Err(NoticeProblem::Twice {
                    first: local(first)?,
                    second: local(second)?,
                });
            }
        },
    };
    if at > now {
        Err(NoticeProblem::Future)
    } else if at.plus_ms(OLDEST_NOTICE) < now {
        Err(NoticeProblem::TooOld)
    } else if date < term.starts {
        Err(NoticeProblem::BeforeTerm(term.starts))
    } else if date > term.ends {
        Err(NoticeProblem::AfterTerm(term.ends))
    } else {
        Ok(at)
    }
}

/// A date, and the milliseconds since its 00:00: `2026-02-27T15:30`, with or without seconds, with a `T` or a blank.
fn wall_clock(typed: &str) -> Option<(LocalDate, u32)> {
    let (date, time) = typed.split_once(['T', ' '])?;
    let mut parts = time.split(':');
    let mut part = |most: u32| {
        let part = parts.next()?;
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = digits.then(|| part.parse().ok())??;
        (number < most).then_some(number)
    };
    let (hour, minute) = (part(24)?, part(60)?);
    let second = if time.len() > 5 { part(60)? } else { 0 };
    let ms = ((hour * 60 + minute) * 60 + second) * 1_000;
    parts.next().is_none().then_some(())?;
    Some((date.parse().ok()?, ms))
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn day(text: &str) -> LocalDate {
        text.parse().expect("a date")
    }

    fn term() -> Term {
        Term {
            starts: day("2026-01-10"),
            ends: day("2026-12-31"),
        }
    }

    /// Midnight in UTC.
    fn midnight(date: &str) -> i64 {
        i64::from(day(date).epoch_days()) * 24 * HOUR
    }

    fn pacific(typed: &str, which: Option<Which>, now: i64) -> Result<Instant, NoticeProblem> {
        let calendar = BusinessCalendar::standard("America/Los_Angeles").expect("a calendar");
        notice_time(typed, which, &calendar, term(), Instant(now))
    }

    #[test]
    fn a_time_is_read_on_the_contracts_wall_clock() {
        let now = midnight("2026-03-04");
        let at = Ok(Instant(midnight("2026-03-03") + 17 * HOUR + HOUR / 2));
        for typed in [
            "2026-03-03T09:30",
            " 2026-03-03 09:30 ",
            "2026-03-03T09:30:00",
        ] {
            assert_eq!(pacific(typed, None, now), at, "{typed}");
        }
        assert_eq!(pacific(" ", None, now), Err(NoticeProblem::Empty));
        for bad in [
            "2026-03-03",
            "2026-03-03T9:30",
            "2026-03-03T24:00",
            "2026-03-03T09:60",
            "2026-02-30T09:30",
            "2026-03-03T09:30Z",
            "2026-03-03T09:30:00:00",
            "yesterday",
        ] {
            assert_eq!(
                pacific(bad, None, now),
                Err(NoticeProblem::NotATime),
                "{bad}"
            );
        }
    }

    #[test]
    fn where_the_clocks_change_it_never_was_or_was_twice() {
        let now = midnight("2026-11-20");
        assert_eq!(
            pacific("2026-03-08T02:30", None, midnight("2026-03-09")),
            Err(NoticeProblem::NeverWas)
        );
        let Err(NoticeProblem::Twice { first, second }) = pacific("2026-11-01T01:30", None, now)
        else {
            panic!("it was twice");
        };
        assert_eq!(second.at.ms_since(first.at), HOUR);
        assert_eq!((first.offset, second.offset), (-7 * 3_600, -8 * 3_600));
        for (which, at) in [(Which::First, first.at), (Which::Second, second.at)] {
            assert_eq!(pacific("2026-11-01T01:30", Some(which), now), Ok(at));
            assert_eq!(Which::parse(which.name()), Some(which));
        }
    }

    #[test]
    fn it_is_in_the_past_within_the_term_and_not_absurdly_old() {
        let now = midnight("2026-03-04") + 20 * HOUR;
        assert!(pacific("2026-03-04T12:00", None, now).is_ok());
        assert_eq!(
            pacific("2026-03-04T12:01", None, now),
            Err(NoticeProblem::Future)
        );
        assert_eq!(
            pacific("2026-01-09T12:00", None, now),
            Err(NoticeProblem::BeforeTerm(day("2026-01-10")))
        );
        assert!(pacific("2026-01-10T00:00", None, now).is_ok());
        let later = midnight("2027-01-20");
        assert!(pacific("2026-12-31T23:59", None, later).is_ok());
        assert_eq!(
            pacific("2027-01-01T00:00", None, later),
            Err(NoticeProblem::AfterTerm(day("2026-12-31")))
        );
        assert_eq!(
            pacific("2026-10-01T12:00", None, later),
            Err(NoticeProblem::TooOld)
        );
        assert!(matches!(
            pacific("0001-01-01T12:00", None, now),
            Err(NoticeProblem::NotCovered(_))
        ));
    }
}
