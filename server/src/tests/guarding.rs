use std::io;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};

use super::client::{World, form};

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let world = World::new().await;
    for (header_name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("x-nothing", "1"),
    ] {
        let request = Request::post("/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header_name, value)
            .body(Body::from(form(&[
                ("email", "a@b.example"),
                ("password", "x"),
            ])))
            .unwrap();
        let page = world.browser().send(request).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{header_name}: {value}");
        page.says("This request came from elsewhere");
    }
    let request = Request::post("/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("origin", "http://portal.test")
        .body(Body::from(form(&[
            ("email", "a@b.example"),
            ("password", "x"),
        ])))
        .unwrap();
    assert_eq!(
        world.browser().send(request).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn a_wrong_method_is_answered_in_words() {
    let world = World::new().await;
    for (method, path) in [
        (Method::POST, "/plan"),
        (Method::DELETE, "/incidents/new"),
        (Method::PUT, "/"),
        (Method::GET, "/sign-out"),
        (Method::GET, "/language"),
    ] {
        let page = world.browser().method(method.clone(), path).await;
        assert_eq!(
            page.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{method} {path}"
        );
        page.says("cannot be used that way");
    }
}

#[tokio::test]
async fn what_is_only_there_to_be_read_is_told_from_what_is_not_there() {
    let world = World::new().await;
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        for (path, status, words) in [
            ("/nowhere", StatusCode::NOT_FOUND, "There is nothing here"),
            ("/../x", StatusCode::NOT_FOUND, "There is nothing here"),
            (
                "/hash.txt",
                StatusCode::METHOD_NOT_ALLOWED,
                "cannot be used that way",
            ),
        ] {
            let page = world.browser().method(method.clone(), path).await;
            assert_eq!(page.status, status, "{method} {path}");
            page.says(words);
        }
    }
    let page = world.browser().get("/hash.txt").await;
    assert_eq!(page.status, StatusCode::OK);
    let page = world.browser().method(Method::HEAD, "/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_that_breaks_off_is_not_called_too_much() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let sent = [
        Ok("title=x&descr"),
        Err(io::Error::from(io::ErrorKind::ConnectionReset)),
    ];
    let request = Request::post("/incidents/new")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from_stream(futures_util::stream::iter(sent)))
        .unwrap();
    let page = browser.send(request).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    page.says("The form could not be read").lacks("too much");
}

#[tokio::test]
async fn more_than_a_mebibyte_is_refused_in_words() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let huge = "x".repeat(1024 * 1024 + 1);
    let page = browser.post("/incidents/new", &[("title", &huge)]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    page.says("at most 1 MiB");
}

#[tokio::test]
async fn an_address_with_more_than_any_page_takes_is_refused_in_words() {
    let world = World::new().await;
    let mut browser = world.browser();
    let fits = "x=&".repeat(8 * 1024 / 3);
    let long = format!("{fits}zzz");
    for path in ["/plan", "/guide", "/incidents", "/nowhere"] {
        let page = browser.get(&format!("{path}?{long}")).await;
        assert_eq!(page.status, StatusCode::URI_TOO_LONG, "{path}");
        page.says("This address is too long").lacks("zzz");
    }
    assert_eq!(
        browser.get(&format!("/plan?{fits}")).await.status,
        StatusCode::OK
    );
    browser.language = "ko";
    let page = browser.get(&format!("/plan?{long}")).await;
    page.says("주소가 너무 깁니다");
}

#[tokio::test]
async fn what_is_no_form_is_refused_in_words() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    for (kind, body) in [
        ("application/json", "{}"),
        ("text/plain", "title=x"),
        ("multipart/form-data; boundary=x", "--x--"),
    ] {
        let request = Request::post("/incidents/new")
            .header(header::CONTENT_TYPE, kind)
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .unwrap();
        let page = browser.send(request).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{kind}");
        page.says("The form could not be read");
    }
    // Bytes that are no text.
    let request = Request::post("/incidents/new")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(&b"title=\xff\xfe&description=%FF"[..]))
        .unwrap();
    let page = browser.send(request).await;
    assert!(page.status.is_client_error(), "{}", page.status);
}
