//! An incident is its events, in order; nothing of them is ever edited. The row in a list is only their sum.

use serde::{Deserialize, Serialize};

use super::Attachment;
use crate::{
    calendar::{Explanation, LocalDate},
    plan::{ClauseId, Severity},
};

/// How a notice, a message or a step reached the vendor. A notice by any of them starts the Response clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// In the portal.
    #[default]
    Portal,
    /// By e-mail.
    Email,
    /// By telephone.
    Telephone,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 3] = [Self::Portal, Self::Email, Self::Telephone];

    /// Its name in records and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Email => "email",
            Self::Telephone => "telephone",
        }
    }

    /// The channel of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }

    /// Whether it is the portal: what came there is written without it, as it was before it was kept.
    pub const fn is_portal(&self) -> bool {
        matches!(self, Self::Portal)
    }
}

/// Somebody, as an event keeps them: by id, and by the name that they had then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The person's id.
    pub id: i64,
    /// Their name.
    pub name: String,
}

/// What the vendor's support personnel decided that a support request is (section 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Designation {
    /// An Error of this severity.
    Level(Severity),
    /// Not an Error; the clause that says what one is.
    NotAnError(ClauseId),
    /// Excluded from support; the clause that excludes it (section 7).
    Excluded(ClauseId),
}

impl Designation {
    /// The level, if it is an Error.
    pub const fn level(&self) -> Option<Severity> {
        match self {
            Self::Level(level) => Some(*level),
            Self::NotAnError(_) | Self::Excluded(_) => None,
        }
    }

    /// The clause that it names.
    pub const fn clause(&self) -> Option<&ClauseId> {
        match self {
            Self::Level(_) => None,
            Self::NotAnError(clause) | Self::Excluded(clause) => Some(clause),
        }
    }
}

/// What a resolution consists of (section 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Solution {
    /// A fix.
    Fix,
    /// A workaround.
    Workaround,
    /// Another solution.
    #[default]
    Other,
}

impl Solution {
    /// Every kind, as the contract lists them.
    pub const ALL: [Self; 3] = [Self::Fix, Self::Workaround, Self::Other];

    /// Its name in records and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fix => "fix",
            Self::Workaround => "workaround",
            Self::Other => "other",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A due time that moved with a designation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// By when it was due before: milliseconds since the Unix epoch, UTC.
    pub was: i64,
    /// By when it is due now, likewise.
    pub due: i64,
    /// Why it is due then.
    pub explanation: Box<Explanation>,
}

/// What happened. `next_update` is by when the customer is told more, as the event leaves it: milliseconds since the
/// Unix epoch, UTC; none where nothing is due.
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
        /// The name of the engineer who logged it, if the notice came by e-mail or telephone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        logged_by: Option<String>,
        /// When they logged it, likewise: milliseconds since the Unix epoch, UTC. The Response clock has run since the notice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        logged_at: Option<i64>,
        /// The SHA-256 over the canonical JSON of what was filed, in small hexadecimal digits; notices from before it was
        /// kept have none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filed: Option<String>,
    },
    /// Technical personnel was assigned: the first half of a Response (section 3).
    Assigned {
        /// Who.
        to: Who,
    },
    /// The Response of section 3 is complete: technical personnel assigned, and the customer told that the notice was
    /// received. The Response clock stops.
    Responded {
        /// Who was assigned.
        engineer: String,
        /// What the customer was told.
        #[serde(default)]
        text: String,
        /// See [`Event`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_update: Option<i64>,
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
    /// The same for the time by when the customer is told more.
    UpdateRescheduled {
        /// By when it was due before: milliseconds since the Unix epoch, UTC.
        was: i64,
        /// By when it is due now, likewise.
        due: i64,
        /// What changed.
        because: ChangedDay,
    },
    /// Section 5 (a): it was tried to recreate it with an unmodified version of the Software.
    Verified {
        /// Whether it could be.
        recreated: bool,
        /// With what, and what came of it.
        text: String,
        /// See [`Event`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_update: Option<i64>,
    },
    /// Section 5 (b): the vendor's support personnel decided what it is. What the customer claimed stays beside it.
    Designated {
        /// What.
        designation: Designation,
        /// Why, as the customer is told; empty where it agrees with the claim.
        reason: String,
        /// The due time of the Response, if it was still to come and moved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        moved: Option<Moved>,
        /// See [`Event`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_update: Option<i64>,
    },
    /// The customer objects to the designation; another engineer looks at it.
    Objected {
        /// Why.
        reason: String,
    },
    /// The customer asks for another severity than the one that holds.
    SeverityAsked {
        /// Which.
        level: Severity,
        /// Why.
        reason: String,
    },
    /// The customer turns to the account manager, whatever the severity.
    Escalated {
        /// Why.
        reason: String,
    },
    /// Work on a solution began.
    Begun,
    /// Something was said that both sides read.
    Message {
        /// Markdown, as it was written.
        text: String,
        /// Whether the vendor said it; then the customer was told more.
        from_vendor: bool,
        /// How it came.
        #[serde(default)]
        channel: Channel,
        /// See [`Event`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_update: Option<i64>,
    },
    /// Something was written down that the customer never sees.
    Note {
        /// Markdown, as it was written.
        text: String,
    },
    /// A file was attached.
    Attached {
        /// Which.
        file: Attachment,
        /// Whether only the vendor's people may ever see it.
        #[serde(default)]
        internal: bool,
        /// How it came; of what came by mail before that was kept, in the portal.
        #[serde(default, skip_serializing_if = "Channel::is_portal")]
        channel: Channel,
    },
    /// The vendor waits for the customer; the update clock pauses.
    Waiting {
        /// What the customer was asked for; Markdown. It tells them something, so that the whole interval is left.
        text: String,
    },
    /// The vendor waits no more.
    Resumed {
        /// See [`Event`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_update: Option<i64>,
        /// How the answer came that was waited for.
        #[serde(default, skip_serializing_if = "Channel::is_portal")]
        channel: Channel,
    },
    /// A colleague of the customer's follows the incident from now on.
    Watched {
        /// Who.
        who: Who,
    },
    /// A colleague follows it no more.
    Unwatched {
        /// Who.
        who: Who,
    },
    /// A fix, workaround or other solution was given (section 3).
    Resolved {
        /// Which.
        #[serde(default)]
        solution: Solution,
        /// What it is; Markdown.
        #[serde(default)]
        text: String,
    },
    /// The customer accepted the resolution.
    Accepted,
    /// Nobody objected to the resolution for so long that it counts as accepted.
    Closed,
    /// The customer did not accept the resolution, or the problem came back. The first Response is never counted again.
    Reopened {
        /// Why.
        reason: String,
        /// See [`Event`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_update: Option<i64>,
    },
    /// The customer says how they were served.
    Rated {
        /// From 1 to 5.
        stars: u8,
        /// In their words; may be empty.
        text: String,
    },
    /// The customer took the notice back.
    Withdrawn {
        /// Why; may be empty.
        reason: String,
    },
}

impl Event {
    /// Whether only the vendor's people may ever see it.
    pub const fn internal(&self) -> bool {
        matches!(
            self,
            Self::Note { .. } | Self::Attached { internal: true, .. }
        )
    }

    /// By which channel it came; none where nobody did it, but the portal by itself.
    pub const fn channel(&self) -> Option<Channel> {
        match self {
            Self::Received { channel, .. }
            | Self::Message { channel, .. }
            | Self::Attached { channel, .. }
            | Self::Resumed { channel, .. } => Some(*channel),
            Self::Assigned { .. }
            | Self::Responded { .. }
            | Self::Verified { .. }
            | Self::Designated { .. }
            | Self::Objected { .. }
            | Self::SeverityAsked { .. }
            | Self::Escalated { .. }
            | Self::Begun
            | Self::Note { .. }
            | Self::Waiting { .. }
            | Self::Watched { .. }
            | Self::Unwatched { .. }
            | Self::Resolved { .. }
            | Self::Accepted
            | Self::Reopened { .. }
            | Self::Rated { .. }
            | Self::Withdrawn { .. } => Some(Channel::Portal),
            Self::Rescheduled { .. } | Self::UpdateRescheduled { .. } | Self::Closed => None,
        }
    }

    /// Its name in records, as it is serialized.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Received { .. } => "received",
            Self::Assigned { .. } => "assigned",
            Self::Responded { .. } => "responded",
            Self::Rescheduled { .. } => "rescheduled",
            Self::UpdateRescheduled { .. } => "update_rescheduled",
            Self::Verified { .. } => "verified",
            Self::Designated { .. } => "designated",
            Self::Objected { .. } => "objected",
            Self::SeverityAsked { .. } => "severity_asked",
            Self::Escalated { .. } => "escalated",
            Self::Begun => "begun",
            Self::Message { .. } => "message",
            Self::Note { .. } => "note",
            Self::Attached { .. } => "attached",
            Self::Waiting { .. } => "waiting",
            Self::Resumed { .. } => "resumed",
            Self::Watched { .. } => "watched",
            Self::Unwatched { .. } => "unwatched",
            Self::Resolved { .. } => "resolved",
            Self::Accepted => "accepted",
            Self::Closed => "closed",
            Self::Reopened { .. } => "reopened",
            Self::Rated { .. } => "rated",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
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

    fn attached(internal: bool, channel: Channel) -> Event {
        Event::Attached {
            file: Attachment {
                id: String::new(),
                name: "log.txt".into(),
                size: 3,
                sha256: String::new(),
                picture: None,
            },
            internal,
            channel,
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
    fn events_of_earlier_versions_are_read() {
        for (json, event) in [
            (
                r#"{"type":"received","channel":"portal","claimed":"S2","due":5}"#,
                Event::Received {
                    channel: Channel::Portal,
                    claimed: Severity::new(2).expect("a level"),
                    due: 5,
                    prepared_by: None,
                    logged_by: None,
                    logged_at: None,
                    filed: None,
                },
            ),
            (
                r#"{"type":"responded","engineer":"Hana"}"#,
                Event::Responded {
                    engineer: "Hana".into(),
                    text: String::new(),
                    next_update: None,
                },
            ),
            (
                r#"{"type":"resolved"}"#,
                Event::Resolved {
                    solution: Solution::Other,
                    text: String::new(),
                },
            ),
        ] {
            assert_eq!(serde_json::from_str::<Event>(json).expect(json), event);
        }
    }

    #[test]
    fn an_events_name_is_the_one_that_it_is_written_with() {
        for event in [
            rescheduled(),
            Event::Begun,
            Event::Accepted,
            Event::Closed,
            Event::Note {
                text: String::new(),
            },
            Event::SeverityAsked {
                level: Severity::new(1).expect("a level"),
                reason: String::new(),
            },
        ] {
            let json = serde_json::to_value(&event).expect("JSON");
            assert_eq!(json["type"], event.name());
        }
    }

    /// The hashes of what was kept before are over this JSON.
    #[test]
    fn what_came_in_the_portal_is_written_as_it_always_was() {
        let resumed = |channel| Event::Resumed {
            next_update: Some(5),
            channel,
        };
        for (event, json) in [
            (
                attached(false, Channel::Portal),
                r#"{"type":"attached","file":{"id":"","name":"log.txt","size":3,"sha256":""},"internal":false}"#,
            ),
            (
                attached(false, Channel::Email),
                r#"{"type":"attached","file":{"id":"","name":"log.txt","size":3,"sha256":""},"internal":false,"channel":"email"}"#,
            ),
            (
                resumed(Channel::Portal),
                r#"{"type":"resumed","next_update":5}"#,
            ),
            (
                resumed(Channel::Telephone),
                r#"{"type":"resumed","next_update":5,"channel":"telephone"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&event).expect("JSON"), json);
            assert_eq!(serde_json::from_str::<Event>(json).expect(json), event);
        }
    }

    #[test]
    fn an_event_says_by_which_channel_it_came() {
        for channel in Channel::ALL {
            for event in [
                Event::Received {
                    channel,
                    claimed: Severity::new(2).expect("a level"),
                    due: 5,
                    prepared_by: None,
                    logged_by: None,
                    logged_at: None,
                    filed: None,
                },
                Event::Message {
                    text: String::new(),
                    from_vendor: false,
                    channel,
                    next_update: None,
                },
                attached(false, channel),
                Event::Resumed {
                    next_update: None,
                    channel,
                },
            ] {
                assert_eq!(event.channel(), Some(channel), "{event:?}");
            }
        }
        assert_eq!(Event::Accepted.channel(), Some(Channel::Portal));
        for event in [rescheduled(), Event::Closed] {
            assert_eq!(event.channel(), None, "{event:?}");
        }
    }

    #[test]
    fn only_what_is_written_down_for_the_vendors_people_is_internal() {
        let attached = |internal| attached(internal, Channel::Portal);
        assert!(attached(true).internal() && !attached(false).internal());
        assert!(
            Event::Note {
                text: String::new()
            }
            .internal()
        );
        assert!(!Event::Begun.internal());
    }
}
