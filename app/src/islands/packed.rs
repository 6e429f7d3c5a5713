//! What an island is given: packed without names, as text in an attribute of its own element.
//!
//! Properties of islands would bring a JSON reader into the wasm, which is a tenth of it.

#[cfg(feature = "ssr")]
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The attribute that carries it.
#[cfg(not(feature = "ssr"))]
const ATTRIBUTE: &str = "data-start";

/// What the next island of the page is given; provided in the context before it is rendered.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub struct Packed(String);

#[cfg(feature = "ssr")]
impl Packed {
    /// Packs a value. What cannot be packed the island shows as nothing; no type of an island is such.
    pub fn new(value: &impl Serialize) -> Self {
        use base64::Engine as _;
        Self(
            postcard::to_allocvec(value)
                .map(|bytes| base64::prelude::BASE64_STANDARD.encode(bytes))
                .unwrap_or_default(),
        )
    }
}

/// What the island with this id is given, as text and as the value that it stands for.
#[cfg(feature = "ssr")]
pub fn given<T: DeserializeOwned>(_id: &str) -> Option<(String, T)> {
    use base64::Engine as _;
    let Packed(text) = leptos::prelude::use_context()?;
    let bytes = base64::prelude::BASE64_STANDARD.decode(&text).ok()?;
    Some((text, postcard::from_bytes(&bytes).ok()?))
}

/// What the island with this id is given. The text stands in the page already.
#[cfg(not(feature = "ssr"))]
pub fn given<T: DeserializeOwned>(id: &str) -> Option<(String, T)> {
    let bytes = super::browser::base64(&super::browser::attribute(id, ATTRIBUTE)?)?;
    Some((String::new(), postcard::from_bytes(&bytes).ok()?))
}
