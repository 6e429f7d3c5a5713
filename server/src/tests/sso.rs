use std::collections::HashMap;

use axum::http::{StatusCode, header};
use domain::people::{Actor, Role};
use futures_util::TryStreamExt as _;
use portal_core::audit::{self, Filter, Kind};
use serde_json::json;
use url::Url;

use super::{
    client::{ANSWERS, Browser, FOREIGN_KEY, FRIDAY, ORIGIN, Page, World},
    provider::Provider,
};

const FAILED: &str = "was not completed";
const REFUSED: &str = "not linked to anybody here";
const UNAVAILABLE: &str = "is not responding at the moment";

/// Where the provider is asked to send somebody back to, with what it was asked.
struct Asked {
    at: Url,
    values: HashMap<String, String>,
}

impl Asked {
    fn answer(&self, more: &str) -> String {
        format!("/sso/acme/callback?state={}{more}", self.values["state"])
    }
}

/// Goes to the provider, which will answer with the nonce that it was given.
async fn go(browser: &mut Browser, provider: &Provider, path: &str) -> Asked {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    let at = Url::parse(page.location()).unwrap();
    let values: HashMap<String, String> = at.query_pairs().into_owned().collect();
    provider.say(|said| said.nonce.clone_from(&values["nonce"]));
    Asked { at, values }
}

/// Asserts that an answer led back to the sign-in page, which says why.
async fn refused(browser: &mut Browser, page: &Page, says: &str) -> Page {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    assert!(
        page.location().starts_with("/sign-in?sso="),
        "{}",
        page.location()
    );
    let page = browser.get(page.location()).await;
    page.says(says);
    assert_eq!(
        browser.get("/incidents").await.status,
        StatusCode::SEE_OTHER
    );
    page
}

#[tokio::test]
async fn whom_the_provider_knows_is_signed_in_and_comes_to_where_they_wanted_to_go() {
    let provider = Provider::start().await;
    let world = World::with_sso(&provider.file("")).await;
    let mut browser = world.browser();
    let page = browser
        .get("/sign-in?next=/incidents%3Fstate%3Dresolved")
        .await;
    let link = "/sso/acme?next=/incidents%3Fstate%3Dresolved";
    page.says("Sign in with Acme")
        .says(&format!("href=\"{link}\""));

    let asked = go(&mut browser, &provider, link).await;
    assert_eq!(
        asked.at.as_str().split('?').next().unwrap(),
        format!("{}/authorize", provider.address)
    );
    let value = |name: &str| asked.values[name].as_str();
    assert_eq!(value("redirect_uri"), format!("{ORIGIN}/sso/acme/callback"));
    assert_eq!(
        (
            value("response_type"),
            value("client_id"),
            value("scope"),
            value("code_challenge_method")
        ),
        ("code", "portal", "openid email", "S256")
    );
    assert!(
        [value("state"), value("nonce")]
            .iter()
            .all(|value| value.len() == 64)
    );
    assert_eq!(value("code_challenge").len(), 43);

    let before = browser.cookie("session").unwrap().to_owned();
    provider.say(|said| said.email = Some(world.people[0].email));
    let page = browser
        .get(&asked.answer(&format!("&code=c&iss={}", provider.address)))
        .await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::SEE_OTHER, "/incidents?state=resolved")
    );
    assert_ne!(browser.cookie("session").unwrap(), before);
    browser.get("/incidents").await.says(world.people[0].name);
    // Whoever is signed in has nothing to do there.
    assert_eq!(
        browser.get("/sso/acme?next=/guide").await.location(),
        "/guide"
    );
}

#[tokio::test]
async fn an_answer_is_taken_once() {
    let provider = Provider::start().await;
    let world = World::with_sso(&provider.file("")).await;
    provider.say(|said| said.email = Some(world.people[0].email));
    let mut browser = world.browser();
    let asked = go(&mut browser, &provider, "/sso/acme?next=/guide").await;
    let answer = asked.answer("&code=c");
    assert_eq!(browser.get(&answer).await.location(), "/guide");
    browser.post("/sign-out", &[]).await;
    let page = browser.get(&answer).await;
    refused(&mut browser, &page, FAILED).await;

    // Nor is it after the provider refused.
    let asked = go(&mut browser, &provider, "/sso/acme?next=/guide").await;
    let page = browser
        .get(&asked.answer("&error=access_denied&error_description=Buy+now"))
        .await;
    assert_eq!(page.location(), "/sign-in?sso=failed&next=/guide");
    let page = refused(&mut browser, &page, FAILED).await;
    assert!(!page.html.contains("Buy now") && !page.html.contains("access_denied"));
    let page = browser.get(&asked.answer("&code=c")).await;
    refused(&mut browser, &page, FAILED).await;
}

#[tokio::test]
async fn an_answer_to_another_question_is_refused() {
    let provider = Provider::start().await;
    let other = provider.file("").replace("\"acme\"", "\"other\"");
    let world = World::with_sso(&(provider.file("") + &other)).await;
    provider.say(|said| said.email = Some(world.people[0].email));
    let mut browser = world.browser();
    let asked = go(&mut browser, &provider, "/sso/acme").await;
    let answer = asked.answer("&code=c");
    // Of somebody else's browser, or of none.
    let mut stranger = world.browser();
    let page = stranger.get(&answer).await;
    assert!(page.headers.get(header::SET_COOKIE).is_none());
    refused(&mut stranger, &page, FAILED).await;
    go(&mut stranger, &provider, "/sso/acme").await;
    let page = stranger.get(&answer).await;
    refused(&mut stranger, &page, FAILED).await;

    for forged in [
        "/sso/acme/callback",
        "/sso/acme/callback?code=c&state=",
        "/sso/acme/callback?code=c&state=x",
    ] {
        let page = browser.get(forged).await;
        refused(&mut browser, &page, FAILED).await;
    }
    // What was asked of one provider is not answered by another, nor by another issuer, nor without a code.
    let elsewhere = answer.replace("/sso/acme/", "/sso/other/");
    let mut bad = vec![elsewhere];
    for more in ["&code=c&iss=https://other.example", "&iss="] {
        let asked = go(&mut browser, &provider, "/sso/acme").await;
        bad.push(asked.answer(more));
    }
    for bad in bad {
        let page = browser.get(&bad).await;
        refused(&mut browser, &page, FAILED).await;
    }
}

#[tokio::test]
async fn an_answer_is_waited_for_ten_minutes_in_each_of_a_few_tabs() {
    let provider = Provider::start().await;
    let world = World::with_sso(&provider.file("")).await;
    provider.say(|said| said.email = Some(world.people[0].email));
    let mut browser = world.browser();
    let late = go(&mut browser, &provider, "/sso/acme").await;
    world.clock.advance(60_000);
    let first = go(&mut browser, &provider, "/sso/acme?next=/guide").await;
    go(&mut browser, &provider, "/sso/acme?next=/plan").await;
    world.clock.advance(9 * 60_000);
    let page = browser.get(&late.answer("&code=c")).await;
    refused(&mut browser, &page, FAILED).await;
    provider.say(|said| {
        said.nonce.clone_from(&first.values["nonce"]);
        said.expires = FRIDAY.plus_ms(3_600_000);
    });
    assert_eq!(
        browser.get(&first.answer("&code=c")).await.location(),
        "/guide"
    );
}

#[tokio::test]
async fn a_token_that_is_not_the_providers_answer_to_this_portal_is_refused() {
    let provider = Provider::start().await;
    let world = World::with_sso(&provider.file("")).await;
    provider.say(|said| said.email = Some(world.people[0].email));
    let mut browser = world.browser();
    let changes: [fn(&mut super::provider::Said); 6] = [
        |said| said.nonce.push('0'),
        |said| said.issuer = "https://other.example".to_owned(),
        |said| said.audience = "another-portal",
        |said| said.expires = FRIDAY,
        |said| said.key = "AAAB",
        |said| said.access = "another-token",
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let good = provider.said();
        let asked = go(&mut browser, &provider, "/sso/acme").await;
        provider.say(change);
        let page = browser.get(&asked.answer("&code=c")).await;
        assert!(
            page.location().starts_with("/sign-in?sso=failed"),
            "{number}"
        );
        refused(&mut browser, &page, FAILED).await;
        provider.say(|said| *said = good);
    }
    // With a key that the provider has published since, it is good.
    let asked = go(&mut browser, &provider, "/sso/acme?next=/guide").await;
    provider.publish("AAAB");
    provider.say(|said| said.key = "AAAB");
    assert_eq!(
        browser.get(&asked.answer("&code=c")).await.location(),
        "/guide"
    );
}

#[tokio::test]
async fn who_is_nobody_here_is_told_the_same_whether_there_is_such_a_person_or_not() {
    let provider = Provider::start().await;
    let world = World::with_sso(&provider.file("")).await;
    let mut pages = Vec::new();
    let known = world.people[0].email;
    for (email, verified) in [
        (Some(known), Some(false)),
        (Some(known), None),
        (None, Some(true)),
        (Some("x@nowhere.example"), Some(true)),
        (Some("nobody@hangang.example"), Some(true)),
        // A coordinator of another customer, whose domain is not the provider's.
        (Some(world.people[2].email), Some(true)),
    ] {
        provider.say(|said| (said.email, said.verified) = (email, verified));
        let mut browser = world.browser();
        let asked = go(&mut browser, &provider, "/sso/acme").await;
        let page = browser.get(&asked.answer("&code=c")).await;
        pages.push(page.location().to_owned());
        refused(&mut browser, &page, REFUSED).await;
    }
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:?}");
}

#[tokio::test]
async fn an_address_that_is_not_in_the_token_is_asked_for() {
    let provider = Provider::start().await;
    let world = World::with_sso(&provider.file("")).await;
    let email = world.people[0].email;
    for (info, to) in [
        (
            json!({ "sub": "subject-2", "email": email, "email_verified": true }),
            "/sign-in?sso=failed&next=/guide",
        ),
        (
            json!({ "sub": "subject-1", "email": email, "email_verified": false }),
            "/sign-in?sso=refused&next=/guide",
        ),
        (
            json!({ "sub": "subject-1", "email": email, "email_verified": true }),
            "/guide",
        ),
    ] {
        provider.inform(info);
        let mut browser = world.browser();
        let asked = go(&mut browser, &provider, "/sso/acme?next=/guide").await;
        assert_eq!(browser.get(&asked.answer("&code=c")).await.location(), to);
    }
}

#[tokio::test]
async fn the_vendors_people_come_in_through_the_vendors_provider() {
    let provider = Provider::start().await;
    for (more, to) in [("", "/sign-in?sso=refused&next=/"), ("vendor = true", "/")] {
        let world = World::with_sso(&provider.file(more)).await;
        provider.say(|said| said.email = Some(world.people[12].email));
        let mut browser = world.browser();
        let asked = go(&mut browser, &provider, "/sso/acme").await;
        assert_eq!(browser.get(&asked.answer("&code=c")).await.location(), to);
    }
}

#[tokio::test]
async fn the_log_says_through_which_provider_somebody_came_to_the_second_step() {
    let provider = Provider::start().await;
    let world = World::with_sso(&provider.file("vendor = true")).await;
    let ines = &world.people[14];
    provider.say(|said| said.email = Some(ines.email));
    let mut browser = world.browser();
    let asked = go(&mut browser, &provider, "/sso/acme").await;
    let page = browser.get(&asked.answer("&code=c")).await;
    assert_eq!(page.location(), "/sign-in/code");
    let code = world.code(ines.totp_secret.unwrap());
    browser.post("/sign-in/code", &[("code", &code)]).await;
    let log = browser.get("/audit/export.csv?kind=signed_in").await;
    log.says(r#""{""by"":""code"",""after"":""acme""}""#);
}

#[tokio::test]
async fn too_many_ways_to_a_provider_and_back_are_refused_in_words() {
    let provider = Provider::start().await;
    let world = World::with_limit(3, &provider.file("")).await;
    let mut browser = world.browser();
    let forged = "/sso/acme/callback?state=x&code=c";
    for path in ["/sso/acme", forged, forged] {
        assert_eq!(browser.get(path).await.status, StatusCode::SEE_OTHER);
    }
    for path in ["/sso/acme", forged] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        page.says("Too many attempts from your network");
    }
    // Nothing was written down for those that were refused.
    let filter = Filter {
        kind: Some(Kind::SignInRefused),
        ..Filter::default()
    };
    let administrator = Actor::Vendor {
        person: 0,
        role: Role::Administrator,
    };
    let export = audit::export(&world.portal, administrator, &filter)
        .await
        .unwrap()
        .expect("permitted");
    let refused = export.parts().try_concat().await.unwrap();
    assert_eq!(refused.len(), 2);
}

#[tokio::test]
async fn a_provider_that_nobody_configured_is_not_there() {
    let provider = Provider::start().await;
    let world = World::with_sso(&provider.file("")).await;
    let mut browser = world.browser();
    for path in [
        "/sso/other",
        "/sso/other/callback?code=c&state=s",
        "/sso/",
        "/sso",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        page.says("There is nothing here");
    }
    let page = World::new().await.browser().get("/sign-in").await;
    assert!(!page.html.contains("/sso/"), "{}", page.html);
}

#[tokio::test]
async fn a_provider_that_is_down_keeps_nobody_else_out() {
    let (provider, down) = (Provider::start().await, "http://127.0.0.1:9");
    let dead = provider.file("").replace(&provider.address, down);
    let world = World::with_sso(&dead.replace("acme", "dead")).await;
    let mut browser = world.browser();
    let page = browser.get("/sso/dead?next=/guide").await;
    assert_eq!(page.location(), "/sign-in?sso=unavailable&next=/guide");
    let page = refused(&mut browser, &page, UNAVAILABLE).await;
    assert_eq!(page.value_of("next"), "/guide");
    world.signed_in(0).await;
}

#[tokio::test]
async fn what_is_known_of_a_provider_is_good_for_an_hour() {
    let provider = Provider::start().await;
    let world = World::with_sso(&provider.file("")).await;
    let mut browser = world.browser();
    go(&mut browser, &provider, "/sso/acme").await;
    provider.turn_off();
    go(&mut browser, &provider, "/sso/acme").await;
    world.clock.advance(3_600_000);
    assert_eq!(
        browser.get("/sso/acme").await.location(),
        "/sign-in?sso=unavailable&next=/"
    );
    provider.turn_on();
    go(&mut browser, &provider, "/sso/acme").await;
}

#[tokio::test]
async fn nobody_is_led_elsewhere_by_it() {
    let provider = Provider::start().await;
    let world = World::with_sso(&provider.file("")).await;
    provider.say(|said| said.email = Some(world.people[0].email));
    for next in [
        "//evil.example",
        "https%3A//evil.example",
        "/%5Cevil.example",
    ] {
        let mut browser = world.browser();
        let asked = go(&mut browser, &provider, &format!("/sso/acme?next={next}")).await;
        assert_eq!(
            browser.get(&asked.answer("&code=c")).await.location(),
            "/",
            "{next}"
        );
    }
}

#[tokio::test]
async fn a_form_that_was_sent_without_being_signed_in_is_there_again_afterwards() {
    let provider = Provider::start().await;
    let world = World::with_sso(&provider.file("")).await;
    provider.say(|said| said.email = Some(world.people[0].email));
    let mut browser = world.browser();
    let key = world.portal.new_form_key();
    let fields = [
        ("key", key.as_str()),
        ("answers", ANSWERS),
        ("title", "Webhooks stop"),
        ("description", "After the import."),
    ];
    let page = browser.post("/incidents/new", &fields).await;
    let link = format!("/sso/acme?next=/incidents/new&form={key}");
    page.says(&link.replace('&', "&amp;"));

    // It is not lost when the provider refuses, and no other page at this browser leads to it.
    let asked = go(&mut browser, &provider, &link).await;
    let page = browser.get(&asked.answer("&error=access_denied")).await;
    let page = refused(&mut browser, &page, FAILED).await;
    assert!(page.value_of("carry").contains("Webhooks stop"));
    page.says(&link.replace('&', "&amp;"));
    let page = browser.get("/sign-in?form=another").await;
    assert_eq!(page.value_of("carry"), "");

    let asked = go(&mut browser, &provider, &link).await;
    assert_eq!(
        browser.get(&asked.answer("&code=c")).await.location(),
        "/incidents/new"
    );
    let page = browser.get("/incidents/new").await;
    assert_eq!(
        (
            page.value_of("title").as_str(),
            page.value_of("key").as_str()
        ),
        ("Webhooks stop", key.as_str())
    );
}

#[tokio::test]
async fn only_a_form_of_the_portals_own_is_set_aside() {
    let provider = Provider::start().await;
    let world = World::with_sso(&provider.file("")).await;
    let issued = world.portal.new_form_key();
    for (key, kept) in [(FOREIGN_KEY, 0), (issued.as_str(), 1)] {
        let mut browser = world.browser();
        let fields = [
            ("key", key),
            ("answers", ANSWERS),
            ("title", "Webhooks stop"),
        ];
        let page = browser.post("/incidents/new", &fields).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        // With the password it goes along in the page.
        assert!(page.value_of("carry").contains("Webhooks stop"));
        assert_eq!(browser.cookie("session").is_some(), kept == 1);
        let sessions: (i64,) = world.query("SELECT COUNT(*) FROM sessions").await;
        assert_eq!(sessions.0, kept);
    }
}
