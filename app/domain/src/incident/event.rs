//! An incident is its events, in order; nothing of them is ever edited. The row in a list is only their sum.

use serde::{Deserialize, Serialize};

use crate::plan::Severity;

/// How a notice reached the vendor. Any of them starts the Response clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Filed in the portal.
    Portal,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The vendor received notice; the Response clock starts.
    Received {
        /// How.
        channel: Channel,
        /// The severity that the customer claims.
        claimed: Severity,
        /// By when a Response is due: milliseconds since the Unix epoch, UTC.
        due: i64,
        /// The name of the colleague who prepared it, if that was not whoever filed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prepared_by: Option<String>,
    },
    /// The Response of section 3: technical personnel assigned, and the customer told that the notice was received.
    Responded {
        /// Who was assigned.
        engineer: String,
    },
    /// A fix, workaround or other solution was given.
    Resolved,
}

/// Where an incident stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Received; the Response is still due.
    AwaitingResponse,
    /// The vendor has responded and works on it.
    InProgress,
    /// A solution was given.
    Resolved,
}

impl State {
    /// Every state, in the order of an incident's life.
    pub const ALL: [Self; 3] = [Self::AwaitingResponse, Self::InProgress, Self::Resolved];

    /// Its name in addresses and records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwaitingResponse => "awaiting_response",
            Self::InProgress => "in_progress",
            Self::Resolved => "resolved",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// The state that events add up to. `None` if there are none, or the first is not the notice.
pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<State> {
    events
        .into_iter()
        .fold(None, |state, event| match (state, event) {
            (None, Event::Received { .. }) => Some(State::AwaitingResponse),
            (Some(State::AwaitingResponse), Event::Responded { .. }) => Some(State::InProgress),
            (Some(_), Event::Resolved) => Some(State::Resolved),
            (state, _) => state,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_add_up() {
        let received = Event::Received {
            channel: Channel::Portal,
            claimed: Severity::new(2).expect("a level"),
            due: 0,
            prepared_by: None,
        };
        let responded = Event::Responded {
            engineer: "Jin".into(),
        };
        assert_eq!(fold([]), None);
        assert_eq!(fold([&responded]), None);
        assert_eq!(fold([&received]), Some(State::AwaitingResponse));
        assert_eq!(fold([&received, &responded]), Some(State::InProgress));
        assert_eq!(
            fold([&received, &responded, &Event::Resolved]),
            Some(State::Resolved)
        );
        for state in State::ALL {
            assert_eq!(State::parse(state.name()), Some(state));
        }
    }
}
