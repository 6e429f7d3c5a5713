//! A new customer.

use domain::people::{Actor, Operation};

use super::{CustomerForm, DOMAINS, INSTALLED, NAME, set_domains, set_versions};
use crate::{
    CoreError, Portal,
    audit::{self, Entry, Kind},
    db::row,
    forms::{NotSaved, Wrong, Wrongs},
};

/// Adds a customer and gives its id.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn add(
    portal: &Portal,
    actor: Actor,
    form: &CustomerForm,
) -> Result<Result<i64, NotSaved>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageCustomers).await? {
        return Ok(Err(NotSaved::NotFound));
    }
    let (new, versions, wrongs) = form.read(portal.plans());
    if let Err(not_saved) = wrongs.or(()) {
        return Ok(Err(not_saved));
    }
    let invalid = |field, wrong| Ok(Err(NotSaved::Invalid(Wrongs::one(field, wrong))));
    let mut tx = portal.db().write().await?;
    let inserted: Option<(i64,)> = row!(
        tx,
        "INSERT INTO customers (name, plan_version, tier, zone, starts_on, ends_on, included_seats, elected_seats)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name) DO NOTHING RETURNING id",
        &new.name,
        &new.plan_version,
        &new.tier,
        &new.zone,
        new.starts_on.to_string(),
        new.ends_on.to_string(),
        i64::from(new.included_seats),
        i64::from(new.elected_seats),
    )?;
    let Some((id,)) = inserted else {
        return invalid(NAME, Wrong::Taken);
    };
    if let Some(wrong) = set_domains(&mut tx, id, &new.domains).await? {
        tx.rollback().await?;
        return invalid(DOMAINS, wrong);
    }
    if let Some(wrong) = set_versions(&mut tx, id, &versions).await? {
        tx.rollback().await?;
        return invalid(INSTALLED, wrong);
    }
    let entry = |kind| Entry {
        actor,
        kind,
        customer: Some(id),
        subject: &new.name,
    };
    audit::write(
        portal,
        &mut tx,
        entry(Kind::CustomerAdded),
        audit::NOTHING,
        Some(&new),
    )
    .await?;
    if !versions.versions.is_empty() {
        let entry = entry(Kind::InstallationsChanged);
        audit::write(portal, &mut tx, entry, audit::NOTHING, Some(&versions)).await?;
    }
    tx.commit().await?;
    Ok(Ok(id))
}
