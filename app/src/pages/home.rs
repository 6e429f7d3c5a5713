//! The first page: what this is, what the reader can do here, and the vendor's offers.

use leptos::prelude::*;
use leptos_meta::Meta;

use crate::{
    components::{
        layout::{Here, Layout},
        severity::badge,
    },
    server::{Visit, state},
    words::{fill, words},
};

/// `/`
#[component]
pub fn HomePage() -> impl IntoView {
    let visit = Visit::current();
    let lang = visit.lang;
    let t = &words(lang).home;
    let plan = state().portal.plans().current().clone();
    let ways = [
        ("/guide", &t.ask, &t.ask_text),
        ("/incidents/new", &t.file, &t.file_text),
        ("/incidents", &t.find, &t.find_text),
        ("/plan", &t.read, &t.read_text),
    ];
    let ways = ways
        .into_iter()
        .map(|(href, title, text)| {
            view! {
                <li>
                    <a class="way" href=href>
                        <b>{title.clone()}</b>
                        <span>{text.clone()}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    let levels = plan
        .guide
        .levels
        .iter()
        .map(|level| {
            let words = plan.level_id(level).map(|id| format!("/plan#{id}"));
            view! {
                <li>
                    <span class="contents" inner_html=badge(level.level).into_string()></span>
                    <a href=words>{level.title.get(lang).to_owned()}</a>
                </li>
            }
        })
        .collect_view();
    let offers = plan
        .page
        .offers
        .iter()
        .map(|offer| {
            view! {
                <li>
                    <h3>{offer.title.get(lang).to_owned()}</h3>
                    <p class="clause">{offer.text.get(lang).to_owned()}</p>
                </li>
            }
        })
        .collect_view();
    let about = plan
        .page
        .about
        .iter()
        .map(|text| view! { <p class="clause">{text.get(lang).to_owned()}</p> })
        .collect_view();
    view! {
        <Meta name="description" content=t.description.clone() />
        <Layout here=Here::Elsewhere title=plan.title.get(lang).to_owned()>
            <section class="hero">
                <p class="cite">{plan.page.tagline.get(lang).to_owned()}</p>
                <h1>{t.lead.clone()}</h1>
                <ul class="ways plain">{ways}</ul>
            </section>
            <section class="home-levels">
                <h2>{t.levels.clone()}</h2>
                <p class="mute">{t.levels_text.clone()}</p>
                <ul class="plain levels">{levels}</ul>
            </section>
            <section class="offers">
                <p class="cite">{fill(&t.offers_by, &[("vendor", &plan.vendor)])}</p>
                <h2>{plan.page.offers_title.get(lang).to_owned()}</h2>
                <ul class="plain">{offers}</ul>
                <div class="about">{about}</div>
            </section>
        </Layout>
    }
}
