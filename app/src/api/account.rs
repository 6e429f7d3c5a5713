//! The account manager's answers.

use leptos::prelude::*;

domain::named! {
    /// What a request for seats is answered: the values of `answer`.
    pub enum SeatsAnswer;

    /// The customer gets them.
    Grant = "grant",
    /// It does not.
    Decline = "decline",
}

/// Answers a customer's request for seats.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/accounts/seats")]
pub async fn answer_seats(
    #[server(default)] customer: i64,
    #[server(default)] request: i64,
    #[server(default)] answer: String,
    #[server(default)] reply: String,
) -> Result<(), ServerFnError> {
    use domain::incident::FieldProblem;
    use portal_core::contacts::{self, NotAnswered};

    use crate::server::{
        AnswerProblem, FormReply, Problem, Reply, ReplySlot, SeatsReply, Visit, state,
    };

    let Some(answer) = SeatsAnswer::parse(&answer) else {
        ReplySlot::give(Reply::Problem(Problem::BadForm));
        return Ok(());
    };
    let granted = answer == SeatsAnswer::Grant;
    let actor = Visit::current().actor();
    let portal = state().portal;
    let again = |problem| {
        Reply::Again(FormReply::Seats(SeatsReply {
            reply: reply.clone(),
            problem,
        }))
    };
    let done = contacts::answer_seats(&portal, actor, customer, request, granted, &reply).await;
    ReplySlot::give(match done {
        Ok(Ok(())) => Reply::Redirect {
            to: format!(
                "/accounts/{customer}?answered={}",
                if granted { "granted" } else { "declined" }
            ),
            cookie: None,
        },
        Ok(Err(NotAnswered::NotFound)) => Reply::Problem(Problem::NotFound),
        Ok(Err(NotAnswered::Already)) => again(AnswerProblem::Already),
        Ok(Err(NotAnswered::Reply(problem))) => again(match problem {
            FieldProblem::Empty => AnswerProblem::Missing,
            FieldProblem::TooLong { is } => AnswerProblem::TooLong { is },
            FieldProblem::Control => AnswerProblem::Control,
        }),
        Err(error) => {
            tracing::error!(%error, "a request for seats could not be answered");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}
