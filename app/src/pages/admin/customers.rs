//! The list of customers.

use leptos::prelude::*;
use portal_core::customers::{self, Row};

use super::{
    super::{failed, loaded, query, sign_in_first},
    nothing, place, up, ways,
};
use crate::{
    components::{
        incident::terms,
        layout::{Here, Layout},
    },
    format,
    server::{Problem, Visit, state},
    words::{fill, words},
};

/// `/admin/customers`
#[component]
pub fn CustomersPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let search: String = query("q").trim().chars().take(100).collect();
    let (at, size) = place();
    loaded(async move {
        let page = customers::list(&portal, visit.actor(), &search, at, size).await.map_err(failed)?.ok_or(Problem::NotFound)?;
        let t = words(visit.lang);
        let (a, c) = (&t.admin, &t.admin_customers);
        let row = |row: &Row| {
            let plan = portal.plans().get(&row.plan_version).cloned();
            let (tier, zone) = terms(plan.as_deref(), &row.tier, &row.zone, visit.lang);
            let term = fill(
                &c.term_days,
                &[
                    ("starts", &format::date_short(row.term.starts, &t.times)),
                    ("ends", &format::date_short(row.term.ends, &t.times)),
                ],
            );
            let seats = fill(
                &c.seats_of,
                &[("used", &row.seats.used.to_string()), ("total", &row.seats.total().to_string())],
            );
            view! {
                <tr>
                    <td class="name"><a href=format!("/admin/customers/{}", row.id)>{row.name.clone()}</a></td>
                    <td data-label=c.plan.clone()>{tier} ", " {zone}</td>
                    <td class="num" data-label=c.term.clone()>
                        {term} {row.ended.then(|| view! { " · " <b>{c.ended.clone()}</b> })}
                    </td>
                    <td class="num" data-label=c.seats.clone()>{seats}</td>
                </tr>
            }
        };
        let rows = page.rows.iter().map(row).collect_view();
        let body = if page.rows.is_empty() {
            nothing(&a.nothing_found, &a.nothing_found_text, "/admin/customers", &a.show_all).into_any()
        } else {
            view! {
                <table class="list simple">
                    <caption class="sr">{c.title.clone()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{c.name.clone()}</th>
                            <th scope="col">{c.plan.clone()}</th>
                            <th scope="col">{c.term.clone()}</th>
                            <th scope="col">{c.seats.clone()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                {ways(&page, "/admin/customers", &[("q", search.clone())], (&a.pages, &a.previous, &a.next))}
            }
            .into_any()
        };
        Ok(view! {
            <Layout here=Here::Admin title=c.title.clone()>
                <div class="stack">
                    {up("/admin", &a.title)}
                    <div class="row head">
                        <h1>{c.title.clone()}</h1>
                        <span class="mute num">{page.total}</span>
                        <a class="btn end" href="/admin/customers/new">{c.new.clone()}</a>
                    </div>
                    <form method="get" action="/admin/customers" class="filter row" role="search" aria-label=a.filter.clone()>
                        <label>
                            <span>{a.search.clone()}</span>
                            <input type="search" name="q" value=search maxlength="100" placeholder=c.search_hint.clone() />
                        </label>
                        <button class="btn quiet">{a.apply.clone()}</button>
                    </form>
                    {body}
                </div>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}
