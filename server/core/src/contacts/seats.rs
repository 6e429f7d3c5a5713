//! More seats: a coordinator asks, the account manager answers.

use domain::{
    calendar::Instant,
    people::{Actor, Operation},
};
use serde::Serialize;

use super::hold_customer;
use crate::{
    CoreError, Portal,
    accounts::find,
    audit::{self, Entry, Kind},
    db::{Held, execute, row, rows},
};

/// The most seats that are asked for at once.
pub const MOST_SEATS: u32 = 100;

/// The most characters of a note.
pub const MOST_NOTE: usize = 1_000;

/// Somebody asked for more seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatRequest {
    /// The request's id.
    pub id: i64,
    /// The name of whoever asked.
    pub asked_by: String,
    /// When, UTC.
    pub asked_at: Instant,
    /// How many.
    pub seats: u32,
    /// Why; may be empty.
    pub note: String,
    /// What was answered; none while it is open.
    pub answer: Option<SeatAnswer>,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatAnswer {
    /// The name of whoever answered.
    pub by: String,
    /// When, UTC.
    pub at: Instant,
    /// Whether they were granted.
    pub granted: bool,
    /// What was written; may be empty.
    pub reply: String,
}

/// Why nothing was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAsked {
    /// Whoever asks coordinates no customer.
    NotPermitted,
    /// A request is open already; it has to be answered first.
    Open,
    /// Fewer than 1, or more than [`MOST_SEATS`].
    Seats,
    /// The note has more than [`MOST_NOTE`] characters, or some that cannot be kept.
    Note,
}

#[derive(Serialize)]
struct Asked<'a> {
    seats: u32,
    note: &'a str,
}

/// Asks for more seats for the customer that `actor` coordinates. One request is open at a time.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn request_seats(
    portal: &Portal,
    actor: Actor,
    seats: u32,
    note: &str,
) -> Result<Result<(), NotAsked>, CoreError> {
    let Actor::Contact {
        contact, customer, ..
    } = actor
    else {
        return Ok(Err(NotAsked::NotPermitted));
    };
    if !audit::permitted_for(portal, actor, customer, Operation::RequestSeats).await? {
        return Ok(Err(NotAsked::NotPermitted));
    }
    if !(1..=MOST_SEATS).contains(&seats) {
        return Ok(Err(NotAsked::Seats));
    }
    let note = note.replace("\r\n", "\n");
    let note = note.trim();
    let kept = |c: char| c == '\n' || c == '\t' || !c.is_control();
    if note.chars().count() > MOST_NOTE || !note.chars().all(kept) {
        return Ok(Err(NotAsked::Note));
    }
    let mut tx = portal.db().write().await?;
    // The first to hold the customer's row asks; whoever comes after sees that request.
    if !hold_customer(&mut tx, customer).await? {
        return Ok(Err(NotAsked::NotPermitted));
    }
    let Some(person) = find(&mut tx, contact)
        .await?
        .filter(|one| one.actor == actor)
    else {
        return Ok(Err(NotAsked::NotPermitted));
    };
    let open: Option<(i64,)> = row!(
        tx,
        "SELECT id FROM seat_requests WHERE customer_id = $1 AND answered_at IS NULL",
        customer
    )?;
    if open.is_some() {
        return Ok(Err(NotAsked::Open));
    }
    execute!(
        tx,
        "INSERT INTO seat_requests (customer_id, asked_by, asked_at, seats, note) VALUES ($1, $2, $3, $4, $5)",
        customer,
        contact,
        portal.now().0,
        i64::from(seats),
        note,
    )?;
    let subject = person.customer.map_or_else(String::new, |own| own.name);
    let entry = Entry {
        actor,
        kind: Kind::SeatsAsked,
        customer: Some(customer),
        subject: &subject,
    };
    audit::write(
        portal,
        &mut tx,
        entry,
        audit::NOTHING,
        Some(&Asked { seats, note }),
    )
    .await?;
    tx.commit().await?;
    Ok(Ok(()))
}

#[derive(sqlx::FromRow)]
struct RequestRow {
    id: i64,
    asked_by: String,
    asked_at: i64,
    seats: i64,
    note: String,
    answered_by: Option<String>,
    answered_at: Option<i64>,
    granted: Option<bool>,
    reply: String,
}

/// The requests of a customer, the newest first.
pub(crate) async fn requests(
    held: &mut dyn Held,
    customer: i64,
) -> Result<Vec<SeatRequest>, CoreError> {
    let rows: Vec<RequestRow> = rows!(
        held,
        "SELECT seat_requests.id, asking.name AS asked_by, seat_requests.asked_at, seat_requests.seats,
                seat_requests.note, answering.name AS answered_by, seat_requests.answered_at, seat_requests.granted,
                seat_requests.reply
         FROM seat_requests JOIN people AS asking ON asking.id = seat_requests.asked_by
         LEFT JOIN people AS answering ON answering.id = seat_requests.answered_by
         WHERE seat_requests.customer_id = $1 ORDER BY seat_requests.id DESC",
        customer,
    )?;
    rows.into_iter()
        .map(|row| {
            let answer = match (row.answered_by, row.answered_at, row.granted) {
                (Some(by), Some(at), Some(granted)) => Some(SeatAnswer {
                    by,
                    at: Instant(at),
                    granted,
                    reply: row.reply,
                }),
                _ => None,
            };
            Ok(SeatRequest {
                id: row.id,
                asked_by: row.asked_by,
                asked_at: Instant(row.asked_at),
                seats: u32::try_from(row.seats)
                    .map_err(|error| CoreError::stored("seats", error))?,
                note: row.note,
                answer,
            })
        })
        .collect()
}
