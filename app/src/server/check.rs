//! A certificate that was posted to be checked, because the browser runs no script.

use axum::http::StatusCode;
use domain::certificate::{Certificate, Checked};

/// What came of it.
#[derive(Clone, Debug)]
pub enum CheckReply {
    /// No file was chosen.
    Missing,
    /// The file is no certificate, or too large to be one.
    None,
    /// It was checked.
    Checked(Box<(Certificate, Checked)>),
}

impl CheckReply {
    /// The status of the page that shows it.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Checked(_) => StatusCode::OK,
            Self::Missing | Self::None => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}
