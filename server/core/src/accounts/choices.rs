//! What somebody chooses for themselves: the language and the zone that the portal speaks to them in.

use domain::{
    people::{Actor, Operation, allows},
    text::Lang,
};

use super::find;
use crate::{
    CoreError, Portal,
    audit::{self, Entry, Kind},
    db::execute,
};

/// Keeps the language that somebody chose; none follows their browser again. `false` if nobody is signed in.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn set_language(
    portal: &Portal,
    actor: Actor,
    language: Option<Lang>,
) -> Result<bool, CoreError> {
    let choice = Choice::Language(language.map(Lang::tag));
    choose(portal, actor, choice).await
}

/// Keeps the zone whose clock somebody chose, by its id in the plans; none follows their customer's again. `false` if
/// nobody is signed in, or no plan has such a zone.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn set_zone(
    portal: &Portal,
    actor: Actor,
    zone: Option<&str>,
) -> Result<bool, CoreError> {
    let known = |zone: &str| portal.plans().iter().any(|plan| plan.zone(zone).is_some());
    if zone.is_some_and(|zone| !known(zone)) {
        return Ok(false);
    }
    choose(portal, actor, Choice::Zone(zone)).await
}

#[derive(Clone, Copy)]
enum Choice<'a> {
    Language(Option<&'a str>),
    Zone(Option<&'a str>),
}

async fn choose(portal: &Portal, actor: Actor, choice: Choice<'_>) -> Result<bool, CoreError> {
    let Some(id) = actor
        .person()
        .filter(|id| allows(actor, actor.relation_to_person(*id), Operation::ChangeSelf))
    else {
        return Ok(false);
    };
    let mut tx = portal.db().write().await?;
    let Some(person) = find(&mut tx, id).await? else {
        tx.rollback().await?;
        return Ok(false);
    };
    let (key, before, after) = match choice {
        Choice::Language(after) => ("language", person.language.map(Lang::tag), after),
        Choice::Zone(after) => ("zone", person.zone.as_deref(), after),
    };
    if before == after {
        tx.rollback().await?;
        return Ok(true);
    }
    match choice {
        Choice::Language(to) => {
            execute!(tx, "UPDATE people SET language = $1 WHERE id = $2", to, id)?
        }
        Choice::Zone(to) => execute!(tx, "UPDATE people SET zone = $1 WHERE id = $2", to, id)?,
    };
    let entry = Entry {
        actor,
        kind: Kind::PersonChanged,
        customer: person.customer.as_ref().map(|customer| customer.id),
        subject: &person.email,
    };
    let (before, after) = (
        serde_json::json!({ key: before }),
        serde_json::json!({ key: after }),
    );
    audit::write(portal, &mut tx, entry, Some(&before), Some(&after)).await?;
    tx.commit().await?;
    Ok(true)
}
