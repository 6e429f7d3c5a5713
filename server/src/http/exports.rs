//! Exports as CSV: what the pages show, by the same operations, for a spreadsheet.

use app::server::{
    AppState, Problem, Sheet, Visit, customers_sheet, problem_page, subscription_sheet,
};
use axum::{
    extract::{Path, Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::people::Actor;
use portal_core::{CoreError, Portal, subscriptions};
use serde::Deserialize;

/// What the reader's own customer subscribed to.
pub async fn own(state: State<AppState>, request: Request) -> Response {
    subscription(state, None, request).await
}

/// What a customer subscribed to.
pub async fn one(state: State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    // What is no number is no customer.
    subscription(state, Some(id.parse().unwrap_or(0)), request).await
}

async fn subscription(
    State(state): State<AppState>,
    customer: Option<i64>,
    request: Request,
) -> Response {
    let (visit, portal) = visitor(&state, &request);
    let found = subscriptions::get(&portal, visit.actor(), customer).await;
    let export = found.map(|found| {
        found.map(|found| Export {
            name: format!("subscription-{}", found.customer.id),
            sheet: subscription_sheet(&portal, &found, visit.lang),
        })
    });
    answer(state, visit, request, export).await
}

#[derive(Default, Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
}

pub async fn list(State(state): State<AppState>, request: Request) -> Response {
    let (visit, portal) = visitor(&state, &request);
    // A query that cannot be read searches for nothing.
    let search = Query::<Search>::try_from_uri(request.uri())
        .map(|Query(search)| search)
        .unwrap_or_default();
    let found = subscriptions::list(&portal, visit.actor(), &search.q).await;
    let export = found.map(|found| {
        found.map(|found| Export {
            name: "customers".to_owned(),
            sheet: customers_sheet(&portal, &found, visit.lang),
        })
    });
    answer(state, visit, request, export).await
}

/// Who asks, and the portal that knows from where.
fn visitor(state: &AppState, request: &Request) -> (Visit, Portal) {
    let visit = request
        .extensions()
        .get::<Visit>()
        .cloned()
        .unwrap_or_default();
    let portal = state.portal.asked_from(visit.origin.clone());
    (visit, portal)
}

struct Export {
    /// The file's name without its end: letters, digits and hyphens only.
    name: String,
    sheet: Sheet,
}

/// The file; the page that the visitor gets instead if it is not theirs to see.
async fn answer(
    state: AppState,
    visit: Visit,
    request: Request,
    export: Result<Option<Export>, CoreError>,
) -> Response {
    if visit.actor() == Actor::Anonymous {
        let location = format!("/sign-in?next={}", request.uri().path());
        return match HeaderValue::from_str(&location) {
            Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
            Err(_) => StatusCode::NOT_FOUND.into_response(),
        };
    }
    let problem = match export {
        Ok(Some(export)) => match file(&export) {
            Ok(response) => return response,
            Err(error) => {
                tracing::error!(error, "an export could not be written");
                Problem::Internal
            }
        },
        Ok(None) => Problem::NotFound,
        Err(error) => {
            tracing::error!(%error, "an export could not be made");
            Problem::Internal
        }
    };
    problem_page(state, request.into_parts().0, problem).await
}

fn file(export: &Export) -> Result<Response, String> {
    let body = csv(&export.sheet).map_err(|error| error.to_string())?;
    let disposition = format!("attachment; filename=\"{}.csv\"", export.name);
    let disposition = HeaderValue::from_str(&disposition).map_err(|error| error.to_string())?;
    Ok((
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/csv; charset=utf-8"),
            ),
            (header::CONTENT_DISPOSITION, disposition),
            // It holds names; nothing on the way may keep it.
            (
                header::CACHE_CONTROL,
                HeaderValue::from_static("private, no-store"),
            ),
        ],
        body,
    )
        .into_response())
}

/// The sheet as RFC 4180 has it, with the mark by which spreadsheets recognize UTF-8.
fn csv(sheet: &Sheet) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    for row in sheet {
        writer.write_record(row.iter().map(|cell| harmless(cell)))?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// A cell that no spreadsheet takes for a formula: what somebody typed must not run where it is opened.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rows: &[&[&str]]) -> String {
        let sheet = rows
            .iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect();
        String::from_utf8(csv(&sheet).expect("written")).expect("UTF-8")
    }

    #[test]
    fn a_spreadsheet_opens_it_as_utf_8() {
        assert_eq!(
            written(&[&["고객", "a,b"], &["say \"hi\"", "two\nlines"]]),
            "\u{feff}고객,\"a,b\"\r\n\"say \"\"hi\"\"\",\"two\nlines\"\r\n"
        );
    }

    #[test]
    fn nothing_typed_becomes_a_formula() {
        for typed in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "=HYPERLINK(\"http://x\")",
        ] {
            let cell = harmless(typed);
            assert_eq!(cell, format!("'{typed}"));
        }
        for plain in ["", "a=1", " =1", "'=1", "2026-03-02", "한강"] {
            assert_eq!(harmless(plain), plain);
        }
    }
}
