//! The list of people.

use domain::people::Role;
use leptos::prelude::*;
use portal_core::people::{self, Filter, Row};

use super::{
    super::{failed, loaded, query, sign_in_first},
    nothing, place, up, ways,
};
use crate::{
    components::{
        layout::{Here, Layout},
        role::role_name,
    },
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
                <table class="list simple">
                    <caption class="sr">{p.title.clone()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{p.name.clone()}</th>
                            <th scope="col">{p.role.clone()}</th>
                            <th scope="col">{p.customer.clone()}</th>
                            <th scope="col">{p.state.clone()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                {ways(&page, "/admin/people", &address, (&a.pages, &a.previous, &a.next))}
            }
            .into_any()
        };
        let filtered = filter != Filter::default();
        let roles = Role::OF_PEOPLE
            .into_iter()
            .map(|role| view! { <option value=role.name() selected=filter.role == Some(role)>{role_name(role, &t.roles)}</option> })
            .collect_view();
        Ok(view! {
            <Layout here=Here::Admin title=p.title.clone()>
                <div class="stack">
                    {up("/admin", &a.title)}
                    <div class="row head">
                        <h1>{p.title.clone()}</h1>
                        <span class="mute num">{page.total}</span>
                        <a class="btn end" href="/admin/people/new">{p.new.clone()}</a>
                    </div>
                    <form method="get" action="/admin/people" class="filter row" role="search" aria-label=a.filter.clone()>
                        {filter.customer.map(|id| view! { <input type="hidden" name="customer" value=id.to_string() /> })}
                        <label>
                            <span>{a.search.clone()}</span>
                            <input type="search" name="q" value=filter.search.clone() maxlength="100" placeholder=p.search_hint.clone() />
                        </label>
                        <label>
                            <span>{p.role.clone()}</span>
                            <select name="role">
                                <option value="">{p.any_role.clone()}</option>
                                {roles}
                            </select>
                        </label>
                        <button class="btn quiet">{a.apply.clone()}</button>
                        {filtered.then(|| view! { <a href="/admin/people">{a.show_all.clone()}</a> })}
                    </form>
                    {body}
                </div>
            </Layout>
        }
        .into_any())
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
