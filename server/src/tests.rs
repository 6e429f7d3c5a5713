//! Whole requests through the router, with a cookie jar: what a browser without script sees.

#![allow(clippy::unwrap_used, reason = "tests")]

mod client;
mod filing;
mod guarding;
mod pages;
mod security;
mod signing_in;
