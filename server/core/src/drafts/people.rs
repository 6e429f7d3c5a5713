//! Whether somebody may file today, and who may if they may not.

use domain::people::{Actor, Bar, Operation, allows};

use crate::{
    CoreError, Portal,
    accounts::{self, find},
    contacts::board::contacts,
    db::{Held, rows},
};

/// Somebody to hand a draft to, or to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Their id.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
}

/// Whether somebody may file today, and who else may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What keeps them from it, each with its clause; nothing if they may.
    pub bars: Vec<Bar>,
    /// The colleagues who may file today.
    pub may_file: Vec<Colleague>,
    /// The coordinators: who designates and invites.
    pub coordinators: Vec<Colleague>,
    /// The vendor's account managers: who renew the term and know the way to a certification.
    pub managers: Vec<Colleague>,
}

/// Whether `actor` may file today, and if not, to whom they can turn. `None` for whoever is no customer's contact.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn standing(portal: &Portal, actor: Actor) -> Result<Option<Standing>, CoreError> {
    let Actor::Contact {
        contact, customer, ..
    } = actor
    else {
        return Ok(None);
    };
    if !allows(
        actor,
        actor.relation_to(customer),
        Operation::PrepareIncident,
    ) {
        return Ok(None);
    }
    let mut reader = portal.db().read().await?;
    let own = find(&mut reader, contact)
        .await?
        .filter(|one| one.actor == actor)
        .and_then(|one| one.customer);
    let Some(own) = own else {
        return Ok(None);
    };
    if accounts::today(portal, &own.plan_version, &own.zone).is_none() {
        // Beyond the calendar nobody is barred for a date; filing says that nothing is promised there.
        return Ok(Some(Standing::default()));
    }
    let (contacts, _) = contacts(portal, &mut reader, &own, Some(contact)).await?;
    let mut standing = Standing::default();
    for one in contacts {
        if one.is_you {
            standing.bars = one.bars;
            continue;
        }
        let colleague = Colleague {
            id: one.id,
            name: one.name,
            email: one.email,
        };
        if one.coordinator {
            standing.coordinators.push(colleague.clone());
        }
        if one.bars.is_empty() {
            standing.may_file.push(colleague);
        }
    }
    standing.managers = managers(&mut reader, customer).await?;
    Ok(Some(standing))
}

async fn managers(held: &mut dyn Held, customer: i64) -> Result<Vec<Colleague>, CoreError> {
    let rows: Vec<(i64, String, String)> = rows!(
        held,
        "SELECT people.id, people.name, people.email FROM assignments JOIN people ON people.id = assignments.person_id
         WHERE assignments.customer_id = $1 AND people.left_at IS NULL ORDER BY people.id",
        customer,
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, name, email)| Colleague { id, name, email })
        .collect())
}
