//! Who signs in: contacts of customers and the vendor's own people, and their passwords.

mod administrators;
mod choices;
mod devices;
mod identities;
mod links;
mod password;
mod passwords;
mod rules;
mod second_factor;
mod sign_in;
mod signed_in;
mod tries;

use domain::{
    calendar::{LocalDate, LocalTime},
    people::{Actor, Relation, Role, Term},
    text::Lang,
};

use crate::{
    CoreError, Portal,
    db::{Held, Tx, execute, row},
};

pub use administrators::{Made, create_administrator, is_email, reset_link};
pub use choices::{set_language, set_zone};
pub use devices::device;
pub use identities::{Identity, refuse_answer, sign_in_with};
pub use links::{Followed, Link, LinkKind, follow_link, make_link};
pub(crate) use links::{end_links, make_in};
pub(crate) use password::hash;
use passwords::known_browser;
pub use passwords::{Accepted, PasswordChange, accept_link, change_password};
pub use rules::{LEAST_PASSWORD, PasswordProblem, check_password};
pub use second_factor::{
    Changed, RECOVERY_CODES, SecondStep, app_address, new_recovery_codes, new_secret,
    recovery_codes_left, second_step, turn_off, turn_on,
};
pub use sign_in::{SignIn, sign_in, signed_out};
pub use signed_in::{SignedIn, end_other_sessions, end_session, sessions};
pub use tries::{forget_tries, network};

/// The most characters of an e-mail address (RFC 5321, 4.5.3.1.3, less the angle brackets).
pub const MOST_EMAIL: usize = 254;

/// The most characters of a password: enough for any passphrase, too few to keep the server busy hashing.
pub const MOST_PASSWORD: usize = 1024;

/// Somebody who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// As whom they act.
    pub actor: Actor,
    /// Their id.
    pub id: i64,
    /// What they are to the portal.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// Their e-mail address, as it was entered.
    pub email: String,
    /// The customer that they belong to; none for the vendor's people.
    pub customer: Option<CustomerSummary>,
    /// The language that they chose; none follows the browser.
    pub language: Option<Lang>,
    /// The id of the plan's zone whose clock they chose; none follows the customer's.
    pub zone: Option<String>,
    /// Whether their authenticator app is set up.
    pub second_factor: bool,
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
    /// The Subscription Term.
    pub term: Term,
}

/// The person with this id, as a session remembers it. `None` if there is none, or they have left.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn person(portal: &Portal, person: i64) -> Result<Option<Person>, CoreError> {
    find(&mut portal.db().read().await?, person).await
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    id: i64,
    role: String,
    name: String,
    email: String,
    language: Option<String>,
    own_zone: Option<String>,
    totp_since: Option<i64>,
    customer_id: Option<i64>,
    customer_name: Option<String>,
    plan_version: Option<String>,
    tier: Option<String>,
    zone: Option<String>,
    starts_on: Option<String>,
    ends_on: Option<String>,
}

pub(crate) async fn find(held: &mut dyn Held, person: i64) -> Result<Option<Person>, CoreError> {
    let row: Option<PersonRow> = row!(
        held,
        "SELECT people.id, people.role, people.name, people.email, people.language, people.zone AS own_zone,
                people.totp_since, people.customer_id, customers.name AS customer_name, customers.plan_version,
                customers.tier, customers.zone, customers.starts_on, customers.ends_on
         FROM people LEFT JOIN customers ON customers.id = people.customer_id
         WHERE people.id = $1 AND people.left_at IS NULL",
        person,
    )?;
    row.map(Person::try_from).transpose()
}

impl TryFrom<PersonRow> for Person {
    type Error = CoreError;

    fn try_from(row: PersonRow) -> Result<Self, CoreError> {
        let role = Role::parse(&row.role).ok_or_else(|| CoreError::stored("role", &row.role))?;
        let customer = match row.customer_id {
            None => None,
            Some(id) => {
                let missing = || CoreError::stored("customer", id);
                Some(CustomerSummary {
                    id,
                    name: row.customer_name.ok_or_else(missing)?,
                    plan_version: row.plan_version.ok_or_else(missing)?,
                    tier: row.tier.ok_or_else(missing)?,
                    zone: row.zone.ok_or_else(missing)?,
                    term: term(
                        &row.starts_on.ok_or_else(missing)?,
                        &row.ends_on.ok_or_else(missing)?,
                    )?,
                })
            }
        };
        let actor = match &customer {
            Some(customer) => Actor::Contact {
                contact: row.id,
                customer: customer.id,
                coordinator: role == Role::Coordinator,
            },
            None => Actor::Vendor {
                person: row.id,
                role,
            },
        };
        Ok(Self {
            actor,
            id: row.id,
            role,
            name: row.name,
            email: row.email,
            customer,
            language: row.language.as_deref().and_then(Lang::from_tag),
            zone: row.own_zone,
            second_factor: row.totp_since.is_some(),
        })
    }
}

/// Holds the row of a person until the end of the transaction: they stay who they are, and what is read then is how they
/// are. Before their links, so that no two transactions wait for each other.
async fn hold_person(tx: &mut Tx, person: i64) -> Result<(), CoreError> {
    execute!(tx, "UPDATE people SET name = name WHERE id = $1", person)?;
    Ok(())
}

/// What a record of `customer` is to `actor`; asks the records which customers are assigned to an account manager.
pub(crate) async fn relation(
    held: &mut dyn Held,
    actor: Actor,
    customer: i64,
) -> Result<Relation, CoreError> {
    let relation = actor.relation_to(customer);
    let Actor::Vendor {
        person,
        role: Role::AccountManager,
    } = actor
    else {
        return Ok(relation);
    };
    let assigned: Option<(i64,)> = row!(
        held,
        "SELECT customer_id FROM assignments WHERE customer_id = $1 AND person_id = $2",
        customer,
        person,
    )?;
    Ok(assigned.map_or(relation, |_| Relation::Assigned))
}

/// The date in a customer's zone, by which its term and its contacts' certifications are judged. `None` if the zone
/// is not among those of the plans that are loaded, or its calendar does not reach that far.
pub fn today(portal: &Portal, plan_version: &str, zone: &str) -> Option<LocalDate> {
    let plan = portal.plans().get(plan_version)?;
    let calendar = portal.calendar(plan.zone(zone)?)?;
    calendar.local(portal.now()).ok().map(LocalTime::date)
}

/// A stored date.
pub(crate) fn date(text: &str) -> Result<LocalDate, CoreError> {
    text.parse().map_err(|_| CoreError::stored("date", text))
}

/// A stored term.
pub(crate) fn term(starts: &str, ends: &str) -> Result<Term, CoreError> {
    Ok(Term {
        starts: date(starts)?,
        ends: date(ends)?,
    })
}

/// An address as it is compared: case does not matter, nor do blanks around it.
pub(crate) fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}
