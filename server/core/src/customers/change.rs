//! Another subscription, name or domain, or other versions in use.

use domain::people::{Actor, Operation};

use super::{
    CustomerForm, DOMAINS, ELECTED, INSTALLED, NAME, Subscription, read, set_domains, set_versions,
};
use crate::{
    CoreError, Portal,
    audit::{self, Entry, Kind},
    contacts::hold_customer,
    db::{Lock, Tx, execute, is_unique_violation, lock},
    forms::{NotSaved, Wrong, Wrongs},
};

/// Changes a customer. Its seats can never come to be fewer than those taken: included ones follow the tier.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn change(
    portal: &Portal,
    actor: Actor,
    customer: i64,
    form: &CustomerForm,
) -> Result<Result<(), NotSaved>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageCustomers).await? {
        return Ok(Err(NotSaved::NotFound));
    }
    let (after, versions, wrongs) = form.read(portal.plans());
    let mut tx = portal.db().write().await?;
    lock(&mut tx, Lock::Customer(customer)).await?;
    // Seats that are granted after it was read are added to what is written.
    hold_customer(&mut tx, customer).await?;
    let Some((before, _, versions_before)) = read(&mut tx, customer).await? else {
        return Ok(Err(NotSaved::NotFound));
    };
    if let Err(not_saved) = wrongs.or(()) {
        return Ok(Err(not_saved));
    }
    let invalid = |field, wrong| Ok(Err(NotSaved::Invalid(Wrongs::one(field, wrong))));
    let entry = |kind| Entry {
        actor,
        kind,
        customer: Some(customer),
        subject: &after.name,
    };
    if after != before {
        match update(&mut tx, customer, &after).await {
            Ok(true) => {}
            Ok(false) => {
                let used = read(&mut tx, customer)
                    .await?
                    .map_or(0, |(_, used, _)| used);
                tx.rollback().await?;
                let withdraw = used.saturating_sub(after.seats(used).total());
                return invalid(ELECTED, Wrong::SeatsInUse { withdraw });
            }
            Err(error) if is_unique_violation(&error) => {
                tx.rollback().await?;
                return invalid(NAME, Wrong::Taken);
            }
            Err(error) => return Err(error.into()),
        }
        if let Some(wrong) = set_domains(&mut tx, customer, &after.domains).await? {
            tx.rollback().await?;
            return invalid(DOMAINS, wrong);
        }
        let entry = entry(Kind::SubscriptionChanged);
        audit::write(portal, &mut tx, entry, Some(&before), Some(&after)).await?;
    }
    if versions != versions_before {
        if let Some(wrong) = set_versions(&mut tx, customer, &versions).await? {
            tx.rollback().await?;
            return invalid(INSTALLED, wrong);
        }
        let entry = entry(Kind::InstallationsChanged);
        audit::write(
            portal,
            &mut tx,
            entry,
            Some(&versions_before),
            Some(&versions),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// `false` if more seats are taken than there would be.
async fn update(tx: &mut Tx, customer: i64, to: &Subscription) -> Result<bool, sqlx::Error> {
    let updated = execute!(
        tx,
        "UPDATE customers SET name = $2, plan_version = $3, tier = $4, zone = $5, starts_on = $6, ends_on = $7,
                              included_seats = $8, elected_seats = $9
         WHERE id = $1 AND used_seats <= $8 + $9",
        customer,
        &to.name,
        &to.plan_version,
        &to.tier,
        &to.zone,
        to.starts_on.to_string(),
        to.ends_on.to_string(),
        i64::from(to.included_seats),
        i64::from(to.elected_seats),
    )?;
    Ok(updated == 1)
}
