//! Filing an incident.

use leptos::prelude::*;

/// Files an incident from the form at `/incidents/new`, and goes on to it.
///
/// The same `key` gives the same incident. Whoever is not signed in any more signs in and finds the form again.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/incidents/new")]
pub async fn file_incident(
    #[server(default)] key: String,
    #[server(default)] answers: String,
    #[server(default)] title: String,
    #[server(default)] description: String,
    #[server(default)] steps: String,
    #[server(default)] business_impact: String,
) -> Result<(), ServerFnError> {
    use domain::{incident::Draft, people::Actor, triage::Answers};
    use portal_core::incidents::{self, Filed, NewIncident, NotFiled};

    use crate::server::{
        FormProblem, FormReply, IncidentReply, Problem, Reply, ReplySlot, SignInReply, Visit,
        session, state,
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
    let actor = Visit::current().actor();
    if actor == Actor::Anonymous {
        ReplySlot::give(Reply::Again(FormReply::SignIn(SignInReply {
            next: "/incidents/new".to_owned(),
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
    let reply = match incidents::file(&state().portal, actor, new).await {
        Ok(Ok(Filed::New(number))) => {
            session::forget_form().await;
            Reply::Redirect {
                to: format!("/incidents/{number}?filed=now"),
                cookie: None,
            }
        }
        Ok(Ok(Filed::Already(number))) => Reply::Redirect {
            to: format!("/incidents/{number}?filed=before"),
            cookie: None,
        },
        Ok(Err(NotFiled::Invalid {
            fields,
            answers,
            form_key,
        })) => {
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
        Ok(Err(NotFiled::NotCovered(_))) => Reply::Again(FormReply::Incident(IncidentReply {
            problems: vec![FormProblem::NotCovered],
            ..form
        })),
        Ok(Err(NotFiled::NotPermitted)) => Reply::Problem(Problem::NotFound),
        Ok(Err(other)) => {
            tracing::error!(?other, "an incident could not be filed");
            Reply::Problem(Problem::Internal)
        }
        Err(error) => {
            tracing::error!(%error, "filing failed");
            Reply::Problem(Problem::Internal)
        }
    };
    ReplySlot::give(reply);
    Ok(())
}
