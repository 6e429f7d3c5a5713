//! The guide's answers, carried from the browser's storage into the incident form.

use domain::triage::Answers;
use leptos::prelude::*;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use super::{browser, packed};
use crate::{
    components::{
        outcome::{conditions, exclusions, given_answers},
        severity::badge,
    },
    guide::GuideData,
};

/// What the form's part about the guide starts with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CarriedStart {
    /// What the guide shows.
    pub data: GuideData,
    /// Answers that came with the address or with a form sent before; without any, the browser's are taken.
    pub answers: Answers,
    /// The answers waited with a form while its sender signed in: newer ones of the browser count for more.
    pub waited: bool,
    /// What is said when there are none.
    pub no_answers: String,
    /// The words of the way to the guide.
    pub to_guide: String,
}

/// The id of the element of the result.
const ROOT: &str = "carried";

/// The result of the guide in short, and the hidden field that hands its answers in; it is given a packed
/// [`CarriedStart`].
#[island]
pub fn CarriedAnswers() -> impl IntoView {
    packed::given(ROOT).map(|(packed, start)| carried_answers(packed, start))
}

fn carried_answers(packed: String, start: CarriedStart) -> impl IntoView {
    let by_address = !start.answers.is_empty() && !start.waited;
    let given = RwSignal::new(start.answers.clone());
    let start = StoredValue::new(start);
    // Answers that stayed in the browser are changed there; those that came with an address go back with one.
    let from_browser = RwSignal::new(false);
    Effect::new(move |_| {
        if !by_address && let Some(kept) = browser::kept(browser::ANSWERS) {
            let kept = Answers::from_query(&kept);
            let complete = start.with_value(|start| start.data.guide.outcome(&kept).is_some());
            if complete || given.with_untracked(Answers::is_empty) {
                from_browser.set(true);
                given.set(kept);
            }
        }
    });
    view! { <div class="stack" id=ROOT data-start=packed inner_html=move || start.with_value(|start| given.with(|given| carried(start, given, from_browser.get()).0))></div> }
}

fn carried(start: &CarriedStart, given: &Answers, from_browser: bool) -> Markup {
    let (guide, words) = (&start.data.guide, &start.data.words.guide);
    let answers = guide.walk(given).kept;
    let Some(outcome) = guide.outcome(&answers) else {
        return html! {
            div.card.note {
                p { (start.no_answers) }
                p { button.btn name="step" value="/guide" { (start.to_guide) } }
                // What was given goes along as it is: the server says what is wrong with it.
                input type="hidden" name="answers" value=(given.to_query());
            }
        };
    };
    let title = guide
        .level(outcome.severity)
        .map_or("", |level| &level.title);
    // The form waits while the answers are changed.
    let change = if from_browser {
        "/guide#result".to_owned()
    } else {
        ["/guide?", &answers.to_query()].concat()
    };
    html! {
        div.card.stack {
            div.row { (badge(outcome.severity)) b { (title) } button.link.small name="step" value=(change) { (words.change_answer) } }
            (given_answers(guide, &answers, words, None))
            input type="hidden" name="answers" value=(answers.to_query());
        }
        (exclusions(guide, &outcome, words, &start.data.contract, &|_| None))
        (conditions(guide, &outcome, words, &start.data.contract))
    }
}

/// Once an incident is filed, the guide starts anew: forgets the answers that the browser kept.
#[island]
pub fn ForgetAnswers() -> impl IntoView {
    Effect::new(|_| browser::forget(browser::ANSWERS));
}
