//! Files of an incident: sent with the form or piece by piece, and given back.

use std::{
    io::Write as _,
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};

use super::{
    client::{Browser, FOREIGN_KEY, Page, World},
    life::read_by_the_customer,
};

const SEOYEON: usize = 0;
pub const MARIA: usize = 2;
const JAMES: usize = 3;
const HANA: usize = 12;

pub const MIB: usize = 1024 * 1024;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// The SHA-256 of `abc`, from the standard.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// The address of the newest incident in somebody's list that still awaits its Response.
pub async fn awaiting(browser: &mut Browser) -> String {
    let page = browser.get("/incidents?state=awaiting_response").await;
    let (_, rest) = page.html.split_once("<tbody>").unwrap();
    let (_, rest) = rest.split_once("href=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The key of the form for files.
pub async fn key(browser: &mut Browser, path: &str) -> String {
    let page = browser.get(path).await;
    let (_, rest) = page
        .html
        .split_once("multipart/form-data")
        .expect("the form");
    let (_, rest) = rest.split_once("name=\"key\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Sends the form for files, as a browser does.
pub async fn send(
    browser: &mut Browser,
    path: &str,
    fields: &[(&str, &str)],
    files: &[(&str, &[u8])],
) -> Page {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    for (name, content) in files {
        let name = name.replace('"', "%22").replace('\n', "%0A");
        let part = format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/html\r\n\r\n"
        );
        body.extend(part.into_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--x--\r\n");
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    browser.send(request).await
}

/// Attaches one file by itself; gives its address.
pub async fn attach(browser: &mut Browser, path: &str, query: &str, content: &[u8]) -> String {
    let page = upload(
        browser,
        Method::POST,
        &format!("{path}/files?{query}"),
        &[],
        content,
    )
    .await;
    assert_eq!(page.status, StatusCode::CREATED, "{}", page.html);
    page.location().to_owned()
}

/// Sends bytes with a request of the protocol for uploads.
pub async fn upload(
    browser: &mut Browser,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    content: &[u8],
) -> Page {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("sec-fetch-site", "same-origin");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser
        .send(request.body(Body::from(content.to_vec())).unwrap())
        .await
}

/// So many bytes, in which neighbours are told apart.
pub fn letters(size: usize) -> Vec<u8> {
    (0..size)
        .map(|at| b'a' + (at % 23).to_le_bytes()[0])
        .collect()
}

pub fn of<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

/// The address of the file with this name on the page.
fn address(page: &Page, name: &str) -> String {
    let (before, _) = page
        .html
        .split_once(&format!("<bdi>{name}</bdi>"))
        .unwrap_or_else(|| panic!("no file {name}"));
    let (_, address) = before.rsplit_once("href=\"").unwrap();
    address.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_form_attaches_files_and_says_what_became_of_each() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    let form = key(&mut maria, &path).await;
    let fields = [("key", form.as_str())];
    let files: [(&str, &[u8]); 2] = [("log.txt", b"abc"), ("화면.png", PNG)];
    for _ in 0..2 {
        let page = send(&mut maria, &path, &fields, &files).await;
        assert_eq!(page.location(), format!("{path}?done=attach#last"));
    }
    let page = hana.get(&path).await;
    assert_eq!(page.html.matches("File attached").count(), 2, "each once");
    page.says(ABC).says("3 bytes").says("<bdi>화면.png</bdi>");
    assert_eq!(page.html.matches("<img").count(), 1, "the picture alone");

    let large = vec![b'a'; 26 * MIB];
    let files: [(&str, &[u8]); 5] = [
        ("../../x", b"1"),
        ("a\n\"b\".txt", b"2"),
        ("large.log", &large),
        ("empty.txt", b""),
        ("last.txt", b"3"),
    ];
    let page = send(&mut maria, &path, &[("key", &form)], &files).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Attached as “x”: its own name could not be kept.")
        .says("Attached as “a &quot;b&quot;.txt”: its own name")
        .says("“large.log” was not attached: it is larger than 25 MiB.")
        .says("“empty.txt” was not attached: it is empty.")
        .says("“last.txt” is attached.");
    let page = maria.get(&path).await;
    page.lacks("large.log").lacks("empty.txt").lacks("../x");
    assert_eq!(page.html.matches("File attached").count(), 5);

    // Nothing chosen, no key, no form at all.
    let page = send(&mut maria, &path, &fields, &[("", b"")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("No file was chosen.");
    for fields in [&[][..], &[("key", "1")], &[("key", FOREIGN_KEY)]] {
        let page = send(&mut maria, &path, fields, &[("a.txt", b"abc")]).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
    }
    let page = send(&mut world.browser(), &path, &fields, &[("a.txt", b"abc")]).await;
    assert_eq!(page.location(), format!("/sign-in?next={path}"));
}

#[tokio::test]
async fn whatever_a_file_is_it_is_only_a_download() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let html = b"<script>alert(1)</script>";
    for name in ["x.html", "x.svg", "x.png"] {
        let address = attach(&mut maria, &path, &format!("name={name}"), html).await;
        let page = maria.get(&address).await;
        assert_eq!(
            (page.status, page.html.as_bytes()),
            (StatusCode::OK, &html[..])
        );
        let headers = &page.headers;
        assert_eq!(of(headers, "content-type"), "application/octet-stream");
        assert_eq!(
            of(headers, "content-disposition"),
            format!("attachment; filename*=UTF-8''{name}")
        );
        assert_eq!(of(headers, "x-content-type-options"), "nosniff");
        assert_eq!(
            of(headers, "content-security-policy"),
            "default-src 'none'; sandbox"
        );
        assert_eq!(of(headers, "cache-control"), "private, no-cache");
        let picture = maria.get(&format!("{address}/picture")).await;
        assert_eq!(picture.status, StatusCode::NOT_FOUND);
    }
    // A picture is one by its bytes; nothing that it is called matters.
    let address = attach(&mut maria, &path, "name=x.html%0D%0AX:%20y", PNG).await;
    let page = maria.get(&format!("{address}/picture")).await;
    assert_eq!(of(&page.headers, "content-type"), "image/png");
    assert_eq!(
        of(&page.headers, "content-disposition"),
        "inline; filename*=UTF-8''x.html%20X%3A%20y"
    );
    assert_eq!(
        of(&page.headers, "content-security-policy"),
        "default-src 'none'; sandbox"
    );
    let page = maria.get(&address).await;
    assert_eq!(
        of(&page.headers, "content-type"),
        "application/octet-stream"
    );
    // Compressed bytes stay what they are.
    let zip = attach(&mut maria, &path, "name=bomb.zip", b"PK\x03\x04not opened").await;
    assert_eq!(maria.get(&zip).await.html, "PK\u{3}\u{4}not opened");
}

#[tokio::test]
async fn a_part_of_a_file_can_be_asked_for() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let content = letters(3 * MIB);
    let address = attach(&mut maria, &path, "name=x", &content).await;
    let asked = |headers: [(&'static str, String); 1]| {
        let [(name, value)] = headers;
        Request::get(&address)
            .header(name, value)
            .header(header::ACCEPT_ENCODING, "br, gzip")
            .body(Body::empty())
            .unwrap()
    };
    let range = |range: &str| asked([("range", range.to_owned())]);
    let page = maria.send(range("bytes=1048570-1048581")).await;
    assert_eq!(page.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(page.html.as_bytes(), &content[MIB - 6..MIB + 6]);
    assert_eq!(
        of(&page.headers, "content-range"),
        "bytes 1048570-1048581/3145728"
    );
    assert_eq!(of(&page.headers, "content-encoding"), "");
    let page = maria.send(range("bytes=3145728-")).await;
    assert_eq!(page.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let page = maria.send(range("bytes=0-1,3-4")).await;
    assert_eq!(
        (page.status, page.html.len()),
        (StatusCode::OK, content.len())
    );
    assert_eq!(of(&page.headers, "content-length"), "3145728");
    let tag = of(&page.headers, "etag").to_owned();
    let page = maria.send(asked([("if-none-match", tag)])).await;
    assert_eq!(
        (page.status, page.html.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );
}

#[tokio::test]
async fn to_another_customer_a_file_is_not_there() {
    let world = World::new().await;
    let (mut maria, mut seoyeon) = (world.signed_in(MARIA).await, world.signed_in(SEOYEON).await);
    let path = awaiting(&mut maria).await;
    let there = attach(&mut maria, &path, "name=a.png", PNG).await;
    let nowhere = format!("{path}/files/0190a6f0-7b7e-4c3e-9d6f-0123456789ab");
    // The id of the request is the only thing that differs.
    let text = |page: &Page| {
        let (_, main) = page.html.split_once("<main").unwrap();
        let (main, _) = main.split_once("</main>").unwrap();
        let request = of(&page.headers, "x-request-id").to_owned();
        (page.status, main.replace(&request, ""))
    };
    for end in ["", "/picture"] {
        let (one, other) = (
            seoyeon.get(&format!("{there}{end}")).await,
            seoyeon.get(&format!("{nowhere}{end}")).await,
        );
        assert_eq!(one.status, StatusCode::NOT_FOUND);
        assert_eq!(text(&one), text(&other));
    }
    for (method, headers) in [
        (Method::HEAD, vec![]),
        (Method::DELETE, vec![]),
        (
            Method::PATCH,
            vec![
                ("content-type", "application/partial-upload"),
                ("upload-offset", "0"),
                ("upload-complete", "?1"),
            ],
        ),
    ] {
        for address in [&there, &nowhere] {
            let page = upload(&mut seoyeon, method.clone(), address, &headers, b"").await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{method} {address}");
        }
    }
    let page = upload(
        &mut seoyeon,
        Method::POST,
        &format!("{path}/files"),
        &[],
        b"abc",
    )
    .await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let key = key(&mut maria, &path).await;
    let page = send(&mut seoyeon, &path, &[("key", &key)], &[("a.txt", b"abc")]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(
        world.browser().get(&there).await.status,
        StatusCode::SEE_OTHER
    );
    // A form that claims to attach what was never sent.
    let fields = [("step", "attach"), ("key", key.as_str())];
    assert_eq!(
        maria.post(&path, &fields).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_internal_file_is_on_no_page_of_the_customer() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    let before = maria.get(&path).await.html.matches("<li").count();
    let form = key(&mut hana, &path).await;
    let fields = [("key", form.as_str()), ("internal", "yes")];
    let page = send(&mut hana, &path, &fields, &[("unpaid.png", PNG)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let page = hana.get(&path).await;
    page.says("Internal file attached").says("unpaid.png");
    let file = address(&page, "unpaid.png");
    for address in read_by_the_customer(&path) {
        let page = maria.get(&address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        page.lacks("unpaid").lacks(&file);
    }
    assert_eq!(maria.get(&path).await.html.matches("<li").count(), before);
    for end in ["", "/picture"] {
        let page = maria.get(&format!("{file}{end}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert_eq!(
            hana.get(&format!("{file}{end}")).await.status,
            StatusCode::OK
        );
    }
    // Nor can a customer make one.
    let form = key(&mut maria, &path).await;
    let fields = [("key", form.as_str()), ("internal", "yes")];
    let page = send(&mut maria, &path, &fields, &[("a.txt", b"abc")]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_incident_that_is_over_takes_no_file_and_says_so() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let form = key(&mut maria, &path).await;
    let withdraw = [("step", "withdraw"), ("key", form.as_str())];
    assert_eq!(
        maria.post(&path, &withdraw).await.status,
        StatusCode::SEE_OTHER
    );
    let page = send(&mut maria, &path, &[("key", &form)], &[("a.txt", b"abc")]).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("“a.txt” was not attached: the incident is now “Withdrawn”.");
    maria.get(&path).await.lacks("multipart/form-data");
    let page = upload(
        &mut maria,
        Method::POST,
        &format!("{path}/files"),
        &[],
        b"abc",
    )
    .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn an_upload_in_pieces_follows_the_protocol() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let begin = format!("{path}/files?name=log.txt");
    let page = upload(
        &mut maria,
        Method::POST,
        &begin,
        &[("upload-complete", "?0"), ("upload-length", "3")],
        b"",
    )
    .await;
    assert_eq!(page.status, StatusCode::CREATED);
    assert_eq!(of(&page.headers, "upload-offset"), "0");
    assert_eq!(of(&page.headers, "upload-limit"), "max-size=26214400");
    let file = page.location().to_owned();

    let piece = ("content-type", "application/partial-upload");
    let more = [piece, ("upload-offset", "0"), ("upload-complete", "?0")];
    let page = upload(&mut maria, Method::PATCH, &file, &more, b"a").await;
    assert_eq!(page.status, StatusCode::NO_CONTENT);
    assert_eq!(of(&page.headers, "upload-offset"), "1");
    let page = upload(&mut maria, Method::HEAD, &file, &[], b"").await;
    assert_eq!(page.status, StatusCode::NO_CONTENT);
    let said = [
        "upload-offset",
        "upload-length",
        "upload-complete",
        "cache-control",
    ];
    assert_eq!(
        said.map(|name| of(&page.headers, name)),
        ["1", "3", "?0", "no-store"]
    );
    assert_eq!(maria.get(&file).await.status, StatusCode::NOT_FOUND);

    // From another place, as something else, or without saying from where.
    let page = upload(&mut maria, Method::PATCH, &file, &more, b"a").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert_eq!(of(&page.headers, "upload-offset"), "1");
    for (headers, status) in [
        (&more[1..], StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (&more[..2], StatusCode::BAD_REQUEST),
        (&[piece, ("upload-complete", "?0")], StatusCode::BAD_REQUEST),
    ] {
        let page = upload(&mut maria, Method::PATCH, &file, headers, b"x").await;
        assert_eq!(page.status, status);
    }
    // More than was announced, and less.
    let rest = [piece, ("upload-offset", "1"), ("upload-complete", "?1")];
    for content in [&b"bcd"[..], b""] {
        let page = upload(&mut maria, Method::PATCH, &file, &rest, content).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.html);
        assert_eq!(of(&page.headers, "upload-offset"), "1");
    }
    // A colleague has nothing to do with it.
    let mut james = world.signed_in(JAMES).await;
    let page = upload(&mut james, Method::PATCH, &file, &rest, b"bc").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);

    let page = upload(&mut maria, Method::PATCH, &file, &rest, b"bc").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(of(&page.headers, "upload-complete"), "?1");
    assert_eq!(of(&page.headers, "etag"), format!("\"{ABC}\""));
    // The answer may have been lost: asked for once more, nothing happens again.
    let end = [piece, ("upload-offset", "3"), ("upload-complete", "?1")];
    let page = upload(&mut maria, Method::PATCH, &file, &end, b"").await;
    assert_eq!(page.status, StatusCode::OK);
    let page = upload(&mut maria, Method::HEAD, &file, &[], b"").await;
    assert_eq!(of(&page.headers, "upload-complete"), "?1");
    assert_eq!(maria.get(&file).await.html, "abc");
    assert_eq!(maria.get(&path).await.html.matches(ABC).count(), 1);

    // Given up, it is gone; what is attached stays.
    let page = upload(
        &mut maria,
        Method::POST,
        &begin,
        &[("upload-complete", "?0")],
        b"ab",
    )
    .await;
    let other = page.location().to_owned();
    assert_eq!(
        maria.method(Method::DELETE, &other).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        maria.method(Method::DELETE, &other).await.status,
        StatusCode::NOT_FOUND
    );
    maria.method(Method::DELETE, &file).await;
    assert_eq!(maria.get(&file).await.html, "abc");

    // Too large: said at once where it is announced, else as soon as it is.
    let huge = [("upload-complete", "?0"), ("upload-length", "26214401")];
    let page = upload(&mut maria, Method::POST, &begin, &huge, b"").await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    let large = vec![b'a'; 26 * MIB];
    let page = upload(
        &mut maria,
        Method::POST,
        &begin,
        &[("upload-complete", "?0")],
        &large,
    )
    .await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    // Under the name that it has for whoever sends it.
    page.says("“log.txt” was not attached: it is larger than 25 MiB");
    let page = upload(&mut world.browser(), Method::POST, &begin, &[], b"abc").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    page.says("“log.txt” was not attached: you are signed out");
}

/// Sends a file over a connection that is really cut after some of its bytes, and goes on with what did not come. Gives the
/// file's address, and what its last request was answered.
pub async fn cut_and_gone_on(
    world: &World,
    browser: &mut Browser,
    path: &str,
    content: &[u8],
    cut: usize,
) -> (String, Page) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let service = world
        .router
        .clone()
        .into_make_service_with_connect_info::<SocketAddr>();
    let server = tokio::spawn(async move { axum::serve(listener, service).await });
    let begun = [("upload-complete", "?0")];
    let new = format!("{path}/files?name=cut.log");
    let page = upload(browser, Method::POST, &new, &begun, b"").await;
    let file = page.location().to_owned();
    let cookies: Vec<_> = browser
        .cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let head = format!(
        "PATCH {file} HTTP/1.1\r\nHost: portal.test\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/partial-upload\r\nUpload-Offset: 0\r\nUpload-Complete: ?1\r\n\
         Content-Length: {}\r\n\r\n",
        cookies.join("; "),
        content.len(),
    );
    let sent = content[..cut].to_vec();
    tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(at).unwrap();
        socket.write_all(head.as_bytes()).unwrap();
        socket.write_all(&sent).unwrap();
    })
    .await
    .unwrap();

    let resumed = async {
        loop {
            let page = upload(browser, Method::HEAD, &file, &[], b"").await;
            let offset = of(&page.headers, "upload-offset").to_owned();
            let came: usize = offset.parse().unwrap();
            assert!(came <= cut, "no more than was sent");
            if came < cut / MIB * MIB {
                tokio::task::yield_now().await;
                continue;
            }
            let rest = [
                ("content-type", "application/partial-upload"),
                ("upload-offset", offset.as_str()),
                ("upload-complete", "?1"),
            ];
            let page = upload(browser, Method::PATCH, &file, &rest, &content[came..]).await;
            // The last of what was sent may have been put away only now.
            if page.status != StatusCode::CONFLICT {
                return page;
            }
        }
    };
    let page = tokio::time::timeout(Duration::from_mins(1), resumed)
        .await
        .unwrap();
    server.abort();
    (file, page)
}

/// A connection that is really cut, in the middle of a piece.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_before_the_connection_was_cut_is_there_to_go_on_from() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let content = letters(4 * MIB);
    let (file, page) = cut_and_gone_on(&world, &mut maria, &path, &content, 5 * MIB / 2).await;
    assert_eq!(page.status, StatusCode::OK);
    let whole = attach(&mut maria, &path, "name=whole", &content).await;
    let tag = of(&maria.get(&whole).await.headers, "etag").to_owned();
    assert_eq!(of(&page.headers, "etag"), tag);
    assert!(maria.get(&file).await.html.as_bytes() == content);
}
