//! Why a customer needs attention, in words with their clause, and links to clauses of a plan.

use domain::{
    people::attention::Reason,
    plan::{ClauseId, Plan},
};
use maud::{Markup, html};

use crate::{
    format,
    words::{Attention, Times, Words, cite, fill},
};

/// `today`, `tomorrow`, `in 20 days`.
pub fn when(days: u32, words: &Attention) -> String {
    match days {
        0 => words.today.clone(),
        1 => words.tomorrow.clone(),
        _ => fill(&words.in_days, &[("n", &days.to_string())]),
    }
}

/// A reason as a sentence.
pub fn in_words(reason: &Reason, words: &Attention, times: &Times) -> String {
    let date = |on| format::date_short(on, times);
    match reason {
        Reason::PlanUnknown => words.plan_not_loaded.clone(),
        Reason::TermEnded(on) => fill(&words.term_ended, &[("date", &date(*on))]),
        Reason::TermNotBegun(on) => fill(&words.term_begins, &[("date", &date(*on))]),
        Reason::TermEnds { days, on } => fill(
            &words.term_ends,
            &[("when", &when(*days, words)), ("date", &date(*on))],
        ),
        Reason::NobodyMayFile => words.nobody_may_file.clone(),
        Reason::SeatsAsked(seats) => fill(&words.seats_asked, &[("n", &seats.to_string())]),
        Reason::Expired { on, name } => {
            fill(&words.cert_expired, &[("name", name), ("date", &date(*on))])
        }
        Reason::NotCertified { name } => fill(&words.cert_missing, &[("name", name)]),
        Reason::ExpiresSoon { days, on, name } | Reason::Expires { days, on, name } => fill(
            &words.cert_expires,
            &[
                ("name", name),
                ("when", &when(*days, words)),
                ("date", &date(*on)),
            ],
        ),
        Reason::Discontinued { product, version } => fill(
            &words.unsupported,
            &[("product", product), ("version", version)],
        ),
        Reason::Escalated(count) => fill(&words.escalated, &[("n", &count.to_string())]),
        Reason::Awaiting(count) => fill(&words.incidents_await, &[("n", &count.to_string())]),
        Reason::Behind {
            product,
            version,
            latest,
        } => fill(
            &words.not_installed,
            &[
                ("product", product),
                ("version", version),
                ("latest", latest),
            ],
        ),
    }
}

/// Reasons, the most urgent first, each with the clause it stands on. What is urgent says so besides its mark.
pub fn list(reasons: &[Reason], plan: Option<&Plan>, t: &Words) -> Markup {
    html! {
        ul.plain.reasons {
            @for reason in reasons {
                li.urgent[reason.is_urgent()] {
                    @if reason.is_urgent() { span.sr { (t.attention.urgent) ": " } }
                    (in_words(reason, &t.attention, &t.times))
                    @if let Some((plan, clause)) = plan.and_then(|plan| reason.clause(plan).map(|clause| (plan, clause))) {
                        " " (cited(plan, &clause, t))
                    }
                }
            }
        }
    }
}

/// Where a clause of a plan stands.
pub fn clause_address(plan: &Plan, clause: &ClauseId) -> String {
    format!("/plan/{}#{clause}", plan.version)
}

/// A clause, cited and linked to its words.
pub fn cited(plan: &Plan, clause: &ClauseId, t: &Words) -> Markup {
    let words = cite(&t.release_page.clause_of, clause);
    html! { a.cite.cite-link href=(clause_address(plan, clause)) { (words) } }
}
