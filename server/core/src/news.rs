//! News: that something happened to an incident, told to whoever has a page open. It says which incident and nothing else;
//! whoever hears it looks again, with their own permission.
//!
//! In one process it goes through a channel, after the commit. Between servers of one PostgreSQL it goes with the
//! transaction itself (NOTIFY). News may be told twice, and what was missed is found at the next look.

use std::time::Duration;

use domain::incident::IncidentNumber;
use tokio::sync::{
    broadcast::{self, error::RecvError},
    watch,
};

use crate::{Portal, db};

/// How many news wait for somebody who is slow; whoever missed some looks at everything.
const WAITING: usize = 256;

/// How long it takes until another connection is tried.
const AGAIN: Duration = Duration::from_secs(2);

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Something happened to this incident.
    Of(IncidentNumber),
    /// Something may have happened to any.
    Any,
}

/// Where news are told, in one process.
pub(crate) struct Newsroom {
    news: broadcast::Sender<News>,
    ended: watch::Sender<bool>,
}

impl Newsroom {
    /// One where nobody listens yet.
    pub(crate) fn new() -> Self {
        Self {
            news: broadcast::Sender::new(WAITING),
            ended: watch::Sender::new(false),
        }
    }

    /// Tells whoever listens.
    pub(crate) fn tell(&self, news: News) {
        // Nobody may be listening.
        let _ = self.news.send(news);
    }

    /// Nothing is told any more.
    pub(crate) fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Somebody who hears all news from now on.
    pub(crate) fn watching(&self) -> Watching {
        Watching {
            news: self.news.subscribe(),
            ended: self.ended.subscribe(),
        }
    }
}

/// Somebody who hears news.
#[derive(Debug)]
pub struct Watching {
    news: broadcast::Receiver<News>,
    ended: watch::Receiver<bool>,
}

impl Watching {
    /// Waits for the next news; none once the portal [ended](Portal::end_watching) it. Nothing is lost if it is broken off.
    pub async fn next(&mut self) -> Option<News> {
        if *self.ended.borrow() {
            return None;
        }
        tokio::select! {
            _ = self.ended.changed() => None,
            news = self.news.recv() => match news {
                Ok(news) => Some(news),
                Err(RecvError::Lagged(_)) => Some(News::Any),
                Err(RecvError::Closed) => None,
            },
        }
    }

    /// Passes over what was told until now, for somebody who is about to look anyway.
    pub fn pass_over(&mut self) {
        self.news = self.news.resubscribe();
    }
}

/// Passes on what other servers of the same database tell, until it is dropped; returns at once where there are none.
pub async fn listen(portal: Portal) {
    loop {
        let heard = |payload: Option<&str>| {
            let number = payload.and_then(IncidentNumber::parse);
            portal.tell(number.map_or(News::Any, News::Of));
        };
        match db::listen(portal.db(), heard).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(%error, "news of other servers cannot be heard; another try follows");
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}
