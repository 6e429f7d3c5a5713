//! Managing a customer's contacts.

use leptos::prelude::*;

domain::named! {
    /// What the forms of the contacts board ask for: the values of `action`.
    pub enum ContactsAction;

    /// A contact may file from now on.
    Designate = "designate",
    /// A contact may file no more.
    Withdraw = "withdraw",
    /// A contact manages their colleagues from now on.
    Coordinator = "coordinator",
    /// A contact manages them no more.
    Contact = "contact",
    /// A contact has left.
    Left = "left",
    /// A colleague is added and invited.
    Invite = "invite",
    /// Another link for somebody who was invited.
    Invitation = "invitation",
    /// A link to a new password.
    Reset = "reset",
    /// More seats are asked for.
    Seats = "seats",
}

/// Takes every form of the contacts board at `/contacts`; `action` says which. An administrator's come from the board of
/// a customer, which `customer` names.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/contacts")]
pub async fn change_contacts(
    #[server(default)] action: String,
    #[server(default)] customer: String,
    #[server(default)] person: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] seats: String,
    #[server(default)] note: String,
) -> Result<(), ServerFnError> {
    use domain::people::Actor;

    use crate::server::{ContactsReply, FormReply, Problem, Reply, ReplySlot, SignInReply, Visit};

    let actor = Visit::current().actor();
    if actor == Actor::Anonymous {
        ReplySlot::give(Reply::Again(FormReply::SignIn(SignInReply {
            next: "/contacts".to_owned(),
            ..SignInReply::default()
        })));
        return Ok(());
    }
    let form = ContactsReply {
        customer: customer.parse().ok().or_else(|| actor.customer()),
        person: person.parse().ok(),
        name,
        email,
        seats,
        note,
        ..ContactsReply::default()
    };
    let Some(action) = ContactsAction::parse(&action) else {
        ReplySlot::give(Reply::Problem(Problem::BadForm));
        return Ok(());
    };
    ReplySlot::give(match change(actor, action, form).await {
        Ok(reply) => reply,
        Err(error) => {
            tracing::error!(%error, action = action.name(), "a contact could not be changed");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}

/// Does what the form asks for.
#[cfg(feature = "ssr")]
async fn change(
    actor: domain::people::Actor,
    action: ContactsAction,
    form: crate::server::ContactsReply,
) -> Result<crate::server::Reply, portal_core::CoreError> {
    use portal_core::{
        accounts::{self, LinkKind},
        contacts::{self, NotDesignated},
    };

    use crate::server::{ContactsProblem, Problem, Reply, state};

    let portal = state().portal;
    let person = form.person.unwrap_or_default();
    let changed = |answer, form| match answer {
        Ok(()) => done(actor, &form, action),
        Err(not_changed) => refusal(not_changed, form),
    };
    Ok(match action {
        ContactsAction::Designate => match contacts::designate(&portal, actor, person).await? {
            Ok(()) => done(actor, &form, action),
            Err(NotDesignated::NotFound) => Reply::Problem(Problem::NotFound),
            Err(NotDesignated::NoSeat) => again(form, ContactsProblem::NoSeat),
            Err(NotDesignated::NotCertified(bar)) => {
                again(form, ContactsProblem::NotCertified(bar))
            }
        },
        ContactsAction::Withdraw => {
            changed(contacts::withdraw(&portal, actor, person).await?, form)
        }
        ContactsAction::Coordinator | ContactsAction::Contact => {
            let coordinator = action == ContactsAction::Coordinator;
            let answer = contacts::set_coordinator(&portal, actor, person, coordinator).await?;
            changed(answer, form)
        }
        ContactsAction::Left => changed(contacts::leave(&portal, actor, person).await?, form),
        ContactsAction::Invite => invite(&portal, actor, form).await?,
        ContactsAction::Invitation | ContactsAction::Reset => {
            let kind = if action == ContactsAction::Invitation {
                LinkKind::Invitation
            } else {
                LinkKind::Reset
            };
            match accounts::make_link(&portal, actor, kind, person).await? {
                Some(link) => hand_over(form, person, &link),
                None => Reply::Problem(Problem::NotFound),
            }
        }
        ContactsAction::Seats => ask(&portal, actor, form).await?,
    })
}

#[cfg(feature = "ssr")]
async fn invite(
    portal: &portal_core::Portal,
    actor: domain::people::Actor,
    form: crate::server::ContactsReply,
) -> Result<crate::server::Reply, portal_core::CoreError> {
    use portal_core::contacts::{self, NotInvited};

    use crate::server::{ContactsReply, FormReply, Problem, Reply};

    let Some(customer) = form.customer else {
        return Ok(Reply::Problem(Problem::NotFound));
    };
    let invited = contacts::invite(portal, actor, customer, &form.name, &form.email).await?;
    Ok(match invited {
        Ok(invited) => {
            let form = ContactsReply {
                name: String::new(),
                email: String::new(),
                ..form
            };
            hand_over(form, invited.person, &invited.link)
        }
        Err(NotInvited::NotFound) => Reply::Problem(Problem::NotFound),
        Err(NotInvited::Invalid(invalid)) => {
            Reply::Again(FormReply::Contacts(Box::new(ContactsReply {
                invalid,
                ..form
            })))
        }
    })
}

#[cfg(feature = "ssr")]
async fn ask(
    portal: &portal_core::Portal,
    actor: domain::people::Actor,
    form: crate::server::ContactsReply,
) -> Result<crate::server::Reply, portal_core::CoreError> {
    use portal_core::contacts::{self, NotAsked};

    use crate::server::{ContactsProblem, Problem, Reply};

    let seats = form.seats.trim().parse().unwrap_or_default();
    let asked = contacts::request_seats(portal, actor, seats, &form.note).await?;
    Ok(match asked {
        Ok(()) => done(actor, &form, ContactsAction::Seats),
        Err(NotAsked::NotPermitted) => Reply::Problem(Problem::NotFound),
        Err(NotAsked::Open) => again(form, ContactsProblem::Open),
        Err(NotAsked::Seats) => again(form, ContactsProblem::Seats),
        Err(NotAsked::Note) => again(form, ContactsProblem::Note),
    })
}

/// Back to the board, which says what was done.
#[cfg(feature = "ssr")]
fn done(
    actor: domain::people::Actor,
    form: &crate::server::ContactsReply,
    action: ContactsAction,
) -> crate::server::Reply {
    let board = match form.customer {
        Some(customer) if actor.customer() != Some(customer) => {
            format!("/accounts/{customer}/contacts")
        }
        _ => "/contacts".to_owned(),
    };
    let who = form
        .person
        .map_or_else(String::new, |person| format!("&who={person}"));
    crate::server::Reply::Redirect {
        to: format!("{board}?done={}{who}", action.name()),
        cookie: None,
    }
}

#[cfg(feature = "ssr")]
fn again(
    form: crate::server::ContactsReply,
    problem: crate::server::ContactsProblem,
) -> crate::server::Reply {
    use crate::server::{ContactsReply, FormReply, Reply};

    Reply::Again(FormReply::Contacts(Box::new(ContactsReply {
        problem: Some(problem),
        ..form
    })))
}

#[cfg(feature = "ssr")]
fn refusal(
    not_changed: portal_core::contacts::NotChanged,
    form: crate::server::ContactsReply,
) -> crate::server::Reply {
    use portal_core::contacts::NotChanged;

    use crate::server::{ContactsProblem, Problem, Reply};

    match not_changed {
        NotChanged::NotFound => Reply::Problem(Problem::NotFound),
        NotChanged::LastCoordinator => again(form, ContactsProblem::LastCoordinator),
        NotChanged::Yourself => again(form, ContactsProblem::Yourself),
    }
}

/// The board with a link that is shown this once.
#[cfg(feature = "ssr")]
fn hand_over(
    form: crate::server::ContactsReply,
    person: i64,
    link: &portal_core::accounts::Link,
) -> crate::server::Reply {
    use portal_core::accounts::LinkKind;

    use crate::server::{ContactsReply, FormReply, HandedLink, Reply, state};

    Reply::Again(FormReply::Contacts(Box::new(ContactsReply {
        link: Some(HandedLink {
            person,
            address: format!("{}/invitation/{}", state().site.origin, link.token),
            invitation: link.kind == LinkKind::Invitation,
            expires_at: link.expires_at,
        }),
        ..form
    })))
}
