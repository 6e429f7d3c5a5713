//! The second step of signing in, links, one's own password, authenticator app and sessions.

use leptos::prelude::*;

domain::named! {
    /// What the forms of one's own authenticator app ask for: the values of `step`.
    pub enum AppStep;

    /// It is set up.
    On = "on",
    /// There are new recovery codes.
    Codes = "codes",
    /// It is removed.
    Off = "off",
}

/// Takes the code at `/sign-in/code` from whoever passed the first step, and signs them in.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/sign-in/code")]
pub async fn enter_code(#[server(default)] code: String) -> Result<(), ServerFnError> {
    use portal_core::accounts::{self, SecondStep};

    use crate::server::{
        CodeFault, FormReply, Problem, Reply, ReplySlot, SecurityReply, SignInProblem, SignInReply,
        known_device, session, state,
    };

    let again = |fault| Reply::Again(FormReply::Security(SecurityReply::Code(fault)));
    let Some(first) = session::first_step().await else {
        ReplySlot::give(Reply::Redirect {
            to: "/sign-in".to_owned(),
            cookie: None,
        });
        return Ok(());
    };
    let carry = session::carried().await;
    let from_the_start = SignInReply {
        next: first.next.clone(),
        carry: carry.clone(),
        problem: Some(SignInProblem::Expired),
        ..SignInReply::default()
    };
    if first.expired {
        ReplySlot::give(Reply::Again(FormReply::SignIn(from_the_start)));
        return Ok(());
    }
    if code.trim().is_empty() {
        ReplySlot::give(again(CodeFault::Missing));
        return Ok(());
    }
    let device = known_device();
    let step = accounts::second_step(
        &state().portal,
        first.person,
        &first.first,
        &code,
        device.as_deref(),
    )
    .await;
    ReplySlot::give(match step {
        Ok(SecondStep::Right(person)) => match session::begin(&person, &carry).await {
            Ok(()) => Reply::Redirect {
                to: first.next,
                cookie: None,
            },
            Err(error) => {
                tracing::error!(%error, "a session could not be started");
                Reply::Problem(Problem::Internal)
            }
        },
        Ok(SecondStep::Wrong) => again(CodeFault::Wrong),
        Ok(SecondStep::Wait { seconds }) => again(CodeFault::Wait { seconds }),
        Ok(SecondStep::Gone) => Reply::Again(FormReply::SignIn(from_the_start)),
        Err(error) => {
            tracing::error!(%error, "the second step failed");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}

/// Takes the password of whoever followed a link, at `/invitation/{token}`, and goes on as after signing in.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/invitation")]
pub async fn accept_invitation(
    #[server(default)] token: String,
    #[server(default)] new: String,
    #[server(default)] again: String,
) -> Result<(), ServerFnError> {
    use portal_core::accounts::{self, Accepted};

    use crate::server::{PasswordFault, Problem, Reply, ReplySlot, session, state};

    let reply = match typed_twice(&new, &again) {
        Some(fault) => password_again(fault),
        None => match accounts::accept_link(&state().portal, &token, &new).await {
            Ok(Accepted::Done(person)) => {
                match session::after_first_step(&person, "link", "/", "").await {
                    Ok(to) => Reply::Redirect { to, cookie: None },
                    Err(error) => {
                        tracing::error!(%error, "a session could not be started");
                        Reply::Problem(Problem::Internal)
                    }
                }
            }
            Ok(Accepted::Refused(problem)) => password_again(PasswordFault::Rule(problem)),
            // The page itself says that the link works no more.
            Ok(Accepted::Gone) => Reply::Redirect {
                to: format!("/invitation/{token}"),
                cookie: None,
            },
            Err(error) => {
                tracing::error!(%error, "a link could not be used");
                Reply::Problem(Problem::Internal)
            }
        },
    };
    ReplySlot::give(reply);
    Ok(())
}

/// What is wrong with what was typed, before it is looked at.
#[cfg(feature = "ssr")]
fn typed_twice(new: &str, again: &str) -> Option<crate::server::PasswordFault> {
    use crate::server::PasswordFault;

    if new.is_empty() {
        Some(PasswordFault::Missing)
    } else if new != again {
        Some(PasswordFault::Different)
    } else {
        None
    }
}

#[cfg(feature = "ssr")]
fn password_again(fault: crate::server::PasswordFault) -> crate::server::Reply {
    use crate::server::{FormReply, Reply, SecurityReply};

    Reply::Again(FormReply::Security(SecurityReply::Password(fault)))
}

/// Changes one's own password; every other session ends, and this one goes on under a new id.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/me/security/password")]
pub async fn change_password(
    #[server(default)] old: String,
    #[server(default)] new: String,
    #[server(default)] again: String,
) -> Result<(), ServerFnError> {
    use portal_core::accounts::{self, PasswordChange};

    use crate::server::{PasswordFault, Problem, Reply, ReplySlot, Visit, session, state};

    let Some(person) = Visit::current().person else {
        sign_in_to("/me/security/password");
        return Ok(());
    };
    let fault = if old.is_empty() {
        Some(PasswordFault::Missing)
    } else {
        typed_twice(&new, &again)
    };
    if let Some(fault) = fault {
        ReplySlot::give(password_again(fault));
        return Ok(());
    }
    let portal = state().portal;
    let current = session::id();
    let changed =
        accounts::change_password(&portal, person.actor, &old, &new, current.as_deref()).await;
    ReplySlot::give(match changed {
        Ok(PasswordChange::Done) => match session::renew(&person).await {
            Ok(()) => Reply::Redirect {
                to: "/me/security?done=password".to_owned(),
                cookie: None,
            },
            Err(error) => {
                tracing::error!(%error, "a session could not be renewed");
                Reply::Problem(Problem::Internal)
            }
        },
        Ok(PasswordChange::Refused(problem)) => password_again(PasswordFault::Rule(problem)),
        Ok(PasswordChange::Wrong) => password_again(PasswordFault::OldWrong),
        Ok(PasswordChange::Wait { seconds }) => password_again(PasswordFault::Wait { seconds }),
        Ok(PasswordChange::NotPermitted) => Reply::Problem(Problem::NotFound),
        Err(error) => {
            tracing::error!(%error, "a password could not be changed");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}

/// Ends one of one's own sessions, or all others.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/me/security")]
pub async fn end_sessions(
    #[server(default)] session: String,
    #[server(default)] others: bool,
) -> Result<(), ServerFnError> {
    use portal_core::accounts;

    use crate::server::{Problem, Reply, ReplySlot, Visit, session as own, state};

    let actor = Visit::current().actor();
    if actor.person().is_none() {
        sign_in_to("/me/security");
        return Ok(());
    }
    let portal = state().portal;
    let ended = if others {
        accounts::end_other_sessions(&portal, actor, own::id().as_deref())
            .await
            .map(|_| true)
    } else {
        accounts::end_session(&portal, actor, &session).await
    };
    ReplySlot::give(match ended {
        // One that is gone already is what was asked for.
        Ok(_) => Reply::Redirect {
            to: "/me/security?done=ended".to_owned(),
            cookie: None,
        },
        Err(error) => {
            tracing::error!(%error, "a session could not be ended");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}

/// Takes the forms of one's own authenticator app; `step` says which.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/me/security/authenticator")]
pub async fn change_authenticator(
    #[server(default)] step: String,
    #[server(default)] code: String,
) -> Result<(), ServerFnError> {
    use portal_core::accounts::{self, Changed};

    use crate::server::{
        AppChange, CodeFault, FormReply, Problem, Reply, ReplySlot, SecurityReply, Visit, session,
        state,
    };

    let here = "/me/security/authenticator";
    let Some(person) = Visit::current().person else {
        sign_in_to(here);
        return Ok(());
    };
    let Some(step) = AppStep::parse(&step) else {
        ReplySlot::give(Reply::Problem(Problem::BadForm));
        return Ok(());
    };
    let again = |change| Reply::Again(FormReply::Security(SecurityReply::App(change)));
    let fault = |fault| again(AppChange::Fault { fault, form: step });
    if code.trim().is_empty() {
        ReplySlot::give(fault(CodeFault::Missing));
        return Ok(());
    }
    let portal = state().portal;
    let changed = match step {
        AppStep::On => {
            let secret = session::app_secret().await.unwrap_or_default();
            accounts::turn_on(&portal, person.actor, &secret, &code).await
        }
        AppStep::Codes => accounts::new_recovery_codes(&portal, person.actor, &code).await,
        AppStep::Off => accounts::turn_off(&portal, person.actor, &code).await,
    };
    // Whoever set it up or removed it is in a session of another kind from now on.
    if matches!(changed, Ok(Changed::Done(_)))
        && step != AppStep::Codes
        && let Err(error) = session::renew(&person).await
    {
        tracing::error!(%error, "a session could not be renewed");
        ReplySlot::give(Reply::Problem(Problem::Internal));
        return Ok(());
    }
    ReplySlot::give(match changed {
        Ok(Changed::Done(_)) if step == AppStep::Off => Reply::Redirect {
            to: "/me/security?done=removed".to_owned(),
            cookie: None,
        },
        Ok(Changed::Done(codes)) => again(AppChange::Codes {
            codes,
            set_up: step == AppStep::On,
        }),
        Ok(Changed::Wrong) => fault(CodeFault::Wrong),
        Ok(Changed::Wait { seconds }) => fault(CodeFault::Wait { seconds }),
        // The page shows how it is.
        Ok(Changed::Needed | Changed::Otherwise) => Reply::Redirect {
            to: here.to_owned(),
            cookie: None,
        },
        Ok(Changed::NotPermitted) => Reply::Problem(Problem::NotFound),
        Err(error) => {
            tracing::error!(%error, "an authenticator app could not be changed");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}

/// Sends whoever is not signed in any more to sign in and come back.
#[cfg(feature = "ssr")]
fn sign_in_to(here: &str) {
    use crate::server::{Reply, ReplySlot};

    ReplySlot::give(Reply::Redirect {
        to: format!("/sign-in?next={here}"),
        cookie: None,
    });
}
