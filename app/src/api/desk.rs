//! What the desk does beside the steps: logging notices, and keeping reply templates.

use leptos::prelude::*;

domain::named! {
    /// What the forms of the reply templates ask for: the values of `step`.
    pub enum TemplateStep;

    /// A template is added.
    Add = "add",
    /// A template is changed.
    Change = "change",
    /// A template is removed.
    Remove = "remove",
}

/// Takes the form at `/desk/log`; `step` says what for, see [`FilingStep`](super::incidents::FilingStep). What the contact
/// may not file is handed to the colleague `to`. With a `language`, what was `shown` comes again in it. The same `key` gives
/// the same incident.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/desk/log")]
pub async fn log_notice() -> Result<(), ServerFnError> {
    use portal_core::incidents::{self, Filed, NotLogged, Reviewed};

    use super::incidents::FilingStep;
    use crate::server::{FormReply, LogReply, Problem, Reply, ReplySlot, Typed, Visit, state};

    let sent = Typed::current();
    let visit = Visit::current();
    if visit.person.is_none() {
        ReplySlot::give(Reply::Redirect {
            to: "/sign-in?next=/desk/log".to_owned(),
            cookie: None,
        });
        return Ok(());
    }
    let (portal, actor, new) = (state().portal, visit.actor(), LogReply::notice(&sent));
    let form = LogReply {
        typed: sent.clone(),
        ..LogReply::default()
    };
    let only_language = ReplySlot::only_language(&sent.get("language"));
    let asked = FilingStep::asked(&sent.get("step"), only_language, &sent.get("shown"));
    let before = |number| Reply::Redirect {
        to: format!("/incidents/{number}?filed=before"),
        cookie: None,
    };
    let result = match asked {
        FilingStep::Edit | FilingStep::Questions => incidents::caller(&portal, actor, new.contact)
            .await
            .map(|caller| match caller {
                Some(_) => Ok(Reply::Again(FormReply::Log(Box::new(form.clone())))),
                None => Err(NotLogged::NotThere),
            }),
        FilingStep::Hand => Ok(Ok(hand(&portal, actor, new, form.clone()).await)),
        FilingStep::Submit => incidents::log(&portal, actor, &new).await.map(|logged| {
            logged.map(|filed| match filed {
                Filed::New(number) => Reply::Redirect {
                    to: format!("/incidents/{number}?done=logged#last"),
                    cookie: None,
                },
                Filed::Already(number) => before(number),
            })
        }),
        FilingStep::Review => incidents::review_log(&portal, actor, &new)
            .await
            .map(|reviewed| {
                reviewed.map(|reviewed| match reviewed {
                    Reviewed::Ready(preview) => Reply::Again(FormReply::Log(Box::new(LogReply {
                        review: Some(preview),
                        ..form.clone()
                    }))),
                    Reviewed::Already(number) => before(number),
                })
            }),
    };
    ReplySlot::give(match result {
        Ok(Ok(reply)) => reply,
        Ok(Err(NotLogged::NotThere)) => Reply::Problem(Problem::NotFound),
        Ok(Err(NotLogged::UnknownPlan)) => Reply::Problem(Problem::Internal),
        Ok(Err(not_logged)) => Reply::Again(FormReply::Log(Box::new(LogReply {
            not_logged: Some(not_logged),
            ..form
        }))),
        Err(error) => {
            tracing::error!(%error, "a notice could not be logged");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}

/// Keeps what a contact said who may not file as a draft for a colleague who may.
#[cfg(feature = "ssr")]
async fn hand(
    portal: &portal_core::Portal,
    actor: domain::people::Actor,
    new: portal_core::incidents::NewNotice,
    form: crate::server::LogReply,
) -> crate::server::Reply {
    use portal_core::{
        drafts::{self, NewDraft, NotPrepared, Prepared},
        incidents::NotLogged,
    };

    use crate::server::{FormReply, LogReply, Problem, Reply};

    let draft = NewDraft {
        incident: new.incident,
        to: form.typed.get("to").parse().unwrap_or_default(),
    };
    match drafts::prepare_for(portal, actor, new.contact, &draft).await {
        Ok(Ok(Prepared::Open(_))) => Reply::Redirect {
            to: format!("/desk/log?contact={}&handed=yes", new.contact),
            cookie: None,
        },
        Ok(Ok(Prepared::Filed(number))) => Reply::Redirect {
            to: format!("/incidents/{number}?filed=before"),
            cookie: None,
        },
        Ok(Err(NotPrepared::Invalid {
            fields,
            answers,
            form_key,
            colleague,
        })) => Reply::Again(FormReply::Log(Box::new(LogReply {
            not_logged: Some(NotLogged::Invalid {
                fields,
                answers,
                form_key,
                channel: false,
                received: None,
            }),
            wrong_colleague: colleague,
            ..form
        }))),
        Ok(Err(NotPrepared::NotPermitted)) => Reply::Problem(Problem::NotFound),
        Ok(Err(NotPrepared::UnknownPlan)) => Reply::Problem(Problem::Internal),
        Err(error) => {
            tracing::error!(%error, "a draft could not be prepared");
            Reply::Problem(Problem::Internal)
        }
    }
}

/// Takes the forms at `/desk/templates`: `step` says what becomes of a template, `id` of which.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/desk/templates")]
pub async fn keep_templates() -> Result<(), ServerFnError> {
    use portal_core::templates::{self, TemplateForm};

    use crate::server::{Problem, Reply, ReplySlot, Typed, TypedReply, Visit, state};

    let (portal, actor, sent) = (state().portal, Visit::current().actor(), Typed::current());
    let id = sent.get("id").parse().unwrap_or_default();
    let form = TemplateForm {
        language: sent.get("language_of"),
        name: sent.get("name"),
        body: sent.get("body"),
    };
    let to = |done| format!("/desk/templates?done={done}");
    let Some(step) = TemplateStep::parse(&sent.get("step")) else {
        ReplySlot::give(Reply::Problem(Problem::NotFound));
        return Ok(());
    };
    ReplySlot::give(match step {
        TemplateStep::Add => {
            let saved = templates::add(&portal, actor, &form).await;
            TypedReply::saved("template", saved, |()| to("added"))
        }
        TemplateStep::Change => {
            let saved = templates::change(&portal, actor, id, &form).await;
            TypedReply::saved(&format!("template-{id}"), saved, |()| to("saved"))
        }
        TemplateStep::Remove => {
            let removed = templates::remove(&portal, actor, id).await;
            TypedReply::done(removed, || to("removed"))
        }
    });
    Ok(())
}
