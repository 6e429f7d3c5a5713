//! One incident: facts, the claimed severity with its words, the deadline with its explanation, and what happened.

use domain::{
    calendar::LocalTime,
    incident::{ChangedDay, Event, IncidentNumber, State},
    plan::Plan,
    text::Lang,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use maud::html;
use portal_core::incidents::{self, Incident};

use super::{Islands, failed, incidents::state_name, loaded, own_clock, query, sign_in_first};
use crate::{
    components::{
        deadline,
        incident::{in_language, terms, written},
        layout::{Here, Layout},
        outcome::{conditions, exclusions, given_answers, why},
        severity::badge,
    },
    format,
    islands::{ForgetAnswers, OwnTime, OwnTimeStart, Packed},
    server::{Problem, Visit, localized_guide, state},
    words::{Words, fill, words},
};

/// `/incidents/{number}`
#[component]
pub fn IncidentPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let number = use_params_map()
        .with(|params| params.get("number"))
        .as_deref()
        .and_then(IncidentNumber::parse);
    let filed = query("filed");
    loaded(async move {
        let number = number.ok_or(Problem::NotFound)?;
        let incident = incidents::get(&portal, visit.actor(), number).await.map_err(failed)?.ok_or(Problem::NotFound)?;
        let catalog = portal_core::products::catalog(&portal, visit.actor()).await.map_err(failed)?;
        let t = words(visit.lang);
        let plan = portal.plans().get(&incident.plan_version).cloned();
        let zone = plan.as_ref().and_then(|plan| plan.zone(&incident.zone)).cloned();
        let calendar = zone.as_ref().and_then(|zone| portal.calendar(zone));
        let local = |at| calendar.as_ref().and_then(|calendar| calendar.local(at).ok()).unwrap_or(LocalTime { at, offset: 0 });
        let i = &t.incident;
        let notice = match filed.as_str() {
            "now" => Some(&i.filed_now),
            "before" => Some(&i.filed_before),
            _ => None,
        };
        let notice = notice.map(|words| {
            let text = fill(words, &[("number", &incident.number.to_string())]);
            view! { <p class="card done" role="status">{text}</p> <ForgetAnswers /> }
        });
        let filed_by = if incident.filed_by_you { i.filed_by_you.clone() } else { fill(&i.filed_by, &[("name", &incident.filed_by)]) };
        let verdict = plan.as_ref().map_or_else(
            || view! { <p class="aside">{i.plan_gone.clone()}</p> }.into_any(),
            |plan| verdict(plan, &incident, &catalog, t, visit.lang),
        );
        let written = written(&incident.description, &incident.steps, &incident.business_impact, i);
        let title = plan
            .as_ref()
            .and_then(|plan| plan.guide.level(incident.severity))
            .map(|level| level.title.get(visit.lang).to_owned());
        // What happened is told by the reader's clock; what was promised by the contract's.
        let own = plan.as_ref().and_then(|plan| own_clock(&visit, &portal, plan, &incident.zone));
        let moves = incident
            .events
            .iter()
            .filter(|recorded| matches!(recorded.event, Event::Rescheduled { .. }))
            .map(|recorded| event_words(&recorded.event, &local, t, visit.lang).1)
            .collect();
        let events = incident
            .events
            .iter()
            .map(|recorded| {
                let at = own.as_ref().and_then(|(calendar, _)| calendar.local(recorded.at).ok()).unwrap_or_else(|| local(recorded.at));
                let (head, text) = event_words(&recorded.event, &local, t, visit.lang);
                view! {
                    <li>
                        <b>{head}</b>
                        " "
                        <time class="small mute num" datetime=format::iso(at)>{format::short(at, &t.times)}</time>
                        <p class="mute">{text}</p>
                    </li>
                }
            })
            .collect_view();
        Ok(view! {
            <Layout here=Here::Incidents title=format!("{} {}", incident.number, incident.title)>
                {notice}
                <div class="two">
                    <div class="stack">
<div class="head">
<p class="cite num">
                                <a href="/incidents">{i.back.clone()}</a> " · " {incident.number.to_string()} " · " {filed_by}
                            </p>
                            <h1 class="long">{incident.title.clone()}</h1>
                            <p class="row small mute">
                                <span class="contents" inner_html=badge(incident.severity).into_string()></span>
                                <span>{i.claimed.clone()} ": " {title}</span>
                                <span class="state" data-state=incident.state.name()>{state_name(incident.state, &t.states)}</span>
                            </p>
                        </div>
                        <div inner_html=written.into_string()></div>
                        <section>
                            <h2>{i.history.clone()}</h2>
                            <ol class="timeline card">{events}</ol>
                        </section>
                        <section class="stack">
                            <h2>{i.why.clone()}</h2>
                            {verdict}
                        </section>
                    </div>
                    <aside class="stack">
                        {promise(&incident, plan.as_ref(), moves, t, visit.lang)}
                        {facts(&incident, plan.as_ref(), t, visit.lang)}
                    </aside>
                </div>
            </Layout>
            <Islands />
        }
        .into_any())
    })
    .into_any()
}

/// Why this severity, exclusions, conditions, and the answers given.
fn verdict(
    plan: &Plan,
    incident: &Incident,
    catalog: &domain::triage::Catalog,
    t: &Words,
    lang: Lang,
) -> AnyView {
    let guide = localized_guide(plan, catalog, lang);
    let (answers, outcome) = (&incident.answers, &incident.outcome);
    let markup = html! {
        (why(&guide, answers, outcome, &t.guide, lang))
        (exclusions(&guide, outcome, &t.guide, &|id| plan.clause_words(id, lang)))
        (conditions(&guide, outcome, &t.guide))
        (given_answers(&guide, answers, &t.guide, None))
    };
    view! { <div class="stack" inner_html=markup.into_string()></div> }.into_any()
}

/// By when a Response is due, and why: as it was computed when the notice was received, or as a closed day moved it since;
/// then what was promised at first stands below it.
fn promise(
    incident: &Incident,
    plan: Option<&std::sync::Arc<Plan>>,
    moves: Vec<String>,
    t: &Words,
    lang: Lang,
) -> impl IntoView + use<> {
    let zone = plan.and_then(|plan| plan.zone(&incident.zone));
    let explanation = in_language(incident.promise(), zone, lang);
    let target = plan
        .and_then(|plan| plan.tier(&incident.tier))
        .and_then(|tier| tier.response(incident.severity));
    let at = explanation.due.at;
    provide_context(Packed::new(&OwnTimeStart {
        at,
        lang,
        words: t.deadline.your_time.clone(),
    }));
    let own = view! {
        <p class="small mute">
            <OwnTime />
        </p>
    };
    let original = in_language(&incident.explanation, zone, lang);
    let markup = html! {
        @for moved in &moves { p.aside.moved { (moved) } }
        (deadline::strip(&explanation, &t.deadline, &t.times))
        (deadline::facts(&explanation, target, &t.deadline, &t.times))
        @if !moves.is_empty() {
            details.how {
                summary { (t.rescheduled.original) ": " (format::heading_year(original.due, &t.times)) }
                (deadline::strip(&original, &t.deadline, &t.times))
                (deadline::facts(&original, target, &t.deadline, &t.times))
            }
        }
    };
    let lead = if incident.state == State::AwaitingResponse {
        &t.incident.still_due
    } else {
        &t.incident.response
    };
    view! {
        <section class="card deadline" aria-label=t.incident.response.clone()>
            <p class="cite">{lead.clone()}</p>
            <p class="due num">{format::heading_year(explanation.due, &t.times)}</p>
            {own}
            <div class="deadline" inner_html=markup.into_string()></div>
        </section>
    }
}

/// Product, plan and the versions that it was filed under.
fn facts(
    incident: &Incident,
    plan: Option<&std::sync::Arc<Plan>>,
    t: &Words,
    lang: Lang,
) -> impl IntoView + use<> {
    let i = &t.incident;
    let (tier, zone) = terms(
        plan.map(|plan| &**plan),
        &incident.tier,
        &incident.zone,
        lang,
    );
    let release = if incident.release_name.is_empty() {
        i.unlisted.clone()
    } else {
        incident.release_name.clone()
    };
    let versions = fill(
        &i.versions,
        &[
            ("calendar", &incident.calendar_version),
            ("tz", &incident.tz_version),
        ],
    );
    view! {
        <section class="card" aria-label=i.facts.clone()>
            <dl class="facts">
                <dt>{i.release.clone()}</dt>
                <dd>{release}</dd>
                <dt>{i.plan.clone()}</dt>
                <dd class="num"><a href=format!("/plan/{}", incident.plan_version)>{incident.plan_version.clone()}</a></dd>
                <dt>{i.tier_zone.clone()}</dt>
                <dd>{tier} ", " {zone}</dd>
            </dl>
            <p class="cite">{versions}</p>
        </section>
    }
}

/// An event as a heading and a sentence.
fn event_words(
    event: &Event,
    local: &dyn Fn(domain::calendar::Instant) -> LocalTime,
    t: &Words,
    lang: Lang,
) -> (String, String) {
    let i = &t.incident;
    match event {
        Event::Received {
            claimed,
            due,
            prepared_by,
            ..
        } => {
            let due = format::heading(local(domain::calendar::Instant(*due)), &t.times);
            let mut text = fill(
                &i.received_text,
                &[("level", &claimed.to_string()), ("due", &due)],
            );
            if let Some(name) = prepared_by {
                text.push(' ');
                text.push_str(&fill(&t.drafts.prepared_by, &[("name", name)]));
            }
            (i.received.clone(), text)
        }
        Event::Responded { engineer } => (
            i.responded.clone(),
            fill(&i.responded_text, &[("engineer", engineer)]),
        ),
        Event::Rescheduled {
            was, due, because, ..
        } => {
            let at =
                |at: &i64| format::heading_year(local(domain::calendar::Instant(*at)), &t.times);
            (
                t.rescheduled.title.clone(),
                moved_words(&at(was), &at(due), because, t, lang),
            )
        }
        Event::Resolved => (i.resolved.clone(), i.resolved_text.clone()),
    }
}

/// What moved a due time, from when to when.
fn moved_words(was: &str, due: &str, because: &ChangedDay, t: &Words, lang: Lang) -> String {
    let words = if because.withdrawn {
        &t.rescheduled.withdrawn
    } else {
        &t.rescheduled.added
    };
    let name = match lang {
        Lang::En => &because.name,
        Lang::Ko => &because.name_ko,
    };
    let day = format::date(because.day, &t.times);
    fill(
        words,
        &[("was", was), ("due", due), ("day", &day), ("name", name)],
    )
}
