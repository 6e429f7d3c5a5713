//! Hashing and checking passwords: argon2id.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{Error, PasswordHasher as _, PasswordVerifier as _},
};

use crate::{CoreError, Portal};

/// OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The hash of random bytes that nobody kept. It is checked where there is no account, so that an unknown
/// address takes as long as a wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bc6pyP9TZcCkhRjstw0tig$lkNgpc0r5WWX08BqTNl3s82x57HE4NFQx5bEdgoHWbM";

fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| Error::ParamsInvalid)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password, as a PHC string.
///
/// # Errors
/// [`CoreError`] if there is too little memory.
pub(crate) async fn hash(portal: &Portal, password: &str) -> Result<String, CoreError> {
    let mut salt = [0; 16];
    portal.chance().fill(&mut salt);
    let password = password.to_owned();
    beside(portal, move || {
        Ok(argon2()?
            .hash_password_with_salt(password.as_bytes(), &salt)?
            .to_string())
    })
    .await
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
        match argon2()?.verify_password(password.as_bytes(), hash) {
            Ok(()) => Ok(known),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(error),
        }
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
    use super::*;

    #[test]
    fn nobodys_hash_costs_as_much_as_a_real_one() {
        let real = argon2()
            .unwrap()
            .hash_password_with_salt(b"x", &[7; 16])
            .unwrap()
            .to_string();
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
}
