//! What a person sees: pages that are complete without script, islands that make them better, and server functions.
//!
//! Compiled twice: with the feature `ssr` into the server, with `hydrate` to wasm. Only what an island needs is
//! compiled for both; pages, the texts of the words and the way to `portal-core` exist on the server alone.

#![allow(
    missing_docs,
    reason = "the framework makes public structs of the properties of components and server functions"
)]

#[cfg(feature = "ssr")]
pub mod api;
pub mod components;
pub mod format;
pub mod guide;
pub mod guide_view;
pub mod islands;
pub mod words;

#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
pub mod server;

/// Called by the browser once the wasm is loaded; each island then starts by itself.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
