//! What the desk does: logging a notice, templates, and steps that come too late.

use axum::http::StatusCode;

use super::client::{Browser, FOREIGN_KEY, FRIDAY, Page, World};

const MARIA: usize = 2;
const SERA: usize = 7;
const HANA: usize = 12;
const DANIEL: usize = 13;
const INES: usize = 14;

const MINUTE: i64 = 60_000;

/// The fields of a call from this contact, received at this time.
fn call<'a>(contact: &'a str, received: &'a str, key: &'a str) -> Vec<(&'a str, &'a str)> {
    // As the form sends them, one by one.
    const NAMES: [(&str, &str); 9] = [
        ("q-kind", "problem"),
        ("q-release", "unlisted"),
        ("q-causes", "none"),
        ("q-recreated", "yes"),
        ("q-readiness", "ready"),
        ("q-environment", "production"),
        ("q-impact", "key"),
        ("q-workaround", "none"),
        ("q-harm", "no"),
    ];
    let mut fields = vec![
        ("contact", contact),
        ("key", key),
        ("channel", "telephone"),
        ("received", received),
        ("title", "Webhooks stop"),
        ("description", "Every call times out."),
    ];
    fields.extend(NAMES);
    fields
}

/// The id of the contact in the form of a search's first hit.
async fn contact(hana: &mut Browser, search: &str) -> String {
    let page = hana.get(&format!("/desk/log?q={search}")).await;
    let (_, rest) = page.html.split_once("/desk/log?contact=").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The address of Maria's newest incident that still awaits its Response.
async fn awaiting(browser: &mut Browser) -> String {
    let page = browser.get("/incidents?state=awaiting_response").await;
    let (_, rest) = page.html.split_once("<tbody>").unwrap();
    let (_, rest) = rest.split_once("href=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Takes a step with the form that the page has for it.
async fn step(browser: &mut Browser, path: &str, step: &str, fields: &[(&str, &str)]) -> Page {
    let key = key(browser, path, step).await;
    let mut sent = vec![("step", step), ("key", key.as_str())];
    sent.extend(fields);
    browser.post(path, &sent).await
}

async fn key(browser: &mut Browser, path: &str, step: &str) -> String {
    let page = browser.get(path).await;
    let (_, rest) = page
        .html
        .split_once(&format!("name=\"step\" value=\"{step}\""))
        .unwrap_or_else(|| panic!("no form {step}"));
    let (_, rest) = rest.split_once("name=\"key\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_call_is_looked_over_and_logged_and_the_customer_reads_how_it_came() {
    let world = World::new().await;
    let (mut hana, mut maria) = (world.signed_in(HANA).await, world.signed_in(MARIA).await);
    let id = contact(&mut hana, "maria").await;
    let page = hana.get(&format!("/desk/log?contact={id}")).await;
    page.says("Maria Alvarez")
        .says("Pacific")
        .says("type=\"datetime-local\"");
    let key = page.value_of("key");
    // Friday 27 February, 15:30 in Seoul is Thursday, 22:30 in Los Angeles.
    let mut fields = call(&id, "2026-02-26T19:30", &key);
    let page = hana.post("/desk/log", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("Nothing is logged yet")
        .says("data-level=\"2\"")
        .says("The Response is already overdue");
    fields.push(("step", "submit"));
    let page = hana.post("/desk/log", &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let (path, rest) = page.location().split_once('?').unwrap();
    assert_eq!(rest, "done=logged#last");
    hana.get(&format!("{path}?done=logged"))
        .await
        .says("The notice is logged as INC-2026-")
        .says("role=\"status\"");
    let page = maria.get(path).await;
    page.says("Received by telephone at Thursday 26 February, 19:30")
        .says("Logged by Hana Seo at Thursday 26 February, 22:30")
        .says("Response missed")
        .says("filed by you");
    // Sent once more it is the same one.
    let page = hana.post("/desk/log", &fields).await;
    assert_eq!(page.location(), format!("{path}?filed=before"));
}

#[tokio::test]
async fn a_form_that_is_not_filled_in_comes_back_with_everything() {
    let world = World::new().await;
    let mut hana = world.signed_in(HANA).await;
    let id = contact(&mut hana, "maria").await;
    let page = hana
        .post(
            "/desk/log",
            &[
                ("contact", &id),
                ("q-kind", "problem"),
                ("received", "2026-02-27T09:00"),
                ("title", "Half a <title>"),
            ],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Choose how the notice came")
        .says("This is in the future")
        .says("href=\"#q-impact\"")
        .says("id=\"q-impact-error\"")
        .says("value=\"Half a &lt;title&gt;\"");
    // What follows from an answer is asked next, without blame.
    let fields = [
        ("contact", id.as_str()),
        ("step", "questions"),
        ("q-kind", "problem"),
        ("q-impact", "unusable"),
        ("description", "Kept"),
    ];
    let page = hana.post("/desk/log", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("id=\"q-workaround\"")
        .says("Kept")
        .lacks("q-workaround-error");
    let mut fields = fields.to_vec();
    fields.push(("language", "ko"));
    let page = hana.post("/desk/log", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("통지 기록")
        .says("Kept")
        .says("id=\"q-workaround\"");
}

#[tokio::test]
async fn a_key_that_the_portal_did_not_issue_is_exchanged_before_a_notice_is_logged() {
    let world = World::new().await;
    let mut hana = world.signed_in(HANA).await;
    let id = contact(&mut hana, "maria").await;
    let mut fields = call(&id, "2026-02-26T19:30", FOREIGN_KEY);
    fields.push(("step", "submit"));
    let page = hana.post("/desk/log", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("The portal did not issue this form")
        .says("Every call times out.");
    let fresh = page.value_of("key");
    let mut fields = call(&id, "2026-02-26T19:30", &fresh);
    fields.push(("step", "submit"));
    let page = hana.post("/desk/log", &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_may_not_file_is_not_logged_and_the_clause_says_why() {
    let world = World::new().await;
    let (mut hana, mut sera) = (world.signed_in(HANA).await, world.signed_in(SERA).await);
    let id = contact(&mut hana, "sera").await;
    let page = hana.get(&format!("/desk/log?contact={id}")).await;
    page.says("This contact may not file")
        .says("/plan/2026.1#4")
        .says("김서연");
    let key = page.value_of("key");
    let mut fields = call(&id, "2026-02-27T15:00", &key);
    fields.push(("step", "submit"));
    let page = hana.post("/desk/log", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Nothing was logged").says("Webhooks stop");
    // A colleague files it instead.
    let to = contact(&mut hana, "seoyeon").await;
    fields.pop();
    fields.extend([("step", "hand"), ("to", to.as_str())]);
    let page = hana.post("/desk/log", &fields).await;
    assert_eq!(
        page.location(),
        format!("/desk/log?contact={id}&handed=yes")
    );
    hana.get(page.location())
        .await
        .says("handed over as a draft");
    sera.get("/incidents").await.says("Webhooks stop");
    fields.pop();
    fields.push(("to", id.as_str()));
    hana.post("/desk/log", &fields)
        .await
        .says("Choose a colleague who may file today.");
}

#[tokio::test]
async fn a_template_is_kept_and_inserted_with_its_placeholders_filled_in() {
    let world = World::new().await;
    let (mut ines, mut hana) = (world.signed_in(INES).await, world.signed_in(HANA).await);
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let number = path.rsplit('/').next().unwrap();
    let add = |body: &'static str| {
        [
            ("step", "add"),
            ("language_of", "en"),
            ("name", "We have it"),
            ("body", body),
        ]
    };
    let page = ines.post("/desk/templates", &add("Dear {contakt}")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Not a placeholder: {contakt}")
        .says("id=\"template-body-error\"")
        .says("Dear {contakt}");
    let body = "Dear {contact}, {number} is with me; due {due}. {engineer}";
    let page = ines.post("/desk/templates", &add(body)).await;
    assert_eq!(page.location(), "/desk/templates?done=added");

    let page = hana.get(&path).await;
    page.says("We have it").says("value=\"insert\"");
    let (_, rest) = page.html.split_once("optgroup label=\"English\"").unwrap();
    let (_, rest) = rest.split_once("value=\"").unwrap();
    let template = rest.split('"').next().unwrap();
    let insert = [("do", "insert"), ("template", template), ("text", "Hello.")];
    let before = maria.get(&path).await.html.matches("<li").count();
    for form in ["acknowledge", "write"] {
        let page = step(&mut hana, &path, form, &insert).await;
        assert_eq!(page.status, StatusCode::OK);
        page.says("Hello.\n\nDear ")
            .says(&format!(", {number} is with me; due "))
            .says("(US Pacific)")
            .says(". Hana Seo</textarea>");
    }
    assert_eq!(
        maria.get(&path).await.html.matches("<li").count(),
        before,
        "nothing was sent"
    );
    // The customer is offered none, and gets none.
    maria.get(&path).await.lacks("value=\"insert\"");
    let page = step(&mut maria, &path, "write", &insert).await;
    page.lacks("is with me");
    let page = step(
        &mut hana,
        &path,
        "write",
        &[("do", "insert"), ("template", "99"), ("text", "Kept")],
    )
    .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Template: choose one from the list.")
        .says("Kept");
    // Nor is a question or a solution written from nothing, once there is a Response.
    let response = [("person", "13"), ("text", "It is with me.")];
    step(&mut hana, &path, "acknowledge", &response).await;
    for form in ["wait", "resolve"] {
        let page = step(&mut hana, &path, form, &insert).await;
        assert_eq!(page.status, StatusCode::OK, "{form}");
        page.says(&format!("id=\"{form}-template\""))
            .says("Hello.\n\nDear ")
            .says(". Hana Seo</textarea>");
    }
}

#[tokio::test]
async fn what_was_done_is_said_once() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let page = step(&mut maria, &path, "write", &[("text", "Anything new?")]).await;
    let page = maria.get(page.location().trim_end_matches("#last")).await;
    page.says("Your message is in the conversation.");
    // Not to whoever did nothing, and nothing that was not done.
    let mut hana = world.signed_in(HANA).await;
    hana.get(&format!("{path}?done=write"))
        .await
        .lacks("Your message is in the conversation.");
    maria
        .get(&format!("{path}?done=close"))
        .await
        .lacks("card done");
    maria
        .get(&format!("{path}?done=logged"))
        .await
        .lacks("card done");
}

#[tokio::test]
async fn what_was_not_chosen_is_named() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    for (kind, fields, says) in [
        (
            "verify",
            vec![("text", "With 5.1.0.")],
            "Choose whether it can be recreated or not.",
        ),
        (
            "designate",
            vec![("designation", "S9x"), ("reason", "So.")],
            "Designation: choose one from the list.",
        ),
        (
            "assign",
            vec![("person", "")],
            "Engineer: choose one from the list.",
        ),
    ] {
        let page = step(&mut hana, &path, kind, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind}");
        page.says(says).says(&format!("id=\"{kind}-error\""));
    }
    let page = step(&mut hana, &path, "verify", &[("text", "With 5.1.0.")]).await;
    page.says("aria-describedby=\"verify-error\"")
        .says("With 5.1.0.");
}

#[tokio::test]
async fn the_second_of_two_engineers_is_told_who_was_first_and_keeps_the_words() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let (mut hana, mut daniel) = (world.signed_in(HANA).await, world.signed_in(DANIEL).await);
    let path = awaiting(&mut maria).await;
    let keys = [
        key(&mut hana, &path, "acknowledge").await,
        key(&mut daniel, &path, "acknowledge").await,
    ];
    let fields = |key| {
        [
            ("step", "acknowledge"),
            ("key", key),
            ("person", "13"),
            ("text", "It is with us now."),
        ]
    };
    let first = hana.post(&path, &fields(&keys[0])).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let second = daniel.post(&path, &fields(&keys[1])).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    second
        .says("Hana Seo has already responded")
        .says("It is with us now.");
    // The first one's form again changes nothing, and is no error.
    let again = hana.post(&path, &fields(&keys[0])).await;
    assert_eq!(again.location(), format!("{path}?done=acknowledge#last"));
    assert_eq!(
        maria
            .get(&path)
            .await
            .html
            .matches("data-event=\"responded\"")
            .count(),
        1
    );
}

#[tokio::test]
async fn a_closed_incident_takes_no_designation_and_no_message_and_the_text_is_kept() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    step(
        &mut hana,
        &path,
        "acknowledge",
        &[("person", "13"), ("text", "We have it.")],
    )
    .await;
    let (designate, write) = (
        key(&mut hana, &path, "designate").await,
        key(&mut maria, &path, "write").await,
    );
    step(
        &mut hana,
        &path,
        "resolve",
        &[("solution", "fix"), ("text", "Install 5.1.1.")],
    )
    .await;
    let page = step(&mut maria, &path, "accept", &[]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let fields = [
        ("step", "designate"),
        ("key", &*designate),
        ("designation", "S1"),
        ("reason", "It was worse."),
    ];
    let page = hana.post(&path, &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("is now “Closed”").says("It was worse.");
    let fields = [
        ("step", "write"),
        ("key", &*write),
        ("text", "One more thing"),
    ];
    let page = maria.post(&path, &fields).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("is now “Closed”").says("One more thing");
}

#[tokio::test]
async fn what_the_customer_disputes_is_answered_before_it_is_resolved() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    let words = [("person", "13"), ("text", "We have it.")];
    step(&mut hana, &path, "acknowledge", &words).await;
    hana.get(&path).await.lacks("Designate first");
    let wish = [("level", "S2"), ("reason", "It grows by the hour.")];
    let page = step(&mut maria, &path, "ask_severity", &wish).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    hana.get(&path).await.says("The customer asked for S2");
    let fix = [("solution", "fix"), ("text", "Install 5.1.1.")];
    let page = step(&mut hana, &path, "resolve", &fix).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Designate first, with a reason")
        .says("id=\"resolve-error\"")
        .says("Install 5.1.1.");
    let answer = [("designation", "S2"), ("reason", "Agreed.")];
    step(&mut hana, &path, "designate", &answer).await;
    let page = step(&mut hana, &path, "resolve", &fix).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

/// What the queue says of an incident.
async fn row(hana: &mut Browser, path: &str) -> String {
    let page = hana.get("/desk").await;
    let (_, rest) = page.html.split_once(&format!("href=\"{path}\"")).unwrap();
    rest.split("</tr>").next().unwrap().to_owned()
}

#[tokio::test]
async fn the_queue_says_that_a_response_came_late() {
    let world = World::new().await;
    let path = awaiting(&mut world.signed_in(MARIA).await).await;
    world.clock.advance(10 * 24 * 60 * MINUTE);
    let mut hana = world.signed_in(HANA).await;
    assert!(!row(&mut hana, &path).await.contains("Response late"));
    let words = [("person", "13"), ("text", "We have it.")];
    let page = step(&mut hana, &path, "acknowledge", &words).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(row(&mut hana, &path).await.contains("Response late"));
}

#[tokio::test]
async fn a_clock_that_jumps_turns_no_history_round() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    world.clock.advance(30 * MINUTE);
    step(
        &mut hana,
        &path,
        "acknowledge",
        &[("person", "13"), ("text", "We have it.")],
    )
    .await;
    // An hour back, and the next words come all the same, after those before.
    world.clock.set(FRIDAY);
    let page = step(&mut maria, &path, "write", &[("text", "Thank you")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let page = maria.get(&path).await;
    let (first, last) = (
        page.html.find("We have it.").unwrap(),
        page.html.rfind("Thank you").unwrap(),
    );
    assert!(first < last);
    // A notice is not logged for a time that is no longer past.
    let id = contact(&mut hana, "maria").await;
    let key = hana
        .get(&format!("/desk/log?contact={id}"))
        .await
        .value_of("key");
    let page = hana
        .post("/desk/log", &call(&id, "2026-02-26T22:31", &key))
        .await;
    page.says("This is in the future");
}
