//! Who signs in: the contacts of customers, and their passwords.

mod password;
mod sign_in;

use domain::people::Actor;

use crate::{
    CoreError, Portal,
    db::{Reader, row},
};

pub(crate) use password::hash;
pub use sign_in::sign_in;

/// The most characters of an e-mail address (RFC 5321, 4.5.3.1.3, less the angle brackets).
pub const MOST_EMAIL: usize = 254;

/// The most characters of a password: enough for any passphrase, too few to keep the server busy hashing.
pub const MOST_PASSWORD: usize = 1024;

/// A contact of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// As whom they act: always [`Actor::Contact`].
    pub actor: Actor,
    /// The contact's id.
    pub contact: i64,
    /// Their name.
    pub name: String,
    /// Their e-mail address, as it was entered.
    pub email: String,
    /// The customer that they belong to.
    pub customer: CustomerSummary,
}

/// A customer, and what it bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerSummary {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The version of the plan.
    pub plan_version: String,
    /// The id of its tier in that plan.
    pub tier: String,
    /// The id of its zone in that plan.
    pub zone: String,
}

/// The contact with this id, as a session remembers it. `None` if there is none any more.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn person(portal: &Portal, contact: i64) -> Result<Option<Person>, CoreError> {
    find(&mut portal.db().read().await?, contact).await
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    contact: i64,
    name: String,
    email: String,
    customer: i64,
    customer_name: String,
    plan_version: String,
    tier: String,
    zone: String,
}

pub(crate) async fn find(reader: &mut Reader, contact: i64) -> Result<Option<Person>, CoreError> {
    let row: Option<PersonRow> = row!(
        reader,
        "SELECT contacts.id AS contact, contacts.name, contacts.email, customers.id AS customer,
                customers.name AS customer_name, customers.plan_version, customers.tier, customers.zone
         FROM contacts JOIN customers ON customers.id = contacts.customer_id
         WHERE contacts.id = $1",
        contact,
    )?;
    Ok(row.map(|row| Person {
        actor: Actor::Contact {
            contact: row.contact,
            customer: row.customer,
        },
        contact: row.contact,
        name: row.name,
        email: row.email,
        customer: CustomerSummary {
            id: row.customer,
            name: row.customer_name,
            plan_version: row.plan_version,
            tier: row.tier,
            zone: row.zone,
        },
    }))
}

/// An address as it is compared: case does not matter, nor do blanks around it.
pub(crate) fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}
