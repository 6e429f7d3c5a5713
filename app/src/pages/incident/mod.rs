//! One incident: the conversation, what can be done now, the severities, the deadline with its explanation, the facts.

pub mod due;
mod files;
mod insert;
mod refusal;
mod steps;
pub(crate) mod timeline;

use domain::{
    calendar::{Instant, LocalTime},
    incident::{Designation, Event, IncidentNumber, Party, Standing, StepKind, Updates},
    plan::Plan,
    text::Lang,
    triage::Catalog,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use maud::{Markup, html};
use portal_core::{
    Portal,
    incidents::{self, Incident, Nameable},
    templates::{self, Template},
};

use self::{steps::Steps, timeline::Telling};
use super::{Islands, failed, incidents::state_name, loaded, own_clock, query, sign_in_first};
use crate::{
    components::{
        deadline,
        incident::{in_language, terms, written},
        kept::kept,
        layout::{Here, Layout},
        live::live,
        outcome::{conditions, exclusions, given_answers, why},
        severity::badge,
    },
    format,
    islands::{ForgetAnswers, KeepTyped, Live, OwnTime, OwnTimeStart, Packed, SendFiles},
    server::{
        FilesReply, FormReply, Problem, StepReply, Visit, contract, localized_guide_then, session,
        state,
    },
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
    let (filed, done) = (query("filed"), query("done"));
    let replied = replies();
    loaded(async move {
        let number = number.ok_or(Problem::NotFound)?;
        let (reply, attached) = waited(replied, number).await;
        let incident = incidents::get(&portal, visit.actor(), number)
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let catalog = portal_core::products::catalog(&portal, visit.actor())
            .await
            .map_err(failed)?;
        let templates = templates_for(&portal, &visit, incident.party).await?;
        let nameable = incidents::nameable(&portal, visit.actor(), incident.customer)
            .await
            .map_err(failed)?;
        let read = Read {
            incident,
            catalog,
            templates,
            nameable,
            reply,
            attached,
            filed,
            done,
        };
        Ok(read.view(&portal, &visit))
    })
    .into_any()
}

/// What the page is made of.
struct Read {
    incident: Incident,
    catalog: Catalog,
    templates: Vec<Template>,
    nameable: Nameable,
    reply: Option<Box<StepReply>>,
    attached: Option<FilesReply>,
    filed: String,
    done: String,
}

impl Read {
    /// The page. Not in the future that reads it: what a view takes of the stack would come on top of it.
    fn view(&self, portal: &Portal, visit: &Visit) -> AnyView {
        let (incident, number) = (&self.incident, self.incident.number);
        let t = words(visit.lang);
        let plan = portal.plans().get(&incident.plan_version).cloned();
        let zone = plan
            .as_ref()
            .and_then(|plan| plan.zone(&incident.zone))
            .cloned();
        let calendar = zone.as_ref().and_then(|zone| portal.calendar(zone));
        let local = |at| {
            calendar
                .as_ref()
                .and_then(|calendar| calendar.local(at).ok())
                .unwrap_or(LocalTime { at, offset: 0 })
        };
        let notice = notice(&self.filed, number, t);
        let head = head(incident, t);
        let verdict = verdict(plan.as_deref(), incident, &self.catalog, t, visit.lang);
        let written = written(
            &incident.description,
            &incident.steps,
            &incident.business_impact,
            &t.incident,
        );
        // What happened is told by the reader's clock; what was promised by the contract's.
        let own = plan
            .as_ref()
            .and_then(|plan| own_clock(visit, portal, plan, &incident.zone));
        let own = |at| {
            own.as_ref()
                .and_then(|(calendar, _)| calendar.local(at).ok())
                .unwrap_or_else(|| local(at))
        };
        let vendor = portal.plans().current().vendor.clone();
        let telling = Telling {
            number,
            own: &own,
            contract: &local,
            vendor: &vendor,
            standing: &incident.standing,
            lang: visit.lang,
            t,
        };
        let moves = telling.moves(&incident.events);
        let update_moves = telling.update_moves(&incident.events);
        let conversation = telling.timeline(&incident.events, portal.now());
        let new_key = || portal.new_form_key();
        let claim = claim(plan.as_deref(), incident, &self.catalog, t, visit.lang);
        let steps = incident
            .party
            .zip(visit.actor().person())
            .map(|(party, me)| Steps {
                number,
                standing: &incident.standing,
                party,
                me,
                reply: self.reply.as_deref(),
                files: self.attached.as_ref(),
                key: &new_key,
                plan: plan.as_deref(),
                engineers: &self.nameable.engineers,
                colleagues: &self.nameable.colleagues,
                objection: objection(incident),
                claim: claim.as_ref(),
                templates: &self.templates,
                lang: visit.lang,
                t,
            });
        let [problem, first, rest, watchers] = steps.as_ref().map_or_else(Default::default, parts);
        let typed = steps.as_ref().and_then(Steps::typed_in);
        let stands = stands(incident, &update_moves, &local, t);
        let typing = keep_typed(visit, number, &self.done, t);
        let done = just_done(&self.done, incident, visit.actor().person(), t);
        let title = format!("{number} {}", incident.title);
        let talk = talk(conversation, news(incident, typed, t), done, t);
        let promise = promise(incident, plan.as_ref(), moves, t, visit.lang);
        let severities = severities(&incident.standing, plan.as_deref(), t, visit.lang);
        let facts = facts(incident, plan.as_ref(), t, visit.lang);
        let beside = beside(promise, [severities, stands], watchers, facts);
        view! {
            <Layout here=Here::Incidents title=title typed=typed>
                {notice}
                <div class="two">
                    <div class="stack">
                        <div class="head" id="live-head" data-live="" inner_html=head.into_string()></div>
                        {part(problem)}
                        {part(first)}
                        <div inner_html=written.into_string()></div>
                        {talk}
                        {part(rest)}
                        {typing}
                        <section class="stack">
                            <h2>{t.incident.why.clone()}</h2>
                            {verdict}
                        </section>
                    </div>
                    {beside}
                </div>
            </Layout>
            <Islands />
        }
        .into_any()
    }
}

/// What stands beside the conversation.
fn beside(
    promise: impl IntoView + 'static,
    [severities, stands]: [Markup; 2],
    watchers: String,
    facts: impl IntoView + 'static,
) -> AnyView {
    view! {
        <aside class="stack">
            {promise}
            <div class="stack" id="live-severities" data-live="" inner_html=severities.into_string()></div>
            <div class="stack" id="live-stands" data-live="" inner_html=stands.into_string()></div>
            {part(watchers)}
            {facts}
        </aside>
    }
    .into_any()
}

/// The conversation, and what was just done.
fn talk(
    conversation: Markup,
    news: impl IntoView + 'static,
    done: Option<impl IntoView + 'static>,
    t: &Words,
) -> AnyView {
    view! {
        <section class="stack conversation" aria-label=t.life.conversation.clone()>
            <h2>{t.life.conversation.clone()}</h2>
            <div inner_html=conversation.into_string()></div>
            {news}
            {done}
        </section>
    }
    .into_any()
}

/// Lets the browser keep what whoever reads types, forget it once `done` says that it was sent, and send files in pieces.
fn keep_typed(
    visit: &Visit,
    number: IncidentNumber,
    done: &str,
    t: &Words,
) -> Option<impl IntoView + use<>> {
    let me = visit.actor().person()?;
    let kept = kept(me, number, StepKind::parse(done), &t.kept);
    Some(view! {
        <div class="contents" inner_html=kept.into_string()></div>
        <KeepTyped />
        <SendFiles />
    })
}

/// What a step, or files, were answered with, if the page is that answer.
fn replies() -> (Option<Box<StepReply>>, Option<FilesReply>) {
    match use_context::<FormReply>() {
        Some(FormReply::Step(reply)) => (Some(reply), None),
        Some(FormReply::Files(attached)) => (None, Some(attached)),
        _ => (None, None),
    }
}

/// The same with the step that waited until its sender had signed in, if the page is no answer.
async fn waited(
    (reply, attached): (Option<Box<StepReply>>, Option<FilesReply>),
    number: IncidentNumber,
) -> (Option<Box<StepReply>>, Option<FilesReply>) {
    if reply.is_some() || attached.is_some() {
        return (reply, attached);
    }
    let step = session::waiting_step(number).await;
    (step.map(Box::new), None)
}

/// Where it is said that something new happened, from what this page shows on: nothing is lost between it and the stream.
fn news(incident: &Incident, typed: Option<&str>, t: &Words) -> impl IntoView + use<> {
    let (number, shown) = (incident.number, incident.events.len());
    let stream = format!("/incidents/{number}/events?after={shown}");
    let place = live(&stream, &t.live.incident, typed, &t.live);
    view! {
        <div inner_html=place.into_string()></div>
        <Live />
    }
}

/// The reply templates, for those who write with them.
async fn templates_for(
    portal: &Portal,
    visit: &Visit,
    party: Option<Party>,
) -> Result<Vec<Template>, Problem> {
    if party != Some(Party::Engineer) {
        return Ok(Vec::new());
    }
    let kept = templates::list(portal, visit.actor())
        .await
        .map_err(failed)?;
    Ok(kept.unwrap_or_default())
}

/// What keeps a step from being taken, the steps that come first, the others, and who follows it.
fn parts(steps: &Steps<'_>) -> [String; 4] {
    [
        steps.problem().unwrap_or_default(),
        steps.first(),
        steps.rest(),
        steps.watchers(),
    ]
    .map(Markup::into_string)
}

/// A part of the page, if there is anything in it.
fn part(markup: String) -> Option<impl IntoView> {
    (!markup.is_empty()).then(|| view! { <div class="stack" inner_html=markup></div> })
}

/// What the customer objected with, if they did.
fn objection(incident: &Incident) -> Option<&str> {
    let events = incident.events.iter();
    events.rev().find_map(|entry| match &entry.event {
        Event::Objected { reason } => Some(reason.as_str()),
        _ => None,
    })
}

/// That it was filed, now or before, for whoever comes from the form.
fn notice(filed: &str, number: IncidentNumber, t: &Words) -> impl IntoView + use<> {
    let words = match filed {
        "now" => Some(&t.incident.filed_now),
        "before" => Some(&t.incident.filed_before),
        _ => None,
    };
    words.map(|words| {
        let text = fill(words, &[("number", &number.to_string())]);
        let invite = (filed == "now").then(|| {
            view! { <p><a href=format!("#{}", files::ATTACH)>{t.files.invite.clone()}</a></p> }
        });
        view! {
            <p class="card done" role="status">{text}</p>
            {invite}
            <ForgetAnswers />
        }
    })
}

/// What whoever reads just did, in one line; the address of the page says what it was. Of a page that is read again later
/// it says nothing any more.
fn just_done(
    done: &str,
    incident: &Incident,
    me: Option<i64>,
    t: &Words,
) -> Option<impl IntoView + use<>> {
    let d = &t.done;
    let last = incident.events.last()?;
    let words = if done == "logged" {
        (incident.events.len() == 1).then_some(&d.logged)?
    } else {
        (me.is_some() && last.by.id() == me).then_some(())?;
        match StepKind::parse(done)? {
            StepKind::Assign => &d.assign,
            StepKind::Acknowledge => &d.acknowledge,
            StepKind::Verify => &d.verify,
            StepKind::Designate => &d.designate,
            StepKind::Begin => &d.begin,
            StepKind::Write => &d.write,
            StepKind::Note => &d.note,
            StepKind::Wait => &d.wait,
            StepKind::Resume => &d.resume,
            StepKind::Resolve => &d.resolve,
            StepKind::Object => &d.object,
            StepKind::AskSeverity => &d.ask_severity,
            StepKind::Escalate => &d.escalate,
            StepKind::Accept => &d.accept,
            StepKind::Reopen => &d.reopen,
            StepKind::Rate => &d.rate,
            StepKind::Withdraw => &d.withdraw,
            StepKind::Watch => &d.watch,
            StepKind::Unwatch => &d.unwatch,
            // What became of files is said file by file.
            StepKind::Attach | StepKind::AttachInternal | StepKind::Close => return None,
        }
    };
    let text = fill(words, &[("number", &incident.number.to_string())]);
    Some(view! { <p class="card done" role="status">{text}</p> })
}

/// What it is called, and where it stands.
fn head(incident: &Incident, t: &Words) -> Markup {
    let (i, standing) = (&t.incident, &incident.standing);
    let state = standing.state();
    let filed_by = if incident.filed_by_you {
        i.filed_by_you.clone()
    } else {
        fill(&i.filed_by, &[("name", &incident.filed_by)])
    };
    html! {
        p.cite.num {
            a href="/incidents" { (i.back) } " · " (incident.number) " · " (filed_by)
        }
        h1.long { (incident.title) }
        p.row.small.mute {
            (badge(standing.severity))
            span.state data-state=(state.name()) { (state_name(state, &t.states)) }
        }
    }
}

/// What the customer claimed and what the vendor designated, side by side: neither overwrites the other.
fn severities(standing: &Standing, plan: Option<&Plan>, t: &Words, lang: Lang) -> Markup {
    let l = &t.life;
    let version = plan.map_or("", |plan| &plan.version);
    let title = |level| {
        plan.and_then(|plan| plan.guide.level(level))
            .map_or("", |level| level.title.get(lang))
    };
    let level = |level| html! { (badge(level)) " " span.small { (title(level)) } };
    html! {
        section.card.severities aria-label=(l.claimed_and_designated) {
            dl {
                div { dt.cite { (l.claimed) } dd { (level(standing.claimed)) } }
                div {
                    dt.cite { (l.designated_as) }
                    dd {
                        @match standing.designated.as_ref().map(|(designation, _)| designation) {
                            None => { span.small.mute { (l.not_designated) } }
                            Some(Designation::Level(one)) => { (level(*one)) }
                            Some(Designation::NotAnError(clause)) => { (l.not_an_error) " " a.cite href={ "/plan/" (version) "#" (clause) } { (clause.cite()) } }
                            Some(Designation::Excluded(clause)) => { (l.excluded) " " a.cite href={ "/plan/" (version) "#" (clause) } { (clause.cite()) } }
                        }
                    }
                }
            }
        }
    }
}

/// Who works on it, and by when the customer is told more.
fn stands(
    incident: &Incident,
    moves: &[String],
    local: &dyn Fn(Instant) -> LocalTime,
    t: &Words,
) -> Markup {
    let (l, standing) = (&t.life, &incident.standing);
    let paused = if incident.party == Some(Party::Customer) {
        &l.updates_paused
    } else {
        &l.updates_paused_vendor
    };
    let now = state().portal.now();
    html! {
        section.card {
            dl.facts {
                dt { (l.assigned_to) }
                dd { (standing.assigned.as_ref().map_or(&l.nobody, |who| &who.name)) }
                @match standing.updates {
                    Updates::Off => {}
                    Updates::Paused => { dt { (l.updates) } dd { (paused) } }
                    Updates::Due(at) => {
                        dt { (l.updates) }
                        dd.num {
                            @let due = format::heading(local(at), &t.times);
                            @if at < now { b.missed { (fill(&l.updates_missed, &[("due", &due)])) } } @else { (due) }
                        }
                    }
                }
            }
            @for moved in moves { p.aside.moved { (moved) } }
            p.small { a href={ "/incidents/" (incident.number) "/due" } { (t.due.all) } }
            @if standing.next_due().is_some() {
                p.small { a href={ "/incidents/" (incident.number) "/due.ics" } download { (t.desk.add_to_calendar) } }
            }
        }
    }
}

/// Why this severity, exclusions, conditions, and the answers given.
fn verdict(
    plan: Option<&Plan>,
    incident: &Incident,
    catalog: &Catalog,
    t: &Words,
    lang: Lang,
) -> AnyView {
    let Some(plan) = plan else {
        return view! { <p class="aside">{t.incident.plan_gone.clone()}</p> }.into_any();
    };
    let (answers, outcome) = (&incident.answers, &incident.outcome);
    let guide = localized_guide_then(plan, catalog, answers, outcome, lang);
    let contract = contract(plan, lang);
    let markup = html! {
        (why(&guide, answers, outcome, &t.guide, lang, &contract))
        (exclusions(&guide, outcome, &t.guide, &contract, &|id| plan.clause_words(id, lang)))
        (conditions(&guide, outcome, &t.guide, &contract))
        (given_answers(&guide, answers, &t.guide, None))
    };
    view! { <div class="stack" inner_html=markup.into_string()></div> }.into_any()
}

/// The contract's words that the customer's answers come to, and the answers, once more beside the forms that judge them.
fn claim(
    plan: Option<&Plan>,
    incident: &Incident,
    catalog: &Catalog,
    t: &Words,
    lang: Lang,
) -> Option<Markup> {
    if incident.party != Some(Party::Engineer) {
        return None;
    }
    let plan = plan?;
    let (answers, outcome) = (&incident.answers, &incident.outcome);
    let guide = localized_guide_then(plan, catalog, answers, outcome, lang);
    let contract = contract(plan, lang);
    Some(html! {
        (why(&guide, answers, outcome, &t.guide, lang, &contract))
        (given_answers(&guide, answers, &t.guide, None))
    })
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
    // Of the level that it was promised for, whatever was designated since.
    let target = |promise: &domain::calendar::Explanation| {
        plan.and_then(|plan| plan.tier(&incident.tier))
            .and_then(|tier| {
                tier.response
                    .iter()
                    .map(|level| level.target())
                    .find(|target| domain::calendar::Target::from(*target) == promise.target)
            })
    };
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
    // Without the plan there is no target to link.
    let place = plan.map_or_else(String::new, |plan| contract(plan, lang).promise);
    let markup = html! {
        @for moved in &moves { p.aside.moved { (moved) } }
        (deadline::strip(&explanation, &t.deadline, &t.times))
        (deadline::facts(&explanation, target(&explanation), &place, &t.deadline, &t.times))
        @if !moves.is_empty() {
            details.how {
                summary { (t.rescheduled.original) ": " (format::heading_year(original.due, &t.times)) }
                (deadline::strip(&original, &t.deadline, &t.times))
                (deadline::facts(&original, target(&original), &place, &t.deadline, &t.times))
            }
        }
    };
    let missed = incident.standing.in_time(state().portal.now()) == Some(false);
    let lead = match (incident.standing.responded, missed) {
        (_, true) => &t.life.response_missed,
        (None, false) => &t.incident.still_due,
        (Some(_), false) => &t.incident.response,
    };
    view! {
        <section class="card deadline" aria-label=t.incident.response.clone()>
            <p class="cite" class:missed=missed>{lead.clone()}</p>
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
