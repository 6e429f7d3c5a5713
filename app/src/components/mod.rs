//! Shared pieces of pages.
//!
//! Those that an island shows as well are functions that give HTML ([`maud::Markup`], escaped by construction): the
//! same on the server and in the browser, without a byte for hydrating them. The others are components.

pub mod agent;
#[cfg(feature = "ssr")]
pub mod attainment;
#[cfg(feature = "ssr")]
pub mod attention;
#[cfg(feature = "ssr")]
pub mod audit;
#[cfg(feature = "ssr")]
pub mod bars;
pub mod checked;
pub mod deadline;
#[cfg(feature = "ssr")]
pub mod drafts;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
pub mod incident;
#[cfg(feature = "ssr")]
pub mod kept;
#[cfg(feature = "ssr")]
pub mod layout;
#[cfg(feature = "ssr")]
pub mod live;
pub mod outcome;
#[cfg(feature = "ssr")]
pub mod password;
#[cfg(feature = "ssr")]
pub mod qr;
pub mod question;
#[cfg(feature = "ssr")]
pub mod questions;
#[cfg(feature = "ssr")]
pub mod records;
#[cfg(feature = "ssr")]
pub mod review;
#[cfg(feature = "ssr")]
pub mod role;
#[cfg(feature = "ssr")]
pub mod seats;
pub mod severity;
#[cfg(feature = "ssr")]
pub mod subscription;
#[cfg(feature = "ssr")]
pub mod validity;
