//! The pieces of what a customer subscribed to: its service levels, term, closed days, products, certifications.

use domain::{
    calendar::LocalDate,
    people::Term,
    plan::{ClauseId, Plan, Tier},
    text::{Lang, Text},
    triage::SupportState,
};
use maud::{Markup, html};
use portal_core::subscriptions::{Installed, Subscription};

use super::{attention, severity::badge};
use crate::{
    format,
    words::{Words, fill},
};

/// How a term stands on a day, in a few words.
pub fn term_state(term: Term, today: LocalDate, t: &Words) -> String {
    let a = &t.account;
    match term.days_left(today) {
        Some(0) => a.last_day.clone(),
        Some(1) => a.left_one.clone(),
        Some(days) => fill(&a.left_many, &[("n", &days.to_string())]),
        None if today < term.starts => a.not_begun.clone(),
        None => a.ended.clone(),
    }
}

/// The first and the last day of a term.
pub fn term_dates(term: Term, t: &Words) -> String {
    fill(
        &t.account.term_dates,
        &[
            ("starts", &format::date_short(term.starts, &t.times)),
            ("ends", &format::date_short(term.ends, &t.times)),
        ],
    )
}

/// The tier's row of the service level table, turned upright: every figure of the tier.
pub fn service_levels(plan: &Plan, tier: &Tier, lang: Lang, t: &Words) -> Markup {
    let p = &t.plan;
    let text = |text: &Text| text.get(lang).to_owned();
    let facts = [
        (&p.support_hours, text(&tier.hours)),
        (&p.online, text(&tier.channels.online)),
        (&p.email, text(&tier.channels.email)),
        (&p.telephone, text(&tier.channels.telephone)),
        (
            &p.contacts,
            fill(&p.contacts_n, &[("n", &tier.contacts.to_string())]),
        ),
        (&p.resolution, text(&plan.service.resolution)),
    ];
    let target = |target: Option<domain::plan::Target>| {
        target.map_or_else(String::new, |target| format::target(target, &t.times))
    };
    let name = tier.name.get(lang);
    html! {
        section.card aria-labelledby="service-levels" {
            h2 id="service-levels" { (fill(&t.account.service_levels, &[("tier", name)])) }
            @if plan.service.sample_figures { p.aside.sample { b { (p.sample_figures) } } }
            dl.facts {
                @for (label, value) in &facts { dt { (label) } dd { (value) } }
            }
            table.figures {
                caption.sr { (t.account.by_level) }
                thead {
                    tr {
                        th scope="col" { (p.level) }
                        th scope="col" { (t.account.response_within) }
                        th scope="col" { (t.account.update_every) }
                    }
                }
                tbody {
                    @for level in &plan.guide.levels {
                        tr {
                            th scope="row" { (badge(level.level)) }
                            td.num { (target(tier.response(level.level))) }
                            td.num { (target(tier.update(level.level))) }
                        }
                    }
                }
            }
            p.cite.no-print { a href=(attention::clause_address(plan, &ClauseId("3".to_owned()))) { (t.account.whole_table) } }
        }
    }
}

/// The zone, and its next closed days.
pub fn closed_days(
    subscription: &Subscription,
    plan: &Plan,
    lang: Lang,
    t: &Words,
) -> Option<Markup> {
    let a = &t.account;
    let zone = plan.zone(&subscription.customer.zone)?;
    let zone_words = fill(
        &a.zone_text,
        &[("zone", zone.name.get(lang)), ("tz", &zone.tz)],
    );
    let names = |names: &[Text]| {
        let names: Vec<_> = names.iter().map(|name| name.get(lang)).collect();
        names.join(", ")
    };
    Some(html! {
        section.card aria-labelledby="zone" {
            h2 id="zone" { (a.zone) }
            p.mute { (zone_words) }
            h3 { (a.closed_days) }
            @if subscription.closed_days.is_empty() {
                p.mute { (a.no_closed_days) }
            } @else {
                dl.facts.closed-days {
                    @for day in &subscription.closed_days {
                        dt.num { time datetime=(day.date) { (format::date_short(day.date, &t.times)) } }
                        dd { (names(&day.names)) }
                    }
                }
            }
        }
    })
}

/// What is to be done about a version in use; nothing for one that is as it should be.
fn to_do(one: &Installed, plan: Option<&Plan>, t: &Words) -> Markup {
    let a = &t.account;
    let clause = plan.and_then(|plan| {
        Some(match one.state {
            SupportState::Current => return None,
            SupportState::Superseded { .. } => (plan, &plan.guide.superseded),
            SupportState::Discontinued => (plan, &plan.guide.discontinued),
        })
    });
    html! {
        @match &one.state {
            SupportState::Current => { (a.supported) }
            SupportState::Superseded { .. } => {
                (fill(&a.missing, &[("versions", &one.missing.join(", "))]))
            }
            SupportState::Discontinued => { b { (a.support_ended) } }
        }
        @if let Some((plan, clause)) = clause { " " (attention::cited(plan, clause, t)) }
        @if let Some(version) = &one.to_install {
            br; (fill(&a.install, &[("version", version)]))
        }
    }
}

/// The versions in use, each with its support state.
pub fn products(installed: &[Installed], plan: Option<&Plan>, t: &Words) -> Markup {
    let a = &t.account;
    html! {
        section.card aria-labelledby="products" {
            h2 id="products" { (a.products) }
            @if installed.is_empty() {
                p.mute { (a.no_products) }
            } @else {
                table.stacking {
                    caption.sr { (a.products) }
                    thead { tr { th scope="col" { (a.product) } th scope="col" { (a.in_use) } th scope="col" { (a.support) } } }
                    tbody {
                        @for one in installed {
                            tr {
                                th scope="row" { (one.product) }
                                td.num data-label=(a.in_use) { (one.version) }
                                td data-label=(a.support) { (to_do(one, plan, t)) }
                            }
                        }
                    }
                }
            }
            p.cite.no-print { a href="/releases" { (a.all_releases) } }
        }
    }
}

/// The seats, and the certifications that expire.
pub fn seats_and_certifications(
    subscription: &Subscription,
    plan: Option<&Plan>,
    own: bool,
    t: &Words,
) -> Markup {
    let a = &t.account;
    let seats = subscription.seats;
    let clause = plan.map(|plan| (plan, &plan.certification.clause));
    html! {
        section.card aria-labelledby="seats" {
            h2 id="seats" { (a.seats) }
            p.figure.num {
                (fill(&a.seats_used, &[("used", &seats.used.to_string()), ("total", &seats.total().to_string())]))
            }
            p.mute {
                (fill(&a.seats_of, &[
                    ("included", &seats.included.to_string()),
                    ("elected", &seats.elected.to_string()),
                    ("free", &seats.free().to_string()),
                ]))
                @if let Some((plan, clause)) = clause { " " (attention::cited(plan, clause, t)) }
            }
            @if own { p.cite.no-print { a href="/contacts" { (a.to_contacts) } } }
            h3 { (a.certifications) }
            @if subscription.expiring.is_empty() {
                p.mute { (a.none_expire) }
            } @else {
                table.stacking {
                    caption.sr { (a.certifications) }
                    thead { tr { th scope="col" { (a.holder) } th scope="col" { (a.valid_until) } th scope="col" { (t.list.state) } } }
                    tbody {
                        @for one in &subscription.expiring {
                            tr {
                                th scope="row" {
                                    (one.name)
                                    @if !one.designated { span.cite { " (" (a.not_designated) ")" } }
                                }
                                td.num data-label=(a.valid_until) {
                                    time datetime=(one.expiry.on) { (format::date_short(one.expiry.on, &t.times)) }
                                }
                                td data-label=(t.list.state) {
                                    @match one.expiry.days {
                                        Some(days) => { (attention::when(days, &t.attention)) }
                                        None => { b { (a.expired_since) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
