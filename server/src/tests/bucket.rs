//! Files in a bucket: a real server that speaks S3, on the loopback interface, which is stopped and started again.

use std::{
    env, fs,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use clap::Parser;
use portal_core::files;
use tempfile::TempDir;

use super::{
    client::World,
    files::{MARIA, MIB, attach, awaiting, cut_and_gone_on, key, letters, of, send, upload},
};
use crate::config::Serve;

/// What the server knows the portal by.
const KEY: &str = "portal-test";
const SECRET: &str = "secret-of-portal";

/// The SHA-256 of seven mebibytes of letters, as `sha256sum` has it.
const SEVEN: &str = "1f5a01b3a5909e9dbb8f2a6441cf934f3cc6a6fe262a21f820119d2bdd1a75b7";

/// A server with a bucket, until it is dropped.
struct Bucket {
    child: Child,
    folder: TempDir,
    /// That of S3 first, then that of its own protocol, and both of each of its three parts.
    ports: Vec<u16>,
}

impl Bucket {
    fn start() -> Self {
        // All at once: no two are the same.
        let free: Vec<_> = (0..8)
            .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
            .collect();
        let ports: Vec<_> = free
            .iter()
            .map(|listener| listener.local_addr().unwrap().port())
            .collect();
        drop(free);
        let folder = tempfile::tempdir().unwrap();
        let bucket = Self {
            child: run(folder.path(), &ports),
            folder,
            ports,
        };
        bucket.wait();
        bucket
    }

    /// Stops it in the middle of whatever it does.
    fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn start_again(&mut self) {
        self.child = run(self.folder.path(), &self.ports);
        self.wait();
    }

    /// Waits until it answers, and makes the bucket if there is none.
    fn wait(&self) {
        let begun = Instant::now();
        while self.owner("GET", "/portal?list-type=2").is_none() {
            self.owner("PUT", "/portal");
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "the server does not start; ./dev test installs it: {:?}",
                fs::read_to_string(self.folder.path().join("log"))
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// What the bucket's owner is answered, if all is well.
    fn owner(&self, method: &str, path: &str) -> Option<String> {
        let output = Command::new("curl")
            .args(["-sf", "-X", method, "--aws-sigv4", "aws:amz:here:s3"])
            .args(["--user", "owner:secret-of-owner"])
            .arg(format!("http://127.0.0.1:{}{path}", self.ports[0]))
            .output()
            .expect("curl");
        output
            .status
            .success()
            .then(|| String::from_utf8(output.stdout).unwrap())
    }

    /// The keys of everything in the bucket.
    fn keys(&self) -> Vec<String> {
        let list = self.owner("GET", "/portal?list-type=2").expect("a list");
        list.split("<Key>")
            .skip(1)
            .map(|rest| rest.split('<').next().unwrap().to_owned())
            .collect()
    }

    /// Asserts that exactly the pieces lie there that the portal knows of. What a cut connection left may be cleared away
    /// only now.
    async fn holds_what_is_known(&self, world: &World) {
        let begun = Instant::now();
        loop {
            let (known,): (String,) = world
                .query("SELECT coalesce(group_concat(id), '') FROM (SELECT id FROM file_pieces ORDER BY id)")
                .await;
            let mut keys = self.keys();
            keys.sort();
            let known: Vec<_> = known
                .split(',')
                .filter(|id| !id.is_empty())
                .map(|id| format!("support/files/{}/{id}", &id[..2]))
                .collect();
            if keys == known {
                return;
            }
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "{keys:?} lie there, {known:?} are known"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // It makes these in no other place.
        for (part, port) in ["s3", "master", "volume", "filer"].iter().zip([1, 3, 5, 7]) {
            let name = format!("/tmp/seaweedfs-{part}-grpc-{}.sock", self.ports[port]);
            let _ = fs::remove_file(name);
        }
    }
}

fn run(folder: &Path, ports: &[u16]) -> Child {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/bucket_server.sh");
    Command::new("sh")
        .arg(script)
        .arg(folder)
        .args(ports.iter().map(u16::to_string))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh")
}

/// The settings of `portal serve`, by themselves.
#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    serve: Serve,
}

#[test]
fn files_lie_in_a_bucket_and_nothing_is_half_stored_while_it_is_away() {
    if env::var("AWS_ACCESS_KEY_ID").is_ok_and(|key| key == KEY) {
        let bucket = Bucket::start();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(journey(bucket));
        return;
    }
    // The portal has its keys from its environment, and no test can change that for itself alone: once more, in another one.
    let (_, module) = module_path!().split_once("::").unwrap();
    let name = "files_lie_in_a_bucket_and_nothing_is_half_stored_while_it_is_away";
    let mut again = Command::new(env::current_exe().unwrap());
    for (variable, _) in env::vars_os() {
        if variable.to_string_lossy().starts_with("AWS_") {
            again.env_remove(variable);
        }
    }
    let output = again
        .arg(format!("{module}::{name}"))
        .args(["--exact", "--nocapture"])
        .env("AWS_ACCESS_KEY_ID", KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap());
    assert!(
        output.status.success() && said[0].contains("1 passed"),
        "{}",
        said.concat()
    );
}

async fn journey(mut bucket: Bucket) {
    let place = format!(
        "s3://portal/support/files?endpoint=http://127.0.0.1:{}&region=here",
        bucket.ports[0]
    );
    let settings = Settings::try_parse_from(["portal", "--site", ".", "--files", &place]).unwrap();
    let world = World::with_files(settings.serve.files).await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let content = letters(7 * MIB);
    let tag = format!("\"{SEVEN}\"");

    // A whole file, and one whose connection is cut.
    let whole = attach(&mut maria, &path, "name=whole.log", &content).await;
    let (cut, page) = cut_and_gone_on(&world, &mut maria, &path, &content, 7 * MIB / 2).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    assert_eq!(of(&page.headers, "etag"), tag);
    for file in [&whole, &cut] {
        let page = maria.get(file).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(of(&page.headers, "etag"), tag);
        assert!(page.html.as_bytes() == content, "{file} is another file");
    }
    let part = Request::get(&whole).header(header::RANGE, "bytes=1048570-1048581");
    let page = maria.send(part.body(Body::empty()).unwrap()).await;
    assert_eq!(page.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(page.html.as_bytes(), &content[MIB - 6..MIB + 6]);

    // One that is given up, and one that is to go on.
    let begun = [("upload-complete", "?0")];
    let new = format!("{path}/files?name=later.log");
    let page = upload(&mut maria, Method::POST, &new, &begun, &content[..MIB]).await;
    let page = maria.method(Method::DELETE, page.location()).await;
    assert_eq!(page.status, StatusCode::NO_CONTENT);
    let page = upload(&mut maria, Method::POST, &new, &begun, &content[..MIB]).await;
    assert_eq!(page.status, StatusCode::CREATED);
    let later = page.location().to_owned();
    bucket.holds_what_is_known(&world).await;
    assert!(bucket.keys().len() >= 15, "{:?}", bucket.keys());

    // While the server is away, whoever sends is told so, and so is whoever reads.
    let form = key(&mut maria, &path).await;
    let (mut one, mut two, mut three) = (
        world.signed_in(MARIA).await,
        world.signed_in(MARIA).await,
        world.signed_in(MARIA).await,
    );
    let down = format!("{path}/files?name=down.log");
    let rest = [
        ("content-type", "application/partial-upload"),
        ("upload-offset", "1048576"),
        ("upload-complete", "?1"),
    ];
    let fields = [("key", form.as_str())];
    let named = [("down.log", content.as_slice())];
    bucket.stop();
    let away = Box::pin(async {
        tokio::join!(
            upload(&mut one, Method::POST, &down, &[], &content),
            upload(&mut two, Method::PATCH, &later, &rest, &content[MIB..]),
            send(&mut three, &path, &fields, &named),
            maria.get(&whole),
        )
    });
    let (whole_one, next_piece, in_form, read) = tokio::time::timeout(Duration::from_mins(1), away)
        .await
        .unwrap();
    for page in [whole_one, next_piece] {
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        page.says("it could not be kept. Send it again.");
    }
    assert_eq!(in_form.status, StatusCode::INTERNAL_SERVER_ERROR);
    in_form.says("“down.log” was not attached: it could not be kept. Send it again.");
    assert_eq!(read.status, StatusCode::INTERNAL_SERVER_ERROR);
    read.says("Something failed in the portal");
    let page = upload(&mut maria, Method::HEAD, &later, &[], b"").await;
    assert_eq!(of(&page.headers, "upload-offset"), "1048576");
    let page = maria.get(&path).await;
    page.lacks("down.log").lacks("later.log");
    assert_eq!(page.html.matches(SEVEN).count(), 2);

    // It is back: what was begun goes on, and what came to nothing is cleared away in time.
    bucket.start_again();
    let page = upload(&mut maria, Method::PATCH, &later, &rest, &content[MIB..]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    for file in [&whole, &later] {
        let page = maria.get(file).await;
        assert_eq!(of(&page.headers, "etag"), tag);
        assert!(page.html.as_bytes() == content, "{file} is another file");
    }
    world.clock.advance(86_400_001);
    assert_eq!(files::delete_abandoned(&world.portal).await.unwrap(), 2);
    bucket.holds_what_is_known(&world).await;
}
