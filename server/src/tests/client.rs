//! A portal of its own for each test, and a browser without script that talks to it.

use std::{fs, sync::Arc};

use app::server::{AppState, Site};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::calendar::Instant;
use http_body_util::BodyExt as _;
use leptos::config::LeptosOptions;
use portal_core::{
    Portal, Setup,
    clock::{TestChance, TestClock},
    files::{FileStore, Files},
    plans::Plans,
    sample::{self, SamplePerson},
    sessions::Lifetime,
};
use sqlx::Connection as _;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::{http::Door, sso::Providers};

/// Friday 27 February 2026, 15:30 in Seoul: before a long weekend.
pub const FRIDAY: Instant = Instant(1_772_173_800_000);

/// How its people reach the portal.
pub const ORIGIN: &str = "http://portal.test";

/// Complete answers that come to S2.
pub const ANSWERS: &str = "kind=problem&release=unlisted&causes=none&recreated=yes&readiness=ready&environment=production&impact=key&workaround=none&harm=no";

/// Written as a form's key is, and issued by nobody.
pub const FOREIGN_KEY: &str = "0190a6f0-7b7e-4c3e-9d6f-0123456789ab";

/// What a file says that names no provider of single sign-on.
pub const NO_PROVIDER: &str = "provider = []";

/// A portal with the sample data, on SQLite, at a time that the test sets.
pub struct World {
    pub router: Router,
    pub portal: Portal,
    pub clock: Arc<TestClock>,
    pub people: Vec<SamplePerson>,
    folder: TempDir,
}

/// What a portal is made of.
struct Wanted<'a> {
    plans: Plans,
    files: Option<FileStore>,
    providers: &'a str,
    sign_in_per_minute: u32,
    origin: &'a str,
}

impl Wanted<'_> {
    fn usual() -> Self {
        Self {
            plans: Plans::load(None).unwrap(),
            files: None,
            providers: NO_PROVIDER,
            sign_in_per_minute: 1000,
            origin: ORIGIN,
        }
    }
}

impl World {
    pub async fn new() -> Self {
        Self::with(Wanted::usual()).await
    }

    /// With these plans.
    pub async fn with_plans(plans: Plans) -> Self {
        Self::with(Wanted {
            plans,
            ..Wanted::usual()
        })
        .await
    }

    /// With files that lie here.
    pub async fn with_files(files: FileStore) -> Self {
        Self::with(Wanted {
            files: Some(files),
            ..Wanted::usual()
        })
        .await
    }

    /// With the providers of single sign-on that a file with this text names.
    pub async fn with_sso(providers: &str) -> Self {
        Self::with(Wanted {
            providers,
            ..Wanted::usual()
        })
        .await
    }

    /// One whose addresses may try to sign in so many times a minute, with the providers of a file with this text.
    pub async fn with_limit(sign_in_per_minute: u32, providers: &str) -> Self {
        Self::with(Wanted {
            providers,
            sign_in_per_minute,
            ..Wanted::usual()
        })
        .await
    }

    /// One that people reach at this origin.
    pub async fn at(origin: &str) -> Self {
        Self::with(Wanted {
            origin,
            ..Wanted::usual()
        })
        .await
    }

    async fn with(wanted: Wanted<'_>) -> Self {
        let Wanted {
            plans,
            files,
            providers,
            sign_in_per_minute,
            origin,
        } = wanted;
        let folder = tempfile::tempdir().unwrap();
        let files = files.unwrap_or_else(|| FileStore::Folder(folder.path().join("files")));
        let file = folder.path().join("sso.toml");
        fs::write(&file, providers).unwrap();
        let providers = Arc::new(Providers::load(&file, origin).unwrap());
        let site = folder.path().join("site");
        fs::create_dir_all(site.join("pkg")).unwrap();
        fs::write(site.join("hash.txt"), "js: 1\nwasm: 2\ncss: 3\n").unwrap();
        fs::write(site.join("pkg/portal.3.css"), "body {}").unwrap();
        let clock = Arc::new(TestClock::at(FRIDAY));
        let portal = Portal::open(Setup {
            clock: clock.clone(),
            chance: Arc::new(TestChance::seeded(7)),
            files: Some(Files::open(&files).unwrap()),
            ..Setup::new(
                format!("sqlite:{}", folder.path().join("portal.db").display()),
                plans,
            )
        })
        .await
        .unwrap();
        portal.migrate().await.unwrap();
        let people = sample::fill(&portal).await.unwrap();
        let hashes: Arc<str> = site.join("hash.txt").display().to_string().into();
        let leptos = LeptosOptions::builder()
            .output_name("portal")
            .site_root(site.display().to_string())
            .site_pkg_dir("pkg")
            .hash_files(true)
            .hash_file(hashes)
            .build();
        let door = Door {
            lifetime: Lifetime::hours(2, 12),
            sign_in_per_minute,
            trusted_proxies: vec!["127.0.0.1".parse().unwrap()].into(),
            providers: Arc::clone(&providers),
        };
        let state = AppState {
            portal: portal.clone(),
            leptos,
            site: Site {
                origin: origin.to_owned(),
                sample: true,
                sso: providers.buttons(),
            },
        };
        Self {
            router: crate::http::router(state, &site, &door),
            portal,
            clock,
            people,
            folder,
        }
    }

    /// A browser that has not been here yet.
    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: Vec::new(),
            language: "en",
        }
    }

    /// A browser in which the person with this place in the sample is signed in, with both steps if they have two.
    pub async fn signed_in(&self, person: usize) -> Browser {
        let mut browser = self.browser();
        let person = &self.people[person];
        let mut page = browser
            .post(
                "/sign-in",
                &[
                    ("email", person.email),
                    ("password", person.password),
                    ("next", "/incidents"),
                ],
            )
            .await;
        if let Some(secret) = person.totp_secret {
            assert_eq!(page.location(), "/sign-in/code");
            // A code counts once: the next one to sign in comes half a minute later.
            self.clock.advance(30_000);
            let code = self.code(secret);
            page = browser.post("/sign-in/code", &[("code", &code)]).await;
        }
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::SEE_OTHER, "/incidents")
        );
        browser
    }

    /// Runs a statement past the portal.
    pub async fn execute(&self, sql: &'static str) {
        let file = self.folder.path().join("portal.db");
        let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display()))
            .await
            .unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }

    /// A row, read past the portal.
    pub async fn query<T>(&self, sql: &'static str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>,
    {
        let file = self.folder.path().join("portal.db");
        let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display()))
            .await
            .unwrap();
        sqlx::query_as(sql)
            .fetch_one(&mut connection)
            .await
            .unwrap()
    }

    /// The code that an authenticator app with this secret shows now.
    pub fn code(&self, secret: &str) -> String {
        let totp = totp_rs::Builder::new()
            .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
            .build()
            .unwrap();
        let now = u64::try_from(self.portal.now().0 / 1000).unwrap();
        totp.generate(now).to_string()
    }
}

/// A browser without script.
pub struct Browser {
    router: Router,
    pub cookies: Vec<(String, String)>,
    pub language: &'static str,
}

/// What it was answered.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts that the page says something.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        let main = self.html.split("<main").nth(1).unwrap_or(&self.html);
        let main = main.split("<footer").next().unwrap_or(main);
        assert!(
            self.html.contains(text),
            "the page ({}) does not say {text:?}: {main}",
            self.status
        );
        self
    }

    /// Asserts that the page does not say something.
    #[track_caller]
    pub fn lacks(&self, text: &str) -> &Self {
        assert!(!self.html.contains(text), "the page says {text:?}");
        self
    }

    /// The value of the hidden field or input of this name.
    pub fn value_of(&self, name: &str) -> String {
        let at = self
            .html
            .find(&format!("name=\"{name}\""))
            .unwrap_or_else(|| panic!("no field {name}: {}", self.html));
        let tag = &self.html[self.html[..at].rfind('<').unwrap()..];
        let tag = &tag[..tag.find('>').unwrap()];
        let value = tag
            .split_once("value=\"")
            .map_or("", |(_, rest)| rest.split_once('"').unwrap().0);
        value
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
    }
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// Sends a form from a page of the portal.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(form(fields)))
            .unwrap();
        self.send(request).await
    }

    /// The key of a new form to file an incident with.
    pub async fn form_key(&mut self) -> String {
        self.get("/incidents/new?new=1").await.value_of("key")
    }

    pub async fn method(&mut self, method: Method, path: &str) -> Page {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("sec-fetch-site", "same-origin")
            .body(Body::empty())
            .unwrap();
        self.send(request).await
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Page {
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, "text/html".parse().unwrap());
        headers.insert(header::ACCEPT_LANGUAGE, self.language.parse().unwrap());
        if !self.cookies.is_empty() {
            let cookies: Vec<_> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            headers.insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, value) = cookie
                .to_str()
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .split_once('=')
                .unwrap();
            self.cookies.retain(|(one, _)| one != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        Page {
            status: parts.status,
            headers: parts.headers,
            // Without the framework's marks between pieces of text: nobody sees them.
            html: String::from_utf8_lossy(&bytes).replace("<!>", ""),
        }
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies
            .iter()
            .find(|(one, _)| one == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Fields as a form sends them.
pub fn form(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        text.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect::<String>()
    };
    fields
        .iter()
        .map(|(name, value)| format!("{name}={}", escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}
