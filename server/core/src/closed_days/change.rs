//! Adding a closed day and withdrawing one, each looked over before it is saved.

use domain::{
    calendar::{BusinessCalendar, LocalDate, LocalTime, NotCovered},
    incident::{By, ChangedDay, Event, Party, State, Who},
    people::{Actor, Operation},
    text::is_line,
};
use serde::Serialize;

use super::{
    ClosedDay, ClosedKind, Review, added, build,
    effect::{Both, Owes, look},
    table,
};
use crate::{
    CoreError, Portal, accounts,
    audit::{self, Entry, Kind},
    calendars::{Added, Calendars},
    db::{Held, Tx, execute, lock_closed_days},
    incidents::events::History,
    news::News,
};

/// The most characters of a day's name.
pub const MOST_NAME: usize = 200;

/// What is to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A day is added.
    Add(NewClosedDay),
    /// The day with this id is withdrawn.
    Withdraw(i64),
}

/// A day as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewClosedDay {
    /// The calendar, as [`CalendarKey`] writes itself.
    pub calendar: String,
    /// The date, `2026-06-03`.
    pub date: String,
    /// The English name.
    pub name: String,
    /// The Korean name.
    pub name_ko: String,
    /// The kind's name.
    pub kind: String,
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayField {
    /// The calendar.
    Calendar,
    /// The date.
    Date,
    /// The English name.
    Name,
    /// The Korean name.
    NameKo,
    /// The kind.
    Kind,
}

impl DayField {
    /// Its name in the form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Date => "date",
            Self::Name => "name",
            Self::NameKo => "name_ko",
            Self::Kind => "kind",
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DayProblem {
    /// It must be filled in or chosen.
    Empty,
    /// It holds more than [`MOST_NAME`] characters.
    TooLong,
    /// It holds a character that cannot be kept.
    Control,
    /// It is no date.
    NotADate,
    /// The date has passed in the calendar's zone: what was counted then stays counted.
    Past,
    /// The calendar does not reach that far.
    NotCovered(NotCovered),
    /// It is a Saturday or a Sunday.
    Weekend,
    /// It is closed already, by these holidays.
    Closed(Vec<String>),
}

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotChanged {
    /// Only administrators change closed days.
    NotPermitted,
    /// The form has to be filled in differently.
    Invalid(Vec<(DayField, DayProblem)>),
    /// There is no such day, or it was withdrawn already.
    NotThere,
    /// The day has begun or passed: it stays closed.
    Begun,
    /// A deadline would come to lie beyond the days that the calendar knows.
    NotCovered(NotCovered),
    /// What it does is no longer what was looked over; this is what it does now.
    Stale(Box<Review>),
}

/// It is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The day.
    pub day: ClosedDay,
    /// How many Responses and updates became due at another time.
    pub moved: usize,
}

/// What [`save`] would do. Changes nothing.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn review(
    portal: &Portal,
    actor: Actor,
    change: &Change,
) -> Result<Result<Review, NotChanged>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageClosedDays).await? {
        return Ok(Err(NotChanged::NotPermitted));
    }
    let mut reader = portal.db().read().await?;
    let planned = plan(portal, &mut reader, change).await?;
    Ok(planned.map(|planned| planned.review))
}

/// Changes the calendar and, in the same transaction, moves the due time of every Response and update that is still to come: each
/// such incident gets an event with the old time, the new one and why. Nothing that has passed is touched.
///
/// `seal` is that of the [`Review`] that was looked over; if the change would do anything else by now, nothing is saved.
///
/// # Errors
/// [`CoreError`] if the database fails; then nothing was changed.
pub async fn save(
    portal: &Portal,
    actor: Actor,
    change: &Change,
    seal: &str,
) -> Result<Result<Saved, NotChanged>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageClosedDays).await? {
        return Ok(Err(NotChanged::NotPermitted));
    }
    let mut tx = portal.db().write().await?;
    // Whoever is filing comes to their end first, and whoever files next finds the new calendar.
    lock_closed_days(&mut tx).await?;
    let planned = match plan(portal, &mut tx, change).await? {
        Ok(planned) if planned.review.seal == seal => planned,
        Ok(planned) => return Ok(Err(NotChanged::Stale(Box::new(planned.review)))),
        Err(not_changed) => return Ok(Err(not_changed)),
    };
    let Planned { review, calendars } = planned;
    let now = portal.now();
    match change {
        Change::Add(_) => {
            let day = &review.day;
            execute!(
                tx,
                "INSERT INTO closed_days (tz, holidays, day, name, name_ko, kind, added_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                &day.calendar.tz,
                &day.calendar.holidays,
                day.day.to_string(),
                &day.name,
                &day.name_ko,
                day.kind.name(),
                now.0,
            )?;
        }
        Change::Withdraw(id) => {
            execute!(
                tx,
                "UPDATE closed_days SET withdrawn_at = $1 WHERE id = $2",
                now.0,
                *id
            )?;
        }
    }
    let moved = reschedule(portal, &mut tx, actor, &review).await?;
    write_audit(portal, &mut tx, actor, &review, &moved).await?;
    let moved = moved.len();
    tx.commit().await?;
    portal.set_calendars(calendars);
    if moved > 0 {
        portal.tell(News::Any);
    }
    Ok(Ok(Saved {
        day: review.day,
        moved,
    }))
}

/// Moves the due times. Gives what was moved: an incident whose Response or update was given meanwhile is left as it is.
async fn reschedule<'a>(
    portal: &Portal,
    tx: &mut Tx,
    actor: Actor,
    review: &'a Review,
) -> Result<Vec<&'a super::Moved>, CoreError> {
    let who = match actor.person() {
        Some(id) => accounts::find(tx, id).await?.map(|person| Who {
            id,
            name: person.name,
        }),
        None => None,
    };
    let by = By {
        party: Party::Portal,
        who,
    };
    let mut moved = Vec::new();
    for one in &review.moved {
        let changed = execute!(
            tx,
            "UPDATE incidents SET state = state WHERE id = $1 AND next_due_at = $2 AND (state = $3) = $4",
            one.id,
            one.was.at.0,
            State::AwaitingResponse.name(),
            one.owes == Owes::Response,
        )?;
        if changed == 0 {
            continue;
        }
        let because = ChangedDay {
            day: review.day.day,
            name: review.day.name.clone(),
            name_ko: review.day.name_ko.clone(),
            withdrawn: review.withdrawn,
        };
        let (was, due) = (one.was.at.0, one.due.at.0);
        let event = match one.owes {
            Owes::Response => Event::Rescheduled {
                was,
                due,
                because,
                explanation: Box::new(one.explanation.clone()),
            },
            Owes::Update => Event::UpdateRescheduled { was, due, because },
        };
        let mut history = History::read(tx, one.id, one.number).await?;
        let at = portal.now().max(history.standing.last);
        history.append(portal, tx, at, &by, &[event], None).await?;
        moved.push(one);
    }
    Ok(moved)
}

/// What the audit log keeps of a day.
#[derive(Serialize)]
struct Written<'a> {
    zone: &'a str,
    holidays: &'a str,
    day: LocalDate,
    name: &'a str,
    name_ko: &'a str,
    kind: &'a str,
}

/// What it keeps of the change.
#[derive(Serialize)]
struct Done<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_day: Option<Written<'a>>,
    calendar: &'a str,
    moved: Vec<WrittenMove>,
}

#[derive(Serialize)]
struct WrittenMove {
    incident: String,
    was: i64,
    due: i64,
}

async fn write_audit(
    portal: &Portal,
    tx: &mut Tx,
    actor: Actor,
    review: &Review,
    moved: &[&super::Moved],
) -> Result<(), CoreError> {
    let day = &review.day;
    let written = Written {
        zone: &day.calendar.tz,
        holidays: &day.calendar.holidays,
        day: day.day,
        name: &day.name,
        name_ko: &day.name_ko,
        kind: day.kind.name(),
    };
    let (kind, before, closed_day) = if review.withdrawn {
        (Kind::ClosedDayWithdrawn, Some(written), None)
    } else {
        (Kind::ClosedDayAdded, None, Some(written))
    };
    let after = Done {
        closed_day,
        calendar: &review.version,
        moved: moved
            .iter()
            .map(|one| WrittenMove {
                incident: one.number.to_string(),
                was: one.was.at.0,
                due: one.due.at.0,
            })
            .collect(),
    };
    let entry = Entry {
        actor,
        kind,
        customer: None,
        subject: &day.subject(),
    };
    audit::write(portal, tx, entry, before.as_ref(), Some(&after)).await
}

/// A change that can be saved.
struct Planned {
    review: Review,
    /// The calendars after it.
    calendars: Calendars,
}

/// Checks a change against the table as it is now and looks at what it does.
async fn plan(
    portal: &Portal,
    held: &mut dyn Held,
    change: &Change,
) -> Result<Result<Planned, NotChanged>, CoreError> {
    let rows = table(held).await?;
    let mut all = added(&rows)?;
    let before = build(portal, &all)?;
    let (day, withdrawn) = match change {
        Change::Add(new) => {
            let day = match check(portal, &before, new) {
                Ok(day) => day,
                Err(problems) => return Ok(Err(NotChanged::Invalid(problems))),
            };
            all.push(Added {
                key: day.calendar.clone(),
                day: day.day,
                name: day.name.clone(),
                name_ko: day.name_ko.clone(),
                withdrawn: false,
            });
            (day, false)
        }
        Change::Withdraw(id) => {
            let found = rows
                .iter()
                .zip(&mut all)
                .find(|(row, one)| row.id == *id && !one.withdrawn);
            let Some((row, one)) = found else {
                return Ok(Err(NotChanged::NotThere));
            };
            one.withdrawn = true;
            (row.closed_day()?, true)
        }
    };
    let after = build(portal, &all)?;
    // A day of a plan that is not loaded any more.
    let Some((old, new)) = before
        .by_key(&day.calendar)
        .zip(after.by_key(&day.calendar))
    else {
        return Ok(Err(NotChanged::NotThere));
    };
    if withdrawn && today(portal, old).is_none_or(|today| day.day <= today) {
        return Ok(Err(NotChanged::Begun));
    }
    let both = Both {
        before: old,
        after: new,
    };
    let look = look(portal, held, &day, withdrawn, both).await?;
    Ok(match look {
        Ok(review) => Ok(Planned {
            review,
            calendars: after,
        }),
        Err(not_covered) => Err(NotChanged::NotCovered(not_covered)),
    })
}

fn today(portal: &Portal, calendar: &BusinessCalendar) -> Option<LocalDate> {
    calendar.local(portal.now()).ok().map(LocalTime::date)
}

/// The day, or everything that is wrong with it, in the order of the form.
fn check(
    portal: &Portal,
    calendars: &Calendars,
    new: &NewClosedDay,
) -> Result<ClosedDay, Vec<(DayField, DayProblem)>> {
    let mut problems = Vec::new();
    let calendar = calendars
        .keys()
        .find(|key| key.to_string() == new.calendar)
        .and_then(|key| Some((key.clone(), calendars.by_key(key)?)));
    if calendar.is_none() {
        problems.push((DayField::Calendar, DayProblem::Empty));
    }
    let date = match new.date.trim() {
        "" => Err(DayProblem::Empty),
        typed => typed.parse().map_err(|_| DayProblem::NotADate),
    };
    let date = date.and_then(|date| match &calendar {
        Some((_, calendar)) => {
            can_close(calendar, date, today(portal, calendar)).map_or(Ok(date), Err)
        }
        None => Ok(date),
    });
    let mut text = |field, typed: &str| {
        let typed = typed.trim();
        let problem = if typed.is_empty() {
            DayProblem::Empty
        } else if typed.chars().count() > MOST_NAME {
            DayProblem::TooLong
        } else if is_line(typed) {
            return typed.to_owned();
        } else {
            DayProblem::Control
        };
        problems.push((field, problem));
        String::new()
    };
    let name = text(DayField::Name, &new.name);
    let name_ko = text(DayField::NameKo, &new.name_ko);
    let kind = ClosedKind::parse(&new.kind);
    if kind.is_none() {
        problems.push((DayField::Kind, DayProblem::Empty));
    }
    match (calendar, date, kind) {
        (Some((calendar, _)), Ok(day), Some(kind)) if problems.is_empty() => Ok(ClosedDay {
            calendar,
            day,
            name,
            name_ko,
            kind,
        }),
        (_, date, _) => {
            if let Err(problem) = date {
                let at = problems
                    .iter()
                    .take_while(|(field, _)| *field == DayField::Calendar)
                    .count();
                problems.insert(at, (DayField::Date, problem));
            }
            Err(problems)
        }
    }
}

/// What keeps a date from being closed, if something does.
fn can_close(
    calendar: &BusinessCalendar,
    date: LocalDate,
    today: Option<LocalDate>,
) -> Option<DayProblem> {
    let closed = match calendar.closed_days(date, date) {
        Ok(closed) => closed,
        Err(not_covered) => return Some(DayProblem::NotCovered(not_covered)),
    };
    if today.is_none_or(|today| date < today) {
        Some(DayProblem::Past)
    } else if date.is_weekend() {
        Some(DayProblem::Weekend)
    } else {
        closed
            .first()
            .map(|day| DayProblem::Closed(day.holidays.clone()))
    }
}
