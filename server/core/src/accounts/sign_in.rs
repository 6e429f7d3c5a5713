//! Signing in with e-mail address and password.

use super::{MOST_EMAIL, MOST_PASSWORD, Person, find, fold_email, password};
use crate::{CoreError, Portal, db::row};

/// The person with this address, if the password is theirs.
///
/// Case and surrounding blanks of the address do not matter; the password counts as it is typed. An unknown address,
/// a wrong password and input beyond [`MOST_EMAIL`] or [`MOST_PASSWORD`] all give `None`, and the first two take
/// the same work. Anybody may try; how often is the caller's to limit.
///
/// # Errors
/// [`CoreError`] if the database or the hashing fails.
pub async fn sign_in(
    portal: &Portal,
    email: &str,
    password: &str,
) -> Result<Option<Person>, CoreError> {
    let too_long = |text: &str, most: usize| text.chars().nth(most).is_some();
    // PostgreSQL has no text with a NUL in it, so nobody has such an address.
    if too_long(email, MOST_EMAIL) || too_long(password, MOST_PASSWORD) || email.contains('\0') {
        return Ok(None);
    }
    let found: Option<(i64, Option<String>)> = {
        // Given back before the hashing, which others may have to wait for.
        let mut reader = portal.db().read().await?;
        row!(
            reader,
            "SELECT id, password_hash FROM people WHERE email_folded = $1 AND left_at IS NULL",
            fold_email(email),
        )?
    };
    let (person, hash) = found.unzip();
    if !password::verify(portal, password, hash.flatten()).await? {
        return Ok(None);
    }
    match person {
        Some(person) => find(&mut portal.db().read().await?, person).await,
        None => Ok(None),
    }
}
