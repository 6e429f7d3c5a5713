//! Whether the mailbox can be read that answers come back to, for administrators to see.

use domain::{
    calendar::Instant,
    people::{Actor, Operation},
};

use crate::{
    CoreError, Portal, audit,
    db::{execute, row},
    work::short,
};

/// Why the mailbox could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxProblem {
    /// When that was found the last time.
    pub at: Instant,
    /// Why, in the words of the program that read it.
    pub why: String,
}

/// Records what came of a look into the mailbox: why it could not be read, or that it could.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn looked(portal: &Portal, problem: Option<&str>) -> Result<(), CoreError> {
    if problem.is_none() && kept(portal).await?.is_none() {
        return Ok(());
    }
    let mut tx = portal.db().write().await?;
    match problem {
        Some(why) => execute!(
            tx,
            "INSERT INTO inbox_problems (id, at, why) VALUES (1, $1, $2)
             ON CONFLICT (id) DO UPDATE SET at = excluded.at, why = excluded.why",
            portal.now().0,
            short(why),
        )?,
        None => execute!(tx, "DELETE FROM inbox_problems")?,
    };
    Ok(tx.commit().await?)
}

/// Why the mailbox could not be read at the last look, for an administrator. `None` if it could, and for anybody else.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn inbox_problem(
    portal: &Portal,
    actor: Actor,
) -> Result<Option<InboxProblem>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageWork).await? {
        return Ok(None);
    }
    let found = kept(portal).await?;
    Ok(found.map(|(at, why)| InboxProblem {
        at: Instant(at),
        why,
    }))
}

async fn kept(portal: &Portal) -> Result<Option<(i64, String)>, CoreError> {
    Ok(row!(
        portal.db().read().await?,
        "SELECT at, why FROM inbox_problems",
    )?)
}
