//! The portal itself under load: pages, then filings.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use portal_core::sample::SamplePerson;

use crate::{
    Outcome,
    client::{Answer, Connection, get, post},
    insert,
    load::{self, Bounds, Measured, Task},
    process::{Memory, Server},
    scene::Scene,
};

pub const PAGES: Bounds = Bounds {
    requests: 500_000,
    time: Duration::from_secs(4),
};
pub const FILINGS: Bounds = Bounds {
    requests: 3_000,
    time: Duration::from_secs(6),
};

/// Answers under which the plan promises a Response and excludes nothing.
const ANSWERS: &str = "kind=problem&release=unlisted&causes=none&recreated=yes&readiness=ready\
                       &environment=production&impact=key&workaround=none&harm=no";

/// A page and what it is without compression.
pub struct Page {
    pub name: &'static str,
    path: String,
    pub body: Vec<u8>,
    headers: String,
}

/// What one database gave.
pub struct Figures {
    /// By page, in the order of the pages.
    pub plain: Vec<Measured>,
    /// The same compressed, if that was measured.
    pub brotli: Vec<Measured>,
    pub filing: Measured,
    /// Of an incident that was filed, in the database.
    pub row_bytes: usize,
    /// Its memory after the start, and after everything.
    pub memory: [Memory; 2],
}

/// Serves the database, and measures.
pub async fn measure(
    scene: &Scene,
    contact: &SamplePerson,
    with_brotli: bool,
) -> Outcome<(Figures, Vec<Page>)> {
    let site = std::env::var("PORTAL_SITE")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/site").to_owned());
    // Beforehand: showing the forms is not part of filing.
    let keys = scene
        .form_keys((load::WARM_UP.requests + FILINGS.requests) as usize)
        .await?;
    let server = Server::start(
        program()?,
        |command, address| {
            command
                .args(["serve", "--site", &site, "--listen", &address.to_string()])
                // Not as an argument: everybody may read those.
                .env("PORTAL_DATABASE_URL", &scene.url)
                .env("PORTAL_MAIL_FOLDER", scene.folder.join("mail"))
                .env("PORTAL_FILES", scene.folder.join("files"));
        },
        "/readyz",
    )
    .await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let idle = server.memory()?;

    let cookie = sign_in(&server, contact).await?;
    let pages = pages(&server, &cookie).await?;
    let (mut plain, mut brotli) = (Vec::new(), Vec::new());
    for page in &pages {
        plain.push(load::run(page.task(&server, ""), PAGES).await?);
        if with_brotli {
            let accept = "Accept-Encoding: br\r\n";
            brotli.push(load::run(page.task(&server, accept), PAGES).await?);
        }
    }
    let filing = load::run(filing(&server, cookie, keys), FILINGS).await?;
    let after = server.memory()?;
    let figures = Figures {
        plain,
        brotli,
        filing,
        row_bytes: insert::row_bytes(&scene.url).await?,
        memory: [idle, after],
    };
    Ok((figures, pages))
}

/// The portal as it was built for use; `./dev bench` builds it first.
fn program() -> Outcome<PathBuf> {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("release/portal");
    if program.is_file() {
        Ok(program)
    } else {
        Err(format!("{} is missing: ./dev build makes it", program.display()).into())
    }
}

/// The session's cookie, as a header line.
async fn sign_in(server: &Server, contact: &SamplePerson) -> Outcome<String> {
    let fields = [
        ("email", contact.email),
        ("password", contact.password),
        ("next", "/incidents"),
    ];
    let mut connection = Connection::open(server.address).await?;
    let answer = connection.ask(&post("/sign-in", "", &fields)).await?;
    let cookie = answer
        .headers("set-cookie")
        .find(|cookie| cookie.starts_with("session="))
        .and_then(|cookie| cookie.split(';').next())
        .ok_or_else(|| format!("signing in was answered with {}", answer.status))?;
    Ok(format!("Cookie: {cookie}\r\n"))
}

async fn pages(server: &Server, cookie: &str) -> Outcome<Vec<Page>> {
    const LINK: &str = "href=\"/incidents/INC-";
    let mut connection = Connection::open(server.address).await?;
    let list = connection.ask(&get("/incidents?rows=200", cookie)).await?;
    // A page that shows fewer would be cheaper, and not what is measured here.
    if list.text().matches(LINK).count() != 200 {
        return Err(format!("the list has not 200 incidents: {}", list.status).into());
    }
    let newest = list.text().split(LINK).nth(1);
    let newest = newest
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default();
    let mut pages = Vec::new();
    for (name, path, headers) in [
        ("the plan", "/plan".to_owned(), ""),
        ("the guide", "/guide".to_owned(), ""),
        ("an incident", format!("/incidents/INC-{newest}"), cookie),
        (
            "200 of 10,000 incidents",
            "/incidents?rows=200".to_owned(),
            cookie,
        ),
    ] {
        let answer = connection.ask(&get(&path, headers)).await?;
        if !is_page(&answer) {
            return Err(format!("{path} was answered with {}", answer.status).into());
        }
        pages.push(Page {
            name,
            path,
            body: answer.body,
            headers: headers.to_owned(),
        });
    }
    Ok(pages)
}

pub fn is_page(answer: &Answer) -> bool {
    answer.status == 200 && answer.body.len() > 1_000
}

impl Page {
    fn task(&self, server: &Server, accept: &str) -> Task {
        let request = get(&self.path, &format!("{}{accept}", self.headers));
        Task {
            address: server.address,
            pid: server.pid(),
            request: Box::new(move || request.clone()),
            right: is_page,
        }
    }
}

/// A new incident each time: every form has a key of its own.
fn filing(server: &Server, cookie: String, keys: Vec<String>) -> Task {
    let next = AtomicUsize::new(0);
    let request = move || {
        // Without one nothing is filed, and that is not the right answer.
        let key = keys.get(next.fetch_add(1, Ordering::Relaxed));
        let fields = [
            ("key", key.map_or("", String::as_str)),
            ("answers", ANSWERS),
            ("title", "Export to PDF stops after the first page"),
            (
                "description",
                "Since this morning an export stops after the first page; the log names no error.",
            ),
            (
                "steps",
                "1. Open a report of ten pages.\n2. Export it to PDF.",
            ),
            ("business_impact", "Invoices of today cannot be sent."),
            // Looked over already.
            ("step", "submit"),
        ];
        post("/incidents/new", &cookie, &fields)
    };
    let right = |answer: &Answer| {
        answer.status == 303
            && answer
                .header("location")
                .is_some_and(|to| to.starts_with("/incidents/INC-"))
    };
    Task {
        address: server.address,
        pid: server.pid(),
        request: Box::new(request),
        right,
    }
}
