//! Importing a file that waits. The file itself is taken by a route of its own: see `http::import` of the server.

use leptos::prelude::*;

domain::named! {
    /// What becomes of a file with bad rows: the values of `choice`.
    pub enum ImportChoice;

    /// Its good rows are imported.
    Good = "good",
    /// Nothing is.
    Refuse = "refuse",
}

/// Imports the file that waits under `upload`; `choice` says what becomes of it if a row is bad.
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
    let Some(choice) = ImportChoice::parse(&choice) else {
        ReplySlot::give(again(ImportReply::Waiting {
            upload,
            why: NotImported::NoChoice,
        }));
        return Ok(());
    };
    let refuse = choice == ImportChoice::Refuse;
    let result = imports::run(&portal, actor, &upload, refuse).await;
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
