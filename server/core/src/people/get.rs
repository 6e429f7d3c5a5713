//! One person.

use domain::{
    calendar::{Instant, LocalDate},
    people::{Actor, Operation, Role},
};

use crate::{
    CoreError, Portal, accounts, audit,
    certifications::{Kept, kept},
    db::{row, rows},
};

/// A person as an administrator sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Their id.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What they are to the portal.
    pub role: Role,
    /// The id and the name of their customer.
    pub customer: Option<(i64, String)>,
    /// The version of their customer's plan.
    pub plan_version: Option<String>,
    /// Whether they are a Designated Customer Support Contact.
    pub designated: bool,
    /// When they left, if they did.
    pub left_at: Option<Instant>,
    /// Whether they have set a password.
    pub has_password: bool,
    /// Whether their authenticator app is set up.
    pub second_factor: bool,
    /// Until when a link that was handed to them works, if one does.
    pub link_until: Option<Instant>,
    /// When, and in which words, a mail server refused mail to their address for good.
    pub refused: Option<(Instant, String)>,
    /// What they hold, the one that expires last first.
    pub certifications: Vec<Kept>,
    /// The ids and names of the customers that they look after.
    pub assigned: Vec<(i64, String)>,
    /// The date in their customer's zone, by which their certifications are judged.
    pub today: Option<LocalDate>,
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    name: String,
    email: String,
    role: String,
    customer_id: Option<i64>,
    customer_name: Option<String>,
    plan_version: Option<String>,
    zone: Option<String>,
    designated_at: Option<i64>,
    left_at: Option<i64>,
    has_password: bool,
    totp_since: Option<i64>,
    link_until: Option<i64>,
    refused_at: Option<i64>,
    refused_why: Option<String>,
}

/// A person, whether they left or not. `None` if there is none, or they are not for `actor` to manage.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn get(portal: &Portal, actor: Actor, person: i64) -> Result<Option<Record>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManagePeople).await? {
        return Ok(None);
    }
    let mut reader = portal.db().read().await?;
    let row: Option<PersonRow> = row!(
        reader,
        "SELECT people.name, people.email, people.role, people.customer_id, customers.name AS customer_name,
                customers.plan_version, customers.zone, people.designated_at, people.left_at,
                people.password_hash IS NOT NULL AS has_password, people.totp_since,
                CASE WHEN people.refused_address = people.email THEN people.refused_at END AS refused_at,
                people.refused_why,
                (SELECT MAX(links.expires_at) FROM links
                 WHERE links.person_id = people.id AND links.used_at IS NULL AND links.expires_at > $2) AS link_until
         FROM people LEFT JOIN customers ON customers.id = people.customer_id
         WHERE people.id = $1",
        person,
        portal.now().0,
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let assigned: Vec<(i64, String)> = rows!(
        reader,
        "SELECT customers.id, customers.name FROM assignments
         JOIN customers ON customers.id = assignments.customer_id
         WHERE assignments.person_id = $1 ORDER BY customers.name, customers.id",
        person,
    )?;
    let today = row
        .plan_version
        .as_deref()
        .zip(row.zone.as_deref())
        .and_then(|(plan, zone)| accounts::today(portal, plan, zone));
    Ok(Some(Record {
        id: person,
        role: Role::parse(&row.role).ok_or_else(|| CoreError::stored("role", &row.role))?,
        name: row.name,
        email: row.email,
        customer: row.customer_id.zip(row.customer_name),
        plan_version: row.plan_version,
        designated: row.designated_at.is_some(),
        left_at: row.left_at.map(Instant),
        has_password: row.has_password,
        second_factor: row.totp_since.is_some(),
        link_until: row.link_until.map(Instant),
        refused: row.refused_at.map(Instant).zip(row.refused_why),
        certifications: kept(&mut reader, person).await?,
        assigned,
        today,
    }))
}
