//! A link for somebody, from the administration.

use domain::people::{Actor, Operation};

use crate::{
    CoreError, Portal,
    accounts::{self, Link, LinkKind},
    audit,
};

/// Makes a link for a person, as [`accounts::make_link`] does, for administrators alone: coordinators invite from their
/// board. `None` if there is no such person, or `actor` does not keep people.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn link(
    portal: &Portal,
    actor: Actor,
    kind: LinkKind,
    person: i64,
) -> Result<Option<Link>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManagePeople).await? {
        return Ok(None);
    }
    accounts::make_link(portal, actor, kind, person).await
}
