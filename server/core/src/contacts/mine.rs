//! What is a person's own: their certifications, and whether they may file today.

use domain::{
    calendar::LocalDate,
    people::{Actor, Bar, Certification, Operation, Standing, allows, bars},
};

use crate::{
    CoreError, Portal,
    accounts::{self, CustomerSummary, date, find},
    db::{Reader, rows},
};

/// What a contact holds, and what it comes to today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mine {
    /// Whose contact they are.
    pub customer: CustomerSummary,
    /// The day in the customer's zone, by which everything here is judged.
    pub today: LocalDate,
    /// Whether they are a Designated Customer Support Contact.
    pub designated: bool,
    /// What the certifications come to under the plan's section 4.
    pub standing: Standing,
    /// The place of the one that decides among `held`.
    pub deciding: Option<usize>,
    /// The certifications, the one that expires last first.
    pub held: Vec<Held>,
    /// What keeps them from filing today; nothing if they may.
    pub bars: Vec<Bar>,
}

/// A certification and its reminders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The certification.
    pub certification: Certification,
    /// The reminders, the earliest first.
    pub reminders: Vec<Reminder>,
}

/// A reminder that a certification will expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// How many days before.
    pub days: u32,
    /// When it is due.
    pub due: LocalDate,
    /// Whether it was sent.
    pub sent: bool,
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    id: i64,
    track: String,
    level: String,
    number: String,
    issued_on: String,
    expires_on: String,
}

/// What `actor` holds. `None` for whoever is no customer's contact: the vendor's people need no certification.
///
/// # Errors
/// [`CoreError`] if the database fails, or the customer's plan or zone is not loaded.
pub async fn mine(portal: &Portal, actor: Actor) -> Result<Option<Mine>, CoreError> {
    let Some(person) = actor.person() else {
        return Ok(None);
    };
    if !allows(actor, actor.relation_to_person(person), Operation::ReadSelf) {
        return Ok(None);
    }
    let mut reader = portal.db().read().await?;
    let own = find(&mut reader, person)
        .await?
        .filter(|one| one.actor == actor)
        .and_then(|one| one.customer);
    let Some(customer) = own else {
        return Ok(None);
    };
    let (plan, today) = portal
        .plans()
        .get(&customer.plan_version)
        .zip(accounts::today(
            portal,
            &customer.plan_version,
            &customer.zone,
        ))
        .ok_or_else(|| CoreError::stored("plan", &customer.plan_version))?;
    let designated: Vec<(i64,)> = rows!(
        reader,
        "SELECT id FROM people WHERE id = $1 AND designated_at IS NOT NULL",
        person
    )?;
    let designated = !designated.is_empty();
    let held = held(&mut reader, person).await?;
    let certifications: Vec<Certification> =
        held.iter().map(|one| one.certification.clone()).collect();
    let standing = Standing::of(&certifications, &plan.certification, today);
    let deciding = standing
        .shown_by(&certifications, &plan.certification)
        .and_then(|one| certifications.iter().position(|other| other == one));
    Ok(Some(Mine {
        bars: bars(plan, customer.term, designated, &certifications, today),
        customer,
        today,
        designated,
        standing,
        deciding,
        held,
    }))
}

async fn held(reader: &mut Reader, person: i64) -> Result<Vec<Held>, CoreError> {
    let rows: Vec<HeldRow> = rows!(
        reader,
        "SELECT id, track, level, number, issued_on, expires_on FROM certifications
         WHERE person_id = $1 ORDER BY expires_on DESC, number",
        person,
    )?;
    let reminders: Vec<(i64, i64, String, Option<i64>)> = rows!(
        reader,
        "SELECT reminders.certification_id, reminders.days_before, reminders.due_on, reminders.sent_at
         FROM reminders JOIN certifications ON certifications.id = reminders.certification_id
         WHERE certifications.person_id = $1 ORDER BY reminders.due_on",
        person,
    )?;
    rows.into_iter()
        .map(|row| {
            let own = reminders.iter().filter(|(of, ..)| *of == row.id);
            let reminders = own
                .map(|(_, days, due, sent)| {
                    Ok(Reminder {
                        days: u32::try_from(*days)
                            .map_err(|error| CoreError::stored("reminder", error))?,
                        due: date(due)?,
                        sent: sent.is_some(),
                    })
                })
                .collect::<Result<_, CoreError>>()?;
            Ok(Held {
                certification: Certification {
                    issued: date(&row.issued_on)?,
                    expires: date(&row.expires_on)?,
                    track: row.track,
                    level: row.level,
                    number: row.number,
                },
                reminders,
            })
        })
        .collect()
}
