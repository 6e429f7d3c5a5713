//! What an incident was filed as: all of its row that no event holds. The notice keeps a fingerprint of it, so that the
//! history covers it too.

use domain::incident::{Field, history::fingerprint};
use serde::Serialize;
use serde_json::Value;

use super::{file::Filing, from_json};
use crate::CoreError;

/// Everything that was filed, as the row of the incident keeps it.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub(super) struct WhatWasFiled {
    customer_id: i64,
    contact_id: i64,
    title: String,
    description: String,
    steps: String,
    business_impact: String,
    answers: String,
    plan_version: String,
    calendar_version: String,
    tz_version: String,
    tier: String,
    zone: String,
    release: String,
    release_name: String,
    #[serde(serialize_with = "as_value")]
    outcome: String,
    #[serde(serialize_with = "as_value")]
    explanation: String,
}

/// As the value that it is the JSON of: how it was written does not matter.
fn as_value<S: serde::Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let value: Value = serde_json::from_str(json).map_err(serde::ser::Error::custom)?;
    value.serialize(serializer)
}

impl WhatWasFiled {
    /// What is about to be filed.
    pub(super) fn by(filing: &Filing<'_>) -> Result<Self, CoreError> {
        let decision = filing.decision;
        let text = |field| filing.draft.get(field).to_owned();
        Ok(Self {
            customer_id: filing.customer,
            contact_id: filing.contact,
            title: text(Field::Title),
            description: text(Field::Description),
            steps: text(Field::Steps),
            business_impact: text(Field::BusinessImpact),
            answers: decision.answers.to_query(),
            plan_version: decision.plan_version.clone(),
            calendar_version: decision.calendar_version.clone(),
            tz_version: decision.tz_version.to_owned(),
            tier: decision.tier.clone(),
            zone: decision.zone.clone(),
            release: decision.release.clone(),
            release_name: decision.release_name.clone(),
            outcome: super::to_json("outcome", &decision.outcome)?,
            explanation: super::to_json("explanation", &decision.explanation)?,
        })
    }

    /// Why it was due when it was promised at first, as JSON.
    pub(super) fn explanation(&self) -> &str {
        &self.explanation
    }

    /// Its fingerprint, which stays the same for good.
    pub(super) fn fingerprint(&self) -> Result<String, CoreError> {
        let value = serde_json::to_value(self)
            .map_err(|error| CoreError::stored("what was filed", error))?;
        Ok(fingerprint(&value))
    }
}

/// Whether the promise that a row keeps is the one that its events come to; both may be none.
pub(super) fn same_promise(
    kept: Option<&str>,
    moved: Option<&domain::calendar::Explanation>,
) -> Result<bool, CoreError> {
    let kept = kept
        .map(|json| from_json::<Value>("promise", json))
        .transpose()?;
    let moved = moved
        .map(serde_json::to_value)
        .transpose()
        .map_err(|error| CoreError::stored("explanation", error))?;
    Ok(kept == moved)
}
