//! Hashing and checking passwords: argon2id.

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        Error,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};

use crate::{CoreError, Portal};

/// OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How much memory is asked for, in blocks of 1 KiB, whatever is used of it. What is never written to is never there;
/// but glibc gives a piece back to the system as soon as it is free only if it has more than 32 MiB. Smaller ones it
/// comes to keep, for each thread that ever checked a password.
const GIVEN_BACK: usize = 33 * 1024;

/// The hash of random bytes that nobody kept. It is checked where there is no account, so that an unknown
/// address takes as long as a wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bc6pyP9TZcCkhRjstw0tig$lkNgpc0r5WWX08BqTNl3s82x57HE4NFQx5bEdgoHWbM";

fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| Error::ParamsInvalid)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password, in memory that is given back.
fn digest(argon2: &Argon2<'_>, password: &str, salt: &Salt) -> Result<Output, Error> {
    let params = argon2.params();
    let mut memory = Vec::new();
    memory
        .try_reserve_exact(params.block_count().max(GIVEN_BACK))
        .map_err(|_| Error::OutOfMemory)?;
    memory.resize(params.block_count(), Block::new());
    let mut hash = vec![0; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut hash, &mut memory)?;
    Ok(Output::new(&hash)?)
}

/// A password and its salt as a PHC string.
fn hashed(password: &str, salt: [u8; 16]) -> Result<String, Error> {
    let (argon2, salt) = (argon2()?, Salt::new(&salt)?);
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(argon2.params())?,
        hash: Some(digest(&argon2, password, &salt)?),
        salt: Some(salt),
    };
    Ok(hash.to_string())
}

/// Whether a password is the one that was hashed, under the parameters that it was hashed with.
fn matches(password: &str, stored: &str) -> Result<bool, Error> {
    let stored = PasswordHash::new(stored)?;
    let (Some(salt), Some(version)) = (stored.salt, stored.version) else {
        return Err(Error::EncodingInvalid);
    };
    let argon2 = Argon2::new(
        Algorithm::try_from(stored.algorithm.as_str())?,
        Version::try_from(version).map_err(|_| Error::Version)?,
        Params::try_from(&stored)?,
    );
    // Hashes are compared in constant time.
    Ok(Some(digest(&argon2, password, &salt)?) == stored.hash)
}

/// Hashes a password, as a PHC string.
///
/// # Errors
/// [`CoreError`] if there is too little memory.
pub(crate) async fn hash(portal: &Portal, password: &str) -> Result<String, CoreError> {
    let mut salt = [0; 16];
    portal.chance().fill(&mut salt);
    let password = password.to_owned();
    beside(portal, move || hashed(&password, salt)).await
}

/// Whether `password` is the one that was hashed. Without a hash the work is the same and the answer no.
///
/// # Errors
/// [`CoreError`] if the hash is none.
pub(super) async fn verify(
    portal: &Portal,
    password: &str,
    hash: Option<String>,
) -> Result<bool, CoreError> {
    let password = password.to_owned();
    beside(portal, move || {
        let known = hash.is_some();
        let hash = hash.as_deref().unwrap_or(NOBODY);
        Ok(matches(&password, hash)? && known)
    })
    .await
}

/// Hashing takes tens of milliseconds: never on the event loop, and no more of it at once than there are processors.
async fn beside<T: Send + 'static>(
    portal: &Portal,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, CoreError> {
    // The semaphore is never closed; if it were, hashing would only be unlimited.
    let _permit = portal.hashing().acquire().await.ok();
    tokio::task::spawn_blocking(work)
        .await?
        .map_err(CoreError::Password)
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordHasher as _;

    use super::*;

    #[test]
    fn nobodys_hash_costs_as_much_as_a_real_one() {
        let real = hashed("x", [7; 16]).unwrap();
        let cost = |hash: &str| {
            hash.split('$')
                .take(4)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(cost(&real), cost(NOBODY));
        assert_eq!(real.len(), NOBODY.len());
        assert_eq!(cost(NOBODY)[3], "m=19456,t=2,p=1");
    }

    #[test]
    fn in_its_own_memory_a_password_has_the_same_hash() {
        let ours = hashed("한글 password", [7; 16]).unwrap();
        let theirs = argon2()
            .unwrap()
            .hash_password_with_salt("한글 password".as_bytes(), &[7; 16])
            .unwrap();
        assert_eq!(ours, theirs.to_string());
        assert_eq!(matches("한글 password", &ours), Ok(true));
        assert_eq!(matches("한글 passwore", &ours), Ok(false));
        // Parameters of another time, and what is no hash.
        let cheap = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(64, 1, 1, Some(16)).unwrap(),
        );
        let cheap = cheap.hash_password_with_salt(b"x", &[7; 16]).unwrap();
        assert_eq!(matches("x", &cheap.to_string()), Ok(true));
        assert_eq!(matches("y", &cheap.to_string()), Ok(false));
        assert!(matches("x", "x").is_err());
    }
}
