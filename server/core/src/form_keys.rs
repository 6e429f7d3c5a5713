//! Keys of forms that prove by themselves that this installation issued them, so that none is stored.
//!
//! A key is a UUID of version 4 in its usual writing, as `domain::incident::is_form_key` asks for. Its first nine bytes come by
//! chance; the other seven are the beginning of a code over them (HMAC-SHA-256) that only the portal can make. The secret of
//! the codes is kept in the database, so every server knows the keys of every other, and a restart changes nothing. A key is
//! nobody's: a form whose session ended is sent by whoever signs in.

use domain::incident::is_form_key;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::{Builder, Uuid};

use crate::{
    clock::Chance,
    db::{Db, Held, Lock, execute, lock, row},
};

/// Bytes of a key that come by chance. What says that it is a UUID, and which, is in these.
const BY_CHANCE: usize = 9;

/// The secret that the codes are made with.
pub(crate) struct FormSecret(Hmac<Sha256>);

impl FormSecret {
    /// Reads it; `None` if it was not made yet, or there is no table for it.
    pub(crate) async fn find(db: &Db) -> Result<Option<Self>, sqlx::Error> {
        match read(&mut db.read().await?).await {
            // The table itself is missing: the migrations are still to be run.
            Err(sqlx::Error::Database(_)) => Ok(None),
            found => found,
        }
    }

    /// Reads it; the first time it is made. Two servers that start at once make one between them.
    pub(crate) async fn prepare(db: &Db, chance: &dyn Chance) -> Result<Self, sqlx::Error> {
        if let Some(secret) = read(&mut db.read().await?).await? {
            return Ok(secret);
        }
        let mut tx = db.write().await?;
        lock(&mut tx, Lock::FormSecret).await?;
        if let Some(secret) = read(&mut tx).await? {
            return Ok(secret);
        }
        let mut made = [0; 32];
        chance.fill(&mut made);
        execute!(
            tx,
            "INSERT INTO form_secret (id, secret) VALUES (1, $1)",
            made.to_vec(),
        )?;
        tx.commit().await?;
        Self::of(&made)
    }

    fn of(secret: &[u8]) -> Result<Self, sqlx::Error> {
        Hmac::<Sha256>::new_from_slice(secret)
            .map(Self)
            .map_err(|error| sqlx::Error::Decode(error.into()))
    }

    /// A new key.
    pub(crate) fn new_key(&self, chance: &dyn Chance) -> String {
        let mut bytes = [0; 16];
        chance.fill(&mut bytes);
        let mut bytes = Builder::from_random_bytes(bytes).into_uuid().into_bytes();
        let (first, rest) = bytes.split_at_mut(BY_CHANCE);
        let code = self.code(first).finalize().into_bytes();
        for (byte, code) in rest.iter_mut().zip(code) {
            *byte = code;
        }
        Uuid::from_bytes(bytes).to_string()
    }

    /// Whether this is a key that was made with this secret.
    pub(crate) fn issued(&self, key: &str) -> bool {
        let Some(key) = Uuid::try_parse(key).ok().filter(|_| is_form_key(key)) else {
            return false;
        };
        let (first, code) = key.as_bytes().split_at(BY_CHANCE);
        self.code(first).verify_truncated_left(code).is_ok()
    }

    fn code(&self, first: &[u8]) -> Hmac<Sha256> {
        let mut code = self.0.clone();
        code.update(first);
        code
    }
}

async fn read(held: &mut dyn Held) -> Result<Option<FormSecret>, sqlx::Error> {
    let secret: Option<(Vec<u8>,)> = row!(held, "SELECT secret FROM form_secret WHERE id = 1")?;
    secret.map(|(secret,)| FormSecret::of(&secret)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{SystemChance, TestChance};

    fn secret(byte: u8) -> FormSecret {
        FormSecret::of(&[byte; 32]).unwrap()
    }

    #[test]
    fn a_key_is_written_like_any_and_differs_from_the_next() {
        for chance in [&SystemChance as &dyn Chance, &TestChance::seeded(7)] {
            let (one, other) = (secret(7).new_key(chance), secret(7).new_key(chance));
            assert!(is_form_key(&one), "{one}");
            let read = Uuid::try_parse(&one).unwrap();
            assert_eq!(read.get_version_num(), 4, "{one}");
            assert_eq!(read.get_variant(), uuid::Variant::RFC4122, "{one}");
            assert_ne!(one, other);
            assert!(secret(7).issued(&one) && secret(7).issued(&other));
        }
    }

    #[test]
    fn a_key_with_another_bit_or_of_another_installation_was_not_issued() {
        let key = secret(7).new_key(&SystemChance);
        let bytes = Uuid::try_parse(&key).unwrap().into_bytes();
        for bit in 0..128 {
            let mut bytes = bytes;
            bytes[bit / 8] ^= 1 << (bit % 8);
            let flipped = Uuid::from_bytes(bytes).to_string();
            assert!(!secret(7).issued(&flipped), "{key}: {flipped}");
        }
        assert!(!secret(8).issued(&key));
        for other in [
            "",
            "1",
            "0190a6f0-7b7e-4c3e-9d6f-0123456789ab",
            &key.replace('-', ""),
            &format!("{{{key}}}"),
            &format!("urn:uuid:{key}"),
            &format!("{key} "),
        ] {
            assert!(!secret(7).issued(other), "{other}");
        }
    }
}
