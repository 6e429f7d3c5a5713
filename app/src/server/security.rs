//! How the forms about passwords and the second factor are shown again.

use axum::http::StatusCode;
use portal_core::accounts::PasswordProblem;

use crate::api::security::AppStep;

/// A form about passwords or the second factor, with what came of it. What was typed is not among it: it is secret.
#[derive(Clone, Debug)]
pub enum SecurityReply {
    /// The second step of signing in was not passed.
    Code(CodeFault),
    /// A new password was not taken.
    Password(PasswordFault),
    /// What came of a change to one's own authenticator app.
    App(AppChange),
}

/// What is wrong with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFault {
    /// None was typed.
    Missing,
    /// It is not the one, or was used before.
    Wrong,
    /// Too much was tried in vain.
    Wait {
        /// For how long, in seconds.
        seconds: i64,
    },
}

/// What is wrong with a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    /// A field is empty.
    Missing,
    /// It was typed differently the second time.
    Different,
    /// It cannot be taken.
    Rule(PasswordProblem),
    /// The old one is wrong.
    OldWrong,
    /// Too much was tried in vain.
    Wait {
        /// For how long, in seconds.
        seconds: i64,
    },
}

/// What came of a change to one's own authenticator app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppChange {
    /// New recovery codes, to be shown this once.
    Codes {
        /// The codes.
        codes: Vec<String>,
        /// The app was just set up; else only the codes are new.
        set_up: bool,
    },
    /// Something is wrong with the code.
    Fault {
        /// What.
        fault: CodeFault,
        /// Of which form.
        form: AppStep,
    },
}

impl SecurityReply {
    /// What its page is answered with.
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::App(AppChange::Codes { .. }) => StatusCode::OK,
            Self::Code(CodeFault::Wait { .. })
            | Self::Password(PasswordFault::Wait { .. })
            | Self::App(AppChange::Fault {
                fault: CodeFault::Wait { .. },
                ..
            }) => StatusCode::TOO_MANY_REQUESTS,
            Self::Code(_) | Self::Password(_) | Self::App(AppChange::Fault { .. }) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        }
    }
}
