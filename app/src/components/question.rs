//! One question of the guide, as a form that works with and without script.

use domain::{
    plan::ClauseId,
    triage::{Answers, Choice, Choose, Part, Question},
};
use maud::{Markup, html};

use super::outcome::translated;
use crate::{
    guide::GuideData,
    words::{Guide as Words, cite, fill},
};

/// Why the answer given could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nothing was chosen.
    Missing,
    /// Two options that exclude each other.
    Contradiction,
    /// An option that does not exist.
    NoSuchOption,
}

/// The heading of a question or the result, which takes the focus when the step changes.
pub const HEADING: &str = "guide-heading";

/// The options of a question as radio buttons, check boxes or a list, with what is chosen.
pub fn options(
    question: &Question<String>,
    given: &Answers,
    words: &Words,
    refused: Option<Refused>,
) -> Markup {
    let hint = hint_of(question.choose, words);
    let error = refused.map(|refused| error_in_words(refused, words));
    let described = if error.is_some() {
        "guide-hint guide-error"
    } else {
        "guide-hint"
    };
    html! {
        fieldset.wrong[error.is_some()] aria-describedby=(described) {
            legend { h1 id=(HEADING) tabindex="-1" { (question.ask) } }
            @if let Some(help) = &question.help { p.help { (help) } }
            p.hint id="guide-hint" { (hint) }
            @if let Some(error) = error { p.error id="guide-error" role="alert" { (error) } }
            div.options {
                @if question.choose == Choose::Release {
                    (list(question, &question.id, HEADING, given, error.is_some()))
                } @else {
                    @for option in &question.options { (one_option(question, &question.id, option, given, error.is_some())) }
                }
            }
        }
    }
}

/// How many options can be chosen, in words.
pub fn hint_of(choose: Choose, words: &Words) -> &str {
    match choose {
        Choose::One => &words.choose_one,
        Choose::Many => &words.choose_many,
        Choose::Release => &words.choose_release,
    }
}

/// Why an answer could not be taken, in words.
pub fn error_in_words(refused: Refused, words: &Words) -> &str {
    match refused {
        Refused::Missing => &words.missing,
        Refused::Contradiction => &words.contradiction,
        Refused::NoSuchOption => &words.no_such_option,
    }
}

/// An option to tick, with the clause it stands for; `name` is that of the field.
pub fn one_option(
    question: &Question<String>,
    name: &str,
    option: &Choice<String>,
    given: &Answers,
    wrong: bool,
) -> Markup {
    let kind = if question.choose == Choose::Many {
        "checkbox"
    } else {
        "radio"
    };
    html! {
        label.option {
            input type=(kind) name=(name) value=(option.id) checked[given.has(&question.id, &option.id)]
                data-alone[option.alone] aria-invalid=[wrong.then_some("true")];
            span.text {
                (option.label)
                @if let Some(hint) = &option.hint { span.hint { (hint) } }
            }
            @if let Some(clause) = option.excludes.as_ref().or(option.unmet.as_ref()) { span.cite { (clause.cite()) } }
        }
    }
}

/// The releases of each product under its name, then what the plan adds; `heading` is the id of what the list is called.
pub fn list(
    question: &Question<String>,
    name: &str,
    heading: &str,
    given: &Answers,
    wrong: bool,
) -> Markup {
    let mut groups: Vec<(Option<&String>, Vec<&Choice<String>>)> = Vec::new();
    for option in &question.options {
        match groups.last_mut() {
            Some((group, options)) if *group == option.group.as_ref() => options.push(option),
            _ => groups.push((option.group.as_ref(), vec![option])),
        }
    }
    let entry = |option: &Choice<String>| {
        html! { option value=(option.id) selected[given.has(&question.id, &option.id)] { (option.label) } }
    };
    html! {
        select name=(name) aria-labelledby=(heading) aria-invalid=[wrong.then_some("true")] {
            option value="" {}
            @for (group, options) in groups {
                @if let Some(group) = group {
                    optgroup label=(group) { @for option in options { (entry(option)) } }
                } @else {
                    @for option in options { (entry(option)) }
                }
            }
        }
    }
}

/// The answers as hidden fields, without those of `except`.
pub fn hidden(answers: &Answers, except: &str) -> Markup {
    html! {
        @for (question, option) in answers.pairs().filter(|(question, _)| *question != except) {
            input type="hidden" name=(question) value=(option);
        }
    }
}

/// The parts of the guide, with the one that the reader is in marked.
pub fn parts(part: Part, words: &Words) -> Markup {
    let parts = [
        (Part::Request, &words.part_request),
        (Part::Exclusions, &words.part_exclusions),
        (Part::Conditions, &words.part_conditions),
        (Part::Severity, &words.part_severity),
    ];
    html! {
        ol.parts aria-label=(words.parts) {
            @for (one, name) in parts { li aria-current=[(one == part).then_some("step")] { (name) } }
        }
    }
}

/// The contract's words that a question stands for.
pub fn clause_at_hand(clause: &ClauseId, data: &GuideData) -> Markup {
    let words = &data.words.guide;
    let text = data
        .clauses
        .iter()
        .find(|one| one.id == *clause)
        .map_or("", |one| &one.words);
    let cited = cite(&words.section_n, clause);
    html! {
        div.at-hand {
            // A whole section is long: it opens when it is wanted.
            details open[text.len() < 900] {
                summary { (fill(&words.clause_at_hand, &[("clause", &cited)])) }
                p.clause { (text) }
                (translated(&data.contract))
                p.small { a href={ (data.contract.clauses) (clause.0) } { (words.plan_link) } }
            }
        }
    }
}
