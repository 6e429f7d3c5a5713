//! What is exported: the rows of a customer's subscription and of the list of customers, in the reader's language.

use domain::{
    calendar::{Instant, LocalDate},
    people::attention::Reason,
    plan::{LevelTarget, Plan},
    text::{Lang, Text},
    triage::SupportState,
};
use portal_core::{
    Portal,
    subscriptions::{Installed, Overview, Subscription},
};

use crate::{
    components::{attention::in_words, incident::terms},
    format,
    words::{Words, fill, words},
};

/// Cells, row by row; the first row names the columns.
pub type Sheet = Vec<Vec<String>>;

/// The list of customers, one a row, in the order in which it is given.
pub fn customers_sheet(portal: &Portal, list: &[Overview], lang: Lang) -> Sheet {
    let t = words(lang);
    let e = &t.export;
    let head = [
        &e.c_customer,
        &e.c_version,
        &e.c_tier,
        &e.c_zone,
        &e.c_starts,
        &e.c_ends,
        &e.c_left,
        &e.c_included,
        &e.c_elected,
        &e.c_used,
        &e.c_asked,
        &e.c_discontinued,
        &e.c_behind,
        &e.c_expired,
        &e.c_expiring,
        &e.c_awaiting,
        &e.c_managers,
        &e.c_attention,
    ];
    let rows = list.iter().map(|one| {
        let own = &one.customer;
        let plan = portal.plans().get(&own.plan_version);
        let (tier, zone) = terms(plan.map(|plan| &**plan), &own.tier, &own.zone, lang);
        let named = |wanted: fn(&Reason) -> Option<String>| {
            let found: Vec<_> = one.reasons.iter().filter_map(wanted).collect();
            found.join("; ")
        };
        vec![
            own.name.clone(),
            own.plan_version.clone(),
            tier,
            zone,
            own.term.starts.to_string(),
            own.term.ends.to_string(),
            days_left(one.today.and_then(|today| own.term.days_left(today))),
            one.seats.included.to_string(),
            one.seats.elected.to_string(),
            one.seats.used.to_string(),
            one.seats_asked.unwrap_or_default().to_string(),
            versions(&one.installed, |state| {
                matches!(state, SupportState::Discontinued)
            }),
            versions(&one.installed, |state| {
                matches!(state, SupportState::Superseded { .. })
            }),
            named(|reason| match reason {
                Reason::Expired { on, name } => Some(format!("{name} {on}")),
                _ => None,
            }),
            named(|reason| match reason {
                Reason::ExpiresSoon { on, name, .. } | Reason::Expires { on, name, .. } => {
                    Some(format!("{name} {on}"))
                }
                _ => None,
            }),
            one.awaiting.to_string(),
            one.managers.join("; "),
            sentences(&one.reasons, t),
        ]
    });
    std::iter::once(head.map(Clone::clone).to_vec())
        .chain(rows)
        .collect()
}

/// Days left of a term; nothing outside of it.
fn days_left(days: Option<u32>) -> String {
    days.map_or_else(String::new, |days| days.to_string())
}

/// The versions in use that are so supported.
fn versions(installed: &[Installed], wanted: impl Fn(&SupportState) -> bool) -> String {
    let found: Vec<_> = installed
        .iter()
        .filter(|one| wanted(&one.state))
        .map(|one| format!("{} {}", one.product, one.version))
        .collect();
    found.join("; ")
}

fn sentences(reasons: &[Reason], t: &Words) -> String {
    let said: Vec<_> = reasons
        .iter()
        .map(|reason| in_words(reason, &t.attention, &t.times))
        .collect();
    said.join(" ")
}

/// Everything that the page of a subscription says, each fact in a row: its part, what it is, its value, and more.
pub fn subscription_sheet(portal: &Portal, one: &Subscription, lang: Lang) -> Sheet {
    let t = words(lang);
    let e = &t.export;
    let mut sheet = Rows {
        rows: vec![
            [&e.c_part, &e.c_item, &e.c_value, &e.c_detail]
                .map(Clone::clone)
                .to_vec(),
        ],
    };
    let plan = portal.plans().get(&one.customer.plan_version);
    let plan = plan.map(|plan| &**plan);
    sheet.bought(one, plan, t, lang);
    if let Some(plan) = plan {
        sheet.service_levels(one, plan, t, lang);
    }
    sheet.seats(one, t);
    for one in &one.installed {
        sheet.installed(one, t);
    }
    for holder in &one.expiring {
        let detail = match holder.expiry.days {
            Some(days) => crate::components::attention::when(days, &t.attention),
            None => t.account.expired_since.clone(),
        };
        let value = holder.expiry.on.to_string();
        sheet.add(&t.account.certifications, &holder.name, value, &detail);
    }
    for (state, count) in &one.incidents {
        let name = crate::pages::incidents::state_name(*state, &t.states);
        sheet.add(&t.account.incidents, &name, count.to_string(), "");
    }
    let calendar = plan
        .and_then(|plan| plan.zone(&one.customer.zone))
        .and_then(|zone| portal.calendar(zone));
    let day =
        |at: Instant| -> Option<LocalDate> { Some(calendar.as_ref()?.local(at).ok()?.date()) };
    for request in &one.requests {
        let asked = day(request.asked_at).map_or_else(String::new, |day| day.to_string());
        let answer = request.answer.as_ref().map_or_else(
            || t.account.waiting.clone(),
            |answer| {
                let words = if answer.granted {
                    &t.account.granted
                } else {
                    &t.account.declined
                };
                let date = day(answer.at).map_or_else(String::new, |day| day.to_string());
                let words = fill(words, &[("name", &answer.by), ("date", &date)]);
                format!("{words} {}", answer.reply).trim().to_owned()
            },
        );
        sheet.add(
            &t.account.requests,
            &format!("{asked} {}", request.asked_by),
            request.seats.to_string(),
            &answer,
        );
    }
    for day in &one.closed_days {
        let names: Vec<_> = day.names.iter().map(|name| name.get(lang)).collect();
        let date = day.date.to_string();
        sheet.add(&t.account.closed_days, &names.join(", "), date, "");
    }
    sheet.rows
}

struct Rows {
    rows: Sheet,
}

impl Rows {
    fn add(&mut self, part: &str, item: &str, value: impl Into<String>, detail: &str) {
        self.rows.push(vec![
            part.to_owned(),
            item.to_owned(),
            value.into(),
            detail.to_owned(),
        ]);
    }

    /// Who bought what, until when, and what needs attention.
    fn bought(&mut self, one: &Subscription, plan: Option<&Plan>, t: &Words, lang: Lang) {
        let e = &t.export;
        let own = &one.customer;
        let (tier, zone) = terms(plan, &own.tier, &own.zone, lang);
        let left = one.today.and_then(|today| own.term.days_left(today));
        for (item, value) in [
            (&e.c_customer, own.name.clone()),
            (&e.c_version, own.plan_version.clone()),
            (&e.c_tier, tier),
            (&e.c_zone, zone),
            (&e.c_starts, own.term.starts.to_string()),
            (&e.c_ends, own.term.ends.to_string()),
            (&e.c_left, days_left(left)),
            (&e.c_managers, one.managers.join("; ")),
            (&e.c_attention, sentences(&one.reasons, t)),
        ] {
            self.add(&e.p_plan, item, value, "");
        }
    }

    /// The tier's row of the service level table.
    fn service_levels(&mut self, one: &Subscription, plan: &Plan, t: &Words, lang: Lang) {
        let Some(tier) = plan.tier(&one.customer.tier) else {
            return;
        };
        let part = if plan.service.sample_figures {
            &t.export.p_levels_sample
        } else {
            &t.export.p_levels
        };
        let p = &t.plan;
        let text = |text: &Text| text.get(lang).to_owned();
        for (item, value) in [
            (&p.support_hours, text(&tier.hours)),
            (&p.online, text(&tier.channels.online)),
            (&p.email, text(&tier.channels.email)),
            (&p.telephone, text(&tier.channels.telephone)),
            (&p.contacts, tier.contacts.to_string()),
            (&p.resolution, text(&plan.service.resolution)),
        ] {
            self.add(part, item, value, "");
        }
        let mut targets = |pattern: &str, targets: &[LevelTarget]| {
            for target in targets {
                let item = fill(pattern, &[("level", &target.level.to_string())]);
                self.add(part, &item, format::target(target.target(), &t.times), "");
            }
        };
        targets(&p.response, &tier.response);
        targets(&p.update, &tier.update);
    }

    fn seats(&mut self, one: &Subscription, t: &Words) {
        let e = &t.export;
        for (item, seats) in [
            (&e.c_included, one.seats.included),
            (&e.c_elected, one.seats.elected),
            (&e.c_used, one.seats.used),
        ] {
            self.add(&t.account.seats, item, seats.to_string(), "");
        }
    }

    fn installed(&mut self, one: &Installed, t: &Words) {
        let a = &t.account;
        let state = match &one.state {
            SupportState::Current => a.supported.clone(),
            SupportState::Superseded { .. } => {
                fill(&a.missing, &[("versions", &one.missing.join(", "))])
            }
            SupportState::Discontinued => a.support_ended.clone(),
        };
        self.add(&a.products, &one.product, one.version.clone(), &state);
    }
}
