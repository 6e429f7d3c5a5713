//! Cookies beside the session's.

use axum::http::{HeaderValue, header, request::Parts};
use leptos::prelude::*;

use super::state;

/// For how long a browser keeps them: a year, in seconds.
const YEAR: u32 = 31_536_000;

/// A browser takes a `__Host-` cookie over TLS only.
fn device_name() -> &'static str {
    if state().site.secure() {
        "__Host-device"
    } else {
        "device"
    }
}

/// The cookie by which a browser is known that signed in before.
pub(super) fn device_cookie(device: &str) -> Option<HeaderValue> {
    let secure = if state().site.secure() {
        "; Secure"
    } else {
        ""
    };
    HeaderValue::from_str(&format!(
        "{}={device}; Path=/; Max-Age={YEAR}; SameSite=Lax; HttpOnly{secure}",
        device_name()
    ))
    .ok()
}

/// What this browser carries from when it signed in before.
pub(crate) fn known_device() -> Option<String> {
    let parts = use_context::<Parts>()?;
    let name = device_name();
    parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(one, _)| *one == name)
        .map(|(_, value)| value.to_owned())
}
