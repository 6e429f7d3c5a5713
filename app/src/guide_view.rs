//! What the guide shows, as HTML: the same in the browser and, without script, from the server.

use domain::{calendar::Instant, plan::Severity, text::Lang, triage::Answers};
use maud::{Markup, PreEscaped, html};

use crate::{
    components::{
        deadline,
        outcome::{changes, conditions, exclusions, given_answers, verdict, why},
        question::{Refused, clause_at_hand, hidden, options, parts},
        severity::badge,
    },
    format,
    guide::{GuideData, Step, Terms, ZoneData},
    words::fill,
};

/// What there is to show.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Answers given so far.
    pub answers: Answers,
    /// The step to show.
    pub step: Step,
    /// Why the answer to that step could not be taken.
    pub refused: Option<Refused>,
    /// Whether answering the step leads back to the result.
    pub to_result: bool,
    /// The tier and zone to show a deadline for.
    pub terms: Terms,
    /// The present.
    pub now: Instant,
    /// The answers were just cleared.
    pub cleared: bool,
    /// Script runs in the reader's browser.
    pub live: bool,
}

/// A time by the reader's own clock, and the name of their zone; only a browser knows.
pub type OwnTime<'a> = &'a dyn Fn(Instant, Lang) -> Option<(String, String)>;

/// The address of the guide with these answers, for when there is no script.
fn address(shown: &Shown, more: &[&str]) -> String {
    let mut address = String::from("/guide?");
    address.push_str(&shown.answers.to_query());
    for (name, value) in [("&tier=", &shown.terms.tier), ("&zone=", &shown.terms.zone)] {
        if !value.is_empty() {
            address.push_str(name);
            address.push_str(value);
        }
    }
    for part in more {
        address.push_str(part);
    }
    address
}

/// The question, or the result.
pub fn main(data: &GuideData, shown: &Shown) -> Markup {
    match shown.step {
        Step::Question(index) => question(data, shown, index),
        Step::Result => result(data, shown),
    }
}

/// Beside it: the clause that the question stands for, or the deadline.
pub fn panel(data: &GuideData, shown: &Shown, own_time: OwnTime<'_>) -> Markup {
    let outcome = match shown.step {
        Step::Result => data.guide.outcome(&shown.answers),
        Step::Question(_) => None,
    };
    match (outcome, &shown.step) {
        (Some(outcome), _) => due(data, shown, outcome.severity, own_time),
        (None, Step::Question(index)) => match data.guide.questions.get(*index) {
            Some(question) => clause_at_hand(&question.clause, data),
            None => PreEscaped(String::new()),
        },
        (None, Step::Result) => PreEscaped(String::new()),
    }
}

fn question(data: &GuideData, shown: &Shown, index: usize) -> Markup {
    let words = &data.words.guide;
    let Some(question) = data.guide.questions.get(index) else {
        return PreEscaped(String::new());
    };
    let number = data
        .guide
        .walk(&shown.answers)
        .asked
        .iter()
        .position(|asked| *asked == index)
        .unwrap_or_default()
        + 1;
    html! {
        (parts(question.part, words))
        @if let Some(before) = data.before(&shown.answers, index) {
            p { a.back href=(address(shown, &["&step=", before])) data-step=(before) { (words.back) } }
        }
        form.question method="get" action="/guide" novalidate {
            p.cite { (fill(&words.question_of, &[("n", &number.to_string())])) }
            (options(question, &shown.answers, words, shown.refused))
            (hidden(&shown.answers, &question.id))
            (hidden_terms(&shown.terms))
            @if shown.to_result { input type="hidden" name="back" value="1"; }
            input type="hidden" name="after" value=(question.id);
            div.row { button.btn { @if shown.to_result { (words.show_result) } @else { (words.next) } } }
        }
        (kept(data, shown))
    }
}

fn hidden_terms(terms: &Terms) -> Markup {
    html! {
        @for (name, value) in [("tier", &terms.tier), ("zone", &terms.zone)] {
            @if !value.is_empty() { input type="hidden" name=(name) value=(value); }
        }
    }
}

/// What is said about where the answers are, with the way to clear them.
fn kept(data: &GuideData, shown: &Shown) -> Markup {
    let words = &data.words.guide;
    html! {
        p.small.mute.kept role="status" {
            @if shown.cleared { (words.cleared) } @else if shown.live { (words.kept_here) }
            @if !shown.answers.is_empty() { " " a href="/guide" data-step="clear" { (words.clear) } }
        }
    }
}

fn result(data: &GuideData, shown: &Shown) -> Markup {
    let (guide, words) = (&data.guide, &data.words.guide);
    let answers = guide.walk(&shown.answers).kept;
    let Some(outcome) = guide.outcome(&answers) else {
        return PreEscaped(String::new());
    };
    let title = guide
        .level(outcome.severity)
        .map_or("", |level| &level.title);
    let clause_words = |id: &_| {
        data.clauses
            .iter()
            .find(|clause| clause.id == *id)
            .map(|clause| clause.words.clone())
    };
    let change = |id: &str| {
        let asked = guide.question(id).map_or("", |question| &question.ask);
        html! {
            a href=(address(shown, &["&step=", id, "&back=1"])) data-step=(id) data-change
                aria-label=(fill(&words.change_answer_of, &[("question", asked)])) { (words.change_answer) }
        }
    };
    html! {
        (verdict(outcome.severity, title, &words.points_to))
        (why(guide, &answers, &outcome, words, data.lang, &data.contract))
        (changes(guide, &answers, words))
        (exclusions(guide, &outcome, words, &data.contract, &clause_words))
        (conditions(guide, &outcome, words, &data.contract))
        div.row {
            @if shown.live {
                a.btn href="/incidents/new" { (words.file) }
                span.small.mute { (words.file_hint) }
            } @else {
                a.btn href={ "/incidents/new?" (answers.to_query()) } { (words.file) }
                span.small.mute { (words.file_hint_plain) }
            }
        }
        (given_answers(guide, &answers, words, Some(&change)))
        (kept(data, shown))
    }
}

/// By when a Response would be due if the incident were filed now, why, and how it compares.
fn due(data: &GuideData, shown: &Shown, severity: Severity, own_time: OwnTime<'_>) -> Markup {
    let (words, times) = (&data.words.deadline, &data.words.times);
    let (Some(tier), Some(zone)) = (data.tier(&shown.terms), data.zone(&shown.terms)) else {
        // No calendar covers the present.
        return html! { section.card { p { (words.not_covered) } } };
    };
    let target = tier.target(severity);
    let explained = target.and_then(|target| zone.calendar.explain(shown.now, target.into()).ok());
    html! {
        section.card.deadline aria-label=(data.words.guide.deadline_title) {
            p.cite { (fill(&words.response_due, &[("tier", &tier.name), ("zone", &zone.name)])) }
            @if let Some(explanation) = &explained {
                p.due.num { (format::heading(explanation.due, times)) }
                @if let Some((time, own_zone)) = own_time(explanation.due.at, data.lang).filter(|_| shown.live) {
                    p.mute.small.num { (fill(&words.your_time, &[("time", &time), ("zone", &own_zone)])) }
                }
                (deadline::strip(explanation, words, times))
                (deadline::facts(explanation, target, &data.contract.promise, words, times))
            } @else {
                p { (words.not_covered) }
            }
            @if data.sample_figures { p.cite { (words.sample) } }
            (compare(data, shown, severity))
            (terms(data, shown))
        }
    }
}

/// Side by side: each severity, in each zone.
fn compare(data: &GuideData, shown: &Shown, severity: Severity) -> Markup {
    let words = &data.words.guide;
    let tier = data.tier(&shown.terms);
    let due = |zone: &ZoneData, severity: Severity| {
        tier.and_then(|tier| tier.target(severity))
            .and_then(|target| zone.calendar.due(shown.now, target.into()).ok())
            .and_then(|due| zone.calendar.local(due).ok())
            .map_or_else(
                || "–".to_owned(),
                |due| format::short_heading(due, &data.words.times),
            )
    };
    html! {
        table.compare {
            caption { (words.compare) }
            thead {
                tr {
                    th scope="col" { (words.compare_level) }
                    @for zone in &data.zones { th scope="col" { (zone.name) } }
                }
            }
            tbody {
                @for level in &data.guide.levels {
                    @let this = level.level == severity;
                    tr.this[this] {
                        th scope="row" {
                            (badge(level.level))
                            @if this { span.sr { " (" (words.this_one) ")" } }
                        }
                        @for zone in &data.zones { td.num { (due(zone, level.level)) } }
                    }
                }
            }
        }
    }
}

/// The choice of a tier and a zone; without script a form with a button.
fn terms(data: &GuideData, shown: &Shown) -> Markup {
    let words = &data.words.guide;
    let tier = data.tier(&shown.terms).map(|tier| &tier.id);
    let zone = data.zone(&shown.terms).map(|zone| &zone.id);
    html! {
        form.terms method="get" action="/guide" {
            (hidden(&shown.answers, ""))
            p.small.mute { (words.for_tier) }
            label {
                (words.tier)
                select name="tier" id="guide-tier" {
                    @for one in &data.tiers { option value=(one.id) selected[Some(&one.id) == tier] { (one.name) } }
                }
            }
            label {
                (words.zone)
                select name="zone" id="guide-zone" {
                    @for one in &data.zones { option value=(one.id) selected[Some(&one.id) == zone] { (one.name) } }
                }
            }
            @if !shown.live { button.btn.quiet { (words.show) } }
        }
    }
}
