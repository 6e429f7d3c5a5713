//! The releases of every product, how each is supported, and what the reader's subscription should install.

use domain::{
    people::Bar,
    plan::{ClauseId, Plan},
    text::Lang,
    triage::SupportState,
};
use leptos::prelude::*;
use maud::{Markup, html};
use portal_core::{
    accounts,
    products::{self, PublishedProduct, PublishedRelease, ReleaseKind},
    subscriptions::{self, Installed},
};

use super::{failed, loaded};
use crate::{
    components::{
        attention::{cited, clause_address},
        bars::bar_in_words,
        layout::{Here, Layout},
    },
    format,
    server::{Visit, state},
    words::{Words, cite, fill, words},
};

/// `/releases`
#[component]
pub fn ReleasesPage() -> impl IntoView {
    let visit = Visit::current();
    let portal = state().portal;
    loaded(async move {
        let actor = visit.actor();
        let products = products::published(&portal, actor).await.map_err(failed)?;
        let installed = subscriptions::installed(&portal, actor)
            .await
            .map_err(failed)?;
        let t = words(visit.lang);
        let r = &t.release_page;
        let plan = visit
            .customer()
            .and_then(|customer| portal.plans().get(&customer.plan_version))
            .unwrap_or_else(|| portal.plans().current())
            .clone();
        let outside = visit.customer().and_then(|own| {
            let today = accounts::today(&portal, &own.plan_version, &own.zone)?;
            own.term.bar(today)
        });
        let own = installed
            .as_deref()
            .map(|installed| match &outside {
                Some(bar) => without_maintenance(bar, &plan, t, visit.lang).into_string(),
                None => to_install(installed, &plan, t, visit.lang).into_string(),
            })
            .map(|html| view! { <div inner_html=html></div> });
        let in_use = installed.unwrap_or_default();
        let sections: String = products
            .iter()
            .map(|product| section(product, &in_use, &plan, t, visit.lang).into_string())
            .collect();
        let empty = products
            .is_empty()
            .then(|| view! { <p class="card empty">{r.no_releases.clone()}</p> });
        Ok(view! {
            <Layout here=Here::Releases title=r.heading.clone()>
                <div class="stack releases">
                    <div class="head">
                        <h1>{r.heading.clone()}</h1>
                        <p class="mute">{r.about.clone()}</p>
                    </div>
                    {own}
                    <div class="stack" inner_html=sections></div>
                    {empty}
                </div>
            </Layout>
        }
        .into_any())
    })
}

/// The clause that grants Maintenance, and its words.
fn maintenance_clause(plan: &Plan, lang: Lang) -> (ClauseId, Option<String>) {
    let clause = ClauseId("3-i".to_owned());
    match plan.clause_words(&clause, lang) {
        Some(said) => (clause, Some(said)),
        None => (ClauseId("3".to_owned()), None),
    }
}

/// Outside of the Subscription Term nothing is included: that, and the clause by which it is so.
fn without_maintenance(bar: &Bar, plan: &Plan, t: &Words, lang: Lang) -> Markup {
    let r = &t.release_page;
    let (clause, said) = maintenance_clause(plan, lang);
    let words = match bar {
        Bar::TermNotBegun(_) => &r.not_included_yet,
        _ => &r.included_no_more,
    };
    let maintenance = cite(words, &clause);
    html! {
        section.card.to-do aria-labelledby="to-install" {
            h2 id="to-install" { (r.yours_to_install) }
            p { b { (bar_in_words(bar, plan, t, lang)) } }
            p.mute.small { a href=(clause_address(plan, &clause)) { (maintenance) } }
            @if let Some(said) = said { p.clause { (said) } }
        }
    }
}

/// What the subscription's Maintenance gives and what of it is to be installed.
fn to_install(installed: &[Installed], plan: &Plan, t: &Words, lang: Lang) -> Markup {
    let r = &t.release_page;
    let (clause, said) = maintenance_clause(plan, lang);
    let maintenance = cite(&r.maintenance, &clause);
    let to_do: Vec<(String, &ClauseId)> = installed
        .iter()
        .flat_map(|one| {
            let asked = match (&one.state, &one.to_install) {
                (SupportState::Current, _) => None,
                (SupportState::Superseded { .. }, _) => {
                    Some((&r.install_minor, &plan.guide.superseded))
                }
                (SupportState::Discontinued, Some(_)) => {
                    Some((&r.install_next, &plan.guide.discontinued))
                }
                (SupportState::Discontinued, None) => {
                    Some((&r.install_nothing, &plan.guide.discontinued))
                }
            };
            let in_use = |words: &str, latest: &str| {
                let values = [
                    ("product", one.product.as_str()),
                    ("version", &one.version),
                    ("latest", latest),
                ];
                fill(words, &values)
            };
            let latest = one.to_install.as_deref().unwrap_or_default();
            let asked = asked.map(|(words, clause)| (in_use(words, latest), clause));
            let major = one.included_major.as_deref();
            let included = major.map(|major| (in_use(&r.major_included, major), &clause));
            [asked, included].into_iter().flatten()
        })
        .collect();
    html! {
        section.card.to-do aria-labelledby="to-install" {
            h2 id="to-install" { (r.yours_to_install) }
            @if installed.is_empty() {
                p { (r.nothing_entered) }
            } @else if to_do.is_empty() {
                p { (r.up_to_date) }
            } @else {
                ul.plain {
                    @for (words, clause) in &to_do {
                        li { b { (words) } " " (cited(plan, clause, t)) }
                    }
                }
            }
            p.mute.small { a href=(clause_address(plan, &clause)) { (maintenance) } }
            @if let Some(said) = said { p.clause { (said) } }
        }
    }
}

/// A product with its releases, the latest first.
fn section(
    product: &PublishedProduct,
    installed: &[Installed],
    plan: &Plan,
    t: &Words,
    lang: Lang,
) -> Markup {
    let id = &product.product.id;
    let name = &product.product.name;
    let used = |release: &PublishedRelease| {
        installed
            .iter()
            .any(|one| one.product == *name && one.version == release.version)
    };
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (name) }
            @if product.releases.is_empty() {
                p.mute { (t.release_page.no_releases) }
            } @else {
                ol.plain {
                    @for one in &product.releases { (release(one, used(one), plan, t, lang)) }
                }
            }
        }
    }
}

/// One release.
fn release(one: &PublishedRelease, used: bool, plan: &Plan, t: &Words, lang: Lang) -> Markup {
    let r = &t.release_page;
    let kind = match one.kind {
        ReleaseKind::Major => &r.major,
        ReleaseKind::Minor => &r.minor,
    };
    let (state, clause, mark) = match &one.state {
        SupportState::Current => (r.is_current.clone(), None, "current"),
        SupportState::Superseded { by } => (
            fill(&r.is_superseded, &[("by", by)]),
            Some(&plan.guide.superseded),
            "superseded",
        ),
        SupportState::Discontinued => (
            r.is_discontinued.clone(),
            Some(&plan.guide.discontinued),
            "discontinued",
        ),
    };
    let notes = one.notes.get(lang);
    html! {
        li.release {
            div {
                h3.num { (one.version) }
                p.cite {
                    (kind) br;
                    @match one.released_on {
                        Some(on) => { time.num datetime=(on) { (format::date_short(on, &t.times)) } }
                        None => { (r.no_date) }
                    }
                }
            }
            div {
                p.row {
                    span.support data-support=(mark) { (state) }
                    @if let Some(clause) = clause { (cited(plan, clause, t)) }
                    @if used { b.used { (r.you_use) } }
                }
                @if notes.is_empty() {
                    p.mute { (r.no_notes) }
                } @else {
                    p.typed lang=(one.notes.lang(lang).tag()) { (notes) }
                }
            }
        }
    }
}
