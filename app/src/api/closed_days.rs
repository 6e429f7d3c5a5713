//! Adding and withdrawing closed days.

use leptos::prelude::*;

domain::named! {
    /// What the forms of the closed days ask for: the values of `step`.
    pub enum ClosedDaysStep;

    /// A day is looked over before it is added.
    Review = "review",
    /// It is added.
    Save = "save",
    /// It is typed anew.
    Edit = "edit",
    /// A day is looked over before it is withdrawn.
    ReviewWithdraw = "review_withdraw",
    /// It is withdrawn.
    Withdraw = "withdraw",
}

/// Takes the forms at `/admin/closed-days`; `step` says which. Without one, a day is looked over.
///
/// # Errors
/// None; the type is the framework's.
#[allow(
    clippy::too_many_arguments,
    reason = "a server function takes each field of its form"
)]
#[server(prefix = "", endpoint = "/admin/closed-days")]
pub async fn change_closed_days(
    #[server(default)] step: String,
    #[server(default)] calendar: String,
    #[server(default)] date: String,
    #[server(default)] name: String,
    #[server(default)] name_ko: String,
    #[server(default)] kind: String,
    #[server(default)] id: i64,
    #[server(default)] seal: String,
) -> Result<(), ServerFnError> {
    use domain::people::{Operation, Relation, allows};
    use portal_core::closed_days::{self, Change, NewClosedDay};

    use crate::server::{ClosedDaysReply, FormReply, Problem, Reply, ReplySlot, Visit, state};

    let portal = state().portal;
    let actor = Visit::current().actor();
    let new = NewClosedDay {
        calendar,
        date,
        name,
        name_ko,
        kind,
    };
    let step = ClosedDaysStep::parse(&step).unwrap_or(ClosedDaysStep::Review);
    let withdraws = matches!(
        step,
        ClosedDaysStep::ReviewWithdraw | ClosedDaysStep::Withdraw
    );
    let change = if withdraws {
        Change::Withdraw(id)
    } else {
        Change::Add(new.clone())
    };
    let form = ClosedDaysReply {
        new,
        withdraws: withdraws.then_some(id),
        ..ClosedDaysReply::default()
    };
    let result = match step {
        // Typing anew is no operation of core's: whoever may not, is refused by it as if they had the change looked over.
        ClosedDaysStep::Edit if allows(actor, Relation::Vendor, Operation::ManageClosedDays) => {
            ReplySlot::give(Reply::Again(FormReply::ClosedDays(form)));
            return Ok(());
        }
        ClosedDaysStep::Save | ClosedDaysStep::Withdraw => {
            closed_days::save(&portal, actor, &change, &seal)
                .await
                .map(|saved| saved.map(Next::Saved))
        }
        ClosedDaysStep::Review | ClosedDaysStep::ReviewWithdraw | ClosedDaysStep::Edit => {
            closed_days::review(&portal, actor, &change)
                .await
                .map(|review| review.map(|review| Next::Reviewed(Box::new(review))))
        }
    };
    ReplySlot::give(match result {
        Ok(Ok(Next::Saved(saved))) => Reply::Redirect {
            to: format!(
                "/admin/closed-days?done={}&day={}&moved={}",
                if withdraws { "withdrawn" } else { "added" },
                saved.day.day,
                saved.moved
            ),
            cookie: None,
        },
        Ok(Ok(Next::Reviewed(review))) => Reply::Again(FormReply::ClosedDays(ClosedDaysReply {
            review: Some(review),
            ..form
        })),
        Ok(Err(not_changed)) => refusal(not_changed, form),
        Err(error) => {
            tracing::error!(%error, "a closed day could not be changed");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}

/// What came of a form.
#[cfg(feature = "ssr")]
enum Next {
    Saved(portal_core::closed_days::Saved),
    Reviewed(Box<portal_core::closed_days::Review>),
}

/// The page again, with what keeps the change from being made.
#[cfg(feature = "ssr")]
fn refusal(
    not_changed: portal_core::closed_days::NotChanged,
    form: crate::server::ClosedDaysReply,
) -> crate::server::Reply {
    use portal_core::closed_days::NotChanged;

    use crate::server::{ClosedDaysReply, FormReply, Problem, Reply};

    let form = match not_changed {
        NotChanged::NotPermitted => return Reply::Problem(Problem::NotFound),
        NotChanged::Invalid(problems) => ClosedDaysReply { problems, ..form },
        NotChanged::Stale(review) => ClosedDaysReply {
            review: Some(review),
            stale: true,
            ..form
        },
        refused @ (NotChanged::NotThere | NotChanged::Begun | NotChanged::NotCovered(_)) => {
            ClosedDaysReply {
                refused: Some(refused),
                ..form
            }
        }
    };
    Reply::Again(FormReply::ClosedDays(form))
}
