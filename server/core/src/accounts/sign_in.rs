//! Signing in with e-mail address and password, and signing out.

use domain::people::Actor;

use super::{
    MOST_EMAIL, MOST_PASSWORD, Person,
    devices::known_device,
    find, fold_email, password,
    tries::{self, EVERYWHERE},
};
use crate::{
    CoreError, Portal,
    audit::{self, Entry, Kind},
    db::row,
};

/// What came of a try to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// The password is theirs. Somebody with a [second factor](Person::second_factor) is asked for it next.
    Right(Box<Person>),
    /// The address is unknown or the password wrong: never said which.
    Wrong,
    /// Too much was tried in vain; nothing was looked at.
    Wait {
        /// For how long, in whole seconds.
        seconds: i64,
    },
}

/// Whole seconds, so that whoever waits them out is let through.
pub(super) const fn seconds(ms: i64) -> i64 {
    (ms + 999) / 1000
}

/// Signs somebody in by address and password.
///
/// Case and surrounding blanks of the address do not matter; the password counts as it is typed. An unknown address,
/// a wrong password and input beyond [`MOST_EMAIL`] or [`MOST_PASSWORD`] all give [`SignIn::Wrong`], and the first two
/// take the same work and are counted alike. `device` is what the browser carries from an earlier time
/// ([`device`](super::device)). Anybody may try.
///
/// # Errors
/// [`CoreError`] if the database or the hashing fails.
pub async fn sign_in(
    portal: &Portal,
    email: &str,
    password: &str,
    device: Option<&str>,
) -> Result<SignIn, CoreError> {
    let too_long = |text: &str, most: usize| text.chars().nth(most).is_some();
    // PostgreSQL has no text with a NUL in it, so nobody has such an address.
    if too_long(email, MOST_EMAIL) || too_long(password, MOST_PASSWORD) || email.contains('\0') {
        refused(portal, email, None, "unreadable").await?;
        return Ok(SignIn::Wrong);
    }
    let folded = fold_email(email);
    let found: Option<(i64, Option<i64>, Option<String>)> = {
        // Given back before the hashing, which others may have to wait for.
        let mut reader = portal.db().read().await?;
        row!(
            reader,
            "SELECT id, customer_id, password_hash FROM people WHERE email_folded = $1 AND left_at IS NULL",
            &folded,
        )?
    };
    let customer = found.as_ref().and_then(|(_, customer, _)| *customer);
    let known = found
        .as_ref()
        .and_then(|(person, _, hash)| known_device(hash.as_deref()?, *person, device?));
    let account = format!("password\0{folded}");
    let one = match tries::admit(portal, &account, known.as_deref(), EVERYWHERE).await? {
        Ok(one) => one,
        Err(wait) => {
            refused(portal, email, customer, "wait").await?;
            return Ok(SignIn::Wait {
                seconds: seconds(wait),
            });
        }
    };
    let (person, hash) = found.map(|(person, _, hash)| (person, hash)).unzip();
    let right = password::verify(portal, password, hash.flatten()).await?;
    let person = match person {
        Some(person) if right => find(&mut portal.db().read().await?, person).await?,
        _ => None,
    };
    let Some(person) = person else {
        refused(portal, email, customer, "password").await?;
        return Ok(SignIn::Wrong);
    };
    let mut tx = portal.db().write().await?;
    tries::succeeded(&mut tx, &one).await?;
    if !person.second_factor {
        let entry = entry(&person, Kind::SignedIn);
        audit::write(
            portal,
            &mut tx,
            entry,
            audit::NOTHING,
            Some(&By::only("password")),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(SignIn::Right(Box::new(person)))
}

/// By what somebody signed in, or was refused.
#[derive(serde::Serialize)]
pub(super) struct By<'a> {
    pub by: &'a str,
    /// The step before: of somebody with a second factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<&'a str>,
}

impl<'a> By<'a> {
    pub(super) const fn only(by: &'a str) -> Self {
        Self { by, after: None }
    }
}

pub(super) fn entry(person: &Person, kind: Kind) -> Entry<'_> {
    Entry {
        actor: person.actor,
        kind,
        customer: person.customer.as_ref().map(|customer| customer.id),
        subject: &person.email,
    }
}

/// Writes down that somebody was refused, with what they typed as their address.
pub(super) async fn refused(
    portal: &Portal,
    typed: &str,
    customer: Option<i64>,
    by: &'static str,
) -> Result<(), CoreError> {
    let subject: String = typed
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(MOST_EMAIL)
        .collect();
    let entry = Entry {
        actor: Actor::Anonymous,
        kind: Kind::SignInRefused,
        customer,
        subject: &subject,
    };
    let mut tx = portal.db().write().await?;
    audit::write(portal, &mut tx, entry, audit::NOTHING, Some(&By::only(by))).await?;
    Ok(tx.commit().await?)
}

/// Writes down that somebody signed out; their session is ended by whoever keeps it. Nothing if nobody was signed in.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn signed_out(portal: &Portal, actor: Actor) -> Result<(), CoreError> {
    let Some(person) = actor.person() else {
        return Ok(());
    };
    let mut tx = portal.db().write().await?;
    if let Some(person) = find(&mut tx, person).await? {
        let entry = entry(&person, Kind::SignedOut);
        audit::write(portal, &mut tx, entry, audit::NOTHING, audit::NOTHING).await?;
    }
    Ok(tx.commit().await?)
}
