//! What the portal does, on both engines. `./dev test` starts the PostgreSQL that half of it needs.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod accounts;
mod common;
mod filing;
mod getting_in;
mod listing;
mod migrations;
mod permissions;
mod plans;
mod sample;
mod second_factor;
mod sessions;
