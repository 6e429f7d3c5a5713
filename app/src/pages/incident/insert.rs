//! The choice of a reply template for a message.

use domain::{
    incident::{Party, StepKind},
    text::Lang,
};
use maud::{Markup, html};

use super::steps::Steps;
use crate::format::language_name;

impl Steps<'_> {
    /// The templates to insert one of, after what was typed; nothing is sent by it.
    pub(super) fn insert(&self, kind: StepKind) -> Markup {
        let w = &self.t.templates;
        if self.templates.is_empty() || self.party != Party::Engineer {
            return html! {};
        }
        let id = format!("{}-template", kind.name());
        let chosen = self.typed(kind, "template");
        let wrong = self.unchosen(kind, "template");
        html! {
            div.row.insert {
                label for=(id) { (w.insert_which) }
                select id=(id) name="template" aria-invalid=[wrong.then_some("true")]
                    aria-describedby=[wrong.then(|| format!("{}-error", kind.name()))] {
                    @for lang in Lang::ALL {
                        @let own: Vec<_> = self.templates.iter().filter(|one| one.language == lang).collect();
                        @if !own.is_empty() {
                            optgroup label=(language_name(lang)) {
                                @for one in own {
                                    option value=(one.id) selected[one.id.to_string() == chosen] { (one.name) }
                                }
                            }
                        }
                    }
                }
                button.btn.quiet name="do" value="insert" { (w.insert) }
            }
        }
    }
}
