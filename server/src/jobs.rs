//! Work beside the requests.

use std::time::Duration;

use portal_core::{Portal, accounts, sessions};

/// How often ended sessions and forgotten tries are deleted.
const TIDY: Duration = Duration::from_hours(1);

/// Deletes ended sessions and forgotten tries to sign in, now and every hour, until it is dropped.
pub async fn tidy_sessions(portal: Portal) {
    let mut every = tokio::time::interval(TIDY);
    loop {
        every.tick().await;
        match sessions::delete_expired(&portal).await {
            Ok(0) => {}
            Ok(deleted) => tracing::info!(deleted, "ended sessions deleted"),
            Err(error) => tracing::error!(%error, "ended sessions could not be deleted"),
        }
        if let Err(error) = accounts::forget_tries(&portal).await {
            tracing::error!(%error, "forgotten tries could not be deleted");
        }
    }
}
