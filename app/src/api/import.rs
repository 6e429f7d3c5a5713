//! Importing a file that waits. The file itself is taken by a route of its own: see `http::import` of the server.

use leptos::prelude::*;

/// Imports the file that waits under `upload`: its good rows, or nothing at all if one is bad, as `choice` says.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/admin/import")]
pub async fn run_import(
    #[server(default)] upload: String,
    #[server(default)] choice: String,
) -> Result<(), ServerFnError> {
    use portal_core::imports::{self, NotRun};

    use crate::server::{
        FormReply, ImportReply, NotImported, Problem, Reply, ReplySlot, Visit, state,
    };

    let portal = state().portal;
    let actor = Visit::current().actor();
    match imports::permitted(&portal, actor).await {
        Ok(true) => {}
        Ok(false) => {
            ReplySlot::give(Reply::Problem(Problem::NotFound));
            return Ok(());
        }
        Err(error) => {
            tracing::error!(%error, "an import could not be run");
            ReplySlot::give(Reply::Problem(Problem::Internal));
            return Ok(());
        }
    }
    let again = |reply| Reply::Again(FormReply::Import(reply));
    let result = match choice.as_str() {
        "good" | "refuse" => imports::run(&portal, actor, &upload, choice == "refuse").await,
        _ => {
            ReplySlot::give(again(ImportReply::Waiting {
                upload,
                why: NotImported::NoChoice,
            }));
            return Ok(());
        }
    };
    ReplySlot::give(match result {
        Ok(Ok(_)) => Reply::Redirect {
            to: format!("/admin/import?upload={upload}"),
            cookie: None,
        },
        Ok(Err(NotRun::NotThere)) => again(ImportReply::Gone),
        Ok(Err(NotRun::Bad(_))) => again(ImportReply::Waiting {
            upload,
            why: NotImported::Bad,
        }),
        Ok(Err(NotRun::NothingToAdd(_))) => again(ImportReply::Waiting {
            upload,
            why: NotImported::NothingToAdd,
        }),
        Err(error) => {
            tracing::error!(%error, "an import failed");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}
