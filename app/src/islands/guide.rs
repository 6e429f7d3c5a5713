//! The severity guide. Nothing leaves the browser: the answers stay in its storage, the step in the address's fragment.
//! Without script the same HTML is a form that the server renders, question by question.

use domain::triage::{AnswerProblem, Answers};
use leptos::{ev, prelude::*};

use super::{browser, packed};
use crate::{
    components::question::{HEADING, Refused},
    guide::{GuideData, Place, Start, Step, Terms},
    guide_view::{self, Shown},
};

/// How often the result moves with the time.
const TICK: std::time::Duration = std::time::Duration::from_secs(20);

/// The id of the panel that moves with the time.
const PANEL: &str = "guide-panel";

/// The state of the guide, and what can be done with it.
#[derive(Clone, Copy)]
struct State {
    data: StoredValue<GuideData>,
    shown: RwSignal<Shown>,
}

/// The id of the guide's element.
const ROOT: &str = "guide";

/// The guide itself; it is given a packed [`Start`].
#[island]
pub fn SeverityGuide() -> impl IntoView {
    packed::given(ROOT).map(|(packed, start)| guide(packed, start))
}

fn guide(packed: String, start: Start) -> impl IntoView {
    let refused = match (&start.step, start.refused) {
        (Step::Question(index), true) => Some(refusal(&start.data, *index, &start.answers)),
        _ => None,
    };
    let carried = !start.answers.is_empty();
    let own_terms = start.own_terms;
    let state = State {
        shown: RwSignal::new(Shown {
            answers: start.answers,
            step: start.step,
            refused,
            to_result: start.to_result,
            terms: start.terms,
            now: start.now,
            cleared: false,
            live: false,
        }),
        data: StoredValue::new(start.data),
    };
    Effect::new(move |_| state.wake(carried, own_terms));
    let main = Memo::new(move |_| {
        state
            .data
            .with_value(|data| state.shown.with(|shown| guide_view::main(data, shown).0))
    });
    let panel = Memo::new(move |_| {
        state.data.with_value(|data| {
            state
                .shown
                .with(|shown| guide_view::panel(data, shown, &browser::own_time).0)
        })
    });
    view! {
        <div class="two" id=ROOT data-start=packed on:click=move |event| state.clicked(&event) on:submit=move |event| state.submitted(&event) on:change=move |event| state.changed(&event)>
            <div class="stack" inner_html=move || main.get()></div>
            <aside id=PANEL inner_html=move || panel.get()></aside>
        </div>
    }
}

/// Why the answers to a question could not be taken.
fn refusal(data: &GuideData, index: usize, answers: &Answers) -> Refused {
    let checked = data
        .guide
        .questions
        .get(index)
        .map(|question| question.check(answers.get(&question.id)));
    match checked {
        Some(Err(AnswerProblem::Contradiction { .. })) => Refused::Contradiction,
        Some(Err(AnswerProblem::NoSuchOption { .. })) => Refused::NoSuchOption,
        _ => Refused::Missing,
    }
}

impl State {
    /// In the browser, once: takes up what the browser kept, follows the address and the clock.
    fn wake(self, carried: bool, own_terms: bool) {
        // With a fragment the reader went on from what the address carried, and the browser kept that.
        let fragment = browser::fragment();
        let resumes = !carried || fragment.is_some();
        self.shown.update(|shown| {
            if resumes && let Some(kept) = browser::kept(browser::ANSWERS) {
                shown.answers = Answers::from_query(&kept);
            }
            if !own_terms
                && let Some(kept) = browser::kept(browser::TERMS)
                && let Some((tier, zone)) = kept.split_once(' ')
            {
                shown.terms = Terms {
                    tier: tier.to_owned(),
                    zone: zone.to_owned(),
                };
            }
            shown.live = true;
        });
        if resumes {
            self.follow_address();
        }
        if fragment.is_none() {
            // So that the browser's back finds this step again.
            let step = self.shown.with_untracked(|shown| shown.step.clone());
            browser::replace_fragment(&self.name_of(&step));
        }
        self.keep();
        self.tick();
        // The guide is on its page for as long as the page is: neither is ever taken back.
        let _ = set_interval_with_handle(move || self.tick(), TICK);
        let address = window_event_listener(ev::hashchange, move |_| {
            self.follow_address();
            browser::focus(HEADING);
        });
        std::mem::forget(address);
    }

    /// Keeps answers and terms in the browser.
    fn keep(self) {
        self.shown.with_untracked(|shown| {
            browser::keep(browser::ANSWERS, &shown.answers.to_query());
            browser::keep(
                browser::TERMS,
                &[&shown.terms.tier, " ", &shown.terms.zone].concat(),
            );
        });
    }

    /// Moves the result with the time, but not under the eyes of whoever reads an explanation.
    fn tick(self) {
        if let Some(now) = browser::now()
            && !browser::has_open_details(PANEL)
        {
            self.shown.update(|shown| shown.now = now);
        }
    }

    fn at(self, place: &Place) -> Step {
        self.data.with_value(|data| {
            self.shown
                .with_untracked(|shown| data.step(&shown.answers, place))
        })
    }

    /// Shows the step that the fragment names; so the browser's back and forward work.
    fn follow_address(self) {
        let step = browser::fragment().filter(|fragment| fragment != "result");
        let step = self.at(&Place { step, after: None });
        self.shown.update(|shown| {
            shown.refused = None;
            shown.to_result &= step != Step::Result;
            shown.step = step;
        });
    }

    /// The fragment that names a step.
    fn name_of(self, step: &Step) -> String {
        match step {
            Step::Result => "result".to_owned(),
            Step::Question(index) => self.data.with_value(|data| {
                data.guide
                    .questions
                    .get(*index)
                    .map(|question| question.id.clone())
                    .unwrap_or_default()
            }),
        }
    }

    /// Goes to a step; the change of the address shows it.
    fn go(self, step: &Step) {
        browser::set_fragment(&self.name_of(step));
    }

    /// A link of the guide leads to a step without asking the server.
    fn clicked(self, event: &ev::MouseEvent) {
        let Some(to) = browser::attribute_near(event, "data-step") else {
            return;
        };
        event.prevent_default();
        if to == "clear" {
            browser::forget(browser::ANSWERS);
            self.shown.update(|shown| {
                shown.answers = Answers::default();
                shown.cleared = true;
                shown.to_result = false;
            });
            self.go(&self.at(&Place::default()));
            return;
        }
        let change = browser::attribute_near(event, "data-change").is_some();
        self.shown.update(|shown| shown.to_result |= change);
        browser::set_fragment(&to);
    }

    /// Takes the options chosen for the question and moves on; stays where they cannot be taken.
    fn submitted(self, event: &ev::SubmitEvent) {
        event.prevent_default();
        let Step::Question(index) = self.shown.with_untracked(|shown| shown.step.clone()) else {
            return;
        };
        let Some(id) = self.data.with_value(|data| {
            data.guide
                .questions
                .get(index)
                .map(|question| question.id.clone())
        }) else {
            return;
        };
        let mut answers = self.shown.with_untracked(|shown| shown.answers.clone());
        answers.set(&id, browser::chosen(event, &id));
        let refused = self.data.with_value(|data| {
            let fits = data
                .guide
                .questions
                .get(index)
                .is_some_and(|question| question.check(answers.get(&id)).is_ok());
            (!fits).then(|| refusal(data, index, &answers))
        });
        if refused.is_some() {
            self.shown.update(|shown| shown.refused = refused);
            browser::focus(HEADING);
            return;
        }
        self.shown.update(|shown| {
            shown.answers = answers;
            shown.cleared = false;
        });
        self.keep();
        let after = (!self.shown.with_untracked(|shown| shown.to_result)).then_some(id);
        self.go(&self.at(&Place { step: None, after }));
    }

    /// "None of these" takes back the others; another plan or zone moves the deadline.
    fn changed(self, event: &ev::Event) {
        browser::only_alone(event);
        let (name, value) = browser::named_value(event);
        let terms = |change: &dyn Fn(&mut Terms)| {
            self.shown.update(|shown| change(&mut shown.terms));
            self.keep();
            browser::focus(&["guide-", name.as_str()].concat());
        };
        match name.as_str() {
            "tier" => terms(&|terms| terms.tier.clone_from(&value)),
            "zone" => terms(&|terms| terms.zone.clone_from(&value)),
            _ => {}
        }
    }
}
