//! Entries of the audit log in words.

use portal_core::audit::Kind;
use serde_json::{Map, Value};

use super::role::role_name;
use crate::words::{AuditFields, AuditKinds, Words};

/// A field that differs before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its name to read.
    pub field: String,
    /// What it was; none where there was no record before.
    pub was: Option<String>,
    /// What it is.
    pub is: String,
}

/// What differs between a record before and after, field by field; all of it where one of the two is missing.
pub fn changes(before: Option<&str>, after: Option<&str>, t: &Words) -> Vec<Change> {
    let record = |json: Option<&str>| -> Option<Map<String, Value>> {
        json.and_then(|json| serde_json::from_str(json).ok())
    };
    let (before, after) = (record(before), record(after));
    let keys = |record: &Option<Map<String, Value>>| -> Vec<String> {
        record
            .iter()
            .flat_map(|record| record.keys().cloned())
            .collect()
    };
    let mut fields = keys(&after);
    for key in keys(&before) {
        if !fields.contains(&key) {
            fields.push(key);
        }
    }
    fields
        .into_iter()
        .filter_map(|key| {
            let value = |record: &Option<Map<String, Value>>| {
                record
                    .as_ref()
                    .map(|record| record.get(&key).cloned().unwrap_or_default())
            };
            let (was, is) = (value(&before), value(&after));
            let text = |value: &Value| value_text(&key, value, t);
            (was != is).then(|| Change {
                field: field_name(&key, &t.audit_fields),
                was: was.as_ref().map(text),
                is: is.as_ref().map_or_else(|| t.audit.gone.clone(), text),
            })
        })
        .collect()
}

/// A value as it is read: a role by its name, a list with commas.
fn value_text(key: &str, value: &Value, t: &Words) -> String {
    match value {
        Value::Null => t.audit.none.clone(),
        Value::Bool(true) => t.audit.yes.clone(),
        Value::Bool(false) => t.audit.no.clone(),
        Value::String(text) if text.is_empty() => t.audit.none.clone(),
        Value::String(text) => match domain::people::Role::parse(text) {
            Some(role) if key == "role" => role_name(role, &t.roles),
            _ => text.clone(),
        },
        Value::Array(values) if values.is_empty() => t.audit.none.clone(),
        Value::Array(values) => values
            .iter()
            .map(|value| value_text(key, value, t))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

/// A field's name; one that is not known here by its name in the record.
fn field_name(key: &str, f: &AuditFields) -> String {
    let name = match key {
        "name" => &f.name,
        "email" => &f.email,
        "role" => &f.role,
        "customer" => &f.customer,
        "plan_version" => &f.plan_version,
        "tier" => &f.tier,
        "zone" => &f.zone,
        "starts_on" => &f.starts_on,
        "ends_on" => &f.ends_on,
        "included_seats" => &f.included_seats,
        "elected_seats" => &f.elected_seats,
        "domains" => &f.domains,
        "versions" => &f.versions,
        "account_manager" => &f.account_manager,
        "track" => &f.track,
        "level" => &f.level,
        "number" => &f.number,
        "issued_on" => &f.issued_on,
        "expires_on" => &f.expires_on,
        "slug" => &f.slug,
        "version" => &f.version,
        "kind" => &f.kind,
        "released_on" => &f.released_on,
        "notes_en" => &f.notes_en,
        "notes_ko" => &f.notes_ko,
        "discontinued" => &f.discontinued,
        "language" => &f.language,
        "seats" => &f.seats,
        "note" => &f.note,
        "granted" => &f.granted,
        "reply" => &f.reply,
        "day" => &f.day,
        "text" => &f.text,
        "unwritten_until" => &f.unwritten_until,
        _ => return key.replace('_', " "),
    };
    name.clone()
}

/// A kind's name to read.
pub fn kind_name(kind: Kind, k: &AuditKinds) -> String {
    match kind {
        Kind::SignedIn => &k.signed_in,
        Kind::SignInRefused => &k.sign_in_refused,
        Kind::SignedOut => &k.signed_out,
        Kind::SessionsEnded => &k.sessions_ended,
        Kind::PasswordChanged => &k.password_changed,
        Kind::ResetMade => &k.reset_made,
        Kind::InvitationMade => &k.invitation_made,
        Kind::InvitationAccepted => &k.invitation_accepted,
        Kind::SecondFactorOn => &k.second_factor_on,
        Kind::SecondFactorOff => &k.second_factor_off,
        Kind::RecoveryCodesMade => &k.recovery_codes_made,
        Kind::RecoveryCodeUsed => &k.recovery_code_used,
        Kind::IdentityLinked => &k.identity_linked,
        Kind::PersonAdded => &k.person_added,
        Kind::PersonChanged => &k.person_changed,
        Kind::PersonLeft => &k.person_left,
        Kind::Designated => &k.designated,
        Kind::Withdrawn => &k.withdrawn,
        Kind::SeatsAsked => &k.seats_asked,
        Kind::SeatsAnswered => &k.seats_answered,
        Kind::CertificationAdded => &k.certification_added,
        Kind::CertificationChanged => &k.certification_changed,
        Kind::CertificationRemoved => &k.certification_removed,
        Kind::CustomerAdded => &k.customer_added,
        Kind::SubscriptionChanged => &k.subscription_changed,
        Kind::InstallationsChanged => &k.installations_changed,
        Kind::Assigned => &k.assigned,
        Kind::Unassigned => &k.unassigned,
        Kind::ReleaseAdded => &k.release_added,
        Kind::ReleaseChanged => &k.release_changed,
        Kind::ClosedDayAdded => &k.closed_day_added,
        Kind::ClosedDayWithdrawn => &k.closed_day_withdrawn,
        Kind::TemplateAdded => &k.template_added,
        Kind::TemplateChanged => &k.template_changed,
        Kind::TemplateRemoved => &k.template_removed,
        Kind::Imported => &k.imported,
        Kind::WorkRetried => &k.work_retried,
        Kind::Refused => &k.refused,
    }
    .clone()
}

#[cfg(test)]
mod tests {
    use domain::text::Lang;

    use super::*;
    use crate::words::words;

    fn said(before: Option<&str>, after: Option<&str>) -> Vec<(String, Option<String>, String)> {
        changes(before, after, words(Lang::En))
            .into_iter()
            .map(|change| (change.field, change.was, change.is))
            .collect()
    }

    #[test]
    fn only_what_differs_is_said() {
        let before = r#"{"name":"A","role":"contact","domains":[],"elected_seats":1}"#;
        let after = r#"{"name":"A","role":"coordinator","domains":["a.example","b.example"],"elected_seats":1}"#;
        assert_eq!(
            said(Some(before), Some(after)),
            [
                (
                    "E-mail domains".into(),
                    Some("none".into()),
                    "a.example, b.example".into()
                ),
                ("Role".into(), Some("Contact".into()), "Coordinator".into()),
            ]
        );
        assert_eq!(said(Some(before), Some(before)), []);
    }

    #[test]
    fn what_came_and_what_went_is_said_as_a_whole() {
        let one = r#"{"number":"N-1","discontinued":true,"odd_key":3}"#;
        assert_eq!(
            said(None, Some(one)),
            [
                ("Support discontinued".into(), None, "yes".into()),
                ("Number".into(), None, "N-1".into()),
                ("odd key".into(), None, "3".into()),
            ]
        );
        assert_eq!(
            said(Some(one), None)[1],
            ("Number".into(), Some("N-1".into()), "removed".into())
        );
        let last = r#"{"unwritten_until":"2026-02-27T07:00:00+00:00"}"#;
        assert_eq!(
            said(None, Some(last)),
            [(
                "The same is not recorded again until".into(),
                None,
                "2026-02-27T07:00:00+00:00".into()
            )]
        );
        assert_eq!(said(None, None), []);
        assert_eq!(said(Some("no JSON"), None), []);
    }
}
