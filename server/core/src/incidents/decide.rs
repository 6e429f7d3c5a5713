//! What a customer's contract says to some answers at some instant. No I/O: everything is read before.

use std::sync::Arc;

use chrono::{DateTime, Datelike as _, Utc};
use domain::{
    calendar::{BusinessCalendar, Explanation, Instant, tzdata_version},
    plan::Plan,
    triage::{AnswerProblem, Answers, Catalog, Choose, Guide, Outcome},
};

use super::file::NotFiled;
use crate::{
    Portal,
    accounts::CustomerSummary,
    products::{PlainWords, release_name},
};

/// Everything that decides: the plan's guide with the catalog's releases, and the customer's tier, zone and calendar.
pub(crate) struct Rules {
    plan: Arc<Plan>,
    calendar: Arc<BusinessCalendar>,
    calendar_changes: i64,
    guide: Guide,
    catalog: Catalog,
    tier: String,
    zone: String,
}

/// What was decided, as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub answers: Answers,
    pub outcome: Outcome,
    pub explanation: Explanation,
    /// Of the notice, in UTC: incidents are counted by it.
    pub year: i32,
    pub release: String,
    pub release_name: String,
    pub plan_version: String,
    pub calendar_version: String,
    /// How many changes to closed days the calendars knew of: whether it may still be promised is asked by it.
    pub calendar_changes: i64,
    pub tz_version: &'static str,
    pub tier: String,
    pub zone: String,
}

impl Rules {
    /// The rules of a customer's contract. `None` if its plan, its tier or its zone is not among those loaded.
    pub(crate) fn of(
        portal: &Portal,
        customer: &CustomerSummary,
        catalog: Catalog,
    ) -> Option<Self> {
        let plan = portal.plans().get(&customer.plan_version)?;
        let calendars = portal.calendars();
        let calendar = Arc::clone(calendars.get(plan.zone(&customer.zone)?)?);
        plan.tier(&customer.tier)?;
        Some(Self {
            plan: Arc::clone(plan),
            calendar,
            calendar_changes: calendars.changes(),
            guide: plan.guide.clone().with_catalog(&catalog, &PlainWords),
            catalog,
            tier: customer.tier.clone(),
            zone: customer.zone.clone(),
        })
    }

    /// The calendar of the customer's zone.
    pub(crate) fn calendar(&self) -> &BusinessCalendar {
        &self.calendar
    }

    /// Of some answers, those to questions that the guide asks after them; what no longer applies is left out.
    pub(crate) fn asked(&self, answers: &Answers) -> Answers {
        let mut kept = Answers::default();
        for position in self.guide.ask(answers).0 {
            if let Some(question) = self.guide.questions.get(position) {
                kept.set(&question.id, answers.get(&question.id).to_vec());
            }
        }
        kept
    }

    /// The answers, complete and as the guide asks them, or everything that is wrong with them.
    pub(crate) fn check(&self, answers: &Answers) -> Result<Answers, Vec<AnswerProblem>> {
        self.guide.check(answers)
    }

    /// Decides on [checked](Self::check) answers to a notice that was received at `received`.
    pub(crate) fn decide(&self, answers: Answers, received: Instant) -> Result<Decision, NotFiled> {
        // Neither can be missing for checked answers under a checked plan.
        let outcome = self.guide.outcome(&answers).ok_or(NotFiled::UnknownPlan)?;
        let tier = self.plan.tier(&self.tier);
        let target = tier
            .and_then(|tier| tier.response(outcome.severity))
            .ok_or(NotFiled::UnknownPlan)?;
        let explanation = self
            .calendar
            .explain(received, target.into())
            .map_err(NotFiled::NotCovered)?;
        let (release, release_name) = self.release(&answers);
        Ok(Decision {
            answers,
            outcome,
            explanation,
            year: DateTime::<Utc>::from(received).year(),
            release,
            release_name,
            plan_version: self.plan.version.clone(),
            calendar_version: self.calendar.version().to_owned(),
            calendar_changes: self.calendar_changes,
            tz_version: tzdata_version(),
            tier: self.tier.clone(),
            zone: self.zone.clone(),
        })
    }

    /// The release that was chosen, and its name if it is one of the catalog's.
    fn release(&self, answers: &Answers) -> (String, String) {
        let asked = self
            .guide
            .questions
            .iter()
            .filter(|question| question.choose == Choose::Release);
        let chosen = asked.flat_map(|question| answers.get(&question.id)).next();
        let chosen = chosen.cloned().unwrap_or_default();
        let name = self
            .catalog
            .find(&chosen)
            .map(|(product, release)| release_name(product, release));
        (chosen, name.unwrap_or_default())
    }
}
