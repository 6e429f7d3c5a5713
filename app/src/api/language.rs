//! The choice of a language.

use leptos::prelude::*;

/// Keeps the language that a person chose, and goes back to where they were.
///
/// For a page without a form that is being typed in; such a form goes to its own server function with a field
/// `language`: see [`ReplySlot::only_language`](crate::server::ReplySlot::only_language).
///
/// # Errors
/// None; the type is the framework's.
#[allow(clippy::unused_async, reason = "a server function is async")]
#[server(prefix = "", endpoint = "/language")]
pub async fn choose_language(
    #[server(default)] to: String,
    #[server(default)] back: String,
) -> Result<(), ServerFnError> {
    use domain::text::Lang;

    use crate::server::{Reply, ReplySlot, state};

    let cookie = Lang::from_tag(&to).and_then(|lang| state().site.language_cookie(lang));
    ReplySlot::give(Reply::Redirect { to: back, cookie });
    Ok(())
}
