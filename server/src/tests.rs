//! Whole requests through the router, with a cookie jar: what a browser without script sees.

#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::too_many_lines, reason = "a journey is told in one piece")]

mod accounts;
mod admin;
mod attainment;
mod bucket;
mod certificates;
mod client;
mod closed_days;
mod contacts;
mod desk;
mod files;
mod filing;
mod guarding;
mod importing;
mod inbox;
mod letters;
mod life;
mod live;
mod mail;
mod pages;
mod permissions;
mod provider;
mod security;
mod signing_in;
mod sso;
mod stopping;
mod typing;
mod working;
