//! Who visits, and in which language.

use std::sync::Arc;

use axum::http::{HeaderValue, request::Parts};
use domain::{people::Actor, text::Lang};
use leptos::prelude::*;
use portal_core::{
    Origin,
    accounts::{CustomerSummary, Person},
};

use super::SsoButton;

/// How the portal is reached, as it was configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Scheme and authority, such as `https://support.example.com`, without a slash at the end.
    pub origin: String,
    /// The sample data is loaded: the sign-in page names its contacts.
    pub sample: bool,
    /// The providers of single sign-on that the sign-in page offers.
    pub sso: Arc<[SsoButton]>,
}

impl Site {
    /// Whether cookies are sent over TLS only.
    pub fn secure(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// The cookie that keeps the language that a person chose, for a year; without a choice it is taken back, and the
    /// browser's own comes next.
    pub fn language_cookie(&self, lang: Option<Lang>) -> Option<HeaderValue> {
        let secure = if self.secure() { "; Secure" } else { "" };
        let (value, age) = lang.map_or(("", 0), |lang| (lang.tag(), 31_536_000));
        HeaderValue::from_str(&format!(
            "lang={value}; Path=/; Max-Age={age}; SameSite=Lax; HttpOnly{secure}"
        ))
        .ok()
    }
}

/// One request's visitor, put into its extensions before any page is rendered.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// The person's choice, else the browser's.
    pub lang: Lang,
    /// Whoever is signed in.
    pub person: Option<Person>,
    /// From where: the address, and the request's id, which an error page names.
    pub origin: Origin,
}

impl Visit {
    /// The visitor of the request that is being answered; nobody while the routes are listed.
    pub fn current() -> Self {
        use_context::<Parts>()
            .and_then(|parts| parts.extensions.get::<Self>().cloned())
            .unwrap_or_default()
    }

    /// Who asks, for the operations of core.
    pub fn actor(&self) -> Actor {
        self.person
            .as_ref()
            .map_or(Actor::Anonymous, |person| person.actor)
    }

    /// The customer that the visitor belongs to.
    pub fn customer(&self) -> Option<&CustomerSummary> {
        self.person.as_ref()?.customer.as_ref()
    }
}

/// `path` if it leads to a page of this portal, else the first page: a link that was sent to somebody must not lead
/// them elsewhere after signing in.
pub fn local_path(path: &str) -> &str {
    let local = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 4_000
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if local { path } else { "/" }
}

/// A text as a value in a query.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_paths_of_this_portal_are_followed() {
        assert_eq!(
            local_path("/incidents/new?kind=problem"),
            "/incidents/new?kind=problem"
        );
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/a\nb",
            "javascript:alert(1)",
            "/\t/evil",
        ] {
            assert_eq!(local_path(bad), "/", "{bad:?}");
        }
    }
}
