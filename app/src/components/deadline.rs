//! A deadline that explains itself: when, and each day counted or skipped with its reason.

use domain::{
    calendar::{Clock, Day, DayOutcome, Explanation, Skipped},
    plan::Target,
};
use maud::{Markup, html};

use crate::{
    format,
    words::{Deadline as Words, Times, fill},
};

/// The height of a day's column in the drawing, in its own units; a column is 60 of them wide.
const HEIGHT: u32 = 72;

/// The strip of days: a column is 9:00 to 17:00 from top to bottom (a whole day by the 24x7 clock).
pub fn strip(explanation: &Explanation, words: &Words, times: &Times) -> Markup {
    let due = explanation.due.date();
    html! {
        ol.strip aria-label=(words.strip) {
            @for day in &explanation.days {
                @let is_due = day.date == due;
                @let (kind, lines) = captions(day, is_due, words, times);
                li class=(kind) {
                    span.day { (format::day_short(day.date, times)) }
                    (column(day, is_due, explanation.target.clock))
                    @for line in lines { span.line { (line) } }
                }
            }
        }
    }
}

/// The open hours of a column and the counted ones in it, as offsets from its top.
fn column(day: &Day, is_due: bool, clock: Clock) -> Markup {
    let (opens, length) = match clock {
        Clock::BusinessHours => (9 * 3_600_000, 8 * 3_600_000),
        Clock::Elapsed => (0, 24 * 3_600_000),
    };
    // In tenths of a second, so that nothing overflows.
    let at = |ms: u32| ms.saturating_sub(opens).min(length) / 100 * HEIGHT / (length / 100);
    let ground = if matches!(day.outcome, DayOutcome::Skipped(_)) {
        "closed"
    } else {
        "open"
    };
    html! {
        svg viewBox="-6 0 72 72" aria-hidden="true" focusable="false" {
            rect class=(ground) width="60" height="72" rx="6" {}
            @if let DayOutcome::Counted { from, to, .. } = &day.outcome {
                // What counted is never invisible, however short it was.
                rect.counted y=(at(*from)) width="60" height=(at(*to).saturating_sub(at(*from)).max(2)) rx="3" {}
                @if is_due { line.due x1="-6" x2="66" y1=(at(*to)) y2=(at(*to)) {} }
            }
        }
    }
}

/// What kind of day it is for the looks, and what stands below its column.
fn captions(day: &Day, is_due: bool, words: &Words, times: &Times) -> (&'static str, Vec<String>) {
    match &day.outcome {
        DayOutcome::AfterHours => ("idle", vec![words.after_hours.clone()]),
        DayOutcome::Skipped(reason) => ("closed", vec![reason_in_words(reason, words)]),
        DayOutcome::Counted { from, to, ms, .. } => {
            let when = if is_due {
                fill(&words.due, &[("time", &format::minute_of_day(*to))])
            } else if matches!((*from / 60_000, *to / 60_000), (540, 1020) | (0, 1440)) {
                words.all_day.clone()
            } else {
                fill(&words.from, &[("time", &format::minute_of_day(*from))])
            };
            (
                if is_due { "counted is-due" } else { "counted" },
                vec![when, format::duration(*ms, times)],
            )
        }
    }
}

/// `weekend`, the names of holidays, or both.
fn reason_in_words(reason: &Skipped, words: &Words) -> String {
    let names = reason.holidays.join(" / ");
    match (reason.weekend, names.is_empty()) {
        (true, true) => words.weekend.clone(),
        (true, false) => fill(&words.weekend_and, &[("holiday", &names)]),
        (false, _) => names,
    }
}

/// The facts of a deadline, and below them each day as a sentence. `promise` is the address of what promises it.
pub fn facts(
    explanation: &Explanation,
    target: Option<Target>,
    promise: &str,
    words: &Words,
    times: &Times,
) -> Markup {
    let due = explanation.due;
    html! {
        dl.facts.num {
            @if let Some(target) = target {
                dt { (words.target) }
                dd { (format::target(target, times)) " " a href=(promise) { (words.section) } }
            }
            dt { (words.received) }
            dd { (format::exact(explanation.received, times)) }
            dt { (words.until) }
            dd { time datetime=(format::iso(due)) { (format::exact(due, times)) } }
            dt { (words.skipped) }
            dd {
                @if explanation.skipped().next().is_none() { (words.nothing_skipped) }
                ul.plain {
                    @for (date, reason) in explanation.skipped() {
                        li { (format::day_short(date, times)) ": " (reason_in_words(reason, words)) }
                    }
                }
            }
        }
        details.how {
            summary { (words.day_by_day) }
            ol.num {
                @for day in &explanation.days { li { (sentence(day, day.date == due.date(), words, times)) } }
            }
            p.cite { (fill(&words.calendar, &[("zone", &explanation.zone), ("version", &explanation.version)])) }
        }
    }
}

/// One day in words: "Friday 27 February: 15:30 to 17:00, 1 h 30 min counted; 2 h 30 min left."
fn sentence(day: &Day, is_due: bool, words: &Words, times: &Times) -> String {
    let date = format::date(day.date, times);
    match &day.outcome {
        DayOutcome::Counted { from, to, ms, left } => {
            let pattern = if is_due {
                &words.counts_due
            } else {
                &words.counts
            };
            let (from, to) = (format::time_of_day(*from), format::time_of_day(*to));
            let (counted, left) = (format::duration(*ms, times), format::duration(*left, times));
            fill(
                pattern,
                &[
                    ("date", &date),
                    ("from", &from),
                    ("to", &to),
                    ("counted", &counted),
                    ("left", &left),
                ],
            )
        }
        DayOutcome::AfterHours => fill(
            &words.not_counted,
            &[("date", &date), ("reason", &words.after_hours)],
        ),
        DayOutcome::Skipped(reason) => fill(
            &words.not_counted,
            &[("date", &date), ("reason", &reason_in_words(reason, words))],
        ),
    }
}
