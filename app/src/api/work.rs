//! Having work in the background tried again.

use leptos::prelude::*;

/// Takes the forms at `/admin/work`.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/admin/work")]
pub async fn retry_work() -> Result<(), ServerFnError> {
    use portal_core::work;

    use crate::server::{Problem, Reply, ReplySlot, Typed, Visit, state};

    let job = Typed::current().get("job").parse().unwrap_or_default();
    let retried = work::retry(&state().portal, Visit::current().actor(), job).await;
    let to = |done: &str| Reply::Redirect {
        to: format!("/admin/work?done={done}"),
        cookie: None,
    };
    ReplySlot::give(match retried {
        Ok(Some(true)) => to("retried"),
        Ok(Some(false)) => to("nothing"),
        Ok(None) => Reply::Problem(Problem::NotFound),
        Err(error) => {
            tracing::error!(%error, job, "work could not be tried again");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}
