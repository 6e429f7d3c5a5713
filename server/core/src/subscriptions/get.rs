//! One customer's subscription with everything that belongs to it.

use std::collections::BTreeMap;

use domain::{
    calendar::{LocalDate, holidays::HolidaySet},
    incident::State,
    people::{
        Actor, Operation, Seats, allows,
        attention::{Expiry, Holder, Reason, expiry},
    },
    plan::Zone,
    text::Text,
};

use super::{
    AWAITING, HolderRow, Installed, Known, Scope, attention, count, customers, holders,
    installations, judged, managers, scoped,
};
use crate::{
    CoreError, Portal,
    accounts::{self, CustomerSummary, date},
    audit,
    contacts::{self, SeatRequest},
    db::{Reader, row, rows},
    products,
};

/// How many of the next closed days are told.
const CLOSED_DAYS: usize = 5;

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Whose it is, and what was bought.
    pub customer: CustomerSummary,
    /// The date in the customer's zone; none if its plan or zone is not loaded.
    pub today: Option<LocalDate>,
    /// The seats of Designated Customer Support Contacts.
    pub seats: Seats,
    /// The names of the account managers.
    pub managers: Vec<String>,
    /// The next days that close a weekday, the nearest first.
    pub closed_days: Vec<NextClosed>,
    /// The versions in use.
    pub installed: Vec<Installed>,
    /// The certifications that have expired or will within 90 days, the earliest expiry first.
    pub expiring: Vec<Certified>,
    /// How many incidents there are in each state.
    pub incidents: Vec<(State, u32)>,
    /// The requests for seats, the latest first.
    pub requests: Vec<SeatRequest>,
    /// What needs attention, the most urgent first.
    pub reasons: Vec<Reason>,
}

/// A day that is no Business Day, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextClosed {
    /// The date.
    pub date: LocalDate,
    /// The names of its holidays.
    pub names: Vec<Text>,
}

/// A contact whose certification has expired or will soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certified {
    /// Their name.
    pub name: String,
    /// Whether they are designated.
    pub designated: bool,
    /// When it expires, or did.
    pub expiry: Expiry,
}

/// The subscription of a customer; without one, of the actor's own. `None` both if there is no such customer and if it
/// is not for `actor` to see.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn get(
    portal: &Portal,
    actor: Actor,
    customer: Option<i64>,
) -> Result<Option<Subscription>, CoreError> {
    let Some((customer, seats)) = permitted(portal, actor, customer).await? else {
        return Ok(None);
    };
    let mut reader = portal.db().read().await?;
    let scope = Scope::One(customer.id);
    let managers = one(managers(&mut reader, scope).await?);
    let contacts = contacts(&mut reader, customer.id).await?;
    let installed = one(installations(&mut reader, scope).await?);
    let catalog = products::read(portal, &mut reader).await?;
    let installed = judged(&catalog, &installed);
    let incidents = by_state(&mut reader, customer.id).await?;
    let requests = contacts::requests(&mut reader, customer.id).await?;
    let awaiting = incidents
        .iter()
        .find(|(state, _)| *state == AWAITING)
        .map_or(0, |(_, count)| *count);
    let known = Known {
        term: customer.term,
        contacts: contacts.clone(),
        seats_asked: requests
            .iter()
            .find(|request| request.answer.is_none())
            .map(|request| request.seats),
        installed: &installed,
        awaiting,
        escalated: escalated(&mut reader, customer.id).await?,
    };
    let (today, reasons) = attention(portal, &customer, known);
    let plan = portal.plans().get(&customer.plan_version);
    let (mut expiring, mut closed_days) = (Vec::new(), Vec::new());
    if let Some((plan, today)) = plan.zip(today) {
        expiring = contacts
            .iter()
            .filter_map(|contact| {
                Some(Certified {
                    expiry: expiry(plan, &contact.held, today)?,
                    name: contact.name.clone(),
                    designated: contact.designated,
                })
            })
            .collect();
        expiring.sort_by_key(|one: &Certified| one.expiry.on);
        if let Some(zone) = plan.zone(&customer.zone) {
            closed_days = next_closed(portal, &mut reader, zone, today).await?;
        }
    }
    Ok(Some(Subscription {
        customer,
        today,
        seats,
        managers,
        closed_days,
        installed,
        expiring,
        incidents,
        requests,
        reasons,
    }))
}

/// Who a customer is, for whoever may see what it subscribed to; without one, the actor's own. `None` as [`get`] gives
/// it.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn summary(
    portal: &Portal,
    actor: Actor,
    customer: Option<i64>,
) -> Result<Option<CustomerSummary>, CoreError> {
    let found = permitted(portal, actor, customer).await?;
    Ok(found.map(|(customer, _)| customer))
}

/// The versions that the actor's own customer has in use. `None` for whoever belongs to none.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn installed(portal: &Portal, actor: Actor) -> Result<Option<Vec<Installed>>, CoreError> {
    let Some((customer, _)) = permitted(portal, actor, None).await? else {
        return Ok(None);
    };
    let mut reader = portal.db().read().await?;
    let installed = one(installations(&mut reader, Scope::One(customer.id)).await?);
    let catalog = products::read(portal, &mut reader).await?;
    Ok(Some(judged(&catalog, &installed)))
}

/// The customer, if the actor may see what it subscribed to.
async fn permitted(
    portal: &Portal,
    actor: Actor,
    customer: Option<i64>,
) -> Result<Option<(CustomerSummary, Seats)>, CoreError> {
    let Some(customer) = customer.or_else(|| actor.customer()) else {
        return Ok(None);
    };
    let mut reader = portal.db().read().await?;
    let relation = accounts::relation(&mut reader, actor, customer).await?;
    let found = customers(&mut reader, Scope::One(customer)).await?.pop();
    drop(reader);
    if found.is_none() {
        audit::not_there(portal, actor, Operation::ReadAccount).await?;
        return Ok(None);
    }
    if allows(actor, relation, Operation::ReadAccount) {
        return Ok(found);
    }
    audit::refused(portal, actor, Operation::ReadAccount).await?;
    Ok(None)
}

/// What belongs to the only customer asked for.
fn one<T>(all: BTreeMap<i64, Vec<T>>) -> Vec<T> {
    all.into_values().next().unwrap_or_default()
}

/// Every contact with their certifications.
async fn contacts(reader: &mut Reader, customer: i64) -> Result<Vec<Holder>, CoreError> {
    let rows: Vec<HolderRow> = scoped!(
        reader,
        Scope::One(customer),
        "SELECT customers.id AS customer_id, people.id AS person_id, people.name, people.designated_at,
                certifications.track, certifications.level, certifications.number, certifications.issued_on,
                certifications.expires_on
         FROM customers JOIN people ON people.customer_id = customers.id
                        LEFT JOIN certifications ON certifications.person_id = people.id",
        "AND people.left_at IS NULL ORDER BY people.name, people.id"
    )?;
    holders(rows).map(one)
}

/// How many incidents there are in each state.
async fn by_state(reader: &mut Reader, customer: i64) -> Result<Vec<(State, u32)>, CoreError> {
    let rows: Vec<(String, i64)> = rows!(
        reader,
        "SELECT state, COUNT(*) FROM incidents WHERE customer_id = $1 GROUP BY state",
        customer,
    )?;
    Ok(State::ALL
        .into_iter()
        .map(|state| {
            let found = rows.iter().find(|(name, _)| name == state.name());
            (state, found.map_or(0, |(_, rows)| count(*rows)))
        })
        .collect())
}

/// How many open incidents were escalated.
async fn escalated(reader: &mut Reader, customer: i64) -> Result<u32, CoreError> {
    let found: Option<(i64,)> = row!(
        reader,
        "SELECT COUNT(*) FROM incidents
         WHERE customer_id = $1 AND escalated AND state NOT IN ('resolved', 'closed', 'withdrawn')",
        customer,
    )?;
    Ok(found.map_or(0, |(rows,)| count(rows)))
}

/// The next days that close a weekday. Each name comes in every language that is known for it: the law's by the
/// program, an added day's as an administrator entered it.
async fn next_closed(
    portal: &Portal,
    reader: &mut Reader,
    zone: &Zone,
    today: LocalDate,
) -> Result<Vec<NextClosed>, CoreError> {
    let Some(calendar) = portal.calendar(zone) else {
        return Ok(Vec::new());
    };
    let (_, last) = calendar.coverage();
    let added: Vec<(String, String, String)> = rows!(
        reader,
        "SELECT day, name, name_ko FROM closed_days
         WHERE tz = $1 AND holidays = $2 AND day >= $3 AND withdrawn_at IS NULL",
        &zone.tz,
        &zone.holidays,
        today.to_string(),
    )?;
    let added: BTreeMap<(LocalDate, String), String> = added
        .into_iter()
        .map(|(day, name, korean)| Ok(((date(&day)?, name), korean)))
        .collect::<Result<_, CoreError>>()?;
    let set = HolidaySet::from_code(&zone.holidays);
    let in_korean = |day: LocalDate, name: &str| {
        added
            .get(&(day, name.to_owned()))
            .cloned()
            .or_else(|| set.and_then(|set| set.korean_name(name)))
    };
    let days = calendar.closed_days(today, last).unwrap_or_default();
    Ok(days
        .iter()
        .filter(|day| day.closes_a_weekday())
        .take(CLOSED_DAYS)
        .map(|day| NextClosed {
            date: day.date,
            names: day
                .holidays
                .iter()
                .map(|name| Text {
                    en: name.clone(),
                    ko: in_korean(day.date, name),
                })
                .collect(),
        })
        .collect())
}
