//! Why a step was not taken, in words.

use domain::incident::{FieldProblem, Illegal, MOST_REASON, MOST_TEXT, State, StepKind};
use portal_core::incidents::NotTaken;

use super::steps::{Steps, grouped};
use crate::{pages::incidents::state_name, server::StepReply, words::fill};

impl Steps<'_> {
    /// What kept the step of a form that comes back from being taken.
    pub(super) fn refusal(&self, reply: &StepReply) -> Option<String> {
        let (l, d) = (&self.t.life, &self.t.done);
        let Some(field) = reply.unchosen else {
            let problem = reply.problem.as_ref()?;
            return Some(self.in_words(reply.kind, problem));
        };
        let name = match (field, reply.kind) {
            ("recreated", _) => return Some(d.choose_recreated.clone()),
            ("template", _) => &self.t.templates.insert_which,
            ("person", StepKind::Watch) => &l.watch_choose,
            ("person", _) => &l.assign_to,
            ("designation", _) => &l.designation,
            ("solution", _) => &l.solution,
            _ => &l.level,
        };
        Some(fill(&d.choose, &[("field", name)]))
    }

    /// Why a step was not taken, or cannot be.
    pub(super) fn in_words(&self, kind: StepKind, problem: &NotTaken) -> String {
        let l = &self.t.life;
        let illegal = match problem {
            NotTaken::Illegal(illegal) => illegal,
            NotTaken::UnknownPlan => return l.unknown_plan.clone(),
            NotTaken::FormKey => return self.t.form.bad_key.clone(),
            NotTaken::NotThere | NotTaken::UnknownPerson => return l.unknown.clone(),
        };
        let most = match kind {
            StepKind::Object
            | StepKind::AskSeverity
            | StepKind::Escalate
            | StepKind::Reopen
            | StepKind::Rate
            | StepKind::Withdraw
            | StepKind::Designate => MOST_REASON,
            _ => MOST_TEXT,
        };
        match illegal {
            Illegal::NotNow(state) => {
                let words = if matches!(state, State::Closed | State::Withdrawn) {
                    &l.over
                } else {
                    &l.not_now
                };
                fill(words, &[("state", &state_name(*state, &self.t.states))])
            }
            Illegal::AlreadyResponded(name) => fill(&l.already_responded, &[("name", name)]),
            Illegal::Text(FieldProblem::Empty) => l.empty.clone(),
            Illegal::Text(FieldProblem::TooLong { is }) => fill(
                &l.too_long,
                &[("is", &grouped(*is)), ("most", &grouped(most))],
            ),
            Illegal::Text(FieldProblem::Control) => l.control.clone(),
            Illegal::ReasonMissing => l.reason_missing.clone(),
            Illegal::NothingChanges | Illegal::NotWaiting => l.nothing_changes.clone(),
            Illegal::UnknownLevel
            | Illegal::UnknownClause
            | Illegal::NotYours
            | Illegal::TooSoon => l.unknown.clone(),
            Illegal::NotDesignated => l.not_designated_yet.clone(),
            Illegal::AlreadyObjected => l.already_objected.clone(),
            Illegal::ForAnotherEngineer => l.for_another.clone(),
            Illegal::ObjectionOpen => l.objection_first.clone(),
            Illegal::SeverityAsked(level) => {
                fill(&l.severity_first, &[("level", &level.to_string())])
            }
            Illegal::AlreadyEscalated => l.already_escalated.clone(),
            Illegal::AlreadyRated => l.already_rated.clone(),
            Illegal::NoRating => l.no_rating.clone(),
            Illegal::NotCovered(_) => l.not_covered.clone(),
        }
    }
}
