//! What the events of an incident add up to.

use serde::{Deserialize, Serialize};

use super::{Designation, Event, Who};
use crate::{calendar::Instant, plan::Severity};

/// Where an incident stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Received; the Response is still due.
    AwaitingResponse,
    /// The vendor has responded: personnel is assigned, and the customer was told.
    Acknowledged,
    /// It was tried to recreate it (section 5 (a)).
    Verified,
    /// What it is was designated (section 5 (b)).
    Designated,
    /// A solution is worked on.
    InWork,
    /// The customer did not accept the resolution, or it came back.
    Reopened,
    /// A solution was given.
    Resolved,
    /// The resolution was accepted.
    Closed,
    /// The customer took the notice back.
    Withdrawn,
}

impl State {
    /// Every state, in the order of an incident's life.
    pub const ALL: [Self; 9] = [
        Self::AwaitingResponse,
        Self::Acknowledged,
        Self::Verified,
        Self::Designated,
        Self::InWork,
        Self::Reopened,
        Self::Resolved,
        Self::Closed,
        Self::Withdrawn,
    ];

    /// Its name in addresses and records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwaitingResponse => "awaiting_response",
            Self::Acknowledged => "acknowledged",
            Self::Verified => "verified",
            Self::Designated => "designated",
            Self::InWork => "in_work",
            Self::Reopened => "reopened",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the vendor still owes something: a Response, updates, a resolution.
    pub const fn open(self) -> bool {
        !matches!(self, Self::Resolved | Self::Closed | Self::Withdrawn)
    }

    /// Whether nothing more happens to it, unless it is reopened.
    pub const fn over(self) -> bool {
        matches!(self, Self::Closed | Self::Withdrawn)
    }
}

/// On whose side somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// A contact of the customer.
    Customer,
    /// The vendor's technical personnel.
    Engineer,
    /// The vendor's account manager of the customer.
    AccountManager,
    /// The portal itself, in the background; or an administrator whose change moved a due time.
    Portal,
}

impl Party {
    /// Every party.
    pub const ALL: [Self; 4] = [
        Self::Customer,
        Self::Engineer,
        Self::AccountManager,
        Self::Portal,
    ];

    /// Its name in records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Engineer => "engineer",
            Self::AccountManager => "account_manager",
            Self::Portal => "portal",
        }
    }

    /// The party of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|party| party.name() == name)
    }

    /// Whether it speaks for the vendor.
    pub const fn vendor(self) -> bool {
        matches!(self, Self::Engineer | Self::AccountManager)
    }
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// On whose side.
    pub party: Party,
    /// The person; nobody where the portal itself did it.
    pub who: Option<Who>,
}

impl By {
    /// The portal itself.
    pub const PORTAL: Self = Self {
        party: Party::Portal,
        who: None,
    };

    /// The person's id.
    pub fn id(&self) -> Option<i64> {
        self.who.as_ref().map(|who| who.id)
    }
}

/// An event with when it was recorded and who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, UTC; never before the entry before it.
    pub at: Instant,
    /// Who.
    pub by: By,
    /// What.
    pub event: Event,
}

/// By when the customer is told more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Updates {
    /// Nothing is owed: there was no Response yet, or it is resolved, or the calendar does not reach that far.
    Off,
    /// By then.
    Due(Instant),
    /// The clock pauses: the vendor waits for the customer. The whole interval counts from their answer.
    Paused,
}

/// An objection to a designation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// The id of the engineer whose designation it is: another one answers.
    pub against: Option<i64>,
    /// Whether it was answered by another designation.
    pub answered: bool,
}

/// What the events of an incident add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and any may be so beside any other"
)]
pub struct Standing {
    /// When the notice was received.
    pub received: Instant,
    /// The severity that the customer claimed.
    pub claimed: Severity,
    /// What the vendor designated last, and the id of the engineer who did.
    pub designated: Option<(Designation, Option<i64>)>,
    /// The severity that sets the targets: the one designated last; the claimed one as long as none was.
    pub severity: Severity,
    /// By when the Response is due.
    pub due: Instant,
    /// The severity that set that due time: the one that held when the Response was given or the due time passed,
    /// whichever came first.
    pub due_severity: Severity,
    /// Whether the incident was designated as excluded, or as no Error, when that due time passed, and ever since. `None`
    /// where no designation says so: then the answers that it was filed with do.
    pub excluded_since_due: Option<bool>,
    /// When the Response was complete.
    pub responded: Option<Instant>,
    /// The engineer who responded.
    pub responder: Option<String>,
    /// Who is assigned.
    pub assigned: Option<Who>,
    /// Whether it could be recreated, once that was tried.
    pub recreated: Option<bool>,
    /// By when the customer is told more.
    pub updates: Updates,
    /// From when on that is counted: when the update clock was started last; before the Response, the notice.
    pub updates_from: Instant,
    /// Since when the vendor waits for the customer.
    pub waiting: Option<Instant>,
    /// The customer's objection; there is one at most.
    pub objection: Option<Objection>,
    /// The severity that the customer asked for and that was not decided since.
    pub asked: Option<Severity>,
    /// Whether the customer turned to the account manager.
    pub escalated: bool,
    /// Whether the customer rated it.
    pub rated: bool,
    /// The colleagues who follow it.
    pub watchers: Vec<Who>,
    /// When the last event was recorded.
    pub last: Instant,
    /// How many events there are.
    pub entries: u32,
    /// Whether the customer has written since the resolution, and the vendor has not answered.
    pub unanswered: bool,
    begun: bool,
    reopened: bool,
    end: Option<(End, Instant)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Resolved,
    Closed,
    Withdrawn,
}

impl Standing {
    /// What the entries add up to. `None` if there are none, or the first is not the notice.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Option<Self> {
        let mut entries = entries.into_iter();
        let mut standing = Self::notice(entries.next()?)?;
        for entry in entries {
            standing.add(entry);
        }
        Some(standing)
    }

    fn notice(entry: &Entry) -> Option<Self> {
        let Event::Received {
            claimed,
            due,
            logged_at,
            ..
        } = &entry.event
        else {
            return None;
        };
        Some(Self {
            received: entry.at,
            claimed: *claimed,
            designated: None,
            severity: *claimed,
            due: Instant(*due),
            due_severity: *claimed,
            excluded_since_due: None,
            responded: None,
            responder: None,
            assigned: None,
            recreated: None,
            updates: Updates::Off,
            updates_from: entry.at,
            waiting: None,
            objection: None,
            asked: None,
            escalated: false,
            rated: false,
            watchers: Vec::new(),
            // Nothing happens before it was logged.
            last: logged_at.map_or(entry.at, |at| entry.at.max(Instant(at))),
            entries: 1,
            unanswered: false,
            begun: false,
            reopened: false,
            end: None,
        })
    }

    /// Adds one more entry.
    #[expect(clippy::too_many_lines, reason = "an arm for each event")]
    pub fn add(&mut self, entry: &Entry) {
        self.last = self.last.max(entry.at);
        self.entries = self.entries.saturating_add(1);
        match &entry.event {
            Event::Received { .. } | Event::Note { .. } => {}
            Event::Assigned { to } => self.assigned = Some(to.clone()),
            Event::Responded {
                engineer,
                next_update,
                ..
            } => {
                // The first Response is the only one that counts.
                if self.responded.is_none() {
                    self.responded = Some(entry.at);
                    let by = entry.by.who.as_ref().map(|who| who.name.clone());
                    self.responder = Some(by.unwrap_or_else(|| engineer.clone()));
                }
                self.told(entry.at, *next_update);
            }
            Event::Rescheduled { due, .. } => self.due = Instant(*due),
            // It is counted from when it was.
            Event::UpdateRescheduled { due, .. } => self.told(self.updates_from, Some(*due)),
            Event::Verified {
                recreated,
                next_update,
                ..
            } => {
                self.recreated = Some(*recreated);
                self.told(entry.at, *next_update);
            }
            Event::Designated {
                designation,
                moved,
                next_update,
                ..
            } => {
                self.designated = Some((designation.clone(), entry.by.id()));
                self.severity = designation.level().unwrap_or(self.severity);
                let excluded = designation.level().is_none();
                if self.responded.is_none() && entry.at <= self.due {
                    self.due_severity = self.severity;
                    self.excluded_since_due = Some(excluded);
                } else if !excluded {
                    self.excluded_since_due = Some(false);
                }
                self.asked = None;
                if let Some(objection) = &mut self.objection {
                    objection.answered = true;
                }
                if let Some(moved) = moved {
                    self.due = Instant(moved.due);
                }
                self.told(entry.at, *next_update);
            }
            Event::Objected { .. } => {
                self.objection = Some(Objection {
                    against: self.designated.as_ref().and_then(|(_, by)| *by),
                    answered: false,
                });
            }
            Event::SeverityAsked { level, .. } => self.asked = Some(*level),
            Event::Escalated { .. } => self.escalated = true,
            Event::Begun => {
                self.begun = true;
                self.reopened = false;
            }
            Event::Message {
                next_update,
                from_vendor,
                ..
            } => {
                self.unanswered = !from_vendor && self.resolved().is_some();
                self.told(entry.at, *next_update);
            }
            // Whoever sends something after the resolution waits for an answer.
            Event::Attached { internal, .. } => {
                let from_customer = entry.by.party == Party::Customer;
                self.unanswered |= !internal && from_customer && self.resolved().is_some();
            }
            Event::Waiting { .. } => {
                self.waiting = Some(entry.at);
                self.updates = Updates::Paused;
            }
            Event::Resumed { next_update, .. } => {
                self.waiting = None;
                self.updates = Updates::Off;
                self.told(entry.at, *next_update);
            }
            Event::Watched { who } => {
                self.watchers.retain(|one| one.id != who.id);
                self.watchers.push(who.clone());
            }
            Event::Unwatched { who } => self.watchers.retain(|one| one.id != who.id),
            Event::Resolved { .. } => self.ended(End::Resolved, entry.at),
            Event::Accepted | Event::Closed => self.ended(End::Closed, entry.at),
            Event::Withdrawn { .. } => self.ended(End::Withdrawn, entry.at),
            Event::Reopened { next_update, .. } => {
                self.end = None;
                self.unanswered = false;
                self.begun = false;
                self.reopened = true;
                self.told(entry.at, *next_update);
            }
            Event::Rated { .. } => self.rated = true,
        }
    }

    /// The customer was told more, so that the update clock starts anew; while it pauses it stays as it is.
    fn told(&mut self, from: Instant, next_update: Option<i64>) {
        if let (Some(next), None) = (next_update, self.waiting) {
            self.updates = Updates::Due(Instant(next));
            self.updates_from = from;
        }
    }

    fn ended(&mut self, end: End, at: Instant) {
        self.end = Some((end, at));
        self.unanswered = false;
        self.waiting = None;
        self.updates = Updates::Off;
    }

    /// The level that holds: the one designated last, or the claimed one as long as nothing was. None for what was
    /// designated as no Error or as excluded: the customer may ask for any, the one that they claimed included.
    pub fn level(&self) -> Option<Severity> {
        match &self.designated {
            Some((designation, _)) => designation.level(),
            None => Some(self.severity),
        }
    }

    /// Where it stands.
    pub const fn state(&self) -> State {
        match self.end {
            Some((End::Withdrawn, _)) => return State::Withdrawn,
            Some((End::Closed, _)) => return State::Closed,
            Some((End::Resolved, _)) => return State::Resolved,
            None => {}
        }
        if self.responded.is_none() {
            State::AwaitingResponse
        } else if self.reopened {
            State::Reopened
        } else if self.begun {
            State::InWork
        } else if self.designated.is_some() {
            State::Designated
        } else if self.recreated.is_some() {
            State::Verified
        } else {
            State::Acknowledged
        }
    }

    /// Since when it is resolved, if it is and was not closed since.
    pub const fn resolved(&self) -> Option<Instant> {
        match self.end {
            Some((End::Resolved, at)) => Some(at),
            _ => None,
        }
    }

    /// When the customer took the notice back.
    pub const fn withdrawn(&self) -> Option<Instant> {
        match self.end {
            Some((End::Withdrawn, at)) => Some(at),
            _ => None,
        }
    }

    /// Whether something of the customer's waits for an engineer, besides what is owed: an objection, a wish for another
    /// severity, a word after the resolution.
    pub fn contested(&self) -> bool {
        self.objection_open() || self.asked.is_some() || self.unanswered
    }

    /// Whether an objection waits for another engineer.
    pub fn objection_open(&self) -> bool {
        self.objection.is_some_and(|objection| !objection.answered)
    }

    /// What the vendor owes next, and by when: the Response, then the next update. Nothing while it waits for the customer
    /// and once it is resolved.
    pub fn next_due(&self) -> Option<Instant> {
        if !self.state().open() {
            None
        } else if self.responded.is_none() {
            Some(self.due)
        } else if let Updates::Due(at) = self.updates {
            Some(at)
        } else {
            None
        }
    }

    /// Whether the Response came in time; `None` while that is open. A miss stays a miss.
    pub fn in_time(&self, now: Instant) -> Option<bool> {
        // What was taken back in time was never answered late.
        let until = self.withdrawn().unwrap_or(now);
        match self.responded {
            Some(at) => Some(at <= self.due),
            None => (until > self.due).then_some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Channel;

    fn entry(at: i64, event: Event) -> Entry {
        Entry {
            at: Instant(at),
            by: By::PORTAL,
            event,
        }
    }

    fn received() -> Entry {
        entry(
            0,
            Event::Received {
                channel: Channel::Portal,
                claimed: Severity::new(2).expect("a level"),
                due: 100,
                prepared_by: None,
                logged_by: None,
                logged_at: None,
                filed: None,
            },
        )
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for state in State::ALL {
            assert_eq!(State::parse(state.name()), Some(state));
        }
        for party in Party::ALL {
            assert_eq!(Party::parse(party.name()), Some(party));
        }
    }

    #[test]
    fn without_a_notice_there_is_no_incident() {
        assert_eq!(Standing::of([]), None);
        assert_eq!(Standing::of([&entry(0, Event::Begun)]), None);
    }

    #[test]
    fn only_the_first_response_counts() {
        let mut standing = Standing::of([&received()]).expect("an incident");
        assert_eq!(standing.state(), State::AwaitingResponse);
        assert_eq!(standing.next_due(), Some(Instant(100)));
        for (at, engineer) in [(150, "Hana"), (160, "Daniel")] {
            standing.add(&entry(
                at,
                Event::Responded {
                    engineer: engineer.into(),
                    text: String::new(),
                    next_update: Some(500),
                },
            ));
        }
        assert_eq!(standing.responded, Some(Instant(150)));
        assert_eq!(standing.responder.as_deref(), Some("Hana"));
        assert_eq!(standing.in_time(Instant(1000)), Some(false));
        assert_eq!(standing.next_due(), Some(Instant(500)));
    }

    #[test]
    fn a_miss_is_one_as_soon_as_the_time_has_passed() {
        let standing = Standing::of([&received()]).expect("an incident");
        assert_eq!(standing.in_time(Instant(100)), None);
        assert_eq!(standing.in_time(Instant(101)), Some(false));
    }
}
