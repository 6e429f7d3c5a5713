//! What a browser carries that signed in as somebody before, so that strangers' vain tries do not make it wait.
//!
//! It is a random number with a code over it and the person's id, made with their password's hash as the key. So nothing
//! is stored, every server knows it, nobody makes one who cannot read the database, and a new password ends it. It opens
//! nothing: the password is asked for as before.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{CoreError, Portal, db::row};

/// Bytes of the random number.
const NUMBER: usize = 16;

fn code(password_hash: &str, person: i64, number: &[u8]) -> Option<Hmac<Sha256>> {
    let mut code = Hmac::<Sha256>::new_from_slice(password_hash.as_bytes()).ok()?;
    code.update(b"device");
    code.update(&person.to_be_bytes());
    code.update(number);
    Some(code)
}

/// What the browser of somebody who just signed in is given to carry. `None` if they have no password.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn device(portal: &Portal, person: i64) -> Result<Option<String>, CoreError> {
    let found: Option<(Option<String>,)> = row!(
        portal.db().read().await?,
        "SELECT password_hash FROM people WHERE id = $1 AND left_at IS NULL",
        person,
    )?;
    let Some(password_hash) = found.and_then(|(hash,)| hash) else {
        return Ok(None);
    };
    let mut number = [0; NUMBER];
    portal.chance().fill(&mut number);
    Ok(code(&password_hash, person, &number).map(|code| {
        let mut bytes = number.to_vec();
        bytes.extend(code.finalize().into_bytes());
        BASE64URL_NOPAD.encode(&bytes)
    }))
}

/// The random number of a browser that signed in as this person before; nothing if it did not.
pub(super) fn known_device(password_hash: &str, person: i64, carried: &str) -> Option<String> {
    let bytes = BASE64URL_NOPAD.decode(carried.as_bytes()).ok()?;
    let (number, made) = bytes.split_at_checked(NUMBER)?;
    code(password_hash, person, number)?
        .verify_slice(made)
        .ok()?;
    Some(BASE64URL_NOPAD.encode(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_made_for_this_person_and_password_counts() {
        let number = [7; NUMBER];
        let mut bytes = number.to_vec();
        bytes.extend(
            code("$argon2id$x", 3, &number)
                .unwrap()
                .finalize()
                .into_bytes(),
        );
        let carried = BASE64URL_NOPAD.encode(&bytes);
        assert!(known_device("$argon2id$x", 3, &carried).is_some());
        assert_eq!(known_device("$argon2id$y", 3, &carried), None);
        assert_eq!(known_device("$argon2id$x", 4, &carried), None);
        for forged in ["", "A", "가", &carried[1..], &carried[..22]] {
            assert_eq!(known_device("$argon2id$x", 3, forged), None, "{forged}");
        }
    }
}
