//! The deadlines of an incident: all of them, and each with why it is when it is.

use domain::{
    calendar::{Instant, LocalTime},
    incident::{Deadline, DueKind, Event, Fate, IncidentNumber, deadlines},
    plan::Plan,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use maud::{Markup, html};
use portal_core::{
    Portal,
    incidents::{self, Explained, Incident},
};

use super::timeline::Telling;
use crate::{
    components::{
        deadline,
        incident::{fate, in_language, terms},
        layout::{Here, Layout},
        severity::badge,
    },
    format,
    pages::{failed, loaded, own_clock, sign_in_first, verify::update_words},
    server::{Problem, Visit, contract, state},
    words::{Words, cite, fill, words},
};

/// The number of the incident that the address names.
fn number() -> Option<IncidentNumber> {
    use_params_map()
        .with(|params| params.get("number"))
        .as_deref()
        .and_then(IncidentNumber::parse)
}

/// What both pages are told with.
struct Told<'a> {
    portal: &'a Portal,
    visit: &'a Visit,
    incident: &'a Incident,
    all: &'a [Deadline],
    local: &'a dyn Fn(Instant) -> LocalTime,
    t: &'static Words,
}

/// Makes a page with the clock of the incident's contract.
fn with_clock(
    portal: &Portal,
    visit: &Visit,
    incident: &Incident,
    page: impl FnOnce(&Told<'_>) -> Markup,
) -> Markup {
    let plan = portal.plans().get(&incident.plan_version);
    let zone = plan.and_then(|plan| plan.zone(&incident.zone));
    let calendar = zone.and_then(|zone| portal.calendar(zone));
    page(&Told {
        portal,
        visit,
        incident,
        all: &deadlines(&incident.events),
        local: &|at| {
            let local = calendar
                .as_ref()
                .and_then(|calendar| calendar.local(at).ok());
            local.unwrap_or(LocalTime { at, offset: 0 })
        },
        t: words(visit.lang),
    })
}

/// `/incidents/{number}/due`
#[component]
pub fn DeadlinesPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let (portal, number) = (state().portal, number());
    loaded(async move {
        let number = number.ok_or(Problem::NotFound)?;
        let incident = incidents::get(&portal, visit.actor(), number)
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let title = fill(
            &words(visit.lang).due.title,
            &[("number", &number.to_string())],
        );
        let body = with_clock(&portal, &visit, &incident, |told| told.list(&title));
        Ok(framed(&title, body))
    })
    .into_any()
}

/// `/incidents/{number}/due/{place}`
#[component]
pub fn DeadlinePage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let (portal, number) = (state().portal, number());
    let place = use_params_map().with(|params| params.get("place"));
    let place = place.and_then(|place| place.parse().ok());
    loaded(async move {
        let (number, place) = number.zip(place).ok_or(Problem::NotFound)?;
        let found = incidents::deadline(&portal, visit.actor(), number, place)
            .await
            .map_err(failed)?;
        let found = found.ok_or(Problem::NotFound)?;
        let mut title = String::new();
        let body = with_clock(&portal, &visit, &found.incident, |told| {
            title = told.title(&found.deadline);
            told.one(&found, place)
        });
        Ok(framed(&format!("{number} {title}"), body))
    })
    .into_any()
}

fn framed(title: &str, body: Markup) -> AnyView {
    view! {
        <Layout here=Here::Incidents title=title.to_owned()>
            <div class="stack" inner_html=body.into_string()></div>
        </Layout>
    }
    .into_any()
}

impl Told<'_> {
    fn heading(&self, at: Instant) -> String {
        format::heading_year((self.local)(at), &self.t.times)
    }

    fn title(&self, deadline: &Deadline) -> String {
        let words = match deadline.kind {
            DueKind::Response => &self.t.due.response_due,
            DueKind::Update => &self.t.due.update_due,
        };
        fill(words, &[("due", &self.heading(deadline.due))])
    }

    const fn kind(&self, deadline: &Deadline) -> &String {
        match deadline.kind {
            DueKind::Response => &self.t.due.response,
            DueKind::Update => &self.t.due.update,
        }
    }

    fn fate(&self, deadline: &Deadline) -> (String, bool) {
        fate(deadline, self.portal.now(), self.t)
    }

    fn path(&self, place: usize) -> String {
        format!("/incidents/{}/due/{place}", self.incident.number)
    }

    /// All of them, as a table.
    fn list(&self, title: &str) -> Markup {
        let (d, number) = (&self.t.due, self.incident.number);
        html! {
            p { a.back href={ "/incidents/" (number) } { "← " (number) " " (self.incident.title) } }
            div { h1 { (title) } p.mute { (d.intro) } }
            table.list.simple {
                caption.sr { (title) }
                thead { tr { th scope="col" { (d.what) } th scope="col" { (d.by) } th scope="col" { (d.became) } } }
                tbody {
                    @for (place, deadline) in (1..).zip(self.all) {
                        @let (fate, missed) = self.fate(deadline);
                        tr {
                            td { (badge(deadline.severity)) " " (self.kind(deadline)) }
                            td.num data-label=(d.by) { a href=(self.path(place)) { (self.heading(deadline.due)) } }
                            td.missed[missed] data-label=(d.became) { (fate) }
                        }
                    }
                }
            }
        }
    }

    /// One of them, with everything that it was computed from.
    fn one(&self, found: &Explained, place: usize) -> Markup {
        let (t, d) = (self.t, &self.t.due);
        let (deadline, number) = (&found.deadline, self.incident.number);
        let (fate, missed) = self.fate(deadline);
        let plan = self
            .portal
            .plans()
            .get(&self.incident.plan_version)
            .map(|plan| &**plan);
        let zone = plan.and_then(|plan| plan.zone(&self.incident.zone));
        let updates = update_words(t);
        let words = match deadline.kind {
            DueKind::Response => &t.deadline,
            DueKind::Update => &updates,
        };
        // Without the plan there is no target to link.
        let promise = plan.map_or_else(String::new, |plan| contract(plan, self.visit.lang).promise);
        let certain = found.why.as_ref().and_then(|why| why.certain.as_ref());
        html! {
            p { a.back href={ "/incidents/" (number) "/due" } { "← " (fill(&d.title, &[("number", &number.to_string())])) } }
            div.head {
                p.cite.num { a href={ "/incidents/" (number) } { (number) " " (self.incident.title) } }
                h1 { (self.title(deadline)) }
                p.row.small { (badge(deadline.severity)) b.missed[missed] { (fate) } }
            }
            div.two {
                section.card.deadline {
                    @if let Some(moved) = self.moved(deadline) { p.aside.moved { (moved) } }
                    @if let Some((place, now)) = self.moved_to(deadline, place) {
                        p { a href=(self.path(place)) { (fill(&d.now_due, &[("due", &self.heading(now.due))])) } }
                    }
                    @if let Some(why) = &found.why {
                        @let explanation = in_language(&why.explanation, zone, self.visit.lang);
                        (deadline::strip(&explanation, words, &t.times))
                        (deadline::facts(&explanation, certain.map(|(target, _)| *target), &promise, words, &t.times))
                    } @else {
                        p.mute { (d.not_again) }
                    }
                }
                aside.stack {
                    (self.facts(found, plan, place))
                    @if certain.is_some() {
                        section.card {
                            h2 { (d.certificate) }
                            p.small.mute { (d.certificate_text) }
                            p { a href={ (self.path(place)) "/certificate.json" } download { (d.download) } }
                            p.small { a href="/verify" { (d.check) } }
                        }
                    }
                }
            }
        }
    }

    /// What moved the due time here: was, now, because.
    fn moved(&self, deadline: &Deadline) -> Option<String> {
        let entry = self.incident.events.get(deadline.set)?;
        let own = |at| self.own(at);
        let telling = self.telling(&own);
        match (&entry.event, deadline.kind) {
            (
                Event::Rescheduled {
                    was, due, because, ..
                },
                _,
            ) => Some(telling.moved(*was, *due, because)),
            (Event::UpdateRescheduled { was, due, because }, _) => {
                Some(telling.update_moved(*was, *due, because))
            }
            (
                event @ Event::Designated {
                    moved: Some(moved), ..
                },
                DueKind::Response,
            ) => {
                let (was, due) = (
                    self.heading(Instant(moved.was)),
                    self.heading(Instant(moved.due)),
                );
                let words = fill(&self.t.life.moved, &[("was", &was), ("due", &due)]);
                Some(format!("{}. {words}", telling.heading(event)))
            }
            _ => None,
        }
    }

    /// The promise that took its place.
    fn moved_to(&self, deadline: &Deadline, place: usize) -> Option<(usize, &Deadline)> {
        if deadline.fate != Fate::Moved {
            return None;
        }
        let later = (1..).zip(self.all).filter(|(one, _)| *one > place);
        later
            .filter(|(_, one)| one.kind == deadline.kind)
            .find(|(_, one)| one.fate != Fate::Moved)
    }

    /// The clause, the target's terms and the versions.
    fn facts(&self, found: &Explained, plan: Option<&Plan>, place: usize) -> Markup {
        let (t, d, incident) = (self.t, &self.t.due, self.incident);
        let (tier, zone) = terms(plan, &incident.tier, &incident.zone, self.visit.lang);
        let own = |at| self.own(at);
        let set = incident.events.get(found.deadline.set);
        // The contract's clock and time zone data are told by the version of the calendar itself.
        let versions = found.why.as_ref().map(|why| {
            let version = &why.explanation.version;
            let tz = version.split_once("+tzdb").map_or("", |(_, tz)| tz);
            fill(&d.versions, &[("calendar", version), ("tz", tz)])
        });
        html! {
            section.card {
                dl.facts {
                    @if let Some(clause) = plan.and_then(Plan::promising) {
                        dt { (d.clause) }
                        dd { a href={ "/plan/" (incident.plan_version) "#" (clause) } { (cite(&d.clause_words, &clause)) } }
                    }
                    dt { (t.incident.plan) }
                    dd.num { a href={ "/plan/" (incident.plan_version) } { (incident.plan_version) } }
                    dt { (t.incident.tier_zone) }
                    dd { (tier) ", " (zone) }
                    @if let Some(entry) = set {
                        dt { (d.set_by) }
                        dd { (self.set_by(&own, entry)) }
                    }
                }
                @if let Some(versions) = versions { p.cite { (versions) } }
                p.small { a href={ (self.path(place)) "/due.ics" } download { (t.desk.add_to_calendar) } }
            }
        }
    }

    /// What set it and when, by the reader's clock.
    fn set_by(
        &self,
        own: &dyn Fn(Instant) -> LocalTime,
        entry: &domain::incident::Entry,
    ) -> String {
        let mut what = self.telling(own).heading(&entry.event);
        if what.is_empty() {
            what.clone_from(&self.t.life.write_label);
        }
        format!("{what}, {}", format::short(own(entry.at), &self.t.times))
    }

    /// The reader's clock.
    fn own(&self, at: Instant) -> LocalTime {
        let plan = self.portal.plans().get(&self.incident.plan_version);
        let clock =
            plan.and_then(|plan| own_clock(self.visit, self.portal, plan, &self.incident.zone));
        let own = clock.and_then(|(calendar, _)| calendar.local(at).ok());
        own.unwrap_or_else(|| (self.local)(at))
    }

    fn telling<'a>(&'a self, own: &'a dyn Fn(Instant) -> LocalTime) -> Telling<'a> {
        Telling {
            number: self.incident.number,
            own,
            contract: self.local,
            vendor: &self.portal.plans().current().vendor,
            standing: &self.incident.standing,
            lang: self.visit.lang,
            t: self.t,
        }
    }
}
