//! Which mailbox is read, as the configuration says it.

use std::path::PathBuf;

use clap::Args;
use tokio_rustls::rustls::pki_types::CertificateDer;
use url::Url;

use crate::mail::{decoded, is_here, read_authorities};

/// Where mail comes in.
#[derive(Args, Clone, Debug)]
pub struct InboxSettings {
    /// The mailbox that answers come back to: `imaps://USER:PASSWORD@HOST/INBOX`, or a folder, `maildir:/path`. Several
    /// servers may read one. `imap://` is for this machine; `?tls=off` reads another one unencrypted, and `?ca=FILE` trusts
    /// the authorities of a PEM file instead of the system's
    #[arg(
        long,
        env = "PORTAL_INBOX",
        value_name = "MAILBOX",
        hide_env_values = true
    )]
    pub inbox: Option<String>,
}

/// Where mail comes in.
pub enum Source {
    /// A folder as mail servers deliver into it.
    Maildir(PathBuf),
    /// A mailbox on a server.
    Imap(Server),
}

/// A mailbox on a server.
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// Whom to trust; empty for those whom the system trusts.
    pub authorities: Vec<CertificateDer<'static>>,
    /// As whom the portal signs in there.
    pub user: String,
    /// With which password.
    pub password: String,
    /// The folder that is read.
    pub folder: String,
}

impl InboxSettings {
    /// Where mail comes in; nowhere if it is not set.
    ///
    /// # Errors
    /// One line that says what is wrong and what would be right; it never repeats a password.
    pub fn read(&self) -> Result<Option<Source>, String> {
        let Some(text) = self.inbox.as_deref().filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let source = match text.strip_prefix("maildir:") {
            Some(folder) => maildir(folder),
            None => Server::parse(text).map(Source::Imap),
        };
        source
            .map(Some)
            .map_err(|why| format!("PORTAL_INBOX: {why}"))
    }
}

fn maildir(folder: &str) -> Result<Source, String> {
    let folder = PathBuf::from(folder);
    if folder.join("new").is_dir() && folder.join("cur").is_dir() {
        Ok(Source::Maildir(folder))
    } else {
        Err(format!(
            "{} is no maildir: it has no folders `new` and `cur`",
            folder.display()
        ))
    }
}

impl Server {
    fn parse(text: &str) -> Result<Self, String> {
        const FORM: &str = "write imaps://USER:PASSWORD@HOST/INBOX or maildir:/path";
        let url = Url::parse(text).map_err(|_| FORM)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(FORM)?;
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let secure = match url.scheme() {
            "imaps" => true,
            "imap" => false,
            _ => return Err(FORM.to_owned()),
        };
        if url.fragment().is_some() {
            return Err(FORM.to_owned());
        }
        let (mut off, mut authorities) = (is_here(&host), Vec::new());
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("tls", "off") if !secure => off = true,
                ("ca", file) if secure => authorities = read_authorities(file)?,
                _ => {
                    return Err(
                        "after the ? there may be tls=off (with imap://) or ca=FILE (with imaps://)"
                            .to_owned(),
                    );
                }
            }
        }
        if !secure && !off {
            return Err(
                "imap:// sends the password unencrypted; write imaps://, or ?tls=off to do so"
                    .to_owned(),
            );
        }
        let (user, password) = match (url.username(), url.password()) {
            (user, Some(password)) if !user.is_empty() => (decoded(user), decoded(password)),
            _ => return Err("a mailbox needs a user and a password".to_owned()),
        };
        let folder = decoded(url.path().trim_start_matches('/'));
        Ok(Self {
            host,
            port: url.port().unwrap_or(if secure { 993 } else { 143 }),
            tls: secure,
            authorities,
            user,
            password,
            folder: if folder.is_empty() {
                "INBOX".to_owned()
            } else {
                folder
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(inbox: &str) -> Result<Option<Source>, String> {
        InboxSettings {
            inbox: Some(inbox.to_owned()),
        }
        .read()
    }

    #[test]
    fn a_mailbox_is_read_from_its_address() {
        for (text, host, port, tls, user, password, folder) in [
            (
                "imaps://portal%40vendor.example:p%2Bq+r@mail.example/Support",
                "mail.example",
                993,
                true,
                "portal@vendor.example",
                "p+q+r",
                "Support",
            ),
            (
                "imap://portal:secret@127.0.0.1:1143",
                "127.0.0.1",
                1143,
                false,
                "portal",
                "secret",
                "INBOX",
            ),
            (
                "imap://portal:secret@mail.example/?tls=off",
                "mail.example",
                143,
                false,
                "portal",
                "secret",
                "INBOX",
            ),
        ] {
            let Ok(Some(Source::Imap(server))) = read(text) else {
                panic!("{text}");
            };
            assert_eq!(
                (
                    &*server.host,
                    server.port,
                    server.tls,
                    &*server.user,
                    &*server.password,
                    &*server.folder
                ),
                (host, port, tls, user, password, folder)
            );
        }
        assert!(matches!(read(""), Ok(None)));
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line_without_the_password() {
        for text in [
            "mail.example",
            "pop3://u:secret@mail.example",
            "imaps://mail.example/INBOX",
            "imap://u:secret@mail.example",
            "imaps://u:secret@mail.example?tls=off",
            "imaps://u:secret@mail.example?ca=/nowhere/at/all.pem",
            "maildir:/nowhere/at/all",
        ] {
            let wrong = read(text).err().unwrap();
            assert!(wrong.starts_with("PORTAL_INBOX: "), "{wrong}");
            assert!(
                !wrong.contains("secret") && !wrong.contains('\n'),
                "{wrong}"
            );
        }
    }
}
