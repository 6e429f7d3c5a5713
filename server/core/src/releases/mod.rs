//! Products and releases, as an administrator keeps them.

mod list;
mod product;
mod release;

use serde::Serialize;

pub use list::{Product, Record, list};
pub use product::{ProductForm, add_product};
pub use release::{ReleaseForm, add_release, change_release};

/// The names of the forms' fields.
const SLUG: &str = "slug";
const NAME: &str = "name";
const PRODUCT: &str = "product";
const VERSION: &str = "version";
const KIND: &str = "kind";
const RELEASED: &str = "released";
const NOTES_EN: &str = "notes_en";
const NOTES_KO: &str = "notes_ko";

/// What a release is (section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseKind {
    /// It begins a line.
    Major,
    /// It continues one; section 6(c) asks for its prompt installation.
    Minor,
}

impl ReleaseKind {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Major, Self::Minor];

    /// Its name in records and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
