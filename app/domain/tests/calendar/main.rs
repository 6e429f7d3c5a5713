//! The calendar against its vectors, the holiday tables, a naive version of itself, and the machine's zoneinfo.
#![cfg(all(feature = "server", not(target_arch = "wasm32")))]
#![allow(
    clippy::unwrap_used,
    reason = "a failing test may panic where it stands"
)]

mod edges;
mod holidays;
mod properties;
mod shared;
mod vectors;
mod zoneinfo;
