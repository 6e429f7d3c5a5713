//! Mail to a mail server: one step of the conversation after the other, so that it is known what was refused.

use std::{sync::Mutex, sync::PoisonError, time::Duration};

use lettre::{
    address::Envelope,
    transport::smtp::{
        Error,
        authentication::Mechanism,
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::time::Instant;

use super::{
    Refusal,
    settings::{Smtp, Tls},
};

/// How long one waits for a connection.
const CONNECT: Duration = Duration::from_secs(20);
/// For how long a connection is kept open that nobody uses; a server would close it after five minutes.
const IDLE: Duration = Duration::from_secs(30);
/// The most connections that are kept open.
const MOST_IDLE: usize = 4;

/// A mail server, with the connections to it that are open.
pub struct Server {
    smtp: Smtp,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl Server {
    pub fn new(smtp: Smtp) -> Self {
        Self {
            smtp,
            idle: Mutex::default(),
        }
    }

    /// Hands a mail over. When this is `Ok` the server has taken it.
    pub async fn send(&self, envelope: &Envelope, mail: &[u8]) -> Result<(), Refusal> {
        // Some take a connection and then say nothing.
        let mut connection = tokio::time::timeout(CONNECT, self.connection())
            .await
            .map_err(|_| Refusal::Later("the mail server does not answer".to_owned()))?
            .map_err(later)?;
        match hand_over(&mut connection, envelope, mail).await {
            Ok(()) => {
                self.keep(connection);
                Ok(())
            }
            Err(refusal) => {
                connection.abort().await;
                Err(refusal)
            }
        }
    }

    /// One that is open and answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Error> {
        while let Some(mut kept) = self.kept() {
            if kept.test_connected().await {
                return Ok(kept);
            }
            kept.abort().await;
        }
        let hello = ClientId::default();
        let Smtp {
            host, port, tls, ..
        } = &self.smtp;
        let encrypted = match tls {
            Tls::Off => None,
            Tls::Always | Tls::Upgraded => Some(parameters(&self.smtp)?),
        };
        let (first, then) = match tls {
            Tls::Upgraded => (None, encrypted),
            Tls::Always | Tls::Off => (encrypted, None),
        };
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            (host.as_str(), *port),
            Some(CONNECT),
            &hello,
            first,
            None,
        )
        .await?;
        if let Some(parameters) = then {
            connection.starttls(parameters, &hello).await?;
        }
        if let Some(credentials) = &self.smtp.credentials {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await?;
        }
        Ok(connection)
    }

    fn kept(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that were kept for too long are closed as they are dropped.
        idle.retain(|(_, since)| since.elapsed() < IDLE);
        idle.pop().map(|(connection, _)| connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push((connection, Instant::now()));
        }
    }

    /// Takes leave of the server on every connection that is open.
    pub async fn close(&self) {
        while let Some(mut kept) = self.kept() {
            kept.abort().await;
        }
    }
}

/// Encrypts, and trusts those whom the system trusts or the settings name.
fn parameters(smtp: &Smtp) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(smtp.host.clone());
    if !smtp.authorities.is_empty() {
        builder = builder.certificate_store(CertificateStore::None);
    }
    for authority in &smtp.authorities {
        builder = builder.add_root_certificate(Certificate::from_der(authority.to_vec())?);
    }
    builder.build()
}

async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    mail: &[u8],
) -> Result<(), Refusal> {
    let mut parameters = Vec::new();
    let mut addresses = envelope.from().into_iter().chain(envelope.to());
    if addresses.any(|address| !address.to_string().is_ascii()) {
        if !connection
            .server_info()
            .supports_feature(Extension::SmtpUtfEight)
        {
            return Err(Refusal::Address(
                "the mail server takes no addresses beyond ASCII".to_owned(),
            ));
        }
        parameters.push(MailParameter::SmtpUtfEight);
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    // What is refused before it is said for whom the mail is concerns the portal, not whom it is for.
    connection
        .command(Mail::new(envelope.from().cloned(), parameters))
        .await
        .map_err(later)?;
    for to in envelope.to() {
        connection
            .command(Rcpt::new(to.clone(), Vec::new()))
            .await
            .map_err(|error| {
                if error.is_permanent() && !is_policy(&error) {
                    Refusal::Address(error.to_string())
                } else {
                    later(error)
                }
            })?;
    }
    connection.command(Data).await.map_err(refused)?;
    connection.message(mail).await.map_err(refused)?;
    Ok(())
}

/// Whether a server refused for its own reasons or the portal's, not for the address: it does not relay, wants to be signed
/// in to, has had enough for today, does not take the sender (RFC 3463).
fn is_policy(error: &Error) -> bool {
    let words = error.to_string();
    let says = |word: &str| {
        ["5.1.7", "5.1.8"].contains(&word)
            || ["5.3.", "5.4.", "5.5.", "5.7."]
                .iter()
                .any(|class| word.starts_with(class))
    };
    words.split_whitespace().any(says)
        || error
            .status()
            .is_some_and(|code| matches!(u16::from(code), 503 | 530 | 535 | 538))
}

fn later(error: Error) -> Refusal {
    Refusal::Later(error.to_string())
}

/// What came of the mail itself.
fn refused(error: Error) -> Refusal {
    if error.is_permanent() && !is_policy(&error) {
        Refusal::Mail(error.to_string())
    } else {
        later(error)
    }
}
