//! Keeping people and their certifications.

use leptos::prelude::*;

domain::named! {
    /// What the forms of a person ask for: the values of `step`.
    pub enum PersonStep;

    /// The person is changed.
    Save = "save",
    /// They get an invitation.
    Invite = "invite",
    /// They get a link to a new password.
    Reset = "reset",
    /// They have left.
    Leave = "leave",
    /// They are back.
    Back = "back",
    /// Their authenticator app is removed.
    SecondFactor = "second-factor",
    /// A certification is added.
    Certify = "certify",
    /// A certification is changed.
    Correct = "correct",
    /// A certification is removed.
    Uncertify = "uncertify",
}

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
    let step = PersonStep::parse(&sent.get("step"));
    let (Some(id), Some(step)) = (sent.record(), step) else {
        ReplySlot::give(Reply::Problem(Problem::NotFound));
        return Ok(());
    };
    let to = |done: &str| format!("{}?done={done}", sent.path());
    let certification = sent.get("certification");
    let certification_id = certification.parse().unwrap_or_default();
    ReplySlot::give(match step {
        PersonStep::Save => {
            let saved = people::change(&portal, actor, id, &typed()).await;
            TypedReply::saved("person", saved, |()| to("saved"))
        }
        PersonStep::Invite => link(LinkKind::Invitation, id).await,
        PersonStep::Reset => link(LinkKind::Reset, id).await,
        PersonStep::Leave => {
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
        PersonStep::Back => {
            TypedReply::done(people::come_back(&portal, actor, id).await, || to("back"))
        }
        PersonStep::SecondFactor => {
            let done = people::remove_second_factor(&portal, actor, id).await;
            TypedReply::done(done, || to("second-factor"))
        }
        PersonStep::Certify => {
            let saved = certifications::add(&portal, actor, id, &certified()).await;
            TypedReply::saved("certify", saved, |_| to("saved"))
        }
        PersonStep::Correct => {
            let form = certified();
            let saved = certifications::change(&portal, actor, id, certification_id, &form).await;
            TypedReply::saved(&format!("correct-{certification}"), saved, |()| to("saved"))
        }
        PersonStep::Uncertify => {
            let done = certifications::remove(&portal, actor, id, certification_id).await;
            TypedReply::done(done, || to("removed"))
        }
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
            link: Some((link.kind, link)),
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
