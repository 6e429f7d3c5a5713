//! Why somebody may not file today, in words: each reason with its clause and, said to them, what to do.

use domain::{people::Bar, plan::Plan, text::Lang};
use maud::{Markup, html};

use super::attention::clause_address;
use crate::{
    format,
    words::{Words, cite, fill},
};

/// A bar in a sentence that holds of anybody.
pub fn bar_in_words(bar: &Bar, plan: &Plan, t: &Words, lang: Lang) -> String {
    let b = &t.bars;
    let asked = &plan.certification;
    let dated = |words: &str, date| fill(words, &[("date", &format::date_short(date, &t.times))]);
    match bar {
        Bar::TermNotBegun(on) => dated(&b.term_not_begun, *on),
        Bar::TermEnded(on) => dated(&b.term_ended, *on),
        Bar::NotDesignated => b.not_designated.clone(),
        Bar::NotCertified => fill(&b.not_certified, &[("track", asked.track.get(lang))]),
        Bar::LevelTooLow { held } => fill(
            &b.level_too_low,
            &[
                ("held", &level_name(plan, held, lang)),
                ("required", &required(plan, lang)),
            ],
        ),
        Bar::Expired(on) => dated(&b.expired, *on),
        Bar::NotYetValid(from) => dated(&b.not_yet_valid, *from),
    }
}

/// What whoever is barred can do about it.
fn to_do(bar: &Bar, plan: &Plan, t: &Words, lang: Lang) -> String {
    let b = &t.bars;
    let fit = |words: &str| {
        fill(
            words,
            &[
                ("track", plan.certification.track.get(lang)),
                ("required", &required(plan, lang)),
            ],
        )
    };
    match bar {
        Bar::TermNotBegun(_) => b.do_wait_for_term.clone(),
        Bar::TermEnded(_) => b.do_renew_term.clone(),
        Bar::NotDesignated => b.do_be_designated.clone(),
        Bar::NotCertified | Bar::LevelTooLow { .. } => fit(&b.do_certify),
        Bar::Expired(_) => fit(&b.do_renew),
        Bar::NotYetValid(from) => fill(
            &b.do_wait,
            &[("date", &format::date_short(*from, &t.times))],
        ),
    }
}

/// The name of a level in the reader's language; the level as it was entered if it is not the plan's.
pub fn level_name(plan: &Plan, level: &str, lang: Lang) -> String {
    let ladder = &plan.certification.ladder;
    let known = ladder.iter().find(|one| one.en == level);
    known.map_or(level, |one| one.get(lang)).to_owned()
}

/// The lowest level that suffices.
pub fn required(plan: &Plan, lang: Lang) -> String {
    let asked = &plan.certification;
    let level = asked.ladder.get(asked.required);
    level
        .map(|level| level.get(lang).to_owned())
        .unwrap_or_default()
}

/// The clause of a bar, as a link to its words.
fn clause(bar: &Bar, plan: &Plan, t: &Words) -> Markup {
    let clause = bar.clause(plan);
    html! {
        a.cite-link href=(clause_address(plan, &clause)) {
            (cite(&t.guide.section_n, &clause))
        }
    }
}

/// The bars of somebody, as a board lists them.
pub fn reasons(bars: &[Bar], plan: &Plan, t: &Words, lang: Lang) -> Markup {
    html! {
        ul.plain.small {
            @for bar in bars { li { (bar_in_words(bar, plan, t, lang)) " (" (clause(bar, plan, t)) ")" } }
        }
    }
}

/// The bars of whoever reads, each with what to do.
pub fn reasons_to_you(bars: &[Bar], plan: &Plan, t: &Words, lang: Lang) -> Markup {
    html! {
        ul.plain.reasons {
            @for bar in bars {
                li {
                    b { (bar_in_words(bar, plan, t, lang)) } " (" (clause(bar, plan, t)) ") "
                    (to_do(bar, plan, t, lang))
                }
            }
        }
    }
}
