//! Delivering the mail of the outbox: to a mail server, or into a folder.

mod folder;
mod message;
mod settings;
mod smtp;

use std::time::Duration;

use app::server::AppState;
use lettre::message::Mailbox;
use portal_core::{
    CoreError,
    mail::{self, Letter, Queued},
    work::{self, Claimed},
};

use folder::Folder;
use settings::Way;
pub use settings::{MailSettings, decoded, is_here, read_authorities};
use smtp::Server;

use crate::serve::Failure;

/// How long handing one mail over may take; then it is tried again later.
const SEND: Duration = Duration::from_mins(5);
/// How often it is tried to record that a mail was sent: it would be sent again otherwise.
const RECORD: u32 = 5;

/// Why a mail was not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is to be tried again: the server is not there, is not content with the portal, or asks for patience.
    Later(String),
    /// The server will never take a mail for this address.
    Address(String),
    /// The server will never take this mail.
    Mail(String),
}

/// Where mail is handed over.
enum Transport {
    Smtp(Server),
    Folder(Folder),
}

/// Delivers mail.
pub struct Post {
    state: AppState,
    transport: Transport,
    from: Mailbox,
    /// The address that answers come back to.
    mailbox: Option<String>,
}

impl Post {
    /// Reads the settings; nobody is connected to yet.
    ///
    /// # Errors
    /// [`Failure`] says in one line what is wrong with them.
    pub fn new(settings: &MailSettings, state: AppState) -> Result<Self, Failure> {
        let (way, from) = settings.read().map_err(Failure::new)?;
        let transport = match way {
            Way::Smtp(smtp) => Transport::Smtp(Server::new(smtp)),
            Way::Folder(folder) => {
                let shown = folder.display().to_string();
                let folder = Folder::open(folder).map_err(|error| {
                    Failure::new(format!(
                        "the folder {shown} for mail cannot be made: {error}"
                    ))
                })?;
                Transport::Folder(folder)
            }
        };
        Ok(Self {
            state,
            transport,
            from,
            mailbox: settings.mailbox()?,
        })
    }

    /// Delivers the mail of a job, and records what came of it.
    ///
    /// # Errors
    /// [`CoreError`] if the database fails; then the job is claimed again.
    pub async fn deliver(&self, job: &Claimed) -> Result<(), CoreError> {
        let portal = &self.state.portal;
        let Some(id) = job.payload.as_i64() else {
            return work::give_up(portal, job, "it names no mail").await;
        };
        let letter = match mail::queued(portal, id).await? {
            Some(mail) => app::mail::render(&self.state, &mail, self.mailbox.as_deref())
                .await?
                .map(|letter| (mail, letter)),
            None => None,
        };
        // Sent already, or nothing is to be said any more.
        let Some((mail, letter)) = letter else {
            return work::done(portal, job).await;
        };
        let sending = tokio::time::timeout(SEND, self.send(&mail, &letter)).await;
        let sent = sending.unwrap_or_else(|_| Err(Refusal::Later("it took too long".to_owned())));
        match sent {
            Ok(()) => self.record(job, &mail).await,
            Err(Refusal::Later(why)) => {
                tracing::warn!(mail = mail.id, attempts = job.attempts, why, "a mail waits");
                work::failed(portal, job, &why).await.map(|_| ())
            }
            Err(Refusal::Address(why)) => {
                tracing::warn!(mail = mail.id, why, "mail to an address was refused");
                mail::refused(portal, job, &mail, &why).await
            }
            Err(Refusal::Mail(why)) => {
                tracing::error!(mail = mail.id, why, "a mail was refused");
                work::give_up(portal, job, &why).await
            }
        }
    }

    async fn send(&self, mail: &Queued, letter: &Letter) -> Result<(), Refusal> {
        let message = message::message(mail, letter, &self.from, &self.state.site.origin)?;
        match &self.transport {
            Transport::Smtp(server) => server.send(message.envelope(), &message.formatted()).await,
            Transport::Folder(folder) => {
                // In the order in which they were queued.
                let name = format!("{}-{}", mail.created.0, mail.message_id);
                folder.write(&name, message.formatted()).await
            }
        }
    }

    /// Records that a mail was sent, if need be with some patience.
    async fn record(&self, job: &Claimed, mail: &Queued) -> Result<(), CoreError> {
        let mut tries = 1;
        loop {
            match mail::sent(&self.state.portal, job, mail).await {
                Err(error) if tries < RECORD => {
                    tracing::warn!(%error, mail = mail.id, "that a mail was sent is still to be recorded");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    tries += 1;
                }
                recorded => return recorded,
            }
        }
    }

    /// Takes leave of the mail server.
    pub async fn close(&self) {
        if let Transport::Smtp(server) = &self.transport {
            server.close().await;
        }
    }
}
