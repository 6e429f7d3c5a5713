//! The engineers' queue: what is owed next, first.

use domain::{
    calendar::Clock,
    incident::Stage,
    people::{Operation, Relation, allows},
    plan::Severity,
};
use leptos::prelude::*;
use maud::{Markup, html};
use portal_core::{
    incidents::{self, Desk, DeskFilter, MOST_SHOWN, Next, Owed, Whose},
    mail,
};

use super::{Islands, failed, incidents::state_name, loaded, query, sign_in_first};
use crate::{
    components::{
        layout::{Here, Layout},
        live::live,
        severity::badge,
    },
    format,
    islands::{DeskKeys, KEYS, Live, QUEUE},
    server::{Problem, Visit, encoded, state},
    words::{Words, fill, words},
};

/// `/desk`
#[component]
pub fn DeskPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let asked = Asked::from_query();
    loaded(async move {
        let desk = incidents::desk(&portal, visit.actor(), &asked.filter())
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let catalog = portal_core::products::catalog(&portal, visit.actor())
            .await
            .map_err(failed)?;
        let t = words(visit.lang);
        let plan = portal.plans().current().clone();
        let choices = Choices {
            levels: plan
                .guide
                .levels
                .iter()
                .map(|level| (level.level.to_string(), level.level.to_string()))
                .collect(),
            tiers: plan
                .service
                .tiers
                .iter()
                .map(|tier| (tier.id.clone(), tier.name.get(visit.lang).to_owned()))
                .collect(),
            customers: desk
                .customers
                .iter()
                .map(|(id, name)| (id.to_string(), name.clone()))
                .collect(),
            products: catalog
                .products
                .iter()
                .map(|product| (product.id.clone(), product.name.clone()))
                .collect(),
        };
        let zone = |row: &Owed| {
            let plan = portal.plans().get(&row.plan_version);
            let zone = plan.and_then(|plan| plan.zone(&row.zone));
            zone.map_or_else(
                || row.zone.clone(),
                |zone| zone.name.get(visit.lang).to_owned(),
            )
        };
        let logs = allows(
            visit.actor(),
            Relation::OtherCustomer,
            Operation::LogIncident,
        );
        // Only for engineers, who deal with it.
        let aside = mail::aside_waiting(&portal, visit.actor())
            .await
            .map_err(failed)?;
        let body = html! {
            p.row {
                @if logs { a.btn.quiet href="/desk/log" { (t.log.title) } }
                a.btn.quiet href="/desk/templates" { (t.templates.title) }
            }
            @if let Some(n) = aside.filter(|n| *n > 0) {
                p.aside { a href="/desk/mail" { (fill(&t.aside.waits, &[("n", &n.to_string())])) } }
            }
            (asked.counts(&desk, t))
            (asked.form(&choices, t))
            (live("/desk/events", &t.live.desk, None, &t.live))
            div.stack id=(QUEUE) data-live="" { (table(&desk, &asked, &zone, t)) }
            (keys(t))
        };
        Ok(view! {
            <Layout here=Here::Desk title=t.desk.title.clone()>
                <div class="stack desk">
                    <h1>{t.desk.title.clone()}</h1>
                    <p class="mute">{t.desk.intro.clone()} " " <a href="/desk/attainment">{t.attainment.title.clone()}</a></p>
                    <div class="contents" inner_html=body.into_string()></div>
                    <Live />
                    <DeskKeys />
                </div>
            </Layout>
            <Islands />
        }
        .into_any())
    })
    .into_any()
}

/// What the address asks for.
struct Asked {
    level: String,
    tier: String,
    customer: String,
    product: String,
    show: String,
}

/// What can be chosen, each by its value and its words.
struct Choices {
    levels: Vec<(String, String)>,
    tiers: Vec<(String, String)>,
    customers: Vec<(String, String)>,
    products: Vec<(String, String)>,
}

impl Asked {
    fn from_query() -> Self {
        Self {
            level: query("level"),
            tier: query("tier"),
            customer: query("customer"),
            product: query("product"),
            show: query("show"),
        }
    }

    fn filter(&self) -> DeskFilter {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        DeskFilter {
            severity: Severity::parse(&self.level),
            tier: some(&self.tier),
            customer: self.customer.parse().ok(),
            product: some(&self.product),
            whose: match self.show.as_str() {
                "unassigned" => Whose::Nobodys,
                "mine" => Whose::Mine,
                _ => Whose::Anybodys,
            },
            waiting: (self.show == "waiting").then_some(true),
        }
    }

    fn narrows(&self) -> bool {
        [
            &self.level,
            &self.tier,
            &self.customer,
            &self.product,
            &self.show,
        ]
        .into_iter()
        .any(|one| !one.is_empty())
    }

    /// The address of the same filter that shows something else.
    fn address(&self, show: &str) -> String {
        let pairs = [
            ("show", show),
            ("level", &self.level),
            ("tier", &self.tier),
            ("customer", &self.customer),
            ("product", &self.product),
        ];
        let query: Vec<_> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        if query.is_empty() {
            "/desk".to_owned()
        } else {
            format!("/desk?{}", query.join("&"))
        }
    }

    /// How many there are of each kind, each a way to see only them.
    fn counts(&self, desk: &Desk, t: &Words) -> Markup {
        let (d, counts) = (&t.desk, desk.counts);
        html! {
            nav aria-label=(d.show) id="live-counts" data-live="" {
                ul.plain.totals {
                    @for (show, words, count) in [
                        ("", &d.open, counts.open),
                        ("unassigned", &d.unassigned, counts.unassigned),
                        ("mine", &d.mine, counts.mine),
                        ("waiting", &d.waiting, counts.waiting),
                    ] {
                        li {
                            a href=(self.address(show)) aria-current=[(self.show == show).then_some("true")] {
                                b.num { (count) } " " (words)
                            }
                        }
                    }
                    li data-outcome=[(counts.missed > 0).then_some("bad")] { span { b.num { (counts.missed) } " " (d.missed) } }
                }
            }
        }
    }

    fn form(&self, choices: &Choices, t: &Words) -> Markup {
        let d = &t.desk;
        html! {
            form.filter.row method="get" action="/desk" {
                @if !self.show.is_empty() { input type="hidden" name="show" value=(self.show); }
                @for (name, label, any, chosen, options) in [
                    ("level", &t.list.severity, &t.list.any_severity, &self.level, &choices.levels),
                    ("tier", &d.tier, &d.any_tier, &self.tier, &choices.tiers),
                    ("customer", &d.customer, &d.any_customer, &self.customer, &choices.customers),
                    ("product", &d.product, &d.any_product, &self.product, &choices.products),
                ] {
                    label {
                        (label)
                        select name=(name) {
                            option value="" { (any) }
                            @for (value, words) in options {
                                option value=(value) selected[value == chosen] { (words) }
                            }
                        }
                    }
                }
                button.btn.quiet { (t.list.apply) }
            }
        }
    }
}

fn table(desk: &Desk, asked: &Asked, zone: &dyn Fn(&Owed) -> String, t: &Words) -> Markup {
    let d = &t.desk;
    if desk.rows.is_empty() {
        return html! {
            div.empty.card {
                @if asked.narrows() {
                    h2 { (d.nothing_found) }
                    p { a.btn.quiet href="/desk" { (d.show_all) } }
                } @else {
                    h2 { (d.empty) }
                    p.mute { (d.empty_text) }
                }
            }
        };
    }
    html! {
        @if desk.found > MOST_SHOWN { p.aside { (fill(&d.more, &[("n", &MOST_SHOWN.to_string()), ("all", &desk.found.to_string())])) } }
        table.list {
            thead { tr {
                th scope="col" { (t.list.severity) }
                th scope="col" { (t.list.name) }
                th scope="col" { (d.owed) }
                th scope="col" { (d.left) }
                th scope="col" { (d.assigned) }
            } }
            tbody { @for row in &desk.rows { (line(row, &zone(row), t)) } }
        }
    }
}

/// The keys, in words. Nobody is shown them where no script takes them: see the page's looks.
fn keys(t: &Words) -> Markup {
    let l = &t.live;
    html! {
        details.how id=(KEYS) {
            summary { (l.keys) }
            p.small.mute { (l.keys_where) }
            dl.facts {
                @for (keys, words) in [
                    ("J ↓", &l.key_next),
                    ("K ↑", &l.key_before),
                    ("Enter", &l.key_open),
                    ("/", &l.key_filter),
                    ("?", &l.key_help),
                ] {
                    dt.num { (keys) }
                    dd { (words) }
                }
            }
        }
    }
}

fn line(row: &Owed, zone: &str, t: &Words) -> Markup {
    let d = &t.desk;
    let stage = row
        .next
        .and_then(|next| next.urgency)
        .map(|urgency| urgency.stage);
    html! {
        tr data-stage=[stage.map(Stage::name)] {
            td.sev-cell {
                (badge(row.severity))
                @if row.claimed != row.severity { " " span.small.mute { (fill(&d.claimed, &[("level", &row.claimed.to_string())])) } }
            }
            td.name {
                a href={ "/incidents/" (row.number) } { (row.title) }
                span.cite.num { (row.number) " · " (row.customer) @if !row.release.is_empty() { " · " (row.release) } }
                @if row.contested { " " span.tag { (d.contested) } }
                @if row.escalated { " " span.tag { (d.escalated) } }
                @if row.late { " " span.tag { (d.response_late) } }
            }
            td.num data-label=(d.owed) {
                @match row.next {
                    Some(next) => {
                        (if next.response { &d.response } else { &d.update }) ", "
                        time datetime=(format::iso(next.due)) { (format::short(next.due, &t.times)) }
                        " " span.small.mute { (zone) }
                    }
                    None => { span.state data-state=(row.state.name()) { @if row.waiting { (d.waits) } @else { (state_name(row.state, &t.states)) } } }
                }
            }
            td.num data-label=(d.left) { @if let Some(next) = row.next { (left(next, t)) } }
            td data-label=(d.assigned) { @match &row.assigned { Some((_, name)) => { (name) } None => { span.mute { (t.life.nobody) } } } }
        }
    }
}

/// The time left by the promise's own clock, with its warning in words.
fn left(next: Next, t: &Words) -> Markup {
    let d = &t.desk;
    let Some(urgency) = next.urgency else {
        return html! {};
    };
    let time = format::duration(urgency.left.unsigned_abs(), &t.times);
    let clock = match urgency.clock {
        Clock::BusinessHours => &d.business,
        Clock::Elapsed => &d.elapsed,
    };
    let (words, warning) = match urgency.stage {
        Stage::Calm => (&d.time_left, None),
        Stage::Soon => (&d.time_left, Some(&d.soon)),
        Stage::Urgent => (&d.time_left, Some(&d.urgent)),
        Stage::Missed => (&d.time_over, None),
    };
    html! {
        span.left data-stage=(urgency.stage.name()) {
            b { (fill(words, &[("time", &time)])) }
            " " span.small.mute { (clock) }
            @if let Some(warning) = warning { " " span.tag { (warning) } }
        }
    }
}
