//! How much of a promised time is used up.

use crate::calendar::{BusinessCalendar, Clock, Instant, NotCovered, Target};

/// How near a due time is, by its own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Less than three quarters of the target are used up.
    Calm,
    /// Three quarters are.
    Soon,
    /// Nine tenths are.
    Urgent,
    /// The due time has passed.
    Missed,
}

impl Stage {
    /// Every stage, the calmest first.
    pub const ALL: [Self; 4] = [Self::Calm, Self::Soon, Self::Urgent, Self::Missed];

    /// Its name in records and for the look of it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Soon => "soon",
            Self::Urgent => "urgent",
            Self::Missed => "missed",
        }
    }
}

/// How much of a target is left at some instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Urgency {
    /// How much time is left, in milliseconds of the target's own clock; negative once the due time has passed.
    pub left: i64,
    /// The clock.
    pub clock: Clock,
    /// How near it is.
    pub stage: Stage,
}

impl Urgency {
    /// How much of `target` is left at `now`, if it is due at `due`.
    ///
    /// # Errors
    /// [`NotCovered`] if `now` or the due time lies outside of the covered dates.
    pub fn of(
        due: Instant,
        target: Target,
        now: Instant,
        calendar: &BusinessCalendar,
    ) -> Result<Self, NotCovered> {
        let left = match target.clock {
            Clock::Elapsed => due.ms_since(now),
            Clock::BusinessHours => calendar.between(now, due)?,
        };
        // Widened, so that no target is too long for it.
        let (used, whole) = (
            i128::from(target.ms) - i128::from(left),
            i128::from(target.ms),
        );
        let stage = if now > due {
            Stage::Missed
        } else if used * 10 >= whole * 9 {
            Stage::Urgent
        } else if used * 4 >= whole * 3 {
            Stage::Soon
        } else {
            Stage::Calm
        };
        Ok(Self {
            left,
            clock: target.clock,
            stage,
        })
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    /// Tuesday 3 March 2026, 09:00 in Seoul.
    const TUESDAY: i64 = 1_772_496_000_000;

    #[test]
    fn stages_begin_at_three_quarters_and_nine_tenths() {
        let calendar = BusinessCalendar::standard("Asia/Seoul").expect("a calendar");
        let target = Target::business_minutes(600);
        let due = calendar
            .due(Instant(TUESDAY), target)
            .expect("within the calendar");
        // Ten Business Hours from Tuesday 09:00 are over on Wednesday at 11:00.
        assert_eq!(due, Instant(TUESDAY + 26 * HOUR));
        for (now, left, stage) in [
            (TUESDAY, 10 * HOUR, Stage::Calm),
            (
                TUESDAY + 7 * HOUR + HOUR / 2 - 1,
                2 * HOUR + HOUR / 2 + 1,
                Stage::Calm,
            ),
            (
                TUESDAY + 7 * HOUR + HOUR / 2,
                2 * HOUR + HOUR / 2,
                Stage::Soon,
            ),
            // Overnight nothing is used up.
            (TUESDAY + 20 * HOUR, 2 * HOUR, Stage::Soon),
            (TUESDAY + 25 * HOUR, HOUR, Stage::Urgent),
            (TUESDAY + 26 * HOUR, 0, Stage::Urgent),
            (TUESDAY + 27 * HOUR, -HOUR, Stage::Missed),
        ] {
            let urgency = Urgency::of(due, target, Instant(now), &calendar).expect("covered");
            assert_eq!((urgency.left, urgency.stage), (left, stage), "{now}");
        }
    }

    #[test]
    fn around_the_clock_every_hour_counts() {
        let calendar = BusinessCalendar::standard("Asia/Seoul").expect("a calendar");
        let target = Target::elapsed_minutes(60);
        let due = Instant(TUESDAY + HOUR);
        let urgency =
            Urgency::of(due, target, Instant(TUESDAY - HOUR), &calendar).expect("covered");
        assert_eq!((urgency.left, urgency.stage), (2 * HOUR, Stage::Calm));
    }
}
