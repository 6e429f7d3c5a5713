//! What there is to administer.

use leptos::prelude::*;
use portal_core::overview::overview;

use super::super::{failed, loaded, sign_in_first};
use crate::{
    components::layout::{Here, Layout},
    server::{Problem, Visit, state},
    words::{fill, words},
};

/// `/admin`
#[component]
pub fn AdminPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    loaded(async move {
        let found = overview(&portal, visit.actor())
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let t = words(visit.lang);
        let (a, w) = (&t.admin, &t.work);
        let number = |words: &str, n: i64| fill(words, &[("n", &n.to_string())]);
        let ways = [
            (
                "/admin/customers",
                &a.customers,
                number(&a.customers_text, found.customers),
            ),
            (
                "/admin/people",
                &a.people,
                number(&a.people_text, found.people),
            ),
            (
                "/admin/people",
                &a.certifications,
                number(&a.certifications_text, found.certifications),
            ),
            (
                "/admin/releases",
                &a.releases,
                number(&a.releases_text, found.releases),
            ),
            (
                "/admin/closed-days",
                &a.closed_days,
                number(&a.closed_days_text, found.closed_days),
            ),
            ("/admin/import", &a.import, a.import_text.clone()),
            (
                "/admin/work",
                &w.overview,
                match found.failing_work {
                    0 => w.overview_fine.clone(),
                    n => number(&w.overview_text, n),
                },
            ),
            ("/audit", &a.audit, a.audit_text.clone()),
        ]
        .into_iter()
        .map(|(href, name, text)| {
            view! {
                <li>
                    <a class="way" href=href>
                        <b>{name.clone()}</b>
                        <span class="num">{text}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
        Ok(view! {
            <Layout here=Here::Admin title=a.title.clone()>
                <div class="stack">
                    <h1>{a.title.clone()}</h1>
                    <p class="mute">{a.intro.clone()}</p>
                    <ul class="ways plain even">{ways}</ul>
                </div>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}
