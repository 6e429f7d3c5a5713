use axum::http::{StatusCode, header};

use super::client::{ANSWERS, Browser, Page, World};

const TITLE: &str = "한글 <b>title</b> \"quoted\"";

/// Sends the incident form as it stands in the middle of being typed, by one of its buttons.
async fn press(browser: &mut Browser, key: &str, button: &[(&str, &str)]) -> Page {
    let typed = [
        ("key", key),
        ("answers", ANSWERS),
        ("title", TITLE),
        ("description", "line one\r\nline two"),
        ("steps", ""),
        ("business_impact", "kept impact"),
    ];
    let fields: Vec<_> = typed.iter().chain(button).copied().collect();
    browser.post("/incidents/new", &fields).await
}

#[track_caller]
fn has_what_was_typed(page: &Page, key: &str) {
    page.says("line one\r\nline two").says("kept impact");
    assert_eq!([page.value_of("key"), page.value_of("title")], [key, TITLE]);
}

/// The buttons of a form that stand in the header, in their order: what each is named.
fn in_the_header(page: &Page, form: &str) -> Vec<String> {
    let header = page.html.split("</header>").next().unwrap();
    let owner = format!("form=\"{form}\"");
    let buttons = header
        .split("<button")
        .skip(1)
        .map(|tag| tag.split('>').next().unwrap());
    buttons
        .filter(|tag| tag.contains(&owner))
        .map(|tag| {
            let name = tag.split_once("name=\"");
            name.map_or("", |(_, rest)| rest.split_once('"').unwrap().0)
                .to_owned()
        })
        .collect()
}

#[tokio::test]
async fn another_language_in_the_middle_of_the_form_keeps_what_was_typed() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    // An empty field is nothing to complain of: nothing was sent to be filed.
    let page = press(&mut browser, &key, &[("language", "ko")]).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("lang=\"ko\"").says("인시던트 접수");
    has_what_was_typed(&page, &key);
    assert_eq!(page.value_of("answers"), ANSWERS);
    assert!(!page.html.contains("class=\"error\""));
    let cookie = page.headers.get(header::SET_COOKIE).unwrap();
    assert!(
        cookie
            .to_str()
            .unwrap()
            .starts_with("lang=ko; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly")
    );
    // It is the visitor's language from then on.
    browser.get("/plan").await.says("<html lang=\"ko\"");
    let page = press(&mut browser, &key, &[("language", "en")]).await;
    page.says("<html lang=\"en\"");
    has_what_was_typed(&page, &key);
    // A language that is not spoken is none that was chosen.
    let page = press(&mut browser, &key, &[("language", "xx")]).await;
    page.says("Look it over. Nothing is filed yet.");
}

#[tokio::test]
async fn another_language_while_it_is_looked_over_files_nothing_and_shows_the_same() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    let page = press(&mut browser, &key, &[("step", "review")]).await;
    page.says("Look it over. Nothing is filed yet.");
    let shown = page.value_of("shown");
    let page = press(&mut browser, &key, &[("shown", &shown), ("language", "ko")]).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("내용을 확인하세요. 아직 접수되지 않았습니다.")
        .says("line one\r\nline two");
    assert_eq!(
        [page.value_of("key"), page.value_of("title")],
        [key.as_str(), TITLE]
    );
    // What had been filed meanwhile is said in the language chosen, too.
    let filed = press(&mut browser, &key, &[("step", "submit")]).await;
    assert!(filed.location().ends_with("?filed=now"));
    let page = press(&mut browser, &key, &[("shown", &shown), ("language", "en")]).await;
    assert!(page.location().ends_with("?filed=before"));
    browser
        .get(page.location())
        .await
        .says("It was not filed again");
}

#[tokio::test]
async fn the_header_sends_the_form_that_is_typed_in_and_return_does_not_press_a_language() {
    let world = World::new().await;
    let page = world.browser().get("/sign-in").await;
    assert_eq!(
        in_the_header(&page, "sign-in"),
        ["", "language", "language"]
    );
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    for page in [
        browser.get("/incidents/new").await,
        press(&mut browser, &key, &[("step", "review")]).await,
    ] {
        assert_eq!(
            in_the_header(&page, "incident"),
            ["", "language", "language"]
        );
        assert_eq!(page.html.matches("id=\"incident\"").count(), 1);
    }
    // Where nothing is typed, a language is chosen as ever.
    let page = browser.get("/guide").await;
    assert!(page.html.contains("name=\"to\" value=\"ko\""));
}

#[tokio::test]
async fn to_the_guide_and_back_the_form_waits_and_takes_the_newest_answers() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    let page = browser.get(&format!("/incidents/new?{ANSWERS}")).await;
    let change = format!("value=\"/guide?{}\"", ANSWERS.replace('&', "&amp;"));
    page.says(&change);
    press(&mut browser, &key, &[("step", "review")])
        .await
        .says(&change);

    let guide = format!("/guide?{ANSWERS}");
    let page = press(&mut browser, &key, &[("step", &guide)]).await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::SEE_OTHER, guide.as_str())
    );
    let page = browser.get(&guide).await;
    page.says("Key Functionality Impaired; No Workaround");
    // Script or none: the address carries newer answers, or the browser keeps them.
    let newer = ANSWERS.replace("workaround=none", "workaround=viable");
    let page = browser.get(&format!("/incidents/new?{newer}")).await;
    has_what_was_typed(&page, &key);
    page.says("Your form is here again");
    assert_eq!(page.value_of("answers"), newer);
    let page = browser.get("/incidents/new").await;
    has_what_was_typed(&page, &key);
    assert_eq!(page.value_of("answers"), ANSWERS);
    // Once it is filed, it waits no longer.
    press(&mut browser, &key, &[("step", "submit")]).await;
    assert_eq!(browser.get("/incidents/new").await.value_of("title"), "");
}

#[tokio::test]
async fn without_a_session_neither_a_language_nor_the_guide_loses_what_was_typed() {
    let world = World::new().await;
    let key = world.portal.new_form_key();
    let contact = &world.people[0];
    let guide = format!("/guide?{ANSWERS}");
    for (button, next) in [
        (("language", "ko"), "/incidents/new"),
        (("step", guide.as_str()), guide.as_str()),
    ] {
        let mut browser = world.browser();
        let page = press(&mut browser, &key, &[button]).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert_eq!(page.value_of("next"), next);
        // And again in another language, on the page that asks who it is.
        let carry = page.value_of("carry");
        let page = browser
            .post(
                "/sign-in",
                &[
                    ("email", "typed@hangang.example"),
                    ("password", "half"),
                    ("next", next),
                    ("carry", &carry),
                    ("language", "ko"),
                ],
            )
            .await;
        assert_eq!(page.status, StatusCode::OK);
        page.says("세션이 종료되었습니다.");
        assert_eq!(
            [page.value_of("email"), page.value_of("carry")],
            ["typed@hangang.example".to_owned(), carry.clone()]
        );
        let page = browser
            .post(
                "/sign-in",
                &[
                    ("email", contact.email),
                    ("password", contact.password),
                    ("next", next),
                    ("carry", &carry),
                ],
            )
            .await;
        assert_eq!(page.location(), next);
        has_what_was_typed(&browser.get("/incidents/new").await, &key);
    }
}

#[tokio::test]
async fn another_language_at_sign_in_keeps_the_address_and_signs_nobody_in() {
    let world = World::new().await;
    let mut browser = world.browser();
    let contact = &world.people[0];
    for (language, said) in [("ko", "로그인"), ("en", "Sign in")] {
        let page = browser
            .post(
                "/sign-in",
                &[
                    ("email", contact.email),
                    ("password", contact.password),
                    ("next", "/guide"),
                    ("carry", ""),
                    ("language", language),
                ],
            )
            .await;
        assert_eq!(page.status, StatusCode::OK);
        page.says(&format!("<h1>{said}</h1>"));
        assert_eq!(
            ["email", "next", "password"].map(|name| page.value_of(name)),
            [contact.email, "/guide", ""]
        );
        assert!(!page.html.contains(contact.password));
        assert!(browser.cookie("session").is_none());
        assert_eq!(browser.cookie("lang"), Some(language));
    }
    // An address that is only begun is no error yet.
    let page = browser
        .post("/sign-in", &[("email", "seo"), ("language", "ko")])
        .await;
    assert_eq!(page.value_of("email"), "seo");
    assert!(!page.html.contains("role=\"alert\""));
}

#[tokio::test]
async fn a_form_leaves_for_nowhere_but_the_guide() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let key = browser.form_key().await;
    for step in ["/guidebook", "//evil.example", "https://evil.example/guide"] {
        let page = press(&mut browser, &key, &[("step", step)]).await;
        // It is looked over, as with any word that is none of the buttons'.
        assert_eq!(page.status, StatusCode::OK, "{step}");
        page.says("Look it over. Nothing is filed yet.");
    }
}
