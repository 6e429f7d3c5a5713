//! Who can be named in a step: the engineers to assign, the colleagues to let follow.

use domain::{
    incident::Party,
    people::{Actor, Role},
};

use super::life::party;
use crate::{CoreError, Portal, accounts, db::rows};

/// Who can be named, each by id and name, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nameable {
    /// The vendor's engineers, for one of them.
    pub engineers: Vec<(i64, String)>,
    /// The customer's people, for one of them, without themselves.
    pub colleagues: Vec<(i64, String)>,
}

/// Whom `actor` can name in a step with an incident of this customer. Nobody, where they may take none.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn nameable(portal: &Portal, actor: Actor, customer: i64) -> Result<Nameable, CoreError> {
    let mut reader = portal.db().read().await?;
    let relation = accounts::relation(&mut reader, actor, customer).await?;
    Ok(match party(actor, relation) {
        Some(Party::Engineer) => Nameable {
            engineers: rows!(
                reader,
                "SELECT id, name FROM people WHERE role = $1 AND left_at IS NULL ORDER BY name, id",
                Role::Engineer.name(),
            )?,
            colleagues: Vec::new(),
        },
        Some(Party::Customer) => Nameable {
            engineers: Vec::new(),
            colleagues: rows!(
                reader,
                "SELECT id, name FROM people WHERE customer_id = $1 AND id <> $2 AND left_at IS NULL ORDER BY name, id",
                customer,
                actor.person(),
            )?,
        },
        _ => Nameable::default(),
    })
}
