//! Work beside the requests.

use std::{convert::Infallible, process, sync::Arc, time::Duration};

use portal_core::{
    CoreError, Portal, closed_days,
    work::{self, Claimed, JobKind},
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, interval, sleep},
};

use crate::mail::Post;

/// How many pieces of work are done at once.
const AT_ONCE: usize = 4;
/// How often one looks for work that nobody said was there: that of another server, and what has become due.
const LOOK: Duration = Duration::from_secs(2);
/// How often one looks whether something recurs.
const PLAN: Duration = Duration::from_secs(10);
/// How often a claim is renewed, well before its lease ends.
const RENEW: Duration = Duration::from_millis(work::LEASE.unsigned_abs() / 3);

/// Does the work in the background, together with every other server of the same database.
pub struct Worker {
    portal: Portal,
    post: Arc<Post>,
    name: String,
}

impl Worker {
    /// One whose claims are told from every other server's.
    pub fn new(portal: Portal, post: Post) -> Self {
        let chance = portal.new_id();
        let mark = chance.get(..8).unwrap_or_default();
        Self {
            name: format!("{}-{mark}", process::id()),
            portal,
            post: Arc::new(post),
        }
    }

    /// Works until `stop` says so; what was begun is finished first.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut running = JoinSet::new();
        let mut planned: Option<Instant> = None;
        while !*stop.borrow() {
            if planned.is_none_or(|at| at.elapsed() >= PLAN) {
                planned = Some(Instant::now());
                if let Err(error) = work::plan(&self.portal).await {
                    tracing::error!(%error, "what recurs could not be queued");
                }
            }
            self.claim(&mut running).await;
            let full = running.len() >= AT_ONCE;
            tokio::select! {
                // Nobody is left who could say so: the server has ended by itself.
                said = stop.changed() => if said.is_err() { break },
                Some(ended) = running.join_next() => told(ended),
                () = self.portal.woken(), if !full => {}
                () = sleep(LOOK), if !full => {}
            }
        }
        while let Some(ended) = running.join_next().await {
            told(ended);
        }
        self.post.close().await;
    }

    /// Begins as much work as there is, and as can be done at once.
    async fn claim(&self, running: &mut JoinSet<()>) {
        let free = i64::try_from(AT_ONCE.saturating_sub(running.len())).unwrap_or_default();
        if free == 0 {
            return;
        }
        match work::claim(&self.portal, &self.name, free).await {
            Ok(claimed) => {
                for job in claimed {
                    running.spawn(run(self.portal.clone(), Arc::clone(&self.post), job));
                }
            }
            Err(error) => tracing::error!(%error, "no work could be claimed"),
        }
    }
}

fn told(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "work broke off; it is claimed again when its lease ends");
    }
}

/// Does a piece of work, and holds the claim as long as it takes.
async fn run(portal: Portal, post: Arc<Post>, job: Claimed) {
    let done = held(
        &portal,
        &job,
        RENEW,
        Box::pin(perform(&portal, &post, &job)),
    )
    .await;
    if let Err(error) = done {
        tracing::error!(%error, job = job.key, "work failed");
        if let Err(error) = work::failed(&portal, &job, &error.to_string()).await {
            tracing::error!(%error, job = job.key, "that work failed could not be recorded");
        }
    }
}

/// What comes of `doing`, during which a claim is renewed every so often. Both go on by themselves: work that stood still
/// while its claim is renewed might hold the very connection that the renewal waits for, or stand before it in the line.
pub async fn held<T>(
    portal: &Portal,
    job: &Claimed,
    every: Duration,
    doing: impl Future<Output = T>,
) -> T {
    tokio::select! {
        done = doing => done,
        never = renewed(portal, job, every) => match never {},
    }
}

/// Renews a claim until this is dropped.
async fn renewed(portal: &Portal, job: &Claimed, every: Duration) -> Infallible {
    let mut renew = interval(every);
    // The first tick is at once, when the claim is fresh.
    renew.tick().await;
    loop {
        renew.tick().await;
        match work::renew(portal, job).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!(job = job.key, "work was claimed by somebody else meanwhile");
            }
            Err(error) => tracing::error!(%error, job = job.key, "a claim could not be renewed"),
        }
    }
}

async fn perform(portal: &Portal, post: &Post, job: &Claimed) -> Result<(), CoreError> {
    if job.kind == JobKind::Mail {
        return post.deliver(job).await;
    }
    work::run(portal, job.kind).await?;
    work::done(portal, job).await
}

/// How often it is looked whether another server changed a closed day.
const CALENDARS: Duration = Duration::from_secs(30);

/// Keeps the calendars up with the closed days, now and every half a minute, until it is dropped. A filing looks for itself;
/// this is for the pages that only show.
pub async fn refresh_calendars(portal: Portal) {
    let mut every = interval(CALENDARS);
    loop {
        every.tick().await;
        match closed_days::refresh(&portal).await {
            Ok(false) => {}
            Ok(true) => tracing::info!("closed days changed; the calendars follow"),
            Err(error) => tracing::error!(%error, "the closed days could not be read"),
        }
    }
}
