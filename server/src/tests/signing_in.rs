use axum::http::{StatusCode, header};

use super::client::World;

#[tokio::test]
async fn a_page_behind_the_door_is_found_again_after_signing_in() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get("/incidents?state=resolved").await;
    assert_eq!(
        (page.status, page.location()),
        (
            StatusCode::SEE_OTHER,
            "/sign-in?next=/incidents%3Fstate%3Dresolved"
        )
    );
    let page = browser
        .get("/sign-in?next=/incidents%3Fstate%3Dresolved")
        .await;
    assert_eq!(page.value_of("next"), "/incidents?state=resolved");
    let contact = &world.people[0];
    let fields = [
        ("email", contact.email),
        ("password", contact.password),
        ("next", "/incidents?state=resolved"),
    ];
    let page = browser.post("/sign-in", &fields).await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::SEE_OTHER, "/incidents?state=resolved")
    );
    browser.get("/incidents").await.says(contact.name);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer_and_lose_nothing() {
    let world = World::new().await;
    let mut answers = Vec::new();
    for (email, password) in [
        (world.people[0].email, "wrong"),
        ("nobody@nowhere.example", "wrong"),
    ] {
        let page = world
            .browser()
            .post(
                "/sign-in",
                &[("email", email), ("password", password), ("next", "/guide")],
            )
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.says("do not match");
        assert_eq!(
            (
                page.value_of("email").as_str(),
                page.value_of("next").as_str()
            ),
            (email, "/guide")
        );
        assert_eq!(page.value_of("password"), "");
        assert!(page.headers.get(header::SET_COOKIE).is_none());
        let nonce = page.html.replace(email, "");
        answers.push(nonce.len());
    }
    assert_eq!(answers[0], answers[1]);
    let page = world
        .browser()
        .post("/sign-in", &[("email", ""), ("password", "")])
        .await;
    page.says("Fill in both");
}

#[tokio::test]
async fn the_session_gets_a_new_id_at_sign_in_and_ends_at_sign_out() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let first = browser.cookie("session").unwrap().to_owned();
    let contact = &world.people[0];
    let page = browser
        .post(
            "/sign-in",
            &[
                ("email", contact.email),
                ("password", contact.password),
                ("next", "/"),
            ],
        )
        .await;
    let cookie = page
        .headers
        .get(header::SET_COOKIE)
        .unwrap()
        .to_str()
        .unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    let second = browser.cookie("session").unwrap().to_owned();
    assert_ne!(first, second);

    // The old id opens nothing any more, nor does the new one once it is signed out.
    for (id, before) in [(first, true), (second, false)] {
        if !before {
            assert_eq!(browser.get("/incidents").await.status, StatusCode::OK);
            assert_eq!(browser.post("/sign-out", &[]).await.location(), "/");
        }
        let mut other = world.browser();
        other.cookies.push(("session".to_owned(), id));
        assert_eq!(other.get("/incidents").await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    assert_eq!(browser.get("/incidents").await.status, StatusCode::OK);
    world.clock.advance(1000 * 3_600_000);
    assert_eq!(
        browser.get("/incidents").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn nobody_is_led_elsewhere_after_signing_in() {
    let world = World::new().await;
    let contact = &world.people[0];
    for next in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
    ] {
        let page = world
            .browser()
            .post(
                "/sign-in",
                &[
                    ("email", contact.email),
                    ("password", contact.password),
                    ("next", next),
                ],
            )
            .await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::SEE_OTHER, "/"),
            "{next}"
        );
    }
}
