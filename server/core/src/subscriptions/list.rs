//! The customers that an account manager looks after, those that need attention first.

use std::collections::BTreeMap;

use domain::{
    calendar::LocalDate,
    people::{
        Actor, Operation, Role, Seats,
        attention::{Reason, first},
    },
};

use super::{
    HolderRow, Installed, Known, Scope, attention, count, customers, holders, installations,
    judged, managers, scoped,
};
use crate::{CoreError, Portal, accounts::CustomerSummary, audit, db::Reader, products};

/// The most characters that are searched for.
pub const MOST_SEARCH: usize = 100;

/// A customer, as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// Who it is, and what it bought.
    pub customer: CustomerSummary,
    /// The date in its zone; none if its plan or zone is not loaded.
    pub today: Option<LocalDate>,
    /// Its seats.
    pub seats: Seats,
    /// How many seats it asked for, if the request is open.
    pub seats_asked: Option<u32>,
    /// The versions that it has in use.
    pub installed: Vec<Installed>,
    /// How many of its incidents await their Response.
    pub awaiting: u32,
    /// Who looks after it.
    pub managers: Vec<String>,
    /// What needs attention, the most urgent first.
    pub reasons: Vec<Reason>,
}

/// The customers that `actor` looks after, an administrator's are all; of these only those with `search` in their
/// name, in whatever case. What needs attention first comes first, and then the name decides.
///
/// `None` if it is not for `actor` to see.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn list(
    portal: &Portal,
    actor: Actor,
    search: &str,
) -> Result<Option<Vec<Overview>>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ListAccounts).await? {
        return Ok(None);
    }
    let scope = match actor {
        Actor::Vendor {
            person,
            role: Role::AccountManager,
        } => Scope::Managed(Some(person)),
        _ => Scope::Managed(None),
    };
    let mut reader = portal.db().read().await?;
    let found = customers(&mut reader, scope).await?;
    let mut contacts = designated(&mut reader, scope).await?;
    let installed = installations(&mut reader, scope).await?;
    let mut managers = managers(&mut reader, scope).await?;
    let asked = open_requests(&mut reader, scope).await?;
    let waiting = waiting(&mut reader, scope).await?;
    let catalog = products::read(portal, &mut reader).await?;
    drop(reader);

    let search: String = search.trim().chars().take(MOST_SEARCH).collect();
    // Folded here: SQLite's LOWER knows ASCII only.
    let search = search.to_lowercase();
    let mut all: Vec<Overview> = found
        .into_iter()
        .filter(|(customer, _)| customer.name.to_lowercase().contains(&search))
        .map(|(customer, seats)| {
            let id = customer.id;
            let installed = judged(&catalog, installed.get(&id).map_or(&[], Vec::as_slice));
            let seats_asked = asked.get(&id).copied();
            let (awaiting, escalated) = waiting.get(&id).copied().unwrap_or_default();
            let known = Known {
                term: customer.term,
                contacts: contacts.remove(&id).unwrap_or_default(),
                seats_asked,
                installed: &installed,
                awaiting,
                escalated,
            };
            let (today, reasons) = attention(portal, &customer, known);
            Overview {
                managers: managers.remove(&id).unwrap_or_default(),
                customer,
                today,
                seats,
                seats_asked,
                installed,
                awaiting,
                reasons,
            }
        })
        .collect();
    // Stable, so that customers of equal urgency stay in the order of their names.
    all.sort_by(|one, other| first(&one.reasons, &other.reasons));
    Ok(Some(all))
}

/// Designated contacts with their certifications.
async fn designated(
    reader: &mut Reader,
    scope: Scope,
) -> Result<BTreeMap<i64, Vec<domain::people::attention::Holder>>, CoreError> {
    let rows: Vec<HolderRow> = scoped!(
        reader,
        scope,
        "SELECT customers.id AS customer_id, people.id AS person_id, people.name, people.designated_at,
                certifications.track, certifications.level, certifications.number, certifications.issued_on,
                certifications.expires_on
         FROM customers JOIN people ON people.customer_id = customers.id
                        LEFT JOIN certifications ON certifications.person_id = people.id",
        "AND people.designated_at IS NOT NULL ORDER BY customers.id, people.name, people.id"
    )?;
    holders(rows)
}

/// How many seats are asked for in open requests.
async fn open_requests(reader: &mut Reader, scope: Scope) -> Result<BTreeMap<i64, u32>, CoreError> {
    let rows: Vec<(i64, i64)> = scoped!(
        reader,
        scope,
        "SELECT customers.id, seat_requests.seats
         FROM customers JOIN seat_requests ON seat_requests.customer_id = customers.id",
        "AND seat_requests.answered_at IS NULL"
    )?;
    Ok(rows
        .into_iter()
        .map(|(customer, seats)| (customer, count(seats)))
        .collect())
}

/// How many open incidents await their Response, and how many were escalated.
async fn waiting(
    reader: &mut Reader,
    scope: Scope,
) -> Result<BTreeMap<i64, (u32, u32)>, CoreError> {
    let rows: Vec<(i64, i64, i64)> = scoped!(
        reader,
        scope,
        "SELECT customers.id, COUNT(CASE WHEN incidents.state = 'awaiting_response' THEN 1 END),
                COUNT(CASE WHEN incidents.escalated THEN 1 END)
         FROM customers JOIN incidents ON incidents.customer_id = customers.id",
        "AND incidents.state NOT IN ('resolved', 'closed', 'withdrawn') GROUP BY customers.id"
    )?;
    Ok(rows
        .into_iter()
        .map(|(customer, awaiting, escalated)| (customer, (count(awaiting), count(escalated))))
        .collect())
}
