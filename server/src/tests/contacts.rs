use axum::http::StatusCode;

use super::client::{ANSWERS, Browser, Page, World};

/// The id of a contact, from the coordinator's board.
async fn id_of(browser: &mut Browser, board: &str, name: &str) -> String {
    let page = browser.get(board).await;
    let (_, row) = page
        .html
        .split_once(&format!("<b>{name}</b>"))
        .unwrap_or_else(|| panic!("{name} is not on the board: {}", page.html));
    let (_, rest) = row.split_once("name=\"person\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

async fn act(browser: &mut Browser, action: &str, person: &str) -> Page {
    browser
        .post("/contacts", &[("action", action), ("person", person)])
        .await
}

#[tokio::test]
async fn the_last_seat_is_filled_and_the_next_is_refused() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    browser
        .get("/contacts")
        .await
        .says("2 of 3 seats are taken, 1 is free.")
        .says("Not a Designated Customer Support Contact.")
        .says("No certification in Integration and API.")
        .says("/plan/2026.1#4-contacts");
    let yuna = id_of(&mut browser, "/contacts", "최유나").await;
    let haneul = id_of(&mut browser, "/contacts", "정하늘").await;
    let sera = id_of(&mut browser, "/contacts", "오세라").await;

    let page = act(&mut browser, "designate", &sera).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("오세라 was not designated. No certification in Integration and API.");
    let page = act(&mut browser, "designate", &yuna).await;
    let at = page.location().to_owned();
    assert_eq!(at, format!("/contacts?done=designate&who={yuna}"));
    browser
        .get(&at)
        .await
        .says("최유나 is now a Designated Customer Support Contact.")
        .says("All 3 seats are taken.");
    let page = act(&mut browser, "designate", &haneul).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("정하늘 was not designated: every seat is taken.");
    assert_eq!(
        act(&mut browser, "withdraw", &yuna).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        act(&mut browser, "designate", &haneul).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn only_a_coordinator_and_an_administrator_change_the_board() {
    let world = World::new().await;
    let mut coordinator = world.signed_in(0).await;
    let yuna = id_of(&mut coordinator, "/contacts", "최유나").await;
    let page = coordinator.get("/contacts").await;
    let customer = page.value_of("customer");
    let board = format!("/accounts/{customer}/contacts");
    // A contact, another customer's coordinator, an account manager and an engineer.
    for (position, own, sees) in [
        (1, true, true),
        (2, true, false),
        (10, false, true),
        (12, false, true),
    ] {
        let mut browser = world.signed_in(position).await;
        let status = if own {
            StatusCode::OK
        } else {
            StatusCode::NOT_FOUND
        };
        assert_eq!(browser.get("/contacts").await.status, status, "{position}");
        let page = browser.get(&board).await;
        assert_eq!(page.status == StatusCode::OK, sees, "{position}");
        if sees {
            assert!(!page.html.contains("value=\"designate\""), "{position}");
        }
        for action in [
            "designate",
            "withdraw",
            "coordinator",
            "left",
            "reset",
            "invitation",
        ] {
            let page = act(&mut browser, action, &yuna).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{position} {action}");
        }
        let fields = [
            ("action", "invite"),
            ("customer", customer.as_str()),
            ("name", "A"),
            ("email", "a@hangang.example"),
        ];
        let page = browser.post("/contacts", &fields).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{position}");
    }
    let page = act(&mut world.browser(), "designate", &yuna).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    coordinator
        .get("/contacts")
        .await
        .says("2 of 3 seats are taken");
    assert_eq!(
        act(&mut coordinator, "nonsense", &yuna).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_colleague_is_invited_and_the_link_is_shown_once() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let invite = |name: &'static str, email: &'static str| {
        [("action", "invite"), ("name", name), ("email", email)]
    };
    let page = browser
        .post("/contacts", &invite("윤가람", "garam@hangang.example"))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("Invitation for 윤가람")
        .says("http://portal.test/invitation/");
    let page = browser.get("/contacts").await;
    page.says("Invited, no password yet");
    assert!(!page.html.contains("/invitation/"));
    // What is wrong is said beside the field, and nothing typed is lost.
    for (email, words) in [
        (
            "maria.alvarez@cascade.example",
            "This address cannot be used.",
        ),
        (
            "garam@hangang.example",
            "A colleague on this board already has this address.",
        ),
        ("nonsense", "This is not an e-mail address."),
    ] {
        let fields = [("action", "invite"), ("name", "새 이름"), ("email", email)];
        let page = browser.post("/contacts", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.says(words);
        assert_eq!(
            (page.value_of("name"), page.value_of("email")),
            ("새 이름".to_owned(), email.to_owned())
        );
    }
}

#[tokio::test]
async fn whoever_left_and_whoever_is_made_coordinator_notice_at_their_next_request() {
    let world = World::new().await;
    let (mut seoyeon, mut jihoon) = (world.signed_in(0).await, world.signed_in(1).await);
    let id = id_of(&mut seoyeon, "/contacts", "박지훈").await;
    assert!(
        !jihoon
            .get("/contacts")
            .await
            .html
            .contains("value=\"invite\"")
    );
    act(&mut seoyeon, "coordinator", &id).await;
    jihoon.get("/contacts").await.says("value=\"invite\"");
    let own = id_of(&mut seoyeon, "/contacts", "김서연").await;
    act(&mut seoyeon, "left", &own)
        .await
        .says("You cannot mark yourself as having left.");
    let page = act(&mut seoyeon, "left", &id).await;
    assert_eq!(page.location(), format!("/contacts?done=left&who={id}"));
    assert_eq!(jihoon.get("/contacts").await.status, StatusCode::SEE_OTHER);
    act(&mut seoyeon, "contact", &own)
        .await
        .says("김서연 is the only coordinator.");
}

#[tokio::test]
async fn more_seats_are_asked_for_once_and_the_fee_is_named() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    browser
        .get("/contacts")
        .await
        .says("at the vendor’s then current applicable fee");
    let ask = |seats: &'static str| {
        [
            ("action", "seats"),
            ("seats", seats),
            ("note", "<b>two</b> branches"),
        ]
    };
    let page = browser.post("/contacts", &ask("0")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Ask for 1 to 100 seats.")
        .says("&lt;b&gt;two&lt;/b&gt; branches");
    let page = browser.post("/contacts", &ask("2")).await;
    assert_eq!(page.location(), "/contacts?done=seats");
    browser
        .get("/contacts?done=seats")
        .await
        .says("2 more seats")
        .says("Waiting for an answer");
    browser
        .post("/contacts", &ask("2"))
        .await
        .says("A request is open.");
}

#[tokio::test]
async fn a_person_sees_what_their_certification_comes_to() {
    let world = World::new().await;
    world
        .signed_in(1)
        .await
        .get("/me")
        .await
        .says("You may file incidents today.")
        .says("expires soon, 20 days left")
        .says("You will be reminded on")
        .says("Renew it by")
        .lacks("hand them to a colleague");
    world
        .signed_in(7)
        .await
        .get("/me")
        .await
        .says("You may not file incidents today.")
        .says("No certification is on record for you")
        .says("Ask a coordinator of your company")
        .says("until it is entered you may not file")
        .says("Until you may file, you can prepare incidents")
        .says("must be Interactor certified at the Integration and API associate");
    world
        .signed_in(8)
        .await
        .get("/me")
        .await
        .says("no longer satisfies section 4")
        .says("Renew it; the vendor then enters the new one here. There is no fixed date for entering it");
    world
        .signed_in(9)
        .await
        .get("/me")
        .await
        .says("The Subscription Term ended on")
        .lacks("hand them to a colleague");
    let page = world.signed_in(10).await.get("/me").await;
    page.says("Language and zone");
    assert!(!page.html.contains("My certification"));
    assert_eq!(
        world.browser().get("/me").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn whoever_renewed_is_not_asked_to_renew() {
    let world = World::new().await;
    let mut jihoon = world.signed_in(1).await;
    // The sample's ends on 19 March.
    world
        .execute(
            "INSERT INTO certifications (person_id, track, level, number, issued_on, expires_on)
             SELECT id, 'Integration and API', 'Associate', 'NEXT-1', '2026-03-20', '2027-03-19'
             FROM people WHERE email = 'jihoon.park@hangang.example'",
        )
        .await;
    jihoon
        .get("/me")
        .await
        .says("Nothing yet. From")
        .lacks("Renew it by");
}

#[tokio::test]
async fn language_and_zone_are_kept_and_followed() {
    let world = World::new().await;
    let mut browser = world.signed_in(0).await;
    let page = browser
        .post("/me", &[("language", "ko"), ("zone", "pacific")])
        .await;
    assert_eq!(page.location(), "/me?saved=1");
    browser
        .get("/me?saved=1")
        .await
        .says("선택하신 내용을 저장했습니다.");
    browser
        .get("/incidents")
        .await
        .says("접수(미국 태평양)")
        .says("대응 기한(서울)");
    let page = browser.post("/me", &[("language", ""), ("zone", "")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let page = browser.get("/incidents").await;
    page.says("Response due");
    assert!(!page.html.contains("(Seoul)"));
    for (language, zone) in [("xx", ""), ("", "moon")] {
        let page = browser
            .post("/me", &[("language", language), ("zone", zone)])
            .await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
    }
    let page = world.browser().post("/me", &[]).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
}

async fn post(browser: &mut Browser, fields: &[(&str, String)]) -> Page {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    browser.post("/incidents/new", &fields).await
}

#[tokio::test]
async fn whoever_may_not_file_hands_it_to_a_colleague_who_does() {
    let world = World::new().await;
    let mut sera = world.signed_in(7).await;
    let page = sera.get(&format!("/incidents/new?{ANSWERS}")).await;
    page.says("You may not file today, but you can prepare it")
        .says("Not a Designated Customer Support Contact.")
        .says("Hand it over");
    let key = page.value_of("key");
    let (_, select) = page.html.split_once("<select id=\"to\"").unwrap();
    let seoyeon = select
        .split_once("<option value=\"")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0
        .to_owned();
    let send = |step: &'static str, to: &str, draft: &str, title: &str| {
        [
            ("key", key.clone()),
            ("answers", ANSWERS.to_owned()),
            ("title", title.to_owned()),
            ("description", "결제 오류".to_owned()),
            ("steps", String::new()),
            ("business_impact", String::new()),
            ("step", step.to_owned()),
            ("to", to.to_owned()),
            ("draft", draft.to_owned()),
        ]
    };
    // Whatever they send, it is not filed, and nothing is lost.
    for step in ["submit", "review"] {
        let page = post(&mut sera, &send(step, "", "", "결제가 멈췄습니다")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.says("You may not file today, but you can prepare it");
        assert_eq!(
            (page.value_of("title"), page.value_of("key")),
            ("결제가 멈췄습니다".to_owned(), key.clone())
        );
    }
    let page = post(&mut sera, &send("hand", "", "", "결제가 멈췄습니다")).await;
    page.says("Choose a colleague who may file today.");
    let page = post(&mut sera, &send("hand", &seoyeon, "", "")).await;
    page.says("Title: Fill this in.");
    let page = post(&mut sera, &send("hand", &seoyeon, "", "결제가 멈췄습니다")).await;
    let at = page.location().to_owned();
    let draft = at.strip_prefix("/incidents?handed=").unwrap().to_owned();
    sera.get(&at)
        .await
        .says("Handed to 김서연.")
        .says("handed to 김서연");

    let mut seoyeon = world.signed_in(0).await;
    seoyeon
        .get("/incidents")
        .await
        .says("from 오세라")
        .says(&format!("/incidents/new?draft={draft}"));
    let page = seoyeon.get(&format!("/incidents/new?draft={draft}")).await;
    assert_eq!(
        (
            page.value_of("title"),
            page.value_of("draft"),
            page.value_of("key")
        ),
        ("결제가 멈췄습니다".to_owned(), draft.clone(), key.clone())
    );
    let page = post(
        &mut seoyeon,
        &send("review", "", &draft, "결제가 멈췄습니다"),
    )
    .await;
    assert_eq!(
        (page.status, page.value_of("draft")),
        (StatusCode::OK, draft.clone())
    );
    let page = post(
        &mut seoyeon,
        &send("submit", "", &draft, "결제가 멈췄습니다"),
    )
    .await;
    let filed = page.location().to_owned();
    seoyeon
        .get(&filed)
        .await
        .says("Prepared by 오세라.")
        .says("Filed as INC-2026-");
    // It is done: not listed any more, and its address leads to the incident.
    assert!(!seoyeon.get("/incidents").await.html.contains("from 오세라"));
    let page = sera.get(&format!("/incidents/new?draft={draft}")).await;
    assert_eq!(page.location(), filed.replace("=now", "=before"));

    // Another customer's people see no draft, and neither discard nor file it.
    let mut maria = world.signed_in(2).await;
    assert_eq!(
        maria
            .get(&format!("/incidents/new?draft={draft}"))
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        maria
            .post("/incidents", &[("discard", &draft)])
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn where_nobody_may_file_the_form_says_whom_to_ask() {
    let world = World::new().await;
    let page = world
        .signed_in(9)
        .await
        .get(&format!("/incidents/new?{ANSWERS}"))
        .await;
    page.says("The Subscription Term ended on")
        .says("Nobody at your company may file today</h2>")
        .says("Ask one of the people below first")
        .says("href=\"#barred\"")
        .lacks("you can prepare it")
        .says("tom.becker@interactor.example");
    assert!(!page.html.contains("value=\"hand\"") && !page.html.contains("value=\"review\""));
}
