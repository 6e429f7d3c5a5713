//! Choosing which mail one gets, and saying that mail which was put aside was dealt with.

use leptos::prelude::*;

/// Keeps the choices made at `/me/mail`.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/me/mail")]
pub async fn choose_mail() -> Result<(), ServerFnError> {
    use domain::people::{Actor, MailTopic};
    use portal_core::mail;

    use crate::server::{FormReply, Problem, Reply, ReplySlot, SignInReply, Typed, Visit, state};

    let actor = Visit::current().actor();
    if actor == Actor::Anonymous {
        ReplySlot::give(Reply::Again(FormReply::SignIn(SignInReply {
            next: "/me/mail".to_owned(),
            ..SignInReply::default()
        })));
        return Ok(());
    }
    let sent = Typed::current();
    let wanted: Option<Vec<_>> = sent.all("topic[]").map(MailTopic::parse).collect();
    let Some(wanted) = wanted else {
        ReplySlot::give(Reply::Problem(Problem::BadForm));
        return Ok(());
    };
    ReplySlot::give(match mail::choose(&state().portal, actor, &wanted).await {
        Ok(true) => Reply::Redirect {
            to: "/me/mail?saved=1".to_owned(),
            cookie: None,
        },
        Ok(false) => Reply::Problem(Problem::NotFound),
        Err(error) => {
            tracing::error!(%error, "choices of mail could not be kept");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}

/// Takes the forms at `/desk/mail`.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/desk/mail")]
pub async fn deal_with_mail() -> Result<(), ServerFnError> {
    use domain::people::Actor;
    use portal_core::mail;

    use crate::server::{FormReply, Problem, Reply, ReplySlot, SignInReply, Typed, Visit, state};

    let actor = Visit::current().actor();
    if actor == Actor::Anonymous {
        ReplySlot::give(Reply::Again(FormReply::SignIn(SignInReply {
            next: "/desk/mail".to_owned(),
            ..SignInReply::default()
        })));
        return Ok(());
    }
    let id = Typed::current().get("mail").parse().unwrap_or_default();
    let to = |done: &str| Reply::Redirect {
        to: format!("/desk/mail?done={done}"),
        cookie: None,
    };
    ReplySlot::give(match mail::deal_with(&state().portal, actor, id).await {
        Ok(Some(true)) => to("dealt"),
        Ok(Some(false)) => to("nothing"),
        Ok(None) => Reply::Problem(Problem::NotFound),
        Err(error) => {
            tracing::error!(%error, id, "a mail is still to be dealt with");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}
