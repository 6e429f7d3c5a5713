//! People of every role, as an administrator keeps them.

mod add;
mod change;
mod get;
mod leave;
mod link;
mod list;
mod second_factor;

use domain::people::Role;
use serde::Serialize;

use crate::{
    CoreError, Portal,
    accounts::{self, MOST_EMAIL, Person, fold_email},
    audit::{self, Entry, Kind},
    contacts::hold_customer,
    customers::Assignment,
    db::{Held, Tx, execute, row, rows},
    forms::{Wrong, Wrongs},
};

pub use add::add;
pub use change::change;
pub use get::{Record, get};
pub use leave::{NotLeft, come_back, leave};
pub use link::link;
pub use list::{Filter, Row, list};
pub use second_factor::remove_second_factor;

/// The names of the form's fields.
const NAME: &str = "name";
const EMAIL: &str = "email";
const ROLE: &str = "role";
const CUSTOMER: &str = "customer";

/// A person as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonForm {
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// The name of their role.
    pub role: String,
    /// The name of their customer; empty for the vendor's people.
    pub customer: String,
}

/// What is kept of a [`PersonForm`].
struct Meant {
    name: String,
    email: String,
    email_folded: String,
    role: Role,
    customer: Option<i64>,
}

/// A person as the audit log keeps them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct State<'a> {
    name: &'a str,
    email: &'a str,
    role: Role,
    customer: Option<&'a str>,
}

impl PersonForm {
    /// What was meant, and what is wrong with it.
    async fn read(&self, held: &mut dyn Held) -> Result<(Meant, Wrongs), CoreError> {
        let mut wrongs = Wrongs::default();
        let name = wrongs.line(NAME, &self.name, 200);
        let email = wrongs.line(EMAIL, &self.email, MOST_EMAIL);
        if wrongs.of(EMAIL).is_none() && !is_email(&email) {
            wrongs.add(EMAIL, Wrong::NotAnEmail);
        }
        let role = Role::parse(&self.role);
        if role.is_none() {
            wrongs.add(ROLE, Wrong::NotOffered);
        }
        let role = role.unwrap_or(Role::Contact);
        let typed = self.customer.trim();
        // PostgreSQL has no text with a NUL in it.
        let found: Option<(i64,)> = if typed.is_empty() || typed.contains('\0') {
            None
        } else {
            row!(held, "SELECT id FROM customers WHERE name = $1", typed)?
        };
        match (role.of_customer(), typed.is_empty(), &found) {
            (true, true, _) => wrongs.add(CUSTOMER, Wrong::NeedsCustomer),
            (false, false, _) => wrongs.add(CUSTOMER, Wrong::NoCustomer),
            (true, false, None) => wrongs.add(CUSTOMER, Wrong::UnknownCustomer),
            _ => {}
        }
        let meant = Meant {
            email_folded: fold_email(&email),
            name,
            email,
            role,
            customer: found.map(|(id,)| id),
        };
        Ok((meant, wrongs))
    }
}

/// Whether it can be an address: something, one `@`, and a domain with a dot or a name; whether mail arrives there
/// only mail can tell.
fn is_email(email: &str) -> bool {
    let Some((local, domain)) = email.rsplit_once('@') else {
        return false;
    };
    let clean = |text: &str| {
        !text.is_empty()
            && !text
                .chars()
                .any(|c| c.is_whitespace() || matches!(c, '@' | ',' | ';' | '<' | '>' | '"'))
    };
    clean(local) && clean(domain) && !domain.starts_with('.') && !domain.ends_with('.')
}

/// Somebody who has not left. The row of their customer is held until the end of the transaction, so that nobody designates
/// them meanwhile. To be asked under [`Lock::Administrators`](crate::db::Lock): they stay that customer's.
async fn hold(tx: &mut Tx, person: i64) -> Result<Option<Person>, CoreError> {
    let found = accounts::find(tx, person).await?;
    let Some(customer) = found.as_ref().and_then(|found| found.customer.as_ref()) else {
        return Ok(found);
    };
    hold_customer(tx, customer.id).await?;
    // Read again: it may have changed before the row was held.
    accounts::find(tx, person).await
}

/// Whether nobody else administers the portal who can sign in, by a password or through a provider: an invitation alone
/// may never be accepted. To be asked under [`Lock::Administrators`](crate::db::Lock).
async fn is_last_administrator(held: &mut dyn Held, person: i64) -> Result<bool, CoreError> {
    let others: Option<(i64,)> = row!(
        held,
        "SELECT COUNT(*) FROM people WHERE role = 'administrator' AND left_at IS NULL AND id <> $1
         AND (password_hash IS NOT NULL
              OR EXISTS (SELECT 1 FROM identities WHERE identities.person_id = people.id))",
        person
    )?;
    Ok(others.is_none_or(|(others,)| others == 0))
}

/// Frees the seat of a designated contact.
async fn withdraw(
    portal: &Portal,
    tx: &mut Tx,
    actor: domain::people::Actor,
    person: &Person,
) -> Result<(), CoreError> {
    let withdrawn = execute!(
        tx,
        "UPDATE people SET designated_at = NULL WHERE id = $1 AND designated_at IS NOT NULL",
        person.id
    )?;
    if withdrawn == 1 {
        let entry = Entry {
            actor,
            kind: Kind::Withdrawn,
            customer: person.customer.as_ref().map(|customer| customer.id),
            subject: &person.email,
        };
        audit::write(portal, tx, entry, audit::NOTHING, audit::NOTHING).await?;
    }
    Ok(())
}

/// Takes every customer away from somebody who is no account manager any more.
async fn unassign_all(
    portal: &Portal,
    tx: &mut Tx,
    actor: domain::people::Actor,
    person: &Person,
) -> Result<(), CoreError> {
    let customers: Vec<(i64, String)> = rows!(
        tx,
        "SELECT customers.id, customers.name FROM assignments
         JOIN customers ON customers.id = assignments.customer_id
         WHERE assignments.person_id = $1 ORDER BY customers.id",
        person.id,
    )?;
    for (id, name) in customers {
        let entry = Entry {
            actor,
            kind: Kind::Unassigned,
            customer: Some(id),
            subject: &name,
        };
        let before = Assignment {
            account_manager: &person.email,
        };
        audit::write(portal, tx, entry, Some(&before), audit::NOTHING).await?;
    }
    execute!(
        tx,
        "DELETE FROM assignments WHERE person_id = $1",
        person.id
    )?;
    Ok(())
}

/// Ends every session of a person, and makes links that were handed to them useless.
pub(crate) async fn shut_out(tx: &mut Tx, person: i64) -> Result<(), CoreError> {
    execute!(tx, "DELETE FROM sessions WHERE person_id = $1", person)?;
    accounts::end_links(tx, person).await
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn an_address_is_told_from_what_is_none() {
        for good in [
            "a@b.example",
            "ines+portal@interactor.example",
            "서연@한강.example",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "@",
            "a",
            "a@",
            "@b.example",
            "a b@c.example",
            "a@b@c.example",
            "a@.b",
            "a@b.",
            "<a@b.example>",
            "a@b.example, c@d.example",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
