//! A customer's incidents: newest first, filtered, searched, page by page. The vendor's people say whose.

use std::sync::Arc;

use domain::{
    calendar::{BusinessCalendar, Instant},
    incident::{IncidentNumber, State},
    people::{Actor, Operation, Relation, allows},
    plan::{Plan, Severity},
    text::Lang,
};
use leptos::prelude::*;
use portal_core::{
    Portal,
    accounts::CustomerSummary,
    drafts,
    incidents::{self, Cursor, Filter, Position, Row},
    subscriptions,
};

use super::{encoded, failed, loaded, own_clock, query, sign_in_first};
use crate::{
    components::{
        attainment::{due_asked, due_pairs, listed},
        drafts::list as drafts_of,
        layout::{Here, Layout},
        severity::badge,
    },
    format,
    server::{Problem, Visit, redirect, state},
    words::{IncidentList, States, Words, fill, words},
};

/// Rows on a page.
const PAGE: u32 = 50;

/// A state's name to read.
pub fn state_name(state: State, states: &States) -> String {
    match state {
        State::AwaitingResponse => &states.awaiting_response,
        State::Acknowledged => &states.acknowledged,
        State::Verified => &states.verified,
        State::Designated => &states.designated,
        State::InWork => &states.in_work,
        State::Reopened => &states.reopened,
        State::Resolved => &states.resolved,
        State::Closed => &states.closed,
        State::Withdrawn => &states.withdrawn,
    }
    .clone()
}

/// `/incidents`
#[component]
pub fn IncidentsPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    // A customer's own people see their own, whatever the address says; the vendor's say whose.
    let customer = match visit.customer() {
        Some(_) => None,
        None => Some(query("customer")).filter(|customer| !customer.is_empty()),
    };
    let (filter, size, position) = asked_for();
    let to_all =
        filter.due.is_some() && allows(visit.actor(), Relation::Vendor, Operation::ReadAttainment);
    if visit.customer().is_none() && customer.is_none() && !to_all {
        return whose(&visit);
    }
    // What is no number is no customer.
    let customer: Option<i64> = customer.map(|customer| customer.parse().unwrap_or(0));
    let (handed, discarded) = (
        query("handed").parse::<i64>().ok(),
        !query("discarded").is_empty(),
    );
    loaded(async move {
        let actor = visit.actor();
        let page = incidents::list(&portal, actor, customer, &filter, position, size).await.map_err(failed)?.ok_or(Problem::NotFound)?;
        let whose = match visit.customer() {
            Some(own) => Some(own.clone()),
            None if customer.is_none() => None,
            None => Some(subscriptions::summary(&portal, actor, customer).await.map_err(failed)?.ok_or(Problem::NotFound)?),
        };
        let plan = whose
            .as_ref()
            .and_then(|whose| portal.plans().get(&whose.plan_version))
            .unwrap_or_else(|| portal.plans().current())
            .clone();
        let t = words(visit.lang);
        let l = &t.list;
        let filtered = filter != Filter::default();
        let clocks = Clocks::of(&visit, &portal, &plan, whose.as_ref());
        let heads = (clocks.head(&l.received, clocks.own.as_ref(), l), clocks.head(&l.due, clocks.promised.as_ref(), l));
        let open = drafts::list(&portal, visit.actor()).await.map_err(failed)?.unwrap_or_default();
        let prepared = drafts_of(&open, &|at| clocks.received(at, t).0, t).into_string();
        let notice = notice(&portal, actor, handed, discarded, t).await?;
        let count = if page.total == 1 { l.count_one.clone() } else { fill(&l.count, &[("n", &page.total.to_string())]) };
        let keep = |name: &str, cursor: &Cursor| page_address(&filter, customer, size, name, cursor);
        let rows = page
            .rows
            .iter()
            .map(|row| {
                table_row(row, t, heads.clone(), clocks.received(row.received_at, t), clocks.due(row.due_at, t))
            })
            .collect_view();
        let body = if page.rows.is_empty() {
            nothing(filtered, customer, t).into_any()
        } else {
            view! {
                {table(rows, heads, t)}
                <nav class="row pages" aria-label=l.title.clone()>
                    {page.newer.as_ref().map(|cursor| view! { <a class="btn quiet" rel="prev" href=keep("newer", cursor)>{l.newer.clone()}</a> })}
                    {page.older.as_ref().map(|cursor| view! { <a class="btn quiet" rel="next" href=keep("older", cursor)>{l.older.clone()}</a> })}
                </nav>
            }
            .into_any()
        };
        let (title, back) = title_and_back(whose.as_ref(), customer, t);
        let new = whose
            .filter(|whose| allows(actor, actor.relation_to(whose.id), Operation::FileIncident))
            .map(|_| view! { <a class="btn end" href="/incidents/new?new=1">{l.new.clone()}</a> });
        let due = filter.due.as_ref().map(|due| view! { <p class="aside">{listed(due, &plan, visit.lang, t)}</p> });
        Ok(view! {
            <Layout here=Here::Incidents title=title.clone()>
                <div class="stack">
                    {back}
                    <div class="row head">
                        <h1>{title}</h1>
                        <span class="mute num">{count}</span>
                        {new}
                    </div>
                    {notice}
                    <div class="contents" inner_html=prepared></div>
                    {due}
                    {filter_form(&filter, customer, &plan, t, visit.lang)}
                    {body}
                </div>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}

/// A clock, and what its zone is called.
type Named = (Arc<BusinessCalendar>, String);

/// By whose clocks the list tells its times: the reader's for what happened, the contract's for what is promised.
struct Clocks {
    own: Option<Named>,
    promised: Option<Named>,
    /// Whether each column says whose clock it goes by.
    said: bool,
}

impl Clocks {
    fn of(visit: &Visit, portal: &Portal, plan: &Plan, whose: Option<&CustomerSummary>) -> Self {
        // Those of every customer stand in one zone: the reader's, else the plan's first.
        let first = plan.zones.first().map(|zone| zone.id.clone());
        let contract = whose
            .map(|whose| whose.zone.clone())
            .or(first)
            .unwrap_or_default();
        let own = own_clock(visit, portal, plan, &contract);
        let promised = match whose {
            Some(_) => plan.zone(&contract).and_then(|zone| {
                Some((portal.calendar(zone)?, zone.name.get(visit.lang).to_owned()))
            }),
            None => own.clone(),
        };
        let name = |clock: &Option<Named>| clock.as_ref().map(|(_, name)| name.clone());
        let said = whose.is_none() || name(&own) != name(&promised);
        Self {
            own,
            promised,
            said,
        }
    }

    fn received(&self, at: Instant, t: &Words) -> (String, String) {
        in_words(self.own.as_ref(), at, t)
    }

    fn due(&self, at: Instant, t: &Words) -> (String, String) {
        in_words(self.promised.as_ref(), at, t)
    }

    fn head(&self, words: &str, clock: Option<&Named>, l: &IncidentList) -> String {
        match clock {
            Some((_, zone)) if self.said => fill(&l.in_zone, &[("what", words), ("zone", zone)]),
            _ => words.to_owned(),
        }
    }
}

/// A time for people and for machines.
fn in_words(clock: Option<&Named>, at: Instant, t: &Words) -> (String, String) {
    clock
        .and_then(|(calendar, _)| calendar.local(at).ok())
        .map(|local| (format::short(local, &t.times), format::iso(local)))
        .unwrap_or_default()
}

/// What the page is called, and the way back from it.
fn title_and_back(
    whose: Option<&CustomerSummary>,
    customer: Option<i64>,
    t: &Words,
) -> (String, Option<impl IntoView + use<>>) {
    let name = whose.map(|whose| whose.name.clone()).unwrap_or_default();
    let title = match customer {
        Some(_) => fill(&t.incidents_of.title_of, &[("customer", &name)]),
        None if whose.is_none() => t.attainment.to_all.clone(),
        None => t.list.title.clone(),
    };
    let back = match customer {
        Some(id) => Some((format!("/accounts/{id}"), name)),
        None => whose
            .is_none()
            .then(|| ("/desk/attainment".to_owned(), t.attainment.title.clone())),
    };
    let back = back.map(|(href, words)| view! { <p class="cite"><a href=href>{words}</a></p> });
    (title, back)
}

/// That a draft was handed over or discarded just now.
async fn notice(
    portal: &Portal,
    actor: Actor,
    handed: Option<i64>,
    discarded: bool,
    t: &Words,
) -> Result<Option<AnyView>, Problem> {
    let words = match handed {
        Some(id) => drafts::get(portal, actor, id)
            .await
            .map_err(failed)?
            .map(|draft| fill(&t.drafts.handed, &[("name", &draft.handed_to)])),
        None => discarded.then(|| t.drafts.discarded.clone()),
    };
    Ok(words.map(|words| view! { <p class="card done" role="status">{words}</p> }.into_any()))
}

/// What the address asks for: which incidents, how many of them, from where on.
fn asked_for() -> (Filter, u32, Option<Position>) {
    let filter = Filter {
        state: State::parse(&query("state")),
        severity: Severity::parse(&query("severity")),
        search: query("q").trim().chars().take(100).collect(),
        due: due_asked(
            &query("due"),
            &query("response"),
            &query("target"),
            &query("tier"),
        ),
    };
    let size = query("rows").parse().unwrap_or(PAGE).clamp(1, 200);
    let cursor = |name| query(name).parse::<Cursor>().ok();
    let position = cursor("older")
        .map(Position::OlderThan)
        .or_else(|| cursor("newer").map(Position::NewerThan));
    (filter, size, position)
}

/// The rows under their heads; `heads` are those of the two times.
fn table(rows: impl IntoView, heads: (String, String), t: &Words) -> impl IntoView {
    let l = &t.list;
    view! {
        <table class="list">
            <caption class="sr">{l.title.clone()}</caption>
            <thead>
                <tr>
                    <th scope="col">{l.severity.clone()}</th>
                    <th scope="col">{l.name.clone()}</th>
                    <th scope="col">{l.state.clone()}</th>
                    <th scope="col">{heads.0}</th>
                    <th scope="col">{heads.1}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// What the vendor's people see while they have not said whose incidents: the way there.
fn whose(visit: &Visit) -> AnyView {
    let t = words(visit.lang);
    let o = &t.incidents_of;
    let typed = query("q");
    if let Some(number) = IncidentNumber::parse(typed.trim()) {
        redirect(&format!("/incidents/{number}"));
        return ().into_any();
    }
    let wrong = !typed.trim().is_empty();
    let error = wrong.then(
        || view! { <p class="error" id="number-error" role="alert">{o.not_a_number.clone()}</p> },
    );
    let customers = allows(visit.actor(), Relation::Vendor, Operation::ListAccounts)
        .then(|| view! { <p><a class="btn" href="/accounts">{o.to_customers.clone()}</a></p> });
    view! {
        <Layout here=Here::Incidents title=t.list.title.clone()>
            <div class="narrow stack">
                <h1>{o.choose.clone()}</h1>
                <p class="mute">{o.choose_text.clone()}</p>
                {customers}
                <form method="get" action="/incidents" class="card stack">
                    <div class="field" class:wrong=wrong>
                        <label for="number">{o.by_number.clone()}</label>
                        {error}
                        <input
                            type="text"
                            id="number"
                            name="q"
                            value=typed
                            aria-describedby=wrong.then_some("number-error")
                            aria-invalid=wrong.then_some("true")
                        />
                    </div>
                    <p><button class="btn quiet">{o.open.clone()}</button></p>
                </form>
            </div>
        </Layout>
    }
    .into_any()
}

/// The list without a filter.
fn all_address(customer: Option<i64>) -> String {
    customer.map_or_else(
        || "/incidents".to_owned(),
        |customer| format!("/incidents?customer={customer}"),
    )
}

/// The address of the page beyond `cursor` under the same filter.
fn page_address(
    filter: &Filter,
    customer: Option<i64>,
    size: u32,
    name: &str,
    cursor: &Cursor,
) -> String {
    let mut address = format!("/incidents?{name}={cursor}");
    for (key, value) in [
        ("customer", customer.map(|customer| customer.to_string())),
        ("state", filter.state.map(|state| state.name().to_owned())),
        (
            "severity",
            filter.severity.map(|severity| severity.to_string()),
        ),
        (
            "q",
            Some(filter.search.clone()).filter(|search| !search.is_empty()),
        ),
        ("rows", (size != PAGE).then(|| size.to_string())),
    ]
    .into_iter()
    .chain(kept(filter))
    {
        if let Some(value) = value {
            address = format!("{address}&{key}={}", encoded(&value));
        }
    }
    address
}

/// What the address says of the number whose incidents are listed.
fn kept(filter: &Filter) -> impl Iterator<Item = (&'static str, Option<String>)> + use<> {
    let pairs = filter.due.as_ref().map(due_pairs);
    let pairs = pairs.into_iter().flatten();
    pairs.map(|(name, value)| (name, Some(value).filter(|value| !value.is_empty())))
}

/// The filter: a search, a state, a severity.
fn filter_form(
    filter: &Filter,
    customer: Option<i64>,
    plan: &Plan,
    t: &Words,
    lang: Lang,
) -> impl IntoView + use<> {
    let l = &t.list;
    let states = State::ALL
        .into_iter()
        .map(|state| {
            let selected = filter.state == Some(state);
            view! { <option value=state.name() selected=selected>{state_name(state, &t.states)}</option> }
        })
        .collect_view();
    let severities = plan
        .guide
        .levels
        .iter()
        .map(|level| {
            let selected = filter.severity == Some(level.level);
            let label = format!("{} {}", level.level, level.title.get(lang));
            view! { <option value=level.level.to_string() selected=selected>{label}</option> }
        })
        .collect_view();
    let clear = (*filter != Filter::default())
        .then(|| view! { <a href=all_address(customer)>{l.clear.clone()}</a> });
    let customer =
        customer.map(|customer| view! { <input type="hidden" name="customer" value=customer /> });
    let kept = kept(filter)
        .filter_map(|(name, value)| Some((name, value?)))
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    view! {
                    <form method="get" action="/incidents" class="filter row" role="search" aria-label=l.filter.clone()>
                        {customer}
                        {kept}
                        <label>
                            <span>{l.search.clone()}</span>
                            <input type="search" name="q" value=filter.search.clone() maxlength="100" placeholder=l.search_hint.clone() />
                        </label>
                        <label>
                            <span>{l.state.clone()}</span>
                            <select name="state">
                                <option value="">{l.any_state.clone()}</option>
                                {states}
                            </select>
                        </label>
                        <label>
                            <span>{l.severity.clone()}</span>
                            <select name="severity">
                                <option value="">{l.any_severity.clone()}</option>
                                {severities}
                            </select>
                        </label>
                        <button class="btn quiet">{l.apply.clone()}</button>
                        {clear}
                    </form>
    }
}

/// What stands in place of an empty list, with the way on.
fn nothing(filtered: bool, customer: Option<i64>, t: &Words) -> impl IntoView + use<> {
    let l = &t.list;
    let (title, text, href, way) = if filtered {
        (
            &l.nothing_found,
            &l.nothing_found_text,
            all_address(customer),
            &l.clear,
        )
    } else if let Some(customer) = customer {
        let back = format!("/accounts/{customer}");
        (
            &l.empty,
            &t.incidents_of.none_filed,
            back,
            &t.incidents_of.to_customer,
        )
    } else {
        let guide = "/guide".to_owned();
        (&l.empty, &l.empty_text, guide, &t.form.to_guide)
    };
    view! {
        <div class="empty card">
            <h2>{title.clone()}</h2>
            <p class="mute">{text.clone()}</p>
            <p>
                <a class="btn quiet" href=href>{way.clone()}</a>
            </p>
        </div>
    }
}

/// One incident of the list.
fn table_row(
    row: &Row,
    t: &Words,
    heads: (String, String),
    received: (String, String),
    due: (String, String),
) -> impl IntoView + use<> {
    let l = &t.list;
    let number = row.number.to_string();
    let awaiting = row.state == State::AwaitingResponse;
    view! {
        <tr>
            <td class="sev-cell"><span class="contents" inner_html=badge(row.severity).into_string()></span></td>
            <td class="name">
                <a href=format!("/incidents/{number}")>{row.title.clone()}</a>
                <span class="cite num">
                    <span class="sr">{l.number.clone()} " "</span>
                    {number} " · " {row.filed_by.clone()}
                    {row.customer.clone().map(|customer| view! { " · " {customer} })}
                    {row.excluded.then(|| view! { " · " {l.excluded.clone()} })}
                </span>
            </td>
            <td data-label=l.state.clone()>
                <span class="state" data-state=row.state.name()>{state_name(row.state, &t.states)}</span>
            </td>
            <td class="num" data-label=heads.0><time datetime=received.1>{received.0}</time></td>
            <td class="num" class:mute=!awaiting data-label=heads.1><time datetime=due.1>{due.0}</time></td>
        </tr>
    }
}
