//! What somebody wants to do with an incident, whether they may do it now, and the events that come of it.

use super::{
    Attachment, By, Channel, Designation, Event, FieldProblem, Moved, Party, Solution, Standing,
    State, Who, tidy_text,
};
use crate::{
    calendar::{BusinessCalendar, Instant, NotCovered},
    plan::{Plan, Severity, Tier},
};

/// The most characters of a message, a note, the words of a Response or of a resolution.
pub const MOST_TEXT: usize = 20_000;

/// The most characters of a reason.
pub const MOST_REASON: usize = 4_000;

/// For how long a resolution waits for the customer before it counts as accepted: fourteen days, in milliseconds.
pub const ACCEPTED_AFTER: u64 = 14 * 86_400_000;

crate::named! {
    /// What can be done with an incident. A new step gets its row in [`legal`] or does not compile.
    pub enum StepKind;

    /// Assign it to an engineer.
    Assign = "assign",
    /// Assign it and tell the customer: the Response.
    Acknowledge = "acknowledge",
    /// Say whether it can be recreated with an unmodified version.
    Verify = "verify",
    /// Decide what it is.
    Designate = "designate",
    /// Begin to work on a solution.
    Begin = "begin",
    /// Say something that both sides read.
    Write = "write",
    /// Write something down for the vendor's people only.
    Note = "note",
    /// Attach a file that both sides see.
    Attach = "attach",
    /// Attach a file for the vendor's people only.
    AttachInternal = "attach_internal",
    /// Ask the customer for something and wait for it.
    Wait = "wait",
    /// Wait no more.
    Resume = "resume",
    /// Give a solution.
    Resolve = "resolve",
    /// Close it after a long silence.
    Close = "close",
    /// Object to the designation.
    Object = "object",
    /// Ask for another severity.
    AskSeverity = "ask_severity",
    /// Turn to the account manager.
    Escalate = "escalate",
    /// Accept the resolution.
    Accept = "accept",
    /// Do not accept the resolution, or say that it came back.
    Reopen = "reopen",
    /// Say how one was served.
    Rate = "rate",
    /// Take the notice back.
    Withdraw = "withdraw",
    /// Let a colleague follow it.
    Watch = "watch",
    /// Let a colleague follow it no more.
    Unwatch = "unwatch",
}

/// The table of steps: may `party` take this step with an incident in this state? What it does not say is illegal.
pub const fn legal(step: StepKind, party: Party, state: State) -> bool {
    use Party::{AccountManager, Customer, Engineer, Portal};
    use State::{AwaitingResponse, Closed, Resolved};
    let responded = state.open() && !matches!(state, AwaitingResponse);
    match step {
        StepKind::Acknowledge => matches!(party, Engineer) && matches!(state, AwaitingResponse),
        StepKind::Assign | StepKind::Verify | StepKind::Designate => {
            matches!(party, Engineer) && state.open()
        }
        StepKind::Begin => {
            matches!(party, Engineer) && responded && !matches!(state, State::InWork)
        }
        StepKind::Wait | StepKind::Resume | StepKind::Resolve => {
            matches!(party, Engineer) && responded
        }
        StepKind::Write | StepKind::Attach => !matches!(party, Portal) && !state.over(),
        StepKind::AttachInternal => matches!(party, Engineer | AccountManager) && !state.over(),
        StepKind::Note => matches!(party, Engineer | AccountManager),
        StepKind::Close => matches!(party, Portal) && matches!(state, Resolved),
        StepKind::Object | StepKind::AskSeverity | StepKind::Escalate | StepKind::Withdraw => {
            matches!(party, Customer) && state.open()
        }
        StepKind::Accept => matches!(party, Customer) && matches!(state, Resolved),
        StepKind::Reopen | StepKind::Rate => {
            matches!(party, Customer) && matches!(state, Resolved | Closed)
        }
        StepKind::Watch | StepKind::Unwatch => matches!(party, Customer) && !state.over(),
    }
}

/// A step with what belongs to it. Texts are as they were typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// See [`StepKind::Assign`].
    Assign {
        /// To whom.
        to: Who,
    },
    /// See [`StepKind::Acknowledge`].
    Acknowledge {
        /// Who is assigned.
        to: Who,
        /// What the customer is told.
        text: String,
    },
    /// See [`StepKind::Verify`].
    Verify {
        /// Whether it could be recreated.
        recreated: bool,
        /// With what, and what came of it.
        text: String,
    },
    /// See [`StepKind::Designate`].
    Designate {
        /// What it is.
        designation: Designation,
        /// Why; required where it differs from the claim.
        reason: String,
    },
    /// See [`StepKind::Begin`].
    Begin,
    /// See [`StepKind::Write`].
    Write {
        /// What is said.
        text: String,
        /// How it came.
        channel: Channel,
    },
    /// See [`StepKind::Note`].
    Note {
        /// What is written down.
        text: String,
    },
    /// See [`StepKind::Attach`].
    Attach {
        /// The file, complete where files are kept.
        file: Attachment,
        /// How it came.
        channel: Channel,
    },
    /// See [`StepKind::AttachInternal`].
    AttachInternal {
        /// The file, likewise.
        file: Attachment,
    },
    /// See [`StepKind::Wait`].
    Wait {
        /// What the customer is asked for.
        text: String,
    },
    /// See [`StepKind::Resume`].
    Resume,
    /// See [`StepKind::Resolve`].
    Resolve {
        /// What it consists of.
        solution: Solution,
        /// What it is.
        text: String,
    },
    /// See [`StepKind::Close`].
    Close,
    /// See [`StepKind::Object`].
    Object {
        /// Why.
        reason: String,
    },
    /// See [`StepKind::AskSeverity`].
    AskSeverity {
        /// Which.
        level: Severity,
        /// Why.
        reason: String,
    },
    /// See [`StepKind::Escalate`].
    Escalate {
        /// Why.
        reason: String,
    },
    /// See [`StepKind::Accept`].
    Accept,
    /// See [`StepKind::Reopen`].
    Reopen {
        /// Why.
        reason: String,
    },
    /// See [`StepKind::Rate`].
    Rate {
        /// From 1 to 5.
        stars: u8,
        /// In their words; may be empty.
        text: String,
    },
    /// See [`StepKind::Withdraw`].
    Withdraw {
        /// Why; may be empty.
        reason: String,
    },
    /// See [`StepKind::Watch`].
    Watch {
        /// Who.
        who: Who,
    },
    /// See [`StepKind::Unwatch`].
    Unwatch {
        /// Who.
        who: Who,
    },
}

impl Step {
    /// Its kind.
    pub const fn kind(&self) -> StepKind {
        match self {
            Self::Assign { .. } => StepKind::Assign,
            Self::Acknowledge { .. } => StepKind::Acknowledge,
            Self::Verify { .. } => StepKind::Verify,
            Self::Designate { .. } => StepKind::Designate,
            Self::Begin => StepKind::Begin,
            Self::Write { .. } => StepKind::Write,
            Self::Note { .. } => StepKind::Note,
            Self::Attach { .. } => StepKind::Attach,
            Self::AttachInternal { .. } => StepKind::AttachInternal,
            Self::Wait { .. } => StepKind::Wait,
            Self::Resume => StepKind::Resume,
            Self::Resolve { .. } => StepKind::Resolve,
            Self::Close => StepKind::Close,
            Self::Object { .. } => StepKind::Object,
            Self::AskSeverity { .. } => StepKind::AskSeverity,
            Self::Escalate { .. } => StepKind::Escalate,
            Self::Accept => StepKind::Accept,
            Self::Reopen { .. } => StepKind::Reopen,
            Self::Rate { .. } => StepKind::Rate,
            Self::Withdraw { .. } => StepKind::Withdraw,
            Self::Watch { .. } => StepKind::Watch,
            Self::Unwatch { .. } => StepKind::Unwatch,
        }
    }
}

/// Why a step cannot be taken. Nothing happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Illegal {
    /// It is not for this party to take it.
    NotYours,
    /// Not with an incident that stands here.
    NotNow(State),
    /// The Response was given already, by this engineer.
    AlreadyResponded(String),
    /// A text is missing, too long, or cannot be kept.
    Text(FieldProblem),
    /// The designation differs from the claim, and there is no reason.
    ReasonMissing,
    /// It is so already.
    NothingChanges,
    /// The plan has no such level.
    UnknownLevel,
    /// The plan has no such clause, or it excludes nothing.
    UnknownClause,
    /// There is nothing to object to yet.
    NotDesignated,
    /// The customer objected once already.
    AlreadyObjected,
    /// The customer objected: another engineer designates anew.
    ForAnotherEngineer,
    /// It is not resolved over the customer's objection: another engineer designates first.
    ObjectionOpen,
    /// Nor over their wish for this severity: it is designated first, or something else is.
    SeverityAsked(Severity),
    /// The customer turned to the account manager once already.
    AlreadyEscalated,
    /// The vendor does not wait.
    NotWaiting,
    /// It was rated already.
    AlreadyRated,
    /// A rating has from 1 to 5 stars.
    NoRating,
    /// It is not long enough ago that it was resolved.
    TooSoon,
    /// The calendar does not reach as far as the due time.
    NotCovered(NotCovered),
}

/// What an incident's deadlines are counted by: the plan that it was filed under, the customer's tier and calendar.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The tier.
    pub tier: &'a Tier,
    /// The calendar of the zone.
    pub calendar: &'a BusinessCalendar,
}

impl Terms<'_> {
    /// By when the customer is told more, counted from `at`. `None` where the tier promises nothing or the calendar does
    /// not reach that far.
    fn next_update(&self, severity: Severity, at: Instant) -> Option<i64> {
        let target = self.tier.update(severity)?;
        Some(self.calendar.due(at, target.into()).ok()?.0)
    }
}

impl Standing {
    /// The events that a step of `by` at `at` comes to. `at` is not before the last event: a clock that was set back does
    /// not turn the history round ([`Standing::last`] says how far it is).
    ///
    /// # Errors
    /// Why the step cannot be taken.
    #[expect(clippy::too_many_lines, reason = "an arm for each step")]
    pub fn take(
        &self,
        step: Step,
        by: &By,
        at: Instant,
        terms: Terms<'_>,
    ) -> Result<Vec<Event>, Illegal> {
        let (kind, state) = (step.kind(), self.state());
        if !legal(kind, by.party, state) {
            return Err(self.why_not(kind, by.party));
        }
        match step {
            Step::Assign { to } => {
                if self.assigned.as_ref() == Some(&to) {
                    return Err(Illegal::NothingChanges);
                }
                Ok(vec![Event::Assigned { to }])
            }
            Step::Acknowledge { to, text } => {
                let text = required(&text, MOST_TEXT)?;
                let engineer = to.name.clone();
                let assigned =
                    (self.assigned.as_ref() != Some(&to)).then_some(Event::Assigned { to });
                let responded = Event::Responded {
                    engineer,
                    text,
                    next_update: terms.next_update(self.severity, at),
                };
                Ok(assigned.into_iter().chain([responded]).collect())
            }
            Step::Verify { recreated, text } => Ok(vec![Event::Verified {
                recreated,
                text: required(&text, MOST_TEXT)?,
                next_update: self.tells(self.severity, at, terms),
            }]),
            Step::Designate {
                designation,
                reason,
            } => self.designate(designation, &reason, by, at, terms),
            Step::Begin => Ok(vec![Event::Begun]),
            Step::Write { text, channel } => self.write(&text, channel, by, at, terms),
            Step::Note { text } => Ok(vec![Event::Note {
                text: required(&text, MOST_TEXT)?,
            }]),
            Step::Attach { file, channel } => Ok(self.attach(file, channel, by, at, terms)),
            Step::AttachInternal { file } => Ok(vec![Event::Attached {
                file,
                internal: true,
                channel: Channel::Portal,
            }]),
            Step::Wait { text } => Ok(vec![Event::Waiting {
                text: required(&text, MOST_TEXT)?,
            }]),
            Step::Resume if self.waiting.is_none() => Err(Illegal::NotWaiting),
            Step::Resume => Ok(vec![self.resumed(Channel::Portal, at, terms)]),
            Step::Resolve { solution, text } => {
                if let Some(illegal) = self.undecided() {
                    return Err(illegal);
                }
                let text = required(&text, MOST_TEXT)?;
                Ok(vec![Event::Resolved { solution, text }])
            }
            Step::Close => match self.resolved() {
                // Whoever has written since waits for an answer; that is no silence.
                Some(since) if at >= since.plus_ms(ACCEPTED_AFTER) && !self.unanswered => {
                    Ok(vec![Event::Closed])
                }
                _ => Err(Illegal::TooSoon),
            },
            Step::Accept => Ok(vec![Event::Accepted]),
            Step::Object { reason } => {
                if self.designated.is_none() {
                    return Err(Illegal::NotDesignated);
                }
                if self.objection.is_some() {
                    return Err(Illegal::AlreadyObjected);
                }
                let reason = required(&reason, MOST_REASON)?;
                Ok(vec![Event::Objected { reason }])
            }
            Step::AskSeverity { level, reason } => {
                if terms.plan.guide.level(level).is_none() {
                    return Err(Illegal::UnknownLevel);
                }
                if self.level() == Some(level) || self.asked == Some(level) {
                    return Err(Illegal::NothingChanges);
                }
                let reason = required(&reason, MOST_REASON)?;
                Ok(vec![Event::SeverityAsked { level, reason }])
            }
            Step::Escalate { .. } if self.escalated => Err(Illegal::AlreadyEscalated),
            Step::Escalate { reason } => Ok(vec![Event::Escalated {
                reason: required(&reason, MOST_REASON)?,
            }]),
            Step::Reopen { reason } => Ok(vec![Event::Reopened {
                reason: required(&reason, MOST_REASON)?,
                next_update: terms.next_update(self.severity, at),
            }]),
            Step::Rate { .. } if self.rated => Err(Illegal::AlreadyRated),
            Step::Rate { stars, .. } if !(1..=5).contains(&stars) => Err(Illegal::NoRating),
            Step::Rate { stars, text } => Ok(vec![Event::Rated {
                stars,
                text: optional(&text, MOST_REASON)?,
            }]),
            Step::Withdraw { reason } => Ok(vec![Event::Withdrawn {
                reason: optional(&reason, MOST_REASON)?,
            }]),
            Step::Watch { who } => {
                if self.watches(&who) {
                    return Err(Illegal::NothingChanges);
                }
                Ok(vec![Event::Watched { who }])
            }
            Step::Unwatch { who } => {
                // By the name that they had; they may have left since.
                let mut watchers = self.watchers.iter();
                let who = watchers.find(|one| one.id == who.id);
                let who = who.cloned().ok_or(Illegal::NothingChanges)?;
                Ok(vec![Event::Unwatched { who }])
            }
        }
    }

    /// What the customer disputes and no designation has answered yet. It keeps the incident from being resolved: once it
    /// is, nothing is designated any more, and it would stay unanswered for ever.
    pub fn undecided(&self) -> Option<Illegal> {
        if self.objection_open() {
            Some(Illegal::ObjectionOpen)
        } else {
            self.asked.map(Illegal::SeverityAsked)
        }
    }

    /// Why the table refuses a step: because of who takes it, or of where the incident stands.
    fn why_not(&self, kind: StepKind, party: Party) -> Illegal {
        let ever = State::ALL
            .into_iter()
            .any(|state| legal(kind, party, state));
        if !ever {
            return Illegal::NotYours;
        }
        match (&self.responder, kind) {
            (Some(responder), StepKind::Acknowledge) => {
                Illegal::AlreadyResponded(responder.clone())
            }
            _ => Illegal::NotNow(self.state()),
        }
    }

    fn watches(&self, who: &Who) -> bool {
        self.watchers.iter().any(|one| one.id == who.id)
    }

    fn write(
        &self,
        text: &str,
        channel: Channel,
        by: &By,
        at: Instant,
        terms: Terms<'_>,
    ) -> Result<Vec<Event>, Illegal> {
        let from_vendor = by.party.vendor();
        let mut events = vec![Event::Message {
            text: required(text, MOST_TEXT)?,
            from_vendor,
            channel,
            next_update: if from_vendor {
                self.tells(self.severity, at, terms)
            } else {
                None
            },
        }];
        // The customer answered.
        if !from_vendor && self.waiting.is_some() {
            events.push(self.resumed(channel, at, terms));
        }
        Ok(events)
    }

    /// By when the customer is told more after the vendor tells them something at `at`. Nothing is promised before the
    /// Response, after a resolution, and while the customer is waited for.
    fn tells(&self, severity: Severity, at: Instant, terms: Terms<'_>) -> Option<i64> {
        let counts = self.responded.is_some() && self.state().open() && self.waiting.is_none();
        if counts {
            terms.next_update(severity, at)
        } else {
            None
        }
    }

    /// A file tells the customer nothing by itself, so that no update is counted; one of theirs answers as a message does.
    fn attach(
        &self,
        file: Attachment,
        channel: Channel,
        by: &By,
        at: Instant,
        terms: Terms<'_>,
    ) -> Vec<Event> {
        let answered = !by.party.vendor() && self.waiting.is_some();
        let attached = Event::Attached {
            file,
            internal: false,
            channel,
        };
        let resumed = answered.then(|| self.resumed(channel, at, terms));
        [attached].into_iter().chain(resumed).collect()
    }

    /// The whole interval counts from `at`.
    fn resumed(&self, channel: Channel, at: Instant, terms: Terms<'_>) -> Event {
        Event::Resumed {
            next_update: terms.next_update(self.severity, at),
            channel,
        }
    }

    /// Section 5 (b). One that raises the severity before the Response gives the earlier of the old due time and the time of
    /// the designation plus the new target; one that lowers it, the time of notice plus the new target. Neither moves a due
    /// time that has passed: a miss stays a miss. Nor does a lower severity make it earlier.
    fn designate(
        &self,
        designation: Designation,
        reason: &str,
        by: &By,
        at: Instant,
        terms: Terms<'_>,
    ) -> Result<Vec<Event>, Illegal> {
        // Whoever wished for something gets an answer, also where it is that nothing changes.
        let answers = self.objection_open() || self.asked.is_some();
        if let Some((before, _)) = &self.designated
            && *before == designation
            && !answers
        {
            return Err(Illegal::NothingChanges);
        }
        if let Some(objection) = self.objection
            && !objection.answered
            && objection.against.is_some()
            && objection.against == by.id()
        {
            return Err(Illegal::ForAnotherEngineer);
        }
        match &designation {
            Designation::Level(level) if terms.plan.guide.level(*level).is_none() => {
                return Err(Illegal::UnknownLevel);
            }
            Designation::Excluded(clause) if !terms.plan.exclusions().contains(&clause) => {
                return Err(Illegal::UnknownClause);
            }
            Designation::NotAnError(clause) if !terms.plan.not_an_error.contains(clause) => {
                return Err(Illegal::UnknownClause);
            }
            _ => {}
        }
        let reason = optional(reason, MOST_REASON)?;
        let differs = designation.level() != Some(self.claimed);
        if reason.is_empty() && (differs || answers) {
            return Err(Illegal::ReasonMissing);
        }
        let moved = match designation.level() {
            Some(level) if self.responded.is_none() => self.moved(level, at, terms)?,
            _ => None,
        };
        let severity = designation.level().unwrap_or(self.severity);
        Ok(vec![Event::Designated {
            designation,
            reason,
            moved,
            next_update: self.tells(severity, at, terms),
        }])
    }

    fn moved(
        &self,
        level: Severity,
        at: Instant,
        terms: Terms<'_>,
    ) -> Result<Option<Moved>, Illegal> {
        if self.due < at {
            return Ok(None);
        }
        let before = self.severity;
        // Level 1 is the most severe.
        let from = match level.cmp(&before) {
            std::cmp::Ordering::Less => at,
            std::cmp::Ordering::Greater => self.received,
            std::cmp::Ordering::Equal => return Ok(None),
        };
        let target = terms.tier.response(level).ok_or(Illegal::UnknownLevel)?;
        let explanation = terms
            .calendar
            .explain(from, target.into())
            .map_err(Illegal::NotCovered)?;
        let due = explanation.due.at;
        let moves = if level < before {
            due < self.due
        } else {
            due > self.due
        };
        Ok(moves.then(|| Moved {
            was: self.due.0,
            due: due.0,
            explanation: Box::new(explanation),
        }))
    }
}

fn required(text: &str, most: usize) -> Result<String, Illegal> {
    tidy_text(text, most, false).map_err(Illegal::Text)
}

fn optional(text: &str, most: usize) -> Result<String, Illegal> {
    tidy_text(text, most, true).map_err(Illegal::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in StepKind::ALL {
            assert_eq!(StepKind::parse(kind.name()), Some(*kind));
        }
        assert_eq!(StepKind::parse(""), None);
    }

    /// Each step can be taken by somebody in some state, and the portal itself does nothing that is a person's.
    #[test]
    fn every_step_is_somebodys() {
        for kind in StepKind::ALL {
            let by = |party| {
                State::ALL
                    .into_iter()
                    .any(|state| legal(*kind, party, state))
            };
            assert!(Party::ALL.into_iter().any(by), "{kind:?}");
            assert_eq!(by(Party::Portal), *kind == StepKind::Close, "{kind:?}");
        }
    }

    #[test]
    fn what_is_over_stays_over() {
        for kind in StepKind::ALL {
            for party in Party::ALL {
                let again =
                    matches!(kind, StepKind::Reopen | StepKind::Rate) && party == Party::Customer;
                let note = *kind == StepKind::Note && party.vendor();
                assert_eq!(
                    legal(*kind, party, State::Withdrawn),
                    note,
                    "{kind:?} {party:?}"
                );
                assert_eq!(
                    legal(*kind, party, State::Closed),
                    again || note,
                    "{kind:?} {party:?}"
                );
            }
        }
    }
}
