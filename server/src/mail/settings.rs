//! Where mail goes, as the configuration says it.

use std::{net::IpAddr, path::PathBuf};

use clap::Args;
use lettre::{message::Mailbox, transport::smtp::authentication::Credentials};
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject as _};
use url::{Host, Url, form_urlencoded};

use crate::serve::Failure;

/// How mail is sent.
#[derive(Args, Clone, Debug)]
pub struct MailSettings {
    /// The mail server: `smtp://USER:PASSWORD@HOST:PORT`, which must offer STARTTLS unless it is on this machine, or
    /// `smtps://…`; `?tls=off` sends unencrypted, and `?ca=FILE` trusts the authorities of a PEM file instead of the
    /// system's. Without a mail server mail is written into a folder
    #[arg(long, env = "PORTAL_SMTP", value_name = "URL", hide_env_values = true)]
    pub smtp: Option<String>,

    /// The folder that mail is written into, as .eml files, where there is no mail server
    #[arg(
        long,
        env = "PORTAL_MAIL_FOLDER",
        default_value = "data/mail",
        value_name = "FOLDER"
    )]
    pub mail_folder: PathBuf,

    /// From whom mail is, such as `Support <support@example.com>`; needed with a mail server
    #[arg(long, env = "PORTAL_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,

    /// The address of the mailbox that answers come back to, such as `support@example.com`. What stands after a plus in its
    /// local part must arrive there too; each mail has an address of its own to answer to
    #[arg(long, env = "PORTAL_MAIL_ADDRESS", value_name = "ADDRESS")]
    pub mail_address: Option<String>,
}

/// How a connection to the mail server is kept from being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte.
    Always,
    /// It begins in the open and goes on in TLS, or is broken off.
    Upgraded,
    /// Not at all.
    Off,
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from being read.
    pub tls: Tls,
    /// Whom to trust; empty for those whom the system trusts.
    pub authorities: Vec<CertificateDer<'static>>,
    /// As whom the portal signs in there.
    pub credentials: Option<Credentials>,
}

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum Way {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a folder.
    Folder(PathBuf),
}

impl MailSettings {
    /// The address of the mailbox that answers come back to.
    ///
    /// # Errors
    /// One line that says what is wrong and what would be right.
    pub fn mailbox(&self) -> Result<Option<String>, Failure> {
        let Some(address) = self.mail_address.as_deref().filter(|one| !one.is_empty()) else {
            return Ok(None);
        };
        // Forty characters are what an answer's address has more.
        let fits = address
            .rsplit_once('@')
            .is_some_and(|(local, _)| local.len() <= 20);
        if fits && address.is_ascii() && address.parse::<lettre::Address>().is_ok() {
            return Ok(Some(address.to_owned()));
        }
        Err(Failure::new(format!(
            "PORTAL_MAIL_ADDRESS: `{address}` is no address that answers can come back to; write one such as \
             `support@example.com`, with at most 20 characters before the @"
        )))
    }

    /// Where mail goes, and from whom it is.
    ///
    /// # Errors
    /// One line that says what is wrong and what would be right; it never repeats a password.
    pub fn read(&self) -> Result<(Way, Mailbox), String> {
        let from = self.mail_from.as_deref().filter(|from| !from.is_empty());
        let smtp = self.smtp.as_deref().filter(|smtp| !smtp.is_empty());
        let from = match (from, smtp) {
            (Some(from), _) => from,
            (None, None) => "Support portal <portal@localhost>",
            (None, Some(_)) => {
                return Err(
                    "PORTAL_MAIL_FROM is not set: mail needs a sender, such as `Support <support@example.com>`"
                        .to_owned(),
                );
            }
        };
        let from = from.parse().map_err(|_| {
            format!(
                "PORTAL_MAIL_FROM: `{from}` is no address; write one such as `Support <support@example.com>`"
            )
        })?;
        let way = match smtp {
            Some(smtp) => {
                Way::Smtp(Smtp::parse(smtp).map_err(|why| format!("PORTAL_SMTP: {why}"))?)
            }
            None => Way::Folder(self.mail_folder.clone()),
        };
        Ok((way, from))
    }
}

impl Smtp {
    fn parse(text: &str) -> Result<Self, String> {
        const FORM: &str =
            "write smtp://USER:PASSWORD@HOST:PORT or smtps://USER:PASSWORD@HOST:PORT";
        const MORE: &str = "after the ? there may be tls=off (with smtp://) or tls=required, and ca=FILE unless TLS is off";
        let url = Url::parse(text).map_err(|_| FORM)?;
        // Of a scheme that it does not know, the library reads the host as a name whatever it is.
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(FORM)?;
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(FORM.to_owned());
        }
        let secure = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(FORM.to_owned()),
        };
        let (mut off, mut authorities) = (false, Vec::new());
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("tls", "off") if !secure => off = true,
                ("tls", "required") => {}
                ("ca", file) => authorities = read_authorities(file)?,
                _ => return Err(MORE.to_owned()),
            }
        }
        if off && !authorities.is_empty() {
            return Err(MORE.to_owned());
        }
        let tls = if secure {
            Tls::Always
        } else if off || (is_here(&host) && url.query().is_none()) {
            Tls::Off
        } else {
            Tls::Upgraded
        };
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => {
                Some(Credentials::new(decoded(user), decoded(password)))
            }
            _ => return Err("a user needs a password, and a password a user".to_owned()),
        };
        Ok(Self {
            host,
            port: url.port().unwrap_or(if secure { 465 } else { 587 }),
            tls,
            authorities,
            credentials,
        })
    }
}

/// Whether a host is this machine: nobody else reads what goes there.
pub fn is_here(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        _ => host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
    }
}

/// A part of an address as it was meant: `%40` is an `@`. A plus is a plus there, other than in a form.
pub fn decoded(part: &str) -> String {
    let form = format!("x={}", part.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(form.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// The certificates of a PEM file: whom to trust instead of those whom the system trusts.
///
/// # Errors
/// One line that says what is wrong with the file.
pub fn read_authorities(file: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(format!("the file {file} holds no certificate")),
        Err(error) => Err(format!("the file {file} cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(smtp: Option<&str>, from: Option<&str>) -> MailSettings {
        MailSettings {
            smtp: smtp.map(str::to_owned),
            mail_folder: "data/mail".into(),
            mail_from: from.map(str::to_owned),
            mail_address: None,
        }
    }

    #[test]
    fn a_mail_server_is_read_from_its_address() {
        for (text, host, port, tls, user) in [
            (
                "smtp://mail.example",
                "mail.example",
                587,
                Tls::Upgraded,
                None,
            ),
            (
                "smtp://mail.example:25?tls=off",
                "mail.example",
                25,
                Tls::Off,
                None,
            ),
            (
                "smtps://mail.example",
                "mail.example",
                465,
                Tls::Always,
                None,
            ),
            ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, Tls::Off, None),
            ("smtp://[::1]:2525/", "::1", 2525, Tls::Off, None),
            ("smtp://localhost", "localhost", 587, Tls::Off, None),
            (
                "smtp://localhost?tls=required",
                "localhost",
                587,
                Tls::Upgraded,
                None,
            ),
            (
                "smtps://portal%40vendor.example:p%2Bq+r%26s@mail.example:4650",
                "mail.example",
                4650,
                Tls::Always,
                Some(Credentials::new(
                    "portal@vendor.example".into(),
                    "p+q+r&s".into(),
                )),
            ),
        ] {
            let smtp = Smtp::parse(text).unwrap();
            assert_eq!(
                (&*smtp.host, smtp.port, smtp.tls),
                (host, port, tls),
                "{text}"
            );
            assert_eq!(smtp.credentials, user, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line_without_the_password() {
        for smtp in [
            "mail.example",
            "https://mail.example",
            "smtp://",
            "smtp://u:secret@mail.example/path",
            "smtp://u@mail.example",
            "smtp://:secret@mail.example",
            "smtp://u:secret@mail.example?tls=maybe",
            "smtps://u:secret@mail.example?tls=off",
            "smtps://u:secret@mail.example?ca=/nowhere/at/all.pem",
            "smtp://u:secret@mail.example:port",
        ] {
            let wrong = settings(Some(smtp), Some("a@b.example"))
                .read()
                .unwrap_err();
            assert!(wrong.starts_with("PORTAL_SMTP: "), "{wrong}");
            assert!(
                !wrong.contains("secret") && !wrong.contains('\n'),
                "{wrong}"
            );
        }
        let wrong = settings(Some("smtp://localhost"), None).read().unwrap_err();
        assert!(wrong.contains("PORTAL_MAIL_FROM"), "{wrong}");
        let wrong = settings(None, Some("nobody")).read().unwrap_err();
        assert!(wrong.contains("`nobody`"), "{wrong}");
    }

    #[test]
    fn without_a_server_mail_goes_into_the_folder() {
        let (way, from) = settings(None, None).read().unwrap();
        assert!(matches!(way, Way::Folder(folder) if folder.to_str() == Some("data/mail")));
        assert_eq!(from.email.to_string(), "portal@localhost");
    }
}
