//! What was done: who, when, from where, before and after. Append-only; the database itself refuses to change it.
//!
//! A change writes its entry in its own transaction with `write`, so that neither exists without the other.

mod list;

use domain::{
    calendar::{Instant, LocalTime},
    people::{Actor, Operation, Relation, allows},
};
use futures_util::future::BoxFuture;
use serde::Serialize;

use crate::{
    CoreError, Portal, accounts,
    db::{Tx, Value, execute, insert_many, row},
};

pub use list::{Export, Filter, Recorded, export, list};

/// The most refusals of one operation to one person that are written down in an hour of the clock: whoever is refused more
/// often would fill the log.
pub const MOST_REFUSED: i64 = 100;

/// An hour, in milliseconds.
const HOUR: i64 = 3_600_000;

domain::named! {
    /// What was done.
    pub enum Kind;

    /// Somebody signed in.
    SignedIn = "signed_in",
    /// A try to sign in was refused.
    SignInRefused = "sign_in_refused",
    /// Somebody signed out.
    SignedOut = "signed_out",
    /// One or all of somebody's sessions were ended.
    SessionsEnded = "sessions_ended",
    /// A password was set or changed.
    PasswordChanged = "password_changed",
    /// A link to a new password was made.
    ResetMade = "reset_made",
    /// An invitation was made.
    InvitationMade = "invitation_made",
    /// An invitation was accepted.
    InvitationAccepted = "invitation_accepted",
    /// An authenticator app was set up.
    SecondFactorOn = "second_factor_on",
    /// An authenticator app was removed.
    SecondFactorOff = "second_factor_off",
    /// New recovery codes were made.
    RecoveryCodesMade = "recovery_codes_made",
    /// A recovery code was used.
    RecoveryCodeUsed = "recovery_code_used",
    /// An account was linked to a provider of single sign-on.
    IdentityLinked = "identity_linked",
    /// A person was added.
    PersonAdded = "person_added",
    /// A person's name, address, role or choices were changed.
    PersonChanged = "person_changed",
    /// A person left, and can sign in no more.
    PersonLeft = "person_left",
    /// A contact was designated.
    Designated = "designated",
    /// A designation was withdrawn.
    Withdrawn = "withdrawn",
    /// More seats were asked for.
    SeatsAsked = "seats_asked",
    /// A request for seats was answered.
    SeatsAnswered = "seats_answered",
    /// A certification was added.
    CertificationAdded = "certification_added",
    /// A certification was changed.
    CertificationChanged = "certification_changed",
    /// A certification was removed.
    CertificationRemoved = "certification_removed",
    /// A customer was added.
    CustomerAdded = "customer_added",
    /// A customer's subscription, domains or name were changed.
    SubscriptionChanged = "subscription_changed",
    /// The versions that a customer has in use were changed.
    InstallationsChanged = "installations_changed",
    /// An account manager was assigned to a customer.
    Assigned = "assigned",
    /// An assignment was taken back.
    Unassigned = "unassigned",
    /// A release was added.
    ReleaseAdded = "release_added",
    /// A release was changed.
    ReleaseChanged = "release_changed",
    /// A closed day was added.
    ClosedDayAdded = "closed_day_added",
    /// A closed day was withdrawn.
    ClosedDayWithdrawn = "closed_day_withdrawn",
    /// A reply template was added.
    TemplateAdded = "template_added",
    /// A reply template was changed.
    TemplateChanged = "template_changed",
    /// A reply template was removed.
    TemplateRemoved = "template_removed",
    /// Contacts or certifications were imported.
    Imported = "imported",
    /// Work in the background was tried again.
    WorkRetried = "work_retried",
    /// Something was refused for want of permission.
    Refused = "refused",
}

/// What is written down.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub kind: Kind,
    /// Whose record it is; none for the vendor's own.
    pub customer: Option<i64>,
    /// What it was done to, as a person would call it: a name, an e-mail address, a number.
    pub subject: &'a str,
}

/// Writes an entry, in the transaction of the change.
pub(crate) async fn write(
    portal: &Portal,
    tx: &mut Tx,
    entry: Entry<'_>,
    before: Option<&(impl Serialize + Sync)>,
    after: Option<&(impl Serialize + Sync)>,
) -> Result<(), CoreError> {
    let broken = |error: serde_json::Error| CoreError::stored("audit entry", error);
    let before = before.map(serde_json::to_string).transpose();
    let after = after.map(serde_json::to_string).transpose();
    let written = [before.map_err(broken)?, after.map_err(broken)?];
    store(portal, tx, entry, written).await
}

/// The same with what was and what is as JSON. Boxed, so that it is compiled once.
fn store<'a>(
    portal: &'a Portal,
    tx: &'a mut Tx,
    entry: Entry<'a>,
    [before, after]: [Option<String>; 2],
) -> BoxFuture<'a, Result<(), CoreError>> {
    Box::pin(async move {
        let name = name_of(tx, entry.actor).await?;
        execute!(
            tx,
            "INSERT INTO audit (at, kind, person_id, by_name, address, request, customer_id, subject, before, after)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            portal.now().0,
            entry.kind.name(),
            entry.actor.person(),
            name,
            &portal.origin().address,
            &portal.origin().request,
            entry.customer,
            entry.subject,
            before,
            after,
        )?;
        Ok(())
    })
}

/// Whether `actor` may do what is the vendor's own, such as the administration; a refusal is written down.
pub(crate) async fn permitted(
    portal: &Portal,
    actor: Actor,
    operation: Operation,
) -> Result<bool, CoreError> {
    let may = allows(actor, Relation::Vendor, operation);
    if !may {
        refused(portal, actor, operation).await?;
    }
    Ok(may)
}

/// The same for what is done with a customer's records.
pub(crate) async fn permitted_for(
    portal: &Portal,
    actor: Actor,
    customer: i64,
    operation: Operation,
) -> Result<bool, CoreError> {
    let mut reader = portal.db().read().await?;
    let relation = accounts::relation(&mut reader, actor, customer).await?;
    drop(reader);
    let may = allows(actor, relation, operation);
    if !may {
        refused(portal, actor, operation).await?;
    }
    Ok(may)
}

/// What the last refusal says that is written down in an hour.
#[derive(Serialize)]
struct LastOfHour {
    /// Until when the same is written into the log of the process only; UTC.
    unwritten_until: String,
}

/// Writes down that somebody who is signed in was refused an operation, [`MOST_REFUSED`] times an hour. A visitor leaves no
/// entry: there is nobody to name, and anybody could fill the log.
pub(crate) async fn refused(
    portal: &Portal,
    actor: Actor,
    operation: Operation,
) -> Result<(), CoreError> {
    let Some(person) = actor.person() else {
        return Ok(());
    };
    let now = portal.now().0;
    let hour = now - now.rem_euclid(HOUR);
    let mut tx = portal.db().write().await?;
    // Those that come at once may be a few more; one of them still says that it is the last.
    let written: Option<(i64, i64)> = row!(
        tx,
        "SELECT COUNT(*), COUNT(audit.after) FROM audit
         WHERE audit.kind = 'refused' AND audit.person_id = $1 AND audit.subject = $2
             AND audit.at >= $3 AND audit.at < $4",
        person,
        operation.name(),
        hour,
        // What a clock wrote that was ahead is not of this hour.
        hour + HOUR,
    )?;
    let (written, ended) = written.unwrap_or_default();
    if ended > 0 {
        tx.rollback().await?;
        tracing::warn!(
            person,
            operation = operation.name(),
            "refused, and too often within the hour for the audit log"
        );
        return Ok(());
    }
    let last = (written + 1 >= MOST_REFUSED).then(|| {
        let until = LocalTime {
            at: Instant(hour + HOUR),
            offset: 0,
        };
        LastOfHour {
            unwritten_until: until.to_string(),
        }
    });
    let entry = Entry {
        actor,
        kind: Kind::Refused,
        customer: actor.customer(),
        subject: operation.name(),
    };
    write(portal, &mut tx, entry, NOTHING, last.as_ref()).await?;
    Ok(tx.commit().await?)
}

/// Writes down that somebody asked for a record that is not there, as if it were there and not theirs: a coordinator reads
/// these entries, and neither an entry nor the time that it takes may tell of another customer's record.
pub(crate) async fn not_there(
    portal: &Portal,
    actor: Actor,
    operation: Operation,
) -> Result<(), CoreError> {
    if allows(actor, Relation::OtherCustomer, operation) {
        return Ok(());
    }
    refused(portal, actor, operation).await
}

/// One of many records that one operation added.
pub(crate) struct Subject<'a> {
    customer: Option<i64>,
    called: &'a str,
    after: String,
}

impl<'a> Subject<'a> {
    /// What was added, whose it is, and what it is called.
    pub(crate) fn added(
        customer: Option<i64>,
        called: &'a str,
        after: &impl Serialize,
    ) -> Result<Self, CoreError> {
        let after = serde_json::to_string(after)
            .map_err(|error| CoreError::stored("audit entry", error))?;
        Ok(Self {
            customer,
            called,
            after,
        })
    }
}

/// Writes an entry of one kind for each record that was added, in the transaction of the change.
pub(crate) async fn write_many(
    portal: &Portal,
    tx: &mut Tx,
    actor: Actor,
    kind: Kind,
    subjects: &[Subject<'_>],
) -> Result<(), CoreError> {
    let name = name_of(tx, actor).await?;
    let rows: Vec<_> = subjects
        .iter()
        .map(|one| {
            [
                Value::Int(portal.now().0),
                Value::Text(kind.name()),
                Value::MaybeInt(actor.person()),
                Value::Text(&name),
                Value::Text(&portal.origin().address),
                Value::Text(&portal.origin().request),
                Value::MaybeInt(one.customer),
                Value::Text(one.called),
                Value::Text(&one.after),
            ]
        })
        .collect();
    insert_many(
        tx,
        "INSERT INTO audit (at, kind, person_id, by_name, address, request, customer_id, subject, after)",
        &rows,
    )
    .await?;
    Ok(())
}

/// The name that an entry keeps of whoever did it.
async fn name_of(tx: &mut Tx, actor: Actor) -> Result<String, CoreError> {
    let name: Option<(String,)> = match actor.person() {
        Some(person) => row!(tx, "SELECT name FROM people WHERE id = $1", person)?,
        None => None,
    };
    Ok(name.map_or_else(|| actor.role().name().to_owned(), |(name,)| name))
}

/// Nothing was there before, or nothing is there now.
pub(crate) const NOTHING: Option<&()> = None;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.name()), Some(*kind));
        }
        assert_eq!(Kind::parse(""), None);
    }
}
