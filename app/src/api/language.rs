//! The choice of a language.

use leptos::prelude::*;

/// Keeps the language that a person chose, and goes back to where they were.
///
/// # Errors
/// None; the type is the framework's.
#[allow(clippy::unused_async, reason = "a server function is async")]
#[server(prefix = "", endpoint = "/language")]
pub async fn choose_language(
    #[server(default)] to: String,
    #[server(default)] back: String,
) -> Result<(), ServerFnError> {
    use axum::http::HeaderValue;
    use domain::text::Lang;

    use crate::server::{Reply, ReplySlot, state};

    let cookie = Lang::from_tag(&to).and_then(|lang| {
        let secure = if state().site.secure() {
            "; Secure"
        } else {
            ""
        };
        HeaderValue::from_str(&format!(
            "lang={lang}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}"
        ))
        .ok()
    });
    ReplySlot::give(Reply::Redirect { to: back, cookie });
    Ok(())
}
