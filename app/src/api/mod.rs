//! Server functions, one file a noun, thin: read the actor, call core, say what should happen.
//!
//! Each is posted to by a plain form at the address of its page, so nothing here needs script. None of them answers
//! with an error of its own: what goes wrong is a [`Reply`](crate::server::Reply) that the person can read.

pub mod account;
pub mod closed_days;
pub mod contacts;
pub mod customers;
pub mod desk;
pub mod drafts;
pub mod import;
pub mod incidents;
pub mod language;
pub mod mail;
pub mod me;
pub mod people;
pub mod releases;
pub mod security;
pub mod sign_in;
pub mod steps;
pub mod work;
