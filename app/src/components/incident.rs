//! What the pages of an incident, the review before filing and calendar files have in common.

use domain::{
    calendar::{DayOutcome, Explanation, Instant},
    incident::{Deadline, Fate},
    plan::{Plan, Zone},
    text::Lang,
};
use maud::{Markup, html};

use crate::{
    format,
    server::state,
    words::{self, IncidentPage as Words, fill},
};

/// What the customer wrote.
pub fn written(description: &str, steps: &str, impact: &str, words: &Words) -> Markup {
    html! {
        section.card.stack {
            @for (title, text, none) in [
                (&words.description, description, &words.not_given),
                (&words.steps, steps, &words.steps_none),
                (&words.impact, impact, &words.impact_none),
            ] {
                div {
                    h2 { (title) }
                    @if text.is_empty() { p.mute { (none) } } @else { p.typed { (text) } }
                }
            }
        }
    }
}

/// An explanation with its holidays named in a language; it is stored with the English ones.
pub fn in_language(explanation: &Explanation, zone: Option<&Zone>, lang: Lang) -> Explanation {
    let mut explanation = explanation.clone();
    let Some(zone) = zone else {
        return explanation;
    };
    let portal = state().portal;
    for day in &mut explanation.days {
        if let DayOutcome::Skipped(reason) = &mut day.outcome {
            for name in &mut reason.holidays {
                *name = portal.holiday_name(zone, name, lang);
            }
        }
    }
    explanation
}

/// The names of a tier and a zone of the plan; their ids where it has none.
pub fn terms(plan: Option<&Plan>, tier: &str, zone: &str, lang: Lang) -> (String, String) {
    let tier_name = plan
        .and_then(|plan| plan.tier(tier))
        .map_or(tier, |tier| tier.name.get(lang));
    let zone_name = plan
        .and_then(|plan| plan.zone(zone))
        .map_or(zone, |zone| zone.name.get(lang));
    (tier_name.to_owned(), zone_name.to_owned())
}

/// What became of a deadline, as it stands `now`, and whether that is a miss.
pub fn fate(deadline: &Deadline, now: Instant, t: &words::Words) -> (String, bool) {
    let d = &t.due;
    let missed = deadline.missed(now);
    let by = |words: &str, at: Instant| {
        let time = format::duration(deadline.due.ms_since(at).unsigned_abs(), &t.times);
        fill(words, &[("time", &time)])
    };
    let words = match (deadline.fate, missed) {
        (Fate::Open, false) => d.open.clone(),
        (Fate::Open, true) => d.missed.clone(),
        (Fate::Done(at), false) => by(&d.in_time, at),
        (Fate::Done(at), true) => by(&d.late, at),
        (Fate::Moved, _) => d.moved.clone(),
        (Fate::Ended(_), false) => d.ended.clone(),
        (Fate::Ended(_), true) => d.ended_late.clone(),
    };
    (words, missed)
}
