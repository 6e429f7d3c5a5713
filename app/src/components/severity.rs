//! A severity's badge: its form tells the level besides its colour, and its text does without either.

use domain::plan::Severity;
use maud::{Markup, html};

/// `S1` filled, `S2` tinted, `S3` outlined, `S4` dashed.
pub fn badge(severity: Severity) -> Markup {
    html! { span.sev data-level=(severity.number()) { "S" (severity.number()) } }
}
