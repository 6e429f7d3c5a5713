//! Enums whose values are written down by name.

/// An enum whose every value has a name and is found again by it: `named! { pub enum Kind; One = "one", Two = "two" }`,
/// with a comment on the enum and on each value.
#[macro_export]
macro_rules! named {
    (
        $(#[$about:meta])*
        pub enum $type:ident;
        $($(#[$about_one:meta])* $one:ident = $name:literal),* $(,)?
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $type { $($(#[$about_one])* $one),* }

        impl $type {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$one),*];

            /// Its name in records, forms and addresses.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$one => $name),* }
            }

            /// The one of this name.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$one),)* _ => None }
            }
        }
    };
}
