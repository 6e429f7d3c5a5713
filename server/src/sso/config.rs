//! The providers of single sign-on, as their file names them; and what is wrong with a file, in one line.

use std::{fmt, fs, io, path::Path};

use domain::text::Text;
use openidconnect::{ClientId, ClientSecret, IssuerUrl, Scope};
use serde::Deserialize;
use toml::Spanned;
use url::{Host, Url};

/// The most characters of a provider's id: it stands in addresses.
const MOST_ID: usize = 32;

/// A provider of single sign-on.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its id in addresses: `/sso/{id}`.
    pub id: String,
    /// What its button calls it.
    pub name: Text,
    /// Its issuer, whose discovery document says the rest.
    pub issuer: IssuerUrl,
    /// As whom the portal is known to it.
    pub client_id: ClientId,
    /// The proof of that.
    pub client_secret: ClientSecret,
    /// What it is asked for beside `openid`.
    pub scopes: Vec<Scope>,
    /// The e-mail domains whose addresses it may vouch for; at least one.
    pub domains: Vec<String>,
    /// Whether it is the vendor's own, through which the vendor's people may come in.
    pub vendor: bool,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{file} cannot be read: {source}")]
    Read {
        /// The file as it was named.
        file: String,
        /// Why not.
        source: io::Error,
    },
    /// It says something that cannot be.
    #[error("{file}:{line}: {what}")]
    Wrong {
        /// The file as it was named.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong, and what would be right.
        what: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    provider: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: Name,
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    client_secret_env: Option<String>,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    vendor: bool,
    #[serde(default)]
    domains: Vec<String>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "write name = \"Acme\", or name = { en = \"Acme\", ko = \"아크메\" }"
)]
enum Name {
    Same(String),
    Each(Text),
}

/// Reads the file.
pub fn load(path: &Path) -> Result<Vec<Provider>, ConfigError> {
    let file = path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) => read(&file, &text, |name| std::env::var(name).ok()),
        Err(source) => Err(ConfigError::Read { file, source }),
    }
}

/// Reads a document; `file` is its name in messages, `variable` gives the value of one of the environment.
fn read(
    file: &str,
    text: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Vec<Provider>, ConfigError> {
    let wrong = |offset: usize, what: String| ConfigError::Wrong {
        file: file.to_owned(),
        line: 1 + text
            .bytes()
            .take(offset)
            .filter(|byte| *byte == b'\n')
            .count(),
        what,
    };
    let document: Document = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        wrong(offset, error.message().replace('\n', " "))
    })?;
    let mut providers: Vec<Provider> = Vec::new();
    for entry in document.provider {
        let offset = entry.span().start;
        let provider = check(entry.into_inner(), &variable).map_err(|what| wrong(offset, what))?;
        if providers.iter().any(|other| other.id == provider.id) {
            let what = format!(
                "there are two providers `{}`; give each an id of its own",
                provider.id
            );
            return Err(wrong(offset, what));
        }
        providers.push(provider);
    }
    Ok(providers)
}

fn check(entry: Entry, variable: impl Fn(&str) -> Option<String>) -> Result<Provider, String> {
    let id = entry.id;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || id.len() > MOST_ID || !id.chars().all(plain) {
        return Err(format!(
            "the id {id:?} cannot stand in an address; write 1 to {MOST_ID} of a-z, 0-9 and -"
        ));
    }
    let of = |what: fmt::Arguments<'_>| format!("provider `{id}`: {what}");
    let name = match entry.name {
        Name::Same(en) => Text { en, ko: None },
        Name::Each(text) => text,
    };
    if [Some(&name.en), name.ko.as_ref()]
        .into_iter()
        .flatten()
        .any(|name| name.trim().is_empty())
    {
        return Err(of(format_args!(
            "the name is empty; write what its button shall call it"
        )));
    }
    let issuer = issuer(&entry.issuer).ok_or_else(|| {
        of(format_args!(
            "the issuer {:?} is none; write its https:// address (http:// on this machine's own addresses only) without query",
            entry.issuer
        ))
    })?;
    if entry.client_id.is_empty() {
        return Err(of(format_args!(
            "the client_id is empty; write the one that the provider gave"
        )));
    }
    let secret = match (entry.client_secret, entry.client_secret_env) {
        (Some(secret), None) => secret,
        (None, Some(name)) => variable(&name).ok_or_else(|| {
            of(format_args!(
                "the variable {name} is not set; set it to the client's secret"
            ))
        })?,
        _ => {
            return Err(of(format_args!(
                "write either client_secret or client_secret_env"
            )));
        }
    };
    if secret.is_empty() {
        return Err(of(format_args!(
            "the client's secret is empty; write the one that the provider gave"
        )));
    }
    let domain = |domain: &String| {
        domain.contains('.')
            && domain.split('.').all(|part| {
                !part.is_empty()
                    && part
                        .chars()
                        .all(|c| c.is_alphanumeric() && !c.is_uppercase() || c == '-')
            })
    };
    if let Some(bad) = entry.domains.iter().find(|one| !domain(one)) {
        return Err(of(format_args!(
            "{bad:?} is no e-mail domain; write it in lower case, as in vendor.example"
        )));
    }
    if entry.domains.is_empty() {
        return Err(of(format_args!(
            "domains is missing; write those whose addresses it may vouch for, as in domains = [\"acme.example\"]"
        )));
    }
    Ok(Provider {
        name,
        issuer,
        client_id: ClientId::new(entry.client_id),
        client_secret: ClientSecret::new(secret),
        scopes: entry
            .scopes
            .unwrap_or_else(|| vec!["email".to_owned()])
            .into_iter()
            .map(Scope::new)
            .collect(),
        domains: entry.domains,
        vendor: entry.vendor,
        id,
    })
}

fn issuer(text: &str) -> Option<IssuerUrl> {
    let issuer = IssuerUrl::new(text.to_owned()).ok()?;
    let url = issuer.url();
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (plain && private(url)).then_some(issuer)
}

/// Whether nobody on the way can read what is sent to an address: TLS, or it never leaves this machine.
pub fn private(url: &Url) -> bool {
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        ("http", Some(Host::Domain(name))) => name == "localhost",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[provider]]
id = "acme"
name = { en = "Acme", ko = "아크메" }
issuer = "https://id.acme.example/"
client_id = "portal"
client_secret = "s"
domains = ["acme.example", "acme.test"]

[[provider]]
id = "own"
name = "Our own"
issuer = "http://127.0.0.1:4000"
client_id = "portal"
client_secret_env = "OWN_SECRET"
scopes = ["email", "profile"]
vendor = true
domains = ["vendor.example"]
"#;

    fn read_with(text: &str) -> Result<Vec<Provider>, String> {
        let variable = |name: &str| (name == "OWN_SECRET").then(|| "hidden".to_owned());
        read("sso.toml", text, variable).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_names_any_number_of_providers() {
        let providers = read_with(GOOD).unwrap();
        let [acme, own] = &providers[..] else {
            panic!("{providers:?}")
        };
        assert_eq!(acme.name.ko.as_deref(), Some("아크메"));
        assert_eq!(acme.scopes, [Scope::new("email".to_owned())]);
        assert_eq!(acme.domains, ["acme.example", "acme.test"]);
        assert_eq!((acme.vendor, own.vendor), (false, true));
        assert_eq!(own.name.en, "Our own");
        assert_eq!(own.client_secret.secret(), "hidden");
        assert_eq!((own.scopes.len(), own.domains.len()), (2, 1));
        assert!(!format!("{providers:?}").contains("hidden"));
    }

    /// Each change to the good document, and what its one line says.
    #[test]
    fn what_is_wrong_with_a_file_is_said_in_one_line() {
        let cases = [
            (
                "id = \"acme\"",
                "id = \"Acme ID\"",
                "sso.toml:2: the id \"Acme ID\" cannot stand in an address",
            ),
            (
                "id = \"own\"",
                "id = \"acme\"",
                "sso.toml:10: there are two providers `acme`",
            ),
            (
                "name = \"Our own\"",
                "name = \" \"",
                "sso.toml:10: provider `own`: the name is empty",
            ),
            ("name = \"Our own\"", "name = 7", "write name = \"Acme\""),
            (
                "https://id.acme",
                "http://id.acme",
                "sso.toml:2: provider `acme`: the issuer \"http://id.acme.example/\" is none",
            ),
            (
                "acme.example/",
                "acme.example/?a",
                "is none; write its https:// address",
            ),
            (
                "http://127.0.0.1:4000",
                "ldap://127.0.0.1",
                "the issuer \"ldap://127.0.0.1\" is none",
            ),
            ("OWN_SECRET", "OTHER", "the variable OTHER is not set"),
            (
                "client_secret = \"s\"",
                "",
                "write either client_secret or client_secret_env",
            ),
            (
                "client_secret = \"s\"",
                "client_secret = \"\"",
                "the client's secret is empty",
            ),
            (
                "client_id = \"portal\"\nclient_secret =",
                "client_id = \"\"\nclient_secret =",
                "the client_id is empty",
            ),
            (
                "domains = [\"acme.example\", \"acme.test\"]",
                "",
                "sso.toml:2: provider `acme`: domains is missing; write those whose addresses it may vouch for",
            ),
            (
                "domains = [\"vendor.example\"]",
                "domains = []",
                "provider `own`: domains is missing",
            ),
            (
                "[\"vendor.example\"]",
                "[\"Vendor.example\"]",
                "\"Vendor.example\" is no e-mail domain",
            ),
            (
                "vendor = true",
                "vender = true",
                "sso.toml:17: unknown field `vender`",
            ),
            (
                "[[provider]]\nid = \"acme\"",
                "[[providers]]\nid = \"acme\"",
                "sso.toml:2: unknown field `providers`",
            ),
            (
                "client_id = \"portal\"\nclient_secret =",
                "client_secret =",
                "missing field `client_id`",
            ),
            ("scopes = [", "scopes = ", "sso.toml:16: "),
        ];
        for (good, bad, says) in cases {
            assert!(GOOD.contains(good), "{good}");
            let error = read_with(&GOOD.replacen(good, bad, 1)).unwrap_err();
            assert!(error.contains(says), "{bad}: {error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = load(Path::new("no-such-file.toml"))
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("no-such-file.toml cannot be read"),
            "{error}"
        );
    }
}
