//! Contacts of customers: whether they may file today (section 4), their certifications and seats, and who manages them.

mod answer_seats;
pub(crate) mod board;
mod coordinate;
mod designate;
mod invite;
mod leave;
mod mine;
mod reminders;
mod seats;

use domain::{
    calendar::LocalDate,
    people::{Actor, Bar, Certification, Operation, allows, bars},
};

use crate::{
    CoreError, Portal,
    accounts::{self, CustomerSummary, Person, date, find, relation},
    audit::{self, Entry, Kind},
    db::{Held, Tx, execute, row, rows},
};

pub use answer_seats::{MOST_REPLY, NotAnswered, answer_seats};
pub use board::{Board, Contact, board};
pub use coordinate::set_coordinator;
pub use designate::{NotDesignated, designate, withdraw};
pub use invite::{Invited, MOST_NAME, NotInvited, PersonField, PersonProblem, invite};
pub use leave::leave;
pub use mine::{Held as HeldCertification, Mine, Reminder, mine};
pub(crate) use reminders::{plan_reminders, remind};
pub(crate) use seats::requests;
pub use seats::{MOST_NOTE, MOST_SEATS, NotAsked, SeatAnswer, SeatRequest, request_seats};

/// Why a contact was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotChanged {
    /// There is no such contact, or they are not for who asks to manage.
    NotFound,
    /// They are the customer's only coordinator: somebody else has to become one first.
    LastCoordinator,
    /// It is whoever asks: nobody says of themselves that they left.
    Yourself,
}

/// The transaction in which a contact is changed whom `actor` manages. `None` if there is no such contact, or they are not
/// for `actor` to manage; that is written down.
async fn manage(
    portal: &Portal,
    actor: Actor,
    person: i64,
) -> Result<Option<(Tx, Person, CustomerSummary)>, CoreError> {
    let mut tx = portal.db().write().await?;
    if let Some((person, customer)) = managed(&mut tx, actor, person).await? {
        return Ok(Some((tx, person, customer)));
    }
    tx.rollback().await?;
    audit::refused(portal, actor, Operation::ManageContacts).await?;
    Ok(None)
}

/// A contact that `actor` manages. `None` if there is no such contact, or they are not for `actor` to manage.
///
/// Holds the row of their customer until the end, so that nobody else changes its people and seats meanwhile.
async fn managed(
    tx: &mut Tx,
    actor: Actor,
    person: i64,
) -> Result<Option<(Person, CustomerSummary)>, CoreError> {
    let Some(customer) = find(tx, person).await?.and_then(|person| person.customer) else {
        return Ok(None);
    };
    let relation = relation(tx, actor, customer.id).await?;
    if !allows(actor, relation, Operation::ManageContacts) {
        return Ok(None);
    }
    hold_customer(tx, customer.id).await?;
    // Read again: it may have changed before the row was held. Whoever went to another customer is not this one's any more.
    let found = find(tx, person).await?;
    Ok(found.and_then(|person| {
        let same = person
            .customer
            .clone()
            .filter(|now| now.id == customer.id)?;
        Some((person, same))
    }))
}

/// Holds the row of a customer until the end of the transaction. `false` if there is none.
pub(crate) async fn hold_customer(tx: &mut Tx, customer: i64) -> Result<bool, CoreError> {
    let held = execute!(
        tx,
        "UPDATE customers SET used_seats = used_seats WHERE id = $1",
        customer
    )?;
    Ok(held == 1)
}

/// Whether somebody else coordinates the customer as well. Its row is held.
async fn others_coordinate(tx: &mut Tx, person: i64, customer: i64) -> Result<bool, CoreError> {
    let other: Option<(i64,)> = row!(
        tx,
        "SELECT id FROM people
         WHERE customer_id = $1 AND id <> $2 AND role = 'coordinator' AND left_at IS NULL LIMIT 1",
        customer,
        person,
    )?;
    Ok(other.is_some())
}

/// Writes down what was done to a contact.
async fn record(
    portal: &Portal,
    tx: &mut Tx,
    actor: Actor,
    kind: Kind,
    (person, customer): (&Person, &CustomerSummary),
) -> Result<(), CoreError> {
    let entry = Entry {
        actor,
        kind,
        customer: Some(customer.id),
        subject: &person.email,
    };
    audit::write(portal, tx, entry, audit::NOTHING, audit::NOTHING).await
}

/// Everything that keeps a contact from filing today; nothing if they may. `None` if the customer's plan or zone is not
/// among those loaded.
pub(crate) async fn bars_today(
    portal: &Portal,
    held: &mut dyn Held,
    person: i64,
    customer: &CustomerSummary,
) -> Result<Option<Vec<Bar>>, CoreError> {
    match accounts::today(portal, &customer.plan_version, &customer.zone) {
        Some(today) => bars_on(portal, held, person, customer, today).await,
        None => Ok(None),
    }
}

/// The same for another day, by which the term and the certifications are judged; who is designated is only known of today.
pub(crate) async fn bars_on(
    portal: &Portal,
    held: &mut dyn Held,
    person: i64,
    customer: &CustomerSummary,
    day: LocalDate,
) -> Result<Option<Vec<Bar>>, CoreError> {
    let Some(plan) = portal.plans().get(&customer.plan_version) else {
        return Ok(None);
    };
    let designated: Option<(Option<i64>,)> = row!(
        held,
        "SELECT designated_at FROM people WHERE id = $1",
        person
    )?;
    let designated = designated.is_some_and(|(at,)| at.is_some());
    let certifications = certifications(held, person).await?;
    Ok(Some(bars(
        plan,
        customer.term,
        designated,
        &certifications,
        day,
    )))
}

/// What a certification lacks for a designation, if it lacks anything: the bar that would keep its holder from filing.
const fn certification_bar(bar: &Bar) -> bool {
    matches!(
        bar,
        Bar::NotCertified | Bar::LevelTooLow { .. } | Bar::Expired(_) | Bar::NotYetValid(_)
    )
}

#[derive(sqlx::FromRow)]
struct CertificationRow {
    track: String,
    level: String,
    number: String,
    issued_on: String,
    expires_on: String,
}

impl TryFrom<CertificationRow> for Certification {
    type Error = CoreError;

    fn try_from(row: CertificationRow) -> Result<Self, CoreError> {
        Ok(Self {
            issued: date(&row.issued_on)?,
            expires: date(&row.expires_on)?,
            track: row.track,
            level: row.level,
            number: row.number,
        })
    }
}

/// What a person holds, the one that expires last first.
pub(crate) async fn certifications(
    held: &mut dyn Held,
    person: i64,
) -> Result<Vec<Certification>, CoreError> {
    let rows: Vec<CertificationRow> = rows!(
        held,
        "SELECT track, level, number, issued_on, expires_on FROM certifications
         WHERE person_id = $1 ORDER BY expires_on DESC, number",
        person,
    )?;
    rows.into_iter().map(Certification::try_from).collect()
}
