//! Work beside the requests.

use std::time::Duration;

use portal_core::{Portal, accounts, closed_days, files, imports, incidents, sessions};

/// How often ended sessions and forgotten tries are deleted.
const TIDY: Duration = Duration::from_hours(1);

/// Deletes what nobody needs any more, now and every hour, until it is dropped: ended sessions, files that nobody
/// imported or sent to their end, forgotten tries to sign in. Closes the incidents whose resolution nobody answered for a fortnight.
pub async fn tidy(portal: Portal) {
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
        match imports::delete_expired(&portal).await {
            Ok(0) => {}
            Ok(deleted) => tracing::info!(deleted, "files that nobody imported deleted"),
            Err(error) => {
                tracing::error!(%error, "files that nobody imported could not be deleted");
            }
        }
        match files::delete_abandoned(&portal).await {
            Ok(0) => {}
            Ok(deleted) => tracing::info!(deleted, "files that nobody sent to their end deleted"),
            Err(error) => {
                tracing::error!(%error, "files that nobody sent to their end could not be deleted");
            }
        }
        match incidents::close_silent(&portal).await {
            Ok(0) => {}
            Ok(closed) => {
                tracing::info!(closed, "resolutions that nobody answered count as accepted");
            }
            Err(error) => {
                tracing::error!(%error, "resolutions that nobody answered are still open");
            }
        }
    }
}

/// How often it is looked whether another server changed a closed day.
const CALENDARS: Duration = Duration::from_secs(30);

/// Keeps the calendars up with the closed days, now and every half a minute, until it is dropped. A filing looks for itself;
/// this is for the pages that only show.
pub async fn refresh_calendars(portal: Portal) {
    let mut every = tokio::time::interval(CALENDARS);
    loop {
        every.tick().await;
        match closed_days::refresh(&portal).await {
            Ok(false) => {}
            Ok(true) => tracing::info!("closed days changed; the calendars follow"),
            Err(error) => tracing::error!(%error, "the closed days could not be read"),
        }
    }
}
