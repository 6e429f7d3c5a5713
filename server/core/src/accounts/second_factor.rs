//! The second factor: the codes of an authenticator app (RFC 6238), and recovery codes for when it is lost.

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use domain::people::{Actor, Operation, allows};
use sha2::{Digest as _, Sha256};
use totp_rs::{Algorithm, Builder, Totp};

use super::{
    Person, find,
    sign_in::{entry, refused, seconds},
    tries::{self, CODES},
};
use crate::{
    CoreError, Portal,
    audit::{self, Kind},
    db::{Tx, execute, row},
};

/// How many recovery codes there are at a time.
pub const RECOVERY_CODES: usize = 10;

/// Bytes of a secret (RFC 4226 recommends 160 bits).
const SECRET: usize = 20;

/// Bytes of a recovery code: 80 bits need no slow hashing.
const RECOVERY: usize = 10;

/// What came of the second step of signing in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecondStep {
    /// The code is theirs: they are signed in.
    Right(Box<Person>),
    /// It is not, or it was used before.
    Wrong,
    /// Too much was tried in vain; nothing was looked at.
    Wait {
        /// For how long, in whole seconds.
        seconds: i64,
    },
    /// There is no second step for this person any more: they left, or the app was removed.
    Gone,
}

/// What came of a change to one's own second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It was done. With these recovery codes, to be shown once; none where it was removed.
    Done(Vec<String>),
    /// The code is not the one that the app shows now, or was used before.
    Wrong,
    /// Too much was tried in vain.
    Wait {
        /// For how long, in whole seconds.
        seconds: i64,
    },
    /// The person's role needs a second factor, so it stays.
    Needed,
    /// It is not as the form supposed: set up already, or removed already.
    Otherwise,
    /// Nobody is signed in.
    NotPermitted,
}

/// A new secret for an authenticator app, in base32. It counts once a code of it is [handed in](turn_on).
pub fn new_secret(portal: &Portal) -> String {
    let mut bytes = [0; SECRET];
    portal.chance().fill(&mut bytes);
    BASE32_NOPAD.encode(&bytes)
}

/// The address that an authenticator app reads from a picture. `None` if the secret is none.
pub fn app_address(secret: &str, vendor: &str, email: &str) -> Option<String> {
    let no_colon = |text: &str| text.replace(':', " ");
    builder(secret)?
        .with_issuer(Some(no_colon(vendor)))
        .with_account_name(no_colon(email))
        .build()
        .ok()?
        .to_url()
        .ok()
}

fn builder(secret: &str) -> Option<Builder> {
    let bytes = BASE32_NOPAD.decode(secret.as_bytes()).ok()?;
    Some(
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(30)
            .with_skew(1)
            .with_secret(bytes),
    )
}

fn totp(secret: &str) -> Result<Totp, CoreError> {
    builder(secret)
        .and_then(|builder| builder.build().ok())
        .ok_or_else(|| CoreError::stored("secret", "of an authenticator app"))
}

/// The step of time whose code this is: the present one, the one before or the one after.
fn step(portal: &Portal, secret: &str, code: &str) -> Result<Option<i64>, CoreError> {
    let now = u64::try_from(portal.now().0 / 1000).unwrap_or(0);
    let step = totp(secret)?.check(code, now);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// A code without what people put between its parts.
fn plain(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(64)
        .collect::<String>()
        .to_ascii_lowercase()
}

fn hash_of(recovery: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(recovery.as_bytes()))
}

/// Whether a code of a person is right, and uses it up: no step of time and no recovery code counts twice.
async fn take(portal: &Portal, tx: &mut Tx, person: i64, code: &str) -> Result<bool, CoreError> {
    let code = plain(code);
    if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        let secret: Option<(Option<String>,)> = row!(
            tx,
            "SELECT totp_secret FROM people WHERE id = $1 AND totp_since IS NOT NULL",
            person,
        )?;
        let Some(secret) = secret.and_then(|(secret,)| secret) else {
            return Ok(false);
        };
        let Some(step) = step(portal, &secret, &code)? else {
            return Ok(false);
        };
        let taken = execute!(
            tx,
            "UPDATE people SET totp_last_step = $1 WHERE id = $2 AND totp_last_step < $1 AND totp_since IS NOT NULL",
            step,
            person,
        )?;
        return Ok(taken == 1);
    }
    let taken = execute!(
        tx,
        "UPDATE recovery_codes SET used_at = $1 WHERE person_id = $2 AND hash = $3 AND used_at IS NULL",
        portal.now().0,
        person,
        hash_of(&code),
    )?;
    if taken == 1
        && let Some(person) = find(tx, person).await?
    {
        let after = serde_json::json!({ "left": left(tx, person.id).await? });
        let entry = entry(&person, Kind::RecoveryCodeUsed);
        audit::write(portal, tx, entry, audit::NOTHING, Some(&after)).await?;
    }
    Ok(taken == 1)
}

async fn left(tx: &mut dyn crate::db::Held, person: i64) -> Result<i64, CoreError> {
    let found: Option<(i64,)> = row!(
        tx,
        "SELECT COUNT(*) FROM recovery_codes WHERE person_id = $1 AND used_at IS NULL",
        person,
    )?;
    Ok(found.map_or(0, |(left,)| left))
}

/// What tries of codes after a password are counted for.
pub(super) fn account(person: i64) -> String {
    format!("code\0{person}")
}

/// The second step of signing in: a code of the app, or a recovery code, from whoever proved the first.
///
/// `first` is what the first step was: `password`, `link`, or the id of a provider of single sign-on. `device` is what the
/// browser carries from an earlier time.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn second_step(
    portal: &Portal,
    person: i64,
    first: &str,
    code: &str,
    device: Option<&str>,
) -> Result<SecondStep, CoreError> {
    let found = find(&mut portal.db().read().await?, person).await?;
    let Some(person) = found.filter(|person| person.second_factor) else {
        return Ok(SecondStep::Gone);
    };
    let customer = person.customer.as_ref().map(|customer| customer.id);
    let known = super::known_browser(portal, person.id, device).await?;
    let one = match tries::admit(portal, &account(person.id), known.as_deref(), CODES).await? {
        Ok(one) => one,
        Err(wait) => {
            refused(portal, &person.email, customer, "wait").await?;
            return Ok(SecondStep::Wait {
                seconds: seconds(wait),
            });
        }
    };
    let mut tx = portal.db().write().await?;
    if !take(portal, &mut tx, person.id, code).await? {
        tx.rollback().await?;
        refused(portal, &person.email, customer, "code").await?;
        return Ok(SecondStep::Wrong);
    }
    tries::succeeded(&mut tx, &one).await?;
    let by = super::sign_in::By {
        by: "code",
        after: Some(first),
    };
    let entry = entry(&person, Kind::SignedIn);
    audit::write(portal, &mut tx, entry, audit::NOTHING, Some(&by)).await?;
    tx.commit().await?;
    Ok(SecondStep::Right(Box::new(person)))
}

/// Sets up an authenticator app with a secret that it was given, once it shows the right code for it.
///
/// # Errors
/// [`CoreError`] if the database fails, or the secret is none.
pub async fn turn_on(
    portal: &Portal,
    actor: Actor,
    secret: &str,
    code: &str,
) -> Result<Changed, CoreError> {
    let Some(person) = own(actor) else {
        return Ok(Changed::NotPermitted);
    };
    let Some(step) = step(portal, secret, &plain(code))? else {
        return Ok(Changed::Wrong);
    };
    let mut tx = portal.db().write().await?;
    let on = execute!(
        tx,
        "UPDATE people SET totp_secret = $1, totp_since = $2, totp_last_step = $3
         WHERE id = $4 AND totp_since IS NULL AND left_at IS NULL",
        secret,
        portal.now().0,
        step,
        person,
    )?;
    let Some(person) = find(&mut tx, person).await?.filter(|_| on == 1) else {
        tx.rollback().await?;
        return Ok(Changed::Otherwise);
    };
    let about = entry(&person, Kind::SecondFactorOn);
    audit::write(portal, &mut tx, about, audit::NOTHING, audit::NOTHING).await?;
    let codes = make_codes(portal, &mut tx, &person).await?;
    tx.commit().await?;
    Ok(Changed::Done(codes))
}

/// New recovery codes in place of all earlier ones, for a code of the app or one of the earlier ones.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn new_recovery_codes(
    portal: &Portal,
    actor: Actor,
    code: &str,
) -> Result<Changed, CoreError> {
    let (mut tx, person) = match proven(portal, actor, code).await? {
        Ok(proven) => proven,
        Err(changed) => return Ok(changed),
    };
    let codes = make_codes(portal, &mut tx, &person).await?;
    tx.commit().await?;
    Ok(Changed::Done(codes))
}

/// Removes the authenticator app, for a code of it or a recovery code. Not from somebody whose role needs one.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn turn_off(portal: &Portal, actor: Actor, code: &str) -> Result<Changed, CoreError> {
    if actor.role().needs_second_factor() {
        return Ok(Changed::Needed);
    }
    let (mut tx, person) = match proven(portal, actor, code).await? {
        Ok(proven) => proven,
        Err(changed) => return Ok(changed),
    };
    execute!(
        tx,
        "UPDATE people SET totp_secret = NULL, totp_since = NULL WHERE id = $1",
        person.id
    )?;
    execute!(
        tx,
        "DELETE FROM recovery_codes WHERE person_id = $1",
        person.id
    )?;
    let about = entry(&person, Kind::SecondFactorOff);
    audit::write(portal, &mut tx, about, audit::NOTHING, audit::NOTHING).await?;
    tx.commit().await?;
    Ok(Changed::Done(Vec::new()))
}

/// How many recovery codes somebody has left. `None` if no authenticator app is set up.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn recovery_codes_left(portal: &Portal, actor: Actor) -> Result<Option<i64>, CoreError> {
    let Some(person) = own(actor) else {
        return Ok(None);
    };
    let mut reader = portal.db().read().await?;
    match find(&mut reader, person).await? {
        Some(person) if person.second_factor => Ok(Some(left(&mut reader, person.id).await?)),
        _ => Ok(None),
    }
}

/// The person themselves, if they may change what is theirs.
fn own(actor: Actor) -> Option<i64> {
    let person = actor.person()?;
    allows(
        actor,
        actor.relation_to_person(person),
        Operation::ChangeSelf,
    )
    .then_some(person)
}

/// A transaction in which somebody has proven their second factor once more.
async fn proven(
    portal: &Portal,
    actor: Actor,
    code: &str,
) -> Result<Result<(Tx, Person), Changed>, CoreError> {
    let Some(person) = own(actor) else {
        return Ok(Err(Changed::NotPermitted));
    };
    let found = find(&mut portal.db().read().await?, person).await?;
    let Some(person) = found.filter(|person| person.second_factor) else {
        return Ok(Err(Changed::Otherwise));
    };
    let account = format!("own code\0{}", person.id);
    let one = match tries::admit(portal, &account, None, CODES).await? {
        Ok(one) => one,
        Err(wait) => {
            audit::refused(portal, actor, Operation::ChangeSelf).await?;
            return Ok(Err(Changed::Wait {
                seconds: seconds(wait),
            }));
        }
    };
    let mut tx = portal.db().write().await?;
    if !take(portal, &mut tx, person.id, code).await? {
        tx.rollback().await?;
        audit::refused(portal, actor, Operation::ChangeSelf).await?;
        return Ok(Err(Changed::Wrong));
    }
    tries::succeeded(&mut tx, &one).await?;
    Ok(Ok((tx, person)))
}

/// Makes ten recovery codes and forgets the earlier ones. Four groups of four letters and digits each.
async fn make_codes(
    portal: &Portal,
    tx: &mut Tx,
    person: &Person,
) -> Result<Vec<String>, CoreError> {
    execute!(
        tx,
        "DELETE FROM recovery_codes WHERE person_id = $1",
        person.id
    )?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let mut bytes = [0; RECOVERY];
        portal.chance().fill(&mut bytes);
        let code = BASE32_NOPAD.encode(&bytes).to_ascii_lowercase();
        execute!(
            tx,
            "INSERT INTO recovery_codes (person_id, hash) VALUES ($1, $2)",
            person.id,
            hash_of(&code),
        )?;
        let groups: Vec<&str> = [0, 4, 8, 12]
            .into_iter()
            .filter_map(|at| code.get(at..at + 4))
            .collect();
        codes.push(groups.join("-"));
    }
    let about = entry(person, Kind::RecoveryCodesMade);
    audit::write(portal, tx, about, audit::NOTHING, audit::NOTHING).await?;
    Ok(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_given_everything_that_it_needs() {
        let address = app_address(
            "MFWWEZLSFVTGU33SMQWXGYLNOBWGKLLT",
            "Interactor: Seoul",
            "a@b.example",
        )
        .unwrap();
        assert!(
            address.starts_with("otpauth://totp/Interactor%20%20Seoul:a%40b.example?secret=MFWWEZLSFVTGU33SMQWXGYLNOBWGKLLT"),
            "{address}"
        );
        assert_eq!(app_address("not base32!", "x", "y"), None);
    }

    #[test]
    fn blanks_and_dashes_in_a_code_do_not_matter() {
        assert_eq!(plain(" 123 456 "), "123456");
        assert_eq!(plain("ABCD-efgh 2345‐6"), "abcdefgh23456");
    }
}
