//! Streams to pages that are open.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use tokio::time::timeout;
use tower::ServiceExt as _;

use super::client::{Browser, World};

const SEOYEON: usize = 0;
const MARIA: usize = 2;
/// Looks after Maria's customer.
const INES: usize = 10;
const HANA: usize = 12;

const HOUR: i64 = 3_600_000;

/// Longer than anything takes that is sent at all.
const LONG: Duration = Duration::from_secs(10);

/// A stream as a browser opens it.
struct Stream {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
}

impl Stream {
    async fn open(world: &World, browser: &Browser, path: &str, last: Option<&str>) -> Self {
        let cookies: Vec<_> = browser
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::get(path)
            .header(header::ACCEPT, "text/event-stream")
            .header(header::ACCEPT_ENCODING, "br, gzip")
            .header(header::COOKIE, cookies.join("; "));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = world.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// The next piece; none at the end.
    async fn piece(&mut self) -> Option<String> {
        let frame = timeout(LONG, self.body.frame()).await.expect("a piece");
        let data = frame?.unwrap().into_data().unwrap();
        Some(String::from_utf8(data.to_vec()).unwrap())
    }
}

/// The address of Maria's newest incident that still awaits its Response.
async fn awaiting(browser: &mut Browser) -> String {
    let page = browser.get("/incidents?state=awaiting_response").await;
    let (_, rest) = page.html.split_once("<tbody>").unwrap();
    let (_, rest) = rest.split_once("href=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Sends a text with a form of the page.
async fn send(browser: &mut Browser, path: &str, step: &str, text: &str) {
    let page = browser.get(path).await;
    let (_, rest) = page
        .html
        .split_once(&format!("name=\"step\" value=\"{step}\""))
        .unwrap();
    let (_, rest) = rest.split_once("name=\"key\" value=\"").unwrap();
    let key = rest.split('"').next().unwrap();
    let fields = [("step", step), ("key", key), ("text", text)];
    let page = browser.post(path, &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

/// The address of the stream that a page names.
async fn stream_of(browser: &mut Browser, path: &str) -> String {
    let page = browser.get(path).await;
    let (_, rest) = page.html.split_once("data-events=\"").unwrap();
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

#[tokio::test]
async fn a_page_is_told_that_there_is_more_and_a_note_tells_a_customer_nothing() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    let address = stream_of(&mut maria, &path).await;
    let (_, shown) = address.split_once("?after=").unwrap();
    let shown: u32 = shown.parse().unwrap();
    // What falls between the page and the stream is not lost.
    send(&mut hana, &path, "write", "We look at it.").await;
    let mut stream = Stream::open(&world, &maria, &address, None).await;
    assert_eq!(stream.status, StatusCode::OK);
    assert!(!stream.headers.contains_key(header::CONTENT_ENCODING));
    let of = |name: &str| {
        stream
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap())
    };
    assert_eq!(of("content-type"), Some("text/event-stream"));
    assert_eq!(of("cache-control"), Some("private, no-store"));
    assert_eq!(of("x-accel-buffering"), Some("no"));
    let first = stream.piece().await.unwrap();
    assert!(first.contains(&format!("id: {shown}\n")) && !first.contains("data:"));
    let told = |count: u32| format!("id: {count}\ndata: {count}\n\n");
    assert_eq!(stream.piece().await.unwrap(), told(shown + 1));
    // The next piece is that of the message, not of the note: it counts one more, and says nothing of what was written.
    send(&mut hana, &path, "note", "Their proxy again?").await;
    send(&mut hana, &path, "write", "Which version is it?").await;
    assert_eq!(stream.piece().await.unwrap(), told(shown + 2));
    // Whoever connects again goes on from what they were told last.
    let last = (shown + 1).to_string();
    let mut again = Stream::open(&world, &maria, &address, Some(&last)).await;
    assert!(
        again
            .piece()
            .await
            .unwrap()
            .contains(&format!("id: {last}\n"))
    );
    assert_eq!(again.piece().await.unwrap(), told(shown + 2));
}

#[tokio::test]
async fn a_stream_that_is_not_theirs_is_as_if_it_were_not_there() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let seoyeon = world.signed_in(SEOYEON).await;
    for path in [path.as_str(), "/incidents/INC-2026-99999", "/incidents/x"] {
        let address = format!("{path}/events?after=0");
        let mut stream = Stream::open(&world, &seoyeon, &address, None).await;
        assert_eq!(stream.status, StatusCode::NOT_FOUND);
        assert_eq!(stream.piece().await, None);
        // A visitor's browser is told to ask no more.
        let stream = Stream::open(&world, &world.browser(), &address, None).await;
        let expected = if path.ends_with("/x") {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::NO_CONTENT
        };
        assert_eq!(stream.status, expected);
    }
    let stream = Stream::open(&world, &seoyeon, "/desk/events", None).await;
    assert_eq!(stream.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_the_server() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    let address = stream_of(&mut maria, &path).await;
    let mut stream = Stream::open(&world, &maria, &address, None).await;
    stream.piece().await.unwrap();
    maria.post("/sign-out", &[]).await;
    send(&mut hana, &path, "write", "We look at it.").await;
    assert_eq!(stream.piece().await, None);

    let mut desk = Stream::open(&world, &hana, "/desk/events", None).await;
    desk.piece().await.unwrap();
    send(&mut hana, &path, "write", "Still looking.").await;
    assert!(desk.piece().await.unwrap().contains("data: 0"));
    world.portal.end_watching();
    assert_eq!(desk.piece().await, None);
}

#[tokio::test]
async fn the_queue_is_told_when_time_alone_brings_a_due_time_nearer_and_not_before() {
    let world = World::new().await;
    let hana = world.signed_in(HANA).await;
    // Twenty minutes from now.
    world
        .execute("UPDATE incidents SET next_due_at = 1772175000000 WHERE next_due_at IS NOT NULL")
        .await;
    let mut desk = Stream::open(&world, &hana, "/desk/events", None).await;
    assert!(!desk.piece().await.unwrap().contains("data:"));
    timeout(Duration::from_secs(3), desk.body.frame())
        .await
        .expect_err("nothing was passed");
    world.clock.advance(HOUR / 2);
    assert!(desk.piece().await.unwrap().contains("data: 0"));
    // Missed once is missed.
    world.clock.advance(HOUR / 2);
    timeout(Duration::from_secs(3), desk.body.frame())
        .await
        .expect_err("nothing was passed");
}

#[tokio::test]
async fn a_stream_ends_when_its_reader_may_not_see_it_any_more() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    let address = format!("{path}/events?after=0");
    let mut ines = world.signed_in(INES).await;
    ines.get(&path).await.says("data-events");
    let mut assigned = Stream::open(&world, &ines, &address, None).await;
    let mut employed = Stream::open(&world, &maria, &address, None).await;
    for stream in [&mut assigned, &mut employed] {
        stream.piece().await.unwrap();
        assert!(stream.piece().await.unwrap().contains("data:"));
    }
    world.execute("DELETE FROM assignments").await;
    world
        .execute("UPDATE people SET designated_at = NULL, left_at = 1 WHERE email = 'maria.alvarez@cascade.example'")
        .await;
    send(&mut hana, &path, "write", "We look at it.").await;
    for stream in [&mut assigned, &mut employed] {
        assert_eq!(stream.piece().await, None);
    }
}

#[tokio::test]
async fn what_a_page_asks_by_itself_does_not_keep_a_session_alive() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let address = stream_of(&mut maria, &path).await;
    world.clock.advance(HOUR);
    let stream = Stream::open(&world, &maria, &address, None).await;
    assert_eq!(stream.status, StatusCode::OK);
    let again = Request::get(path.as_str())
        .header("x-by-itself", "1")
        .body(Body::empty())
        .unwrap();
    assert_eq!(maria.send(again).await.status, StatusCode::OK);
    // Two hours after somebody did something.
    world.clock.advance(HOUR);
    assert_eq!(maria.get(&path).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_whole_page_again_keeps_what_was_typed_and_sends_nothing() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let fields = [("step", "write"), ("text", "Half of it"), ("do", "again")];
    let page = maria.post(&path, &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says(">Half of it</textarea>");
    maria.get(&path).await.lacks("Half of it");
}

#[tokio::test]
async fn a_session_has_only_so_many_streams() {
    let world = World::new().await;
    let hana = world.signed_in(HANA).await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        let stream = Stream::open(&world, &hana, "/desk/events", None).await;
        assert_eq!(stream.status, StatusCode::OK);
        streams.push(stream);
    }
    let another = Stream::open(&world, &hana, "/desk/events", None).await;
    assert_eq!(another.status, StatusCode::TOO_MANY_REQUESTS);
    // In another browser there is room, and one that is closed makes some.
    let elsewhere = world.signed_in(HANA).await;
    let stream = Stream::open(&world, &elsewhere, "/desk/events", None).await;
    assert_eq!(stream.status, StatusCode::OK);
    drop(streams.pop());
    let another = Stream::open(&world, &hana, "/desk/events", None).await;
    assert_eq!(another.status, StatusCode::OK);
}
