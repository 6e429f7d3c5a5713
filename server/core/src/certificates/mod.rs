//! Certificates of due times: signed by the portal, checked by anybody. What one says and how it is checked is
//! `domain::certificate`; `docs/certificate.md` describes the file.

mod keys;

use data_encoding::BASE64;
use domain::{
    certificate::{
        self, Certificate, Checked, Facts, File, Known, KnownPlan, KnownTier, MOST_BYTES, Signature,
    },
    incident::IncidentNumber,
    people::{Actor, Operation, Relation, allows},
    plan::{LevelTarget, Plan, Severity, Target},
};
use ed25519_dalek::{Signer as _, VerifyingKey};
use serde_json::{Value, json};

use crate::{CoreError, Portal, calendars::Calendars, closed_days, incidents, plans::Plans};

pub use keys::{NewKey, PublicKey, add_key, key_set, prepare, published, read_key_set};

/// A certificate as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// How the file is called: `INC-2026-00007-due-1.json`.
    pub name: String,
    /// What it holds.
    pub json: String,
}

/// Certifies a deadline of an incident, by its place among them. `None` if there is no such incident or deadline, if it is
/// not for `actor` to see, and if the deadline cannot be computed again: nothing is certified on trust.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn issue(
    portal: &Portal,
    actor: Actor,
    number: IncidentNumber,
    place: usize,
    issuer: &str,
) -> Result<Option<Issued>, CoreError> {
    // Asks first whether the actor may read the incident.
    let Some(explained) = incidents::deadline(portal, actor, number, place).await? else {
        return Ok(None);
    };
    let plan = portal.plans().get(&explained.incident.plan_version);
    let clause = plan.and_then(|plan| plan.promising());
    let (Some(why), Some(clause)) = (explained.why, clause) else {
        return Ok(None);
    };
    let Some((target, calendar)) = why.certain else {
        return Ok(None);
    };
    let key = keys::signing(portal).await?;
    let facts = Facts {
        issuer,
        key: &key.id,
        incident: number.to_string(),
        deadline: i64::try_from(place).unwrap_or(i64::MAX),
        kind: explained.deadline.kind,
        plan: &explained.incident.plan_version,
        clause: clause.to_string(),
        tier: &explained.incident.tier,
        severity: explained.deadline.severity,
        target,
    };
    let Some(certificate) = Certificate::of(&facts, &why.explanation, calendar) else {
        return Ok(None);
    };
    let certificate = certificate.to_json();
    let signature = key.key.sign(&certificate::signed_bytes(&certificate));
    let file = json!({
        "certificate": certificate,
        "signature": BASE64.encode(&signature.to_bytes()),
    });
    let json = serde_json::to_string_pretty(&file)
        .map_err(|error| CoreError::stored("certificate", error))?;
    Ok(Some(Issued {
        name: format!("{number}-due-{place}.json"),
        json: json + "\n",
    }))
}

/// What the portal knows, to check certificates by; nothing for somebody who may not.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn known(portal: &Portal, actor: Actor, issuer: &str) -> Result<Known, CoreError> {
    if !allows(actor, Relation::Public, Operation::CheckCertificate) {
        return Ok(Known::default());
    }
    closed_days::refresh(portal).await?;
    let keys = published(portal, actor).await?;
    Ok(known_by(issuer, &keys, portal.plans(), &portal.calendars()))
}

/// What is known without a database: these keys, the plans, and the calendars without the days that administrators added.
pub fn known_by(issuer: &str, keys: &[PublicKey], plans: &Plans, calendars: &Calendars) -> Known {
    Known {
        issuer: issuer.to_owned(),
        keys: keys
            .iter()
            .map(|key| (key.id.clone(), key.key.clone()))
            .collect(),
        plans: plans.iter().map(|plan| known_plan(plan)).collect(),
        calendars: calendars
            .keys()
            .filter_map(|key| calendars.by_key(key))
            .map(|calendar| (**calendar).clone())
            .collect(),
    }
}

fn known_plan(plan: &Plan) -> KnownPlan {
    let targets = |levels: &[LevelTarget]| -> Vec<(Severity, Target)> {
        levels.iter().map(|one| (one.level, one.target())).collect()
    };
    KnownPlan {
        version: plan.version.clone(),
        clause: plan.promising().map(|clause| clause.0).unwrap_or_default(),
        tiers: plan
            .service
            .tiers
            .iter()
            .map(|tier| KnownTier {
                id: tier.id.clone(),
                response: targets(&tier.response),
                update: targets(&tier.update),
            })
            .collect(),
    }
}

/// What the file of a certificate says; `None` if it is none.
pub fn read(bytes: &[u8]) -> Option<File<Value>> {
    if bytes.len() > MOST_BYTES {
        return None;
    }
    File::read(&serde_json::from_slice(bytes).ok()?)
}

/// Checks a certificate by what is known: the signature, and everything that it says.
pub fn check(file: &File<Value>, known: &Known) -> Checked {
    file.certificate.check(known, signature(file, known))
}

fn signature(file: &File<Value>, known: &Known) -> Signature {
    let Some(key) = known.key(&file.certificate.key) else {
        return Signature::Unchecked;
    };
    if verified(file, key).is_some() {
        Signature::Good
    } else {
        Signature::Bad
    }
}

fn verified(file: &File<Value>, key: &str) -> Option<()> {
    let key: [u8; 32] = BASE64.decode(key.as_bytes()).ok()?.try_into().ok()?;
    let signature: [u8; 64] = BASE64
        .decode(file.signature.as_bytes())
        .ok()?
        .try_into()
        .ok()?;
    let key = VerifyingKey::from_bytes(&key).ok()?;
    let bytes = certificate::signed_bytes(&file.signed);
    key.verify_strict(&bytes, &signature.into()).ok()
}
