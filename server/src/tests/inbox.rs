//! Answers by mail, out of a folder and out of a real mailbox on the loopback interface.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use app::server::AppState;
use mail_parser::MessageParser;
use portal_core::{
    mail::{self, Letter, Queued},
    work,
};
use tempfile::TempDir;

use super::{
    client::{ORIGIN, World},
    mail::state,
};
use crate::{
    inbox::{Inbox, InboxSettings},
    mail::{MailSettings, Post},
};

const HANA: usize = 12;
const MAILBOX: &str = "support@vendor.example";

/// What the portal owes whom by mail, each with what it says; the oldest first.
pub async fn letters(world: &World) -> Vec<(Queued, Letter)> {
    let state: AppState = state(world);
    let (ids,): (Option<String>,) = world
        .query("SELECT group_concat(id) FROM (SELECT id FROM mails ORDER BY id)")
        .await;
    let mut letters = Vec::new();
    for id in ids.unwrap_or_default().split(',') {
        let Some(queued) = mail::queued(&world.portal, id.parse().unwrap_or_default())
            .await
            .unwrap()
        else {
            continue;
        };
        let letter = app::mail::render(&state, &queued, Some(MAILBOX))
            .await
            .unwrap();
        letters.extend(letter.map(|letter| (queued, letter)));
    }
    letters
}

/// An incident of Seoyeon's that Hana answered to. Gives its address, its number and the address to answer to by mail.
async fn answered(world: &World) -> (String, String, String) {
    let path = acknowledged(world).await;
    let (_, letter) = letters(world)
        .await
        .into_iter()
        .find(|(queued, _)| queued.to.address == "seoyeon.kim@hangang.example")
        .expect("a mail to her");
    let number = path.trim_start_matches("/incidents/").to_owned();
    (path, number, letter.reply_to.expect("an address"))
}

/// Files an incident as Seoyeon, and acknowledges it as Hana. Gives its address.
pub async fn acknowledged(world: &World) -> String {
    use domain::{
        incident::{Draft, Step, Who},
        triage::Answers,
    };
    use portal_core::incidents::{self, Filed, NewIncident};

    world.execute("DELETE FROM mails").await;
    let person = |email: &'static str| async move {
        let sql = match email {
            "seoyeon" => "SELECT id FROM people WHERE email = 'seoyeon.kim@hangang.example'",
            _ => "SELECT id FROM people WHERE email = 'hana.seo@interactor.example'",
        };
        let (id,): (i64,) = world.query(sql).await;
        portal_core::accounts::person(&world.portal, id)
            .await
            .unwrap()
            .unwrap()
    };
    let (seoyeon, hana) = (person("seoyeon").await, person("hana").await);
    let new = NewIncident {
        form_key: world.portal.new_form_key(),
        answers: Answers::from_query(super::client::ANSWERS),
        draft: Draft {
            title: "Webhooks <b>stop</b> & \"wait\"".to_owned(),
            description: "They <i>stop</i> at night.".to_owned(),
            ..Draft::default()
        },
    };
    let filed = incidents::file(&world.portal, seoyeon.actor, new)
        .await
        .unwrap();
    let Ok(Filed::New(number)) = filed else {
        panic!("{filed:?}");
    };
    let step = Step::Acknowledge {
        to: Who {
            id: hana.id,
            name: String::new(),
        },
        text: "We **have** it. <script>alert(1)</script>".to_owned(),
    };
    incidents::take(
        &world.portal,
        hana.actor,
        number,
        step,
        &world.portal.new_form_key(),
    )
    .await
    .unwrap()
    .unwrap();
    format!("/incidents/{number}")
}

/// A mail as somebody's program writes it.
fn written(from: &str, to: &str, id: &str, more: &str, body: &str) -> Vec<u8> {
    format!(
        "From: {from}\r\nTo: Support <{to}>\r\nSubject: Re: [INC] Webhooks\r\nMessage-ID: <{id}@hangang.example>\r\n\
         Date: Fri, 27 Feb 2026 07:00:00 +0000\r\nMIME-Version: 1.0\r\n{more}\r\n{body}\r\n"
    )
    .into_bytes()
}

/// A folder that mail is delivered into.
struct Maildir(TempDir);

impl Maildir {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["cur", "new", "tmp"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn inbox(&self, world: &World) -> Inbox {
        inbox(world, &format!("maildir:{}", self.path().display()))
    }
}

fn inbox(world: &World, setting: &str) -> Inbox {
    let settings = InboxSettings {
        inbox: Some(setting.to_owned()),
    };
    Inbox::new(&settings, world.portal.clone())
        .unwrap()
        .unwrap()
}

fn deliver(maildir: &Path, name: &str, mail: &[u8]) {
    fs::write(maildir.join("new").join(name), mail).unwrap();
}

/// How many mails lie in a folder of a mailbox; none if there is no such folder.
fn many(maildir: &Path, folder: &str) -> usize {
    ["new", "cur"]
        .into_iter()
        .filter_map(|part| fs::read_dir(maildir.join(folder).join(part)).ok())
        .map(Iterator::count)
        .sum()
}

async fn reasons(world: &World) -> Vec<String> {
    let (reasons,): (Option<String>,) = world
        .query("SELECT group_concat(reason) FROM (SELECT reason FROM mails_aside ORDER BY id)")
        .await;
    let reasons = reasons.unwrap_or_default();
    let all = reasons.split(',').filter(|one| !one.is_empty());
    all.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_out_of_a_folder_becomes_a_message_once_and_then_lies_elsewhere() {
    let world = World::new().await;
    let (path, _, to) = answered(&world).await;
    let maildir = Maildir::new();
    let inbox = maildir.inbox(&world);
    let body = "It is **back**.\r\n\r\nOn Friday Support wrote:\r\n> We have it.\r\n";
    let mail = written("seoyeon.kim@hangang.example", &to, "1", "", body);
    deliver(maildir.path(), "1772173800.1.host", &mail);
    // A mail program has looked at this one.
    fs::write(
        maildir.path().join("cur/1772173801.2.host:2,S"),
        written(
            "Seoyeon <SEOYEON.KIM@hangang.example>",
            &to,
            "2",
            "",
            "And again.",
        ),
    )
    .unwrap();
    assert_eq!(inbox.look().await.unwrap(), 2);
    assert_eq!(inbox.look().await.unwrap(), 0);
    // The same mail, delivered a second time.
    deliver(maildir.path(), "1772173802.3.host", &mail);
    assert_eq!(inbox.look().await.unwrap(), 1);
    assert_eq!(many(maildir.path(), "."), 0);
    assert_eq!(many(maildir.path(), ".Portal-Taken"), 3);
    assert_eq!(many(maildir.path(), ".Portal-Aside"), 0);
    let mut hana = world.signed_in(HANA).await;
    let page = hana.get(&path).await;
    page.says("It is <strong>back</strong>.")
        .says("And again.")
        .says("by e-mail")
        .lacks("On Friday");
    assert_eq!(page.html.matches("It is <strong>back</strong>.").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_else_comes_in_is_put_aside_whole_and_engineers_read_it_as_text() {
    let world = World::new().await;
    let (path, _, to) = answered(&world).await;
    let maildir = Maildir::new();
    let inbox = maildir.inbox(&world);
    let own = "seoyeon.kim@hangang.example";
    // A zip file that would grow to gigabytes: attached as it is, and never opened.
    let bomb = "Content-Type: multipart/mixed; boundary=b\r\n";
    let zip = "--b\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\
               Content-Disposition: attachment; filename=\"../../bomb.zip\"\r\n\r\nUEsDBBQAAAAIAAAA////////////AAAA\r\n--b--";
    let large = "x".repeat(30 * 1024 * 1024);
    for (n, (mail, reason)) in [
        (
            written(
                "Mallory <mallory@evil.example>",
                &to,
                "m",
                "",
                "<script>alert(1)</script> Let me in.",
            ),
            Some("unknown_sender"),
        ),
        (
            written("jihoon.park@hangang.example", &to, "f", "", "Forged."),
            Some("wrong_token"),
        ),
        (
            written(own, MAILBOX, "n", "", "No address."),
            Some("no_token"),
        ),
        (
            written(own, &to, "a", "Auto-Submitted: auto-replied\r\n", "Away."),
            Some("loop"),
        ),
        (
            written(own, &to, "l", "Precedence: list\r\n", "To all."),
            Some("loop"),
        ),
        (
            written(own, &to, "b", "Return-Path: <>\r\n", "Undeliverable."),
            Some("bounce"),
        ),
        (written(own, &to, "e", "", "> quoted"), Some("empty")),
        (written(own, &to, "g", "", &large), Some("too_large")),
        (
            b"Content-Type: multipart/mixed; boundary=\"\r\n\r\n--\xff\xfe\r\n".to_vec(),
            Some("unreadable"),
        ),
        (vec![0; 100], Some("unreadable")),
        (Vec::new(), Some("unreadable")),
        (written(own, &to, "z", bomb, zip), None),
    ]
    .into_iter()
    .enumerate()
    {
        deliver(maildir.path(), &format!("{n:03}.host"), &mail);
        let before = reasons(&world).await.len();
        assert_eq!(inbox.look().await.unwrap(), 1, "{reason:?}");
        let after = reasons(&world).await;
        assert_eq!(after.get(before).map(String::as_str), reason, "mail {n}");
    }
    assert_eq!(many(maildir.path(), ".Portal-Aside"), 11);
    assert_eq!(many(maildir.path(), ".Portal-Taken"), 1);
    // The large one lies in the mailbox as a whole.
    let kept = fs::metadata(maildir.path().join(".Portal-Aside/cur/007.host:2,S")).unwrap();
    assert!(kept.len() > 30 * 1024 * 1024);
    let mut hana = world.signed_in(HANA).await;
    let page = hana.get(&path).await;
    page.says("See the file.")
        .says("bomb.zip")
        .lacks("../bomb")
        .lacks("kept in the mailbox")
        .lacks("Let me in")
        .lacks("Away.");
    // The file came as its message did, and says so.
    let file = page.html.split(r#"data-event="attached""#).nth(1).unwrap();
    assert!(file.split("</li>").next().unwrap().contains("by e-mail"));
    hana.get("/desk")
        .await
        .says("Mail put aside, to be looked at: 11");
    let page = hana.get("/desk/mail").await;
    page.says("mallory@evil.example")
        .says("The sender is not known.")
        .says("It is larger than a message may be.");
    let page = hana.get("/desk/mail/1").await;
    page.says("&lt;script&gt;alert(1)&lt;/script&gt; Let me in.")
        .says("From: Mallory &lt;mallory@evil.example&gt;")
        .lacks("<script>alert");
    let page = hana.post("/desk/mail", &[("mail", "1")]).await;
    assert_eq!(page.location(), "/desk/mail?done=dealt");
    let page = hana.get("/desk/mail?done=dealt").await;
    page.says("It is marked as dealt with.").says("Dealt with");
    let page = hana.post("/desk/mail", &[("mail", "1")]).await;
    assert_eq!(page.location(), "/desk/mail?done=nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_stays_in_the_folder_as_long_as_the_database_fails() {
    let world = World::new().await;
    let (_, _, to) = answered(&world).await;
    let maildir = Maildir::new();
    let inbox = maildir.inbox(&world);
    let mail = written("seoyeon.kim@hangang.example", &to, "1", "", "It is back.");
    deliver(maildir.path(), "1.host", &mail);
    world
        .execute("ALTER TABLE mail_secrets RENAME TO elsewhere")
        .await;
    assert_eq!(inbox.look().await.unwrap(), 0);
    assert_eq!(many(maildir.path(), "."), 1);
    world
        .execute("ALTER TABLE elsewhere RENAME TO mail_secrets")
        .await;
    assert_eq!(inbox.look().await.unwrap(), 1);
    assert_eq!(many(maildir.path(), ".Portal-Taken"), 1);
}

/// The files that are attached for everybody, each with its size.
async fn attached(world: &World) -> Option<String> {
    let (files,): (Option<String>,) = world
        .query(
            "SELECT group_concat(name || ' ' || size) FROM (
                 SELECT name, size FROM files WHERE stored_at IS NOT NULL AND NOT internal ORDER BY name
             )",
        )
        .await;
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_mail_are_attached_once_and_it_stays_as_long_as_they_cannot_be_kept() {
    let world = World::new().await;
    let (path, _, to) = answered(&world).await;
    let maildir = Maildir::new();
    let inbox = maildir.inbox(&world);
    let large = "x".repeat(3_000_000);
    let body = format!(
        "--b\r\n\r\nSee these.\r\n\
         --b\r\nContent-Type: text/plain; name=\"C:\\\\logs\\\\a.log\"\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n\
         --b\r\nContent-Type: application/x; name=large\r\n\r\n{large}\r\n\
         --b\r\nContent-Type: application/x; name=empty\r\n\r\n\r\n--b--"
    );
    let kind = "Content-Type: multipart/mixed; boundary=b\r\n";
    let mail = written("seoyeon.kim@hangang.example", &to, "1", kind, &body);
    deliver(maildir.path(), "1.host", &mail);
    world
        .execute("ALTER TABLE file_pieces RENAME TO elsewhere")
        .await;
    // More often than somebody may have begun files.
    for _ in 0..25 {
        assert_eq!(inbox.look().await.unwrap(), 0);
    }
    assert_eq!(many(maildir.path(), "."), 1);
    assert_eq!(attached(&world).await, None);
    world
        .execute("ALTER TABLE elsewhere RENAME TO file_pieces")
        .await;
    assert_eq!(inbox.look().await.unwrap(), 1);
    // And delivered a second time.
    deliver(maildir.path(), "2.host", &mail);
    assert_eq!(inbox.look().await.unwrap(), 1);
    assert_eq!(many(maildir.path(), ".Portal-Taken"), 2);
    let files = attached(&world).await;
    assert_eq!(files.as_deref(), Some("a.log 3,large 3000000"));
    let mut hana = world.signed_in(HANA).await;
    let page = hana.get(&path).await;
    page.says("a.log")
        .says("Attachments of this e-mail, kept in the mailbox: 1");
    assert_eq!(page.html.matches("See these.").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screenshot_alone_is_attached_and_what_cannot_be_is_told_to_engineers() {
    let world = World::new().await;
    let (path, _, to) = answered(&world).await;
    let maildir = Maildir::new();
    let inbox = maildir.inbox(&world);
    let kind = "Content-Type: multipart/mixed; boundary=b\r\n";
    let screen = "--b\r\n\r\n> Which message do you see?\r\n-- \r\nSeoyeon Kim\r\n\
                  --b\r\nContent-Type: image/png; name=screen.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n";
    let own = "seoyeon.kim@hangang.example";
    let mail = written(own, &to, "1", kind, &format!("{screen}--b--"));
    deliver(maildir.path(), "1.host", &mail);
    assert_eq!(inbox.look().await.unwrap(), 1);
    assert_eq!(many(maildir.path(), ".Portal-Taken"), 1);
    assert_eq!(attached(&world).await.as_deref(), Some("screen.png 4"));
    let mut hana = world.signed_in(HANA).await;
    let page = hana.get(&path).await;
    page.says("screen.png").lacks("Which message do you see?");
    let empty = format!("{screen}--b\r\nContent-Type: application/x; name=empty\r\n\r\n\r\n--b--");
    deliver(
        maildir.path(),
        "2.host",
        &written(own, &to, "2", kind, &empty),
    );
    assert_eq!(inbox.look().await.unwrap(), 1);
    assert_eq!(many(maildir.path(), ".Portal-Aside"), 1);
    assert_eq!(reasons(&world).await, ["files"]);
    let files = attached(&world).await;
    assert_eq!(files.as_deref(), Some("screen.png 4,screen.png 4"));
    hana.get("/desk/mail")
        .await
        .says("Not all of its files could be attached");
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_that_the_mailbox_cannot_be_read_until_it_can() {
    let world = World::new().await;
    let maildir = Maildir::new();
    let inbox = maildir.inbox(&world);
    let (new, elsewhere) = (maildir.path().join("new"), maildir.path().join("elsewhere"));
    fs::rename(&new, &elsewhere).unwrap();
    inbox.pass().await;
    let mut administrator = world.signed_in(14).await;
    let said = "The mailbox that answers come back to cannot be read";
    administrator
        .get("/admin/work")
        .await
        .says(said)
        .says("No such file or directory");
    let failing = "Mail, reminders, warnings: 1 failing or given up";
    administrator.get("/admin").await.says(failing);
    fs::rename(&elsewhere, &new).unwrap();
    inbox.pass().await;
    administrator.get("/admin/work").await.lacks(said);
    administrator.get("/admin").await.lacks(failing);
}

/// A real mailbox, until it is dropped.
struct Dovecot {
    child: Child,
    folder: TempDir,
    port: u16,
    tls_port: u16,
}

impl Dovecot {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Another user may run it.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(folder.path(), open).unwrap();
        let free = || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let (port, tls_port) = (free(), free());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/mailbox_server.sh");
        let child = Command::new("sh")
            .arg(script)
            .arg(folder.path())
            .args([port.to_string(), tls_port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh");
        let server = Self {
            child,
            folder,
            port,
            tls_port,
        };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", tls_port)).is_err() {
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "dovecot does not start; ./dev test installs it: {:?}",
                fs::read_to_string(server.folder.path().join("log"))
            );
            std::thread::yield_now();
        }
        server
    }

    fn mail(&self) -> std::path::PathBuf {
        self.folder.path().join("mail")
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // It stops what it started when it is asked to.
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_read_out_of_a_mailbox_by_imap_with_tls_and_without() {
    let world = World::new().await;
    let (path, _, to) = answered(&world).await;
    let server = tokio::task::spawn_blocking(Dovecot::start).await.unwrap();
    let own = "seoyeon.kim@hangang.example";
    let ca = server.folder.path().join("ca.pem");
    let plain = format!("imap://portal:secret@127.0.0.1:{}/INBOX", server.port);
    let secure = format!(
        "imaps://portal:secret@localhost:{}/INBOX?ca={}",
        server.tls_port,
        ca.display()
    );
    assert_eq!(inbox(&world, &plain).look().await.unwrap(), 0);
    let first = written(own, &to, "1", "", "It is back.");
    deliver(&server.mail(), "1.host", &first);
    deliver(
        &server.mail(),
        "2.host",
        &written("mallory@evil.example", &to, "m", "", "Let me in."),
    );
    assert_eq!(inbox(&world, &plain).look().await.unwrap(), 2);
    assert_eq!(inbox(&world, &plain).look().await.unwrap(), 0);
    // Once more, with another one and a large one, over TLS.
    deliver(&server.mail(), "3.host", &first);
    deliver(
        &server.mail(),
        "4.host",
        &written(own, &to, "2", "", "And again."),
    );
    let large = "x\r\n".repeat(10 * 1024 * 1024);
    deliver(
        &server.mail(),
        "5.host",
        &written(own, &to, "3", "", &large),
    );
    assert_eq!(inbox(&world, &secure).look().await.unwrap(), 3);
    assert_eq!(many(&server.mail(), "."), 0);
    assert_eq!(many(&server.mail(), ".Portal-Taken"), 3);
    assert_eq!(many(&server.mail(), ".Portal-Aside"), 2);
    assert_eq!(reasons(&world).await, ["unknown_sender", "too_large"]);
    let mut hana = world.signed_in(HANA).await;
    let page = hana.get(&path).await;
    page.says("And again.");
    assert_eq!(page.html.matches("It is back.").count(), 1);
    // Neither a stranger's certificate nor a wrong password is a reason to go on.
    let untrusted = format!("imaps://portal:secret@localhost:{}/INBOX", server.tls_port);
    inbox(&world, &untrusted).look().await.unwrap_err();
    let wrong = format!("imap://portal:wrong@127.0.0.1:{}/INBOX", server.port);
    let why = inbox(&world, &wrong).look().await.unwrap_err();
    assert!(!why.contains("wrong@"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_portal_sends_is_never_taken_for_an_answer() {
    let world = World::new().await;
    let (_, number, _) = answered(&world).await;
    let folder = tempfile::tempdir().unwrap();
    let settings = MailSettings {
        smtp: None,
        mail_folder: folder.path().to_owned(),
        mail_from: Some("Support <support@vendor.example>".to_owned()),
        mail_address: Some(MAILBOX.to_owned()),
    };
    let post = Post::new(&settings, state(&world)).unwrap();
    for job in work::claim(&world.portal, "test", 100).await.unwrap() {
        post.deliver(&job).await.unwrap();
    }
    let maildir = Maildir::new();
    let mut sent = 0;
    for file in fs::read_dir(folder.path()).unwrap() {
        let raw = fs::read(file.unwrap().path()).unwrap();
        let mail = MessageParser::default().parse(&raw).unwrap();
        let text = mail.body_text(0).unwrap();
        if !text.contains(&number) {
            continue;
        }
        sent += 1;
        assert_eq!(
            mail.references().as_text(),
            Some(&*format!("{}@portal.test", number.to_lowercase()))
        );
        assert!(mail.subject().unwrap().starts_with(&format!("[{number}] ")));
        assert!(text.contains(&format!("{ORIGIN}/incidents/{number}")));
        assert_eq!(mail.html_body_count(), 1);
        deliver(maildir.path(), &format!("{sent}.host"), &raw);
    }
    // To each engineer about the notice, and to her about the Response.
    assert_eq!(sent, 3);
    assert_eq!(maildir.inbox(&world).look().await.unwrap(), 3);
    assert_eq!(reasons(&world).await, ["loop", "loop", "loop"]);
}
