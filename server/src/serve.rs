//! `portal serve`: opens everything, checks what it promises, serves until it is told to stop.

use std::{
    fmt, fs, future::IntoFuture as _, io, net::SocketAddr, path::Path, sync::Arc, time::Duration,
};

use app::server::{AppState, Site};
use axum::Router;
use domain::calendar::{holidays::HolidaySet, tzif};
use leptos::config::LeptosOptions;
use portal_core::{
    Portal, Setup, certificates, closed_days,
    files::Files,
    news,
    plans::Plans,
    sample::{self, SamplePerson},
    sessions::Lifetime,
};
use tokio::{net::TcpListener, sync::watch};
use tracing_subscriber::EnvFilter;

use crate::{
    cli::verify,
    config::{Log, LogFormat, Serve},
    http::{self, Door},
    inbox::Inbox,
    jobs::{self, Worker},
    mail::Post,
    sso::Providers,
};

/// The stack of a thread that draws pages: not optimized, the views of a large one take more than the usual two megabytes.
/// Only what is used of it takes memory.
const STACK: usize = 8 * 1024 * 1024;

/// How long the requests in flight have to end, once the portal is told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(30);

/// Why a command could not do its work, in the words that are printed.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure with these words.
    pub fn new(words: impl ToString) -> Self {
        Self(words.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Serves until it is told to stop.
pub fn run(config: Serve) -> Result<(), Failure> {
    start_log(&config.log);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .build()?
        .block_on(serve(config))
}

async fn serve(config: Serve) -> Result<(), Failure> {
    let leptos = site(&config.site)?;
    let mut plans = Plans::load(config.data.plans.as_deref())?;
    if config.sample {
        plans = plans.with_sample();
    }
    let origin = config.origin();
    let providers = match &config.sso {
        Some(file) => Arc::new(Providers::load(file, &origin)?),
        None => Arc::default(),
    };
    let portal = Portal::open(Setup {
        connections: config.connections,
        files: Some(Files::open(&config.files)?),
        ..Setup::new(&config.data.database_url, plans)
    })
    .await?;
    if config.migrate {
        portal.migrate().await?;
        closed_days::refresh(&portal).await?;
    }
    // First: where one is given, none is made.
    if let Some(file) = &config.signing_key {
        verify::take_key(&portal, Some(file.as_path())).await?;
    }
    if config.migrate {
        certificates::prepare(&portal).await?;
    }
    compare_time_zones(&portal);
    if config.sample {
        println!("{}", people(&sample::fill(&portal).await?));
    }
    let state = AppState {
        portal: portal.clone(),
        leptos,
        site: Site {
            origin: origin.clone(),
            sample: config.sample,
            sso: providers.buttons(),
        },
    };
    let post = Post::new(&config.mail, state.clone())?;
    let inbox = Inbox::new(&config.inbox, portal.clone())?;
    if inbox.is_some() && config.mail.mailbox()?.is_none() {
        return Err(Failure::new(
            "PORTAL_MAIL_ADDRESS is not set: nobody could answer to the mailbox of PORTAL_INBOX",
        ));
    }
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| Failure::new(format!("cannot listen on {}: {error}", config.listen)))?;
    let door = Door {
        lifetime: Lifetime::hours(config.session_idle_hours, config.session_hours),
        sign_in_per_minute: config.sign_in_per_minute,
        trusted_proxies: config.trusted_proxies.into(),
        providers,
    };
    let router = http::router(state, &config.site, &door);
    let (stop, stopped) = watch::channel(false);
    let reading = inbox.map(|inbox| tokio::spawn(inbox.run(stopped.clone())));
    let worker = tokio::spawn(Worker::new(portal.clone(), post).run(stopped));
    let calendars = tokio::spawn(jobs::refresh_calendars(portal.clone()));
    let listening = tokio::spawn(news::listen(portal.clone()));
    println!("The portal is up at {origin}");
    tracing::info!(listen = %config.listen, %origin, "serving");
    let served = until_told(listener, router, portal.clone(), stop, told_to_stop()).await;
    calendars.abort();
    listening.abort();
    // What it has begun is finished, as the requests were. If nobody told it to stop, its channel is closed by now.
    worker.await?;
    if let Some(reading) = reading {
        reading.await?;
    }
    portal.close().await;
    tracing::info!("stopped");
    Ok(served?)
}

/// Serves until it is `told` to stop and says so to whoever listens to `stop`; the requests in flight are finished.
pub async fn until_told(
    listener: TcpListener,
    router: Router,
    portal: Portal,
    stop: watch::Sender<bool>,
    told: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut stopping = stop.subscribe();
    let serving = axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            told.await;
            // Streams have no end of their own.
            portal.end_watching();
            stop.send_replace(true);
        })
        .into_future();
    let too_long = async move {
        if stopping.wait_for(|stop| *stop).await.is_ok() {
            tokio::time::sleep(LAST_REQUESTS).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        served = serving => served,
        () = too_long => {
            tracing::warn!("requests that would not end were broken off");
            Ok(())
        }
    }
}

/// The browser's files. Without them every page would be bare, so the start says so.
fn site(folder: &Path) -> Result<LeptosOptions, Failure> {
    let hashes = folder.join("hash.txt");
    let beside_binary = std::env::current_exe()
        .ok()
        .and_then(|exe| exe.parent().map(|parent| parent.join("hash.txt")));
    let hashes = [Some(hashes), beside_binary]
        .into_iter()
        .flatten()
        .find(|file| file.is_file())
        .ok_or_else(|| {
            Failure::new(format!(
                "the folder {} has no browser files; run ./dev build",
                folder.display()
            ))
        })?;
    let hashes = fs::canonicalize(hashes)?;
    Ok(LeptosOptions::builder()
        .output_name("portal")
        .site_root(folder.display().to_string())
        .site_pkg_dir("pkg")
        .hash_files(true)
        .hash_file(Arc::<str>::from(hashes.display().to_string()))
        .build())
}

/// Says who can sign in with the sample data.
pub fn people(people: &[SamplePerson]) -> String {
    let lines = people.iter().map(|person| {
        let of = match (&person.customer, person.totp_secret) {
            (Some(customer), _) => {
                format!("{} ({}, {})", customer.name, customer.tier, customer.zone)
            }
            (None, Some(secret)) => format!("authenticator app: {secret}"),
            (None, None) => String::new(),
        };
        format!(
            "  {:<34} {:<28} {:<16} {of}",
            person.email,
            person.password,
            person.role.name(),
        )
    });
    ["Sample people, for trying it out only:".to_owned()]
        .into_iter()
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Warns where the time zones compiled in differ from those of the system.
fn compare_time_zones(portal: &Portal) {
    let mut zones: Vec<&str> = portal
        .plans()
        .iter()
        .flat_map(|plan| &plan.zones)
        .map(|zone| zone.tz.as_str())
        .collect();
    zones.sort_unstable();
    zones.dedup();
    for zone in zones {
        let Ok(file) = fs::read(Path::new("/usr/share/zoneinfo").join(zone)) else {
            tracing::info!(
                zone,
                "the system has no data for this time zone to compare with"
            );
            continue;
        };
        match tzif::first_difference(&file, zone, HolidaySet::YEARS) {
            Ok(None) => {}
            Ok(Some(date)) => {
                tracing::warn!(zone, %date, "the system's time zone data differ from this date on; promises follow the data compiled in");
            }
            Err(error) => {
                tracing::info!(zone, %error, "the system's time zone data could not be compared");
            }
        }
    }
}

fn start_log(log: &Log) {
    let filter = EnvFilter::new(&log.log);
    // What it says in more detail is every line to the mail server, the password's among them.
    let filter = match "async_imap=info".parse() {
        Ok(quiet) => filter.add_directive(quiet),
        Err(_) => filter,
    };
    let log_to = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match log.log_format {
        LogFormat::Text => log_to.init(),
        LogFormat::Json => log_to.json().init(),
    }
}

/// Waits for an interrupt or a termination. Requests in flight are finished after it.
async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => {
                let _ = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}
