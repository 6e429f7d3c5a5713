//! The audit log: who did what, when, from where, before and after.

use domain::calendar::LocalDate;
use leptos::prelude::*;
use portal_core::audit::{self, Filter, Kind, Recorded};

use super::{
    admin::{nothing, place, table, ways},
    encoded, failed, loaded, query, sign_in_first,
};
use crate::{
    components::{
        audit::{changes, kind_name},
        layout::{Here, Layout},
    },
    format,
    server::{Problem, ReaderClock, Visit, state},
    words::{Words, fill, words},
};

/// The filter as the address has it.
struct Asked {
    filter: Filter,
    /// Names and values, for the addresses of other pages.
    pairs: [(&'static str, String); 5],
}

/// What the address asks for, by the reader's clock; both days of a period belong to it.
fn asked(value: impl Fn(&str) -> String, clock: &ReaderClock) -> Asked {
    let pairs = ["customer", "kind", "q", "from", "to"].map(|name| (name, value(name)));
    let [(_, customer), (_, kind), (_, search), (_, from), (_, to)] = &pairs;
    let day = |text: &str| text.parse::<LocalDate>().ok();
    let filter = Filter {
        customer: customer.parse().ok(),
        kind: Kind::parse(kind),
        search: search.trim().chars().take(100).collect(),
        from: day(from).map(|day| clock.midnight(day)),
        before: day(to).map(|day| clock.midnight(day.plus_days(1))),
    };
    Asked { filter, pairs }
}

/// The filter that the address of an export has, as the page of the same address understands it.
pub fn audit_filter(
    visit: &Visit,
    portal: &portal_core::Portal,
    value: impl Fn(&str) -> String,
) -> (Filter, ReaderClock) {
    let clock = ReaderClock::of(visit, portal);
    (asked(value, &clock).filter, clock)
}

/// `/audit`
#[component]
pub fn AuditPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let clock = ReaderClock::of(&visit, &portal);
    let asked = asked(query, &clock);
    let (at, size) = place();
    loaded(async move {
        let page = audit::list(&portal, visit.actor(), &asked.filter, at, size).await.map_err(failed)?.ok_or(Problem::NotFound)?;
        let t = words(visit.lang);
        let (a, l) = (&t.admin, &t.audit);
        let of_customer = visit.customer().map(|customer| fill(&l.of_customer, &[("customer", &customer.name)]));
        let here = if of_customer.is_some() { Here::Contacts } else { Here::Admin };
        let rows = page.rows.iter().map(|entry| table_row(entry, &clock, t)).collect_view();
        let export = asked
            .pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .fold("/audit/export.csv".to_owned(), |address, (name, value)| {
                let sign = if address.contains('?') { '&' } else { '?' };
                format!("{address}{sign}{name}={}", encoded(value))
            });
        let body = if page.rows.is_empty() {
            nothing(&a.nothing_found, &l.nothing, "/audit", &a.show_all).into_any()
        } else {
            view! {
                {table("list simple log", &l.title, [&l.what, &l.when, &l.who, &l.changes], rows)}
                {ways(&page, "/audit", &asked.pairs, (&a.pages, &l.newer, &l.older))}
            }
            .into_any()
        };
        Ok(view! {
            <Layout here title=l.title.clone()>
                <div class="stack">
                    <div class="row head">
                        <h1>{l.title.clone()}</h1>
                        <span class="mute num">{page.total}</span>
                        <a class="btn quiet end" href=export>{l.export.clone()}</a>
                    </div>
                    <p class="mute">{of_customer.map(|words| format!("{words} "))} {fill(&l.intro, &[("zone", &clock.zone)])}</p>
                    {filter_form(&asked, t)}
                    {body}
                </div>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}

fn filter_form(asked: &Asked, t: &Words) -> impl IntoView + use<> {
    let (a, l) = (&t.admin, &t.audit);
    let kinds = Kind::ALL
        .iter()
        .map(|kind| {
            let selected = asked.filter.kind == Some(*kind);
            view! { <option value=kind.name() selected=selected>{kind_name(*kind, &t.audit_kinds)}</option> }
        })
        .collect_view();
    let [(_, customer), _, (_, search), (_, from), (_, to)] = asked.pairs.clone();
    let filtered = asked.filter != Filter::default();
    view! {
        <form method="get" action="/audit" class="filter row" role="search" aria-label=a.filter.clone()>
            {(!customer.is_empty()).then(|| view! { <input type="hidden" name="customer" value=customer /> })}
            <label>
                <span>{a.search.clone()}</span>
                <input type="search" name="q" value=search maxlength="100" placeholder=l.search_hint.clone() />
            </label>
            <label>
                <span>{l.what.clone()}</span>
                <select name="kind">
                    <option value="">{l.any_kind.clone()}</option>
                    {kinds}
                </select>
            </label>
            <label>
                <span>{l.from.clone()}</span>
                <input type="date" name="from" value=from />
            </label>
            <label>
                <span>{l.to.clone()}</span>
                <input type="date" name="to" value=to />
            </label>
            <button class="btn quiet">{a.apply.clone()}</button>
            {filtered.then(|| view! { <a href="/audit">{a.show_all.clone()}</a> })}
        </form>
    }
}

fn table_row(entry: &Recorded, clock: &ReaderClock, t: &Words) -> impl IntoView + use<> {
    let l = &t.audit;
    let at = clock.local(entry.at);
    let from = entry.address.clone().map(|address| {
        let from = if address.is_empty() {
            l.no_address.clone()
        } else {
            address
        };
        view! { <span class="cite num" title=entry.request.clone()>{from}</span> }
    });
    let customer = entry.customer.clone().filter(|name| *name != entry.subject);
    let changes = changes(entry.before.as_deref(), entry.after.as_deref(), t)
        .into_iter()
        .map(|change| {
            view! {
                <div>
                    <dt>{change.field}</dt>
                    <dd>{change.was.map(|was| view! { <span class="was">{was}</span> " → " })} {change.is}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <tr>
            <td class="name">
                <b>{kind_name(entry.kind, &t.audit_kinds)}</b>
                <span class="cite">{entry.subject.clone()}</span>
                {customer.map(|customer| view! { <span class="cite">{customer}</span> })}
            </td>
            <td class="num" data-label=l.when.clone()><time datetime=format::iso(at)>{format::short(at, &t.times)}</time></td>
            <td data-label=l.who.clone()>
                {entry.by_name.clone()}
                {from}
            </td>
            <td data-label=l.changes.clone()><dl class="diff">{changes}</dl></td>
        </tr>
    }
}
