//! What is in flight when the portal is told to stop.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
    task::spawn_blocking,
    time::timeout,
};

use super::client::World;
use crate::serve::until_told;

/// Longer than anything takes here.
const LONG: Duration = Duration::from_secs(10);

/// Reads up to the empty line, and not a byte more.
fn head(socket: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        socket.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    String::from_utf8(head).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_in_flight_is_finished_and_nobody_else_is_let_in() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (tell, told) = oneshot::channel();
    let (stop, stopped) = watch::channel(false);
    let (router, portal) = (world.router.clone(), world.portal.clone());
    let serving = tokio::spawn(until_told(listener, router, portal, stop, async move {
        told.await.unwrap();
    }));
    let answer = spawn_blocking(move || {
        let (begin, rest) = ("to=ko&", "back=%2Fguide");
        let mut socket = TcpStream::connect(at).unwrap();
        socket.set_read_timeout(Some(LONG)).unwrap();
        let asked = format!(
            "POST /language HTTP/1.1\r\nHost: portal.test\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
             Expect: 100-continue\r\n\r\n",
            begin.len() + rest.len(),
        );
        socket.write_all(asked.as_bytes()).unwrap();
        // By now the portal waits for the form.
        assert_eq!(head(&mut socket), "HTTP/1.1 100 Continue\r\n\r\n");
        socket.write_all(begin.as_bytes()).unwrap();
        tell.send(()).unwrap();
        // Until it has heard of it, it may take some more connections.
        let end = Instant::now() + LONG;
        while TcpStream::connect(at).is_ok() {
            assert!(Instant::now() < end, "it takes connections for ever");
        }
        socket.write_all(rest.as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    })
    .await
    .unwrap();
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    assert!(answer.contains("\r\nlocation: /guide\r\n"), "{answer}");
    // With it the last one is finished.
    timeout(LONG, serving).await.unwrap().unwrap().unwrap();
    assert!(*stopped.borrow(), "the work in the background is told, too");
}
