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
async fn more_than_a_mebibyte_is_refused_in_words() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let huge = "x".repeat(1024 * 1024 + 1);
    let page = browser.post("/incidents/new", &[("title", &huge)]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    page.says("at most 1 MiB");
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
