//! The form of a notice that is logged, as its page shows it again.

use axum::http::StatusCode;
use domain::{
    incident::{Channel, Draft, Field, Which},
    triage::Answers,
};
use portal_core::incidents::{NewIncident, NewNotice, NotLogged, Preview};

use super::Typed;
use crate::components::questions::PREFIX;

/// The form with what was typed, and what came of it.
#[derive(Clone, Debug, Default)]
pub struct LogReply {
    /// What was typed.
    pub typed: Typed,
    /// Why it was not logged.
    pub not_logged: Option<NotLogged>,
    /// Nothing is wrong, and this is what would be logged.
    pub review: Option<Box<Preview>>,
    /// The colleague that it was to be handed to may not file today, or none was chosen.
    pub wrong_colleague: bool,
}

impl LogReply {
    pub(super) const fn status(&self) -> StatusCode {
        if self.not_logged.is_some() || self.wrong_colleague {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        }
    }

    /// What the form means.
    pub(crate) fn notice(typed: &Typed) -> NewNotice {
        NewNotice {
            contact: typed.get("contact").parse().unwrap_or_default(),
            channel: Channel::parse(&typed.get("channel")),
            received: typed.get("received"),
            which: Which::parse(&typed.get("which")),
            incident: NewIncident {
                form_key: typed.get("key"),
                answers: answers(typed),
                draft: Draft {
                    title: typed.get(Field::Title.name()),
                    description: typed.get(Field::Description.name()),
                    steps: typed.get(Field::Steps.name()),
                    business_impact: typed.get(Field::BusinessImpact.name()),
                },
            },
        }
    }
}

/// The answers: one by one in the form, and together in what was looked over.
fn answers(typed: &Typed) -> Answers {
    let together = typed.get("answers");
    if together.is_empty() {
        Answers::from_pairs(typed.beginning(PREFIX))
    } else {
        Answers::from_query(&together)
    }
}
