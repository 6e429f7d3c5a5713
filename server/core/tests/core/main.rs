//! What the portal does, on both engines. `./dev test` starts the PostgreSQL that half of it needs.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod accounts;
mod admin_customers;
mod admin_people;
mod admin_releases;
mod attainment;
mod certificates;
mod closed_days;
mod common;
mod contacts;
mod drafts;
mod files;
mod filing;
mod form_keys;
mod getting_in;
mod identities;
mod importing;
mod life;
mod listing;
mod logging;
mod mail;
mod migrations;
mod news;
mod permission_table;
mod permissions;
mod plans;
mod random_steps;
mod sample;
mod second_factor;
mod sessions;
mod subscriptions;
mod templates;
mod work;
