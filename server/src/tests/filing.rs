use std::fs;

use axum::http::StatusCode;
use domain::calendar::Instant;
use portal_core::plans::Plans;

use super::client::{ANSWERS, Browser, FOREIGN_KEY, Page, World};

const PLAN: &str = include_str!("../../../app/domain/plans/service-assurance-2026.1.toml");

async fn send(
    browser: &mut Browser,
    step: &str,
    key: &str,
    answers: &str,
    title: &str,
    description: &str,
) -> Page {
    let fields = [
        ("key", key),
        ("answers", answers),
        ("title", title),
        ("description", description),
        ("steps", "1. start"),
        ("business_impact", ""),
        ("step", step),
    ];
    browser.post("/incidents/new", &fields).await
}

async fn file(
    browser: &mut Browser,
    key: &str,
    answers: &str,
    title: &str,
    description: &str,
) -> Page {
    send(browser, "submit", key, answers, title, description).await
}

async fn total(browser: &mut Browser) -> String {
    let page = browser.get("/incidents").await;
    let (_, rest) = page.html.split_once("mute num\">").unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

#[tokio::test]
async fn what_is_filed_is_found_again_with_the_same_answer() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let page = browser.get(&format!("/incidents/new?{ANSWERS}")).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("Key Functionality Impaired; No Workaround");
    assert_eq!(page.value_of("answers"), ANSWERS);
    let key = page.value_of("key");

    let page = file(
        &mut browser,
        &key,
        ANSWERS,
        "Webhooks stop",
        "They stop after the nightly import.",
    )
    .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let at = page.location().to_owned();
    let page = browser.get(&at).await;
    assert_eq!(page.status, StatusCode::OK);
    // Core plan, Seoul, S2: 8 Business Hours from Friday 15:30 over a weekend and a substitute holiday.
    page.says("Webhooks stop")
        .says("Tuesday 3 March 2026, 15:30")
        .says("Independence Movement Day")
        .says("Notice received")
        .says("Key functionality is affected")
        .says("filed by you")
        .says("Filed as INC-2026-");
    let number = at.split(['/', '?']).nth(2).unwrap().to_owned();
    browser
        .get(&format!("/incidents?q={number}"))
        .await
        .says("Webhooks stop")
        .says("1 incident<");
    browser
        .get("/incidents?q=WEBHOOKS+stop&severity=S2&state=awaiting_response")
        .await
        .says(&number);
    browser
        .get("/incidents?q=no+such+thing")
        .await
        .says("Nothing found");
    // A colleague sees it, with the name of whoever filed it.
    let mut colleague = world.signed_in(1).await;
    colleague
        .get(&format!("/incidents/{number}"))
        .await
        .says(&format!("filed by {}", world.people[0].name));
}

#[tokio::test]
async fn one_key_files_once() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    let before = total(&mut browser).await;
    let first = file(&mut browser, &key, ANSWERS, "Once", "x").await;
    let again = file(&mut browser, &key, ANSWERS, "Once", "x").await;
    let number = |page: &Page| page.location().split(['/', '?']).nth(2).unwrap().to_owned();
    assert_eq!(number(&first), number(&again));
    browser
        .get(again.location())
        .await
        .says("It was not filed again");
    assert_ne!(total(&mut browser).await, before);
    let after = total(&mut browser).await;
    file(&mut browser, &key, ANSWERS, "Once", "x").await;
    assert_eq!(total(&mut browser).await, after);
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_loses_nothing() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    browser.cookies.clear();
    let title = "한글 <b>title</b> \"quoted\"";
    let page = file(&mut browser, &key, ANSWERS, title, "line one\r\nline two").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    page.says("Your session has ended");
    let carry = page.value_of("carry");
    let contact = &world.people[0];
    // A wrong password in between keeps it as well.
    let page = browser
        .post(
            "/sign-in",
            &[
                ("email", contact.email),
                ("password", "wrong"),
                ("next", "/incidents/new"),
                ("carry", &carry),
            ],
        )
        .await;
    assert_eq!(page.value_of("carry"), carry);
    let page = browser
        .post(
            "/sign-in",
            &[
                ("email", contact.email),
                ("password", contact.password),
                ("next", "/incidents/new"),
                ("carry", &carry),
            ],
        )
        .await;
    assert_eq!(page.location(), "/incidents/new");
    let page = browser.get("/incidents/new").await;
    page.says("Your form is here again").says("line one");
    assert_eq!(
        (
            page.value_of("title").as_str(),
            page.value_of("key").as_str(),
            page.value_of("answers").as_str()
        ),
        (title, key.as_str(), ANSWERS)
    );
    let page = file(&mut browser, &key, ANSWERS, title, "line one\r\nline two").await;
    assert!(
        page.location().ends_with("?filed=now"),
        "{}",
        page.location()
    );
    // Once it is filed, the form is fresh again.
    assert_eq!(browser.get("/incidents/new").await.value_of("title"), "");
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_stays() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    let before = total(&mut browser).await;
    let long = "가".repeat(201);
    for (title, description, said) in [
        ("", "kept text", "Title: Fill this in."),
        ("  ", "kept text", "Title: Fill this in."),
        (
            long.as_str(),
            "kept text",
            "Title: This has 201 characters; at most 200 fit.",
        ),
        (
            "bell \u{7}",
            "kept text",
            "Title: This contains a character that cannot be kept",
        ),
    ] {
        let page = file(&mut browser, &key, ANSWERS, title, description).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{title:?}");
        page.says(said)
            .says("kept text")
            .says("href=\"#title\"")
            .says("aria-describedby=\"title-hint title-error\"");
        assert_eq!(page.value_of("answers"), ANSWERS);
        assert_eq!(page.value_of("key"), key);
    }
    assert_eq!(total(&mut browser).await, before);
}

#[tokio::test]
async fn markup_stays_text_everywhere() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    let evil = "</title></textarea><script>alert(1)</script><b>&amp;";
    let page = file(&mut browser, &key, ANSWERS, "", evil).await;
    assert!(
        !page.html.contains("<script>alert") && !page.html.contains("</textarea><script>alert"),
        "{}",
        page.html
    );
    page.says(
        "&lt;/title&gt;&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;&amp;amp;",
    );
    let page = file(&mut browser, &key, ANSWERS, evil, evil).await;
    let page = browser.get(page.location()).await;
    assert!(
        !page.html.contains("<script>alert") && !page.html.contains("<b>&amp;amp;"),
        "{}",
        page.html
    );
    let list = browser.get("/incidents").await;
    assert!(!list.html.contains("<script>alert"), "{}", list.html);
}

#[tokio::test]
async fn forged_answers_an_unknown_version_and_a_strange_key_are_refused() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    let before = total(&mut browser).await;
    for answers in [
        String::new(),
        ANSWERS.replace("harm=no", "harm=maybe"),
        ANSWERS.replace("&harm=no", ""),
        format!("{ANSWERS}&admin=yes"),
        ANSWERS.replace("causes=none", "causes=none&causes=free"),
        ANSWERS.replace("release=unlisted", "release=studio:99.9"),
    ] {
        let page = file(&mut browser, &key, &answers, "kept title", "kept text").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{answers}");
        page.says("do not fit together").says("kept text");
        assert_eq!(page.value_of("title"), "kept title");
    }
    for key in [
        "",
        "1",
        "0190A6F0-7B7E-4C3E-9D6F-0123456789AB",
        "' OR 1=1 --",
        FOREIGN_KEY,
    ] {
        let page = file(&mut browser, key, ANSWERS, "kept title", "kept text").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{key}");
        page.says("The portal did not issue this form")
            .says("kept text");
        assert_ne!(page.value_of("key"), key);
    }
    assert_eq!(total(&mut browser).await, before);
}

#[tokio::test]
async fn a_key_that_the_portal_did_not_issue_is_exchanged_before_anything_is_filed() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    for step in ["review", "submit"] {
        let page = send(&mut browser, step, FOREIGN_KEY, ANSWERS, step, "kept text").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{step}");
        page.says("The portal did not issue this form")
            .says("kept text");
        assert_eq!(
            [page.value_of("title").as_str(), &page.value_of("answers")],
            [step, ANSWERS]
        );
        let fresh = page.value_of("key");
        assert_ne!(fresh, FOREIGN_KEY);
        let page = file(&mut browser, &fresh, ANSWERS, step, "kept text").await;
        assert!(page.location().ends_with("?filed=now"), "{step}");
    }
}

#[tokio::test]
async fn beyond_the_calendar_nothing_is_promised_and_nothing_stored() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    let before = total(&mut browser).await;
    // 1 January 2040; the session has ended by then.
    world.clock.set(Instant(2_208_988_800_000));
    let mut browser = world.signed_in(0).await;
    let page = file(&mut browser, &key, ANSWERS, "Later", "kept text").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("No due time can be computed").says("kept text");
    browser
        .get(&format!("/guide?{ANSWERS}"))
        .await
        .says("No due time can be given");
    assert_eq!(total(&mut browser).await, before);
}

#[tokio::test]
async fn another_customers_incident_answers_like_one_that_does_not_exist() {
    let world = World::new().await;
    let mut owner = world.signed_in(0).await;
    let key = owner.form_key().await;
    let page = file(&mut owner, &key, ANSWERS, "Ours", "x").await;
    let number = page.location().split(['/', '?']).nth(2).unwrap().to_owned();
    let mut stranger = world.signed_in(2).await;
    let theirs = stranger.get(&format!("/incidents/{number}")).await;
    let nowhere = stranger.get("/incidents/INC-2026-99999").await;
    assert_eq!(
        (theirs.status, nowhere.status),
        (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
    );
    let same = |page: &Page, number: &str| page.html.replace(number, "");
    let no_nonce = |html: String| {
        html.split("nonce=\"")
            .map(|part| {
                part.split_once('"')
                    .map_or(part, |(_, rest)| rest)
                    .to_owned()
            })
            .collect::<String>()
    };
    assert_eq!(
        no_nonce(same(&theirs, &number)),
        no_nonce(same(&nowhere, "INC-2026-99999"))
    );
    stranger
        .get(&format!("/incidents?q={number}"))
        .await
        .says("Nothing found");
    assert_eq!(
        stranger.get("/incidents/nonsense").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn it_is_looked_over_before_it_is_filed() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    let before = total(&mut browser).await;
    let page = send(
        &mut browser,
        "review",
        &key,
        ANSWERS,
        "  Webhooks \"stop\" ",
        "<b>line</b>",
    )
    .await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("Nothing is filed yet")
        .says("Webhooks &quot;stop&quot;")
        .says("&lt;b&gt;line&lt;/b&gt;")
        .says("Tuesday 3 March, 15:30");
    assert_eq!(
        (
            page.value_of("key").as_str(),
            page.value_of("answers").as_str()
        ),
        (key.as_str(), ANSWERS)
    );
    assert_eq!(total(&mut browser).await, before);
    // Back to the form with everything in it, then on to the end.
    let page = send(&mut browser, "edit", &key, ANSWERS, "Webhooks stop", "line").await;
    assert_eq!(
        (page.status, page.value_of("title").as_str()),
        (StatusCode::OK, "Webhooks stop")
    );
    let page = file(&mut browser, &key, ANSWERS, "Webhooks stop", "line").await;
    assert!(page.location().ends_with("?filed=now"));
    // What is filed already is not looked over again.
    let page = send(
        &mut browser,
        "review",
        &key,
        ANSWERS,
        "Webhooks stop",
        "line",
    )
    .await;
    assert!(page.location().ends_with("?filed=before"));
    // What is wrong is said before the review, too.
    let another = browser.form_key().await;
    let page = send(&mut browser, "review", &another, ANSWERS, "", "line").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Title: Fill this in.");
}

#[tokio::test]
async fn what_becomes_of_a_release_later_changes_no_word_of_the_answer() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    let answers = ANSWERS.replace("release=unlisted", "release=gateway:5.0.3");
    let page = file(&mut browser, &key, &answers, "Webhooks stop", "x").await;
    let at = page.location().to_owned();
    let said = [
        "Install Interactor Gateway 5.1.0, the latest Minor release of this line.",
        "a later Minor release is not installed",
        "Interactor Gateway 5.0.3: superseded by Minor release 5.1.0",
    ];
    let page = browser.get(&at).await;
    for words in said {
        page.says(words);
    }
    world
        .execute("UPDATE releases SET discontinued = TRUE WHERE version IN ('5.0.3', '5.1.0')")
        .await;
    let page = browser.get(&at).await;
    for words in said {
        page.says(words);
    }
    page.lacks("support has been discontinued");
}

#[tokio::test]
async fn clauses_are_those_of_the_plan_that_it_was_filed_under() {
    let folder = tempfile::tempdir().unwrap();
    let next = PLAN.replacen("version = \"2026.1\"", "version = \"2027.1\"", 1);
    fs::write(folder.path().join("next.toml"), next).unwrap();
    let world = World::with_plans(Plans::load(Some(folder.path())).unwrap()).await;
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    browser
        .post("/language", &[("to", "ko"), ("back", "/")])
        .await;
    let answers = ANSWERS.replace("causes=none", "causes=third_party");
    let guide = browser.get(&format!("/guide?{answers}")).await;
    let review = send(&mut browser, "review", &key, &answers, "Webhooks stop", "x").await;
    let page = file(&mut browser, &key, &answers, "Webhooks stop", "x").await;
    let incident = browser.get(page.location()).await;
    for page in [&guide, &review, &incident] {
        page.says("href=\"/plan/2026.1#7-v\"")
            .says("href=\"/plan/2026.1#3\"")
            .lacks("href=\"/plan#")
            // The contract's words are a translation here.
            .says("편의를 위한 번역");
    }
    for page in [&guide, &incident] {
        page.says("href=\"/plan/2026.1#2-s2\"");
    }
    // Whoever is no customer reads of the plan that is sold now.
    world
        .browser()
        .get(&format!("/guide?{answers}"))
        .await
        .says("href=\"/plan/2027.1#2-s2\"")
        .lacks("convenience");
}
