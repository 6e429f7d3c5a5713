use axum::http::{StatusCode, header};

use super::client::{ANSWERS, World};

#[tokio::test]
async fn every_page_speaks_the_language_chosen_else_the_browsers() {
    let world = World::new().await;
    for path in ["/", "/plan", "/guide", "/sign-in", "/nowhere"] {
        let mut browser = world.browser();
        browser.language = "ko-KR,ko;q=0.9,en;q=0.8";
        browser
            .get(path)
            .await
            .says("<html lang=\"ko\"")
            .says("지원 플랜");
        let page = browser
            .post("/language", &[("to", "en"), ("back", path)])
            .await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::SEE_OTHER, path)
        );
        browser
            .get(path)
            .await
            .says("<html lang=\"en\"")
            .says("Support plan");
    }
    let page = world
        .browser()
        .post(
            "/language",
            &[("to", "xx"), ("back", "https://evil.example")],
        )
        .await;
    assert_eq!(
        (page.location(), page.headers.get(header::SET_COOKIE)),
        ("/", None)
    );
}

#[tokio::test]
async fn the_plan_has_an_anchor_for_every_clause_and_loads_no_wasm() {
    let world = World::new().await;
    let page = world.browser().get("/plan").await;
    assert!(
        !page.html.contains("wasm") || !page.html.contains(".wasm"),
        "the plan loads wasm"
    );
    for id in [
        "1-business-hour",
        "1-error",
        "2-s1",
        "2-s4",
        "3-i",
        "5-a",
        "6-c",
        "7-v",
        "7-ix",
    ] {
        page.says(&format!("id=\"{id}\""));
    }
    page.says("Sample figures: the figures in your order form apply instead")
        .says("Error Severity Definition Table")
        .says("Interpretations");
    page.says("<a href=\"#1-error\" title=\"Error: means");
    // A definition that stands within a clause, and terms in the words of a level.
    page.says("class=\"term\">Maintenance</a> obligations")
        .says("class=\"term\">Product</a> in production");
    // Each reading leads to what it interprets.
    page.says("aria-label=\"Link to S4\"")
        .says("A person always confirms it.");
    assert_eq!(
        world.browser().get("/plan/2026.1").await.status,
        StatusCode::OK
    );
    assert_eq!(
        world.browser().get("/plan/1999").await.status,
        StatusCode::NOT_FOUND
    );
    let mut korean = world.browser();
    korean.language = "ko";
    korean
        .get("/plan")
        .await
        .says("편의를 위한 번역")
        .says("lang=\"en\"");
}

#[tokio::test]
async fn without_script_the_guide_asks_question_by_question_to_the_same_result() {
    let world = World::new().await;
    let mut browser = world.browser();
    browser
        .get("/guide")
        .await
        .says("What do you need?")
        .says("method=\"get\"");
    browser
        .get("/guide?kind=problem&after=kind")
        .await
        .says("Which product and version");
    // Nothing chosen: the same question, with what is wrong.
    browser
        .get("/guide?after=kind")
        .await
        .says("What do you need?")
        .says("Choose an answer to continue");
    // Back to a question keeps the answers after it.
    let page = browser
        .get(&format!("/guide?{ANSWERS}&step=impact&back=1"))
        .await;
    page.says("What is affected?")
        .says("Show the result")
        .says("name=\"workaround\" value=\"none\"");
    let page = browser
        .get(&format!("/guide?{ANSWERS}&tier=platinum&zone=pacific"))
        .await;
    page.says("Key Functionality Impaired; No Workaround")
        .says("Platinum plan, US Pacific")
        .says("Friday 27 February, 00:30")
        .says("What would change it");
    let page = browser
        .get(&format!(
            "/guide?{}",
            ANSWERS.replace("causes=none", "causes=none&causes=free")
        ))
        .await;
    page.says("Does any of this cause it");
    let page = browser
        .get("/guide?kind=problem&causes=none&causes=free&release=unlisted&after=causes")
        .await;
    page.says("These answers exclude each other");
}

#[tokio::test]
async fn whoever_came_over_tls_comes_over_tls_the_next_time() {
    let world = World::at("https://portal.test").await;
    for path in ["/", "/nowhere", "/pkg/portal.3.css"] {
        let page = world.browser().get(path).await;
        let said = &page.headers["strict-transport-security"];
        assert_eq!(said, "max-age=31536000", "{path}");
    }
}

#[tokio::test]
async fn islands_start_even_if_the_browser_never_says_that_it_is_idle() {
    let world = World::new().await;
    let page = world.browser().get("/guide").await;
    let (before, after) = page.html.split_once("{timeout:200}").unwrap();
    assert!(before.contains("<script nonce="), "{before}");
    assert!(after.contains("requestIdleCallback"), "{after}");
}

#[tokio::test]
async fn every_answer_carries_an_id_and_what_keeps_a_browser_safe() {
    let world = World::new().await;
    for path in ["/", "/nowhere", "/incidents", "/pkg/nothing.js", "/healthz"] {
        let page = world.browser().get(path).await;
        assert!(page.headers.contains_key("x-request-id"), "{path}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff", "{path}");
        assert!(
            !page.headers.contains_key("strict-transport-security"),
            "{path}"
        );
    }
    let page = world.browser().get("/guide").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("default-src 'none'")
            && policy.contains("style-src 'self'")
            && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .unwrap()
        .split('\'')
        .next()
        .unwrap();
    assert_eq!(
        page.html.matches("<script").count(),
        page.html.matches(&format!("nonce=\"{nonce}\">")).count()
    );
    assert!(!page.html.contains(" style=\""));
    let page = world.browser().get("/pkg/portal.3.css").await;
    assert_eq!(
        page.headers[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
}

#[tokio::test]
async fn it_says_that_it_is_up_and_ready() {
    let world = World::new().await;
    assert_eq!(world.browser().get("/healthz").await.html, "up\n");
    let page = world.browser().get("/readyz").await;
    assert_eq!(
        (page.status, page.html.as_str()),
        (StatusCode::OK, "ready\n")
    );
}

#[tokio::test]
async fn it_is_up_and_not_ready_while_its_tables_or_its_database_are_not() {
    let world = World::new().await;
    for closed in [false, true] {
        if closed {
            world.portal.close().await;
        } else {
            world
                .execute("UPDATE _sqlx_migrations SET version = 99 WHERE version = 1")
                .await;
        }
        let page = world.browser().get("/readyz").await;
        // Why it is not stands in the log alone.
        assert_eq!(
            (page.status, page.html.as_str()),
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        );
        let page = world.browser().get("/healthz").await;
        assert_eq!((page.status, page.html.as_str()), (StatusCode::OK, "up\n"));
    }
}
