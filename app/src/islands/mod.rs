//! The interactive parts, and nothing else, that ship as wasm.

mod browser;
mod carried;
mod certificate;
mod desk_keys;
mod guide;
mod kept;
mod live;
mod own_time;
mod packed;
mod send_files;

pub use carried::{CarriedAnswers, CarriedStart, ForgetAnswers};
pub use certificate::{
    CertificateCheck, CheckStart, FIELD as CERTIFICATE_FIELD, WHERE as CHECK_WHERE,
};
pub use desk_keys::{DeskKeys, KEYS, QUEUE};
pub use guide::SeverityGuide;
pub use kept::{KEPT, KeepTyped};
pub use live::{BY_ITSELF, LIVE, Live};
pub use own_time::{OwnTime, OwnTimeStart};
#[cfg(feature = "ssr")]
pub use packed::Packed;
pub use send_files::{FILES as FILES_FIELD, SendFiles};
