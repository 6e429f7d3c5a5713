//! The life of an incident: what each step does to the clocks, and what no sequence of steps can break.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::{fmt::Write as _, sync::LazyLock};

use domain::{
    calendar::{BusinessCalendar, Instant, Target},
    incident::{
        Attachment, By, ChangedDay, Channel, Designation, Entry, Event, FieldProblem, Illegal,
        IncidentNumber, Party, Solution, Standing, State, Step, StepKind, Terms, Updates, Who,
        history::{BEGINNING, Link, verify},
        legal,
    },
    plan::{ClauseId, Plan, Severity, Tier, embedded},
};
use proptest::prelude::*;

#[path = "incident/attainment.rs"]
mod attainment;

const HOUR: i64 = 3_600_000;

/// Monday 2 March 2026, 00:00 UTC: 09:00 in Seoul, a holiday there; the Business Days begin on Tuesday.
const START: i64 = 1_772_409_600_000;
/// Tuesday 3 March, 09:00 in Seoul.
const TUESDAY: i64 = START + 24 * HOUR;

static PLAN: LazyLock<Plan> = LazyLock::new(|| embedded().unwrap());
static SEOUL: LazyLock<BusinessCalendar> =
    LazyLock::new(|| BusinessCalendar::standard("Asia/Seoul").unwrap());

fn tier() -> &'static Tier {
    PLAN.tier("core").unwrap()
}

fn terms() -> Terms<'static> {
    Terms {
        plan: &PLAN,
        tier: tier(),
        calendar: &SEOUL,
    }
}

fn level(number: u8) -> Severity {
    Severity::new(number).unwrap()
}

fn who(id: i64) -> Who {
    Who {
        id,
        name: format!("Person {id}"),
    }
}

fn by(party: Party, id: i64) -> By {
    By {
        party,
        who: (party != Party::Portal).then(|| who(id)),
    }
}

fn response_due(level: Severity, from: i64) -> Instant {
    let target: Target = tier().response(level).unwrap().into();
    SEOUL.due(Instant(from), target).unwrap()
}

fn update_due(level: Severity, from: i64) -> Instant {
    let target: Target = tier().update(level).unwrap().into();
    SEOUL.due(Instant(from), target).unwrap()
}

/// An incident with its entries, as a record keeps it.
#[derive(Clone)]
struct Life {
    entries: Vec<Entry>,
    standing: Standing,
}

impl Life {
    fn received(claimed: Severity) -> Self {
        Self::received_at(claimed, TUESDAY)
    }

    fn received_at(claimed: Severity, at: i64) -> Self {
        let entries = vec![Entry {
            at: Instant(at),
            by: by(Party::Customer, 1),
            event: Event::Received {
                channel: Channel::Portal,
                claimed,
                due: response_due(claimed, at).0,
                prepared_by: None,
                logged_by: None,
                logged_at: None,
                filed: None,
            },
        }];
        let standing = Standing::of(&entries).unwrap();
        Self { entries, standing }
    }

    fn try_step(&mut self, step: Step, by: &By, at: i64) -> Result<Vec<Event>, Illegal> {
        let at = Instant(at).max(self.standing.last);
        let events = self.standing.take(step, by, at, terms())?;
        for event in &events {
            let entry = Entry {
                at,
                by: by.clone(),
                event: event.clone(),
            };
            self.standing.add(&entry);
            self.entries.push(entry);
        }
        Ok(events)
    }

    fn customer(&mut self, step: Step, at: i64) -> Result<Vec<Event>, Illegal> {
        self.try_step(step, &by(Party::Customer, 1), at)
    }

    fn engineer(&mut self, step: Step, at: i64) -> Result<Vec<Event>, Illegal> {
        self.try_step(step, &by(Party::Engineer, 10), at)
    }

    fn acknowledged(claimed: Severity) -> Self {
        let mut life = Self::received(claimed);
        life.engineer(acknowledge(10), TUESDAY + HOUR).unwrap();
        life
    }
}

fn acknowledge(engineer: i64) -> Step {
    Step::Acknowledge {
        to: who(engineer),
        text: "We have it.".into(),
    }
}

fn designate(designation: Designation, reason: &str) -> Step {
    Step::Designate {
        designation,
        reason: reason.into(),
    }
}

fn write(text: &str) -> Step {
    Step::Write {
        text: text.into(),
        channel: Channel::Portal,
    }
}

#[test]
fn the_response_is_two_acts_and_the_clock_stops_at_the_second() {
    let mut life = Life::received(level(2));
    assert_eq!(life.standing.due, Instant(TUESDAY + 8 * HOUR));
    let events = life.engineer(acknowledge(11), TUESDAY + HOUR).unwrap();
    assert_eq!(
        events.iter().map(Event::name).collect::<Vec<_>>(),
        ["assigned", "responded"]
    );
    assert_eq!(life.standing.state(), State::Acknowledged);
    assert_eq!(life.standing.responded, Some(Instant(TUESDAY + HOUR)));
    assert_eq!(life.standing.assigned, Some(who(11)));
    assert_eq!(
        life.standing.updates,
        Updates::Due(update_due(level(2), TUESDAY + HOUR))
    );
}

#[test]
fn whoever_is_assigned_already_is_not_assigned_again_by_the_response() {
    let mut life = Life::received(level(2));
    life.engineer(Step::Assign { to: who(10) }, TUESDAY)
        .unwrap();
    assert_eq!(life.standing.state(), State::AwaitingResponse);
    assert_eq!(life.engineer(acknowledge(10), TUESDAY).unwrap().len(), 1);
}

#[test]
fn the_second_of_two_engineers_is_told_who_was_first() {
    let mut life = Life::acknowledged(level(2));
    let second = life.try_step(acknowledge(11), &by(Party::Engineer, 11), TUESDAY + HOUR);
    assert_eq!(second, Err(Illegal::AlreadyResponded("Person 10".into())));
}

#[test]
fn a_raised_severity_gives_the_earlier_due_time() {
    // S2 is due at 17:00 on Tuesday; S1 at 12:00 would be due four Business Hours later, at 16:00.
    let mut life = Life::received(level(2));
    life.engineer(
        designate(Designation::Level(level(1)), "The plant stands still."),
        TUESDAY + 3 * HOUR,
    )
    .unwrap();
    assert_eq!(life.standing.due, Instant(TUESDAY + 7 * HOUR));
    assert_eq!(life.standing.state(), State::AwaitingResponse);

    // At 14:00 it would be due on the next day: the old due time stays.
    let mut life = Life::received(level(2));
    let events = life
        .engineer(
            designate(Designation::Level(level(1)), "The plant stands still."),
            TUESDAY + 5 * HOUR,
        )
        .unwrap();
    assert!(matches!(events[0], Event::Designated { moved: None, .. }));
    assert_eq!(life.standing.due, Instant(TUESDAY + 8 * HOUR));
}

#[test]
fn a_lowered_severity_counts_from_the_notice() {
    let mut life = Life::received(level(2));
    life.engineer(
        designate(Designation::Level(level(3)), "There is a workaround."),
        TUESDAY + 3 * HOUR,
    )
    .unwrap();
    assert_eq!(life.standing.due, response_due(level(3), TUESDAY));
    assert_eq!(life.standing.severity, level(3));
    assert_eq!(life.standing.claimed, level(2));
}

#[test]
fn a_due_time_that_has_passed_does_not_move() {
    for to in [1, 3] {
        let mut life = Life::received(level(2));
        let late = TUESDAY + 9 * HOUR;
        let step = designate(Designation::Level(level(to)), "Looked at again.");
        life.engineer(step, late).unwrap();
        assert_eq!(life.standing.due, Instant(TUESDAY + 8 * HOUR));
        assert_eq!(life.standing.in_time(Instant(late)), Some(false));
    }
    let withdraw = || Step::Withdraw {
        reason: String::new(),
    };
    let mut life = Life::received(level(2));
    life.customer(withdraw(), TUESDAY + 9 * HOUR).unwrap();
    assert_eq!(
        life.standing.in_time(Instant(TUESDAY + 9 * HOUR)),
        Some(false)
    );
    let mut life = Life::received(level(2));
    life.customer(withdraw(), TUESDAY + HOUR).unwrap();
    assert_eq!(life.standing.in_time(Instant(TUESDAY + 99 * HOUR)), None);
}

#[test]
fn a_lower_severity_never_makes_it_due_earlier() {
    let mut life = Life::received(level(3));
    life.engineer(
        designate(Designation::Level(level(1)), "Worse."),
        TUESDAY + 8 * HOUR,
    )
    .unwrap();
    let raised = life.standing.due;
    // From the notice, S2 would have been due on Tuesday.
    life.engineer(
        designate(Designation::Level(level(2)), "Not so bad."),
        TUESDAY + 24 * HOUR,
    )
    .unwrap();
    assert_eq!(life.standing.due, raised);
}

#[test]
fn an_exclusion_leaves_the_severity_that_was_designated_before() {
    let mut life = Life::acknowledged(level(1));
    life.engineer(
        designate(Designation::Level(level(3)), "A workaround."),
        TUESDAY + HOUR,
    )
    .unwrap();
    let excluded = Designation::Excluded(ClauseId("7-v".into()));
    life.engineer(designate(excluded, "A proxy."), TUESDAY + HOUR)
        .unwrap();
    assert_eq!(life.standing.severity, level(3));
}

#[test]
fn a_wish_for_another_severity_is_answered_also_by_a_no() {
    let mut life = Life::acknowledged(level(3));
    life.engineer(designate(Designation::Level(level(3)), ""), TUESDAY + HOUR)
        .unwrap();
    let wish = Step::AskSeverity {
        level: level(1),
        reason: "It is worse by now.".into(),
    };
    life.customer(wish, TUESDAY + HOUR).unwrap();
    assert!(life.standing.contested());
    let no = |reason| designate(Designation::Level(level(3)), reason);
    assert_eq!(
        life.engineer(no(""), TUESDAY + HOUR),
        Err(Illegal::ReasonMissing)
    );
    life.engineer(no("The workaround still works."), TUESDAY + HOUR)
        .unwrap();
    assert!(!life.standing.contested());
}

#[test]
fn whoever_is_told_that_it_is_no_error_may_ask_for_the_severity_they_claimed() {
    let ask = || Step::AskSeverity {
        level: level(2),
        reason: "It is one: an order is lost each hour.".into(),
    };
    let mut life = Life::acknowledged(level(2));
    assert_eq!(
        life.customer(ask(), TUESDAY + HOUR),
        Err(Illegal::NothingChanges)
    );
    let no_error = Designation::NotAnError(ClauseId("1-error".into()));
    life.engineer(designate(no_error, "As designed."), TUESDAY + HOUR)
        .unwrap();
    life.customer(ask(), TUESDAY + HOUR).unwrap();
    assert_eq!(life.standing.asked, Some(level(2)));
}

#[test]
fn after_the_response_a_designation_moves_no_due_time() {
    let mut life = Life::acknowledged(level(2));
    let due = life.standing.due;
    life.engineer(
        designate(Designation::Level(level(1)), "It is worse."),
        TUESDAY + 2 * HOUR,
    )
    .unwrap();
    assert_eq!(life.standing.due, due);
    assert_eq!(
        life.standing.updates,
        Updates::Due(update_due(level(1), TUESDAY + 2 * HOUR))
    );
}

#[test]
fn a_designation_that_differs_needs_a_reason_and_a_clause_that_is_there() {
    let mut life = Life::acknowledged(level(2));
    let mut refused = |designation, reason| {
        life.engineer(designate(designation, reason), TUESDAY + 2 * HOUR)
            .unwrap_err()
    };
    let clause = |id: &str| ClauseId(id.into());
    assert_eq!(
        refused(Designation::Level(level(3)), " "),
        Illegal::ReasonMissing
    );
    assert_eq!(
        refused(Designation::NotAnError(clause("1-error")), ""),
        Illegal::ReasonMissing
    );
    assert_eq!(
        refused(Designation::NotAnError(clause("1-errors")), "No."),
        Illegal::UnknownClause
    );
    assert_eq!(
        refused(Designation::Excluded(clause("6-c")), "No."),
        Illegal::UnknownClause
    );
    assert_eq!(
        refused(Designation::Level(level(9)), "No."),
        Illegal::UnknownLevel
    );
    for (designation, reason) in [
        (Designation::Excluded(clause("7-v")), "A proxy changes it."),
        (Designation::NotAnError(clause("1-error")), "As designed."),
        // The claim itself needs none.
        (Designation::Level(level(2)), ""),
    ] {
        life.engineer(designate(designation, reason), TUESDAY + 2 * HOUR)
            .unwrap();
    }
    assert_eq!(
        life.engineer(
            designate(Designation::Level(level(2)), ""),
            TUESDAY + 2 * HOUR
        ),
        Err(Illegal::NothingChanges)
    );
}

#[test]
fn an_objection_goes_to_another_engineer_once() {
    let mut life = Life::acknowledged(level(2));
    let object = || Step::Object {
        reason: "Everybody waits.".into(),
    };
    assert_eq!(
        life.customer(object(), TUESDAY + HOUR),
        Err(Illegal::NotDesignated)
    );
    let lower = || designate(Designation::Level(level(3)), "There is a workaround.");
    life.engineer(lower(), TUESDAY + HOUR).unwrap();
    life.customer(object(), TUESDAY + HOUR).unwrap();
    assert!(life.standing.objection_open());
    assert_eq!(
        life.customer(object(), TUESDAY + HOUR),
        Err(Illegal::AlreadyObjected)
    );
    assert_eq!(
        life.engineer(lower(), TUESDAY + HOUR),
        Err(Illegal::ForAnotherEngineer)
    );
    let other = by(Party::Engineer, 11);
    // Upheld, with a reason of its own.
    assert_eq!(
        life.try_step(
            designate(Designation::Level(level(3)), ""),
            &other,
            TUESDAY + HOUR
        ),
        Err(Illegal::ReasonMissing)
    );
    life.try_step(lower(), &other, TUESDAY + HOUR).unwrap();
    assert!(!life.standing.objection_open());
    assert_eq!(
        life.customer(object(), TUESDAY + HOUR),
        Err(Illegal::AlreadyObjected)
    );
}

#[test]
fn nothing_is_resolved_over_what_the_customer_disputes() {
    let resolve = || Step::Resolve {
        solution: Solution::Fix,
        text: "Fixed in 8.4.3.".into(),
    };
    let object = || Step::Object {
        reason: "The workaround does not work.".into(),
    };
    let ask = || Step::AskSeverity {
        level: level(1),
        reason: "It grows.".into(),
    };
    let (at, other) = (TUESDAY + HOUR, by(Party::Engineer, 11));
    let mut life = Life::acknowledged(level(2));
    let lower = designate(Designation::Level(level(3)), "There is a workaround.");
    life.engineer(lower, at).unwrap();
    life.customer(object(), at).unwrap();
    assert_eq!(life.engineer(resolve(), at), Err(Illegal::ObjectionOpen));
    assert_eq!(
        life.try_step(resolve(), &other, at),
        Err(Illegal::ObjectionOpen)
    );
    let decide = |reason: &str| designate(Designation::Level(level(2)), reason);
    life.try_step(decide("Right."), &other, at).unwrap();
    life.customer(ask(), at).unwrap();
    assert_eq!(
        life.engineer(resolve(), at),
        Err(Illegal::SeverityAsked(level(1)))
    );
    life.engineer(decide("It does not."), at).unwrap();
    life.engineer(resolve(), at).unwrap();
    // Nor does either arise afterwards: whoever does not accept the resolution reopens it.
    for step in [object(), ask()] {
        assert_eq!(
            life.customer(step, at),
            Err(Illegal::NotNow(State::Resolved))
        );
    }
}

#[test]
fn waiting_for_the_customer_pauses_the_update_clock_only() {
    let mut life = Life::acknowledged(level(1));
    let due = life.standing.due;
    life.engineer(
        Step::Wait {
            text: "Which version?".into(),
        },
        TUESDAY + 2 * HOUR,
    )
    .unwrap();
    assert_eq!(life.standing.updates, Updates::Paused);
    assert_eq!((life.standing.next_due(), life.standing.due), (None, due));
    // Two days later they answer: the four Business Hours count from there.
    let answered = TUESDAY + 48 * HOUR + HOUR;
    let events = life.customer(write("8.4.2"), answered).unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(life.standing.waiting, None);
    assert_eq!(
        life.standing.updates,
        Updates::Due(Instant(answered + 4 * HOUR))
    );
    assert_eq!(
        life.engineer(Step::Resume, answered),
        Err(Illegal::NotWaiting)
    );
}

#[test]
fn each_public_word_of_the_vendor_starts_the_update_clock_anew() {
    let mut life = Life::acknowledged(level(1));
    let first = life.standing.updates;
    life.customer(write("And?"), TUESDAY + 2 * HOUR).unwrap();
    let note = Step::Note {
        text: "Ask Jin.".into(),
    };
    life.engineer(note, TUESDAY + 2 * HOUR).unwrap();
    assert_eq!(life.standing.updates, first);
    life.engineer(write("We look at the log."), TUESDAY + 2 * HOUR)
        .unwrap();
    assert_eq!(
        life.standing.updates,
        Updates::Due(Instant(TUESDAY + 6 * HOUR))
    );
}

#[test]
fn what_verifying_came_to_is_an_update_once_the_response_was_given() {
    let verify = || Step::Verify {
        recreated: true,
        text: "It happens on 8.4.2 as well.".into(),
    };
    let mut early = Life::received(level(2));
    early.engineer(verify(), TUESDAY + HOUR).unwrap();
    assert_eq!(early.standing.updates, Updates::Off);
    let mut life = Life::acknowledged(level(2));
    life.engineer(verify(), TUESDAY + 2 * HOUR).unwrap();
    assert_eq!(
        life.standing.updates,
        Updates::Due(update_due(level(2), TUESDAY + 2 * HOUR))
    );
}

#[test]
fn a_closed_day_moves_an_update_that_is_owed_and_none_that_pauses() {
    let mut life = Life::received(level(3));
    life.engineer(acknowledge(10), TUESDAY).unwrap();
    let was = update_due(level(3), TUESDAY);
    assert_eq!(
        (life.standing.next_due(), life.standing.updates_from),
        (Some(was), Instant(TUESDAY))
    );
    let due = Instant(was.0 + 24 * HOUR);
    let moved = Entry {
        at: Instant(TUESDAY + HOUR),
        by: By::PORTAL,
        event: Event::UpdateRescheduled {
            was: was.0,
            due: due.0,
            because: ChangedDay {
                day: "2026-03-04".parse().unwrap(),
                name: "By-election".into(),
                name_ko: "보궐선거일".into(),
                withdrawn: false,
            },
        },
    };
    let mut standing = life.standing.clone();
    standing.add(&moved);
    // It is counted from where it was.
    assert_eq!(
        (standing.next_due(), standing.updates_from),
        (Some(due), Instant(TUESDAY))
    );
    assert_eq!(standing.due, life.standing.due, "the Response's is another");
    let wait = Step::Wait {
        text: "Which node?".into(),
    };
    life.engineer(wait, TUESDAY).unwrap();
    life.standing.add(&moved);
    assert_eq!(life.standing.updates, Updates::Paused);
}

#[test]
fn a_notice_that_was_logged_late_counts_from_itself_and_nothing_happens_before_it_was_logged() {
    let mut life = Life::received(level(2));
    let Event::Received {
        logged_at,
        logged_by,
        ..
    } = &mut life.entries[0].event
    else {
        panic!()
    };
    (*logged_at, *logged_by) = (Some(TUESDAY + 40 * HOUR), Some("Hana".into()));
    let standing = Standing::of(&life.entries).unwrap();
    assert_eq!(
        (standing.received, standing.last),
        (Instant(TUESDAY), Instant(TUESDAY + 40 * HOUR))
    );
    assert_eq!(
        standing.in_time(standing.last),
        Some(false),
        "overdue as it is logged"
    );
}

#[test]
fn a_resolution_is_accepted_or_reopened() {
    let mut life = Life::acknowledged(level(2));
    let resolve = Step::Resolve {
        solution: Solution::Workaround,
        text: "Use the old endpoint.".into(),
    };
    life.engineer(resolve.clone(), TUESDAY + 2 * HOUR).unwrap();
    assert_eq!(
        (life.standing.state(), life.standing.next_due()),
        (State::Resolved, None)
    );
    let responded = life.standing.responded;
    life.customer(
        Step::Reopen {
            reason: "It is back.".into(),
        },
        TUESDAY + 3 * HOUR,
    )
    .unwrap();
    assert_eq!(life.standing.state(), State::Reopened);
    assert_eq!(life.standing.responded, responded);
    assert_eq!(
        life.standing.next_due(),
        Some(update_due(level(2), TUESDAY + 3 * HOUR))
    );
    life.engineer(Step::Begin, TUESDAY + 3 * HOUR).unwrap();
    assert_eq!(life.standing.state(), State::InWork);
    life.engineer(resolve, TUESDAY + 4 * HOUR).unwrap();
    life.customer(Step::Accept, TUESDAY + 5 * HOUR).unwrap();
    assert_eq!(life.standing.state(), State::Closed);
    assert_eq!(
        life.customer(write("Thank you"), TUESDAY + 5 * HOUR),
        Err(Illegal::NotNow(State::Closed))
    );
    let rate = |stars| Step::Rate {
        stars,
        text: String::new(),
    };
    assert_eq!(
        life.customer(rate(6), TUESDAY + 5 * HOUR),
        Err(Illegal::NoRating)
    );
    life.customer(rate(5), TUESDAY + 5 * HOUR).unwrap();
    assert_eq!(
        life.customer(rate(4), TUESDAY + 5 * HOUR),
        Err(Illegal::AlreadyRated)
    );
}

#[test]
fn a_resolution_that_nobody_answers_counts_as_accepted_after_a_fortnight() {
    let mut life = Life::acknowledged(level(4));
    let resolve = Step::Resolve {
        solution: Solution::Fix,
        text: "Fixed in 8.4.3.".into(),
    };
    life.engineer(resolve, TUESDAY + 2 * HOUR).unwrap();
    let fortnight = TUESDAY + 2 * HOUR + 14 * 24 * HOUR;
    assert_eq!(
        life.try_step(Step::Close, &By::PORTAL, fortnight - 1),
        Err(Illegal::TooSoon)
    );
    // Whoever has written since is not silent, as long as nobody has answered.
    let mut asks = life.clone();
    asks.customer(write("Does that hold for 8.5?"), TUESDAY + 3 * HOUR)
        .unwrap();
    assert!(asks.standing.contested());
    assert_eq!(
        asks.try_step(Step::Close, &By::PORTAL, fortnight),
        Err(Illegal::TooSoon)
    );
    asks.engineer(write("It does."), TUESDAY + 4 * HOUR)
        .unwrap();
    asks.try_step(Step::Close, &By::PORTAL, fortnight).unwrap();
    life.try_step(Step::Close, &By::PORTAL, fortnight).unwrap();
    assert_eq!(life.standing.state(), State::Closed);
}

#[test]
fn a_file_of_the_customers_answers_as_a_message_does() {
    let mut life = Life::acknowledged(level(2));
    let attach = || Step::Attach {
        file: file(),
        channel: Channel::Portal,
    };
    let internal = || Step::AttachInternal { file: file() };
    let wait = Step::Wait {
        text: "Send us the log.".into(),
    };
    life.engineer(wait, TUESDAY + HOUR).unwrap();
    life.engineer(attach(), TUESDAY + 2 * HOUR).unwrap();
    assert_eq!(life.standing.updates, Updates::Paused);
    assert_eq!(
        life.customer(internal(), TUESDAY + 3 * HOUR),
        Err(Illegal::NotYours)
    );
    life.customer(attach(), TUESDAY + 3 * HOUR).unwrap();
    assert!(life.standing.waiting.is_none());
    assert!(matches!(life.standing.updates, Updates::Due(_)));

    let resolve = Step::Resolve {
        solution: Solution::Fix,
        text: "Fixed in 8.4.3.".into(),
    };
    life.engineer(resolve, TUESDAY + 4 * HOUR).unwrap();
    life.engineer(internal(), TUESDAY + 5 * HOUR).unwrap();
    assert!(!life.standing.contested());
    life.customer(attach(), TUESDAY + 5 * HOUR).unwrap();
    assert!(life.standing.contested());
    life.customer(Step::Accept, TUESDAY + 6 * HOUR).unwrap();
    for step in [attach(), internal()] {
        assert_eq!(
            life.engineer(step, TUESDAY + 7 * HOUR),
            Err(Illegal::NotNow(State::Closed))
        );
    }
}

#[test]
fn what_is_written_is_within_its_limits() {
    let mut life = Life::acknowledged(level(2));
    for (text, problem) in [
        (" \n ".to_owned(), FieldProblem::Empty),
        ("가".repeat(20_001), FieldProblem::TooLong { is: 20_001 }),
        ("a\u{0}".to_owned(), FieldProblem::Control),
    ] {
        assert_eq!(
            life.customer(write(&text), TUESDAY + HOUR),
            Err(Illegal::Text(problem))
        );
    }
    life.customer(write(&"가".repeat(20_000)), TUESDAY + HOUR)
        .unwrap();
}

fn steps() -> impl Strategy<Value = (Step, Party, i64, i64)> {
    let text = || prop_oneof![9 => Just("Words.".to_owned()), 1 => Just(String::new())];
    let levels = || (1..=5_u8).prop_map(|number| Severity::new(number).unwrap());
    let people = || (1..=3_i64).prop_map(who);
    let channels = || proptest::sample::select(Channel::ALL.to_vec());
    let designation = prop_oneof![
        3 => levels().prop_map(Designation::Level),
        1 => Just(Designation::NotAnError(ClauseId("1-error".into()))),
        1 => Just(Designation::Excluded(ClauseId("7-v".into()))),
        1 => Just(Designation::Excluded(ClauseId("9-x".into()))),
    ];
    let step = prop_oneof![
        people().prop_map(|to| Step::Assign { to }),
        (people(), text()).prop_map(|(to, text)| Step::Acknowledge { to, text }),
        (any::<bool>(), text()).prop_map(|(recreated, text)| Step::Verify { recreated, text }),
        (designation, text()).prop_map(|(designation, reason)| Step::Designate {
            designation,
            reason
        }),
        Just(Step::Begin),
        (text(), channels()).prop_map(|(text, channel)| Step::Write { text, channel }),
        text().prop_map(|text| Step::Note { text }),
        channels().prop_map(|channel| Step::Attach {
            file: file(),
            channel
        }),
        Just(Step::AttachInternal { file: file() }),
        text().prop_map(|text| Step::Wait { text }),
        Just(Step::Resume),
        text().prop_map(|text| Step::Resolve {
            solution: Solution::Fix,
            text
        }),
        Just(Step::Close),
        text().prop_map(|reason| Step::Object { reason }),
        (levels(), text()).prop_map(|(level, reason)| Step::AskSeverity { level, reason }),
        text().prop_map(|reason| Step::Escalate { reason }),
        Just(Step::Accept),
        text().prop_map(|reason| Step::Reopen { reason }),
        (0..=6_u8, text()).prop_map(|(stars, text)| Step::Rate { stars, text }),
        Just(Step::Withdraw {
            reason: String::new()
        }),
        people().prop_map(|who| Step::Watch { who }),
        people().prop_map(|who| Step::Unwatch { who }),
    ];
    // Whoever may take a step tries it more often than whoever may not. The clock may jump back.
    let chosen = step.prop_flat_map(|step| {
        let able: Vec<_> = Party::ALL
            .into_iter()
            .filter(|party| {
                State::ALL
                    .into_iter()
                    .any(|s| legal(step.kind(), *party, s))
            })
            .collect();
        let party = prop_oneof![
            8 => proptest::sample::select(able),
            1 => proptest::sample::select(Party::ALL.to_vec()),
        ];
        (Just(step), party)
    });
    (chosen, 10..=12_i64, -2 * HOUR..=400 * HOUR)
        .prop_map(|((step, party), person, later)| (step, party, person, later))
}

fn count(life: &Life, name: &str) -> usize {
    let named = life
        .entries
        .iter()
        .filter(|entry| entry.event.name() == name);
    named.count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_sequence_of_steps_breaks_a_history(
        claimed in (1..=4_u8).prop_map(level),
        steps in proptest::collection::vec(steps(), 0..40),
    ) {
        let mut life = Life::received(claimed);
        let mut now = TUESDAY;
        for (step, party, person, later) in steps {
            now += later;
            let before = life.clone();
            let kind = step.kind();
            let channel = match &step {
                Step::Write { channel, .. } | Step::Attach { channel, .. } => *channel,
                _ => Channel::Portal,
            };
            let taken = life.try_step(step, &by(party, person), now);
            let (was, is) = (&before.standing, &life.standing);

            // The fold of what is kept is what was kept all along.
            prop_assert_eq!(&Standing::of(&life.entries).unwrap(), is);
            prop_assert!(life.entries.is_sorted_by_key(|entry| entry.at));
            if taken.is_err() {
                prop_assert_eq!(is, was);
                prop_assert_eq!(&life.entries, &before.entries);
                continue;
            }
            prop_assert!(legal(kind, party, was.state()));
            let events = taken.unwrap();
            prop_assert!(!events.is_empty());
            // Whatever comes of a step came as it did; only what the portal does by itself came by no channel.
            let came = (party != Party::Portal).then_some(channel);
            prop_assert!(events.iter().all(|event| event.channel() == came));

            // One Response, and nothing moves its due time after it.
            if was.responded.is_some() {
                prop_assert_eq!(is.responded, was.responded);
                prop_assert_eq!(is.due, was.due);
            }
            // A due time is that of the present severity from the notice or from a designation; one that has passed stays.
            if is.due != was.due {
                prop_assert!(was.due >= is.last);
                prop_assert_eq!(kind, StepKind::Designate);
                let (new, old) = (is.severity, was.severity);
                if new < old {
                    prop_assert!(is.due < was.due);
                    prop_assert_eq!(is.due, response_due(new, is.last.0));
                } else {
                    prop_assert!(is.due > was.due);
                    prop_assert_eq!(is.due, response_due(new, is.received.0));
                }
            }
            prop_assert_eq!(is.claimed, claimed);
            // A miss stays a miss.
            let missed = was.in_time(is.last) == Some(false);
            prop_assert!(!missed || is.in_time(is.last) == Some(false));
            // Nothing is owed once it is over, nor an update before the Response or while the vendor waits.
            let owed = matches!(is.updates, Updates::Due(_));
            prop_assert!(!owed || (is.state().open() && is.responded.is_some() && is.waiting.is_none()));
            prop_assert_eq!(matches!(is.updates, Updates::Paused), is.waiting.is_some());
            // It is owed for the present severity, from when it is counted: so a closed day can count it anew.
            if let Updates::Due(at) = is.updates {
                prop_assert_eq!(at, update_due(is.severity, is.updates_from.0));
            }
            // Nothing is resolved over what the customer disputes.
            let resolved = matches!(is.state(), State::Resolved | State::Closed);
            prop_assert!(!resolved || is.undecided().is_none());
            // What is over is left by the customer alone.
            if was.state().over() && !is.state().over() {
                prop_assert_eq!((kind, party), (StepKind::Reopen, Party::Customer));
            }
        }
        for once in ["responded", "objected", "escalated", "rated"] {
            prop_assert!(count(&life, once) <= 1, "{}", once);
        }
        prop_assert_eq!(count(&life, "received"), 1);
        check_chain(&life);
    }
}

/// Links the entries as a record keeps them, and breaks each link once.
fn check_chain(life: &Life) {
    let mut before = BEGINNING.to_owned();
    let mut links = Vec::new();
    for (seq, entry) in (1..).zip(&life.entries) {
        let link = Link {
            number: IncidentNumber {
                year: 2026,
                count: 1,
            },
            seq,
            before,
            entry: entry.clone(),
        };
        before = link.hash().unwrap();
        links.push(link);
    }
    assert_eq!(verify(&links, &before).unwrap(), Ok(()));
    for at in 0..links.len() {
        let mut forged = links.clone();
        forged[at].entry.at = Instant(forged[at].entry.at.0 + 1);
        let found = verify(&forged, &before).unwrap().unwrap_err();
        assert_eq!(found.at as usize, at + 2);
    }
}

/// Lives that stand in each state, to see where a step leads from there.
fn lives() -> Vec<(State, Life)> {
    let resolve = || Step::Resolve {
        solution: Solution::Fix,
        text: "x".into(),
    };
    let verify = || Step::Verify {
        recreated: true,
        text: "x".into(),
    };
    let at = TUESDAY + HOUR;
    State::ALL
        .into_iter()
        .map(|state| {
            let mut life = match state {
                State::AwaitingResponse | State::Withdrawn => Life::received(level(2)),
                _ => Life::acknowledged(level(2)),
            };
            let steps = match state {
                State::AwaitingResponse | State::Acknowledged | State::Withdrawn => vec![],
                State::Verified => vec![verify()],
                State::Designated => vec![verify(), designate(Designation::Level(level(2)), "")],
                State::InWork => vec![Step::Begin],
                State::Resolved | State::Closed | State::Reopened => vec![resolve()],
            };
            for step in steps {
                life.engineer(step, at).unwrap();
            }
            match state {
                State::Closed => drop(life.customer(Step::Accept, at).unwrap()),
                State::Reopened => {
                    let reason = "x".into();
                    life.customer(Step::Reopen { reason }, at).unwrap();
                }
                State::Withdrawn => {
                    let reason = String::new();
                    life.customer(Step::Withdraw { reason }, at).unwrap();
                }
                _ => {}
            }
            assert_eq!(life.standing.state(), state);
            (state, life)
        })
        .collect()
}

/// A step of each kind that nothing but the table refuses; `None` where only an earlier step makes it possible.
fn file() -> Attachment {
    Attachment {
        id: "0190a6f0-7b7e-4c3e-9d6f-0123456789ab".into(),
        name: "log.txt".into(),
        size: 3,
        sha256: "0".repeat(64),
        picture: None,
    }
}

fn example(kind: StepKind) -> Step {
    let text = || "x".to_owned();
    match kind {
        StepKind::Assign => Step::Assign { to: who(99) },
        StepKind::Acknowledge => acknowledge(10),
        StepKind::Verify => Step::Verify {
            recreated: false,
            text: text(),
        },
        StepKind::Designate => designate(Designation::Level(level(3)), "x"),
        StepKind::Begin => Step::Begin,
        StepKind::Write => write("x"),
        StepKind::Note => Step::Note { text: text() },
        StepKind::Attach => Step::Attach {
            file: file(),
            channel: Channel::Portal,
        },
        StepKind::AttachInternal => Step::AttachInternal { file: file() },
        StepKind::Wait => Step::Wait { text: text() },
        StepKind::Resume => Step::Resume,
        StepKind::Resolve => Step::Resolve {
            solution: Solution::Fix,
            text: text(),
        },
        StepKind::Close => Step::Close,
        StepKind::Object => Step::Object { reason: text() },
        StepKind::AskSeverity => Step::AskSeverity {
            level: level(1),
            reason: text(),
        },
        StepKind::Escalate => Step::Escalate { reason: text() },
        StepKind::Accept => Step::Accept,
        StepKind::Reopen => Step::Reopen { reason: text() },
        StepKind::Rate => Step::Rate {
            stars: 5,
            text: text(),
        },
        StepKind::Withdraw => Step::Withdraw { reason: text() },
        StepKind::Watch | StepKind::Unwatch => Step::Watch { who: who(2) },
    }
}

/// The documentation of the table, as the table says it today.
fn documentation() -> String {
    let mut doc = String::from(
        "# The life of an incident\n\n\
         Written by the test `the_documentation_is_the_table` of `app/domain/tests/incident.rs` from the table of steps\n\
         (`legal` in `app/domain/src/incident/step.rs`); do not edit it. `PORTAL_WRITE_DOCS=1` writes it anew.\n\n\
         ## Where a step leads\n\n\
         Only the steps that change the state. An arrow's label says the step and who takes it.\n\n\
         ```mermaid\nstateDiagram-v2\n    [*] --> awaiting_response: notice\n",
    );
    let lives = lives();
    for (state, life) in &lives {
        for kind in StepKind::ALL {
            for party in Party::ALL {
                if !legal(*kind, party, *state) {
                    continue;
                }
                let mut life = life.clone();
                let fortnight = life.standing.last.0 + 14 * 24 * HOUR;
                let by = by(party, 10);
                if life.try_step(example(*kind), &by, fortnight).is_err() {
                    continue;
                }
                let to = life.standing.state();
                if to != *state {
                    writeln!(
                        doc,
                        "    {} --> {}: {} ({})",
                        state.name(),
                        to.name(),
                        kind.name(),
                        party.name()
                    )
                    .unwrap();
                }
            }
        }
    }
    for state in [State::Closed, State::Withdrawn] {
        writeln!(doc, "    {} --> [*]", state.name()).unwrap();
    }
    doc.push_str("```\n\n## Who may take which step, and where\n\n| step |");
    for state in State::ALL {
        write!(doc, " {} |", state.name()).unwrap();
    }
    doc.push_str("\n| --- |");
    doc.push_str(&" --- |".repeat(State::ALL.len()));
    doc.push('\n');
    for kind in StepKind::ALL {
        write!(doc, "| {} |", kind.name()).unwrap();
        for state in State::ALL {
            let parties: Vec<_> = Party::ALL
                .into_iter()
                .filter(|party| legal(*kind, *party, state))
                .map(Party::name)
                .collect();
            write!(doc, " {} |", parties.join(", ")).unwrap();
        }
        doc.push('\n');
    }
    doc
}

#[test]
fn the_documentation_is_the_table() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/life-of-an-incident.md"
    );
    let now = documentation();
    if std::env::var_os("PORTAL_WRITE_DOCS").is_some() {
        std::fs::write(file, &now).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(file).unwrap_or_default(),
        now,
        "docs/life-of-an-incident.md is not what the table says: PORTAL_WRITE_DOCS=1 cargo test -p domain --test incident"
    );
}
