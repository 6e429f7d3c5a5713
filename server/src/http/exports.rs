//! Exports as CSV: what the pages show, by the same operations, for a spreadsheet.

use app::server::{
    AppState, Problem, Sheet, Visit, customers_sheet, encoded, problem_page, subscription_sheet,
};
use axum::{
    extract::{Path, Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::people::Actor;
use portal_core::{CoreError, Portal, subscriptions};
use serde::Deserialize;

use super::csv_file::CsvFile;

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
pub(super) fn visitor(state: &AppState, request: &Request) -> (Visit, Portal) {
    let visit = request
        .extensions()
        .get::<Visit>()
        .cloned()
        .unwrap_or_default();
    let portal = state.portal.asked_from(visit.origin.clone());
    (visit, portal)
}

pub(super) struct Export {
    /// The file's name without its end: letters, digits and hyphens only.
    pub name: String,
    pub sheet: Sheet,
}

/// The file; the page that the visitor gets instead if it is not theirs to see.
pub(super) async fn answer(
    state: AppState,
    visit: Visit,
    request: Request,
    export: Result<Option<Export>, CoreError>,
) -> Response {
    if visit.actor() == Actor::Anonymous {
        let location = format!("/sign-in?next={}", encoded(request.uri().path()));
        return match HeaderValue::from_str(&location) {
            Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
            Err(_) => StatusCode::NOT_FOUND.into_response(),
        };
    }
    let problem = match export {
        Ok(Some(export)) => match file(&export) {
            Ok(response) => return response,
            Err(error) => {
                tracing::error!(%error, "an export could not be written");
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

fn file(export: &Export) -> Result<Response, csv::Error> {
    let mut file = CsvFile::new();
    for row in &export.sheet {
        file.row(row);
    }
    file.download(&format!("{}.csv", export.name))
}
