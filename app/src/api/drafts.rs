//! Discarding what was prepared.

use leptos::prelude::*;

/// Discards the draft `discard`, from the list at `/incidents`.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/incidents")]
pub async fn discard_draft(#[server(default)] discard: String) -> Result<(), ServerFnError> {
    use domain::people::Actor;
    use portal_core::drafts;

    use crate::server::{FormReply, Problem, Reply, ReplySlot, SignInReply, Visit, state};

    let actor = Visit::current().actor();
    if actor == Actor::Anonymous {
        ReplySlot::give(Reply::Again(FormReply::SignIn(SignInReply {
            next: "/incidents".to_owned(),
            ..SignInReply::default()
        })));
        return Ok(());
    }
    let discarded = match discard.parse() {
        Ok(id) => drafts::discard(&state().portal, actor, id).await,
        Err(_) => Ok(false),
    };
    ReplySlot::give(match discarded {
        Ok(true) => Reply::Redirect {
            to: "/incidents?discarded=1".to_owned(),
            cookie: None,
        },
        Ok(false) => Reply::Problem(Problem::NotFound),
        Err(error) => {
            tracing::error!(%error, "a draft could not be discarded");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}
