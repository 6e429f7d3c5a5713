//! What the browser is told so that it keeps what is typed to an incident.

use domain::incident::{IncidentNumber, StepKind};
use maud::{Markup, html};

use crate::{islands::KEPT, words::KeptWords};

/// Whose texts these are: nobody gets those of somebody else. `taken` is the step that was just taken; its text has served.
/// What is hidden here is said below a field that got its text back.
pub fn kept(person: i64, number: IncidentNumber, taken: Option<StepKind>, t: &KeptWords) -> Markup {
    html! {
        div hidden id=(KEPT) data-of={ "typed." (person) "." (number) "." } data-taken=[taken.map(StepKind::name)] {
            p.small.mute role="status" data-back="" { (t.back) " " button.link type="button" { (t.discard) } }
        }
    }
}
