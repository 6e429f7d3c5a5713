//! What the portal does: operations, with permissions enforced, over transactions and SQL. Server only.
//!
//! [`Portal`] is the handle that everything takes. An operation is one async function, in the module of its noun:
//! [`incidents::file()`], [`accounts::sign_in`]. It reads the [`Actor`](domain::people::Actor), answers with a value for
//! every outcome that is to be expected (not found, not filled in, filed already), and with a [`CoreError`] only
//! where the portal itself failed. Such an error goes to the log, never to a person.
//!
//! # To add an operation
//! 1. Name it in `domain::people::Operation` and say in `allows` who may do it.
//! 2. Write the function in its noun's module, one file a verb: check the permission first, compute what can be
//!    computed, and only then begin the transaction. Somebody who may not see a record gets the answer for one that
//!    does not exist.
//! 3. Its SQL is one static text for both engines (`db::rows!`, `db::row!`, `db::execute!`). Where they truly
//!    differ, the difference goes to `db/dialect.rs`, a new table or column to *both* folders of `db/migrations`.
//! 4. Take the time from [`Portal::now`] and chance from [`Portal::chance`].
//! 5. Test it in `tests/core/`, where every test runs on both engines, and give it a row in `permission_table.rs` there.

pub mod accounts;
pub mod audit;
pub mod calendars;
pub mod certificates;
pub mod certifications;
pub mod clock;
pub mod closed_days;
pub mod contacts;
pub mod customers;
mod db;
pub mod drafts;
mod error;
pub mod files;
mod form_keys;
pub mod forms;
pub mod imports;
pub mod incidents;
pub mod mail;
pub mod news;
pub mod overview;
pub mod paging;
pub mod people;
pub mod plans;
mod portal;
pub mod products;
pub mod releases;
pub mod sample;
pub mod sessions;
pub mod subscriptions;
pub mod templates;
pub mod work;

pub use error::{CoreError, NotReady, OpenError};
pub use portal::{Origin, Portal, Setup};
