//! What came of the check of a certificate: the same from the server and in the browser.

use domain::{
    certificate::{Certificate, Checked, Line, Point, Verdict},
    incident::DueKind,
};
use maud::{Markup, html};

use super::{deadline, severity::badge};
use crate::{
    format,
    words::{CheckedWords as Words, Deadline, Times, fill},
};

/// Which mark and which words a verdict has; the looks go by the first.
const fn told<'a>(
    verdict: Verdict,
    yes: &'a str,
    no: &'a str,
    unknown: &'a str,
) -> (&'static str, &'a str) {
    match verdict {
        Verdict::Agrees => ("yes", yes),
        Verdict::Differs => ("no", no),
        Verdict::Untold => ("untold", unknown),
    }
}

/// The verdict as a whole, then each point, then the deadline as it was computed again. `deadlines` has the words for a
/// Response and those for an update.
pub fn checked(
    certificate: &Certificate,
    checked: &Checked,
    words: &Words,
    deadlines: [&Deadline; 2],
    times: &Times,
) -> Markup {
    let (mark, verdict) = told(
        checked.verdict(),
        &words.agrees,
        &words.differs,
        &words.untold,
    );
    let [response, update] = deadlines;
    let (kind, deadline) = match certificate.kind {
        DueKind::Response => (&words.response, response),
        DueKind::Update => (&words.update, update),
    };
    let subject = fill(
        &words.subject,
        &[
            ("number", &certificate.incident),
            ("kind", kind),
            ("plan", &certificate.plan),
        ],
    );
    let promise = ["/plan/", &certificate.plan, "#", &certificate.clause].concat();
    let verdict_of = |point| {
        checked
            .lines
            .iter()
            .find(|line| line.point == point)
            .map(|line| line.verdict)
    };
    // With a key that is known only a browser leaves a signature unchecked.
    let unable = verdict_of(Point::Signature) == Some(Verdict::Untold)
        && verdict_of(Point::Key) == Some(Verdict::Agrees);
    html! {
        section.card.stack.checked data-verdict=(mark) {
            h2 { (verdict) }
            p.num { (badge(certificate.severity)) " " (subject) }
            @if unable { p.aside { (words.no_ed25519) } }
            ul.plain aria-label=(words.points) {
                @for line in &checked.lines { (one(line, certificate, words, times)) }
            }
        }
        @if let Some(explanation) = &checked.explanation {
            section.card.deadline {
                p.cite { (words.again) }
                p.due.num { (format::heading_year(explanation.due, times)) }
                (deadline::strip(explanation, deadline, times))
                (deadline::facts(explanation, Some(certificate.target), &promise, deadline, times))
            }
        }
    }
}

/// That a file is no certificate.
pub fn none(words: &Words) -> Markup {
    html! { p.card.errors role="alert" { (words.none) } }
}

fn one(line: &Line, certificate: &Certificate, words: &Words, times: &Times) -> Markup {
    let (mark, verdict) = told(line.verdict, &words.yes, &words.no, &words.unknown);
    let what = match line.point {
        Point::Signature => &words.signature,
        Point::Key => &words.key,
        Point::Issuer => &words.issuer,
        Point::Plan => &words.plan,
        Point::Clause => &words.clause,
        Point::Target => &words.target,
        Point::Calendar => &words.calendar,
        Point::TzData => &words.tz_data,
        Point::Days => &words.days,
        Point::Start => &words.start,
        Point::Steps => &words.steps,
        Point::Due => &words.due,
    };
    html! {
        li data-verdict=(mark) {
            span.what { (what) }
            b { (verdict) }
            span.num.mute {
                (line.said)
                @if line.point == Point::Target { ", " (format::target(certificate.target, times)) }
                @if !line.found.is_empty() { " (" (fill(&words.found, &[("found", &line.found)])) ")" }
            }
        }
    }
}
