//! One file a page: complete HTML from the server, readable without script or wasm.

pub mod account;
pub mod accounts;
pub mod admin;
pub mod attainment;
pub mod audit;
pub mod authenticator;
pub mod contacts;
pub mod desk;
pub mod desk_log;
pub mod desk_mail;
pub mod guide;
pub mod home;
pub mod incident;
pub mod incident_new;
pub mod incidents;
pub mod invitation;
pub mod me;
pub mod my_mail;
pub mod password;
pub mod plan;
pub mod plan_compare;
pub mod problem;
pub mod releases;
pub mod reset;
pub mod security;
pub mod sign_in;
pub mod sign_in_code;
pub mod templates;
pub mod unsubscribe;
pub mod verify;

use std::pin::Pin;

use leptos::{config::LeptosOptions, hydration::HydrationScripts, nonce::use_nonce, prelude::*};

use crate::server::{Problem, Visit, encoded, redirect, state};

/// The framework starts the islands once the browser is idle, and Chromium, when it draws nothing more, may not say that it
/// is: the page stands as if it had no script. So it waits for that no longer than 0.2 seconds.
const AT_LATEST: &str = "(idle=>idle&&(self.requestIdleCallback=start=>idle(start,{timeout:200})))(self.requestIdleCallback)";

/// What the browser needs to start the islands of a page; a page without islands loads no wasm.
#[component]
fn Islands() -> impl IntoView {
    let options: LeptosOptions = state().leptos;
    view! {
        <script nonce=use_nonce() inner_html=AT_LATEST></script>
        <HydrationScripts options islands=true />
    }
}

/// The value of a parameter in the address's query; empty if it is absent.
fn query(name: &str) -> String {
    leptos_router::hooks::use_query_map().with(|map| map.get(name).unwrap_or_default())
}

/// The query of the address as it was sent.
fn raw_query() -> String {
    use_context::<axum::http::request::Parts>()
        .and_then(|parts| parts.uri.query().map(str::to_owned))
        .unwrap_or_default()
}

/// Renders what a future gives, all of it before anything is sent.
fn loaded<F>(page: F) -> AnyView
where
    F: Future<Output = Result<AnyView, Problem>> + Send + 'static,
{
    // Boxed before it is rendered: the framework's code for it is compiled once, not for each page.
    rendered(Box::pin(page))
}

fn rendered(page: Pin<Box<dyn Future<Output = Result<AnyView, Problem>> + Send>>) -> AnyView {
    Suspend::new(async move {
        match page.await {
            Ok(view) => view,
            Err(problem) => view! { <problem::ProblemPage problem /> }.into_any(),
        }
    })
    .into_any()
}

/// The Business Hours in the zone whose clock a visitor reads: the one that they chose, else their customer's. With it
/// comes that zone's name; promises are shown in the contract's zone, whatever they chose.
pub(crate) fn own_clock(
    visit: &Visit,
    portal: &portal_core::Portal,
    plan: &domain::plan::Plan,
    contract: &str,
) -> Option<(std::sync::Arc<domain::calendar::BusinessCalendar>, String)> {
    let chosen = visit
        .person
        .as_ref()
        .and_then(|person| person.zone.as_deref());
    let zone = chosen
        .and_then(|zone| plan.zone(zone))
        .or_else(|| plan.zone(contract))?;
    let calendar = portal.calendar(zone)?;
    Some((calendar, zone.name.get(visit.lang).to_owned()))
}

/// Logs what core could not do and gives the problem that the person is shown.
fn failed(error: portal_core::CoreError) -> Problem {
    tracing::error!(%error, "a page could not be made");
    Problem::Internal
}

/// Sends a visitor who is not signed in to sign in and come back; `None` for whoever is.
fn sign_in_first(visit: &Visit) -> Option<AnyView> {
    if visit.person.is_some() {
        return None;
    }
    let here = use_context::<axum::http::request::Parts>()
        .and_then(|parts| parts.uri.path_and_query().map(ToString::to_string))
        .unwrap_or_default();
    redirect(&format!("/sign-in?next={}", encoded(&here)));
    Some(().into_any())
}
