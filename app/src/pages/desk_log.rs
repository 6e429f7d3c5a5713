//! Logging a notice that came by e-mail or telephone: the contact first, then what they said, then a look at it.

use domain::{
    calendar::{Instant, LocalTime},
    incident::{Channel, Field, FieldProblem, NoticeProblem, OLDEST_NOTICE, Which},
    plan::Plan,
    text::Lang,
    triage::Guide,
};
use leptos::prelude::*;
use maud::{Markup, html};
use portal_core::{
    Portal,
    drafts::Standing,
    incidents::{self, Caller, Found, NewNotice, NotLogged, Preview},
};

use super::{failed, loaded, query, sign_in_first};
use crate::{
    api::incidents::FilingStep,
    components::{
        bars::reasons,
        drafts::hand_over,
        form::{FormErrors, IncidentField, labelled_problem},
        incident::terms,
        layout::{Here, Layout},
        questions::{questions, unanswered},
        records::records,
        review::Looked,
    },
    format,
    server::{FormReply, LogReply, Problem, Visit, localized_guide, state},
    words::{Words, fill, words},
};

/// The id of the form, and of the one that logs what was looked over.
const FORM: &str = "log";

/// `/desk/log`
#[component]
pub fn LogPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let reply = match use_context::<FormReply>() {
        Some(FormReply::Log(reply)) => *reply,
        _ => LogReply::default(),
    };
    let (search, handed) = (query("q"), !query("handed").is_empty());
    let chosen = Some(reply.typed.get("contact"))
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| query("contact"));
    loaded(async move {
        let t = words(visit.lang);
        if chosen.is_empty() {
            let found = incidents::callers(&portal, visit.actor(), &search)
                .await
                .map_err(failed)?
                .ok_or(Problem::NotFound)?;
            return Ok(choose(&search, &found, t));
        }
        let id = chosen.parse().map_err(|_| Problem::NotFound)?;
        let caller = incidents::caller(&portal, visit.actor(), id)
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let catalog = portal_core::products::catalog(&portal, visit.actor())
            .await
            .map_err(failed)?;
        let plan = portal
            .plans()
            .get(&caller.customer.plan_version)
            .ok_or(Problem::Internal)?;
        let guide = localized_guide(plan, &catalog, visit.lang);
        let log = Log {
            notice: LogReply::notice(&reply.typed),
            portal: &portal,
            caller: &caller,
            plan,
            guide: &guide,
            reply: &reply,
            handed,
            lang: visit.lang,
            t,
        };
        Ok(match &reply.review {
            Some(preview) => log.review(preview),
            None => log.form(),
        })
    })
    .into_any()
}

/// The search for the contact who gave notice.
fn choose(search: &str, found: &[Found], t: &Words) -> AnyView {
    let w = &t.log;
    let body = html! {
        p { a.back href="/desk" { "← " (t.desk.title) } }
        h1 { (w.title) }
        p.mute { (w.intro) }
        form.filter.row method="get" action="/desk/log" role="search" {
            label { (w.search) input type="search" name="q" value=(search) maxlength="100"; }
            button.btn.quiet { (w.find) }
        }
        @if found.is_empty() {
            div.empty.card { h2 { (w.nobody_found) } p { a.btn.quiet href="/desk/log" { (t.desk.show_all) } } }
        } @else {
            (records("records", &w.contact, &[&w.contact, &t.desk.customer, &w.email], html! {
                @for one in found {
                    tr {
                        th scope="row" { a href={ "/desk/log?contact=" (one.id) } { (one.name) } }
                        td data-label=(t.desk.customer) { (one.customer) }
                        td data-label=(w.email) { (one.email) }
                    }
                }
            }))
        }
    };
    view! {
        <Layout here=Here::Desk title=w.title.clone()>
            <div class="stack" inner_html=body.into_string()></div>
        </Layout>
    }
    .into_any()
}

/// A notice that is being logged for a contact.
struct Log<'a> {
    portal: &'a Portal,
    caller: &'a Caller,
    plan: &'a Plan,
    guide: &'a Guide<String>,
    reply: &'a LogReply,
    notice: NewNotice,
    handed: bool,
    lang: Lang,
    t: &'static Words,
}

impl Log<'_> {
    /// What the contract's wall clock shows at an instant.
    fn local(&self, at: Instant) -> LocalTime {
        let zone = self.plan.zone(&self.caller.customer.zone);
        zone.and_then(|zone| self.portal.calendar(zone))
            .and_then(|calendar| calendar.local(at).ok())
            .unwrap_or(LocalTime { at, offset: 0 })
    }

    /// The names of the tier and the zone.
    fn terms(&self) -> (String, String) {
        let customer = &self.caller.customer;
        terms(Some(self.plan), &customer.tier, &customer.zone, self.lang)
    }

    /// What is wrong with the time of the notice.
    fn time_problem(&self) -> Option<NoticeProblem> {
        match &self.reply.not_logged {
            Some(NotLogged::Invalid { received, .. }) => *received,
            _ => None,
        }
    }

    fn channel_problem(&self) -> bool {
        matches!(
            self.reply.not_logged,
            Some(NotLogged::Invalid { channel: true, .. })
        )
    }

    fn fields(&self) -> &[(Field, FieldProblem)] {
        match &self.reply.not_logged {
            Some(NotLogged::Invalid { fields, .. }) => fields,
            _ => &[],
        }
    }

    /// Whether each question had to be answered.
    fn checked(&self) -> bool {
        matches!(&self.reply.not_logged, Some(NotLogged::Invalid { answers, .. }) if !answers.is_empty())
    }

    /// Why the contact may not file: as the notice was refused for it, else as it stands today.
    fn barred(&self) -> Option<&[domain::people::Bar]> {
        match &self.reply.not_logged {
            Some(NotLogged::Barred(bars)) => Some(bars),
            _ if self.reply.wrong_colleague || !self.caller.bars.is_empty() => {
                Some(&self.caller.bars)
            }
            _ => None,
        }
    }

    fn form(&self) -> AnyView {
        let (t, w) = (self.t, &self.t.log);
        let f = &t.form;
        let key = Some(self.notice.incident.form_key.clone())
            .filter(|key| !key.is_empty() && !self.bad_key())
            .unwrap_or_else(|| self.portal.new_form_key());
        let fields = Field::ALL
            .into_iter()
            .map(|field| {
                let problem = self
                    .fields()
                    .iter()
                    .find(|(one, _)| *one == field)
                    .map(|(_, problem)| *problem);
                let value = self.notice.incident.draft.get(field).to_owned();
                view! { <IncidentField field value problem words=f /> }
            })
            .collect_view();
        let summary = view! { <FormErrors title=f.errors.clone() problems=self.problems() kept=w.kept.clone() /> };
        let (head, top, buttons) = (self.head(), self.top(&key), self.buttons());
        view! {
            <Layout here=Here::Desk title=w.title.clone() typed=Some(FORM)>
                <div class="form-page stack">
                    <div class="stack" inner_html=head.into_string()></div>
                    {summary}
                    <form id=FORM method="post" action="/desk/log" class="stack" novalidate>
                        <div class="stack" inner_html=top.into_string()></div>
                        {fields}
                        <div class="stack" inner_html=buttons.into_string()></div>
                    </form>
                </div>
            </Layout>
        }
        .into_any()
    }

    fn bad_key(&self) -> bool {
        matches!(
            self.reply.not_logged,
            Some(NotLogged::Invalid { form_key: true, .. })
        )
    }

    /// For whom it is logged, and whether they may file.
    fn head(&self) -> Markup {
        let (t, w, caller) = (self.t, &self.t.log, self.caller);
        let (tier, zone) = self.terms();
        let barred = self.barred();
        html! {
            @if self.handed { p.card.done role="status" { (w.handed) } }
            p { a.back href="/desk/log" { "← " (w.another) } }
            h1 { (w.title) }
            section.card aria-label=(w.contact) {
                p { b { (caller.name) } " " span.mute { (caller.email) } }
                p.small.mute { (fill(&t.form.for_customer, &[("customer", caller.customer.name.as_str()), ("tier", &tier), ("zone", &zone)])) }
            }
            @if let Some(bars) = barred {
                section.card.note.stack aria-labelledby="barred" {
                    h2 #barred { (w.barred) }
                    (reasons(bars, self.plan, t, self.lang))
                    p { (w.barred_text) }
                    @if caller.may_file.is_empty() {
                        p.mute { (w.nobody_may) }
                    } @else {
                        p.small { (w.may_file) " "
                            @for (place, one) in caller.may_file.iter().enumerate() {
                                @if place > 0 { ", " }
                                a href={ "/desk/log?contact=" (one.id) } { (one.name) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// How and when the notice came, and the questions.
    fn top(&self, key: &str) -> Markup {
        let (w, g) = (&self.t.log, &self.t.guide);
        let given = &self.notice.incident.answers;
        html! {
            input type="hidden" name="key" value=(key);
            input type="hidden" name="contact" value=(self.caller.id);
            h2 { (w.how) }
            (self.channel())
            (self.received())
            h2 #questions tabindex="-1" { (w.described) }
            p.mute { (w.described_text) }
            (questions(self.guide, given, self.checked(), g))
            p.row {
                button.btn.quiet name="step" value=(FilingStep::Questions.name()) { (w.more_questions) }
                span.small.mute { (w.more_questions_hint) }
            }
            h2 { (w.words) }
        }
    }

    fn channel(&self) -> Markup {
        let w = &self.t.log;
        let wrong = self.channel_problem();
        html! {
            fieldset.field.wrong[wrong] id="channel" aria-describedby=[wrong.then_some("channel-error")] {
                legend { (w.channel) }
                @if wrong { p.error #channel-error { (w.channel_missing) } }
                @for (channel, words) in [(Channel::Telephone, &w.telephone), (Channel::Email, &w.by_mail)] {
                    label.tick {
                        input type="radio" name="channel" value=(channel.name()) checked[self.notice.channel == Some(channel)]
                            aria-invalid=[wrong.then_some("true")];
                        span { (words) }
                    }
                }
            }
        }
    }

    fn received(&self) -> Markup {
        let (t, w) = (self.t, &self.t.log);
        let (_, zone) = self.terms();
        let now = self.local(self.portal.now());
        let minute = format::iso(now).get(..16).unwrap_or_default().to_owned();
        let problem = self.time_problem();
        let value = if self.reply.typed.get("contact").is_empty() {
            minute.clone()
        } else {
            self.notice.received.clone()
        };
        let hint = fill(
            &w.received_hint,
            &[("zone", &zone), ("now", &format::short(now, &t.times))],
        );
        let described = if problem.is_some() {
            "received-hint received-error"
        } else {
            "received-hint"
        };
        html! {
            div.field.wrong[problem.is_some()] {
                label for="received" { (w.received) " (" (zone) ")" }
                p.hint #received-hint { (hint) }
                @if let Some(problem) = problem { p.error #received-error { (self.time_in_words(problem)) } }
                input type="datetime-local" id="received" name="received" value=(value) max=(minute) required
                    aria-describedby=(described) aria-invalid=[problem.map(|_| "true")];
                @if let Some(NoticeProblem::Twice { first, second }) = problem {
                    fieldset.field {
                        legend { (w.which) }
                        @for (which, at) in [(Which::First, first), (Which::Second, second)] {
                            label.tick {
                                input type="radio" name="which" value=(which.name()) checked[self.notice.which == Some(which)];
                                span.num { (fill(if which == Which::First { &w.which_first } else { &w.which_second }, &[("offset", format::iso(at).get(19..).unwrap_or_default())])) }
                            }
                        }
                    }
                } @else if let Some(which) = self.notice.which {
                    input type="hidden" name="which" value=(which.name());
                }
            }
        }
    }

    fn time_in_words(&self, problem: NoticeProblem) -> String {
        let (t, w) = (self.t, &self.t.log);
        let day = |date| format::date_short(date, &t.times);
        match problem {
            NoticeProblem::Empty | NoticeProblem::NotATime => w.t_not_a_time.clone(),
            NoticeProblem::NeverWas => w.t_never_was.clone(),
            NoticeProblem::Twice { .. } => w.t_twice.clone(),
            NoticeProblem::Future => w.t_future.clone(),
            NoticeProblem::TooOld => fill(
                &w.t_too_old,
                &[("days", &(OLDEST_NOTICE / 86_400_000).to_string())],
            ),
            NoticeProblem::BeforeTerm(first) => fill(&w.t_before_term, &[("day", &day(first))]),
            NoticeProblem::AfterTerm(last) => fill(&w.t_after_term, &[("day", &day(last))]),
            NoticeProblem::NotCovered(covered) => fill(
                &w.t_not_covered,
                &[("first", &day(covered.first)), ("last", &day(covered.last))],
            ),
        }
    }

    /// Everything that is wrong, each with the id of its field.
    fn problems(&self) -> Vec<(String, String)> {
        let (t, w) = (self.t, &self.t.log);
        let f = &t.form;
        let mut problems = Vec::new();
        let mut add = |to: &str, words: String| problems.push((to.to_owned(), words));
        match &self.reply.not_logged {
            Some(NotLogged::Barred(_)) => add("barred", w.barred.clone()),
            Some(NotLogged::NotCovered(_)) => add("received", w.due_not_covered.clone()),
            _ => {}
        }
        if self.bad_key() {
            add("main", f.bad_key.clone());
        }
        if self.reply.wrong_colleague {
            add("to", t.drafts.choose_colleague.clone());
        }
        if self.channel_problem() {
            add("channel", w.channel_missing.clone());
        }
        if let Some(problem) = self.time_problem() {
            add(
                "received",
                format!("{}: {}", w.received, self.time_in_words(problem)),
            );
        }
        if self.checked() {
            for (id, ask) in unanswered(self.guide, &self.notice.incident.answers) {
                add(&id, ask);
            }
        }
        for (field, problem) in self.fields() {
            add(field.name(), labelled_problem(*field, *problem, f));
        }
        problems
    }

    /// The way on: to look it over; and where the contact may not file, to hand it to a colleague of theirs.
    fn buttons(&self) -> Markup {
        let t = self.t;
        let hand = self.barred().is_some() && !self.caller.may_file.is_empty();
        let standing = Standing {
            may_file: self.caller.may_file.clone(),
            ..Standing::default()
        };
        html! {
            div.row.submit {
                button.btn name="step" value=(FilingStep::Review.name()) { (t.form.review) }
                span.small.mute { (t.log.review_hint) }
            }
            @if hand {
                p.mute { (t.log.hand_text) }
                (hand_over(&standing, &self.reply.typed.get("to"), self.reply.wrong_colleague, t))
            }
        }
    }

    /// What would be logged, to look over; it is logged from here.
    fn review(&self, preview: &Preview) -> AnyView {
        let (t, w) = (self.t, &self.t.log);
        let (f, notice, caller) = (&t.form, &self.notice, self.caller);
        let looked = Looked {
            preview,
            plan: self.plan,
            guide: self.guide,
            customer: &caller.customer,
            lang: self.lang,
            t,
        };
        let (_, zone) = self.terms();
        let explanation = &preview.explanation;
        let overdue = explanation.due.at < self.portal.now();
        let channel = match notice.channel {
            Some(Channel::Email) => &w.by_mail,
            _ => &w.telephone,
        };
        let received = format::short(explanation.received, &t.times);
        let left = html! {
            (looked.said(&w.review_lead))
            form.stack id=(FORM) method="post" action="/desk/log" {
                input type="hidden" name="shown" value=(FilingStep::Review.name());
                input type="hidden" name="key" value=(notice.incident.form_key);
                input type="hidden" name="contact" value=(caller.id);
                input type="hidden" name="channel" value=(notice.channel.map_or("", Channel::name));
                input type="hidden" name="received" value=(notice.received);
                @if let Some(which) = notice.which { input type="hidden" name="which" value=(which.name()); }
                input type="hidden" name="answers" value=(preview.answers.to_query());
                @for field in Field::ALL { input type="hidden" name=(field.name()) value=(notice.incident.draft.get(field)); }
                div.row {
                    button.btn name="step" value=(FilingStep::Submit.name()) { (w.submit) }
                    button.btn.quiet name="step" value=(FilingStep::Edit.name()) { (f.edit) }
                    span.small.mute { (w.submit_hint) }
                }
            }
        };
        let right = html! {
            section.card aria-label=(w.how) {
                dl.facts {
                    dt { (w.contact) } dd { (caller.name) ", " (caller.customer.name) }
                    dt { (w.channel) } dd { (channel) }
                    dt { (w.received) } dd.num { (received) ", " (zone) }
                }
            }
            @if overdue { p.card.note { (w.overdue) } }
            (looked.promise())
        };
        view! {
            <Layout here=Here::Desk title=f.review_title.clone() typed=Some(FORM)>
                <div class="two">
                    <div class="stack" inner_html=left.into_string()></div>
                    <aside class="stack" inner_html=right.into_string()></aside>
                </div>
            </Layout>
        }
        .into_any()
    }
}
