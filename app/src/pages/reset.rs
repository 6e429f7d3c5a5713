//! What to do about a forgotten password.

use leptos::prelude::*;

use crate::{
    components::layout::{Here, Layout},
    server::{Visit, state},
    words::{fill, words},
};

/// `/reset`
#[component]
pub fn ResetPage() -> impl IntoView {
    let visit = Visit::current();
    let t = &words(visit.lang).reset;
    let vendor = state().portal.plans().current().vendor.clone();
    view! {
        <Layout here=Here::Elsewhere title=t.title.clone()>
            <div class="narrow stack card">
                <h1>{t.title.clone()}</h1>
                <p>{t.intro.clone()}</p>
                <ul class="stack">
                    <li>{t.contact.clone()}</li>
                    <li>{fill(&t.coordinator, &[("vendor", &vendor)])}</li>
                    <li>{fill(&t.own_people, &[("vendor", &vendor)])}</li>
                </ul>
                <p class="mute">{t.once.clone()}</p>
                <p>
                    <a href="/sign-in">{t.back.clone()}</a>
                </p>
            </div>
        </Layout>
    }
}
