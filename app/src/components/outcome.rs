//! What answers come to, in the contract's words: the verdict, what would change it, exclusions and conditions.

use domain::{
    plan::{ClauseId, Severity},
    text::Lang,
    triage::{Answers, Basis, Guide, Outcome, Reading, State},
};
use maud::{Markup, html};

use super::{question::HEADING, severity::badge};
use crate::{
    guide::Contract,
    words::{Guide as Words, fill},
};

/// The level that answers point to, first and large.
pub fn verdict(severity: Severity, title: &str, lead: &str) -> Markup {
    html! {
        div.verdict {
            p.cite { (lead) }
            div.row {
                (badge(severity))
                h1 id=(HEADING) tabindex="-1" { (title) }
            }
        }
    }
}

/// The contract's words that hold and those that do not, marked in the sentence itself, and the reading that decided
/// where they are silent.
pub fn why(
    guide: &Guide<String>,
    answers: &Answers,
    outcome: &Outcome,
    words: &Words,
    lang: Lang,
    contract: &Contract,
) -> Markup {
    let level = guide.level(outcome.severity);
    let parts = level
        .map(|level| level.marked(&level.words, answers))
        .unwrap_or_default();
    let count = |state| parts.iter().filter(|part| part.state == state).count();
    let counts: Vec<String> = [
        (count(State::Holds), &words.count_holds),
        (count(State::NotNeeded), &words.count_not_needed),
        (count(State::Fails), &words.count_fails),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, words)| fill(words, &[("n", &count.to_string())]))
    .collect();
    let reading = match &outcome.basis {
        Basis::Words => None,
        Basis::Reading(id) => guide.reading(id),
    };
    let basis = if reading.is_none() {
        &words.basis_words
    } else {
        &words.basis_reading
    };
    html! {
        section.card {
            h2 { (words.why) }
            p.clause lang=(lang.tag()) {
                @for part in &parts {
                    // What the marking means is said to those who do not see it.
                    @match part.state {
                        State::Plain => (part.text),
                        State::Holds => mark.yes { (part.text) span.sr { " (" (words.holds) ")" } },
                        State::NotNeeded => mark.maybe { (part.text) span.sr { " (" (words.not_needed) ")" } },
                        State::Fails => mark.no { (part.text) span.sr { " (" (words.fails) ")" } },
                    }
                }
            }
            (translated(contract))
            p.cite {
                a href={ (contract.levels) (outcome.severity.number()) } {
                    (fill(basis, &[("level", &outcome.severity.to_string())]))
                }
                " · " (counts.join(" · "))
            }
            @if let Some(reading) = reading { (interpretation(reading, words)) }
        }
    }
}

/// That the contract's words are a translation, if they are one.
pub fn translated(contract: &Contract) -> Markup {
    html! { @if !contract.for_convenience.is_empty() { p.cite { (contract.for_convenience) } } }
}

/// A reading, marked as the editor's.
fn interpretation(reading: &Reading<String>, words: &Words) -> Markup {
    html! {
        div.aside {
            p {
                b { (words.interpretation) } " " (reading.case) ": " b { (reading.reading) } ". " (reading.why)
            }
            p.cite { (words.silent) }
            @if reading.confirmed_by_a_person { p { (words.confirmed) } }
        }
    }
}

/// The answers that would change the severity, and to what.
pub fn changes(guide: &Guide<String>, answers: &Answers, words: &Words) -> Markup {
    let suppose = |question: &str, option: &str| {
        guide
            .question(question)
            .and_then(|question| question.option(option))
            .and_then(|option| option.suppose.as_deref())
    };
    let changes = guide.changes(answers);
    html! {
        section.card {
            h2 { (words.change) }
            @if changes.is_empty() {
                p.mute { (words.change_none) }
            } @else {
                table.changes {
                    tbody {
                        @for change in &changes {
                            tr {
                                td { (badge(change.to)) }
                                td {
                                    (words.change_if)
                                    @for (index, (question, option)) in change.answers.iter().enumerate() {
                                        @if index > 0 { " " (words.change_and) }
                                        " " b { (suppose(question, option).unwrap_or_default()) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What an option of the guide says as a reason.
fn because<'a>(guide: &'a Guide<String>, question: &str, option: &str) -> &'a str {
    guide
        .question(question)
        .and_then(|question| question.option(option))
        .map_or("", |option| {
            option.because.as_ref().unwrap_or(&option.label)
        })
}

/// The clause that is cited, linked to the plan.
fn cited(clause: &ClauseId, contract: &Contract) -> Markup {
    html! { a.cite-link href={ (contract.clauses) (clause.0) } { (clause.cite()) } }
}

/// Exclusions that probably apply. Never a block.
pub fn exclusions(
    guide: &Guide<String>,
    outcome: &Outcome,
    words: &Words,
    contract: &Contract,
    clause_words: &dyn Fn(&ClauseId) -> Option<String>,
) -> Markup {
    html! {
        @for excluded in &outcome.excluded {
            section.card.note {
                h2 { (words.excluded) " " (cited(&excluded.clause, contract)) }
                p { (fill(&words.excluded_because, &[("because", because(guide, &excluded.question, &excluded.option))])) }
                @if let Some(text) = clause_words(&excluded.clause) { p.clause { (text) } (translated(contract)) }
                p.mute { (words.excluded_still) }
            }
        }
        @if outcome.excluded.is_empty() { p.mute.small { (words.nothing_excluded) } }
    }
}

/// Conditions for support that are not met yet, as what to do first.
pub fn conditions(
    guide: &Guide<String>,
    outcome: &Outcome,
    words: &Words,
    contract: &Contract,
) -> Markup {
    let to_do = |question: &str, option: &str| {
        guide
            .question(question)
            .and_then(|question| question.option(option))
            .and_then(|option| option.to_do.as_deref())
    };
    html! {
        @if !outcome.unmet.is_empty() {
            section.card.to-do {
                h2 { (words.unmet) }
                ul.plain {
                    @for unmet in &outcome.unmet {
                        li {
                            p { b { (to_do(&unmet.question, &unmet.option).unwrap_or_default()) } }
                            p.mute.small {
                                (fill(&words.unmet_because, &[("because", because(guide, &unmet.question, &unmet.option))]))
                                " " (words.unmet_under) " " (cited(&unmet.clause, contract))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The answers given, question by question; `change` gives the link that changes one, where that is possible.
pub fn given_answers(
    guide: &Guide<String>,
    answers: &Answers,
    words: &Words,
    change: Option<&dyn Fn(&str) -> Markup>,
) -> Markup {
    let asked = guide.walk(answers).asked;
    html! {
        details.answers {
            summary { (words.your_answers) }
            dl {
                @for question in asked.iter().filter_map(|index| guide.questions.get(*index)) {
                    div {
                        dt { (question.ask) }
                        dd {
                            @for (index, id) in answers.get(&question.id).iter().enumerate() {
                                @if index > 0 { "; " }
                                (question.option(id).map_or(id, |option| &option.label))
                            }
                        }
                        @if let Some(change) = change { dd.act { (change(&question.id)) } }
                    }
                }
            }
        }
    }
}
