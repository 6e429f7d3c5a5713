//! A step with an incident that was sent after its session had ended: it goes along through signing in, and its page
//! shows it again, not yet sent.

use domain::incident::{IncidentNumber, StepKind};
use serde::{Deserialize, Serialize};

use super::{StepReply, Typed};

/// Buttons, not anything that was typed.
const BUTTONS: [&str; 2] = ["do", "language"];

/// The form of a step on its way through signing in: where it was sent to, and its fields.
#[derive(Serialize, Deserialize)]
pub(super) struct WaitingStep {
    path: String,
    fields: Vec<(String, String)>,
}

impl WaitingStep {
    /// What was sent, without the button that sent it.
    pub(super) fn of(sent: &Typed) -> Self {
        let fields = sent.pairs().iter();
        Self {
            path: sent.path().to_owned(),
            fields: fields
                .filter(|(name, _)| !BUTTONS.contains(&name.as_str()))
                .cloned()
                .collect(),
        }
    }

    /// The form's key, if it has one.
    pub(super) fn key(&self) -> Option<&str> {
        self.field("key")
    }

    /// Which step it is.
    pub(super) fn kind(&self) -> Option<StepKind> {
        self.field("step").and_then(StepKind::parse)
    }

    /// Whether it was sent to this incident.
    pub(super) fn is_of(&self, number: IncidentNumber) -> bool {
        let last = self.path.rsplit('/').next();
        last.and_then(IncidentNumber::parse) == Some(number)
    }

    /// The form as its page shows it again.
    pub(super) fn reply(self) -> Option<StepReply> {
        Some(StepReply {
            kind: self.kind()?,
            typed: Typed::of(self.path, self.fields),
            unchosen: None,
            problem: None,
            preview: false,
            waited: true,
        })
    }

    fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|(one, _)| one == name)
            .map(|(_, value)| value.as_str())
    }
}
