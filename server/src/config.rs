//! Every setting, by flag or by environment; `portal serve --help` lists them.

use std::{net::SocketAddr, path::PathBuf};

use clap::{ArgAction, Args, ValueEnum, builder::BoolishValueParser};

use portal_core::files::FileStore;
use tracing_subscriber::filter::LevelFilter;
use url::Url;

use crate::{http::Network, inbox::InboxSettings, mail::MailSettings};

/// Where the data are, and under which plans.
#[derive(Args, Clone, Debug)]
pub struct Data {
    /// The database: `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(long, env = "PORTAL_DATABASE_URL", default_value = "sqlite:data/portal.db", value_name = "URL", hide_env_values = true, value_parser = database_url)]
    pub database_url: String,

    /// A folder of further plan documents (*.toml) beside the one that ships with the portal
    #[arg(long, env = "PORTAL_PLANS", value_name = "FOLDER", value_parser = folder)]
    pub plans: Option<PathBuf>,
}

/// How the portal is served.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// Where the data are.
    #[command(flatten)]
    pub data: Data,

    /// The address and port to listen on
    #[arg(
        long,
        env = "PORTAL_LISTEN",
        default_value = "127.0.0.1:3000",
        value_name = "ADDRESS:PORT"
    )]
    pub listen: SocketAddr,

    /// How people reach the portal, such as `https://support.example.com`; by default plain HTTP at the address listened
    /// on. With https, cookies are sent over TLS only
    #[arg(long, env = "PORTAL_ORIGIN", value_name = "ORIGIN", value_parser = origin)]
    pub origin: Option<String>,

    /// The folder of the browser's files, as `./dev build` makes it
    #[arg(long, env = "PORTAL_SITE", default_value = "target/site", value_name = "FOLDER", value_parser = folder)]
    pub site: PathBuf,

    /// Where attached files are kept: a folder, or `s3://BUCKET/PREFIX?endpoint=URL&region=NAME` for anything that speaks
    /// S3, with keys from `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`
    #[arg(long, env = "PORTAL_FILES", default_value = "data/files", value_name = "PLACE", value_parser = file_store)]
    pub files: FileStore,

    /// Fill in sample customers, people and incidents, and print everybody's passwords. Never where real data are
    #[arg(long, env = "PORTAL_SAMPLE", value_name = "BOOL", default_value = "false", action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub sample: bool,

    /// Bring the database's tables up to date at the start; with false, `portal migrate` does it
    #[arg(long, env = "PORTAL_MIGRATE", value_name = "BOOL", default_value = "true", action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub migrate: bool,

    /// The most connections to the database, beside one that is always open: with PostgreSQL to listen for news, with SQLite
    /// to write. SQLite is read over no more than one for each processor, and one
    #[arg(long, env = "PORTAL_CONNECTIONS", default_value = "10", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub connections: u32,

    /// After how many hours a session ends, however much it is used
    #[arg(long, env = "PORTAL_SESSION_HOURS", default_value = "12", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=8760))]
    pub session_hours: u32,

    /// A file that names the providers of single sign-on; README.md says how
    #[arg(long, env = "PORTAL_SSO", value_name = "FILE")]
    pub sso: Option<PathBuf>,
    /// After how many hours a session ends that is not used
    #[arg(long, env = "PORTAL_SESSION_IDLE_HOURS", default_value = "2", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=8760))]
    pub session_idle_hours: u32,

    /// A private key of Ed25519 (PKCS #8, PEM) that signs certificates of due times from now on; without it one is made at the
    /// first start, with `PORTAL_MIGRATE=false` with the first certificate. Either is kept in the database, so this is
    /// needed once: take it away before `portal new-key`, since a start with a key that another one replaced fails
    #[arg(long, env = "PORTAL_SIGNING_KEY", value_name = "FILE")]
    pub signing_key: Option<PathBuf>,

    /// How many times a minute one address may try to sign in, at each server: passwords, codes, links and single sign-on
    /// together
    #[arg(long, env = "PORTAL_SIGN_IN_PER_MINUTE", default_value = "30", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub sign_in_per_minute: u32,

    /// The proxies in front of the portal, as addresses and networks such as `10.0.0.0/8`, separated by commas: only they
    /// are believed who says in `X-Forwarded-For` from where somebody comes
    #[arg(
        long,
        env = "PORTAL_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<Network>,

    /// How mail is sent
    #[command(flatten)]
    pub mail: MailSettings,

    /// Where mail comes in
    #[command(flatten)]
    pub inbox: InboxSettings,

    /// How logs are written
    #[command(flatten)]
    pub log: Log,
}

/// For whoever makes links at the command line.
#[derive(Args, Clone, Debug)]
pub struct Links {
    /// Where the data are.
    #[command(flatten)]
    pub data: Data,

    /// How people reach the portal, such as `https://support.example.com`: links begin with it
    #[arg(long, env = "PORTAL_ORIGIN", default_value = "http://127.0.0.1:3000", value_name = "ORIGIN", value_parser = origin)]
    pub origin: String,
}

/// How logs are written.
#[derive(Args, Clone, Debug)]
pub struct Log {
    /// What is logged, as in `info` or `info,portal_core=debug`
    #[arg(long, env = "PORTAL_LOG", default_value = "info,sqlx=warn", value_name = "FILTER", value_parser = filter)]
    pub log: String,

    /// As lines to read, or as one JSON object a line
    #[arg(
        long,
        env = "PORTAL_LOG_FORMAT",
        default_value = "text",
        value_name = "FORMAT"
    )]
    pub log_format: LogFormat,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogFormat {
    /// To read.
    Text,
    /// One JSON object a line.
    Json,
}

fn database_url(url: &str) -> Result<String, String> {
    let known = ["sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
    if known {
        Ok(url.to_owned())
    } else {
        Err("write sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME".to_owned())
    }
}

/// A folder that is there.
pub fn folder(path: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(path);
    if path.is_dir() {
        Ok(path)
    } else {
        Err("there is no such folder".to_owned())
    }
}

fn file_store(place: &str) -> Result<FileStore, String> {
    if !place.starts_with("s3:") {
        return Ok(FileStore::Folder(place.into()));
    }
    let wrong = || "write a folder, or s3://BUCKET/PREFIX?endpoint=URL&region=NAME".to_owned();
    let url = Url::parse(place).map_err(|_| wrong())?;
    let mut store = (None, None);
    for (name, value) in url.query_pairs() {
        match &*name {
            "endpoint" => store.0 = Some(value.into_owned()),
            "region" => store.1 = Some(value.into_owned()),
            _ => return Err(wrong()),
        }
    }
    let (endpoint, region) = store;
    Ok(FileStore::S3 {
        bucket: url.host_str().ok_or_else(wrong)?.to_owned(),
        prefix: url.path().trim_matches('/').to_owned(),
        endpoint,
        region,
    })
}

/// As browsers write an origin: what they send is compared with it, and links begin with it.
fn origin(origin: &str) -> Result<String, String> {
    let origin = origin.trim_end_matches('/').to_ascii_lowercase();
    let same = Url::parse(&origin).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http") && url.origin().ascii_serialization() == origin
    });
    if same {
        Ok(origin)
    } else {
        Err("write https://HOST or http://HOST:PORT".to_owned())
    }
}

fn filter(filter: &str) -> Result<String, String> {
    // A word alone would be taken for the name of a part of the program, and nothing else be logged.
    let level = |part: &&str| part.is_empty() || part.parse::<LevelFilter>().is_ok();
    let mut parts = filter.split(',').map(str::trim);
    let word = parts.find(|part| !part.contains(['=', '[', ']', '{', '}']) && !level(part));
    if let Some(word) = word {
        return Err(format!(
            "`{word}` is no level: write off, error, warn, info, debug or trace, or PART=LEVEL"
        ));
    }
    tracing_subscriber::EnvFilter::try_new(filter)
        .map(|_| filter.to_owned())
        .map_err(|error| error.to_string())
}

impl Serve {
    /// How people reach the portal.
    pub fn origin(&self) -> String {
        self.origin
            .clone()
            .unwrap_or_else(|| format!("http://{}", self.listen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_browsers_send() {
        for (written, read) in [
            ("https://support.example.com", "https://support.example.com"),
            (
                "HTTPS://Support.Example.com/",
                "https://support.example.com",
            ),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(origin(written).as_deref(), Ok(read));
        }
        for wrong in [
            "",
            "support.example.com",
            "https://",
            "https:///",
            "https://h:99999",
            "https://h:port",
            "https://h:",
            "https://h:443",
            "https://h/portal",
            "https://h?x",
            "https://h#x",
            "https://me@h",
            "https://h h",
            "ftp://h",
        ] {
            origin(wrong).expect_err(wrong);
        }
    }

    #[test]
    fn a_word_that_is_no_level_would_silence_the_log() {
        for right in [
            "info",
            "INFO",
            "off",
            "info,sqlx=warn",
            "info,portal_core[request{method=GET}]=trace",
        ] {
            assert_eq!(filter(right).as_deref(), Ok(right));
        }
        for wrong in ["verbose", "info,verbose", "info,sqlx", "info,sqlx=loud"] {
            filter(wrong).expect_err(wrong);
        }
        assert!(filter("verbose").is_err_and(|words| words.contains("`verbose` is no level")));
    }

    #[test]
    fn a_database_is_named_by_its_kind() {
        for right in [
            "sqlite:data/portal.db",
            "postgres://me@db/portal",
            "postgresql://me:secret@db:5432/portal",
        ] {
            assert_eq!(database_url(right).as_deref(), Ok(right));
        }
        for wrong in ["", "sqlite:", "postgres://", "portal.db", "mysql://db/x"] {
            database_url(wrong).expect_err(wrong);
        }
    }

    #[test]
    fn files_are_kept_in_a_folder_or_in_a_bucket() {
        let folder = FileStore::Folder("data/files".into());
        assert_eq!(file_store("data/files"), Ok(folder));
        assert_eq!(
            file_store("s3://portal/a/b?endpoint=http://127.0.0.1:9000&region=here"),
            Ok(FileStore::S3 {
                bucket: "portal".into(),
                prefix: "a/b".into(),
                endpoint: Some("http://127.0.0.1:9000".into()),
                region: Some("here".into()),
            })
        );
        assert_eq!(
            file_store("s3://portal"),
            Ok(FileStore::S3 {
                bucket: "portal".into(),
                prefix: String::new(),
                endpoint: None,
                region: None,
            })
        );
        for wrong in ["s3:", "s3://", "s3://portal?key=secret"] {
            file_store(wrong).expect_err(wrong);
        }
    }
}
