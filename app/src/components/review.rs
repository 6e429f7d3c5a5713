//! What would be filed, to look over before it is.

use domain::{incident::Field, plan::Plan, text::Lang, triage::Guide};
use maud::{Markup, html};
use portal_core::{accounts::CustomerSummary, incidents::Preview};

use super::{
    deadline,
    incident::{in_language, terms, written},
    outcome::{conditions, exclusions, given_answers},
    severity::badge,
};
use crate::{
    format,
    server::contract,
    words::{Words, fill},
};

/// Everything that it is told with.
pub struct Looked<'a> {
    /// What would be filed.
    pub preview: &'a Preview,
    /// The customer's plan.
    pub plan: &'a Plan,
    /// Its guide in the reader's language.
    pub guide: &'a Guide<String>,
    /// For whom.
    pub customer: &'a CustomerSummary,
    /// The reader's language.
    pub lang: Lang,
    /// Its words.
    pub t: &'a Words,
}

impl Looked<'_> {
    /// What was written and answered, and what the plan says to it.
    pub fn said(&self, lead: &str) -> Markup {
        let (t, preview) = (self.t, self.preview);
        let (answers, outcome) = (&preview.answers, &preview.outcome);
        let level = self
            .guide
            .level(outcome.severity)
            .map_or("", |level| &level.title);
        let contract = contract(self.plan, self.lang);
        let text = |field| preview.draft.get(field);
        let release = if preview.release_name.is_empty() {
            &t.incident.unlisted
        } else {
            &preview.release_name
        };
        html! {
            p.cite { (lead) }
            h1.long { (text(Field::Title)) }
            p.row.small.mute { (badge(outcome.severity)) span { (level) } span { (t.incident.release) ": " (release) } }
            (written(text(Field::Description), text(Field::Steps), text(Field::BusinessImpact), &t.incident))
            (exclusions(self.guide, outcome, &t.guide, &contract, &|id| self.plan.clause_words(id, self.lang)))
            (conditions(self.guide, outcome, &t.guide, &contract))
            (given_answers(self.guide, answers, &t.guide, None))
        }
    }

    /// By when a Response is due, and why.
    pub fn promise(&self) -> Markup {
        let (t, customer) = (self.t, self.customer);
        let (tier, zone) = terms(Some(self.plan), &customer.tier, &customer.zone, self.lang);
        let explanation = in_language(
            &self.preview.explanation,
            self.plan.zone(&customer.zone),
            self.lang,
        );
        let target = self
            .plan
            .tier(&customer.tier)
            .and_then(|tier| tier.response(self.preview.outcome.severity));
        let promise = contract(self.plan, self.lang).promise;
        html! {
            section.card.deadline aria-label=(t.guide.deadline_title) {
                p.cite { (fill(&t.deadline.response_due, &[("tier", &tier), ("zone", &zone)])) }
                p.due.num { (format::heading(explanation.due, &t.times)) }
                (deadline::strip(&explanation, &t.deadline, &t.times))
                (deadline::facts(&explanation, target, &promise, &t.deadline, &t.times))
            }
        }
    }
}
