//! Whole requests through the router, with a cookie jar: what a browser without script sees.

#![allow(clippy::unwrap_used, reason = "tests")]

mod client;
mod contacts;
mod filing;
mod guarding;
mod pages;
mod signing_in;
