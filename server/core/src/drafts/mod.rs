//! Incidents prepared by somebody who may not file them (section 4), for a colleague who may.
//!
//! A draft is seen by the same customer's people only. It is open until it is filed or discarded, and then stays as it is.

mod discard;
mod file;
mod get;
mod list;
mod people;
mod prepare;

pub use discard::discard;
pub use file::{NotFiledFromDraft, file};
pub use get::{Draft, get};
pub use list::{Row, list};
pub use people::{Colleague, Standing, standing};
pub(crate) use prepare::is_kept;
pub use prepare::{NewDraft, NotPrepared, Prepared, prepare, prepare_for};
