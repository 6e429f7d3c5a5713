//! The guide's questions in one form, for whoever answers them as somebody else described it.

use domain::triage::{AnswerProblem, Answers, Choose, Guide, Question};
use maud::{Markup, html};

use super::question::{Refused, error_in_words, hint_of, list, one_option};
use crate::words::Guide as Words;

/// What the names of these fields begin with, so that no question has the name of another field.
pub const PREFIX: &str = "q-";

/// Everything that the guide asks after these answers. With `checked`, each that is not answered says so.
pub fn questions(guide: &Guide<String>, given: &Answers, checked: bool, words: &Words) -> Markup {
    html! {
        @for question in asked(guide, given) {
            (one(question, given, refused(question, given, checked), words))
        }
    }
}

/// The questions that are asked and not answered as they can be: the id of each one's field, and its words.
pub fn unanswered(guide: &Guide<String>, given: &Answers) -> Vec<(String, String)> {
    asked(guide, given)
        .filter(|question| refused(question, given, true).is_some())
        .map(|question| (format!("{PREFIX}{}", question.id), question.ask.clone()))
        .collect()
}

fn asked<'a>(
    guide: &'a Guide<String>,
    given: &Answers,
) -> impl Iterator<Item = &'a Question<String>> {
    let (asked, _) = guide.ask(given);
    asked
        .into_iter()
        .filter_map(|position| guide.questions.get(position))
}

fn refused(question: &Question<String>, given: &Answers, checked: bool) -> Option<Refused> {
    let given = given.get(&question.id);
    // What was answered is wrong in any case; what was not, only once it had to be.
    if !checked && given.is_empty() {
        return None;
    }
    Some(match question.check(given).err()? {
        AnswerProblem::Contradiction { .. } => Refused::Contradiction,
        AnswerProblem::NoSuchOption { .. } => Refused::NoSuchOption,
        AnswerProblem::Missing { .. } | AnswerProblem::NotAsked { .. } => Refused::Missing,
    })
}

fn one(
    question: &Question<String>,
    given: &Answers,
    refused: Option<Refused>,
    words: &Words,
) -> Markup {
    let id = format!("{PREFIX}{}", question.id);
    let wrong = refused.is_some();
    let (hint, error) = (format!("{id}-hint"), format!("{id}-error"));
    let described = if wrong {
        format!("{hint} {error}")
    } else {
        hint.clone()
    };
    let body = html! {
        @if let Some(help) = &question.help { p.help { (help) } }
        p.hint id=(hint) { (hint_of(question.choose, words)) }
        @if let Some(refused) = refused { p.error id=(error) { (error_in_words(refused, words)) } }
        div.options {
            @if question.choose == Choose::Release {
                (list(question, &id, &format!("{id}-label"), given, wrong))
            } @else {
                @for option in &question.options { (one_option(question, &id, option, given, wrong)) }
            }
        }
    };
    html! {
        fieldset.field.asked.wrong[wrong] id=(id) aria-describedby=(described) tabindex="-1" {
            legend id={ (id) "-label" } { (question.ask) }
            (body)
        }
    }
}
