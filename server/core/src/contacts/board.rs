//! A customer's contacts at a glance: seats, certifications, who may file today and why not.

use std::collections::HashMap;

use domain::{
    calendar::{Instant, LocalDate},
    people::{Actor, Bar, Certification, Operation, Role, Seats, Standing, allows, bars},
};

use super::{CertificationRow, SeatRequest, seats::requests};
use crate::{
    CoreError, Portal,
    accounts::{self, CustomerSummary, relation, term},
    audit,
    db::{Held, row, rows},
};

/// The contacts of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// Whose they are.
    pub customer: CustomerSummary,
    /// The day in the customer's zone, by which everything here is judged.
    pub today: LocalDate,
    /// Its seats.
    pub seats: Seats,
    /// Who has not left: coordinators first, then designated contacts, then the others.
    pub contacts: Vec<Contact>,
    /// What was asked for, the newest first.
    pub requests: Vec<SeatRequest>,
    /// Whether who looks may designate, invite and so on.
    pub may_manage: bool,
    /// Whether who looks may ask for more seats.
    pub may_request: bool,
}

/// A contact as the board shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Their id.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Whether they manage their colleagues.
    pub coordinator: bool,
    /// Since when they are designated, UTC.
    pub designated_at: Option<Instant>,
    /// They were invited and have not set a password yet.
    pub invited: bool,
    /// Whether it is who looks.
    pub is_you: bool,
    /// What their certifications come to today.
    pub standing: Standing,
    /// The certification that decides; none if they hold none that counts.
    pub certification: Option<Certification>,
    /// What keeps them from filing today; nothing if they may.
    pub bars: Vec<Bar>,
}

#[derive(sqlx::FromRow)]
struct CustomerRow {
    id: i64,
    name: String,
    plan_version: String,
    tier: String,
    zone: String,
    starts_on: String,
    ends_on: String,
    included_seats: i64,
    elected_seats: i64,
    used_seats: i64,
}

#[derive(sqlx::FromRow)]
struct ContactRow {
    id: i64,
    role: String,
    name: String,
    email: String,
    designated_at: Option<i64>,
    has_password: bool,
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    person_id: i64,
    #[sqlx(flatten)]
    certification: CertificationRow,
}

/// The contacts of a customer; without a `customer` those of the actor's own. `None` if there is no such customer, or it
/// is not for `actor` to see.
///
/// # Errors
/// [`CoreError`] if the database fails, or the customer's plan or zone is not loaded.
pub async fn board(
    portal: &Portal,
    actor: Actor,
    customer: Option<i64>,
) -> Result<Option<Board>, CoreError> {
    let Some(customer) = customer.or_else(|| actor.customer()) else {
        return Ok(None);
    };
    let mut reader = portal.db().read().await?;
    let relation = relation(&mut reader, actor, customer).await?;
    let Some((customer, seats)) = customer_and_seats(&mut reader, customer).await? else {
        drop(reader);
        audit::not_there(portal, actor, Operation::ReadContacts).await?;
        return Ok(None);
    };
    if !allows(actor, relation, Operation::ReadContacts) {
        drop(reader);
        audit::refused(portal, actor, Operation::ReadContacts).await?;
        return Ok(None);
    }
    let (contacts, today) = contacts(portal, &mut reader, &customer, actor.person()).await?;
    let requests = requests(&mut reader, customer.id).await?;
    Ok(Some(Board {
        today,
        seats,
        contacts,
        requests,
        may_manage: allows(actor, relation, Operation::ManageContacts),
        may_request: allows(actor, relation, Operation::RequestSeats),
        customer,
    }))
}

async fn customer_and_seats(
    held: &mut dyn Held,
    customer: i64,
) -> Result<Option<(CustomerSummary, Seats)>, CoreError> {
    let row: Option<CustomerRow> = row!(
        held,
        "SELECT id, name, plan_version, tier, zone, starts_on, ends_on, included_seats, elected_seats, used_seats
         FROM customers WHERE id = $1",
        customer,
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let count =
        |seats: i64| u32::try_from(seats).map_err(|error| CoreError::stored("seats", error));
    let seats = Seats {
        included: count(row.included_seats)?,
        elected: count(row.elected_seats)?,
        used: count(row.used_seats)?,
    };
    let customer = CustomerSummary {
        id: row.id,
        term: term(&row.starts_on, &row.ends_on)?,
        name: row.name,
        plan_version: row.plan_version,
        tier: row.tier,
        zone: row.zone,
    };
    Ok(Some((customer, seats)))
}

/// The contacts of a customer who have not left, each with what keeps them from filing today, and what day it is there.
pub(crate) async fn contacts(
    portal: &Portal,
    held: &mut dyn Held,
    customer: &CustomerSummary,
    you: Option<i64>,
) -> Result<(Vec<Contact>, LocalDate), CoreError> {
    let (plan, today) = portal
        .plans()
        .get(&customer.plan_version)
        .zip(accounts::today(
            portal,
            &customer.plan_version,
            &customer.zone,
        ))
        .ok_or_else(|| CoreError::stored("plan", &customer.plan_version))?;
    let people: Vec<ContactRow> = rows!(
        held,
        "SELECT id, role, name, email, designated_at, password_hash IS NOT NULL AS has_password
         FROM people WHERE customer_id = $1 AND left_at IS NULL
         ORDER BY CASE WHEN role = 'coordinator' THEN 0 WHEN designated_at IS NOT NULL THEN 1 ELSE 2 END, id",
        customer.id,
    )?;
    let rows: Vec<HeldRow> = rows!(
        held,
        "SELECT certifications.person_id, certifications.track, certifications.level, certifications.number,
                certifications.issued_on, certifications.expires_on
         FROM certifications JOIN people ON people.id = certifications.person_id
         WHERE people.customer_id = $1 AND people.left_at IS NULL
         ORDER BY certifications.expires_on DESC, certifications.number",
        customer.id,
    )?;
    let mut certified: HashMap<i64, Vec<Certification>> = HashMap::new();
    for row in rows {
        let certification = row.certification.try_into()?;
        certified
            .entry(row.person_id)
            .or_default()
            .push(certification);
    }
    let contacts = people
        .into_iter()
        .map(|row| {
            let held = certified.remove(&row.id).unwrap_or_default();
            let standing = Standing::of(&held, &plan.certification, today);
            Contact {
                certification: standing.shown_by(&held, &plan.certification).cloned(),
                standing,
                bars: bars(
                    plan,
                    customer.term,
                    row.designated_at.is_some(),
                    &held,
                    today,
                ),
                coordinator: row.role == Role::Coordinator.name(),
                designated_at: row.designated_at.map(Instant),
                invited: !row.has_password,
                is_you: you == Some(row.id),
                id: row.id,
                name: row.name,
                email: row.email,
            }
        })
        .collect();
    Ok((contacts, today))
}
