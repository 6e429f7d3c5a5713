//! The closed days that administrators add, and what a change does to open deadlines before it is saved.

use domain::{calendar::LocalDate, plan::Zone, text::Lang};
use leptos::prelude::*;
use maud::{Markup, html};
use portal_core::{
    Portal,
    closed_days::{
        self, CalendarDays, CalendarKey, ClosedKind, DayField, DayProblem, Listed, MOST_NAME,
        NewClosedDay, NotChanged, Owes, Review,
    },
};

use super::{
    super::{failed, loaded, query, sign_in_first},
    written_below,
};
use crate::{
    api::closed_days::ClosedDaysStep,
    components::records::records,
    format,
    server::{ClosedDaysReply, FormReply, Problem, Visit, state},
    words::{ClosedDaysPage as Words, Times, Words as AllWords, fill, words},
};

/// The most incidents that a review lists; the rest is counted.
const MOST_LISTED: usize = 200;

/// `/admin/closed-days`
#[component]
pub fn ClosedDaysPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let reply = match use_context::<FormReply>() {
        Some(FormReply::ClosedDays(reply)) => reply,
        _ => ClosedDaysReply::default(),
    };
    let done = (query("done"), query("day"), query("moved"));
    loaded(async move {
        let calendars = closed_days::list(&portal, visit.actor())
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let t = words(visit.lang);
        let w = &t.closed_days;
        let look = Look {
            portal: &portal,
            lang: visit.lang,
            w,
            times: &t.times,
            t,
        };
        let (title, body) = match &reply.review {
            Some(review) => {
                let title = if review.withdrawn {
                    &w.review_withdraw
                } else {
                    &w.review_add
                };
                (title, look.review(review, &reply))
            }
            None => (&w.title, look.list(&calendars, &reply, &done)),
        };
        Ok(written_below(("/admin", &t.admin.title), title, body))
    })
    .into_any()
}

/// What every part of the page needs.
struct Look<'a> {
    portal: &'a Portal,
    lang: Lang,
    w: &'a Words,
    times: &'a Times,
    t: &'a AllWords,
}

impl Look<'_> {
    /// The plan's zone that has this calendar.
    fn zone(&self, key: &CalendarKey) -> Option<&Zone> {
        let plans = self.portal.plans();
        std::iter::once(plans.current())
            .chain(plans.iter())
            .flat_map(|plan| &plan.zones)
            .find(|zone| CalendarKey::of(zone) == *key)
    }

    fn zone_name(&self, key: &CalendarKey) -> String {
        self.zone(key)
            .map_or(&key.tz, |zone| match (self.lang, &zone.name.ko) {
                (Lang::Ko, Some(name)) => name,
                _ => &zone.name.en,
            })
            .clone()
    }

    fn date(&self, date: LocalDate) -> String {
        format::date_short(date, self.times)
    }

    fn kind(&self, kind: ClosedKind) -> &str {
        match kind {
            ClosedKind::Temporary => &self.w.temporary,
            ClosedKind::Election => &self.w.election,
        }
    }

    fn owes(&self, owes: Owes) -> &str {
        match owes {
            Owes::Response => &self.t.desk.response,
            Owes::Update => &self.t.desk.update,
        }
    }

    /// A day's name in the language shown.
    fn name<'n>(&self, en: &'n str, ko: &'n str) -> &'n str {
        match self.lang {
            Lang::En => en,
            Lang::Ko => ko,
        }
    }

    /// Every calendar with its days, and the form for one more.
    fn list(
        &self,
        calendars: &[CalendarDays],
        reply: &ClosedDaysReply,
        (done, day, moved): &(String, String, String),
    ) -> Markup {
        let w = self.w;
        let notice = match done.as_str() {
            "added" => Some(&w.done_added),
            "withdrawn" => Some(&w.done_withdrawn),
            _ => None,
        };
        let notice = notice.and_then(|words| {
            let (day, moved): (LocalDate, usize) = (day.parse().ok()?, moved.parse().ok()?);
            let (day, n) = (self.date(day), moved.to_string());
            Some(fill(words, &[("day", &day), ("n", &n)]))
        });
        let refused = reply.refused.as_ref().and_then(|why| match why {
            NotChanged::NotThere => Some(w.gone.clone()),
            NotChanged::Begun => Some(w.too_late.clone()),
            NotChanged::NotCovered(covered) => {
                Some(fill(&w.beyond, &[("last", &self.date(covered.last))]))
            }
            _ => None,
        });
        html! {
            @if let Some(notice) = notice { p.card.done role="status" { (notice) } }
            h1 { (w.title) }
            p.mute { (w.intro) }
            @if let Some(refused) = refused { p.card.errors role="alert" { (refused) } }
            @for calendar in calendars { (self.calendar(calendar)) }
            (self.form(calendars, reply))
        }
    }

    fn calendar(&self, calendar: &CalendarDays) -> Markup {
        let w = self.w;
        let zone = self.zone_name(&calendar.key);
        let (first, last) = calendar.coverage;
        html! {
            section.card {
                h2 { (zone) }
                p.cite.num {
                    (fill(&w.calendar_of, &[
                        ("zone", &calendar.key.tz), ("version", &calendar.version),
                        ("first", &first.to_string()), ("last", &last.to_string()),
                    ]))
                }
                @if calendar.days.is_empty() {
                    p.mute { (w.none) }
                } @else {
                    table.records {
                        caption.sr { (w.title) ", " (zone) }
                        thead { tr {
                            th scope="col" { (w.day) }
                            th scope="col" { (w.name) }
                            th scope="col" { (w.name_ko) }
                            th scope="col" { (w.kind) }
                            th scope="col" { (w.state) }
                            th scope="col" { span.sr { (w.withdraw) } }
                        } }
                        tbody { @for day in &calendar.days { (self.row(day)) } }
                    }
                }
            }
        }
    }

    fn row(&self, listed: &Listed) -> Markup {
        let (w, day) = (self.w, &listed.day);
        let date = self.date(day.day);
        html! {
            tr {
                th.num scope="row" { time datetime=(day.day) { (date) } }
                td lang="en" data-label=(w.name) { (day.name) }
                td lang="ko" data-label=(w.name_ko) { (day.name_ko) }
                td data-label=(w.kind) { (self.kind(day.kind)) }
                td data-label=(w.state) {
                    @if let Some(at) = listed.withdrawn {
                        (fill(&w.withdrawn, &[("time", &format::short(at, self.times))]))
                    } @else if listed.ahead {
                        (w.closed)
                    } @else {
                        (w.begun)
                    }
                    span.cite.num { (w.added) " " (format::short(listed.added, self.times)) }
                }
                td.act {
                    @if listed.ahead {
                        form method="post" action="/admin/closed-days" {
                            input type="hidden" name="id" value=(listed.id);
                            button.link name="step" value=(ClosedDaysStep::ReviewWithdraw.name())
                                aria-label=(fill(&w.withdraw_of, &[("day", &date), ("name", self.name(&day.name, &day.name_ko))])) {
                                (w.withdraw)
                            }
                        }
                    }
                }
            }
        }
    }

    /// The form for one more day, with what was typed and what is wrong with it.
    fn form(&self, calendars: &[CalendarDays], reply: &ClosedDaysReply) -> Markup {
        let (w, new) = (self.w, &reply.new);
        let today = calendars
            .iter()
            .filter_map(|one| {
                let zone = self.zone(&one.key)?;
                let local = self.portal.calendar(zone)?.local(self.portal.now()).ok()?;
                Some(local.date())
            })
            .min();
        let last = calendars.iter().map(|one| one.coverage.1).max();
        html! {
            section.form-page.stack aria-labelledby="add" {
                h2 id="add" { (w.add) }
                @if !reply.problems.is_empty() {
                    div.card.errors role="alert" tabindex="-1" autofocus {
                        h3 { (w.errors) }
                        ul {
                            @for (field, problem) in &reply.problems {
                                li { a href={ "#" (field.name()) } { (self.label(*field)) ": " (self.problem(problem, reply)) } }
                            }
                        }
                    }
                }
                form.stack method="post" action="/admin/closed-days" novalidate {
                    (self.field(DayField::Calendar, reply, html! {
                        select id="calendar" name="calendar" required aria-describedby=[described(DayField::Calendar, reply)]
                            aria-invalid=[invalid(DayField::Calendar, reply)] {
                            option value="" { (w.choose) }
                            @for one in calendars {
                                option value=(one.key) selected[one.key.to_string() == new.calendar] { (self.zone_name(&one.key)) }
                            }
                        }
                    }))
                    (self.field(DayField::Date, reply, html! {
                        input type="date" id="date" name="date" value=(new.date) required
                            min=[today.map(|date| date.to_string())] max=[last.map(|date| date.to_string())]
                            aria-describedby=[described(DayField::Date, reply)] aria-invalid=[invalid(DayField::Date, reply)];
                    }))
                    (self.text(DayField::Name, &new.name, reply))
                    (self.text(DayField::NameKo, &new.name_ko, reply))
                    (self.field(DayField::Kind, reply, html! {
                        select id="kind" name="kind" required aria-describedby=[described(DayField::Kind, reply)]
                            aria-invalid=[invalid(DayField::Kind, reply)] {
                            option value="" { (w.choose) }
                            @for kind in ClosedKind::ALL {
                                option value=(kind.name()) selected[kind.name() == new.kind] { (self.kind(kind)) }
                            }
                        }
                    }))
                    div.row {
                        button.btn name="step" value=(ClosedDaysStep::Review.name()) { (w.look_over) }
                        span.small.mute { (w.look_over_hint) }
                    }
                }
            }
        }
    }

    fn text(&self, field: DayField, value: &str, reply: &ClosedDaysReply) -> Markup {
        let name = field.name();
        let hint = format!("{name}-hint");
        let described =
            described(field, reply).map_or(hint.clone(), |error| format!("{hint} {error}"));
        let lang = if field == DayField::NameKo {
            "ko"
        } else {
            "en"
        };
        self.field(field, reply, html! {
            @if field == DayField::Name {
                p.hint id=(hint) { (fill(&self.w.name_hint, &[("most", &MOST_NAME.to_string())])) }
            }
            input type="text" id=(name) name=(name) value=(value) lang=(lang) required maxlength=(MOST_NAME)
                aria-describedby=[if field == DayField::Name { Some(described) } else { self::described(field, reply) }]
                aria-invalid=[invalid(field, reply)];
        })
    }

    fn field(&self, field: DayField, reply: &ClosedDaysReply, input: Markup) -> Markup {
        let problem = problem_of(field, reply);
        let class = if problem.is_some() {
            "field wrong"
        } else {
            "field"
        };
        html! {
            div class=(class) {
                label for=(field.name()) { (self.label(field)) }
                @if let Some(problem) = problem {
                    p.error id={ (field.name()) "-error" } { (self.problem(problem, reply)) }
                }
                (input)
            }
        }
    }

    fn label(&self, field: DayField) -> &str {
        let w = self.w;
        match field {
            DayField::Calendar => &w.calendar,
            DayField::Date => &w.day,
            DayField::Name => &w.name,
            DayField::NameKo => &w.name_ko,
            DayField::Kind => &w.kind,
        }
    }

    fn problem(&self, problem: &DayProblem, reply: &ClosedDaysReply) -> String {
        let w = self.w;
        match problem {
            DayProblem::Empty => w.p_empty.clone(),
            DayProblem::TooLong => fill(&w.p_too_long, &[("most", &MOST_NAME.to_string())]),
            DayProblem::Control => w.p_control.clone(),
            DayProblem::NotADate => w.p_not_a_date.clone(),
            DayProblem::Past => w.p_past.clone(),
            DayProblem::NotCovered(covered) => fill(
                &w.p_not_covered,
                &[
                    ("first", &self.date(covered.first)),
                    ("last", &self.date(covered.last)),
                ],
            ),
            DayProblem::Weekend => w.p_weekend.clone(),
            DayProblem::Closed(names) => {
                let zones = self.portal.plans().iter().flat_map(|plan| &plan.zones);
                let zone = zones
                    .into_iter()
                    .find(|zone| CalendarKey::of(zone).to_string() == reply.new.calendar);
                let names: Vec<_> = names
                    .iter()
                    .map(|name| {
                        zone.map_or_else(
                            || name.clone(),
                            |zone| self.portal.holiday_name(zone, name, self.lang),
                        )
                    })
                    .collect();
                fill(&w.p_closed, &[("names", &names.join(" / "))])
            }
        }
    }

    /// What a change does, to look over; it is saved from here.
    fn review(&self, review: &Review, reply: &ClosedDaysReply) -> Markup {
        let (w, day) = (self.w, &review.day);
        let date = self.date(day.day);
        let (title, because) = if review.withdrawn {
            (&w.review_withdraw, &w.because_withdrawn)
        } else {
            (&w.review_add, &w.because_added)
        };
        let because = fill(
            because,
            &[("day", &date), ("name", self.name(&day.name, &day.name_ko))],
        );
        let n = review.moved.len();
        let moves = match n {
            0 => w.moves_none.clone(),
            1 => w.moves_one.clone(),
            n => fill(&w.moves_n, &[("n", &n.to_string())]),
        };
        html! {
            h1 { (title) }
            @if reply.stale { p.card.errors role="alert" { (w.stale) } } @else { p.mute { (w.review_lead) } }
            section.card {
                dl.facts {
                    dt { (w.calendar) } dd { (self.zone_name(&day.calendar)) }
                    dt { (w.day) } dd.num { (date) }
                    dt { (w.name) } dd lang="en" { (day.name) }
                    dt { (w.name_ko) } dd lang="ko" { (day.name_ko) }
                    dt { (w.kind) } dd { (self.kind(day.kind)) }
                }
            }
            section.stack aria-labelledby="moves" {
                h2 id="moves" { (w.moves) }
                p { (moves) }
                @if n > 0 {
                    (self.moved(review))
                    p.mute { (w.because) ": " (because) }
                }
            }
            (self.stays(review))
            (self.confirm(review, &reply.new, reply.withdraws))
        }
    }

    fn moved(&self, review: &Review) -> Markup {
        let w = self.w;
        let more = review.moved.len().saturating_sub(MOST_LISTED);
        html! {
            (records("records", &w.moves, &[&w.number, &w.customer, &self.t.desk.owed, &w.was, &w.now], html! {
                @for one in review.moved.iter().take(MOST_LISTED) {
                    tr {
                        th.num scope="row" { (one.number) }
                        td data-label=(w.customer) { (one.customer) }
                        td data-label=(self.t.desk.owed) { (self.owes(one.owes)) }
                        td.num data-label=(w.was) { time datetime=(format::iso(one.was)) { (format::short(one.was, self.times)) } }
                        td.num data-label=(w.now) { b { time datetime=(format::iso(one.due)) { (format::short(one.due, self.times)) } } }
                    }
                }
            }))
            @if more > 0 { p.mute { (fill(&w.more, &[("n", &more.to_string())])) } }
        }
    }

    /// What does not move, and why not.
    fn stays(&self, review: &Review) -> Markup {
        let w = self.w;
        let more = review.missed.len().saturating_sub(MOST_LISTED);
        let n = |words: &str, count: usize| fill(words, &[("n", &count.to_string())]);
        if review.missed.is_empty() && review.elapsed == 0 && review.unmoved == 0 {
            return html! {};
        }
        html! {
            section.stack aria-labelledby="stays" {
                h2 id="stays" { (w.stays) }
                @if !review.missed.is_empty() {
                    p { (w.missed) }
                    (records("records", &w.stays, &[&w.number, &w.customer, &self.t.desk.owed, &w.was], html! {
                        @for one in review.missed.iter().take(MOST_LISTED) {
                            tr {
                                th.num scope="row" { (one.number) }
                                td data-label=(w.customer) { (one.customer) }
                                td data-label=(self.t.desk.owed) { (self.owes(one.owes)) }
                                td.num data-label=(w.was) { time datetime=(format::iso(one.due)) { (format::short(one.due, self.times)) } }
                            }
                        }
                    }))
                    @if more > 0 { p.mute { (n(&w.more, more)) } }
                }
                @if review.elapsed > 0 { p.mute { (n(&w.elapsed, review.elapsed)) } }
                @if review.unmoved > 0 { p.mute { (n(&w.unmoved, review.unmoved)) } }
            }
        }
    }

    fn confirm(&self, review: &Review, new: &NewClosedDay, withdraws: Option<i64>) -> Markup {
        let w = self.w;
        html! {
            form.row method="post" action="/admin/closed-days" {
                input type="hidden" name="seal" value=(review.seal);
                @if let Some(id) = withdraws {
                    input type="hidden" name="id" value=(id);
                    button.btn name="step" value=(ClosedDaysStep::Withdraw.name()) { (w.save_withdraw) }
                } @else {
                    @for (field, value) in [
                        (DayField::Calendar, &new.calendar), (DayField::Date, &new.date), (DayField::Name, &new.name),
                        (DayField::NameKo, &new.name_ko), (DayField::Kind, &new.kind),
                    ] {
                        input type="hidden" name=(field.name()) value=(value);
                    }
                    button.btn name="step" value=(ClosedDaysStep::Save.name()) { (w.save_add) }
                    button.btn.quiet name="step" value=(ClosedDaysStep::Edit.name()) { (w.edit) }
                }
                a href="/admin/closed-days" { (w.back) }
            }
        }
    }
}

fn problem_of(field: DayField, reply: &ClosedDaysReply) -> Option<&DayProblem> {
    let (_, problem) = reply.problems.iter().find(|(one, _)| *one == field)?;
    Some(problem)
}

fn described(field: DayField, reply: &ClosedDaysReply) -> Option<String> {
    problem_of(field, reply).map(|_| format!("{}-error", field.name()))
}

fn invalid(field: DayField, reply: &ClosedDaysReply) -> Option<&'static str> {
    problem_of(field, reply).map(|_| "true")
}
