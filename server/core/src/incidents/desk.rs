//! The engineers' queue: every open incident of every customer, what is owed next first.

use domain::{
    calendar::{Instant, LocalTime},
    incident::{IncidentNumber, State, Urgency},
    people::{Actor, Operation},
    plan::Severity,
};

use super::{number, severity, state};
use crate::{CoreError, Portal, audit, db::rows};

/// The most incidents that the queue shows; they are those that are owed something first.
pub const MOST_SHOWN: usize = 500;

/// Who an incident is assigned to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Anybody or nobody.
    #[default]
    Anybodys,
    /// Nobody yet.
    Nobodys,
    /// Whoever asks.
    Mine,
}

/// Which incidents are wanted; the default is all that are open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskFilter {
    /// Only those of this severity, as it holds.
    pub severity: Option<Severity>,
    /// Only those of customers with this tier, by its id.
    pub tier: Option<String>,
    /// Only those of this customer.
    pub customer: Option<i64>,
    /// Only those of this product, by the name that it has in answers.
    pub product: Option<String>,
    /// By whom they are worked on.
    pub whose: Whose,
    /// Only those that wait for the customer, or only those that do not.
    pub waiting: Option<bool>,
}

/// An incident as the queue shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and any may be so beside any other"
)]
pub struct Owed {
    /// The number that it is quoted by.
    pub number: IncidentNumber,
    /// The line that names it.
    pub title: String,
    /// The severity that sets the targets.
    pub severity: Severity,
    /// The one that the customer claimed.
    pub claimed: Severity,
    /// Where it stands.
    pub state: State,
    /// The id of its customer.
    pub customer_id: i64,
    /// Its name.
    pub customer: String,
    /// The id of the tier.
    pub tier: String,
    /// The id of the zone.
    pub zone: String,
    /// The version of the plan.
    pub plan_version: String,
    /// The name of the release; empty if it is none of the catalog.
    pub release: String,
    /// The id and the name of the engineer whom it is assigned to; nobody, once they have left.
    pub assigned: Option<(i64, String)>,
    /// Whether the vendor waits for the customer.
    pub waiting: bool,
    /// Whether an objection, or a wish for another severity, waits for an engineer.
    pub contested: bool,
    /// Whether the customer turned to the account manager.
    pub escalated: bool,
    /// Whether the Response was given late: a miss stays a miss, whatever is owed next.
    pub late: bool,
    /// What is owed next, and by when; nothing while the vendor waits.
    pub next: Option<Next>,
}

/// What is owed next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// Whether it is the Response; else the next update.
    pub response: bool,
    /// By when, in the contract's zone.
    pub due: LocalTime,
    /// How near that is; none where the plan is not loaded.
    pub urgency: Option<Urgency>,
}

/// How many there are of each kind, whatever the filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open.
    pub open: usize,
    /// Assigned to nobody.
    pub unassigned: usize,
    /// Assigned to whoever asks.
    pub mine: usize,
    /// Waiting for the customer.
    pub waiting: usize,
    /// With a due time that has passed.
    pub missed: usize,
}

/// The queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desk {
    /// What is owed first comes first; what waits for the customer last. At most [`MOST_SHOWN`].
    pub rows: Vec<Owed>,
    /// How many the filter finds.
    pub found: usize,
    /// How many there are.
    pub counts: Counts,
    /// The customers that have something open, by id and name, in the order of their names.
    pub customers: Vec<(i64, String)>,
}

#[derive(sqlx::FromRow)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and any may be so beside any other"
)]
struct OwedRow {
    year: i64,
    number: i64,
    title: String,
    severity: i16,
    claimed: i16,
    state: String,
    customer_id: i64,
    customer: String,
    tier: String,
    zone: String,
    plan_version: String,
    release: String,
    release_name: String,
    assigned_to: Option<i64>,
    engineer: Option<String>,
    next_due_at: Option<i64>,
    waiting: bool,
    contested: bool,
    escalated: bool,
    late: bool,
}

/// The queue, for an engineer and for an administrator. `None` for anybody else.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn desk(
    portal: &Portal,
    actor: Actor,
    filter: &DeskFilter,
) -> Result<Option<Desk>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ReadDesk).await? {
        return Ok(None);
    }
    let open: Vec<OwedRow> = rows!(
        portal.db().read().await?,
        "SELECT incidents.year, incidents.number, incidents.title, incidents.severity, incidents.claimed,
                incidents.state, incidents.customer_id, customers.name AS customer, incidents.tier, incidents.zone,
                incidents.plan_version, incidents.release, incidents.release_name, people.id AS assigned_to,
                people.name AS engineer, incidents.next_due_at, incidents.waiting_since IS NOT NULL AS waiting,
                incidents.contested, incidents.escalated,
                COALESCE(incidents.response, '') = 'late' AND incidents.responded_at IS NOT NULL AS late
         FROM incidents JOIN customers ON customers.id = incidents.customer_id
             LEFT JOIN people ON people.id = incidents.assigned_to AND people.left_at IS NULL
         WHERE incidents.state NOT IN ('resolved', 'closed', 'withdrawn')
             OR (incidents.state = 'resolved' AND incidents.contested)
         ORDER BY incidents.next_due_at IS NULL, incidents.next_due_at, incidents.id",
    )?;
    let now = portal.now();
    let me = actor.person();
    let mut desk = Desk::default();
    for row in open {
        let mine = row.assigned_to.is_some() && row.assigned_to == me;
        desk.counts.open += 1;
        desk.counts.unassigned += usize::from(row.assigned_to.is_none());
        desk.counts.mine += usize::from(mine);
        desk.counts.waiting += usize::from(row.waiting);
        desk.counts.missed += usize::from(row.next_due_at.is_some_and(|due| due < now.0));
        desk.customers.push((row.customer_id, row.customer.clone()));
        if !wanted(filter, &row, mine)? {
            continue;
        }
        desk.found += 1;
        if desk.rows.len() < MOST_SHOWN {
            desk.rows.push(owed(portal, row, now)?);
        }
    }
    desk.customers.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    desk.customers.dedup();
    Ok(Some(desk))
}

fn wanted(filter: &DeskFilter, row: &OwedRow, mine: bool) -> Result<bool, CoreError> {
    let level = severity(row.severity)?;
    let product = row.release.split(':').next().unwrap_or_default();
    Ok(filter.severity.is_none_or(|wanted| wanted == level)
        && filter.tier.as_ref().is_none_or(|tier| *tier == row.tier)
        && filter.customer.is_none_or(|id| id == row.customer_id)
        && filter.product.as_ref().is_none_or(|slug| slug == product)
        && filter.waiting.is_none_or(|waiting| waiting == row.waiting)
        && match filter.whose {
            Whose::Anybodys => true,
            Whose::Nobodys => row.assigned_to.is_none(),
            Whose::Mine => mine,
        })
}

fn owed(portal: &Portal, row: OwedRow, now: Instant) -> Result<Owed, CoreError> {
    let (level, stands) = (severity(row.severity)?, state(&row.state)?);
    let next = row
        .next_due_at
        .map(|due| next(portal, &row, Instant(due), now, level, stands));
    Ok(Owed {
        number: number(row.year, row.number)?,
        title: row.title,
        severity: level,
        claimed: severity(row.claimed)?,
        state: stands,
        customer_id: row.customer_id,
        customer: row.customer,
        tier: row.tier,
        zone: row.zone,
        plan_version: row.plan_version,
        release: row.release_name,
        assigned: row.assigned_to.zip(row.engineer),
        waiting: row.waiting,
        contested: row.contested,
        escalated: row.escalated,
        late: row.late,
        next,
    })
}

/// What is owed by `due`, and how near that is.
fn next(
    portal: &Portal,
    row: &OwedRow,
    due: Instant,
    now: Instant,
    level: Severity,
    state: State,
) -> Next {
    let response = state == State::AwaitingResponse;
    let calendar = portal
        .plans()
        .get(&row.plan_version)
        .and_then(|plan| portal.calendar(plan.zone(&row.zone)?));
    let local = calendar.and_then(|calendar| calendar.local(due).ok());
    let contract = (&*row.plan_version, &*row.zone, &*row.tier);
    let urgency = urgency(portal, contract, (response, level), due, now);
    Next {
        response,
        due: local.unwrap_or(LocalTime { at: due, offset: 0 }),
        urgency,
    }
}

/// How near `due` is: of the Response, else of the next update, at this level under a plan's version, zone and tier. `None`
/// where the plan is not loaded.
pub(super) fn urgency(
    portal: &Portal,
    (plan, zone, tier): (&str, &str, &str),
    (response, level): (bool, Severity),
    due: Instant,
    now: Instant,
) -> Option<Urgency> {
    let plan = portal.plans().get(plan)?;
    let calendar = portal.calendar(plan.zone(zone)?)?;
    let tier = plan.tier(tier)?;
    let target = if response {
        tier.response(level)
    } else {
        tier.update(level)
    };
    Urgency::of(due, target?.into(), now, &calendar).ok()
}
