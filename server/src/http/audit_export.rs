//! The audit log as a file.

use app::server::{AppState, Problem, Visit, audit_filter, problem_page};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use portal_core::audit::{self, Recorded};
use url::form_urlencoded;

/// `/audit/export.csv`, with the filter of the page: newest first, at most [`audit::MOST_EXPORTED`] entries.
pub async fn audit_export(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let visit = parts.extensions.get::<Visit>().cloned().unwrap_or_default();
    let portal = state.portal.asked_from(visit.origin.clone());
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let (filter, clock) = audit_filter(&visit, &portal, |name| {
        let found = pairs.iter().find(|(one, _)| one == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    });
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut written = table.write_record(HEADER);
    let exported = audit::export(&portal, visit.actor(), &filter, |entry| {
        if written.is_ok() {
            written = table.write_record(row(entry, &clock.local(entry.at).to_string()));
        }
    })
    .await;
    let csv = match (exported, written, table.into_inner()) {
        (Ok(true), Ok(()), Ok(csv)) => csv,
        (Ok(false), ..) => return problem_page(state, parts, Problem::NotFound).await,
        (exported, written, _) => {
            tracing::error!(?exported, ?written, "the audit log could not be exported");
            return problem_page(state, parts, Problem::Internal).await;
        }
    };
    // Spreadsheets take a file for UTF-8 only if it begins with this.
    let body = [&b"\xEF\xBB\xBF"[..], &csv].concat();
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"audit.csv\"",
        ),
        (header::CACHE_CONTROL, "private, no-store"),
    ]
    .map(|(name, value)| (name, HeaderValue::from_static(value)));
    (StatusCode::OK, headers, body).into_response()
}

/// The names of the columns are those of the records, whatever the reader's language: the file is for other programs.
const HEADER: [&str; 10] = [
    "id", "at", "kind", "by", "subject", "customer", "address", "request", "before", "after",
];

fn row(entry: &Recorded, at: &str) -> [String; 10] {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        entry.id.to_string(),
        at.to_owned(),
        entry.kind.name().to_owned(),
        entry.by_name.clone(),
        entry.subject.clone(),
        optional(&entry.customer),
        entry.address.clone(),
        entry.request.clone(),
        optional(&entry.before),
        optional(&entry.after),
    ]
    .map(harmless)
}

/// A spreadsheet takes a cell that begins so for a formula; an apostrophe before it makes it text.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_cell_is_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(bad.to_owned()), format!("'{bad}"));
        }
        assert_eq!(harmless("a=1".to_owned()), "a=1");
    }
}
