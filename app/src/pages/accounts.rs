//! The customers that an account manager looks after, those that need attention first, with the reasons.

use domain::{people::Role, plan::Plan, text::Lang};
use leptos::prelude::*;
use portal_core::subscriptions::{self, MOST_SEARCH, Overview};

use super::{encoded, failed, loaded, query, sign_in_first};
use crate::{
    components::{
        attention,
        incident::terms,
        layout::{Here, Layout},
        subscription::term_state,
    },
    server::{Problem, Visit, state},
    words::{Words, fill, words},
};

/// Customers on a page.
const PAGE: usize = 50;

/// `/accounts`
#[component]
pub fn AccountsPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let search: String = query("q").trim().chars().take(MOST_SEARCH).collect();
    let page: usize = query("page").parse().unwrap_or(1);
    loaded(async move {
        let all = subscriptions::list(&portal, visit.actor(), &search).await.map_err(failed)?.ok_or(Problem::NotFound)?;
        let t = words(visit.lang);
        let l = &t.accounts;
        let pages = all.len().div_ceil(PAGE).max(1);
        let page = page.clamp(1, pages);
        let count = if all.len() == 1 { l.one_customer.clone() } else { fill(&l.n_customers, &[("n", &all.len().to_string())]) };
        // An account manager need not read their own name on each.
        let names = visit.actor().role() != Role::AccountManager;
        let rows = all
            .iter()
            .skip((page - 1) * PAGE)
            .take(PAGE)
            .map(|one| {
                let plan = portal.plans().get(&one.customer.plan_version);
                customer(one, plan.map(|plan| &**plan), names, t, visit.lang)
            })
            .collect_view();
        let body = if all.is_empty() {
            nothing(&search, t).into_any()
        } else {
            view! {
                <ol class="plain customers">{rows}</ol>
                {turning(page, pages, &search, t)}
            }
            .into_any()
        };
        let export = if search.is_empty() { "/accounts/export.csv".to_owned() } else { format!("/accounts/export.csv?q={}", encoded(&search)) };
        let clear = (!search.is_empty()).then(|| view! { <a href="/accounts">{l.show_all.clone()}</a> });
        Ok(view! {
            <Layout here=Here::Accounts title=l.list_title.clone()>
                <div class="stack">
                    <div class="row head">
                        <h1>{l.list_title.clone()}</h1>
                        <span class="mute num">{count}</span>
                        <a class="btn quiet end" href=export>{t.account.export.clone()}</a>
                    </div>
                    <p class="mute">{l.intro.clone()}</p>
                    <form method="get" action="/accounts" class="filter row" role="search" aria-label=l.find.clone()>
                        <label>
                            <span>{l.find.clone()}</span>
                            <input type="search" name="q" value=search maxlength=MOST_SEARCH.to_string() placeholder=l.find_hint.clone() />
                        </label>
                        <button class="btn quiet">{l.find_go.clone()}</button>
                        {clear}
                    </form>
                    {body}
                </div>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}

/// One customer: who it is, how its term and seats stand, and what needs attention.
fn customer(
    one: &Overview,
    plan: Option<&Plan>,
    names: bool,
    t: &Words,
    lang: Lang,
) -> impl IntoView + use<> {
    let own = &one.customer;
    let (tier, zone) = terms(plan, &own.tier, &own.zone, lang);
    let seats = fill(
        &t.accounts.seats_short,
        &[
            ("used", &one.seats.used.to_string()),
            ("total", &one.seats.total().to_string()),
        ],
    );
    let term = one.today.map(|today| term_state(own.term, today, t));
    let facts: Vec<String> = [Some(tier), Some(zone), term, Some(seats)]
        .into_iter()
        .flatten()
        .chain(one.managers.iter().filter(|_| names).cloned())
        .collect();
    let reasons = if one.reasons.is_empty() {
        view! { <p class="mute">{t.accounts.in_order.clone()}</p> }.into_any()
    } else {
        let list = attention::list(&one.reasons, plan, t).into_string();
        view! { <div inner_html=list></div> }.into_any()
    };
    view! {
        <li>
            <div>
                <h2><a href=format!("/accounts/{}", own.id)>{own.name.clone()}</a></h2>
                <p class="cite num">{facts.join(" · ")}</p>
            </div>
            {reasons}
        </li>
    }
}

/// The way to the pages before and after.
fn turning(page: usize, pages: usize, search: &str, t: &Words) -> impl IntoView + use<> {
    let l = &t.accounts;
    if pages == 1 {
        return ().into_any();
    }
    let address = |page: usize| {
        if search.is_empty() {
            format!("/accounts?page={page}")
        } else {
            format!("/accounts?page={page}&q={}", encoded(search))
        }
    };
    let before = (page > 1).then(
        || view! { <a class="btn quiet" rel="prev" href=address(page - 1)>{l.page_before.clone()}</a> },
    );
    let after = (page < pages).then(
        || view! { <a class="btn quiet" rel="next" href=address(page + 1)>{l.page_after.clone()}</a> },
    );
    let here = fill(
        &l.page_of,
        &[("n", &page.to_string()), ("of", &pages.to_string())],
    );
    view! {
        <nav class="row pages" aria-label=l.list_title.clone()>
            {before} <span class="mute num">{here}</span> {after}
        </nav>
    }
    .into_any()
}

/// What stands in place of an empty list.
fn nothing(search: &str, t: &Words) -> impl IntoView + use<> {
    let l = &t.accounts;
    if search.is_empty() {
        return view! {
            <div class="empty card">
                <h2>{l.none_title.clone()}</h2>
                <p class="mute">{l.none_text.clone()}</p>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="empty card">
            <h2>{l.none_found.clone()}</h2>
            <p><a class="btn quiet" href="/accounts">{l.show_all.clone()}</a></p>
        </div>
    }
    .into_any()
}
