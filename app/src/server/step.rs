//! What a form of an incident comes back with.

use axum::http::StatusCode;
use domain::incident::{Illegal, StepKind};
use portal_core::incidents::NotTaken;

use super::Typed;

/// A form of an incident as its page shows it again: with what was typed, and what kept the step from being taken.
#[derive(Clone, Debug)]
pub struct StepReply {
    /// Which form.
    pub kind: StepKind,
    /// What was typed.
    pub typed: Typed,
    /// The name of a field in which nothing was chosen that can be.
    pub unchosen: Option<&'static str>,
    /// Why the step was not taken; none where the message is only to be looked at, or read in another language.
    pub problem: Option<NotTaken>,
    /// Whether the message is to be shown as it will look.
    pub preview: bool,
    /// It was sent without being signed in, and waited for that; nothing is wrong with it.
    pub waited: bool,
}

impl StepReply {
    /// The status of the page that shows it again.
    pub(super) const fn status(&self) -> StatusCode {
        match self.problem {
            None if self.unchosen.is_some() => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::OK,
            // Somebody was faster, or the incident has moved on.
            Some(NotTaken::Illegal(Illegal::NotNow(_) | Illegal::AlreadyResponded(_))) => {
                StatusCode::CONFLICT
            }
            Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}
