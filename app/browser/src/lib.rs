//! What the browser gets: the app's half for it, and nothing of its own.
//!
//! It is a crate of its own because the kind of a library holds for all that builds it: the server's build would link the
//! pages once more, and wait for that before it goes on.

#[cfg(target_family = "wasm")]
pub use app::hydrate;
