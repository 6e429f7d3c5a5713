//! What can go wrong with the portal itself. What can go wrong for a person is a value of the operation.
//!
//! None of these is ever shown to a person: a database's words can name records of somebody else.

use std::path::PathBuf;

use domain::calendar::BuildError;

/// The portal failed: the database, or what is stored in it.
#[derive(Debug, thiserror::Error)]
pub enum CoreError {
    /// The database did not do what it was asked to.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the migrations failed: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Something stored cannot be read back.
    #[error("stored {what} cannot be read: {why}")]
    Stored {
        /// What it is.
        what: &'static str,
        /// Why it cannot be read.
        why: String,
    },
    /// A password could not be hashed, or a stored hash is none.
    #[error("a password could not be checked: {0}")]
    Password(argon2::password_hash::Error),
    /// Attached files could not be kept, read or deleted.
    #[error("the files' store failed: {0}")]
    Files(#[from] object_store::Error),
    /// A file that was written does not lie on the disk for certain.
    #[error("a file could not be brought to the disk: {0}")]
    FileSync(std::io::Error),
    /// The portal was opened without a store for attached files.
    #[error("no store for attached files was opened")]
    NoFiles,
    /// Work beside the event loop did not come to its end.
    #[error("a task was broken off: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// The sample data do not go with the plans that are loaded.
    #[error("the sample data could not be filled in: {0}")]
    Sample(String),
}

impl CoreError {
    /// Something stored that cannot be read back.
    pub(crate) fn stored(what: &'static str, why: impl ToString) -> Self {
        Self::Stored {
            what,
            why: why.to_string(),
        }
    }
}

/// Why the portal could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address of the database is none.
    #[error("{0}; write sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME")]
    Url(&'static str),
    /// The folder for the database's file could not be made.
    #[error("the folder {} cannot be made: {source}", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The store for attached files cannot be opened.
    #[error("the store for attached files cannot be opened: {0}")]
    Files(#[from] object_store::Error),
    /// The database cannot be reached.
    #[error("the database cannot be opened: {0}")]
    Database(#[from] sqlx::Error),
    /// A zone of a plan has no calendar.
    #[error("the calendar of the zone {zone} of the plan {plan} cannot be built: {source}")]
    Calendar {
        /// The plan's version.
        plan: String,
        /// The zone's id.
        zone: String,
        /// Why not.
        source: BuildError,
    },
    /// A zone of a plan names holidays that this program does not have.
    #[error(
        "the zone {zone} of the plan {plan} names the holidays `{holidays}`, which are not known"
    )]
    Holidays {
        /// The plan's version.
        plan: String,
        /// The zone's id.
        zone: String,
        /// What it names.
        holidays: String,
    },
}

/// Why requests cannot be served now.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The database does not answer.
    #[error("the database does not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// The database's tables are not those of this program: older, newer or changed.
    #[error(
        "the migrations are not current: {missing} to be run, {unknown} unknown to this program"
    )]
    Migrations {
        /// Migrations of this program that were not run.
        missing: usize,
        /// Migrations that were run and are not, or not so, in this program.
        unknown: usize,
    },
}
