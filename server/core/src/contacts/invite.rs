//! Inviting a colleague.

use domain::people::{Actor, Operation, Role};
use serde::Serialize;

use super::hold_customer;
use crate::{
    CoreError, Portal,
    accounts::{self, Link, LinkKind, MOST_EMAIL, find, fold_email},
    audit::{self, Entry, Kind},
    db::{Held, is_unique_violation, row, rows},
};

/// The most characters of a person's name.
pub const MOST_NAME: usize = 200;

/// A field about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonField {
    /// Their name.
    Name,
    /// Their e-mail address.
    Email,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonProblem {
    /// It must be filled in.
    Empty,
    /// It is longer than [`MOST_NAME`] or [`MOST_EMAIL`] characters.
    TooLong,
    /// It is no e-mail address, or no name.
    Malformed,
    /// Somebody of the same customer has this address.
    InUse,
    /// The address cannot be used: somebody elsewhere has it, or it is of no domain of the customer's; not said is which.
    Taken,
}

/// Somebody new, and the link to hand to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Their id.
    pub person: i64,
    /// The link by which they set their password.
    pub link: Link,
}

/// Why nobody was invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotInvited {
    /// There is no such customer, or it is not for who asks to manage.
    NotFound,
    /// Something has to be filled in in another way.
    Invalid(Vec<(PersonField, PersonProblem)>),
}

#[derive(Serialize)]
struct Added<'a> {
    name: &'a str,
    email: &'a str,
    role: &'static str,
}

/// Adds a contact without a password, not designated, and makes the link by which they set one.
///
/// A coordinator of a customer with e-mail domains of its own invites addresses of these only, and so learns of no other
/// address whether somebody has it.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn invite(
    portal: &Portal,
    actor: Actor,
    customer: i64,
    name: &str,
    email: &str,
) -> Result<Result<Invited, NotInvited>, CoreError> {
    if !audit::permitted_for(portal, actor, customer, Operation::ManageContacts).await? {
        return Ok(Err(NotInvited::NotFound));
    }
    let mut tx = portal.db().write().await?;
    let (name, email) = (name.trim(), email.trim());
    let problems: Vec<_> = [
        (PersonField::Name, wrong_name(name)),
        (PersonField::Email, wrong_email(email)),
    ]
    .into_iter()
    .filter_map(|(field, problem)| problem.map(|problem| (field, problem)))
    .collect();
    if !problems.is_empty() {
        return Ok(Err(NotInvited::Invalid(problems)));
    }
    if !hold_customer(&mut tx, customer).await? {
        return Ok(Err(NotInvited::NotFound));
    }
    let in_use = |problem| NotInvited::Invalid(vec![(PersonField::Email, problem)]);
    let folded = fold_email(email);
    let colleague: Option<(i64,)> = row!(
        tx,
        "SELECT id FROM people WHERE email_folded = $1 AND customer_id = $2 AND left_at IS NULL",
        &folded,
        customer,
    )?;
    if colleague.is_some() {
        return Ok(Err(in_use(PersonProblem::InUse)));
    }
    if actor.customer().is_some() && foreign(&mut tx, customer, &folded).await? {
        return Ok(Err(in_use(PersonProblem::Taken)));
    }
    let added: Result<Option<(i64,)>, sqlx::Error> = row!(
        tx,
        "INSERT INTO people (customer_id, role, name, email, email_folded) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        customer,
        Role::Contact.name(),
        name,
        email,
        &folded,
    );
    let person = match added {
        Ok(added) => added.ok_or(sqlx::Error::RowNotFound)?.0,
        Err(error) if is_unique_violation(&error) => {
            tx.rollback().await?;
            return Ok(Err(in_use(PersonProblem::Taken)));
        }
        Err(error) => return Err(error.into()),
    };
    let entry = Entry {
        actor,
        kind: Kind::PersonAdded,
        customer: Some(customer),
        subject: email,
    };
    let added = Added {
        name,
        email,
        role: Role::Contact.name(),
    };
    audit::write(portal, &mut tx, entry, audit::NOTHING, Some(&added)).await?;
    let whole = find(&mut tx, person)
        .await?
        .ok_or(sqlx::Error::RowNotFound)?;
    let link = accounts::make_in(portal, &mut tx, actor, LinkKind::Invitation, &whole).await?;
    tx.commit().await?;
    Ok(Ok(Invited { person, link }))
}

/// Whether an address is of none of the customer's own domains, if it has any.
async fn foreign(held: &mut dyn Held, customer: i64, email: &str) -> Result<bool, CoreError> {
    let domains: Vec<(String,)> = rows!(
        held,
        "SELECT domain FROM customer_domains WHERE customer_id = $1",
        customer,
    )?;
    let of = email.rsplit_once('@').map(|(_, domain)| domain);
    Ok(!domains.is_empty() && !domains.iter().any(|(own,)| of == Some(own.as_str())))
}

fn wrong_name(name: &str) -> Option<PersonProblem> {
    if name.is_empty() {
        Some(PersonProblem::Empty)
    } else if name.chars().count() > MOST_NAME {
        Some(PersonProblem::TooLong)
    } else if name.chars().any(not_written) {
        Some(PersonProblem::Malformed)
    } else {
        None
    }
}

/// Whether an address cannot be one: the link is handed over, so that only what no address has is refused.
fn wrong_email(email: &str) -> Option<PersonProblem> {
    if email.is_empty() {
        return Some(PersonProblem::Empty);
    }
    if email.chars().count() > MOST_EMAIL {
        return Some(PersonProblem::TooLong);
    }
    let well_formed = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && domain.split('.').all(|label| !label.is_empty())
            && !domain.contains('@')
    });
    let written = !email
        .chars()
        .any(|c| c.is_whitespace() || not_written(c) || "<>()[],;:\\\"".contains(c));
    (!well_formed || !written).then_some(PersonProblem::Malformed)
}

/// A control character, or one that turns the writing direction: a name could read as another.
fn not_written(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        for good in [
            "a@b.example",
            "first.last+tag@sub.domain.example",
            "김@한글.example",
        ] {
            assert_eq!(wrong_email(good), None, "{good}");
        }
        for bad in [
            "a",
            "@b.example",
            "a@",
            "a@b",
            "a@b..example",
            "a@.example",
            "a@b@c.example",
            "a b@c.example",
            "<a@b.example>",
            "a\u{0}@b.example",
            "a@b.example\u{202e}",
        ] {
            assert_eq!(wrong_email(bad), Some(PersonProblem::Malformed), "{bad}");
        }
        let long = format!("{}@b.example", "a".repeat(MOST_EMAIL));
        assert_eq!(wrong_email(&long), Some(PersonProblem::TooLong));
    }

    #[test]
    fn a_name_is_one_line_of_letters() {
        assert_eq!(wrong_name("Ana-María O’Neill 김"), None);
        assert_eq!(wrong_name(""), Some(PersonProblem::Empty));
        assert_eq!(wrong_name("a\nb"), Some(PersonProblem::Malformed));
        assert_eq!(
            wrong_name(&"가".repeat(MOST_NAME + 1)),
            Some(PersonProblem::TooLong)
        );
    }
}
