//! Two steps, links, passwords, sessions and limits, as a browser without script meets them.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use domain::people::Actor;
use portal_core::accounts::{self, LinkKind};

use super::client::{ANSWERS, Browser, NO_PROVIDER, Page, World, form};

const GOOD: &str = "lantern willow compass";

async fn password_step(browser: &mut Browser, world: &World, person: usize, next: &str) -> Page {
    let person = &world.people[person];
    let fields = [
        ("email", person.email),
        ("password", person.password),
        ("next", next),
    ];
    browser.post("/sign-in", &fields).await
}

/// The address of a link for the person at this place of the sample.
async fn link(world: &World, kind: LinkKind, person: usize) -> String {
    let found = accounts::reset_link(&world.portal, Actor::Operator, world.people[person].email);
    let link = match kind {
        LinkKind::Reset => found.await.unwrap().unwrap(),
        LinkKind::Invitation => {
            let id = id_of(world, person).await;
            accounts::make_link(&world.portal, Actor::Operator, kind, id)
                .await
                .unwrap()
                .unwrap()
        }
    };
    format!("/invitation/{}", link.token)
}

/// People of the sample are numbered in their order.
async fn id_of(world: &World, person: usize) -> i64 {
    let id = i64::try_from(person).unwrap() + 1;
    let found = accounts::person(&world.portal, id).await.unwrap().unwrap();
    assert_eq!(found.email, world.people[person].email);
    id
}

async fn set_password(browser: &mut Browser, link: &str, new: &str, again: &str) -> Page {
    let token = link.trim_start_matches("/invitation/");
    browser
        .post(link, &[("token", token), ("new", new), ("again", again)])
        .await
}

/// Sets up an authenticator app in this browser and gives its secret and the recovery codes.
async fn set_up_app(browser: &mut Browser, world: &World) -> (String, Vec<String>) {
    let here = "/me/security/authenticator";
    let page = browser.get(here).await;
    page.says("<svg class=\"qr\"").says("otpauth://totp/");
    let secret = between(&page.html, "secret=", "&").to_owned();
    // It stays the same until it is set up.
    browser.get(here).await.says(&format!("secret={secret}&"));
    let page = browser
        .post(here, &[("step", "on"), ("code", "000000")])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("This code is wrong")
        .says(&format!("secret={secret}&"));
    let code = world.code(&secret);
    let page = browser.post(here, &[("step", "on"), ("code", &code)]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.headers[header::CACHE_CONTROL], "private, no-store");
    let codes: Vec<String> = page
        .html
        .split("<li class=\"num secret\">")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10, "{}", page.html);
    (secret, codes)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before}: {text}"));
    rest.split(after).next().unwrap()
}

#[tokio::test]
async fn an_administrator_passes_two_steps_and_is_not_signed_in_between() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = password_step(&mut browser, &world, 14, "/plan#x").await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::SEE_OTHER, "/sign-in/code")
    );
    let between = browser.cookie("session").unwrap().to_owned();
    browser.get("/").await.says("href=\"/sign-in\"");
    assert_eq!(
        browser.get("/me/security").await.status,
        StatusCode::SEE_OTHER
    );
    browser.get("/sign-in/code").await.says("Enter your code");

    for (code, words) in [("", "Enter a code."), ("123", "This code is wrong")] {
        let page = browser.post("/sign-in/code", &[("code", code)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.says(words);
    }
    let code = world.code(world.people[14].totp_secret.unwrap());
    let page = browser.post("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::SEE_OTHER, "/plan#x")
    );
    browser.get("/").await.says(world.people[14].name);
    assert_ne!(browser.cookie("session").unwrap(), between);

    // The id from between opens nothing, and the code nothing more.
    let mut other = world.browser();
    other.cookies.push(("session".to_owned(), between));
    other.get("/").await.says("href=\"/sign-in\"");
    assert_eq!(other.get("/sign-in/code").await.location(), "/sign-in");
    password_step(&mut other, &world, 14, "/").await;
    let page = other.post("/sign-in/code", &[("code", &code)]).await;
    page.says("This code is wrong");
}

#[tokio::test]
async fn the_second_step_cannot_be_taken_without_the_first_nor_long_after_it() {
    let world = World::new().await;
    let secret = world.people[14].totp_secret.unwrap();
    let mut browser = world.browser();
    assert_eq!(browser.get("/sign-in/code").await.location(), "/sign-in");
    let page = browser
        .post("/sign-in/code", &[("code", &world.code(secret))])
        .await;
    assert_eq!(page.location(), "/sign-in");

    password_step(&mut browser, &world, 14, "/guide").await;
    world.clock.advance(10 * 60_000 - 1);
    browser.get("/sign-in/code").await.says("Enter your code");
    world.clock.advance(1);
    let page = browser
        .post("/sign-in/code", &[("code", &world.code(secret))])
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("More than ten minutes");
    assert_eq!(page.value_of("next"), "/guide");
    browser.get("/").await.says("href=\"/sign-in\"");
}

#[tokio::test]
async fn a_form_that_waited_is_there_again_after_both_steps() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let (secret, _) = set_up_app(&mut browser, &world).await;
    world.clock.advance(60_000);

    let key = browser.form_key().await;
    let mut fresh = world.browser();
    let page = fresh
        .post(
            "/incidents/new",
            &[
                ("key", key.as_str()),
                ("answers", ANSWERS),
                ("title", "Carried over"),
                ("description", "Through \"both\" <steps>"),
            ],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    let person = &world.people[0];
    let (next, carry) = (page.value_of("next"), page.value_of("carry"));
    let page = fresh
        .post(
            "/sign-in",
            &[
                ("email", person.email),
                ("password", person.password),
                ("next", &next),
                ("carry", &carry),
            ],
        )
        .await;
    assert_eq!(page.location(), "/sign-in/code");
    fresh.get("/sign-in/code").await.says("Your form is kept");
    // Too late once: it is still there, in the form of the first step.
    world.clock.advance(10 * 60_000);
    let page = fresh
        .post("/sign-in/code", &[("code", &world.code(&secret))])
        .await;
    assert_eq!(
        (page.value_of("next"), page.value_of("carry")),
        (next.clone(), carry.clone())
    );
    let fields = [
        ("email", person.email),
        ("password", person.password),
        ("next", next.as_str()),
        ("carry", carry.as_str()),
    ];
    fresh.post("/sign-in", &fields).await;
    let page = fresh
        .post("/sign-in/code", &[("code", &world.code(&secret))])
        .await;
    assert_eq!(page.location(), "/incidents/new");
    let page = fresh.get("/incidents/new").await;
    page.says("Your form is here again");
    assert_eq!(page.value_of("title"), "Carried over");
}

#[tokio::test]
async fn an_administrator_without_a_second_factor_sets_it_up_first() {
    let world = World::new().await;
    let made =
        accounts::create_administrator(&world.portal, Actor::Operator, "new@vendor.example", "New")
            .await
            .unwrap();
    let accounts::Made::Invited(link) = made else {
        panic!("{made:?}")
    };
    let mut browser = world.browser();
    let page = set_password(
        &mut browser,
        &format!("/invitation/{}", link.token),
        GOOD,
        GOOD,
    )
    .await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    let here = "/me/security/authenticator";
    for path in [
        "/",
        "/plan",
        "/incidents",
        "/admin",
        "/me/security",
        "/accounts/export.csv",
    ] {
        let page = browser.get(path).await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::SEE_OTHER, here),
            "{path}"
        );
    }
    let page = browser.post("/me/security", &[("others", "true")]).await;
    assert_eq!(page.location(), here);
    browser
        .get(here)
        .await
        .says("Your role needs this second step");
    let before = browser.cookie("session").unwrap().to_owned();
    let (_, codes) = set_up_app(&mut browser, &world).await;
    assert_ne!(browser.cookie("session").unwrap(), before);
    assert_eq!(browser.get("/plan").await.status, StatusCode::OK);
    let page = browser
        .post(here, &[("step", "off"), ("code", &codes[0])])
        .await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::SEE_OTHER, here)
    );
    browser
        .get(here)
        .await
        .says("so it cannot be removed")
        .says("10 of your recovery codes");
}

#[tokio::test]
async fn a_recovery_code_signs_in_once_and_new_ones_end_it() {
    let world = World::new().await;
    let mut browser = world.signed_in(1).await;
    let (secret, codes) = set_up_app(&mut browser, &world).await;
    for (code, to) in [(&codes[0], "/guide"), (&codes[0], "")] {
        let mut fresh = world.browser();
        password_step(&mut fresh, &world, 1, "/guide").await;
        assert_eq!(
            fresh
                .post("/sign-in/code", &[("code", code)])
                .await
                .location(),
            to
        );
    }
    browser
        .get("/me/security")
        .await
        .says("Recovery codes left: 9.");
    let here = "/me/security/authenticator";
    world.clock.advance(60_000);
    let page = browser
        .post(here, &[("step", "codes"), ("code", &world.code(&secret))])
        .await;
    assert!(!page.html.contains(&codes[1]));
    page.says("They are shown only now");
    browser.get(here).await.says("10 of your recovery codes");
    let page = browser
        .post(here, &[("step", "off"), ("code", &codes[1])])
        .await;
    page.says("This code is wrong");
    world.clock.advance(60_000);
    let page = browser
        .post(here, &[("step", "off"), ("code", &world.code(&secret))])
        .await;
    assert_eq!(page.location(), "/me/security?done=removed");
    assert_eq!(
        password_step(&mut world.browser(), &world, 1, "/guide")
            .await
            .location(),
        "/guide"
    );
}

#[tokio::test]
async fn a_link_says_whose_it_is_and_works_once() {
    let world = World::new().await;
    let path = link(&world, LinkKind::Reset, 1).await;
    let mut signed_in = world.signed_in(1).await;
    let mut browser = world.browser();
    browser
        .get(&path)
        .await
        .says("Choose a new password")
        .says(world.people[1].name)
        .says(world.people[1].email);
    for (new, again, words) in [
        ("", "", "Fill in every field"),
        (GOOD, "other", "The two are not the same"),
        ("br4ve", "br4ve", "This has 5 characters"),
        ("password1234", "password1234", "attackers try first"),
        (
            "jihoon.park@hangang",
            "jihoon.park@hangang",
            "made of your name",
        ),
    ] {
        let page = set_password(&mut browser, &path, new, again).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.says(words);
        assert!(
            world.people[1].email.contains(new) || !page.html.contains(new),
            "what was typed is secret"
        );
    }
    let page = set_password(&mut browser, &path, GOOD, GOOD).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"));
    browser.get("/incidents").await.says(world.people[1].name);
    assert_eq!(
        signed_in.get("/incidents").await.status,
        StatusCode::SEE_OTHER
    );

    // Used, expired, never made: one answer.
    let expired = link(&world, LinkKind::Invitation, 2).await;
    world.clock.advance(8 * 24 * 3_600_000);
    for gone in [path.as_str(), &expired, "/invitation/x", "/invitation/%00"] {
        let page = world.browser().get(gone).await;
        assert_eq!(page.status, StatusCode::GONE, "{gone}");
        page.says("This link does not work");
        let page = set_password(&mut world.browser(), gone, GOOD, GOOD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn a_link_does_not_lead_around_the_second_step() {
    let world = World::new().await;
    let path = link(&world, LinkKind::Reset, 14).await;
    let mut browser = world.browser();
    let page = set_password(&mut browser, &path, GOOD, GOOD).await;
    assert_eq!(page.location(), "/sign-in/code");
    browser.get("/").await.says("href=\"/sign-in\"");
}

#[tokio::test]
async fn a_changed_password_ends_every_other_session_and_renews_this_one() {
    let world = World::new().await;
    let (mut here, mut there) = (world.signed_in(1).await, world.signed_in(1).await);
    let old = world.people[1].password;
    let change = |old, new| [("old", old), ("new", new), ("again", new)];
    let path = "/me/security/password";
    let page = here.post(path, &change("wrong", GOOD)).await;
    page.says("This is not your current password");
    here.post(path, &change(old, old))
        .await
        .says("the password that you have now");
    assert_eq!(there.get("/incidents").await.status, StatusCode::OK);
    let before = here.cookie("session").unwrap().to_owned();
    let page = here.post(path, &change(old, GOOD)).await;
    assert_eq!(page.location(), "/me/security?done=password");
    here.get(page.location())
        .await
        .says("every other session has ended");
    assert_ne!(here.cookie("session").unwrap(), before);
    assert_eq!(there.get("/incidents").await.status, StatusCode::SEE_OTHER);
    let mut stolen = world.browser();
    stolen.cookies.push(("session".to_owned(), before));
    assert_eq!(stolen.get("/incidents").await.status, StatusCode::SEE_OTHER);
    // Whoever is signed out is sent to sign in.
    let page = there.post(path, &change(GOOD, old)).await;
    assert_eq!(page.location(), "/sign-in?next=/me/security/password");
}

#[tokio::test]
async fn sessions_are_listed_and_signed_out() {
    let world = World::new().await;
    let mut here = world.signed_in(1).await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(world.signed_in(1).await);
    }
    let page = here.get("/me/security").await;
    page.says("Where you are signed in")
        .says("You are here")
        .says("Unknown browser");
    assert_eq!(page.html.matches("name=\"session\"").count(), 3);
    for browser in &others {
        assert!(
            !page.html.contains(browser.cookie("session").unwrap()),
            "an id is shown"
        );
    }
    let button = page.html.split("name=\"session\"").nth(1).unwrap();
    let handle = between(button, "value=\"", "\"").to_owned();
    let page = here.post("/me/security", &[("session", &handle)]).await;
    assert_eq!(page.location(), "/me/security?done=ended");
    let mut open = 0;
    for browser in &mut others {
        open += i32::from(browser.get("/incidents").await.status == StatusCode::OK);
    }
    assert_eq!(open, 2);
    here.post("/me/security", &[("others", "true")]).await;
    for browser in &mut others {
        assert_eq!(
            browser.get("/incidents").await.status,
            StatusCode::SEE_OTHER
        );
    }
    assert_eq!(here.get("/incidents").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_after_its_hours_all_the_same() {
    let world = World::new().await;
    let (mut used, mut left) = (world.signed_in(1).await, world.signed_in(1).await);
    for _ in 0..11 {
        world.clock.advance(3_600_000);
        assert_eq!(used.get("/incidents").await.status, StatusCode::OK);
    }
    assert_eq!(left.get("/incidents").await.status, StatusCode::SEE_OTHER);
    world.clock.advance(3_600_000);
    assert_eq!(used.get("/incidents").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn too_many_tries_from_one_address_are_refused_in_words() {
    let world = World::with_limit(3, NO_PROVIDER).await;
    let mut browser = world.browser();
    let paths = ["/sign-in", "/sign-in/code", "/invitation/x"];
    for path in paths {
        assert_ne!(
            browser.post(path, &[]).await.status,
            StatusCode::TOO_MANY_REQUESTS
        );
    }
    for path in paths {
        let page = browser.post(path, &[]).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        page.says("Too many attempts from your network");
        assert!(page.headers.contains_key(header::RETRY_AFTER));
    }
    // Nothing else is limited, nor somebody elsewhere, as a trusted proxy says.
    assert_eq!(browser.get("/sign-in").await.status, StatusCode::OK);
    let elsewhere = |forwarded: &'static str| {
        let mut request = Request::post("/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", forwarded)
            .body(Body::from(form(&[])))
            .unwrap();
        let proxy = SocketAddr::from(([127, 0, 0, 1], 5000));
        request.extensions_mut().insert(ConnectInfo(proxy));
        request
    };
    for (forwarded, status) in [
        ("192.0.2.7", StatusCode::UNPROCESSABLE_ENTITY),
        ("203.0.113.1, 192.0.2.7", StatusCode::UNPROCESSABLE_ENTITY),
        ("203.0.113.2, 192.0.2.7", StatusCode::UNPROCESSABLE_ENTITY),
        ("203.0.113.3, 192.0.2.7", StatusCode::TOO_MANY_REQUESTS),
        ("192.0.2.8", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let page = world.browser().send(elsewhere(forwarded)).await;
        assert_eq!(page.status, status, "{forwarded}");
    }
}

#[tokio::test]
async fn who_waits_is_told_so_whether_the_account_exists_or_not() {
    let world = World::new().await;
    let mut answers = Vec::new();
    for email in [world.people[1].email, "nobody@hangang.example"] {
        let fields = [("email", email), ("password", "wrong")];
        for _ in 0..5 {
            let page = world.browser().post("/sign-in", &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let page = world.browser().post("/sign-in", &fields).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        page.says("Too many attempts. Wait 1 s");
        assert_eq!(page.value_of("email"), email);
        answers.push(page.html.replace(email, "").len());
    }
    assert_eq!(answers[0], answers[1]);
    // A browser that signed in before does not wait for what others did.
    let mut known = world.signed_in(2).await;
    known.post("/sign-out", &[]).await;
    for _ in 0..6 {
        let fields = [("email", world.people[2].email), ("password", "wrong")];
        world.browser().post("/sign-in", &fields).await;
    }
    let page = password_step(&mut world.browser(), &world, 2, "/guide").await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        password_step(&mut known, &world, 2, "/guide")
            .await
            .location(),
        "/guide"
    );
}

#[tokio::test]
async fn whoever_left_or_has_another_role_feels_it_at_the_next_request() {
    let world = World::new().await;
    let mut browser = world.signed_in(5).await;
    assert!(!browser.get("/plan").await.html.contains("href=\"/admin\""));
    let before = browser.cookie("session").unwrap().to_owned();
    world
        .execute("UPDATE people SET customer_id = (SELECT id FROM customers WHERE name = 'Cascade Retail') WHERE id = 6")
        .await;
    browser.get("/plan").await;
    let moved = browser.cookie("session").unwrap().to_owned();
    world
        .execute("UPDATE people SET customer_id = NULL, role = 'administrator', totp_since = 1 WHERE id = 6")
        .await;
    browser.get("/plan").await.says("href=\"/admin\"");
    // Each time under a new id, which stays as long as they do; the ones from before open nothing.
    let now = browser.cookie("session").unwrap().to_owned();
    assert!(before != moved && moved != now && now != before);
    browser.get("/plan").await.says("href=\"/admin\"");
    assert_eq!(browser.cookie("session").unwrap(), now);
    for id in [before, moved] {
        let mut stolen = world.browser();
        stolen.cookies.push(("session".to_owned(), id));
        stolen.get("/plan").await.says("href=\"/sign-in\"");
    }
    world
        .execute("UPDATE people SET left_at = 1 WHERE id = 6")
        .await;
    browser.get("/plan").await.says("href=\"/sign-in\"");
    assert_eq!(
        browser.get("/me/security").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn the_language_goes_with_the_person() {
    let world = World::new().await;
    let mut browser = world.signed_in(1).await;
    browser.get("/plan").await.says("<html lang=\"en\"");
    browser
        .post("/language", &[("to", "ko"), ("back", "/plan")])
        .await;
    // In another browser, and there also after signing out.
    let mut other = world.signed_in(1).await;
    other.get("/plan").await.says("<html lang=\"ko\"");
    assert_eq!(other.cookie("lang"), Some("ko"));
    other.post("/sign-out", &[]).await;
    other.get("/plan").await.says("<html lang=\"ko\"");
}

#[tokio::test]
async fn who_forgot_a_password_is_told_whom_to_ask() {
    let world = World::new().await;
    world
        .browser()
        .get("/sign-in")
        .await
        .says("href=\"/reset\"");
    world
        .browser()
        .get("/reset")
        .await
        .says("coordinator")
        .says("works once");
}
