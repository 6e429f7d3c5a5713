//! An incident: what a customer says in it, its number, and the events that it is made of.

mod draft;
mod event;
mod number;

pub use draft::{Checked, Draft, FORM_KEY_LEN, Field, FieldProblem, is_form_key};
pub use event::{ChangedDay, Channel, Event, State, fold};
pub use number::IncidentNumber;
