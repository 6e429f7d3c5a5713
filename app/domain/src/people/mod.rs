//! Who somebody is to the portal, what they may do, and who may file: the rules of section 4. `portal-core` enforces them.

pub mod attention;
mod certification;
mod eligibility;
mod mail_topic;
mod permission;
mod seats;
mod unfit;

pub use certification::{Certification, Phase, REMINDERS, Standing, covered_until, overlapping};
pub use eligibility::{Bar, Term, bars};
pub use mail_topic::MailTopic;
pub use permission::{Actor, Operation, Relation, Role, allows};
pub use seats::Seats;
pub use unfit::{MOST_NUMBER, Unfit};
