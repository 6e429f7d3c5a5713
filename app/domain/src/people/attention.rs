//! What an account manager should look at first, and why: a pure rule over what is known of a customer.

use std::cmp::Ordering;

use super::{Certification, Standing, Term, bars, covered_until};
use crate::{
    calendar::LocalDate,
    plan::{ClauseId, Plan},
};

/// How many days before its end a term asks for attention.
pub const TERM_NOTICE: u32 = 60;
/// How many days before its expiry a certification asks for attention.
pub const EXPIRY_NOTICE: u32 = 90;
/// How many days before its expiry it does so urgently.
pub const EXPIRY_SOON: u32 = 30;

/// A contact, as far as attention goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Their name.
    pub name: String,
    /// Whether they are a Designated Customer Support Contact.
    pub designated: bool,
    /// What they hold.
    pub held: Vec<Certification>,
}

/// A version in use that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The product's name.
    pub product: String,
    /// The version in use.
    pub version: String,
}

/// What is known of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its Subscription Term.
    pub term: Term,
    /// Its contacts; only those who are designated, or all of them.
    pub contacts: Vec<Holder>,
    /// How many seats it asked for, if the request is open.
    pub seats_asked: Option<u32>,
    /// Versions in use whose support was discontinued.
    pub discontinued: Vec<Version>,
    /// Versions in use with a later Minor release, and that release.
    pub behind: Vec<(Version, String)>,
    /// How many of its incidents await their Response.
    pub awaiting: u32,
    /// How many of its open incidents were escalated.
    pub escalated: u32,
}

/// Why a customer needs attention. The order of the variants is that of urgency: what stops the customer comes before
/// what will, and what waits for the account manager before what waits for the customer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Its plan, or its zone, is not among those loaded, so that nothing can be judged.
    PlanUnknown,
    /// Its term ended; this was its last day.
    TermEnded(LocalDate),
    /// No contact may file today, though the term runs.
    NobodyMayFile,
    /// Its term ends within [`TERM_NOTICE`] days.
    TermEnds {
        /// Days to go.
        days: u32,
        /// The last day.
        on: LocalDate,
    },
    /// So many of its open incidents were escalated.
    Escalated(u32),
    /// It asked for seats and has no answer yet.
    SeatsAsked(u32),
    /// A designated contact's certification has expired.
    Expired {
        /// Its last day.
        on: LocalDate,
        /// The contact.
        name: String,
    },
    /// A designated contact holds no certification that suffices: none was entered, as right after an import of
    /// contacts, its level is too low, or it is not valid yet although the term has begun.
    NotCertified {
        /// The contact.
        name: String,
    },
    /// A designated contact's certification expires within [`EXPIRY_SOON`] days.
    ExpiresSoon {
        /// Days to go.
        days: u32,
        /// Its last day.
        on: LocalDate,
        /// The contact.
        name: String,
    },
    /// A version is in use whose support was discontinued (7(iv)).
    Discontinued {
        /// The product's name.
        product: String,
        /// The version.
        version: String,
    },
    /// So many incidents await their Response.
    Awaiting(u32),
    /// A designated contact's certification expires within [`EXPIRY_NOTICE`] days.
    Expires {
        /// Days to go.
        days: u32,
        /// Its last day.
        on: LocalDate,
        /// The contact.
        name: String,
    },
    /// A Minor release is not installed (6(c)).
    Behind {
        /// The product's name.
        product: String,
        /// The version in use.
        version: String,
        /// The latest Minor release of its line.
        latest: String,
    },
    /// Its term begins on this day.
    TermNotBegun(LocalDate),
}

impl Reason {
    /// Its place in the order of urgency, 0 first.
    const fn rank(&self) -> u8 {
        match self {
            Self::PlanUnknown => 0,
            Self::TermEnded(_) => 1,
            Self::NobodyMayFile => 2,
            Self::TermEnds { .. } => 3,
            Self::Escalated(_) => 4,
            Self::SeatsAsked(_) => 5,
            Self::Expired { .. } => 6,
            Self::NotCertified { .. } => 7,
            Self::ExpiresSoon { .. } => 8,
            Self::Discontinued { .. } => 9,
            Self::Awaiting(_) => 10,
            Self::Expires { .. } => 11,
            Self::Behind { .. } => 12,
            Self::TermNotBegun(_) => 13,
        }
    }

    /// Whether something is already wrong or waits for the account manager, rather than announcing itself.
    pub const fn is_urgent(&self) -> bool {
        self.rank() <= 9
    }

    /// The clause that it stands on: section 3 grants support during the term, section 4 says who asks for it.
    pub fn clause(&self, plan: &Plan) -> Option<ClauseId> {
        Some(match self {
            Self::PlanUnknown | Self::Escalated(_) => return None,
            Self::TermEnded(_)
            | Self::TermEnds { .. }
            | Self::TermNotBegun(_)
            | Self::Awaiting(_) => ClauseId("3".to_owned()),
            Self::NobodyMayFile
            | Self::SeatsAsked(_)
            | Self::Expired { .. }
            | Self::NotCertified { .. }
            | Self::ExpiresSoon { .. }
            | Self::Expires { .. } => plan.certification.clause.clone(),
            Self::Discontinued { .. } => plan.guide.discontinued.clone(),
            Self::Behind { .. } => plan.guide.superseded.clone(),
        })
    }

    /// Days until it happens, where that is so.
    const fn days(&self) -> u32 {
        match self {
            Self::TermEnds { days, .. }
            | Self::ExpiresSoon { days, .. }
            | Self::Expires { days, .. } => *days,
            _ => 0,
        }
    }
}

/// Everything about a customer that needs attention on `today`, the most urgent first; nothing if all is well.
pub fn reasons(plan: &Plan, facts: &Facts, today: LocalDate) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let term = facts.term;
    let running = term.days_left(today);
    if today > term.ends {
        reasons.push(Reason::TermEnded(term.ends));
    } else if today < term.starts {
        reasons.push(Reason::TermNotBegun(term.starts));
    }
    if let Some(days) = running.filter(|days| *days <= TERM_NOTICE) {
        reasons.push(Reason::TermEnds {
            days,
            on: term.ends,
        });
    }
    let may_file = |one: &Holder| bars(plan, term, one.designated, &one.held, today).is_empty();
    if running.is_some() && !facts.contacts.iter().any(may_file) {
        reasons.push(Reason::NobodyMayFile);
    }
    for contact in facts.contacts.iter().filter(|one| one.designated) {
        reasons.extend(asks(plan, term, contact, today));
    }
    reasons.extend(facts.seats_asked.map(Reason::SeatsAsked));
    reasons.extend(
        facts
            .discontinued
            .iter()
            .cloned()
            .map(|Version { product, version }| Reason::Discontinued { product, version }),
    );
    reasons.extend(
        facts
            .behind
            .iter()
            .cloned()
            .map(|(Version { product, version }, latest)| Reason::Behind {
                product,
                version,
                latest,
            }),
    );
    if facts.escalated > 0 {
        reasons.push(Reason::Escalated(facts.escalated));
    }
    if facts.awaiting > 0 {
        reasons.push(Reason::Awaiting(facts.awaiting));
    }
    reasons.sort();
    reasons
}

/// What the certification of a designated contact asks for.
fn asks(plan: &Plan, term: Term, contact: &Holder, today: LocalDate) -> Option<Reason> {
    let name = contact.name.clone();
    // Before the term, what suffices on its first day will do.
    match Standing::of(&contact.held, &plan.certification, today.max(term.starts)) {
        Standing::Certified { .. } | Standing::Expired(_) => {}
        Standing::LevelTooLow(_) | Standing::NotYet(_) | Standing::None => {
            return Some(Reason::NotCertified { name });
        }
    }
    Some(match expiry(plan, &contact.held, today)? {
        Expiry { on, days: None } => Reason::Expired { on, name },
        Expiry {
            on,
            days: Some(days),
        } if days <= EXPIRY_SOON => Reason::ExpiresSoon { days, on, name },
        Expiry {
            on,
            days: Some(days),
        } => Reason::Expires { days, on, name },
    })
}

/// A certification that has expired or will within [`EXPIRY_NOTICE`] days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// Its last day.
    pub on: LocalDate,
    /// Days to go after today; none if it has expired.
    pub days: Option<u32>,
}

/// When what somebody holds under section 4 expires, if that has passed or is near. One that is renewed without a gap
/// expires with the renewal.
pub fn expiry(plan: &Plan, held: &[Certification], today: LocalDate) -> Option<Expiry> {
    let asked = &plan.certification;
    match Standing::of(held, asked, today) {
        Standing::Expired(on) => Some(Expiry { on, days: None }),
        Standing::Certified { .. } => {
            let on = covered_until(held, asked, today)?;
            let days = (on.epoch_days() - today.epoch_days()).unsigned_abs();
            (days <= EXPIRY_NOTICE).then_some(Expiry {
                on,
                days: Some(days),
            })
        }
        Standing::LevelTooLow(_) | Standing::NotYet(_) | Standing::None => None,
    }
}

/// Which of two customers needs attention first, each by its reasons as [`reasons`] orders them: the more urgent reason,
/// then the nearer day, then the next reason; whoever has none comes last. Equal ones keep their order.
pub fn first(one: &[Reason], other: &[Reason]) -> Ordering {
    for (a, b) in one.iter().zip(other) {
        let order = a.rank().cmp(&b.rank()).then(a.days().cmp(&b.days()));
        if order != Ordering::Equal {
            return order;
        }
    }
    other.len().cmp(&one.len())
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    fn day(text: &str) -> LocalDate {
        text.parse().expect("a date")
    }

    fn plan() -> Plan {
        crate::plan::embedded().expect("the vendor's plan")
    }

    fn holder(name: &str, designated: bool, days: &[(&str, &str)]) -> Holder {
        let asked = plan().certification;
        Holder {
            name: name.to_owned(),
            designated,
            held: days
                .iter()
                .map(|(issued, expires)| Certification {
                    track: asked.track.en.clone(),
                    level: asked.ladder[0].en.clone(),
                    number: format!("{name}-{issued}"),
                    issued: day(issued),
                    expires: day(expires),
                })
                .collect(),
        }
    }

    /// A customer with nothing that needs attention on 2 March 2026.
    fn well() -> Facts {
        Facts {
            term: Term {
                starts: day("2025-06-01"),
                ends: day("2026-12-31"),
            },
            contacts: vec![holder("Ada", true, &[("2025-06-01", "2027-05-31")])],
            seats_asked: None,
            discontinued: Vec::new(),
            behind: Vec::new(),
            awaiting: 0,
            escalated: 0,
        }
    }

    fn on(facts: &Facts, today: &str) -> Vec<Reason> {
        reasons(&plan(), facts, day(today))
    }

    #[test]
    fn a_customer_in_order_needs_nothing() {
        assert_eq!(on(&well(), "2026-03-02"), []);
    }

    #[test]
    fn a_term_asks_for_attention_in_its_last_sixty_days_and_after() {
        let facts = well();
        assert_eq!(on(&facts, "2026-10-31"), []);
        let ends = |days| Reason::TermEnds {
            days,
            on: day("2026-12-31"),
        };
        assert_eq!(on(&facts, "2026-11-01"), [ends(60)]);
        assert_eq!(on(&facts, "2026-12-31"), [ends(0)]);
        // Once it has ended, that nobody may file follows from it and is not said besides.
        assert_eq!(
            on(&facts, "2027-01-01"),
            [Reason::TermEnded(day("2026-12-31"))]
        );
        assert_eq!(
            on(&facts, "2025-05-31"),
            [Reason::TermNotBegun(day("2025-06-01"))]
        );
    }

    #[test]
    fn a_designated_contacts_certification_asks_ninety_and_thirty_days_before() {
        let mut facts = well();
        facts
            .contacts
            .push(holder("Ben", true, &[("2025-06-01", "2026-05-31")]));
        facts.contacts.push(holder(
            "Not designated",
            false,
            &[("2025-01-01", "2025-12-31")],
        ));
        assert_eq!(on(&facts, "2026-03-01"), []);
        let until = day("2026-05-31");
        let name = || "Ben".to_owned();
        assert_eq!(
            on(&facts, "2026-03-02"),
            [Reason::Expires {
                days: 90,
                on: until,
                name: name()
            }]
        );
        assert_eq!(
            on(&facts, "2026-05-01"),
            [Reason::ExpiresSoon {
                days: 30,
                on: until,
                name: name()
            }]
        );
        assert_eq!(
            on(&facts, "2026-06-01"),
            [Reason::Expired {
                on: until,
                name: name()
            }]
        );
        // Renewed without a gap, it asks for nothing; with one, it does.
        facts.contacts[1] = holder(
            "Ben",
            true,
            &[("2025-06-01", "2026-05-31"), ("2026-06-01", "2027-05-31")],
        );
        assert_eq!(on(&facts, "2026-05-01"), []);
        facts.contacts[1] = holder(
            "Ben",
            true,
            &[("2025-06-01", "2026-05-31"), ("2026-06-02", "2027-05-31")],
        );
        assert_eq!(on(&facts, "2026-05-01").len(), 1);
    }

    #[test]
    fn nobody_may_file_without_a_certified_designated_contact() {
        let mut facts = well();
        facts.contacts[0].designated = false;
        assert_eq!(on(&facts, "2026-03-02"), [Reason::NobodyMayFile]);
        facts.contacts.clear();
        assert_eq!(on(&facts, "2026-03-02"), [Reason::NobodyMayFile]);
    }

    #[test]
    fn a_designated_contact_without_a_certification_that_suffices_is_told() {
        let mut facts = well();
        let told = |name: &str| Reason::NotCertified {
            name: name.to_owned(),
        };
        facts.contacts.push(holder("Imported", true, &[]));
        facts
            .contacts
            .push(holder("Soon", true, &[("2026-03-03", "2027-03-02")]));
        facts.contacts.push(holder("Not designated", false, &[]));
        assert_eq!(on(&facts, "2026-03-02"), [told("Imported"), told("Soon")]);
        assert_eq!(on(&facts, "2026-03-03"), [told("Imported")]);
        assert!(told("Imported").is_urgent());
        assert_eq!(
            told("Imported").clause(&plan()),
            Some(plan().certification.clause)
        );
    }

    #[test]
    fn reasons_stand_by_urgency() {
        let version = |version: &str| Version {
            product: "Gateway".to_owned(),
            version: version.to_owned(),
        };
        let facts = Facts {
            seats_asked: Some(2),
            discontinued: vec![version("4.8.2")],
            behind: vec![(version("5.0.3"), "5.1.0".to_owned())],
            awaiting: 3,
            escalated: 1,
            contacts: vec![holder("Ada", true, &[("2024-06-01", "2026-03-01")])],
            term: Term {
                starts: day("2025-06-01"),
                ends: day("2026-03-31"),
            },
        };
        let ranks: Vec<_> = on(&facts, "2026-03-02").iter().map(Reason::rank).collect();
        assert_eq!(ranks, [2, 3, 4, 5, 6, 9, 10, 12]);
        let urgent = on(&facts, "2026-03-02");
        let clauses: Vec<_> = urgent
            .iter()
            .filter_map(|one| one.clause(&plan()))
            .map(|clause| clause.cite())
            .collect();
        assert_eq!(clauses, ["4", "3", "4", "4", "7(iv)", "3", "6(c)"]);
        assert_eq!(urgent.iter().filter(|one| one.is_urgent()).count(), 6);
    }

    #[test]
    fn the_most_urgent_customer_comes_first() {
        let ends = |days| Reason::TermEnds {
            days,
            on: day("2026-03-31"),
        };
        let ended = [Reason::TermEnded(day("2026-01-01"))];
        let soon = [ends(3), Reason::Awaiting(1)];
        let later = [ends(40), Reason::SeatsAsked(1)];
        let later_and_less = [ends(40), Reason::Awaiting(9)];
        let only_later = [ends(40)];
        let mut all: Vec<&[Reason]> =
            vec![&[], &only_later, &later_and_less, &later, &soon, &ended];
        all.sort_by(|a, b| first(a, b));
        assert_eq!(
            all,
            [&ended[..], &soon, &later, &later_and_less, &only_later, &[]]
        );
        // Whatever is counted, equal urgency is equal.
        assert_eq!(
            first(&[Reason::Awaiting(1)], &[Reason::Awaiting(9)]),
            Ordering::Equal
        );
    }
}
