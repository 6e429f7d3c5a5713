//! How often somebody may try: what was tried in vain is counted, and after a few times one has to wait.
//!
//! Two counts are kept, on the table `sign_in_tries`, so that all servers share them.
//!
//! * For an account *and where it is tried from*: an address, or a browser that signed in as that account before. After
//!   five vain tries the waits double from a second to a quarter of an hour.
//! * For an account as a whole, against many addresses: from fifty vain tries a day on, waits up to half a minute. A
//!   browser that signed in before does not take part in it, so that no stranger can keep its owner out. For codes of the
//!   second factor from ten vain tries on, waits up to an hour.
//!
//! A try is counted before it is judged, and taken back if it succeeds: any number of them at once is still no more than
//! were allowed. Whether an account exists makes no difference here.

use std::net::IpAddr;

use super::links::hash;
use crate::{
    CoreError, Portal,
    db::{Tx, execute, row},
};

/// From how many vain tries on one has to wait, and for how long at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    free: i64,
    most_ms: i64,
}

/// For an account and an address, or an account and a browser: up to 15 minutes.
const HERE: Patience = Patience {
    free: 5,
    most_ms: 15 * 60_000,
};

/// For an account as a whole: up to 30 seconds.
pub(super) const EVERYWHERE: Patience = Patience {
    free: 50,
    most_ms: 30_000,
};

/// For a person's second factor as a whole: up to an hour. Of a million codes three are right at a time: whoever has the
/// password and many addresses would find one in months if they waited half a minute each time, and finds none in years so.
/// Only whoever passed the first step comes this far, so that no stranger keeps anybody out by it.
pub(super) const CODES: Patience = Patience {
    free: 10,
    most_ms: 60 * 60_000,
};

/// After how long without a vain try the earlier ones are forgotten: a day, in milliseconds.
const FORGOTTEN_MS: i64 = 24 * 3_600_000;

impl Patience {
    /// How long after the last of `failures` vain tries the next one is taken, in milliseconds.
    fn wait(self, failures: i64) -> i64 {
        if failures < self.free {
            return 0;
        }
        // Beyond 20 every wait is the longest.
        let doublings = (failures - self.free).min(20);
        (1000 << doublings).min(self.most_ms)
    }
}

/// A try that was let through and counted.
#[derive(Debug)]
pub(super) struct Try {
    here: String,
    everywhere: Option<String>,
}

/// Lets a try through and counts it as a vain one, or says for how many milliseconds to wait.
///
/// `account` is what is tried: an address that was typed, or a person's second factor. `device` is what a browser
/// carries that signed in as that account before, verified. `as_a_whole` is the patience with it over all addresses.
pub(super) async fn admit(
    portal: &Portal,
    account: &str,
    device: Option<&str>,
    as_a_whole: Patience,
) -> Result<Result<Try, i64>, CoreError> {
    let from = match device {
        Some(device) => format!("device\0{device}"),
        None => format!("address\0{}", network(&portal.origin().address)),
    };
    let one = Try {
        here: hash(&format!("{account}\0{from}")),
        everywhere: device.is_none().then(|| hash(account)),
    };
    let now = portal.now().0;
    let mut tx = portal.db().write().await?;
    let mut wait = 0;
    // Always in this order, so that no two tries wait for each other.
    for (key, patience) in [
        (Some(&one.here), HERE),
        (one.everywhere.as_ref(), as_a_whole),
    ] {
        if let Some(key) = key {
            wait = wait.max(count(&mut tx, key, patience, now).await?);
        }
    }
    if wait > 0 {
        // Whoever has to wait is not counted: the wait would never end.
        tx.rollback().await?;
        return Ok(Err(wait));
    }
    tx.commit().await?;
    Ok(Ok(one))
}

/// Counts a vain try, and says for how many milliseconds it would have had to wait. Its row is held until the end of the
/// transaction, also if it is new.
async fn count(tx: &mut Tx, key: &str, patience: Patience, now: i64) -> Result<i64, CoreError> {
    execute!(
        tx,
        "INSERT INTO sign_in_tries (counted_for, failures, last_at) VALUES ($1, 1, 0)
         ON CONFLICT (counted_for) DO UPDATE SET failures = sign_in_tries.failures",
        key,
    )?;
    let found: Option<(i64, i64)> = row!(
        tx,
        "SELECT failures, last_at FROM sign_in_tries WHERE counted_for = $1 AND last_at > $2",
        key,
        now - FORGOTTEN_MS,
    )?;
    let (failures, last_at) = found.unwrap_or((0, 0));
    execute!(
        tx,
        "UPDATE sign_in_tries SET failures = $1, last_at = $2 WHERE counted_for = $3",
        failures + 1,
        now,
        key,
    )?;
    Ok(match patience.wait(failures) {
        // Two at once are no wait: the one that came first may have read the clock last.
        0 => 0,
        wait => (last_at + wait - now).max(0),
    })
}

/// A try succeeded: what was counted where it came from is forgotten, and the account as a whole gets it back.
pub(super) async fn succeeded(tx: &mut Tx, one: &Try) -> Result<(), CoreError> {
    execute!(
        tx,
        "DELETE FROM sign_in_tries WHERE counted_for = $1",
        &one.here
    )?;
    if let Some(everywhere) = &one.everywhere {
        execute!(
            tx,
            "DELETE FROM sign_in_tries WHERE counted_for = $1 AND failures <= 1",
            everywhere
        )?;
        execute!(
            tx,
            "UPDATE sign_in_tries SET failures = failures - 1 WHERE counted_for = $1",
            everywhere
        )?;
    }
    Ok(())
}

/// Forgets what was tried of an account as a whole: what opened the way to it opens it no more.
pub(super) async fn forget(tx: &mut Tx, account: &str) -> Result<(), CoreError> {
    execute!(
        tx,
        "DELETE FROM sign_in_tries WHERE counted_for = $1",
        hash(account)
    )?;
    Ok(())
}

/// Deletes the counts that are forgotten and says how many there were. To be called now and then.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn forget_tries(portal: &Portal) -> Result<u64, CoreError> {
    let mut tx = portal.db().write().await?;
    let deleted = execute!(
        tx,
        "DELETE FROM sign_in_tries WHERE last_at <= $1",
        portal.now().0 - FORGOTTEN_MS,
    )?;
    tx.commit().await?;
    Ok(deleted)
}

/// What counts as one address: of IPv6 the first 64 bits, which are what somebody is given.
pub fn network(address: &str) -> String {
    match address
        .parse::<IpAddr>()
        .map(|address| address.to_canonical())
    {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_a_second_to_their_end() {
        let waits: Vec<_> = [4, 5, 6, 7, 14, 15, 100, i64::MAX]
            .into_iter()
            .map(|failures| HERE.wait(failures))
            .collect();
        assert_eq!(
            waits,
            [0, 1000, 2000, 4000, 512_000, 900_000, 900_000, 900_000]
        );
        assert_eq!(
            [49, 50, 54, 55, 1000].map(|failures| EVERYWHERE.wait(failures)),
            [0, 1000, 16_000, 30_000, 30_000]
        );
        assert_eq!(
            [9, 10, 21, 22, 1000].map(|failures| CODES.wait(failures)),
            [0, 1000, 2_048_000, 3_600_000, 3_600_000]
        );
    }

    #[test]
    fn one_who_is_given_many_addresses_counts_as_one() {
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::9"));
        assert_ne!(network("2001:db8:1:2::9"), network("2001:db8:1:3::9"));
        assert_eq!(network(""), "");
    }
}
