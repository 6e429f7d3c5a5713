//! The vectors again, in the browser's build: compiled to wasm without the feature `server`, with calendars read
//! from JSON.
//!
//! Run with `wasm-bindgen-test-runner` as cargo's runner for the target:
//! `cargo test -p domain --no-default-features --target wasm32-unknown-unknown --test calendar_wasm`.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::wasm_bindgen_test;

#[path = "calendar/shared.rs"]
mod shared;

#[wasm_bindgen_test]
fn the_feature_is_off() {
    let server = cfg!(feature = "server");
    assert!(!server, "the browser's build has no feature `server`");
}

#[wasm_bindgen_test]
fn due() {
    assert_eq!(shared::check_due(&shared::Calendars::from_json()), 800);
}

#[wasm_bindgen_test]
fn between() {
    assert_eq!(shared::check_between(&shared::Calendars::from_json()), 300);
}
