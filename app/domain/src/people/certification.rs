//! Certifications: whether one satisfies section 4 on a day, and when it has to be renewed.

use serde::{Deserialize, Serialize};

use crate::{calendar::LocalDate, plan};

/// How many days before a certification expires its holder is reminded.
pub const REMINDERS: [u32; 3] = [90, 30, 7];

/// A certification that a contact holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certification {
    /// The English name of its track.
    pub track: String,
    /// The English name of its level, one of the plan's ladder.
    pub level: String,
    /// Its number.
    pub number: String,
    /// The first day on which it is valid.
    pub issued: LocalDate,
    /// The last day on which it is valid.
    pub expires: LocalDate,
}

/// Where a day lies in the life of a certification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Before the day of issue.
    NotYet,
    /// Valid, with this many days to go after the day asked for; 0 on the last one.
    Valid {
        /// Days to go.
        days_left: u32,
    },
    /// After the last day.
    Expired,
}

/// What a contact's certifications come to on a day, under a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// One suffices.
    Certified {
        /// The last day on which one that suffices today is valid.
        until: LocalDate,
    },
    /// There is one of the track at a sufficient level, but it has expired; this was its last day.
    Expired(LocalDate),
    /// There is one, but its level does not suffice; this is the highest level held today.
    LevelTooLow(String),
    /// There is one that will be valid from this day on.
    NotYet(LocalDate),
    /// There is none in the track that counts.
    None,
}

impl Certification {
    /// Where `today` lies in its life.
    pub fn phase(&self, today: LocalDate) -> Phase {
        if today < self.issued {
            Phase::NotYet
        } else if today > self.expires {
            Phase::Expired
        } else {
            let days = self.expires.epoch_days() - today.epoch_days();
            Phase::Valid {
                days_left: days.unsigned_abs(),
            }
        }
    }

    /// Its place in the plan's ladder, 0 for the lowest; none if track or level are not the plan's.
    fn rank(&self, asked: &plan::Certification) -> Option<usize> {
        if self.track != asked.track.en {
            return None;
        }
        asked.ladder.iter().position(|level| level.en == self.level)
    }

    /// When its holder is reminded, and how many days before the last day that is: the earliest first.
    pub fn reminders(&self) -> [(u32, LocalDate); REMINDERS.len()] {
        REMINDERS.map(|days| {
            let back = i32::try_from(days).unwrap_or(i32::MAX);
            (days, self.expires.plus_days(-back))
        })
    }
}

impl Standing {
    /// What `held` comes to on `today` under what the plan's section 4 asks for.
    pub fn of(held: &[Certification], asked: &plan::Certification, today: LocalDate) -> Self {
        let ranked = held
            .iter()
            .filter_map(|one| one.rank(asked).map(|rank| (rank, one)));
        let (enough, low): (Vec<_>, Vec<_>) = ranked.partition(|(rank, _)| *rank >= asked.required);
        let in_phase = |wanted: fn(Phase) -> bool| {
            enough
                .iter()
                .filter(move |(_, one)| wanted(one.phase(today)))
                .map(|(_, one)| *one)
        };
        if let Some(best) =
            in_phase(|phase| matches!(phase, Phase::Valid { .. })).max_by_key(|one| one.expires)
        {
            return Self::Certified {
                until: best.expires,
            };
        }
        if let Some(next) = in_phase(|phase| phase == Phase::NotYet).min_by_key(|one| one.issued) {
            return Self::NotYet(next.issued);
        }
        if let Some(last) = in_phase(|phase| phase == Phase::Expired).max_by_key(|one| one.expires)
        {
            return Self::Expired(last.expires);
        }
        low.into_iter()
            .filter(|(_, one)| matches!(one.phase(today), Phase::Valid { .. }))
            .max_by_key(|(rank, _)| *rank)
            .map_or(Self::None, |(_, one)| Self::LevelTooLow(one.level.clone()))
    }

    /// The certification of `held` that this comes from.
    pub fn shown_by<'a>(
        &self,
        held: &'a [Certification],
        asked: &plan::Certification,
    ) -> Option<&'a Certification> {
        held.iter().find(|one| {
            let suffices = one.rank(asked).is_some_and(|rank| rank >= asked.required);
            match self {
                Self::Certified { until: day } | Self::Expired(day) => {
                    suffices && one.expires == *day
                }
                Self::NotYet(day) => suffices && one.issued == *day,
                Self::LevelTooLow(level) => one.rank(asked).is_some() && one.level == *level,
                Self::None => false,
            }
        })
    }
}

/// The last day until which `held` satisfies section 4 without a gap, those that follow on counted; none if it does not
/// on `today`.
pub fn covered_until(
    held: &[Certification],
    asked: &plan::Certification,
    today: LocalDate,
) -> Option<LocalDate> {
    let Standing::Certified { mut until } = Standing::of(held, asked, today) else {
        return None;
    };
    // The last date that there is has no next one.
    while let Standing::Certified { until: later } = Standing::of(held, asked, until.plus_days(1))
        && later > until
    {
        until = later;
    }
    Some(until)
}

/// The certification of `held` that covers days of `new` at the same level of the same track: two numbers for one thing.
pub fn overlapping<'a>(
    new: &Certification,
    held: &'a [Certification],
) -> Option<&'a Certification> {
    held.iter().find(|one| {
        one.number != new.number
            && one.track == new.track
            && one.level == new.level
            && one.issued <= new.expires
            && new.issued <= one.expires
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{plan::ClauseId, text::Text};

    fn day(text: &str) -> LocalDate {
        text.parse().expect("a date")
    }

    fn held(level: &str, issued: &str, expires: &str) -> Certification {
        Certification {
            track: "Integration and API".into(),
            level: level.into(),
            number: format!("{level}-{issued}"),
            issued: day(issued),
            expires: day(expires),
        }
    }

    fn asked(required: usize) -> plan::Certification {
        let text = |en: &str| Text {
            en: en.into(),
            ko: None,
        };
        plan::Certification {
            clause: ClauseId("4-contacts".into()),
            track: text("Integration and API"),
            ladder: ["Associate", "Professional", "Expert"].map(text).into(),
            required,
        }
    }

    #[test]
    fn the_day_of_issue_and_the_last_day_both_count() {
        let one = held("Associate", "2025-03-01", "2026-02-28");
        assert_eq!(one.phase(day("2025-02-28")), Phase::NotYet);
        assert_eq!(
            one.phase(day("2025-03-01")),
            Phase::Valid { days_left: 364 }
        );
        assert_eq!(one.phase(day("2026-02-28")), Phase::Valid { days_left: 0 });
        assert_eq!(one.phase(day("2026-03-01")), Phase::Expired);
    }

    #[test]
    fn the_best_certification_decides() {
        let today = day("2026-03-02");
        let expired = held("Expert", "2024-01-01", "2025-12-31");
        let valid = held("Associate", "2025-06-01", "2026-05-31");
        let later = held("Associate", "2026-06-01", "2027-05-31");
        let of = |held: &[&Certification], required| {
            let held: Vec<_> = held.iter().map(|one| (*one).clone()).collect();
            Standing::of(&held, &asked(required), today)
        };
        assert_eq!(of(&[], 0), Standing::None);
        assert_eq!(
            of(&[&expired, &valid, &later], 0),
            Standing::Certified {
                until: day("2026-05-31")
            }
        );
        assert_eq!(of(&[&expired], 0), Standing::Expired(day("2025-12-31")));
        assert_eq!(
            of(&[&expired, &later], 0),
            Standing::NotYet(day("2026-06-01"))
        );
        assert_eq!(of(&[&valid], 1), Standing::LevelTooLow("Associate".into()));
        assert_eq!(
            of(&[&expired, &valid], 1),
            Standing::Expired(day("2025-12-31"))
        );
        let all = [expired.clone(), valid.clone(), later.clone()];
        for (held, shown) in [
            (&all[..], Some(&valid)),
            (&all[..1], Some(&expired)),
            (&[], None),
        ] {
            let standing = Standing::of(held, &asked(0), today);
            assert_eq!(standing.shown_by(held, &asked(0)), shown, "{standing:?}");
        }
        let low = Standing::of(&all[1..2], &asked(1), today);
        assert_eq!(low.shown_by(&all, &asked(1)), Some(&valid));
        let other = Certification {
            track: "Analytics".into(),
            ..valid.clone()
        };
        assert_eq!(of(&[&other], 0), Standing::None);
        let unknown = Certification {
            level: "Wizard".into(),
            ..valid
        };
        assert_eq!(of(&[&unknown], 0), Standing::None);
    }

    #[test]
    fn what_follows_without_a_gap_counts_on() {
        let first = held("Associate", "2025-06-01", "2026-05-31");
        let next = held("Expert", "2026-06-01", "2027-05-31");
        let after_a_gap = held("Associate", "2027-06-02", "2028-06-01");
        let endless = held("Associate", "2026-01-01", "9999-12-31");
        let until = |held: &[&Certification], today| {
            let held: Vec<_> = held.iter().map(|one| (*one).clone()).collect();
            covered_until(&held, &asked(0), day(today))
        };
        let all = [&after_a_gap, &next, &first];
        assert_eq!(until(&[], "2026-03-02"), None);
        assert_eq!(until(&[&first], "2026-03-02"), Some(first.expires));
        assert_eq!(until(&all, "2026-03-02"), Some(next.expires));
        assert_eq!(until(&all, "2027-06-01"), None);
        assert_eq!(until(&all, "2027-06-02"), Some(after_a_gap.expires));
        assert_eq!(until(&[&endless], "2026-03-02"), Some(endless.expires));
    }

    #[test]
    fn days_of_the_same_level_overlap_once() {
        let first = held("Associate", "2025-01-01", "2025-12-31");
        let clash = held("Associate", "2025-12-31", "2026-12-30");
        let next = held("Associate", "2026-01-01", "2026-12-31");
        let higher = held("Expert", "2025-06-01", "2026-05-31");
        let all = [first.clone()];
        assert_eq!(overlapping(&clash, &all), Some(&first));
        assert_eq!(overlapping(&next, &all), None);
        assert_eq!(overlapping(&higher, &all), None);
        assert_eq!(
            overlapping(&first, &all),
            None,
            "itself, when it is changed"
        );
    }

    #[test]
    fn reminders_come_before_the_last_day() {
        let one = held("Associate", "2025-01-01", "2026-04-01");
        assert_eq!(
            one.reminders(),
            [
                (90, day("2026-01-01")),
                (30, day("2026-03-02")),
                (7, day("2026-03-25"))
            ]
        );
    }
}
