//! What the process around the pages needs: the state they share, who visits, and how a form is answered.

mod cookies;
mod guide;
mod post;
mod security;
pub mod session;
mod shell;
mod visit;

use leptos::prelude::*;
use portal_core::Portal;

pub(crate) use cookies::{known_device, language_cookie};
pub use guide::{ReleaseLabels, guide_data, localized_guide};
pub use post::{
    FormProblem, FormReply, IncidentReply, Reply, ReplySlot, SignInProblem, SignInReply,
    answer_post, answer_post_at,
};
pub use security::{AppChange, CodeFault, PasswordFault, SecurityReply};
pub use shell::{App, Problem, page, problem_page, shell};
pub(crate) use shell::{redirect, set_status};
pub use visit::{Site, Visit, local_path};

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
