//! The audit log as a file.

use app::server::{AppState, Problem, Visit, audit_filter, problem_page};
use axum::{
    extract::{Request, State},
    response::Response,
};
use portal_core::audit::{self, Exported, Recorded};
use url::form_urlencoded;

use super::csv_file::CsvFile;

/// `/audit/export.csv`, with the filter of the page: newest first, at most [`audit::MOST_EXPORTED`] entries;
/// a last row says so where there are more.
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
    let mut file = CsvFile::new();
    file.row(HEADER);
    let exported = audit::export(&portal, visit.actor(), &filter, |entry| {
        file.row(row(entry, &clock.local(entry.at).to_string()));
    })
    .await;
    if matches!(exported, Ok(Some(Exported::Newest))) {
        file.row(left_out());
    }
    let problem = match exported {
        Ok(Some(_)) => match file.download("audit.csv") {
            Ok(response) => return response,
            Err(error) => {
                tracing::error!(%error, "the audit log could not be written");
                Problem::Internal
            }
        },
        Ok(None) => Problem::NotFound,
        Err(error) => {
            tracing::error!(%error, "the audit log could not be exported");
            Problem::Internal
        }
    };
    problem_page(state, parts, problem).await
}

/// The names of the columns are those of the records, whatever the reader's language: the file is for other programs.
const HEADER: [&str; 10] = [
    "id", "at", "kind", "by", "subject", "customer", "address", "request", "before", "after",
];

/// The row that says that older entries are not in the file; it has no id.
fn left_out() -> [String; 10] {
    let mut cells: [String; 10] = Default::default();
    "left_out".clone_into(&mut cells[2]);
    cells[4] = format!(
        "only the newest {} entries are in this file; ask for earlier days to have the older ones",
        audit::MOST_EXPORTED
    );
    cells
}

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
}
