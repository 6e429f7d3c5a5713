//! How many Responses to all customers were in time, or to one of them: for the engineers.

use domain::attainment::Period;
use leptos::prelude::*;
use portal_core::incidents::{self, Scope};

use super::{failed, loaded, query, sign_in_first};
use crate::{
    components::{
        attainment::{self, Asked, Place},
        layout::{Here, Layout},
    },
    server::{Problem, Visit, state},
    words::words,
};

/// `/desk/attainment`
#[component]
pub fn AttainmentPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let asked = Asked::new(&query("period"), &query("level"), &query("tier"));
    let chosen = Some(query("customer")).filter(|customer| !customer.is_empty());
    // What is no number is no customer.
    let chosen: Option<i64> = chosen.map(|customer| customer.parse().unwrap_or(0));
    loaded(async move {
        let actor = visit.actor();
        let customers = incidents::counted_customers(&portal, actor)
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let scope = chosen.map_or(Scope::Everybody, Scope::Customer);
        let attained = incidents::attained(&portal, actor, scope, asked.period.map(Period::year))
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let t = words(visit.lang);
        let a = &t.attainment;
        let place = Place {
            address: "/desk/attainment",
            export: "/desk/attainment.csv",
            chosen,
            customer: chosen,
            customers: &customers,
            headed: true,
        };
        let plan = portal.plans().current();
        let body = attainment::section(&attained, &asked, &place, plan, visit.lang, t);
        Ok(view! {
            <Layout here=Here::Desk title=a.title.clone()>
                <div class="stack">
                    <p class="cite no-print"><a href="/desk">{t.desk.title.clone()}</a></p>
                    <h1>{a.title.clone()}</h1>
                    <p class="mute">{a.intro.clone()}</p>
                    <div class="contents" inner_html=body.into_string()></div>
                </div>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}
