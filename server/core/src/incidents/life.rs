//! Steps in the life of an incident: one operation for all of them. Which are legal, and what comes of them, the domain
//! says (`domain::incident::legal`, `Standing::take`).

use std::sync::Arc;

use domain::{
    calendar::BusinessCalendar,
    incident::{
        By, Event, Illegal, IncidentNumber, Party, State, Step, StepKind, Terms, Who, is_form_key,
        legal,
    },
    people::{Actor, Operation, Relation, Role, allows},
    plan::Plan,
};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::events::History;
use crate::{
    CoreError, Portal, accounts, audit, closed_days,
    db::{Held, Tx, hold_closed_days, row},
    news::News,
};

/// A step was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Now; these events came of it.
    Now(Vec<Event>),
    /// Before, with the same form; nothing was changed.
    Already,
}

/// Why a step was not taken. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// There is no such incident, or it is not for the actor to take this step: never said which.
    NotThere,
    /// The form carried no key, or one that the portal did not issue.
    FormKey,
    /// Whom it names is nobody who can be named there: an engineer, a colleague.
    UnknownPerson,
    /// The incident's plan, tier or zone is not among those that the portal has loaded.
    UnknownPlan,
    /// The step is illegal.
    Illegal(Illegal),
}

/// What an actor may do with an incident that is `relation` to them, as a party to it. `None` if nothing.
pub fn party(actor: Actor, relation: Relation) -> Option<Party> {
    [
        (Operation::FollowIncident, Party::Customer),
        (Operation::WorkOnIncident, Party::Engineer),
        (Operation::AccompanyIncident, Party::AccountManager),
    ]
    .into_iter()
    .find_map(|(operation, party)| allows(actor, relation, operation).then_some(party))
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    id: i64,
    customer_id: i64,
    plan_version: String,
    tier: String,
    zone: String,
}

/// Takes a step with an incident. Of persons that the step names only the id counts. Sent twice with one `form_key`, it is
/// taken once.
///
/// # Errors
/// [`CoreError`] if the database fails; then it is not known whether it was taken, and the same key may be sent again.
pub async fn take(
    portal: &Portal,
    actor: Actor,
    number: IncidentNumber,
    step: Step,
    form_key: &str,
) -> Result<Result<Taken, NotTaken>, CoreError> {
    let issued = portal.issued(form_key).await?;
    // Before keys were proven there were others, and what was taken with one is not taken again.
    let key = is_form_key(form_key).then(|| key_of(form_key, &step));
    take_as(portal, actor, number, step, (key, issued)).await
}

/// The same with the key that its first event keeps: what carries it is taken once, whatever it says the second time.
pub(crate) async fn take_once(
    portal: &Portal,
    actor: Actor,
    number: IncidentNumber,
    step: Step,
    key: String,
) -> Result<Result<Taken, NotTaken>, CoreError> {
    take_as(portal, actor, number, step, (Some(key), true)).await
}

async fn take_as(
    portal: &Portal,
    actor: Actor,
    number: IncidentNumber,
    step: Step,
    (key, issued): (Option<String>, bool),
) -> Result<Result<Taken, NotTaken>, CoreError> {
    let mut tx = begin(portal).await?;
    let Some(row) = hold(&mut tx, number).await? else {
        tx.rollback().await?;
        audit::not_there(portal, actor, wanted(&step)).await?;
        return Ok(Err(NotTaken::NotThere));
    };
    let relation = accounts::relation(&mut tx, actor, row.customer_id).await?;
    let ever = |party: &Party| {
        State::ALL
            .into_iter()
            .any(|state| legal(step.kind(), *party, state))
    };
    let Some(party) = party(actor, relation).filter(ever) else {
        tx.rollback().await?;
        audit::refused(portal, actor, wanted(&step)).await?;
        return Ok(Err(NotTaken::NotThere));
    };
    let Some(key) = key else {
        return Ok(Err(NotTaken::FormKey));
    };
    let before: Option<(i64,)> = row!(
        tx,
        "SELECT seq FROM events WHERE incident_id = $1 AND form_key = $2",
        row.id,
        &key,
    )?;
    if before.is_some() {
        return Ok(Ok(Taken::Already));
    }
    if !issued {
        return Ok(Err(NotTaken::FormKey));
    }
    let Some(by) = by(&mut tx, actor, party).await? else {
        return Ok(Err(NotTaken::NotThere));
    };
    let Some(step) = named(&mut tx, step, row.customer_id).await? else {
        return Ok(Err(NotTaken::UnknownPerson));
    };
    take_held(portal, tx, row, number, step, &by, Some(&key)).await
}

/// Closes what was resolved so long ago that it counts as accepted. Gives how many there were.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn close_silent(portal: &Portal) -> Result<u64, CoreError> {
    let long_ago =
        portal.now().0 - i64::try_from(domain::incident::ACCEPTED_AFTER).unwrap_or(i64::MAX);
    let (mut closed, mut last) = (0, 0);
    loop {
        let silent: Vec<(i64, i64, i64)> = crate::db::rows!(
            portal.db().read().await?,
            "SELECT incidents.id, incidents.year, incidents.number FROM incidents
             WHERE incidents.id > $2 AND incidents.state = 'resolved' AND NOT incidents.contested AND NOT EXISTS (
                 SELECT 1 FROM events WHERE events.incident_id = incidents.id AND events.at > $1 AND NOT events.internal
             ) ORDER BY incidents.id LIMIT 500",
            long_ago,
            last,
        )?;
        let Some((newest, ..)) = silent.last() else {
            break;
        };
        // Those that cannot be closed keep no others from it.
        last = *newest;
        for (_, year, count) in silent {
            let number = super::number(year, count)?;
            match close(portal, number).await {
                Ok(done) => closed += u64::from(done),
                Err(error) => tracing::error!(%error, %number, "a resolution could not be closed"),
            }
        }
    }
    Ok(closed)
}

/// Closes one of them, unless something happened to it meanwhile.
async fn close(portal: &Portal, number: IncidentNumber) -> Result<bool, CoreError> {
    let mut tx = begin(portal).await?;
    let Some(row) = hold(&mut tx, number).await? else {
        return Ok(false);
    };
    let taken = take_held(portal, tx, row, number, Step::Close, &By::PORTAL, None).await?;
    Ok(matches!(taken, Ok(Taken::Now(_))))
}

/// A transaction in which the closed days stay as they are: nothing is promised by an old calendar. They are held before
/// the incident is, as whoever changes a day does it.
async fn begin(portal: &Portal) -> Result<Tx, CoreError> {
    let mut tx = portal.db().write().await?;
    hold_closed_days(&mut tx).await?;
    closed_days::refresh_with(portal, &mut tx).await?;
    Ok(tx)
}

/// The key that an event keeps: of the form and of what it says. Whoever goes back and writes something else with the same
/// form says something else.
pub(crate) fn key_of(form_key: &str, step: &Step) -> String {
    let said = match step {
        // What is in a file and how it is called; its id is another one each time that it is sent.
        Step::Attach { file, .. } | Step::AttachInternal { file } => {
            format!("{} {} {}", step.kind().name(), file.sha256, file.name)
        }
        step => format!("{step:?}"),
    };
    hashed_key(&format!("{form_key} {said}"))
}

/// A key as forms have them, the same for the same text.
pub(crate) fn hashed_key(text: &str) -> String {
    let hash = HEXLOWER.encode(&Sha256::digest(text));
    let part = |from: usize, to: usize| hash.get(from..to).unwrap_or_default();
    [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-")
}

/// The row, locked until the end of the transaction: a second writer waits here.
async fn hold(tx: &mut Tx, number: IncidentNumber) -> Result<Option<HeldRow>, CoreError> {
    Ok(row!(
        tx,
        "UPDATE incidents SET state = state WHERE year = $1 AND number = $2
         RETURNING id, customer_id, plan_version, tier, zone",
        i64::from(number.year),
        i64::from(number.count),
    )?)
}

async fn take_held(
    portal: &Portal,
    mut tx: Tx,
    row: HeldRow,
    number: IncidentNumber,
    step: Step,
    by: &By,
    form_key: Option<&str>,
) -> Result<Result<Taken, NotTaken>, CoreError> {
    let Some(contract) = Contract::of(portal, &row) else {
        tracing::error!(%number, plan = row.plan_version, "the incident's plan, tier or zone is not loaded");
        return Ok(Err(NotTaken::UnknownPlan));
    };
    let Some(terms) = contract.terms(&row.tier) else {
        return Ok(Err(NotTaken::UnknownPlan));
    };
    let mut history = History::read(&mut tx, row.id, number).await?;
    // A clock that was set back does not turn the history round.
    let at = portal.now().max(history.standing.last);
    let events = match history.standing.take(step, by, at, terms) {
        Ok(events) => events,
        Err(illegal) => return Ok(Err(NotTaken::Illegal(illegal))),
    };
    history
        .append(portal, &mut tx, at, by, &events, form_key)
        .await?;
    tx.commit().await?;
    portal.wake();
    portal.tell(News::Of(number));
    Ok(Ok(Taken::Now(events)))
}

/// What an incident was filed under.
struct Contract {
    plan: Arc<Plan>,
    calendar: Arc<BusinessCalendar>,
}

impl Contract {
    fn of(portal: &Portal, row: &HeldRow) -> Option<Self> {
        let plan = Arc::clone(portal.plans().get(&row.plan_version)?);
        let calendar = portal.calendar(plan.zone(&row.zone)?)?;
        Some(Self { plan, calendar })
    }

    fn terms(&self, tier: &str) -> Option<Terms<'_>> {
        Some(Terms {
            plan: &self.plan,
            tier: self.plan.tier(tier)?,
            calendar: &self.calendar,
        })
    }
}

/// What was wanted, for the audit log.
const fn wanted(step: &Step) -> Operation {
    match step.kind() {
        StepKind::Object
        | StepKind::AskSeverity
        | StepKind::Escalate
        | StepKind::Accept
        | StepKind::Reopen
        | StepKind::Rate
        | StepKind::Withdraw
        | StepKind::Watch
        | StepKind::Unwatch
        | StepKind::Write => Operation::FollowIncident,
        StepKind::Attach | StepKind::AttachInternal => Operation::AttachFile,
        _ => Operation::WorkOnIncident,
    }
}

/// Who takes it, by the name that they have now.
async fn by(held: &mut dyn Held, actor: Actor, party: Party) -> Result<Option<By>, CoreError> {
    let Some(id) = actor.person() else {
        return Ok(None);
    };
    let person = accounts::find(held, id).await?;
    Ok(person
        .filter(|person| person.actor == actor)
        .map(|person| By {
            party,
            who: Some(Who {
                id,
                name: person.name,
            }),
        }))
}

/// The step with the names of those whom it names. `None` if one of them is nobody who can be named there.
async fn named(
    held: &mut dyn Held,
    mut step: Step,
    customer: i64,
) -> Result<Option<Step>, CoreError> {
    let (who, engineer) = match &mut step {
        Step::Assign { to } | Step::Acknowledge { to, .. } => (to, true),
        Step::Watch { who } => (who, false),
        _ => return Ok(Some(step)),
    };
    let found = accounts::find(held, who.id).await?.filter(|person| {
        if engineer {
            person.role == Role::Engineer
        } else {
            person.actor.customer() == Some(customer)
        }
    });
    let Some(person) = found else {
        return Ok(None);
    };
    who.name = person.name;
    Ok(Some(step))
}
