//! The list of customers.

use leptos::prelude::*;
use portal_core::customers::{self, Row};

use super::{
    super::{failed, loaded, query, sign_in_first},
    ListPage, nothing, place, table, ways,
};
use crate::{
    components::incident::terms,
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
                {table("list simple", &c.title, [&c.name, &c.plan, &c.term, &c.seats], rows)}
                {ways(&page, "/admin/customers", &[("q", search.clone())], (&a.pages, &a.previous, &a.next))}
            }
            .into_any()
        };
        let list = ListPage {
            address: "/admin/customers",
            title: &c.title,
            total: page.total,
            new: &c.new,
            search,
            search_hint: &c.search_hint,
        };
        Ok(list.view((), (), (), body, a))
    })
    .into_any()
}
