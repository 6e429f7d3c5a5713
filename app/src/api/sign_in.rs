//! Signing in and out.

use leptos::prelude::*;

/// Signs somebody in with e-mail and password, and goes on to where they wanted to go, or to the second step.
///
/// `carry` is an incident form that was sent without being signed in; it is there again afterwards. With a `language`
/// nobody is signed in: the form is shown again in it.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
    #[server(default)] carry: String,
    #[server(default)] language: String,
) -> Result<(), ServerFnError> {
    use portal_core::accounts::{self, SignIn};

    use crate::server::{
        FormReply, Problem, Reply, ReplySlot, SignInProblem, SignInReply, known_device, session,
        state,
    };

    let again = |problem: Option<SignInProblem>| {
        Reply::Again(FormReply::SignIn(SignInReply {
            email: email.clone(),
            next: next.clone(),
            carry: carry.clone(),
            problem,
            only_language: problem.is_none(),
        }))
    };
    let reply = if ReplySlot::only_language(&language) {
        again(None)
    } else if email.trim().is_empty() || password.is_empty() {
        again(Some(SignInProblem::Missing))
    } else {
        let device = known_device();
        match accounts::sign_in(&state().portal, &email, &password, device.as_deref()).await {
            Ok(SignIn::Wrong) => again(Some(SignInProblem::Wrong)),
            Ok(SignIn::Wait { seconds }) => again(Some(SignInProblem::Wait { seconds })),
            Ok(SignIn::Right(person)) => {
                match session::after_first_step(&person, "password", &next, &carry).await {
                    Ok(to) => Reply::Redirect { to, cookie: None },
                    Err(error) => {
                        tracing::error!(%error, "a session could not be started");
                        Reply::Problem(Problem::Internal)
                    }
                }
            }
            Err(error) => {
                tracing::error!(%error, "signing in failed");
                Reply::Problem(Problem::Internal)
            }
        }
    };
    ReplySlot::give(reply);
    Ok(())
}

/// Signs out: the session ends on the server, not only in the browser.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/sign-out")]
pub async fn sign_out() -> Result<(), ServerFnError> {
    use portal_core::accounts;

    use crate::server::{Problem, Reply, ReplySlot, Visit, session, state};

    if let Err(error) = accounts::signed_out(&state().portal, Visit::current().actor()).await {
        tracing::error!(%error, "signing out could not be written down");
    }
    ReplySlot::give(match session::end().await {
        Ok(()) => Reply::SignedOut,
        Err(error) => {
            tracing::error!(%error, "a session could not be ended");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}
