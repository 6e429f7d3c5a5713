//! Mail that comes in: read from a mailbox, taken by core, and only then put away. What is put away twice was taken once.

mod enclosed;
mod imap;
mod maildir;
mod read;
mod reply;
mod settings;

use std::{sync::Arc, time::Duration};

use portal_core::{
    CoreError, Portal,
    mail::{self, Arrived, Received},
};
use tokio::sync::{oneshot, watch};

pub use settings::InboxSettings;
use settings::Source;

use crate::serve::Failure;

/// How often it is looked whether mail came in.
const EVERY: Duration = Duration::from_secs(20);

/// How long one look may take; then the connection is given up, and what was not put away comes again.
const LOOK: Duration = Duration::from_mins(10);

/// The most bytes of a mail that becomes a message, with its attachments: the largest file, as mail carries it, and some. A
/// larger one stays in the mailbox, and an engineer looks at it. One mail at a time is in memory, and its files.
const MOST_BYTES: u64 = 40 * 1024 * 1024;

/// So many bytes are read and kept of a larger one.
const HEAD: u64 = 64 * 1024;

/// The stack of whoever reads a mail: what reads mails goes down for each mail within a mail, and a stack that runs over ends
/// the process. Only what is used of it takes memory.
const STACK: usize = 256 * 1024 * 1024;

/// How long one mail may be read; one that takes longer was made for that.
const PATIENCE: Duration = Duration::from_mins(1);

/// The most mails of one look.
const AT_ONCE: usize = 200;

/// Where a mail is put away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Folder {
    /// It is in an incident, with all its files.
    Taken,
    /// It was put aside, as a whole or for some of its files.
    Aside,
}

impl Folder {
    /// Its name in the mailbox.
    const fn name(self) -> &'static str {
        match self {
            Self::Taken => "Portal-Taken",
            Self::Aside => "Portal-Aside",
        }
    }
}

/// A mailbox that answers come back to.
pub struct Inbox {
    portal: Portal,
    source: Source,
}

impl Inbox {
    /// The mailbox that the settings name, if they name one.
    ///
    /// # Errors
    /// [`Failure`] says in one line what is wrong with them.
    pub fn new(settings: &InboxSettings, portal: Portal) -> Result<Option<Self>, Failure> {
        let source = settings.read().map_err(Failure::new)?;
        Ok(source.map(|source| Self { portal, source }))
    }

    /// Looks for mail again and again, until it is told to stop. Several servers may look into one mailbox.
    pub async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut every = tokio::time::interval(EVERY);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = every.tick() => {}
                _ = stopped.wait_for(|stop| *stop) => return,
            }
            tokio::select! {
                () = self.pass() => {}
                // What was being taken is taken by the next server, once.
                _ = stopped.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Takes what is there, and lets administrators see it if the mailbox cannot be read.
    pub async fn pass(&self) {
        let looked = tokio::time::timeout(LOOK, self.look())
            .await
            .unwrap_or_else(|_| Err("reading it took too long".to_owned()));
        match &looked {
            Ok(0) => {}
            Ok(mails) => tracing::info!(mails, "mail came in"),
            Err(why) => tracing::error!(why, "the mailbox could not be read"),
        }
        let noted = mail::looked(&self.portal, looked.err().as_deref()).await;
        if let Err(error) = noted {
            tracing::error!(%error, "what came of reading the mailbox was not recorded");
        }
    }

    /// Takes what is there. Gives how many mails were put away.
    ///
    /// # Errors
    /// Why the mailbox could not be read.
    pub async fn look(&self) -> Result<usize, String> {
        match &self.source {
            Source::Maildir(folder) => maildir::look(&self.portal, folder).await,
            Source::Imap(server) => imap::look(&self.portal, server).await,
        }
    }
}

/// Takes a mail of `size` bytes, of which these are all, or how it begins. Gives where it is to be put away.
async fn take(portal: &Portal, raw: Vec<u8>, size: u64) -> Result<Folder, CoreError> {
    let arrived = arrived(raw, size).await;
    let received = mail::receive(portal, &arrived).await?;
    match received {
        Received::Written(number) => tracing::info!(%number, "an answer by mail"),
        Received::Already(number) => tracing::info!(%number, "an answer by mail came again"),
        Received::Aside(reason) => {
            tracing::warn!(reason = reason.name(), "a mail was put aside");
        }
    }
    Ok(match received {
        Received::Written(_) | Received::Already(_) => Folder::Taken,
        Received::Aside(_) => Folder::Aside,
    })
}

/// What can be read of it. A mail that the reader stumbles over is none that could be read.
async fn arrived(raw: Vec<u8>, size: u64) -> Arrived {
    let raw = Arc::new(raw);
    let shared = Arc::clone(&raw);
    let (told, heard) = oneshot::channel();
    let reading = std::thread::Builder::new()
        .name("mail".to_owned())
        .stack_size(STACK)
        .spawn(move || {
            let found = read::read(&shared, size);
            // Before it is told, so that nobody needs a copy.
            drop(shared);
            // Nobody waits any more for what took too long.
            let _ = told.send(found);
        });
    let found = match reading {
        Ok(_) => tokio::time::timeout(PATIENCE, heard)
            .await
            .ok()
            .and_then(Result::ok),
        Err(error) => {
            tracing::error!(%error, "a mail could not be read");
            None
        }
    };
    let found = found.unwrap_or_else(read::unreadable);
    Arrived {
        raw: Arc::unwrap_or_clone(raw),
        size,
        ..found
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;

    use super::*;

    /// Each line is a mail within the one before.
    fn nested(bytes: usize) -> String {
        let one = "Content-Type: message/rfc822\r\n\r\n";
        one.repeat(bytes / one.len())
    }

    #[tokio::test]
    async fn mails_within_mails_do_not_end_the_process() {
        let begins = "From: x@y.example\r\nSubject: deep\r\nMIME-Version: 1.0\r\n";
        let plain = format!("{begins}{}", nested(8 * 1024 * 1024));
        let packed = format!(
            "{begins}Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
            BASE64.encode(nested(360_000).as_bytes())
        );
        for raw in [plain, packed] {
            let size = u64::try_from(raw.len()).unwrap();
            let arrived = arrived(raw.into_bytes(), size).await;
            assert!(arrived.text.is_empty() || arrived.text.len() < 600_000);
            assert_eq!(arrived.size, size);
        }
    }
}
