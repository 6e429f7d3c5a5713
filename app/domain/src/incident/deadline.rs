//! The deadlines of an incident, each with what set it and what became of it.

use serde::{Deserialize, Serialize};

use super::{Entry, Event};
use crate::{calendar::Instant, plan::Severity};

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueKind {
    /// The Response of section 3.
    Response,
    /// That the customer is told more.
    Update,
}

impl DueKind {
    /// Its name in records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::Update => "update",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Response, Self::Update]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// What became of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is still owed; whether it has passed only the time tells.
    Open,
    /// What was due was done then; late if that is after it.
    Done(Instant),
    /// It was moved to the deadline after it that has the same kind.
    Moved,
    /// It ended then without anything to be done: the notice was taken back, or the vendor had nothing to say first.
    Ended(Instant),
}

/// A deadline of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// What is due.
    pub kind: DueKind,
    /// The index of the entry that set it.
    pub set: usize,
    /// From when its clock counts.
    pub from: Instant,
    /// The severity that gave the target.
    pub severity: Severity,
    /// By when.
    pub due: Instant,
    /// What became of it.
    pub fate: Fate,
    /// The index of the entry that made it so; none while it is owed.
    pub settled: Option<usize>,
}

impl Deadline {
    /// Whether it was missed, looked at `now`. A miss stays a miss.
    pub fn missed(&self, now: Instant) -> bool {
        match self.fate {
            Fate::Open => now > self.due,
            Fate::Done(at) | Fate::Ended(at) => at > self.due,
            Fate::Moved => false,
        }
    }
}

/// Every deadline that the entries set, in order; the first is that of the Response as it was filed. Internal entries set
/// none, so that the answer is the same for whoever does not see them.
pub fn deadlines(entries: &[Entry]) -> Vec<Deadline> {
    let mut found = Found::default();
    for (set, entry) in entries.iter().enumerate() {
        found.add(set, entry);
    }
    found.deadlines
}

#[derive(Default)]
struct Found {
    deadlines: Vec<Deadline>,
    severity: Option<Severity>,
}

impl Found {
    fn add(&mut self, set: usize, entry: &Entry) {
        use DueKind::{Response, Update};
        let done = Fate::Done(entry.at);
        let ended = Fate::Ended(entry.at);
        match &entry.event {
            Event::Received { claimed, due, .. } => {
                self.severity = Some(*claimed);
                self.set(Response, set, entry.at, *due);
            }
            Event::Rescheduled { due, .. } => self.moved(Response, set, *due),
            Event::UpdateRescheduled { due, .. } => self.moved(Update, set, *due),
            Event::Designated {
                designation,
                moved,
                next_update,
                ..
            } => {
                self.severity = designation.level().or(self.severity);
                if let Some(moved) = moved {
                    self.end(Response, set, Fate::Moved);
                    self.set(Response, set, moved.explanation.received.at, moved.due);
                }
                self.told(set, entry.at, *next_update, done);
            }
            Event::Responded { next_update, .. } => {
                self.end(Response, set, done);
                self.told(set, entry.at, *next_update, ended);
            }
            Event::Message { next_update, .. } | Event::Verified { next_update, .. } => {
                self.told(set, entry.at, *next_update, done);
            }
            Event::Resumed { next_update, .. } | Event::Reopened { next_update, .. } => {
                self.told(set, entry.at, *next_update, ended);
            }
            // Either tells the customer something.
            Event::Waiting { .. } | Event::Resolved { .. } => self.end(Update, set, done),
            Event::Withdrawn { .. } => {
                self.end(Response, set, ended);
                self.end(Update, set, ended);
            }
            _ => {}
        }
    }

    /// The next update is due then, if it is; the one before comes to `before`.
    fn told(&mut self, set: usize, at: Instant, next: Option<i64>, before: Fate) {
        if let Some(due) = next {
            self.end(DueKind::Update, set, before);
            self.set(DueKind::Update, set, at, due);
        }
    }

    fn set(&mut self, kind: DueKind, set: usize, from: Instant, due: i64) {
        // Without a notice there is no incident, and nothing is due.
        if let Some(severity) = self.severity {
            self.deadlines.push(Deadline {
                kind,
                set,
                from,
                severity,
                due: Instant(due),
                fate: Fate::Open,
                settled: None,
            });
        }
    }

    /// A closed day moves the open deadline of a kind. It is counted from when it was, and for the severity that it was: one
    /// that was designated since and did not make it due earlier is not what set it.
    fn moved(&mut self, kind: DueKind, set: usize, due: i64) {
        let mut all = self.deadlines.iter();
        let open = all.find(|one| one.kind == kind && one.fate == Fate::Open);
        if let Some(before) = open.copied() {
            self.end(kind, set, Fate::Moved);
            let due = Instant(due);
            self.deadlines.push(Deadline { set, due, ..before });
        }
    }

    /// The open deadline of a kind, if there is one, comes to this by the entry with this index.
    fn end(&mut self, kind: DueKind, settled: usize, fate: Fate) {
        let mut open = self.deadlines.iter_mut();
        if let Some(deadline) = open.find(|one| one.kind == kind && one.fate == Fate::Open) {
            deadline.fate = fate;
            deadline.settled = Some(settled);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::{Explanation, LocalDate, LocalTime, Target},
        incident::{By, ChangedDay, Channel, Designation, Moved},
    };

    fn entry(at: i64, event: Event) -> Entry {
        Entry {
            at: Instant(at),
            by: By::PORTAL,
            event,
        }
    }

    fn level(number: u8) -> Severity {
        Severity::new(number).expect("a level")
    }

    fn message(at: i64, next: i64) -> Entry {
        entry(
            at,
            Event::Message {
                text: String::new(),
                from_vendor: true,
                channel: Channel::Portal,
                next_update: Some(next),
            },
        )
    }

    #[test]
    #[expect(
        clippy::too_many_lines,
        reason = "one history from its notice to its end"
    )]
    fn each_deadline_says_what_set_it_and_what_became_of_it() {
        use DueKind::{Response, Update};
        let local = |at| LocalTime {
            at: Instant(at),
            offset: 0,
        };
        let moved = Moved {
            was: 100,
            due: 60,
            explanation: Box::new(Explanation {
                zone: "Asia/Seoul".into(),
                version: "v".into(),
                target: Target::business_minutes(1),
                received: local(10),
                due: local(60),
                days: Vec::new(),
            }),
        };
        let entries = [
            entry(
                0,
                Event::Received {
                    channel: Channel::Portal,
                    claimed: level(3),
                    due: 100,
                    prepared_by: None,
                    logged_by: None,
                    logged_at: None,
                    filed: None,
                },
            ),
            entry(
                5,
                Event::Note {
                    text: String::new(),
                },
            ),
            entry(
                10,
                Event::Designated {
                    designation: Designation::Level(level(1)),
                    reason: String::new(),
                    moved: Some(moved),
                    next_update: None,
                },
            ),
            entry(
                70,
                Event::Responded {
                    engineer: String::new(),
                    text: String::new(),
                    next_update: Some(200),
                },
            ),
            message(150, 300),
            entry(
                310,
                Event::Waiting {
                    text: String::new(),
                },
            ),
            entry(
                400,
                Event::Resumed {
                    next_update: Some(500),
                    channel: Channel::Portal,
                },
            ),
            entry(
                450,
                Event::UpdateRescheduled {
                    was: 500,
                    due: 600,
                    because: ChangedDay {
                        day: LocalDate::default(),
                        name: "Election".into(),
                        name_ko: "선거일".into(),
                        withdrawn: false,
                    },
                },
            ),
        ];
        let found: Vec<_> = deadlines(&entries)
            .iter()
            .map(|one| {
                (
                    one.kind,
                    one.set,
                    one.from.0,
                    one.severity.number(),
                    one.due.0,
                    one.fate,
                    one.settled,
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                (Response, 0, 0, 3, 100, Fate::Moved, Some(2)),
                (Response, 2, 10, 1, 60, Fate::Done(Instant(70)), Some(3)),
                (Update, 3, 70, 1, 200, Fate::Done(Instant(150)), Some(4)),
                (Update, 4, 150, 1, 300, Fate::Done(Instant(310)), Some(5)),
                (Update, 6, 400, 1, 500, Fate::Moved, Some(7)),
                (Update, 7, 400, 1, 600, Fate::Open, None),
            ]
        );
        let missed: Vec<_> = deadlines(&entries)
            .iter()
            .map(|one| one.missed(Instant(601)))
            .collect();
        assert_eq!(missed, [false, true, false, true, false, true]);
    }

    #[test]
    fn a_closed_day_moves_a_response_with_the_severity_that_set_it() {
        let local = |at| LocalTime {
            at: Instant(at),
            offset: 0,
        };
        let entries = [
            entry(
                0,
                Event::Received {
                    channel: Channel::Portal,
                    claimed: level(2),
                    due: 100,
                    prepared_by: None,
                    logged_by: None,
                    logged_at: None,
                    filed: None,
                },
            ),
            // Its target would end later than that.
            entry(
                90,
                Event::Designated {
                    designation: Designation::Level(level(1)),
                    reason: String::new(),
                    moved: None,
                    next_update: None,
                },
            ),
            entry(
                95,
                Event::Rescheduled {
                    was: 100,
                    due: 200,
                    because: ChangedDay {
                        day: LocalDate::default(),
                        name: "Election".into(),
                        name_ko: "선거일".into(),
                        withdrawn: false,
                    },
                    explanation: Box::new(Explanation {
                        zone: "Asia/Seoul".into(),
                        version: "v".into(),
                        target: Target::business_minutes(1),
                        received: local(0),
                        due: local(200),
                        days: Vec::new(),
                    }),
                },
            ),
        ];
        let found: Vec<_> = deadlines(&entries)
            .iter()
            .map(|one| (one.set, one.from.0, one.severity, one.due.0, one.fate))
            .collect();
        assert_eq!(
            found,
            [
                (0, 0, level(2), 100, Fate::Moved),
                (2, 0, level(2), 200, Fate::Open),
            ]
        );
    }

    #[test]
    fn without_a_notice_nothing_is_due() {
        assert_eq!(deadlines(&[]), []);
        assert_eq!(deadlines(&[message(1, 2)]), []);
    }

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in [DueKind::Response, DueKind::Update] {
            assert_eq!(DueKind::parse(kind.name()), Some(kind));
        }
    }
}
