//! What the forms for closed days and for the import come back with, and the result of a dry run as a table.

use domain::text::Lang;
use portal_core::{
    closed_days::{DayField, DayProblem, NewClosedDay, NotChanged, Review},
    imports::{FileProblem, ImportKind, Report},
};

use crate::{pages, words::words};

/// The form for a closed day with what was typed and what is wrong, or what would be saved.
#[derive(Clone, Debug, Default)]
pub struct ClosedDaysReply {
    /// What was typed.
    pub new: NewClosedDay,
    /// What is wrong with it.
    pub problems: Vec<(DayField, DayProblem)>,
    /// The id of the day that is to be withdrawn.
    pub withdraws: Option<i64>,
    /// Nothing is wrong, and this is what saving would do.
    pub review: Option<Box<Review>>,
    /// It is not what was looked over before.
    pub stale: bool,
    /// Why it cannot be done at all.
    pub refused: Option<NotChanged>,
}

impl ClosedDaysReply {
    /// Whether something is wrong.
    pub(super) const fn is_wrong(&self) -> bool {
        !self.problems.is_empty() || self.stale || self.refused.is_some()
    }
}

/// The page of the import, after something was sent that changed nothing.
#[derive(Clone, Debug)]
pub enum ImportReply {
    /// The form, with what is wrong.
    File {
        /// What the file was to bring; none if that was not chosen.
        kind: Option<ImportKind>,
        /// What is wrong with the file.
        problem: Option<FileProblem>,
    },
    /// The file still waits.
    Waiting {
        /// Under this id.
        upload: String,
        /// Why it was not imported.
        why: NotImported,
    },
    /// It does not wait any more.
    Gone,
}

/// Why a file that waits was not imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotImported {
    /// It was not chosen what happens if a row is bad.
    NoChoice,
    /// A row is bad, and the import was to be refused then.
    Bad,
    /// No row would add anything.
    NothingToAdd,
}

/// A dry run as lines of cells in a language: what can be downloaded.
pub fn import_result(report: &Report, lang: Lang) -> Vec<Vec<String>> {
    pages::admin::result_table(report, &words(lang).import)
}
