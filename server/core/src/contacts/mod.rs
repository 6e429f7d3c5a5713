//! Contacts of customers: whether they may file today (section 4), their certifications and seats.

mod answer_seats;

use domain::people::{Bar, Certification, bars};

use crate::{
    CoreError, Portal,
    accounts::{self, CustomerSummary, date},
    db::{Held, row, rows},
};

pub use answer_seats::{MOST_REPLY, NotAnswered, answer_seats};

/// Everything that keeps a contact from filing today; nothing if they may. `None` if the customer's plan or zone is not
/// among those loaded.
pub(crate) async fn bars_today(
    portal: &Portal,
    held: &mut dyn Held,
    person: i64,
    customer: &CustomerSummary,
) -> Result<Option<Vec<Bar>>, CoreError> {
    let Some((plan, today)) = portal
        .plans()
        .get(&customer.plan_version)
        .zip(accounts::today(
            portal,
            &customer.plan_version,
            &customer.zone,
        ))
    else {
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
        today,
    )))
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
