//! The life of a certification as a line from the day of issue to the last day, and its days in words below.

use domain::{
    calendar::LocalDate,
    people::{Certification, Phase},
};
use maud::{Markup, html};
use portal_core::contacts::HeldCertification;

use crate::{
    format,
    words::{MePage, Times, fill},
};

/// The drawing's width in its own units, and what is left free at both ends.
const WIDTH: i32 = 600;
const EDGE: i32 = 12;

/// What a day on the line is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Issued,
    Reminder { days: u32, sent: bool },
    Today,
    Expires,
}

/// The line, and its days in their order.
pub fn validity(
    held: &HeldCertification,
    today: LocalDate,
    words: &MePage,
    times: &Times,
) -> Markup {
    let certification = &held.certification;
    let mut marks = vec![
        (certification.issued, Mark::Issued),
        (today, Mark::Today),
        (certification.expires, Mark::Expires),
    ];
    for one in &held.reminders {
        let (days, sent) = (one.days, one.sent);
        marks.push((one.due, Mark::Reminder { days, sent }));
    }
    marks.sort_unstable();
    let label = marks
        .iter()
        .map(|(date, mark)| in_words(*date, *mark, today, words, times))
        .collect::<Vec<_>>()
        .join(" ");
    html! {
        div.validity {
            (line(certification, today, &marks, &label))
            ol.plain.small.num {
                @for (date, mark) in &marks {
                    li.now[*mark == Mark::Today] {
                        span aria-hidden="true" { (sign(*mark)) } " " (in_words(*date, *mark, today, words, times))
                    }
                }
            }
        }
    }
}

const fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Issued | Mark::Expires => "▮",
        Mark::Reminder { .. } => "▲",
        Mark::Today => "●",
    }
}

fn in_words(
    date: LocalDate,
    mark: Mark,
    today: LocalDate,
    words: &MePage,
    times: &Times,
) -> String {
    let date_words = format::date_short(date, times);
    match mark {
        Mark::Issued => fill(&words.mark_issued, &[("date", &date_words)]),
        Mark::Today => fill(&words.mark_today, &[("date", &date_words)]),
        Mark::Expires => fill(&words.mark_expires, &[("date", &date_words)]),
        Mark::Reminder { days, sent } => {
            let pattern = if sent {
                &words.mark_reminded
            } else if date < today {
                &words.mark_reminder_past
            } else {
                &words.mark_reminder
            };
            fill(
                pattern,
                &[("date", &date_words), ("days", &days.to_string())],
            )
        }
    }
}

/// The line itself. The same is said in words below it, so that it is one picture with one name.
fn line(
    certification: &Certification,
    today: LocalDate,
    marks: &[(LocalDate, Mark)],
    label: &str,
) -> Markup {
    let days = marks.iter().map(|(date, _)| date.epoch_days());
    let first = days.clone().min().unwrap_or_default();
    let length = days.max().unwrap_or_default().saturating_sub(first).max(1);
    let x = |date: LocalDate| {
        let from_first = i64::from(date.epoch_days().saturating_sub(first));
        let inner = i64::from(WIDTH - 2 * EDGE);
        i64::from(EDGE) + from_first * inner / i64::from(length)
    };
    let (from, to) = (x(certification.issued), x(certification.expires));
    let now = x(today);
    let over = certification.phase(today) == Phase::Expired;
    html! {
        svg viewBox={ "0 0 " (WIDTH) " 36" } role="img" aria-label=(label) {
            rect.left.over[over] x=(from) y="12" width=(to - from) height="8" rx="4" {}
            @let past = now.clamp(from, to) - from;
            rect.past.over[over] x=(from) y="12" width=(past) height="8" rx="4" {}
            @for (date, mark) in marks {
                @let at = x(*date);
                @match mark {
                    Mark::Issued | Mark::Expires => rect.end x=(at - 2) y="6" width="4" height="20" {},
                    Mark::Reminder { .. } => polygon.reminder points={ (at - 5) ",34 " (at + 5) ",34 " (at) ",25" } {},
                    Mark::Today => circle.today cx=(at) cy="16" r="8" {},
                }
            }
        }
    }
}
