//! Mail against a real mail server on the loopback interface.

use std::{
    io::{BufRead as _, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use app::server::{AppState, Site};
use leptos::config::LeptosOptions;
use portal_core::work::{self, JobKind};
use tempfile::TempDir;
use tokio::sync::watch;

use super::client::{ORIGIN, World};
use crate::{
    jobs::Worker,
    mail::{MailSettings, Post},
};

/// A mail server, until it is dropped.
struct MailServer {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    port: u16,
}

impl MailServer {
    fn start(options: &[&str]) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/mail_server.py");
        let mut child = Command::new("/usr/bin/python3")
            .arg(script)
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 with aiosmtpd: ./dev test installs them");
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = said.next().expect("it starts").unwrap();
        let port = ready.strip_prefix("ready ").unwrap().parse().unwrap();
        Self { child, said, port }
    }

    /// The next mail that it has taken.
    fn taken(&mut self) -> serde_json::Value {
        serde_json::from_str(&self.said.next().expect("it lives").unwrap()).unwrap()
    }

    /// What it has taken beyond that, in the end.
    fn stop(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::iter::from_fn(|| self.said.next().transpose().unwrap()).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn post(world: &World, port: u16) -> Post {
    post_to(world, format!("smtp://127.0.0.1:{port}"))
}

fn post_to(world: &World, smtp: String) -> Post {
    let settings = MailSettings {
        smtp: Some(smtp),
        mail_folder: "unused".into(),
        mail_from: Some("Support <support@vendor.example>".to_owned()),
        mail_address: None,
    };
    Post::new(&settings, state(world)).unwrap()
}

pub fn state(world: &World) -> AppState {
    AppState {
        portal: world.portal.clone(),
        leptos: LeptosOptions::builder().output_name("portal").build(),
        site: Site {
            origin: ORIGIN.to_owned(),
            sample: true,
            sso: Arc::default(),
        },
    }
}

/// A portal that owes one mail: a reminder to a sample person, and nothing else to be done.
async fn owing() -> World {
    let world = World::new().await;
    for sql in [
        "DELETE FROM jobs",
        "DELETE FROM mails",
        "DELETE FROM reminders",
        "UPDATE incidents SET state = 'withdrawn', next_due_at = NULL",
        "UPDATE customers SET ends_on = '2099-12-31'",
        // In seven days, in Seoul.
        "UPDATE certifications SET expires_on = '2026-03-06', issued_on = '2025-01-01'
         WHERE person_id = (SELECT id FROM people WHERE email = 'jihoon.park@hangang.example')",
        "INSERT INTO reminders (certification_id, days_before, due_on)
         SELECT certifications.id, 7, '2026-02-27' FROM certifications JOIN people ON people.id = person_id
         WHERE email = 'jihoon.park@hangang.example'",
    ] {
        world.execute(sql).await;
    }
    work::run(&world.portal, JobKind::Reminders).await.unwrap();
    world
}

/// Delivers what is due now.
async fn deliver(world: &World, office: &Post) -> usize {
    let claimed = work::claim(&world.portal, "test", 10).await.unwrap();
    for job in &claimed {
        office.deliver(job).await.unwrap();
    }
    claimed.len()
}

/// Where the one delivery stands, and why it failed; and when its mail was sent.
async fn stands(world: &World) -> (String, Option<String>, Option<i64>) {
    world
        .query(
            "SELECT jobs.state, jobs.last_error, mails.sent_at FROM mails JOIN jobs ON jobs.key = 'mail:' || mails.id",
        )
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_delivered_once_with_the_message_id_that_it_was_queued_with() {
    let world = owing().await;
    let mut server = MailServer::start(&[]);
    let office = post(&world, server.port);
    assert_eq!(deliver(&world, &office).await, 1);
    let taken = server.taken();
    let (id,): (String,) = world.query("SELECT message_id FROM mails").await;
    assert_eq!(taken["id"], format!("<{id}@portal.test>"));
    assert_eq!(taken["from"], "support@vendor.example");
    assert_eq!(
        taken["to"],
        serde_json::json!(["jihoon.park@hangang.example"])
    );
    let (state, error, sent) = stands(&world).await;
    assert_eq!(
        (&*state, error, sent),
        ("done", None, Some(world.portal.now().0))
    );
    // Even if its delivery were claimed once more.
    world
        .execute("UPDATE jobs SET state = 'waiting', done_at = NULL")
        .await;
    assert_eq!(deliver(&world, &office).await, 1);
    let (state, ..) = stands(&world).await;
    assert_eq!(state, "done");
    office.close().await;
    assert_eq!(server.stop(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_refused_is_given_up_and_noted_where_administrators_see_it() {
    let world = owing().await;
    let server = MailServer::start(&[
        "--refuse",
        "jihoon.park@hangang.example=550 5.1.1 no such user here",
    ]);
    let office = post(&world, server.port);
    deliver(&world, &office).await;
    let (state, error, sent) = stands(&world).await;
    assert_eq!((&*state, sent), ("given_up", None));
    assert!(error.unwrap().contains("no such user here"));
    let mut administrator = world.signed_in(14).await;
    let (id,): (i64,) = world
        .query("SELECT id FROM people WHERE email = 'jihoon.park@hangang.example'")
        .await;
    let person = format!("/admin/people/{id}");
    let page = administrator.get(&person).await;
    page.says("Mail to this address was refused on");
    page.says("no such user here");
    // Seen with the work, and tried again from there: by then the address is another one, and mail arrives.
    let page = administrator.get("/admin/work").await;
    page.says("Given up");
    page.says("Mail to jihoon.park@hangang.example");
    world
        .execute("UPDATE people SET email = 'new.address@hangang.example', email_folded = 'new.address@hangang.example' WHERE email = 'jihoon.park@hangang.example'")
        .await;
    assert!(
        !administrator
            .get(&person)
            .await
            .html
            .contains("was refused on")
    );
    let (job,): (i64,) = world.query("SELECT id FROM jobs").await;
    let page = administrator
        .post("/admin/work", &[("job", &job.to_string())])
        .await;
    assert_eq!(page.location(), "/admin/work?done=retried");
    administrator
        .get("/admin/work?done=retried")
        .await
        .says("It is being tried again.");
    deliver(&world, &office).await;
    assert_eq!(stands(&world).await.0, "done");
    let page = administrator
        .post("/admin/work", &[("job", &job.to_string())])
        .await;
    assert_eq!(page.location(), "/admin/work?done=nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_wants_to_be_signed_in_to_is_no_fault_of_the_address() {
    let world = owing().await;
    let server = MailServer::start(&[
        "--refuse",
        "jihoon.park@hangang.example=550 5.7.1 relaying denied",
    ]);
    deliver(&world, &post(&world, server.port)).await;
    let (state, error, _) = stands(&world).await;
    assert_eq!(state, "waiting");
    assert!(error.unwrap().contains("relaying denied"));
    let refused: (i64,) = world
        .query("SELECT COUNT(*) FROM people WHERE refused_address IS NOT NULL")
        .await;
    assert_eq!(refused, (0,));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_for_patience_is_asked_again_after_a_minute() {
    let world = owing().await;
    let mut server = MailServer::start(&["--later", "jihoon.park@hangang.example=1"]);
    let office = post(&world, server.port);
    assert_eq!(deliver(&world, &office).await, 1);
    let (state, error, sent) = stands(&world).await;
    assert_eq!((&*state, sent), ("waiting", None));
    assert!(error.unwrap().contains("later, please"));
    world.clock.advance(59_999);
    assert_eq!(deliver(&world, &office).await, 0);
    world.clock.advance(1);
    assert_eq!(deliver(&world, &office).await, 1);
    assert_eq!(
        server.taken()["to"],
        serde_json::json!(["jihoon.park@hangang.example"])
    );
    assert_eq!(stands(&world).await.0, "done");
    assert_eq!(server.stop(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_server_did_not_take_it_takes_when_it_is_back() {
    let world = owing().await;
    let port = free_port();
    let office = post(&world, port);
    // For an hour.
    for wait in [1, 2, 4, 8, 16, 32] {
        assert_eq!(deliver(&world, &office).await, 1);
        let (state, error, _) = stands(&world).await;
        assert_eq!(state, "waiting");
        assert!(error.is_some());
        world.clock.advance(wait * 60_000);
    }
    let mut server = MailServer::start(&["--port", &port.to_string()]);
    assert_eq!(deliver(&world, &office).await, 1);
    let (id,): (String,) = world.query("SELECT message_id FROM mails").await;
    assert_eq!(server.taken()["id"], format!("<{id}@portal.test>"));
    assert_eq!(stands(&world).await.0, "done");
    assert_eq!(server.stop(), [""; 0]);
}

/// How a server speaks TLS, and the scheme of its address.
const TLS: [(&str, &str); 2] = [("--starttls", "smtp"), ("--tls", "smtps")];
/// As whom the portal signs in there, and so written in the address.
const USER: &str = "portal@vendor.example:river+lantern";
const WRITTEN: &str = "portal%40vendor.example:river+lantern";

/// A mail server that speaks TLS and wants to be signed in to, and the folder of its certificate.
fn encrypted(option: &str) -> (MailServer, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let server = MailServer::start(&[option, &path, "--user", USER]);
    (server, folder)
}

/// Trusts the certificate of such a server.
fn trusting(folder: &TempDir) -> String {
    format!("?ca={}", folder.path().join("ca.pem").display())
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_over_tls_to_a_server_that_the_portal_trusts_and_signs_in_to() {
    for (option, scheme) in TLS {
        let world = owing().await;
        let (mut server, folder) = encrypted(option);
        let (port, more) = (server.port, trusting(&folder));
        let office = post_to(
            &world,
            format!("{scheme}://{WRITTEN}@localhost:{port}{more}"),
        );
        assert_eq!(deliver(&world, &office).await, 1);
        let (state, error, _) = stands(&world).await;
        assert_eq!((&*state, error), ("done", None), "{scheme}");
        let taken = server.taken();
        assert_eq!(taken["user"], "portal@vendor.example", "{scheme}");
        assert_eq!(
            taken["to"],
            serde_json::json!(["jihoon.park@hangang.example"])
        );
        office.close().await;
        assert_eq!(server.stop(), [""; 0], "{scheme}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_trusted_is_sent_nothing_and_nothing_goes_in_the_clear() {
    for (option, scheme) in TLS {
        let world = owing().await;
        let (server, folder) = encrypted(option);
        let (port, more) = (server.port, trusting(&folder));
        // The system does not know who made its certificate; and it is not one for that name.
        for to in [
            format!("localhost:{port}?tls=required"),
            format!("127.0.0.1:{port}{more}"),
        ] {
            let office = post_to(&world, format!("{scheme}://{WRITTEN}@{to}"));
            assert_eq!(deliver(&world, &office).await, 1);
            let (state, error, sent) = stands(&world).await;
            assert_eq!((&*state, sent), ("waiting", None), "{scheme}");
            let error = error.unwrap();
            assert!(error.contains("certificate"), "{scheme}: {error}");
            world.clock.advance(2 * 60_000);
        }
        assert_eq!(server.stop(), [""; 0], "{scheme}");
    }
    // Nor is a mail sent to one that would take it, but offers no TLS.
    let world = owing().await;
    let server = MailServer::start(&[]);
    let office = post_to(
        &world,
        format!("smtp://localhost:{}?tls=required", server.port),
    );
    assert_eq!(deliver(&world, &office).await, 1);
    let (state, error, _) = stands(&world).await;
    assert_eq!(state, "waiting");
    assert!(error.unwrap().contains("STARTTLS"));
    assert_eq!(server.stop(), [""; 0]);
    // What went in the clear the server would have said: so it does where the portal is told to.
    let (mut server, _folder) = encrypted("--starttls");
    world.clock.advance(60_000);
    assert_eq!(deliver(&world, &post(&world, server.port)).await, 1);
    let (state, error, _) = stands(&world).await;
    assert_eq!(state, "waiting");
    assert!(error.unwrap().contains("sign in first"));
    let clear = server.taken()["clear"].to_string();
    assert!(
        clear.contains("MAIL FROM:<support@vendor.example>"),
        "{clear}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_and_the_mail_waits_until_it_is_right() {
    for (option, scheme) in TLS {
        let world = owing().await;
        let (mut server, folder) = encrypted(option);
        let to = format!("localhost:{}{}", server.port, trusting(&folder));
        let wrong = post_to(
            &world,
            format!("{scheme}://portal%40vendor.example:salt-harbor@{to}"),
        );
        for wait in [1, 2] {
            assert_eq!(deliver(&world, &wrong).await, 1);
            let (state, error, sent) = stands(&world).await;
            assert_eq!((&*state, sent), ("waiting", None), "{scheme}");
            let error = error.unwrap();
            assert!(
                error.contains("Authentication credentials invalid"),
                "{scheme}: {error}"
            );
            assert!(!error.contains("salt-harbor"), "{scheme}: {error}");
            world.clock.advance(wait * 60_000);
        }
        let right = post_to(&world, format!("{scheme}://{WRITTEN}@{to}"));
        assert_eq!(deliver(&world, &right).await, 1);
        assert_eq!(stands(&world).await.0, "done", "{scheme}");
        assert_eq!(server.taken()["user"], "portal@vendor.example", "{scheme}");
        right.close().await;
        assert_eq!(server.stop(), [""; 0], "{scheme}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_delivers_at_once_and_finishes_what_it_is_sending_when_it_is_told_to_stop() {
    let world = owing().await;
    let mut server = MailServer::start(&["--slow", "0.5"]);
    let (stop, stopped) = watch::channel(false);
    let worker = Worker::new(world.portal.clone(), post(&world, server.port));
    let working = tokio::spawn(worker.run(stopped));
    // Taken, and not said so yet.
    let taken = tokio::task::spawn_blocking(move || (server.taken(), server));
    let (_, server) = tokio::time::timeout(Duration::from_secs(30), taken)
        .await
        .unwrap()
        .unwrap();
    stop.send_replace(true);
    working.await.unwrap();
    assert_eq!(stands(&world).await.0, "done");
    assert_eq!(server.stop(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_mail_is_written_into_a_folder() {
    let world = owing().await;
    let folder = tempfile::tempdir().unwrap();
    let settings = MailSettings {
        smtp: None,
        mail_folder: folder.path().join("new/mail"),
        mail_from: None,
        mail_address: None,
    };
    let office = Post::new(&settings, state(&world)).unwrap();
    assert_eq!(deliver(&world, &office).await, 1);
    assert_eq!(stands(&world).await.0, "done");
    let files: Vec<_> = std::fs::read_dir(folder.path().join("new/mail"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    let (id,): (String,) = world.query("SELECT message_id FROM mails").await;
    assert_eq!(files.len(), 1, "{files:?}");
    let text = std::fs::read_to_string(&files[0]).unwrap();
    assert!(text.contains(&format!("Message-ID: <{id}@portal.test>")));
    assert!(text.contains("To: "), "{text}");
    assert!(files[0].extension().is_some_and(|end| end == "eml"));
}
