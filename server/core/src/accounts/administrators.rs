//! Administrators, as whoever runs the process makes them at its command line.

use domain::people::{Actor, Operation, Relation, Role, allows};

use super::{
    Link, LinkKind, MOST_EMAIL, find, fold_email,
    links::{make_in, make_link},
    sign_in::entry,
};
use crate::{
    CoreError, Portal,
    audit::{self, Kind},
    db::{execute, is_unique_violation, row},
};

/// The most characters of a name.
const MOST_NAME: usize = 200;

/// What came of making an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// They are invited with this link.
    Invited(Link),
    /// Somebody has this address.
    Taken,
    /// It is no e-mail address.
    NoAddress,
    /// The name is empty or has too many characters.
    NoName,
    /// Whoever asks may not.
    NotPermitted,
}

/// Whether a text can be an e-mail address: something, an `@`, and a domain; no blanks, at most [`MOST_EMAIL`] characters.
/// Whether mail arrives there only mail can tell.
pub fn is_email(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"@".contains(c))
    };
    text.chars().count() <= MOST_EMAIL
        && text.rsplit_once('@').is_some_and(|(local, domain)| {
            plain(local) && plain(domain) && domain.split('.').all(|label| !label.is_empty())
        })
}

/// Makes an administrator and a link with which they set their password.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn create_administrator(
    portal: &Portal,
    actor: Actor,
    email: &str,
    name: &str,
) -> Result<Made, CoreError> {
    if !allows(actor, Relation::Vendor, Operation::CreateAdministrator) {
        return Ok(Made::NotPermitted);
    }
    let (email, name) = (email.trim(), name.trim());
    if !is_email(email) {
        return Ok(Made::NoAddress);
    }
    if !(1..=MOST_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Ok(Made::NoName);
    }
    let mut tx = portal.db().write().await?;
    let inserted = execute!(
        tx,
        "INSERT INTO people (role, name, email, email_folded) VALUES ($1, $2, $3, $4)",
        Role::Administrator.name(),
        name,
        email,
        fold_email(email),
    );
    match inserted {
        Err(error) if is_unique_violation(&error) => {
            tx.rollback().await?;
            return Ok(Made::Taken);
        }
        other => other?,
    };
    let id: Option<(i64,)> = row!(
        tx,
        "SELECT id FROM people WHERE email_folded = $1",
        fold_email(email)
    )?;
    let (id,) = id.ok_or(sqlx::Error::RowNotFound)?;
    let person = find(&mut tx, id).await?.ok_or(sqlx::Error::RowNotFound)?;
    let about = audit::Entry {
        actor,
        ..entry(&person, Kind::PersonAdded)
    };
    let after =
        serde_json::json!({ "name": name, "email": email, "role": Role::Administrator.name() });
    audit::write(portal, &mut tx, about, audit::NOTHING, Some(&after)).await?;
    let link = make_in(portal, &mut tx, actor, LinkKind::Invitation, &person).await?;
    tx.commit().await?;
    Ok(Made::Invited(link))
}

/// A link to a new password for whoever has this address. `None` if nobody has, or `actor` may not make it.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn reset_link(
    portal: &Portal,
    actor: Actor,
    email: &str,
) -> Result<Option<Link>, CoreError> {
    let found: Option<(i64,)> = row!(
        portal.db().read().await?,
        "SELECT id FROM people WHERE email_folded = $1 AND left_at IS NULL",
        fold_email(email),
    )?;
    match found {
        Some((person,)) => make_link(portal, actor, LinkKind::Reset, person).await,
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for good in [
            "a@b.example",
            "서연@hangang.example",
            "o'neil+x@mail.a-b.example",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.example",
            "a@",
            "a b@c.example",
            "a@b..example",
            "a@.b",
            "a@b@c.example",
            "<a@b.example>",
            "a\0@b.example",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
        assert!(!is_email(&format!("{}@b.example", "a".repeat(250))));
    }
}
