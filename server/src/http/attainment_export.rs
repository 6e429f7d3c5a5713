//! How many Responses were in time, as CSV: what the pages count, by the same operation.

use app::server::{AppState, Visit, attainment_sheet};
use axum::{
    extract::{Path, Query, Request, State},
    response::Response,
};
use domain::{
    people::{Operation, Relation, allows},
    plan::Plan,
};
use portal_core::{
    CoreError, Portal,
    incidents::{self, Scope},
    subscriptions,
};
use serde::Deserialize;

use super::exports::{Export, answer, visitor};

#[derive(Default, Deserialize)]
struct Asked {
    /// The year; without one, the present one or the nearest that has something.
    #[serde(default)]
    year: String,
    /// For the engineers: only this customer.
    #[serde(default)]
    customer: String,
}

impl Asked {
    /// A query that cannot be read asks for nothing.
    fn of(request: &Request) -> Self {
        Query::<Self>::try_from_uri(request.uri())
            .map(|Query(asked)| asked)
            .unwrap_or_default()
    }
}

/// Those to the reader's own customer.
pub async fn own(state: State<AppState>, request: Request) -> Response {
    file(state, Scope::Own, request).await
}

/// Those to a customer.
pub async fn one(state: State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    // What is no number is no customer.
    file(state, Scope::Customer(id.parse().unwrap_or(0)), request).await
}

/// Those to all customers, or to one of them, for whoever may see all.
pub async fn desk(state: State<AppState>, request: Request) -> Response {
    let (visit, _) = visitor(&state, &request);
    if !allows(visit.actor(), Relation::Vendor, Operation::ReadAttainment) {
        let State(state) = state;
        return answer(state, visit, request, Ok(None)).await;
    }
    let customer = Asked::of(&request).customer;
    let scope = if customer.is_empty() {
        Scope::Everybody
    } else {
        Scope::Customer(customer.parse().unwrap_or(0))
    };
    file(state, scope, request).await
}

async fn file(State(state): State<AppState>, scope: Scope, request: Request) -> Response {
    let (visit, portal) = visitor(&state, &request);
    let year = Asked::of(&request).year.parse().ok();
    let export = export(&portal, &visit, scope, year).await;
    answer(state, visit, request, export).await
}

async fn export(
    portal: &Portal,
    visit: &Visit,
    scope: Scope,
    year: Option<i32>,
) -> Result<Option<Export>, CoreError> {
    let actor = visit.actor();
    let Some(attained) = incidents::attained(portal, actor, scope, year).await? else {
        return Ok(None);
    };
    let whose = match scope {
        Scope::Own => subscriptions::summary(portal, actor, None).await?,
        Scope::Customer(id) => subscriptions::summary(portal, actor, Some(id)).await?,
        Scope::Everybody => None,
    };
    let plan: &Plan = whose
        .and_then(|whose| portal.plans().get(&whose.plan_version))
        .unwrap_or_else(|| portal.plans().current());
    Ok(Some(Export {
        name: format!("responses-{}", attained.year),
        sheet: attainment_sheet(&attained, plan, visit.lang),
    }))
}
