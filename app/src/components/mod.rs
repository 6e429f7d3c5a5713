//! Shared pieces of pages.
//!
//! Those that an island shows as well are functions that give HTML ([`maud::Markup`], escaped by construction): the
//! same on the server and in the browser, without a byte for hydrating them. The others are components.

#[cfg(feature = "ssr")]
pub mod agent;
pub mod deadline;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
pub mod incident;
#[cfg(feature = "ssr")]
pub mod layout;
pub mod outcome;
#[cfg(feature = "ssr")]
pub mod password;
#[cfg(feature = "ssr")]
pub mod qr;
pub mod question;
pub mod severity;
