//! One customer.

use domain::{
    calendar::LocalDate,
    people::{Actor, Operation, Seats, Term},
};

use super::read;
use crate::{
    CoreError, Portal, accounts, audit,
    db::{row, rows},
};

/// A customer as an administrator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The version of the plan.
    pub plan_version: String,
    /// The id of its tier.
    pub tier: String,
    /// The id of its zone.
    pub zone: String,
    /// The Subscription Term.
    pub term: Term,
    /// Its seats.
    pub seats: Seats,
    /// Its own e-mail domains, in their order.
    pub domains: Vec<String>,
    /// The versions in use, as in answers.
    pub installed: Vec<String>,
    /// The account managers who look after it.
    pub managers: Vec<Manager>,
    /// How many people it has who have not left.
    pub people: i64,
    /// The date in its zone, if its plan is loaded.
    pub today: Option<LocalDate>,
}

/// An account manager.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Manager {
    /// Their id.
    pub id: i64,
    /// Their name.
    pub name: String,
}

/// A customer. `None` if there is none, or it is not for `actor` to administer.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn get(
    portal: &Portal,
    actor: Actor,
    customer: i64,
) -> Result<Option<Record>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageCustomers).await? {
        return Ok(None);
    }
    let mut reader = portal.db().read().await?;
    let Some((subscription, used, versions)) = read(&mut reader, customer).await? else {
        return Ok(None);
    };
    let managers: Vec<Manager> = rows!(
        reader,
        "SELECT people.id, people.name FROM assignments JOIN people ON people.id = assignments.person_id
         WHERE assignments.customer_id = $1 ORDER BY people.name, people.id",
        customer,
    )?;
    let people: Option<(i64,)> = row!(
        reader,
        "SELECT COUNT(*) FROM people WHERE customer_id = $1 AND left_at IS NULL",
        customer
    )?;
    Ok(Some(Record {
        id: customer,
        seats: subscription.seats(used),
        today: accounts::today(portal, &subscription.plan_version, &subscription.zone),
        name: subscription.name,
        plan_version: subscription.plan_version,
        tier: subscription.tier,
        zone: subscription.zone,
        term: Term {
            starts: subscription.starts_on,
            ends: subscription.ends_on,
        },
        domains: subscription.domains.into_iter().collect(),
        installed: versions.versions.into_iter().collect(),
        managers,
        people: people.map_or(0, |(people,)| people),
    }))
}

/// Every account manager who can be assigned; none for somebody who may not assign.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn managers(portal: &Portal, actor: Actor) -> Result<Vec<Manager>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManagePeople).await? {
        return Ok(Vec::new());
    }
    let mut reader = portal.db().read().await?;
    Ok(rows!(
        reader,
        "SELECT id, name FROM people WHERE role = 'account_manager' AND left_at IS NULL ORDER BY name, id",
    )?)
}

/// The names of the customers, at most 1,000 of them, to propose while somebody types one.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn names(portal: &Portal, actor: Actor) -> Result<Vec<String>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageCustomers).await? {
        return Ok(Vec::new());
    }
    let mut reader = portal.db().read().await?;
    let names: Vec<(String,)> = rows!(
        reader,
        "SELECT name FROM customers ORDER BY name LIMIT 1000"
    )?;
    Ok(names.into_iter().map(|(name,)| name).collect())
}
