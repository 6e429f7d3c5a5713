//! What an incident's page and the review before filing have in common.

use domain::{
    calendar::{DayOutcome, Explanation},
    plan::{Plan, Zone},
    text::Lang,
};
use maud::{Markup, html};

use crate::{server::state, words::IncidentPage as Words};

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
