//! What somebody chooses for themselves.

use leptos::prelude::*;

/// Keeps the language and the zone that somebody chose at `/me`; empty ones follow the browser and their customer again.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/me")]
pub async fn save_choices(
    #[server(default)] language: String,
    #[server(default)] zone: String,
) -> Result<(), ServerFnError> {
    use domain::{people::Actor, text::Lang};
    use portal_core::accounts;

    use crate::server::{FormReply, Problem, Reply, ReplySlot, SignInReply, Visit, state};

    let actor = Visit::current().actor();
    if actor == Actor::Anonymous {
        ReplySlot::give(Reply::Again(FormReply::SignIn(SignInReply {
            next: "/me".to_owned(),
            ..SignInReply::default()
        })));
        return Ok(());
    }
    let lang = Lang::from_tag(&language);
    if lang.is_none() && !language.is_empty() {
        ReplySlot::give(Reply::Problem(Problem::BadForm));
        return Ok(());
    }
    let portal = state().portal;
    let zone = Some(zone.as_str()).filter(|zone| !zone.is_empty());
    // The zone first: one that no plan has changes nothing.
    let saved = match accounts::set_zone(&portal, actor, zone).await {
        Ok(true) => accounts::set_language(&portal, actor, lang).await,
        other => other,
    };
    ReplySlot::give(match saved {
        Ok(true) => Reply::Redirect {
            to: "/me?saved=1".to_owned(),
            cookie: state().site.language_cookie(lang),
        },
        Ok(false) => Reply::Problem(Problem::BadForm),
        Err(error) => {
            tracing::error!(%error, "choices could not be kept");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}
