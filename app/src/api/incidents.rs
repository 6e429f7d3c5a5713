//! Filing an incident.

use leptos::prelude::*;

/// Takes the form at `/incidents/new`: shows it for review first, files it when `step` is `submit`, goes back to the form
/// when it is `edit`; when it is an address of the guide, goes there to change the answers while the form waits in the
/// session. With a `language`, what was `shown` (`review`, else the form) comes again in it.
///
/// The same `key` gives the same incident. Whoever is not signed in any more signs in and finds the form again.
///
/// # Errors
/// None; the type is the framework's.
#[allow(
    clippy::too_many_arguments,
    reason = "a server function has one for each field of its form"
)]
#[server(prefix = "", endpoint = "/incidents/new")]
pub async fn file_incident(
    #[server(default)] key: String,
    #[server(default)] answers: String,
    #[server(default)] title: String,
    #[server(default)] description: String,
    #[server(default)] steps: String,
    #[server(default)] business_impact: String,
    #[server(default)] step: String,
    #[server(default)] shown: String,
    #[server(default)] language: String,
) -> Result<(), ServerFnError> {
    use domain::{incident::Draft, people::Actor, triage::Answers};
    use portal_core::incidents::{self, Filed, NewIncident, Reviewed};

    use crate::server::{
        FormReply, IncidentReply, Problem, Reply, ReplySlot, SignInReply, Visit, session, state,
    };

    let form = IncidentReply {
        draft: Draft {
            title,
            description,
            steps,
            business_impact,
        },
        key,
        answers: Answers::from_query(&answers),
        ..IncidentReply::default()
    };
    let to_guide = step == "/guide" || step.starts_with("/guide?") || step.starts_with("/guide#");
    let step = match (ReplySlot::only_language(&language), shown.as_str()) {
        (true, "review") => "review",
        (true, _) => "edit",
        (false, _) => step.as_str(),
    };
    let actor = Visit::current().actor();
    if actor == Actor::Anonymous {
        let next = if to_guide { step } else { "/incidents/new" };
        ReplySlot::give(Reply::Again(FormReply::SignIn(SignInReply {
            next: next.to_owned(),
            carry: session::carry(&form),
            ..SignInReply::default()
        })));
        return Ok(());
    }
    let new = NewIncident {
        form_key: form.key.clone(),
        answers: form.answers.clone(),
        draft: form.draft.clone(),
    };
    let portal = state().portal;
    let result = match step {
        "edit" => {
            ReplySlot::give(Reply::Again(FormReply::Incident(form)));
            return Ok(());
        }
        guide if to_guide => {
            ReplySlot::give(match session::keep_form(&form).await {
                Ok(()) => Reply::Redirect {
                    to: guide.to_owned(),
                    cookie: None,
                },
                Err(error) => {
                    tracing::error!(%error, "a form could not be kept");
                    Reply::Problem(Problem::Internal)
                }
            });
            return Ok(());
        }
        "submit" => incidents::file(&portal, actor, new)
            .await
            .map(|filed| filed.map(Next::Filed)),
        _ => incidents::review(&portal, actor, &new)
            .await
            .map(|reviewed| reviewed.map(Next::Reviewed)),
    };
    ReplySlot::give(match result {
        Ok(Ok(Next::Filed(Filed::New(number)))) => {
            session::forget_form().await;
            Reply::Redirect {
                to: format!("/incidents/{number}?filed=now"),
                cookie: None,
            }
        }
        Ok(Ok(Next::Filed(Filed::Already(number)) | Next::Reviewed(Reviewed::Already(number)))) => {
            session::forget_form().await;
            Reply::Redirect {
                to: format!("/incidents/{number}?filed=before"),
                cookie: None,
            }
        }
        Ok(Ok(Next::Reviewed(Reviewed::Ready(preview)))) => {
            Reply::Again(FormReply::Incident(IncidentReply {
                review: Some(preview),
                ..form
            }))
        }
        Ok(Err(not_filed)) => refusal(not_filed, form),
        Err(error) => {
            tracing::error!(%error, "filing failed");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}

/// What came of a form.
#[cfg(feature = "ssr")]
enum Next {
    Filed(portal_core::incidents::Filed),
    Reviewed(portal_core::incidents::Reviewed),
}

/// The form again, with what keeps it from being filed.
#[cfg(feature = "ssr")]
fn refusal(
    not_filed: portal_core::incidents::NotFiled,
    form: crate::server::IncidentReply,
) -> crate::server::Reply {
    use portal_core::incidents::NotFiled;

    use crate::server::{FormProblem, FormReply, IncidentReply, Problem, Reply};

    match not_filed {
        NotFiled::Invalid {
            fields,
            answers,
            form_key,
        } => {
            let problems = [
                (form_key, FormProblem::Key),
                (!answers.is_empty(), FormProblem::Answers),
            ]
            .into_iter()
            .filter_map(|(is, problem)| is.then_some(problem))
            .collect();
            Reply::Again(FormReply::Incident(IncidentReply {
                fields,
                problems,
                ..form
            }))
        }
        NotFiled::NotCovered(_) => Reply::Again(FormReply::Incident(IncidentReply {
            problems: vec![FormProblem::NotCovered],
            ..form
        })),
        NotFiled::Barred(_) => Reply::Again(FormReply::Incident(IncidentReply {
            problems: vec![FormProblem::Barred],
            ..form
        })),
        NotFiled::NotPermitted => Reply::Problem(Problem::NotFound),
        NotFiled::UnknownPlan => Reply::Problem(Problem::Internal),
    }
}
