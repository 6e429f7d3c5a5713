//! One customer: what it subscribed to, its domains, its versions, who looks after it.

use std::collections::BTreeSet;

use domain::{text::Lang, triage::Catalog};
use leptos::prelude::*;
use portal_core::{
    Portal,
    customers::{self, CustomerForm, Manager, Record},
    products,
};

use super::{
    super::{encoded, failed, loaded, sign_in_first},
    below,
    form::{Spec, TypedForm, act},
    id_in_address, items, new_below, notice, only_administrators, section,
};
use crate::{
    api::customers::CustomerStep,
    components::form::Input,
    format,
    server::{Problem, Visit, state},
    words::{Words, fill, words},
};

/// `/admin/customers/new`
#[component]
pub fn NewCustomerPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let form = TypedForm::of("customer", words(visit.lang));
    loaded(async move {
        only_administrators(&portal, visit.actor()).await?;
        let catalog = products::catalog(&portal, visit.actor())
            .await
            .map_err(failed)?;
        let t = words(visit.lang);
        let c = &t.admin_customers;
        let plan = portal.plans().current();
        let kept = CustomerForm {
            plan: plan.version.clone(),
            tier: plan
                .service
                .tiers
                .first()
                .map(|tier| tier.id.clone())
                .unwrap_or_default(),
            zone: plan
                .zones
                .first()
                .map(|zone| zone.id.clone())
                .unwrap_or_default(),
            ..CustomerForm::default()
        };
        let fields = fields(&portal, &catalog, kept, t, visit.lang);
        let form = form.card(
            "/admin/customers/new".to_owned(),
            Vec::new(),
            fields,
            &c.add,
        );
        Ok(new_below(
            ("/admin/customers", &c.title),
            &c.new_title,
            None,
            form,
        ))
    })
    .into_any()
}

/// `/admin/customers/{id}`
#[component]
pub fn CustomerPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let id = id_in_address();
    let t = words(visit.lang);
    let (form, assign) = (TypedForm::of("customer", t), TypedForm::of("assign", t));
    let done = notice(t);
    loaded(async move {
        let id = id.ok_or(Problem::NotFound)?;
        let record = customers::get(&portal, visit.actor(), id).await.map_err(failed)?.ok_or(Problem::NotFound)?;
        let catalog = products::catalog(&portal, visit.actor()).await.map_err(failed)?;
        let all = customers::managers(&portal, visit.actor()).await.map_err(failed)?;
        let c = &t.admin_customers;
        let kept = CustomerForm {
            name: record.name.clone(),
            plan: record.plan_version.clone(),
            tier: record.tier.clone(),
            zone: record.zone.clone(),
            starts: record.term.starts.to_string(),
            ends: record.term.ends.to_string(),
            elected: record.seats.elected.to_string(),
            domains: record.domains.join("\n"),
            installed: record.installed.clone(),
        };
        let fields = fields(&portal, &catalog, kept, t, visit.lang);
        let form = form.card(address(id), vec![("step", CustomerStep::Save.name().to_owned())], fields, &t.admin.save);
        let body = view! {
            <h1 class="long">{record.name.clone()}</h1>
            {done}
            {ended(&record, t)}
            <div class="two">
                <div class="stack">
                    <p class="aside">{c.filed_stays.clone()}</p>
                    {form}
                </div>
                <aside class="stack">{facts(&record, t)} {managers(&record, all, &assign, t)}</aside>
            </div>
        };
        Ok(below(("/admin/customers", &c.title), &record.name, body.into_any()))
    })
    .into_any()
}

fn address(id: i64) -> String {
    format!("/admin/customers/{id}")
}

/// A term that has ended is said, not refused.
fn ended(record: &Record, t: &Words) -> impl IntoView + use<> {
    let ended = record.today.is_some_and(|today| today > record.term.ends);
    ended.then(|| {
        let on = format::date_year(record.term.ends, &t.times);
        let words = fill(&t.admin_customers.term_ended, &[("date", &on)]);
        view! { <p class="card note" role="status">{words}</p> }
    })
}

/// Seats, people, and the ways to what belongs to the customer.
fn facts(record: &Record, t: &Words) -> impl IntoView + use<> {
    let c = &t.admin_customers;
    let seats = fill(
        &c.seats_words,
        &[
            ("used", &record.seats.used.to_string()),
            ("included", &record.seats.included.to_string()),
            ("elected", &record.seats.elected.to_string()),
        ],
    );
    let content = view! {
        <dl class="facts">
            <dt>{c.seats.clone()}</dt>
            <dd class="num">{seats}</dd>
            <dt>{c.people.clone()}</dt>
            <dd class="num"><a href=format!("/admin/people?customer={}", record.id)>{record.people}</a></dd>
        </dl>
        <ul class="plain">
            <li><a href=format!("/admin/people/new?customer={}", encoded(&record.name))>{c.add_contact.clone()}</a></li>
            <li><a href=format!("/accounts/{}", record.id)>{c.as_sold.clone()}</a></li>
            <li><a href=format!("/audit?customer={}", record.id)>{c.log.clone()}</a></li>
        </ul>
    };
    section("facts", &c.facts, content)
}

/// Who looks after it, and who could.
fn managers(
    record: &Record,
    all: Vec<Manager>,
    form: &TypedForm,
    t: &Words,
) -> impl IntoView + use<> {
    let c = &t.admin_customers;
    let rows = record
        .managers
        .iter()
        .map(|manager| {
            let hidden = vec![
                ("step", CustomerStep::Unassign.name().to_owned()),
                ("manager", manager.id.to_string()),
            ];
            let named = fill(&c.unassign_named, &[("name", &manager.name)]);
            view! {
                <li class="row">
                    <a href=format!("/admin/people/{}", manager.id)>{manager.name.clone()}</a>
                    {act(address(record.id), hidden, &c.unassign, Some(named))}
                </li>
            }
        })
        .collect_view();
    let rows = items("plain", rows, &c.no_managers);
    let free: Vec<_> = all
        .into_iter()
        .filter(|one| !record.managers.contains(one))
        .map(|one| (one.id.to_string(), one.name))
        .collect();
    let add = (!free.is_empty() || form.is_wrong()).then(|| {
        let spec = Spec::new("manager", &c.manager, Input::Choice(free), "");
        form.card(
            address(record.id),
            vec![("step", CustomerStep::Assign.name().to_owned())],
            vec![spec],
            &c.assign,
        )
    });
    section("managers", &c.managers, (rows, add))
}

/// What a form offers to choose from all plans: ids with their names, and what is kept even if no plan has it any more.
fn offered<'a>(all: impl Iterator<Item = (&'a str, &'a str)>, kept: &'a str) -> Input {
    let mut names: Vec<(String, String)> = Vec::new();
    let mut seen = BTreeSet::new();
    for (id, name) in all.chain([(kept, kept)]) {
        if !id.is_empty() && seen.insert(id.to_owned()) {
            names.push((id.to_owned(), name.to_owned()));
        }
    }
    Input::Choice(names)
}

fn fields(
    portal: &Portal,
    catalog: &Catalog,
    kept: CustomerForm,
    t: &Words,
    lang: Lang,
) -> Vec<Spec> {
    let c = &t.admin_customers;
    // The newest plan's names first.
    let plans: Vec<_> = portal.plans().iter().rev().collect();
    let versions = plans
        .iter()
        .map(|plan| (plan.version.as_str(), plan.version.as_str()));
    let tiers = plans.iter().flat_map(|plan| {
        plan.service
            .tiers
            .iter()
            .map(|tier| (tier.id.as_str(), tier.name.get(lang)))
    });
    let zones = plans.iter().flat_map(|plan| {
        plan.zones
            .iter()
            .map(|zone| (zone.id.as_str(), zone.name.get(lang)))
    });
    let products = catalog
        .products
        .iter()
        .filter(|product| !product.releases.is_empty())
        .map(|product| {
            let releases = product
                .releases
                .iter()
                .map(|release| {
                    let label = if release.discontinued {
                        format!("{} ({})", release.version, t.releases.discontinued)
                    } else {
                        release.version.clone()
                    };
                    (product.option_id(&release.version), label)
                })
                .collect();
            (product.name.clone(), releases)
        })
        .collect();
    let line = Input::Line;
    vec![
        Spec::new("name", &c.name, line("text"), kept.name),
        Spec::new(
            "plan",
            &c.plan_version,
            offered(versions, &kept.plan),
            &kept.plan,
        ),
        Spec::new("tier", &c.tier, offered(tiers, &kept.tier), &kept.tier).hint(&c.tier_hint),
        Spec::new("zone", &c.zone, offered(zones, &kept.zone), &kept.zone).hint(&c.zone_hint),
        Spec::new("starts", &c.starts, line("date"), kept.starts),
        Spec::new("ends", &c.ends, line("date"), kept.ends).hint(&c.ends_hint),
        Spec::new("elected", &c.elected, line("number"), kept.elected)
            .hint(&c.elected_hint)
            .optional(),
        Spec::new("domains", &c.domains, Input::Lines(3), kept.domains)
            .hint(&c.domains_hint)
            .optional(),
        Spec::ticks("installed[]", &c.installed, products, kept.installed).hint(&c.installed_hint),
    ]
}
