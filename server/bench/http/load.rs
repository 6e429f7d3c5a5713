//! The load: a few connections, each sending its next request as soon as the last is answered.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::{
    Outcome,
    client::{Answer, Connection},
    process,
};

/// Two for each processor of a small server.
pub const CONNECTIONS: usize = 4;
/// What comes first and does not count: caches fill, and the processes find their pace.
pub const WARM_UP: Bounds = Bounds {
    requests: 60,
    time: Duration::from_secs(2),
};

/// Where a run ends, whichever comes first.
#[derive(Clone, Copy)]
pub struct Bounds {
    pub requests: u32,
    pub time: Duration,
}

/// A server, and what it is asked.
pub struct Task {
    pub address: SocketAddr,
    /// The process whose CPU time counts.
    pub pid: u32,
    pub request: Box<dyn Fn() -> Vec<u8> + Send + Sync>,
    /// An answer that is not the right one ends everything: a fast error page is worth nothing.
    pub right: fn(&Answer) -> bool,
}

/// What a run took.
pub struct Measured {
    pub per_second: f64,
    /// Of the server's process, user and system, for each request.
    pub cpu: Duration,
    pub median: Duration,
    pub p99: Duration,
    /// Of the body, as it was sent.
    pub bytes: usize,
}

/// Warms up, and measures.
pub async fn run(task: Task, bounds: Bounds) -> Outcome<Measured> {
    let task = Arc::new(task);
    drive(&task, WARM_UP).await?;
    let (cpu, start) = (process::cpu(task.pid)?, Instant::now());
    let (mut took, bytes) = drive(&task, bounds).await?;
    let (wall, cpu) = (start.elapsed(), process::cpu(task.pid)?.saturating_sub(cpu));
    took.sort_unstable();
    let requests = u32::try_from(took.len())?;
    let at = |per_cent: usize| took.get(took.len() * per_cent / 100).copied();
    Ok(Measured {
        per_second: f64::from(requests) / wall.as_secs_f64(),
        cpu: cpu.checked_div(requests).ok_or("nothing was answered")?,
        median: at(50).unwrap_or_default(),
        p99: at(99).unwrap_or_default(),
        bytes,
    })
}

/// How long each request took, and the bytes of an answer.
async fn drive(task: &Arc<Task>, bounds: Bounds) -> Outcome<(Vec<Duration>, usize)> {
    let left = Arc::new(AtomicU32::new(bounds.requests));
    let end = Instant::now() + bounds.time;
    let mut lanes = JoinSet::new();
    for _ in 0..CONNECTIONS {
        lanes.spawn(lane(Arc::clone(task), Arc::clone(&left), end));
    }
    let (mut all, mut bytes) = (Vec::new(), 0);
    while let Some(lane) = lanes.join_next().await {
        let (took, last) = lane??;
        all.extend(took);
        bytes = bytes.max(last);
    }
    Ok((all, bytes))
}

async fn lane(
    task: Arc<Task>,
    left: Arc<AtomicU32>,
    end: Instant,
) -> io::Result<(Vec<Duration>, usize)> {
    let mut connection = Connection::open(task.address).await?;
    let (mut took, mut bytes) = (Vec::new(), 0);
    let one_less = |left: u32| left.checked_sub(1);
    while Instant::now() < end
        && left
            .try_update(Ordering::Relaxed, Ordering::Relaxed, one_less)
            .is_ok()
    {
        let request = (task.request)();
        let start = Instant::now();
        let answer = connection.ask(&request).await?;
        took.push(start.elapsed());
        if !(task.right)(&answer) {
            let words = format!("answered {}: {:.200}", answer.status, answer.text());
            return Err(io::Error::other(words));
        }
        bytes = answer.body.len();
    }
    Ok((took, bytes))
}
