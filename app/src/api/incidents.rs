//! Filing an incident.

use leptos::prelude::*;

domain::named! {
    /// What the forms ask for by which an incident is filed or a notice logged: the values of `step`.
    pub enum FilingStep;

    /// It is looked over before it is sent.
    Review = "review",
    /// It is sent.
    Submit = "submit",
    /// It is typed on.
    Edit = "edit",
    /// The questions that follow are asked as well; only the desk's form has this.
    Questions = "questions",
    /// A colleague who may file gets it as a draft.
    Hand = "hand",
}

impl FilingStep {
    /// What a form asks for: to be looked over, if it does not say. One that only comes again in another language is as it
    /// was `shown`.
    pub(super) fn asked(step: &str, only_language: bool, shown: &str) -> Self {
        match (only_language, Self::parse(shown)) {
            (true, Some(Self::Review)) => Self::Review,
            (true, _) => Self::Edit,
            (false, _) => Self::parse(step).unwrap_or(Self::Review),
        }
    }
}

/// Takes the form at `/incidents/new`; `step` says what for, see [`FilingStep`]. `draft` is what a colleague prepared, `to`
/// the one who gets it. When `step` is an address of the guide, goes there to change the answers while the form waits in the
/// session. With a `language`, what was `shown` comes again in it.
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
    #[server(default)] draft: String,
    #[server(default)] to: String,
    #[server(default)] shown: String,
    #[server(default)] language: String,
) -> Result<(), ServerFnError> {
    use domain::{
        incident::Draft,
        people::{Actor, Operation, Relation, allows},
        triage::Answers,
    };
    use portal_core::{
        drafts,
        incidents::{self, NewIncident},
    };

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
        prepared: draft.parse().ok(),
        to,
        ..IncidentReply::default()
    };
    let to_guide = step == "/guide" || step.starts_with("/guide?") || step.starts_with("/guide#");
    let asked = FilingStep::asked(&step, ReplySlot::only_language(&language), &shown);
    let actor = Visit::current().actor();
    if actor == Actor::Anonymous {
        let next = if to_guide {
            step.as_str()
        } else {
            "/incidents/new"
        };
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
    if to_guide {
        ReplySlot::give(wait(&form, &step).await);
        return Ok(());
    }
    let result = match asked {
        // Typing on is no operation of core's: whoever may not, is refused by it as if they had it looked over.
        FilingStep::Edit if allows(actor, Relation::OwnCustomer, Operation::PrepareIncident) => {
            ReplySlot::give(Reply::Again(FormReply::Incident(form)));
            return Ok(());
        }
        FilingStep::Hand => {
            ReplySlot::give(hand(&portal, actor, new, form).await);
            return Ok(());
        }
        FilingStep::Submit => match form.prepared {
            None => incidents::file(&portal, actor, new)
                .await
                .map(|filed| filed.map(Next::Filed)),
            Some(draft) => match drafts::file(&portal, actor, draft, new).await {
                Ok(Err(drafts::NotFiledFromDraft::Gone)) => {
                    ReplySlot::give(gone(form));
                    return Ok(());
                }
                Ok(Err(drafts::NotFiledFromDraft::NotFiled(not_filed))) => Ok(Err(not_filed)),
                Ok(Ok(filed)) => Ok(Ok(Next::Filed(filed))),
                Err(error) => Err(error),
            },
        },
        FilingStep::Review | FilingStep::Questions | FilingStep::Edit => {
            incidents::review(&portal, actor, &new)
                .await
                .map(|reviewed| reviewed.map(Next::Reviewed))
        }
    };
    ReplySlot::give(match result {
        Ok(Ok(next)) => go_on(next, form).await,
        Ok(Err(not_filed)) => refusal(not_filed, form),
        Err(error) => {
            tracing::error!(%error, "filing failed");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}

/// Goes to the guide while the form waits in the session.
#[cfg(feature = "ssr")]
async fn wait(form: &crate::server::IncidentReply, guide: &str) -> crate::server::Reply {
    use crate::server::{Problem, Reply, session};

    match session::keep_form(form).await {
        Ok(()) => Reply::Redirect {
            to: guide.to_owned(),
            cookie: None,
        },
        Err(error) => {
            tracing::error!(%error, "a form could not be kept");
            Reply::Problem(Problem::Internal)
        }
    }
}

/// Goes to the incident that was filed, or shows what would be.
#[cfg(feature = "ssr")]
async fn go_on(next: Next, form: crate::server::IncidentReply) -> crate::server::Reply {
    use portal_core::incidents::{Filed, Reviewed};

    use crate::server::{FormReply, IncidentReply, Reply, session};

    let (number, filed) = match next {
        Next::Filed(Filed::New(number)) => (number, "now"),
        Next::Filed(Filed::Already(number)) | Next::Reviewed(Reviewed::Already(number)) => {
            (number, "before")
        }
        Next::Reviewed(Reviewed::Ready(preview)) => {
            return Reply::Again(FormReply::Incident(IncidentReply {
                review: Some(preview),
                ..form
            }));
        }
    };
    session::forget_form().await;
    Reply::Redirect {
        to: format!("/incidents/{number}?filed={filed}"),
        cookie: None,
    }
}

/// What came of a form.
#[cfg(feature = "ssr")]
enum Next {
    Filed(portal_core::incidents::Filed),
    Reviewed(portal_core::incidents::Reviewed),
}

/// Keeps the form as a draft for a colleague, and goes to the list, which says so.
#[cfg(feature = "ssr")]
async fn hand(
    portal: &portal_core::Portal,
    actor: domain::people::Actor,
    incident: portal_core::incidents::NewIncident,
    form: crate::server::IncidentReply,
) -> crate::server::Reply {
    use portal_core::drafts::{self, NewDraft, NotPrepared, Prepared};

    use crate::server::{FormProblem, FormReply, IncidentReply, Problem, Reply, session};

    let new = NewDraft {
        incident,
        to: form.to.parse().unwrap_or_default(),
    };
    let to = match drafts::prepare(portal, actor, &new).await {
        Ok(Ok(Prepared::Open(draft))) => format!("/incidents?handed={draft}"),
        Ok(Ok(Prepared::Filed(number))) => format!("/incidents/{number}?filed=before"),
        Ok(Err(NotPrepared::Invalid {
            fields,
            answers,
            form_key,
            colleague,
        })) => {
            let problems = [
                (form_key, FormProblem::Key),
                (!answers.is_empty(), FormProblem::Answers),
                (colleague, FormProblem::Colleague),
            ]
            .into_iter()
            .filter_map(|(is, problem)| is.then_some(problem))
            .collect();
            return Reply::Again(FormReply::Incident(IncidentReply {
                fields,
                problems,
                ..form
            }));
        }
        Ok(Err(NotPrepared::NotPermitted)) => return Reply::Problem(Problem::NotFound),
        Ok(Err(NotPrepared::UnknownPlan)) => return Reply::Problem(Problem::Internal),
        Err(error) => {
            tracing::error!(%error, "a draft could not be prepared");
            return Reply::Problem(Problem::Internal);
        }
    };
    session::forget_form().await;
    Reply::Redirect { to, cookie: None }
}

/// The form again: its draft was discarded, so that from now on it stands for itself, under a key of its own.
#[cfg(feature = "ssr")]
fn gone(form: crate::server::IncidentReply) -> crate::server::Reply {
    use crate::server::{FormProblem, FormReply, IncidentReply, Reply};

    Reply::Again(FormReply::Incident(IncidentReply {
        problems: vec![FormProblem::DraftGone],
        key: String::new(),
        prepared: None,
        ..form
    }))
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
