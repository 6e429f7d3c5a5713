//! The choice of a language.

use leptos::prelude::*;

/// Keeps the language that a person chose, in a cookie and with whoever is signed in, and goes back to where they were.
///
/// For a page without a form that is being typed in; such a form goes to its own server function with a field
/// `language`: see [`ReplySlot::only_language`](crate::server::ReplySlot::only_language).
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/language")]
pub async fn choose_language(
    #[server(default)] to: String,
    #[server(default)] back: String,
) -> Result<(), ServerFnError> {
    use domain::text::Lang;
    use portal_core::accounts;

    use crate::server::{Problem, Reply, ReplySlot, Visit, state};

    let chosen = Lang::from_tag(&to);
    if chosen.is_some()
        && let Err(error) =
            accounts::set_language(&state().portal, Visit::current().actor(), chosen).await
    {
        tracing::error!(%error, "a language could not be kept");
        ReplySlot::give(Reply::Problem(Problem::Internal));
        return Ok(());
    }
    ReplySlot::give(Reply::Redirect {
        to: back,
        cookie: chosen.and_then(|_| state().site.language_cookie(chosen)),
    });
    Ok(())
}
