//! How much there is to administer.

use domain::people::{Actor, Operation};

use crate::{CoreError, Portal, audit, db::row};

/// How many records there are of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Overview {
    /// Customers.
    pub customers: i64,
    /// People who have not left.
    pub people: i64,
    /// Certifications.
    pub certifications: i64,
    /// Releases.
    pub releases: i64,
    /// Closed days that were added and not withdrawn.
    pub closed_days: i64,
    /// Work in the background that fails, or was given up; the mailbox, if it cannot be read.
    pub failing_work: i64,
}

/// Counts what there is to administer. `None` if it is not for `actor` to administer.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn overview(portal: &Portal, actor: Actor) -> Result<Option<Overview>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageCustomers).await? {
        return Ok(None);
    }
    Ok(row!(
        portal.db().read().await?,
        "SELECT (SELECT COUNT(*) FROM customers) AS customers,
                (SELECT COUNT(*) FROM people WHERE left_at IS NULL) AS people,
                (SELECT COUNT(*) FROM certifications) AS certifications,
                (SELECT COUNT(*) FROM releases) AS releases,
                (SELECT COUNT(*) FROM closed_days WHERE withdrawn_at IS NULL) AS closed_days,
                (SELECT COUNT(*) FROM jobs WHERE state = 'given_up'
                     OR (state = 'waiting' AND last_error IS NOT NULL))
                    + (SELECT COUNT(*) FROM inbox_problems) AS failing_work",
    )?)
}
