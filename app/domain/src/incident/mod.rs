//! An incident: what a customer says in it, its number, and the events that it is made of.

mod audience;
mod deadline;
mod draft;
mod event;
mod file;
#[cfg(feature = "server")]
pub mod history;
mod notice;
mod number;
mod standing;
mod step;
mod template;
mod urgency;

pub use audience::{Audience, audience};
pub use deadline::{Deadline, DueKind, Fate, deadlines};
pub use draft::{Checked, Draft, FORM_KEY_LEN, Field, FieldProblem, is_form_key, tidy_text};
pub use event::{ChangedDay, Channel, Designation, Event, Moved, Solution, Who};
pub use file::{Attachment, FileName, MOST_FILE, MOST_FILE_NAME, Picture};
pub use notice::{NoticeProblem, OLDEST_NOTICE, Which, notice_time};
pub use number::IncidentNumber;
pub use standing::{By, Entry, Objection, Party, Standing, State, Updates};
pub use step::{ACCEPTED_AFTER, Illegal, MOST_REASON, MOST_TEXT, Step, StepKind, Terms, legal};
pub use template::{
    MOST_TEMPLATE, MOST_TEMPLATE_NAME, Placeholder, fill_template, unknown_placeholders,
};
pub use urgency::{Stage, Urgency};
