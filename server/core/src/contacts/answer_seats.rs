//! The account manager's answer to a request for more seats (section 4).

use domain::{
    incident::FieldProblem,
    people::{Actor, Operation},
};
use serde::Serialize;

use crate::{
    CoreError, Portal,
    audit::{self, Kind},
    db::{execute, row},
};

/// The most characters of a reply.
pub const MOST_REPLY: usize = 1000;

/// Why a request was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAnswered {
    /// There is no such request, or it is not for the actor to answer.
    NotFound,
    /// It was answered before: the first answer stands.
    Already,
    /// The reply cannot be kept as it is; declining needs one.
    Reply(FieldProblem),
}

/// What the audit log keeps.
#[derive(Serialize)]
struct Seats<'a> {
    elected_seats: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Answer<'a>>,
}

#[derive(Serialize)]
struct Answer<'a> {
    seats: i64,
    granted: bool,
    reply: &'a str,
}

/// Grants or declines a customer's open request: granted seats are elected ones from now on. A refusal says why in its
/// `reply`; a grant may say something.
///
/// # Errors
/// [`CoreError`] if the database fails. The inner error says why nothing was answered.
pub async fn answer_seats(
    portal: &Portal,
    actor: Actor,
    customer: i64,
    request: i64,
    granted: bool,
    reply: &str,
) -> Result<Result<(), NotAnswered>, CoreError> {
    let may = audit::permitted_for(portal, actor, customer, Operation::AnswerSeats).await?;
    let Some(person) = actor.person().filter(|_| may) else {
        return Ok(Err(NotAnswered::NotFound));
    };
    let reply = match tidy(reply, granted) {
        Ok(reply) => reply,
        Err(problem) => return Ok(Err(NotAnswered::Reply(problem))),
    };
    let mut tx = portal.db().write().await?;
    // The row decides between two who answer at once: the second finds it answered.
    let answered = execute!(
        tx,
        "UPDATE seat_requests SET answered_by = $3, answered_at = $4, granted = $5, reply = $6
         WHERE id = $1 AND customer_id = $2 AND answered_at IS NULL",
        request,
        customer,
        person,
        portal.now().0,
        granted,
        &reply,
    )?;
    if answered > 0 && granted {
        execute!(
            tx,
            "UPDATE customers SET elected_seats = elected_seats + (SELECT seats FROM seat_requests WHERE id = $2)
             WHERE id = $1",
            customer,
            request,
        )?;
    }
    let asked: Option<(i64, i64, String)> = row!(
        tx,
        "SELECT seat_requests.seats, customers.elected_seats, customers.name
         FROM seat_requests JOIN customers ON customers.id = seat_requests.customer_id
         WHERE seat_requests.id = $1 AND seat_requests.customer_id = $2",
        request,
        customer,
    )?;
    let Some((seats, elected, name)) = asked else {
        return Ok(Err(NotAnswered::NotFound));
    };
    if answered == 0 {
        return Ok(Err(NotAnswered::Already));
    }
    let added = if granted { seats } else { 0 };
    let answer = Answer {
        seats,
        granted,
        reply: &reply,
    };
    audit::write(
        portal,
        &mut tx,
        audit::Entry {
            actor,
            kind: Kind::SeatsAnswered,
            customer: Some(customer),
            subject: &name,
        },
        Some(&Seats {
            elected_seats: elected - added,
            answer: None,
        }),
        Some(&Seats {
            elected_seats: elected,
            answer: Some(answer),
        }),
    )
    .await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// The reply, trimmed and with one kind of line end.
fn tidy(typed: &str, granted: bool) -> Result<String, FieldProblem> {
    let text = typed.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    let length = text.chars().count();
    if text.is_empty() && !granted {
        return Err(FieldProblem::Empty);
    }
    if length > MOST_REPLY {
        return Err(FieldProblem::TooLong { is: length });
    }
    if text
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t')
    {
        return Err(FieldProblem::Control);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_needs_words_and_they_fit() {
        assert_eq!(tidy(" \r\n", true), Ok(String::new()));
        assert_eq!(tidy(" \r\n", false), Err(FieldProblem::Empty));
        assert_eq!(tidy(" one\r\ntwo ", false), Ok("one\ntwo".to_owned()));
        assert_eq!(tidy(&"가".repeat(1000), true), Ok("가".repeat(1000)));
        assert_eq!(
            tidy(&"a".repeat(1001), true),
            Err(FieldProblem::TooLong { is: 1001 })
        );
        assert_eq!(tidy("a\0b", true), Err(FieldProblem::Control));
    }
}
