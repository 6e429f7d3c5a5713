//! A reply template with its placeholders filled in, in the language that it is written in.

use domain::incident::{Placeholder, fill_template};
use portal_core::{Portal, incidents::Incident, templates::Template};

use crate::{format, words::words};

/// The template's text for an incident, as `engineer` writes it.
pub(crate) fn filled_template(
    portal: &Portal,
    incident: &Incident,
    template: &Template,
    engineer: &str,
) -> String {
    let t = words(template.language);
    let zone = portal
        .plans()
        .get(&incident.plan_version)
        .and_then(|plan| plan.zone(&incident.zone));
    let due = incident.standing.next_due().and_then(|due| {
        let zone = zone?;
        let local = portal.calendar(zone)?.local(due).ok()?;
        let time = format::heading_year(local, &t.times);
        Some(format!("{time} ({})", zone.name.get(template.language)))
    });
    fill_template(&template.body, |placeholder| match placeholder {
        Placeholder::Number => incident.number.to_string(),
        Placeholder::Title => incident.title.clone(),
        Placeholder::Contact => incident.filed_by.clone(),
        Placeholder::Engineer => engineer.to_owned(),
        Placeholder::Due => due.clone().unwrap_or_else(|| t.templates.no_due.clone()),
        Placeholder::Product if incident.release_name.is_empty() => t.incident.unlisted.clone(),
        Placeholder::Product => incident.release_name.clone(),
    })
}
