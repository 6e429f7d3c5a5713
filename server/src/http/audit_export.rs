//! The audit log as a file.

use app::server::{AppState, Problem, ReaderClock, Visit, audit_filter, problem_page};
use axum::{
    BoxError,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use futures_util::{StreamExt as _, stream};
use portal_core::{
    CoreError,
    audit::{self, Export, Recorded},
};
use url::form_urlencoded;

use super::csv_file::{CsvFile, headers};

/// `/audit/export.csv`, with the filter of the page: every entry, newest first.
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
    let answer = match audit::export(&portal, visit.actor(), &filter).await {
        Ok(Some(export)) => download(export, clock).await.map(Some),
        Ok(None) => Ok(None),
        Err(error) => Err(error.into()),
    };
    let problem = match answer {
        Ok(Some(answer)) => return answer,
        Ok(None) => Problem::NotFound,
        Err(error) => {
            tracing::error!(%error, "the audit log could not be exported");
            Problem::Internal
        }
    };
    problem_page(state, parts, problem).await
}

/// The answer with the entries, which are read while it is sent. The first are there before it begins; where others cannot be
/// read the download breaks off, so that nobody takes it for the whole log.
async fn download(export: Export, clock: ReaderClock) -> Result<Response, BoxError> {
    let mut file = CsvFile::new();
    file.row(HEADER);
    let head = file.content()?;
    let mut parts = Box::pin(export.parts().map(move |part| rows(part, &clock)));
    let first = parts.next().await.transpose()?;
    let parts = parts.inspect(|part| {
        if let Err(error) = part {
            tracing::error!(%error, "the audit log could not be exported to its end");
        }
    });
    let begin = [Some(head), first].into_iter().flatten();
    let body = stream::iter(begin.map(Ok::<_, BoxError>)).chain(parts);
    Ok((headers("audit.csv"), Body::from_stream(body)).into_response())
}

/// Some entries as the file has them.
fn rows(part: Result<Vec<Recorded>, CoreError>, clock: &ReaderClock) -> Result<Vec<u8>, BoxError> {
    let mut file = CsvFile::more();
    for entry in &part? {
        file.row(row(entry, &clock.local(entry.at).to_string()));
    }
    Ok(file.content()?)
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
        optional(&entry.address),
        optional(&entry.request),
        optional(&entry.before),
        optional(&entry.after),
    ]
}
