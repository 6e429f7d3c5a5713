//! What the process around the pages needs: the state they share, who visits, and how a form is answered.

mod admin_files;
mod check;
mod cookies;
mod due;
mod files;
mod guide;
mod log;
mod markdown;
mod post;
mod reader;
mod security;
pub mod session;
mod sheets;
mod shell;
mod sso;
mod step;
mod template;
mod typed;
mod unsubscribed;
mod visit;
mod waiting_step;

use leptos::prelude::*;
use portal_core::Portal;

pub use crate::components::attainment::sheet as attainment_sheet;
pub use crate::pages::audit::audit_filter;
pub use admin_files::{ClosedDaysReply, ImportReply, NotImported, import_result};
pub use check::CheckReply;
pub(crate) use cookies::known_device;
pub use due::{DueEvent, deadline_event, due_event};
pub(crate) use files::file_outcome;
pub use files::{FileOutcome, FilesReply, file_failure, file_problem, file_signed_out};
pub use guide::{ReleaseLabels, contract, guide_data, localized_guide, localized_guide_then};
pub use log::LogReply;
pub(crate) use markdown::markdown;
pub use post::{
    AnswerProblem, ContactsProblem, ContactsReply, FormProblem, FormReply, HandedLink,
    IncidentReply, Reply, ReplySlot, SeatsReply, SignInProblem, SignInReply, answer_post,
    answer_post_at,
};
pub use reader::ReaderClock;
pub use security::{AppChange, CodeFault, PasswordFault, SecurityReply};
pub use sheets::{Sheet, customers_sheet, subscription_sheet};
pub use shell::{App, Problem, page, problem_page, shell};
pub(crate) use shell::{redirect, set_status};
pub use sso::{SsoButton, SsoProblem, in_context};
pub use step::StepReply;
pub(crate) use template::filled_template;
pub use typed::{Typed, TypedReply};
pub use unsubscribed::Unsubscribed;
pub use visit::{Site, Visit, encoded, local_path};

/// What every page and server function may use.
#[derive(Clone)]
pub struct AppState {
    /// The operations.
    pub portal: Portal,
    /// Where the browser's files are.
    pub leptos: LeptosOptions,
    /// How the portal is reached.
    pub site: Site,
}

impl AppState {
    /// Makes the state available to what is rendered for one request.
    pub fn provide(&self) {
        provide_context(self.clone());
    }
}

/// The state of the portal, inside of a page or a server function: its operations know from where they are asked.
pub fn state() -> AppState {
    let state: AppState = expect_context();
    let portal = state.portal.asked_from(Visit::current().origin);
    AppState { portal, ..state }
}
