//! Single sign-on: whom a provider's word signs in.
//!
//! A provider says who somebody is to it (issuer and subject), and by which e-mail address it knows them. The first time,
//! the address leads to the person, within narrow bounds; from then on the subject alone does. Nobody is added by it.

use domain::people::{Actor, Operation, Relation, allows};
use serde::Serialize;

use super::{MOST_EMAIL, Person, find, fold_email};
use crate::{
    CoreError, Portal,
    audit::{self, Entry, Kind},
    db::{Held, Tx, execute, row},
};

/// The most characters of an issuer's address and of a subject (OpenID Connect Core, 2: 255 for a subject).
const MOST_ISSUER: usize = 500;
const MOST_SUBJECT: usize = 255;

/// Who a provider says that somebody is. Whoever makes one has checked that the provider said it, and to this portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's id in the configuration.
    pub provider: String,
    /// The issuer's address, as its tokens name it.
    pub issuer: String,
    /// Who somebody is to the issuer; never given to anybody else.
    pub subject: String,
    /// Their e-mail address; empty if the provider does not say.
    pub email: String,
    /// Whether the provider made sure that the address is theirs.
    pub email_verified: bool,
    /// The e-mail domains, in lower case, whose addresses the provider may vouch for.
    pub domains: Vec<String>,
    /// Whether the provider is the vendor's own: the vendor's people come in through such a one only.
    pub vendor: bool,
}

/// Why nobody was signed in; for the audit log, never for the one who tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The provider's answer was forged, replayed, too late, or that it refused.
    Answer,
    /// Issuer, subject or address are not ones that can be kept.
    Malformed,
    /// The provider did not make sure of the address.
    Unverified,
    /// Nobody has this address, or they have left.
    Nobody,
    /// The address is of no domain that the provider may vouch for, or of none of its customer.
    ForeignDomain,
    /// The vendor's people sign in through the vendor's own providers only.
    NotVendors,
}

/// By which provider somebody came in or was refused, as the audit log keeps it.
#[derive(Serialize)]
struct By<'a> {
    by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Refusal>,
}

/// The person of this identity, who is signed in by it. `None` for every refusal: never said which, nor whether there is
/// such a person.
///
/// Who was linked before is found by issuer and subject, whatever address the provider says now. Anybody else is linked if
/// the provider verified their address and a person has it. Either way the address that is kept of them is of one of the
/// provider's [`domains`](Identity::domains); a contact's also of one of their customer's own, while the vendor's people
/// need a provider that is the vendor's.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn sign_in_with(
    portal: &Portal,
    actor: Actor,
    identity: &Identity,
) -> Result<Option<Person>, CoreError> {
    if !allows(actor, Relation::Public, Operation::SignIn) {
        return Ok(None);
    }
    let mut tx = portal.db().write().await?;
    let found = recognize(portal, &mut tx, identity).await?;
    let by = By {
        by: &identity.provider,
        why: found.as_ref().err().map(|(why, _)| *why),
    };
    let entry = match &found {
        // Whoever has a second factor is asked for it next, and signed in by that.
        Ok(person) if person.second_factor => None,
        Ok(person) => Some(about(person, person.actor, Kind::SignedIn)),
        Err((_, Some(person))) => Some(about(person, actor, Kind::SignInRefused)),
        Err((_, None)) => Some(Entry {
            actor,
            kind: Kind::SignInRefused,
            customer: None,
            subject: printable(&identity.email),
        }),
    };
    if let Some(entry) = entry {
        audit::write(portal, &mut tx, entry, audit::NOTHING, Some(&by)).await?;
    }
    tx.commit().await?;
    Ok(found.ok())
}

fn about(person: &Person, actor: Actor, kind: Kind) -> Entry<'_> {
    Entry {
        actor,
        kind,
        customer: person.actor.customer(),
        subject: &person.email,
    }
}

/// Writes down that a provider's answer signed nobody in.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn refuse_answer(portal: &Portal, actor: Actor, provider: &str) -> Result<(), CoreError> {
    if !allows(actor, Relation::Public, Operation::SignIn) {
        return Ok(());
    }
    let mut tx = portal.db().write().await?;
    let entry = Entry {
        actor,
        kind: Kind::SignInRefused,
        customer: None,
        subject: provider,
    };
    let by = By {
        by: provider,
        why: Some(Refusal::Answer),
    };
    audit::write(portal, &mut tx, entry, audit::NOTHING, Some(&by)).await?;
    Ok(tx.commit().await?)
}

/// The person of an identity, linked now if they were not; or why not, with the person whom it is about.
async fn recognize(
    portal: &Portal,
    tx: &mut Tx,
    identity: &Identity,
) -> Result<Result<Person, (Refusal, Option<Person>)>, CoreError> {
    if !keepable(identity) {
        return Ok(Err((Refusal::Malformed, None)));
    }
    if let Some(person) = linked(tx, identity).await? {
        // The subject stays theirs, so that its address leads to nobody else.
        return still_there(tx, identity, person).await;
    }
    if !identity.email_verified || identity.email.is_empty() {
        return Ok(Err((Refusal::Unverified, None)));
    }
    let email = fold_email(&identity.email);
    let found: Option<(i64,)> = row!(
        tx,
        "SELECT id FROM people WHERE email_folded = $1 AND left_at IS NULL",
        &email,
    )?;
    let person = match found {
        Some((id,)) => find(tx, id).await?,
        None => None,
    };
    let Some(person) = person else {
        return Ok(Err((Refusal::Nobody, None)));
    };
    if let Some(why) = beyond(tx, identity, &person, &email).await? {
        return Ok(Err((why, Some(person))));
    }
    let inserted = execute!(
        tx,
        "INSERT INTO identities (issuer, subject, person_id, linked_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (issuer, subject) DO NOTHING",
        &identity.issuer,
        &identity.subject,
        person.id,
        portal.now().0,
    )?;
    if inserted == 0 {
        // Somebody was faster; what they linked stands.
        return match linked(tx, identity).await? {
            Some(person) => still_there(tx, identity, person).await,
            None => Ok(Err((Refusal::Nobody, None))),
        };
    }
    let entry = about(&person, person.actor, Kind::IdentityLinked);
    let link = Link {
        provider: &identity.provider,
        issuer: &identity.issuer,
        subject: &identity.subject,
    };
    audit::write(portal, tx, entry, audit::NOTHING, Some(&link)).await?;
    Ok(Ok(person))
}

/// What was linked, as the audit log keeps it.
#[derive(Serialize)]
struct Link<'a> {
    provider: &'a str,
    issuer: &'a str,
    subject: &'a str,
}

/// The id of the person whom this identity was linked to.
async fn linked(held: &mut dyn Held, identity: &Identity) -> Result<Option<i64>, CoreError> {
    let found: Option<(i64,)> = row!(
        held,
        "SELECT person_id FROM identities WHERE issuer = $1 AND subject = $2",
        &identity.issuer,
        &identity.subject,
    )?;
    Ok(found.map(|(person,)| person))
}

/// A person who was linked, if they have not left, and the provider may still sign them in: they may have another role,
/// customer or address since, and the customer other domains.
async fn still_there(
    held: &mut dyn Held,
    identity: &Identity,
    person: i64,
) -> Result<Result<Person, (Refusal, Option<Person>)>, CoreError> {
    let Some(person) = find(held, person).await? else {
        return Ok(Err((Refusal::Nobody, None)));
    };
    let email = fold_email(&person.email);
    let why = beyond(held, identity, &person, &email).await?;
    Ok(match why {
        None => Ok(person),
        Some(why) => Err((why, Some(person))),
    })
}

/// Why the address of a person is beyond what the provider may vouch for.
async fn beyond(
    held: &mut dyn Held,
    identity: &Identity,
    person: &Person,
    email: &str,
) -> Result<Option<Refusal>, CoreError> {
    if person.customer.is_none() && !identity.vendor {
        return Ok(Some(Refusal::NotVendors));
    }
    let Some((_, domain)) = email.rsplit_once('@') else {
        return Ok(Some(Refusal::ForeignDomain));
    };
    if !identity.domains.iter().any(|own| own == domain) {
        return Ok(Some(Refusal::ForeignDomain));
    }
    let Some(customer) = &person.customer else {
        return Ok(None);
    };
    let own: Option<(String,)> = row!(
        held,
        "SELECT domain FROM customer_domains WHERE domain = $1 AND customer_id = $2",
        domain,
        customer.id,
    )?;
    Ok(own.is_none().then_some(Refusal::ForeignDomain))
}

/// Whether the database can hold it. PostgreSQL has no text with a NUL in it.
fn keepable(identity: &Identity) -> bool {
    let fits = |text: &str, most: usize| text.chars().nth(most).is_none() && !text.contains('\0');
    fits(&identity.issuer, MOST_ISSUER)
        && fits(&identity.subject, MOST_SUBJECT)
        && fits(&identity.email, MOST_EMAIL)
        && !identity.issuer.is_empty()
        && !identity.subject.is_empty()
}

/// An address for the audit log; empty if it is not one that can be kept.
fn printable(email: &str) -> &str {
    let fits = email.chars().nth(MOST_EMAIL).is_none() && !email.contains('\0');
    if fits { email } else { "" }
}
