//! The list of people.

use domain::people::Role;
use leptos::prelude::*;
use portal_core::people::{self, Filter, Row};

use super::{
    super::{failed, loaded, query, sign_in_first},
    ListPage, nothing, place, table, ways,
};
use crate::{
    components::role::role_name,
    server::{Problem, Visit, state},
    words::{Words, words},
};

/// `/admin/people`
#[component]
pub fn PeoplePage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let filter = Filter {
        search: query("q").trim().chars().take(100).collect(),
        role: Role::parse(&query("role")),
        customer: query("customer").parse().ok(),
    };
    let (at, size) = place();
    loaded(async move {
        let page = people::list(&portal, visit.actor(), &filter, at, size).await.map_err(failed)?.ok_or(Problem::NotFound)?;
        let t = words(visit.lang);
        let (a, p) = (&t.admin, &t.admin_people);
        let rows = page.rows.iter().map(|row| table_row(row, t)).collect_view();
        let address = [
            ("q", filter.search.clone()),
            ("role", filter.role.map_or("", Role::name).to_owned()),
            ("customer", filter.customer.map(|id| id.to_string()).unwrap_or_default()),
        ];
        let body = if page.rows.is_empty() {
            nothing(&a.nothing_found, &a.nothing_found_text, "/admin/people", &a.show_all).into_any()
        } else {
            view! {
                {table("list simple", &p.title, [&p.name, &p.role, &p.customer, &p.state], rows)}
                {ways(&page, "/admin/people", &address, (&a.pages, &a.previous, &a.next))}
            }
            .into_any()
        };
        let filtered = filter != Filter::default();
        let roles = Role::OF_PEOPLE
            .into_iter()
            .map(|role| view! { <option value=role.name() selected=filter.role == Some(role)>{role_name(role, &t.roles)}</option> })
            .collect_view();
        let customer = filter
            .customer
            .map(|id| view! { <input type="hidden" name="customer" value=id.to_string() /> });
        let role = view! {
            <label>
                <span>{p.role.clone()}</span>
                <select name="role">
                    <option value="">{p.any_role.clone()}</option>
                    {roles}
                </select>
            </label>
        };
        let clear = filtered.then(|| view! { <a href="/admin/people">{a.show_all.clone()}</a> });
        let list = ListPage {
            address: "/admin/people",
            title: &p.title,
            total: page.total,
            new: &p.new,
            search: filter.search.clone(),
            search_hint: &p.search_hint,
        };
        Ok(list.view(customer, role, clear, body, a))
    })
    .into_any()
}

fn table_row(row: &Row, t: &Words) -> impl IntoView + use<> {
    let p = &t.admin_people;
    let state = if row.left {
        &p.state_left
    } else if !row.has_password {
        &p.state_invited
    } else if row.designated {
        &p.state_designated
    } else {
        &p.state_active
    };
    view! {
        <tr>
            <td class="name">
                <a href=format!("/admin/people/{}", row.id)>{row.name.clone()}</a>
                <span class="cite">{row.email.clone()}</span>
            </td>
            <td data-label=p.role.clone()>{role_name(row.role, &t.roles)}</td>
            <td data-label=p.customer.clone()>{row.customer.clone().unwrap_or_else(|| p.vendors.clone())}</td>
            <td data-label=p.state.clone()>{state.clone()}</td>
        </tr>
    }
}
