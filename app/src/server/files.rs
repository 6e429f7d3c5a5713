//! What the form for files comes back with, and why a file was not attached, in words.

use axum::http::StatusCode;
use domain::{
    incident::{FileName, State},
    text::Lang,
};
use portal_core::files::NotAttached;

use crate::{
    pages::incidents::state_name,
    words::{FileWords, Words, fill, words},
};

/// The form for files as its page shows it again: what became of each.
#[derive(Clone, Debug, Default)]
pub struct FilesReply {
    /// Whether they were for the vendor's people only.
    pub internal: bool,
    /// Each file by its name, cleaned; empty if none was chosen.
    pub outcomes: Vec<(String, FileOutcome)>,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileOutcome {
    /// It is attached.
    Attached {
        /// Under another name than it had.
        mended: bool,
    },
    /// It is not, and why not; none if the portal failed.
    Not(Option<NotAttached>),
}

impl FilesReply {
    /// Whether there is nothing to be said: each is attached under the name that it had.
    pub fn plain(&self) -> bool {
        let plain = FileOutcome::Attached { mended: false };
        !self.outcomes.is_empty() && self.outcomes.iter().all(|(_, outcome)| *outcome == plain)
    }

    /// Whether a file was not attached, or none was chosen.
    pub fn is_wrong(&self) -> bool {
        let not = |(_, outcome): &(String, FileOutcome)| matches!(outcome, FileOutcome::Not(_));
        self.outcomes.is_empty() || self.outcomes.iter().any(not)
    }

    /// The status of the page that shows it again.
    pub(super) fn status(&self) -> StatusCode {
        let closed = self
            .outcomes
            .iter()
            .any(|(_, outcome)| matches!(outcome, FileOutcome::Not(Some(NotAttached::NotNow(_)))));
        let failed = self
            .outcomes
            .iter()
            .any(|(_, outcome)| *outcome == FileOutcome::Not(None));
        if failed {
            StatusCode::INTERNAL_SERVER_ERROR
        } else if closed {
            StatusCode::CONFLICT
        } else if self.is_wrong() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        }
    }
}

/// What became of a file, in words.
pub(crate) fn file_outcome(name: &str, outcome: &FileOutcome, t: &Words) -> String {
    let f = &t.files;
    let state = |state: State| state_name(state, &t.states);
    let words = match outcome {
        FileOutcome::Attached { mended: false } => &f.stored,
        FileOutcome::Attached { mended: true } => &f.mended,
        FileOutcome::Not(Some(NotAttached::TooLarge)) => &f.too_large,
        FileOutcome::Not(Some(NotAttached::Empty)) => &f.empty,
        FileOutcome::Not(Some(NotAttached::NotNow(now))) => {
            return fill(&f.not_now, &[("name", name), ("state", &state(*now))]);
        }
        FileOutcome::Not(Some(NotAttached::Broken)) => &f.broken,
        FileOutcome::Not(Some(NotAttached::TooMany)) => &f.too_many,
        FileOutcome::Not(_) => &f.failed,
    };
    fill(words, &[("name", name)])
}

/// A file by its name, if whoever sends it says it.
fn named(name: &str, f: &FileWords) -> String {
    if name.is_empty() {
        f.this.clone()
    } else {
        FileName::clean(name).name
    }
}

/// Why bytes of an upload were not taken, for whoever sends them. The name may be empty.
pub fn file_problem(not: &NotAttached, name: &str, lang: Lang) -> String {
    let t = words(lang);
    let f = &t.files;
    match not {
        NotAttached::NotThere => t.errors.not_found.clone(),
        NotAttached::FormKey => t.errors.bad_form.clone(),
        NotAttached::Elsewhere { .. } => f.elsewhere.clone(),
        NotAttached::NotAsAnnounced { .. } => f.not_as_announced.clone(),
        NotAttached::Complete => f.complete.clone(),
        not => file_outcome(&named(name, f), &FileOutcome::Not(Some(not.clone())), t),
    }
}

/// That a file was not taken because the portal failed, for whoever sends it.
pub fn file_failure(name: &str, lang: Lang) -> String {
    let t = words(lang);
    file_outcome(&named(name, &t.files), &FileOutcome::Not(None), t)
}

/// That a file was not taken because nobody is signed in, for whoever sends it.
pub fn file_signed_out(name: &str, lang: Lang) -> String {
    let f = &words(lang).files;
    fill(&f.signed_out, &[("name", &named(name, f))])
}
