//! The administration, and what its pages have in common.

mod closed_days;
mod customer;
mod customers;
pub(super) mod form;
mod import;
mod overview;
mod people;
mod person;
mod releases;
mod work;

use domain::people::Actor;
use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{Outlet, ParentRoute, Route},
    path,
};
use maud::Markup;
use portal_core::{
    Portal,
    paging::{Page, Position},
};

pub use import::result_table;

use super::{failed, query};
use crate::{
    components::layout::{Here, Layout},
    server::Problem,
    words::{Admin, Words},
};

/// The routes of the administration.
#[component(transparent)]
pub fn AdminRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/admin") view=Outlet ssr=SsrMode::Async>
            <Route path=path!("") view=overview::AdminPage ssr=SsrMode::Async />
            <Route path=path!("/customers") view=customers::CustomersPage ssr=SsrMode::Async />
            <Route path=path!("/customers/new") view=customer::NewCustomerPage ssr=SsrMode::Async />
            <Route path=path!("/customers/:id") view=customer::CustomerPage ssr=SsrMode::Async />
            <Route path=path!("/people") view=people::PeoplePage ssr=SsrMode::Async />
            <Route path=path!("/people/new") view=person::NewPersonPage ssr=SsrMode::Async />
            <Route path=path!("/people/:id") view=person::PersonPage ssr=SsrMode::Async />
            <Route path=path!("/releases") view=releases::ReleasesPage ssr=SsrMode::Async />
            <Route path=path!("/closed-days") view=closed_days::ClosedDaysPage ssr=SsrMode::Async />
            <Route path=path!("/work") view=work::WorkPage ssr=SsrMode::Async />
            <Route path=path!("/import") view=import::ImportPage ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
}

/// Rows on a page.
const PAGE: u32 = 50;

/// The id in the address.
fn id_in_address() -> Option<i64> {
    leptos_router::hooks::use_params_map()
        .with(|params| params.get("id"))
        .and_then(|id| id.parse().ok())
}

/// The place in a list that the address names, and how many rows of it.
pub(super) fn place() -> (Option<Position>, u32) {
    let id = |name| query(name).parse().ok();
    let at = id("after")
        .map(Position::After)
        .or_else(|| id("before").map(Position::Before));
    (at, query("rows").parse().unwrap_or(PAGE).clamp(1, 200))
}

/// The ways to the page before and the page after, under the same filter: names and values of the address.
pub(super) fn ways<T>(
    page: &Page<T>,
    path: &str,
    filter: &[(&str, String)],
    (label, previous, next): (&str, &str, &str),
) -> impl IntoView + use<T> {
    let size = query("rows");
    let address = |position: Position| {
        let (name, id) = match position {
            Position::After(id) => ("after", id),
            Position::Before(id) => ("before", id),
        };
        let mut address = format!("{path}?{name}={id}");
        let rows = ("rows", size.clone());
        for (key, value) in filter.iter().chain([&rows]) {
            if !value.is_empty() {
                address = format!("{address}&{key}={}", super::encoded(value));
            }
        }
        address
    };
    let way = |position: Option<Position>, rel: &'static str, words: &str| {
        position.map(|position| view! { <a class="btn quiet" rel=rel href=address(position)>{words.to_owned()}</a> })
    };
    let (previous, next) = (
        way(page.previous, "prev", previous),
        way(page.next, "next", next),
    );
    (previous.is_some() || next.is_some()).then(|| {
        view! { <nav class="row pages" aria-label=label.to_owned()>{previous} {next}</nav> }
    })
}

/// What was done, as the address says it after a form was taken.
pub(super) fn notice(t: &Words) -> impl IntoView + use<> {
    let a = &t.admin;
    let words = match query("done").as_str() {
        "added" => Some(&a.done_added),
        "saved" => Some(&a.done_saved),
        "removed" => Some(&a.done_removed),
        "left" => Some(&a.done_left),
        "back" => Some(&a.done_back),
        "second-factor" => Some(&a.done_second_factor),
        _ => None,
    };
    words.map(|words| view! { <p class="card done" role="status">{words.clone()}</p> })
}

/// What stands in place of an empty list.
pub(super) fn nothing(title: &str, text: &str, href: &str, way: &str) -> impl IntoView + use<> {
    view! {
        <div class="empty card">
            <h2>{title.to_owned()}</h2>
            <p class="mute">{text.to_owned()}</p>
            <p>
                <a class="btn quiet" href=href.to_owned()>{way.to_owned()}</a>
            </p>
        </div>
    }
}

/// The rows of a list under the names of their columns.
pub(super) fn table<R: IntoView>(
    class: &'static str,
    title: &str,
    columns: [&str; 4],
    rows: R,
) -> impl IntoView + use<R> {
    let head = columns.map(|words| view! { <th scope="col">{words.to_owned()}</th> });
    view! {
        <table class=class>
            <caption class="sr">{title.to_owned()}</caption>
            <thead>
                <tr>{head.into_iter().collect_view()}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// A list as a page: how many there are, the way to a new one, the fields that it is filtered by.
struct ListPage<'a> {
    address: &'static str,
    title: &'a str,
    total: i64,
    new: &'a str,
    search: String,
    search_hint: &'a str,
}

impl ListPage<'_> {
    /// Beside the field to search in the filter has hidden ones, further ones, and the way to see all.
    fn view(
        self,
        hidden: impl IntoView,
        fields: impl IntoView,
        clear: impl IntoView,
        body: AnyView,
        a: &Admin,
    ) -> AnyView {
        let new = format!("{}/new", self.address);
        let head = view! {
            <div class="row head">
                <h1>{self.title.to_owned()}</h1>
                <span class="mute num">{self.total}</span>
                <a class="btn end" href=new>{self.new.to_owned()}</a>
            </div>
        };
        let filter = view! {
            <form method="get" action=self.address class="filter row" role="search" aria-label=a.filter.clone()>
                {hidden}
                <label>
                    <span>{a.search.clone()}</span>
                    <input type="search" name="q" value=self.search maxlength="100" placeholder=self.search_hint.to_owned() />
                </label>
                {fields}
                <button class="btn quiet">{a.apply.clone()}</button>
                {clear}
            </form>
        };
        below(
            ("/admin", &a.title),
            self.title,
            (head, filter, body).into_any(),
        )
    }
}

/// A page of the administration, with the way back to where it belongs.
fn below((href, words): (&'static str, &str), title: &str, body: AnyView) -> AnyView {
    let up = up(href, words);
    view! {
        <Layout here=Here::Admin title=title.to_owned()>
            <div class="stack">{up} {body}</div>
        </Layout>
    }
    .into_any()
}

/// The same for a page whose content is written as HTML.
fn written_below((href, words): (&'static str, &str), title: &str, content: Markup) -> AnyView {
    let up = up(href, words);
    view! {
        <Layout here=Here::Admin title=title.to_owned()>
            {up}
            <div class="stack" inner_html=content.into_string()></div>
        </Layout>
    }
    .into_any()
}

/// The page of a new record: the form, below the list that it will stand in.
fn new_below(
    (href, words): (&'static str, &str),
    title: &str,
    text: Option<&str>,
    form: AnyView,
) -> AnyView {
    let up = up(href, words);
    let heading = title.to_owned();
    let text = text.map(|text| view! { <p class="mute">{text.to_owned()}</p> });
    view! {
        <Layout here=Here::Admin title=title.to_owned()>
            <div class="form-page stack">
                {up}
                <h1>{heading}</h1>
                {text}
                {form}
            </div>
        </Layout>
    }
    .into_any()
}

/// Whoever does not administer is not told that there is such a page.
async fn only_administrators(portal: &Portal, actor: Actor) -> Result<(), Problem> {
    portal_core::overview::overview(portal, actor)
        .await
        .map_err(failed)?
        .ok_or(Problem::NotFound)?;
    Ok(())
}

/// A part of a page with a title; `id` is the title's, unique on the page.
pub(super) fn section<C: IntoView>(
    id: &'static str,
    title: &str,
    content: C,
) -> impl IntoView + use<C> {
    view! {
        <section class="card stack" aria-labelledby=id>
            <h2 id=id>{title.to_owned()}</h2>
            {content}
        </section>
    }
}

/// The items of a list, or what is said where there are none.
pub(super) fn items<I: IntoView>(
    class: &'static str,
    items: Vec<I>,
    none: &str,
) -> impl IntoView + use<I> {
    let none = items
        .is_empty()
        .then(|| view! { <p class="mute">{none.to_owned()}</p> });
    view! {
        {none}
        <ul class=class>{items}</ul>
    }
}

/// The way back to where a page belongs.
pub(super) fn up(href: &'static str, words: &str) -> impl IntoView + use<> {
    view! { <p><a class="back" href=href>"← " {words.to_owned()}</a></p> }
}
