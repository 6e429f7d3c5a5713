//! The forms of an incident: who may send which, and what comes back.

use axum::http::StatusCode;

use super::client::{Browser, FOREIGN_KEY, Page, World};

const MARIA: usize = 2;
const HANA: usize = 12;

const DAY: i64 = 86_400_000;

/// The address of Maria's newest incident that still awaits its Response.
async fn awaiting(browser: &mut Browser) -> String {
    let page = browser.get("/incidents?state=awaiting_response").await;
    let (_, rest) = page.html.split_once("<tbody>").unwrap();
    let (_, rest) = rest.split_once("href=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The key of a form of the page, by its step.
async fn key(browser: &mut Browser, path: &str, step: &str) -> String {
    key_in(&browser.get(path).await, step)
}

fn key_in(page: &Page, step: &str) -> String {
    let (_, rest) = page
        .html
        .split_once(&format!("name=\"step\" value=\"{step}\""))
        .unwrap_or_else(|| panic!("no form {step}"));
    let (_, rest) = rest.split_once("name=\"key\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Takes a step with the form that the page has for it.
async fn step(browser: &mut Browser, path: &str, step: &str, fields: &[(&str, &str)]) {
    let key = key(browser, path, step).await;
    let mut sent = vec![("step", step), ("key", key.as_str())];
    sent.extend(fields);
    let page = browser.post(path, &sent).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{step}: {}", page.html);
}

/// What the page says below the conversation of promises that are owed and late.
fn still_owed(page: &Page) -> &str {
    let (_, rest) = page.html.split_once("id=\"live-missed\"").unwrap();
    rest.split("</div>").next().unwrap()
}

/// Whatever a coordinator can read about an incident, or that counts it.
pub fn read_by_the_customer(path: &str) -> Vec<String> {
    let of_it = [
        "",
        "/due",
        "/due/1",
        "/due.ics",
        "/due/1/due.ics",
        "/due/1/certificate.json",
    ];
    let all = [
        "/incidents",
        "/account",
        "/account/export.csv",
        "/account/attainment.csv",
        "/audit/export.csv",
    ];
    let of_it = of_it.map(|end| format!("{path}{end}"));
    of_it.into_iter().chain(all.map(str::to_owned)).collect()
}

#[tokio::test]
async fn a_message_is_taken_once_and_only_with_a_key() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let mut fresh = String::new();
    for bad in ["", "1", FOREIGN_KEY] {
        let fields = [("step", "write"), ("text", "Anything new?"), ("key", bad)];
        let page = maria.post(&path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        page.says("The portal did not issue this form")
            .says("Anything new?</textarea>");
        fresh = key_in(&page, "write");
        assert_ne!(fresh, bad);
    }
    let key = fresh;
    let fields = [("step", "write"), ("text", "Anything new?"), ("key", &key)];
    for _ in 0..2 {
        let page = maria.post(&path, &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert_eq!(page.location(), format!("{path}?done=write#last"));
    }
    let page = maria.get(&path).await;
    assert_eq!(page.html.matches("Anything new?").count(), 1);
}

#[tokio::test]
async fn what_was_typed_comes_back_with_what_is_wrong_in_either_language() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let key = key(&mut maria, &path, "ask_severity").await;
    let step = ("step", "ask_severity");
    let page = maria
        .post(
            &path,
            &[step, ("key", &key), ("level", "S2"), ("reason", " ")],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Nothing was changed")
        .says("Fill this in.")
        .says("value=\"S2\" selected")
        .says(&format!("value=\"{key}\""));
    let page = maria
        .post(
            &path,
            &[
                ("step", "write"),
                ("text", "Half a sen"),
                ("language", "ko"),
            ],
        )
        .await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("Half a sen").says("대화");
}

#[tokio::test]
async fn a_message_can_be_looked_at_first() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let text = "**so** </textarea><script>alert(1)</script>";
    let fields = [("step", "write"), ("text", text), ("do", "preview")];
    let page = maria.post(&path, &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("<strong>so</strong>").says("not sent yet");
    assert!(!page.html.contains("<script>alert"), "{}", page.html);
}

#[tokio::test]
async fn a_message_that_cannot_be_sent_is_not_shown_either_as_it_will_look() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    for (text, words) in [
        (
            "x".repeat(20_001),
            "This has 20,001 characters; at most 20,000 fit.",
        ),
        (
            "a\u{7}b".to_owned(),
            "This contains a character that cannot be kept.",
        ),
    ] {
        let fields = [
            ("step", "write"),
            ("text", text.as_str()),
            ("do", "preview"),
        ];
        let page = maria.post(&path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        page.says(words).lacks("not sent yet");
    }
}

#[tokio::test]
async fn every_text_of_an_engineer_for_the_customer_can_be_looked_at_first() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    let typed = ("text", "**so** it is");
    let response = [("person", "13"), typed];
    for (form, rest) in [
        ("acknowledge", ("person", "14")),
        ("wait", ("person", "")),
        ("resolve", ("solution", "workaround")),
    ] {
        let key = key(&mut hana, &path, form).await;
        let fields = [
            ("step", form),
            ("key", &key),
            typed,
            rest,
            ("do", "preview"),
        ];
        let page = hana.post(&path, &fields).await;
        assert_eq!(page.status, StatusCode::OK, "{form}");
        // In the form's own place, with what was chosen and the same key.
        let (_, own) = page.html.split_once(&format!(" id=\"{form}\"")).unwrap();
        let (own, after) = own.split_once("</textarea>").unwrap();
        assert!(own.contains("not sent yet"), "{form}: {own}");
        assert!(own.contains("<strong>so</strong>"), "{form}: {own}");
        assert!(own.contains(&format!("value=\"{key}\"")), "{form}: {own}");
        assert!(own.ends_with(typed.1), "{form}: {own}");
        let (buttons, _) = after.split_once("</form>").unwrap();
        assert!(buttons.contains("value=\"preview\""), "{form}: {buttons}");
        if form == "resolve" {
            page.says("value=\"workaround\" selected");
        }
        if form == "acknowledge" {
            page.says("value=\"14\" selected");
            maria.get(&path).await.lacks("<strong>so</strong>");
            step(&mut hana, &path, form, &response).await;
        }
    }
}

#[tokio::test]
async fn the_claim_stands_with_the_forms_that_judge_it_and_levels_have_titles() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    let page = hana.get(&path).await;
    for form in ["verify", "designate"] {
        let (_, own) = page.html.split_once(&format!(" id=\"{form}\"")).unwrap();
        let (own, _) = own.split_once("</form>").unwrap();
        for words in [
            "Why, in the contract’s words",
            "class=\"clause\"",
            "Your answers",
        ] {
            assert_eq!(own.matches(words).count(), 1, "{form}: {words}");
        }
    }
    page.says("S1 System Outage</option>");
    hana.language = "ko";
    hana.get(&path).await.says("S1 시스템 중단</option>");
    // The customer has their words once.
    let page = maria.get(&path).await;
    assert_eq!(page.html.matches("Why, in the contract’s words").count(), 1);
}

#[tokio::test]
async fn what_the_vendor_writes_for_itself_is_on_no_page_of_the_customer() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    let key = key(&mut hana, &path, "note").await;
    let note = "They never read the manual";
    let fields = [("step", "note"), ("text", note), ("key", &key)];
    assert_eq!(
        hana.post(&path, &fields).await.status,
        StatusCode::SEE_OTHER
    );
    hana.get(&path).await.says(note);
    for address in read_by_the_customer(&path) {
        let page = maria.get(&address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert!(!page.html.contains(note), "{address}");
    }
}

#[tokio::test]
async fn a_step_that_comes_too_late_says_so_and_keeps_what_was_typed() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    let late = key(&mut hana, &path, "acknowledge").await;
    let withdraw = key(&mut maria, &path, "withdraw").await;
    let fields = [("step", "withdraw"), ("key", withdraw.as_str())];
    assert_eq!(
        maria.post(&path, &fields).await.status,
        StatusCode::SEE_OTHER
    );
    let fields = [
        ("step", "acknowledge"),
        ("key", &late),
        ("person", "13"),
        ("text", "We have it."),
    ];
    let page = hana.post(&path, &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("is now “Withdrawn”");
}

#[tokio::test]
async fn the_desk_warns_in_words() {
    let world = World::new().await;
    let mut hana = world.signed_in(HANA).await;
    let page = hana.get("/desk").await;
    page.says("data-stage=\"missed\"").says(" overdue</b>");
    let page = hana.get("/desk?show=mine&level=S4&tier=core").await;
    assert_eq!(page.status, StatusCode::OK);
    hana.get("/desk?customer=99&product=%00&level=x")
        .await
        .says("No open incident matches");
}

#[tokio::test]
async fn each_update_says_in_the_conversation_whether_it_was_in_time() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    let response = [("person", "13"), ("text", "We have it.")];
    step(&mut hana, &path, "acknowledge", &response).await;
    step(&mut hana, &path, "write", &[("text", "Nothing new yet.")]).await;
    let page = maria.get(&path).await;
    page.says("This update came in time: it was due ")
        .lacks("This update came late");
    assert!(!still_owed(&page).contains("<p"), "{}", still_owed(&page));

    // A miss is said as long as it is owed, below the list, which is only added to; then where it was given, late.
    world.clock.advance(10 * DAY);
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let page = maria.get(&path).await;
    let owed = still_owed(&page);
    assert!(owed.contains("An update was due "), "{owed}");
    assert!(owed.contains("has not been given yet."), "{owed}");
    step(&mut hana, &path, "write", &[("text", "Here is more.")]).await;
    let page = maria.get(&path).await;
    page.says("This update came late: it was due ")
        .lacks("has not been given yet.");

    // Nor does it go away with the incident.
    world.clock.advance(10 * DAY);
    let mut maria = world.signed_in(MARIA).await;
    step(&mut maria, &path, "withdraw", &[]).await;
    let page = maria.get(&path).await;
    page.says("An update was due ")
        .says(" and was not given.")
        .lacks("has not been given yet.");
}

#[tokio::test]
async fn a_response_that_never_came_is_said_in_the_conversation() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    world.clock.advance(10 * DAY);
    let mut maria = world.signed_in(MARIA).await;
    let page = maria.get(&path).await;
    let owed = still_owed(&page);
    assert!(owed.contains("The Response was due "), "{owed}");
    assert!(owed.contains("has not been given yet."), "{owed}");
    step(&mut maria, &path, "withdraw", &[]).await;
    let page = maria.get(&path).await;
    page.says(" and was not given.")
        .lacks("has not been given yet.");
    maria.language = "ko";
    maria.get(&path).await.says("대응이 이루어지지 않았습니다.");
}

/// Sends a step without a session, then signs this person in on the page that asks who it is; gives what that page was
/// and where it led to.
async fn sent_signed_out(
    world: &World,
    browser: &mut Browser,
    path: &str,
    fields: &[(&str, &str)],
    person: usize,
) -> (Page, String) {
    let asked = browser.post(path, fields).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    let (next, carry) = (asked.value_of("next"), asked.value_of("carry"));
    let person = &world.people[person];
    let signed_in = browser
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
    let led_to = signed_in.location().to_owned();
    (asked, led_to)
}

#[tokio::test]
async fn a_session_that_ends_while_one_types_loses_nothing_and_sends_nothing() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let key = key(&mut maria, &path, "write").await;
    let mut later = world.browser();
    let fields = [
        ("step", "write"),
        ("key", key.as_str()),
        ("text", "Half of it </textarea> is back"),
        ("do", "preview"),
    ];
    let (asked, led_to) = sent_signed_out(&world, &mut later, &path, &fields, MARIA).await;
    asked.says("Your session has ended");
    assert_eq!(led_to, path);
    // As often as the page is read, until it is sent.
    for _ in 0..2 {
        let page = later.get(&path).await;
        page.says("nothing has been sent yet")
            .says("Half of it &lt;/textarea&gt; is back")
            .says(&format!("value=\"{key}\""));
        assert!(!page.html.contains("class=\"said\"><p>Half of it"));
    }
    // It is shown with its own incident only.
    let all = later.get("/incidents").await;
    let other = all
        .html
        .split("href=\"/incidents/INC-")
        .skip(1)
        .map(|rest| format!("/incidents/INC-{}", rest.split('"').next().unwrap()))
        .find(|other| *other != path)
        .unwrap();
    later.get(&other).await.lacks("nothing has been sent yet");
    let sent = later.post(&path, &fields[..3]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    later.get(&path).await.lacks("nothing has been sent yet");
}

#[tokio::test]
async fn a_step_that_waited_too_long_can_be_copied() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let late = key(&mut maria, &path, "ask_severity").await;
    let fields = [
        ("step", "ask_severity"),
        ("key", late.as_str()),
        ("level", "S2"),
        ("reason", "It grows by the hour"),
    ];
    let withdraw = key(&mut maria, &path, "withdraw").await;
    maria
        .post(&path, &[("step", "withdraw"), ("key", &withdraw)])
        .await;
    let mut later = world.browser();
    sent_signed_out(&world, &mut later, &path, &fields, MARIA).await;
    later
        .get(&path)
        .await
        .says("does not take this step any more")
        .says("It grows by the hour");
}
