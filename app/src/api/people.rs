//! Keeping people and their certifications.

use leptos::prelude::*;

/// Takes the form at `/admin/people/new`.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/admin/people/new")]
pub async fn add_person() -> Result<(), ServerFnError> {
    use portal_core::people;

    use crate::server::{ReplySlot, TypedReply, Visit, state};

    let added = people::add(&state().portal, Visit::current().actor(), &typed()).await;
    ReplySlot::give(TypedReply::saved("person", added, |id| {
        format!("/admin/people/{id}?done=added")
    }));
    Ok(())
}

/// Takes the forms at `/admin/people/{id}`: the person, their way in, their certifications.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/admin/people/id")]
pub async fn keep_person() -> Result<(), ServerFnError> {
    use portal_core::{
        accounts::LinkKind,
        certifications,
        forms::{NotSaved, Wrong, Wrongs},
        people::{self, NotLeft},
    };

    use crate::server::{Problem, Reply, ReplySlot, Typed, TypedReply, Visit, state};

    let (portal, actor, sent) = (state().portal, Visit::current().actor(), Typed::current());
    let Some(id) = sent.record() else {
        ReplySlot::give(Reply::Problem(Problem::NotFound));
        return Ok(());
    };
    let to = |done: &str| format!("{}?done={done}", sent.path());
    let certification = sent.get("certification");
    let certification_id = certification.parse().unwrap_or_default();
    ReplySlot::give(match sent.get("step").as_str() {
        "save" => {
            let saved = people::change(&portal, actor, id, &typed()).await;
            TypedReply::saved("person", saved, |()| to("saved"))
        }
        "invite" => link(LinkKind::Invitation, id).await,
        "reset" => link(LinkKind::Reset, id).await,
        "leave" => {
            let left = people::leave(&portal, actor, id).await.map(|left| {
                left.map_err(|not_left| match not_left {
                    NotLeft::NotFound => NotSaved::NotFound,
                    NotLeft::LastAdministrator => {
                        NotSaved::Invalid(Wrongs::one("role", Wrong::LastAdministrator))
                    }
                })
            });
            TypedReply::saved("leave", left, |()| to("left"))
        }
        "back" => TypedReply::done(people::come_back(&portal, actor, id).await, || to("back")),
        "second-factor" => {
            let done = people::remove_second_factor(&portal, actor, id).await;
            TypedReply::done(done, || to("second-factor"))
        }
        "certify" => {
            let saved = certifications::add(&portal, actor, id, &certified()).await;
            TypedReply::saved("certify", saved, |_| to("saved"))
        }
        "correct" => {
            let form = certified();
            let saved = certifications::change(&portal, actor, id, certification_id, &form).await;
            TypedReply::saved(&format!("correct-{certification}"), saved, |()| to("saved"))
        }
        "uncertify" => {
            let done = certifications::remove(&portal, actor, id, certification_id).await;
            TypedReply::done(done, || to("removed"))
        }
        _ => Reply::Problem(Problem::NotFound),
    });
    Ok(())
}

/// Makes a link and shows it: the only time that it can be seen.
#[cfg(feature = "ssr")]
async fn link(kind: portal_core::accounts::LinkKind, person: i64) -> crate::server::Reply {
    use portal_core::{forms::Wrongs, people};

    use crate::server::{FormReply, Problem, Reply, Typed, TypedReply, Visit, state};

    match people::link(&state().portal, Visit::current().actor(), kind, person).await {
        Ok(Some(link)) => Reply::Again(FormReply::Typed(TypedReply {
            form: String::new(),
            typed: Typed::current(),
            wrongs: Wrongs::default(),
            link: Some((kind, link)),
        })),
        Ok(None) => Reply::Problem(Problem::NotFound),
        Err(error) => {
            tracing::error!(%error, "a link could not be made");
            Reply::Problem(Problem::Internal)
        }
    }
}

#[cfg(feature = "ssr")]
fn typed() -> portal_core::people::PersonForm {
    let sent = crate::server::Typed::current();
    portal_core::people::PersonForm {
        name: sent.get("name"),
        email: sent.get("email"),
        role: sent.get("role"),
        customer: sent.get("customer"),
    }
}

#[cfg(feature = "ssr")]
fn certified() -> portal_core::certifications::CertificationForm {
    let sent = crate::server::Typed::current();
    portal_core::certifications::CertificationForm {
        track: sent.get("track"),
        level: sent.get("level"),
        number: sent.get("number"),
        issued: sent.get("issued"),
        expires: sent.get("expires"),
    }
}
