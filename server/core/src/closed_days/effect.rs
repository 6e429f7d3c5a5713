//! What a changed day does to the deadlines that are still open.

use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use domain::{
    calendar::{BusinessCalendar, Clock, Explanation, Instant, LocalTime, NotCovered, Target},
    incident::{IncidentNumber, State},
};
use sha2::{Digest as _, Sha256};

use super::{CalendarKey, ClosedDay};
use crate::{
    CoreError, Portal,
    db::{Held, rows},
    incidents,
};

/// What saving a change does: looked over before it, and computed anew when it is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The day.
    pub day: ClosedDay,
    /// Whether it is withdrawn; else it is added.
    pub withdrawn: bool,
    /// The version that the calendar gets.
    pub version: String,
    /// What becomes due at another time, the first due first.
    pub moved: Vec<Moved>,
    /// Those whose due time has passed: a missed deadline stays missed.
    pub missed: Vec<Missed>,
    /// How many Responses and updates are owed by the 24x7 clock, which no closed day stops.
    pub elapsed: usize,
    /// How many are owed by Business Hours and do not move, because they are due before the day.
    pub unmoved: usize,
    /// Stands for everything that was looked over: what is saved is what was seen.
    pub seal: String,
}

/// What the vendor owes of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owes {
    /// The Response.
    Response,
    /// The next update.
    Update,
}

/// A Response or an update that becomes due at another time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    pub(super) id: i64,
    /// The incident.
    pub number: IncidentNumber,
    /// The name of its customer.
    pub customer: String,
    /// What is owed.
    pub owes: Owes,
    /// By when it was due.
    pub was: LocalTime,
    /// By when it will be.
    pub due: LocalTime,
    pub(super) explanation: Explanation,
}

/// A Response or an update whose due time has passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The incident.
    pub number: IncidentNumber,
    /// The name of its customer.
    pub customer: String,
    /// What is owed.
    pub owes: Owes,
    /// By when it was due.
    pub due: LocalTime,
}

#[derive(sqlx::FromRow)]
struct OpenRow {
    id: i64,
    year: i64,
    number: i64,
    customer: String,
    due_at: i64,
    state: String,
    promise: String,
    plan_version: String,
    tier: String,
    zone: String,
}

/// Both calendars of a change: as it is, and as it will be.
pub(super) struct Both<'a> {
    pub before: &'a BusinessCalendar,
    pub after: &'a BusinessCalendar,
}

/// Looks at every incident of which something is owed. The inner error says that a deadline would come to lie beyond the
/// days that the calendar knows.
pub(super) async fn look(
    portal: &Portal,
    held: &mut dyn Held,
    day: &ClosedDay,
    withdrawn: bool,
    both: Both<'_>,
) -> Result<Result<Review, NotCovered>, CoreError> {
    let now = portal.now();
    let open: Vec<OpenRow> = rows!(
        held,
        "SELECT incidents.id, incidents.year, incidents.number, customers.name AS customer, incidents.next_due_at AS due_at,
                incidents.state, COALESCE(incidents.promise, incidents.explanation) AS promise, incidents.plan_version,
                incidents.tier, incidents.zone
         FROM incidents JOIN customers ON customers.id = incidents.customer_id
         WHERE incidents.state NOT IN ('resolved', 'closed', 'withdrawn') AND incidents.next_due_at IS NOT NULL
         ORDER BY incidents.next_due_at, incidents.id",
    )?;
    let mut review = Review {
        day: day.clone(),
        withdrawn,
        version: both.after.version().to_owned(),
        moved: Vec::new(),
        missed: Vec::new(),
        elapsed: 0,
        unmoved: 0,
        seal: String::new(),
    };
    for row in open {
        let number = incidents::number(row.year, row.number)?;
        let (owes, counted) = if row.state == State::AwaitingResponse.name() {
            (Owes::Response, response(&row, &day.calendar)?)
        } else {
            let counted = update(portal, held, &row, number, &day.calendar).await?;
            (Owes::Update, counted)
        };
        let Some((from, target)) = counted else {
            continue;
        };
        if target.clock == Clock::Elapsed {
            review.elapsed += 1;
            continue;
        }
        let due = Instant(row.due_at);
        if due <= now {
            review.missed.push(Missed {
                number,
                customer: row.customer,
                owes,
                due: local(both.before, due),
            });
            continue;
        }
        match moves(&both, from, target) {
            Ok(None) => review.unmoved += 1,
            Ok(Some(explanation)) => review.moved.push(Moved {
                id: row.id,
                number,
                customer: row.customer,
                owes,
                was: local(both.before, due),
                due: explanation.due,
                explanation,
            }),
            Err(not_covered) => return Ok(Err(not_covered)),
        }
    }
    review.moved.sort_by_key(|one| (one.due.at, one.id));
    review.seal = seal(&review);
    Ok(Ok(review))
}

/// From when a Response is counted, and how long it may take; none if another calendar counts it. A designation that raised
/// the severity counts from itself, not from the notice.
fn response(row: &OpenRow, key: &CalendarKey) -> Result<Option<(Instant, Target)>, CoreError> {
    let promise: Explanation = incidents::from_json("explanation", &row.promise)?;
    Ok(filed_under(&promise, key).then_some((promise.received.at, promise.target)))
}

/// The same for the next update, which no explanation is kept of: of an incident whose plan is not loaded nothing is known.
async fn update(
    portal: &Portal,
    held: &mut dyn Held,
    row: &OpenRow,
    number: IncidentNumber,
    key: &CalendarKey,
) -> Result<Option<(Instant, Target)>, CoreError> {
    let plan = portal.plans().get(&row.plan_version);
    let Some((plan, tier)) = plan.and_then(|plan| Some((plan, plan.tier(&row.tier)?))) else {
        return Ok(None);
    };
    if plan.zone(&row.zone).map(CalendarKey::of).as_ref() != Some(key) {
        return Ok(None);
    }
    let standing = incidents::events::current(held, row.id, number).await?;
    let target = tier.update(standing.severity);
    Ok(target.map(|target| (standing.updates_from, target.into())))
}

/// Whether an incident's promise was computed by this calendar: its plan may not be loaded any more, so the promise itself
/// is asked.
fn filed_under(explanation: &Explanation, key: &CalendarKey) -> bool {
    let holidays = explanation.version.split('-').next();
    explanation.zone == key.tz && holidays == Some(key.holidays.as_str())
}

/// The new promise, if the change makes one: what else differs between then and now is none of its doing.
fn moves(
    both: &Both<'_>,
    from: Instant,
    target: Target,
) -> Result<Option<Explanation>, NotCovered> {
    if both.before.due(from, target)? == both.after.due(from, target)? {
        return Ok(None);
    }
    both.after.explain(from, target).map(Some)
}

fn local(calendar: &BusinessCalendar, at: Instant) -> LocalTime {
    calendar.local(at).unwrap_or(LocalTime { at, offset: 0 })
}

fn seal(review: &Review) -> String {
    let mut text = format!("{} {} {}", review.version, review.day.day, review.withdrawn);
    for one in &review.moved {
        // Writing to a text cannot fail.
        let _ = write!(text, " {}:{}>{}", one.number, one.was.at.0, one.due.at.0);
    }
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}
