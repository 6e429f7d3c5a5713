//! An incident is its events, in order; nothing of them is ever edited. The row in a list is only their sum.

use serde::{Deserialize, Serialize};

use crate::{
    calendar::{Explanation, LocalDate},
    plan::Severity,
};

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
    /// A closed day was added to the calendar or withdrawn from it, and the due time of the Response moved with it. What
    /// was promised before stays in the events before this one.
    Rescheduled {
        /// By when the Response was due before: milliseconds since the Unix epoch, UTC.
        was: i64,
        /// By when it is due now, likewise.
        due: i64,
        /// What changed.
        because: ChangedDay,
        /// Why it is due when it is now due, under the calendar's new version.
        explanation: Box<Explanation>,
    },
    /// A fix, workaround or other solution was given.
    Resolved,
}

/// A closed day that was added to a calendar or withdrawn from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedDay {
    /// The local date.
    pub day: LocalDate,
    /// Its English name.
    pub name: String,
    /// Its Korean name.
    pub name_ko: String,
    /// Whether it was withdrawn; else it was added.
    pub withdrawn: bool,
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
    use crate::calendar::{Instant, LocalTime, Target};

    fn rescheduled() -> Event {
        let at = |at| LocalTime {
            at: Instant(at),
            offset: 32_400,
        };
        Event::Rescheduled {
            was: 1,
            due: 2,
            because: ChangedDay {
                day: LocalDate::default(),
                name: "Local elections".into(),
                name_ko: "전국동시지방선거일".into(),
                withdrawn: false,
            },
            explanation: Box::new(Explanation {
                zone: "Asia/Seoul".into(),
                version: "kr-2035.1.1+tzdb2025b".into(),
                target: Target::business_minutes(60),
                received: at(0),
                due: at(2),
                days: Vec::new(),
            }),
        }
    }

    #[test]
    fn a_moved_due_time_is_read_as_it_is_written() {
        let json = serde_json::to_string(&rescheduled()).expect("JSON");
        assert!(
            json.starts_with(
                r#"{"type":"rescheduled","was":1,"due":2,"because":{"day":"1970-01-01""#
            ),
            "{json}"
        );
        assert_eq!(
            serde_json::from_str::<Event>(&json).expect("an event"),
            rescheduled()
        );
    }

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
        let moved = rescheduled();
        assert_eq!(fold([&received, &moved]), Some(State::AwaitingResponse));
        assert_eq!(
            fold([&received, &moved, &responded]),
            Some(State::InProgress)
        );
        for state in State::ALL {
            assert_eq!(State::parse(state.name()), Some(state));
        }
    }
}
