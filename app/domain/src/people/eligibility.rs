//! Who may file today: a Designated Customer Support Contact, certified, within the Subscription Term.

use serde::{Deserialize, Serialize};

use super::{Certification, Standing};
use crate::{
    calendar::LocalDate,
    plan::{ClauseId, Plan},
};

/// The Subscription Term: both days belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Its first day.
    pub starts: LocalDate,
    /// Its last day.
    pub ends: LocalDate,
}

impl Term {
    /// Days to go after `today`, 0 on the last one; none outside of the term.
    pub fn days_left(self, today: LocalDate) -> Option<u32> {
        (self.starts <= today && today <= self.ends)
            .then(|| (self.ends.epoch_days() - today.epoch_days()).unsigned_abs())
    }

    /// What section 3 says of `today`: support and Maintenance are given during the term only. `None` within it.
    pub fn bar(self, today: LocalDate) -> Option<Bar> {
        if today < self.starts {
            Some(Bar::TermNotBegun(self.starts))
        } else {
            (today > self.ends).then_some(Bar::TermEnded(self.ends))
        }
    }
}

/// Why somebody may not file an incident today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bar {
    /// The Subscription Term begins on this day.
    TermNotBegun(LocalDate),
    /// The Subscription Term ended; this was its last day.
    TermEnded(LocalDate),
    /// They are not a Designated Customer Support Contact.
    NotDesignated,
    /// They hold no certification of the track.
    NotCertified,
    /// Their certification is of a level that does not suffice.
    LevelTooLow {
        /// The English name of the level held.
        held: String,
    },
    /// Their certification expired; this was its last day.
    Expired(LocalDate),
    /// Their certification is valid from this day on.
    NotYetValid(LocalDate),
}

impl Bar {
    /// The clause that asks for what is missing: section 3 grants support during the Subscription Term only, section 4
    /// says who asks for it.
    pub fn clause(&self, plan: &Plan) -> ClauseId {
        match self {
            Self::TermNotBegun(_) | Self::TermEnded(_) => ClauseId("3".to_owned()),
            _ => plan.certification.clause.clone(),
        }
    }
}

/// Everything that keeps somebody from filing on `today`; nothing if they may.
pub fn bars(
    plan: &Plan,
    term: Term,
    designated: bool,
    held: &[Certification],
    today: LocalDate,
) -> Vec<Bar> {
    let mut bars = Vec::from_iter(term.bar(today));
    if !designated {
        bars.push(Bar::NotDesignated);
    }
    match Standing::of(held, &plan.certification, today) {
        Standing::Certified { .. } => {}
        Standing::Expired(on) => bars.push(Bar::Expired(on)),
        Standing::LevelTooLow(held) => bars.push(Bar::LevelTooLow { held }),
        Standing::NotYet(from) => bars.push(Bar::NotYetValid(from)),
        Standing::None => bars.push(Bar::NotCertified),
    }
    bars
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    fn day(text: &str) -> LocalDate {
        text.parse().expect("a date")
    }

    #[test]
    fn only_a_certified_designated_contact_within_the_term_files() {
        let plan = crate::plan::embedded().expect("the vendor's plan");
        let term = Term {
            starts: day("2026-01-01"),
            ends: day("2026-12-31"),
        };
        let held = [Certification {
            track: plan.certification.track.en.clone(),
            level: plan.certification.ladder[0].en.clone(),
            number: "1".into(),
            issued: day("2025-06-01"),
            expires: day("2026-05-31"),
        }];
        let on = |today: &str, designated, held: &[Certification]| {
            bars(&plan, term, designated, held, day(today))
        };
        assert_eq!(on("2026-01-01", true, &held), []);
        assert_eq!(on("2026-05-31", true, &held), []);
        assert_eq!(
            on("2026-06-01", true, &held),
            [Bar::Expired(day("2026-05-31"))]
        );
        assert_eq!(on("2026-03-02", false, &held), [Bar::NotDesignated]);
        assert_eq!(
            on("2025-12-31", true, &[]),
            [Bar::TermNotBegun(day("2026-01-01")), Bar::NotCertified]
        );
        let late = on("2027-01-01", false, &held);
        assert_eq!(late[0], Bar::TermEnded(day("2026-12-31")));
        let clauses: Vec<_> = late.iter().map(|bar| bar.clause(&plan)).collect();
        assert_eq!(clauses[0].cite(), "3");
        for clause in clauses {
            assert!(plan.clause_ids().contains(&clause), "{clause}");
        }
        assert_eq!(term.days_left(day("2026-12-31")), Some(0));
        assert_eq!(term.days_left(day("2027-01-01")), None);
        assert_eq!(term.bar(day("2026-01-01")), None);
        assert_eq!(term.bar(day("2026-12-31")), None);
        assert_eq!(
            term.bar(day("2025-12-31")),
            Some(Bar::TermNotBegun(day("2026-01-01")))
        );
        assert_eq!(
            term.bar(day("2027-01-01")),
            Some(Bar::TermEnded(day("2026-12-31")))
        );
    }
}
