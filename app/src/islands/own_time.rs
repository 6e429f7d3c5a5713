//! A time by the reader's own clock, below the time in the contract's zone.

use domain::{calendar::Instant, text::Lang};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{browser, packed};
use crate::words::fill;

/// What is to be said.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OwnTimeStart {
    /// When.
    pub at: Instant,
    /// In which language.
    pub lang: Lang,
    /// In which words: they have `{time}` and `{zone}`.
    pub words: String,
}

/// The id of the island's element.
const ROOT: &str = "own-time";

/// Says a time in the reader's own zone; without script it says nothing. It is given a packed [`OwnTimeStart`].
#[island]
pub fn OwnTime() -> impl IntoView {
    packed::given(ROOT).map(|(packed, start)| own_time(packed, start))
}

fn own_time(packed: String, start: OwnTimeStart) -> impl IntoView {
    let said = RwSignal::new(String::new());
    Effect::new(move |_| {
        if let Some((time, zone)) = browser::own_time(start.at, start.lang) {
            said.set(fill(&start.words, &[("time", &time), ("zone", &zone)]));
        }
    });
    view! { <span class="num" id=ROOT data-start=packed>{move || said.get()}</span> }
}
