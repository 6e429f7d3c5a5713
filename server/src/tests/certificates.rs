//! The explanation of a deadline, its certificate, and the check of one.

use std::{fs, process::ExitCode};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use super::client::{ANSWERS, Browser, ORIGIN, Page, World};

const MARIA: usize = 2;
const SEOYEON: usize = 0;
const HANA: usize = 12;

/// The address of the newest incident that still awaits its Response.
async fn awaiting(browser: &mut Browser) -> String {
    let page = browser.get("/incidents?state=awaiting_response").await;
    let (_, rest) = page.html.split_once("<tbody>").unwrap();
    let (_, rest) = rest.split_once("href=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Sends a file as a browser does.
async fn check(browser: &mut Browser, content: &[u8]) -> Page {
    let head = "--XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"due.json\"\r\ncontent-type: application/json\r\n\r\n";
    let body = [head.as_bytes(), content, b"\r\n--XX--\r\n"].concat();
    let request = Request::post("/verify")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    browser.send(request).await
}

#[tokio::test]
async fn each_deadline_explains_itself() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    maria.get(&path).await.says(&format!("{path}/due\""));
    let list = maria.get(&format!("{path}/due")).await;
    list.says("What became of it")
        .says(&format!("href=\"{path}/due/1\""));
    let page = maria.get(&format!("{path}/due/1")).await;
    page.says("Response due ")
        .says("Day by day")
        .says("/plan/2026.1#3")
        .says("Counted by calendar us-")
        .says("time zone data 20")
        .says(&format!("href=\"{path}/due/1/due.ics\""))
        .says(&format!("{path}/due/1/certificate.json"))
        .says(&format!("href=\"{path}/due\""));
    for wrong in ["0", "2", "x", "-1", "99999999999999999999"] {
        let page = maria.get(&format!("{path}/due/{wrong}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    maria.language = "ko";
    maria
        .get(&format!("{path}/due/1"))
        .await
        .says("대응 기한 ")
        .says("증명서 내려받기");
}

#[tokio::test]
async fn a_moved_due_time_says_why_and_leads_to_the_one_that_holds() {
    let world = World::new().await;
    let (mut maria, mut hana) = (world.signed_in(MARIA).await, world.signed_in(HANA).await);
    let path = awaiting(&mut maria).await;
    let page = hana.get(&path).await;
    let (_, rest) = page
        .html
        .split_once("name=\"step\" value=\"designate\"")
        .unwrap();
    let (_, rest) = rest.split_once("name=\"key\" value=\"").unwrap();
    let key = rest.split('"').next().unwrap().to_owned();
    let fields = [
        ("step", "designate"),
        ("key", &key),
        ("designation", "S1"),
        ("reason", "It stops everything."),
    ];
    let done = hana.post(&path, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    let before = maria.get(&format!("{path}/due/1")).await;
    before
        .says("Moved: a later promise took its place")
        .says(&format!("href=\"{path}/due/2\">Now due"));
    let after = maria.get(&format!("{path}/due/2")).await;
    after.says("Designated as S1").says("aside moved");
}

/// Takes a step with the form that the page has for it.
async fn step(browser: &mut Browser, path: &str, step: &str, fields: &[(&str, &str)]) {
    let page = browser.get(path).await;
    let (_, rest) = page
        .html
        .split_once(&format!("name=\"step\" value=\"{step}\""))
        .unwrap_or_else(|| panic!("no form {step}"));
    let (_, rest) = rest.split_once("name=\"key\" value=\"").unwrap();
    let mut sent = vec![("step", step), ("key", rest.split('"').next().unwrap())];
    sent.extend(fields);
    let done = browser.post(path, &sent).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{step}: {}", done.html);
}

/// The lines of a calendar file, each whole.
async fn calendar(browser: &mut Browser, address: &str) -> Vec<String> {
    let file = browser.get(address).await;
    assert_eq!(file.status, StatusCode::OK, "{address}");
    assert_eq!(
        file.headers[header::CONTENT_TYPE],
        "text/calendar; charset=utf-8"
    );
    let (ends, breaks) = (file.html.matches("\r\n"), file.html.matches(['\r', '\n']));
    assert_eq!(ends.count() * 2, breaks.count(), "{address}");
    assert!(file.html.ends_with("END:VCALENDAR\r\n"), "{address}");
    let whole = file.html.replace("\r\n ", "");
    whole.split("\r\n").map(str::to_owned).collect()
}

#[tokio::test]
async fn what_is_owed_next_and_each_deadline_is_a_file_for_a_calendar() {
    let world = World::new().await;
    let mut seoyeon = world.signed_in(SEOYEON).await;
    // S2 under Core, 8 Business Hours from Friday 15:30 in Seoul: until Tuesday 15:30.
    let key = seoyeon.form_key().await;
    let fields = [
        ("key", key.as_str()),
        ("answers", ANSWERS),
        ("title", "Orders, or none; see C:\\logs"),
        ("description", "They stop."),
        ("step", "submit"),
    ];
    let page = seoyeon.post("/incidents/new", &fields).await;
    let path = page.location().split('?').next().unwrap().to_owned();
    let number = path.rsplit('/').next().unwrap();
    for (address, uid, about) in [
        (
            format!("{path}/due.ics"),
            format!("{number}-response"),
            path.clone(),
        ),
        (
            format!("{path}/due/1/due.ics"),
            format!("{number}-due-1"),
            format!("{path}/due/1"),
        ),
    ] {
        let lines = calendar(&mut seoyeon, &address).await;
        assert_eq!(lines[0], "BEGIN:VCALENDAR");
        for line in [
            format!("UID:{uid}").as_str(),
            "DTSTART:20260303T063000Z",
            format!("SUMMARY:Response due: {number}").as_str(),
            "DESCRIPTION:Orders\\, or none\\; see C:\\\\logs",
            format!("URL:{ORIGIN}{about}").as_str(),
            "BEGIN:VALARM",
        ] {
            assert!(lines.iter().any(|one| one == line), "{line}: {lines:#?}");
        }
        let status = lines.iter().find(|line| line.starts_with("STATUS:"));
        assert_eq!(status, None);
    }
    for wrong in ["0", "2", "x"] {
        let page = seoyeon.get(&format!("{path}/due/{wrong}/due.ics")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{wrong}");
    }

    // What does not hold any more is struck out; nobody is reminded of what is done.
    let mut hana = world.signed_in(HANA).await;
    let designation = [("designation", "S1"), ("reason", "It stops everything.")];
    step(&mut hana, &path, "designate", &designation).await;
    let response = [("person", "13"), ("text", "We have it.")];
    step(&mut hana, &path, "acknowledge", &response).await;
    for (place, status, became) in [
        (1, "STATUS:CANCELLED", " · Moved: "),
        (2, "STATUS:CONFIRMED", " · In time\\, with "),
    ] {
        let lines = calendar(&mut seoyeon, &format!("{path}/due/{place}/due.ics")).await;
        assert!(lines.iter().any(|line| line == status), "{lines:#?}");
        assert!(lines.iter().any(|line| line.contains(became)), "{lines:#?}");
        assert!(
            lines.iter().all(|line| line != "BEGIN:VALARM"),
            "{lines:#?}"
        );
    }
    let next = calendar(&mut seoyeon, &format!("{path}/due.ics")).await;
    assert!(next.contains(&format!("UID:{number}-update")), "{next:#?}");
}

#[tokio::test]
async fn a_certificate_is_a_file_that_verifies_with_the_published_key() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let file = maria.get(&format!("{path}/due/1/certificate.json")).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers[header::CONTENT_TYPE], "application/json");
    let number = path.rsplit('/').next().unwrap();
    assert_eq!(
        file.headers[header::CONTENT_DISPOSITION],
        format!("attachment; filename=\"{number}-due-1.json\"")
    );
    // The same again: nothing of it is chance.
    let again = maria.get(&format!("{path}/due/1/certificate.json")).await;
    assert_eq!(file.html, again.html);
    file.says("\"issuer\": \"http://portal.test\"");

    let mut visitor = world.browser();
    let keys = visitor.get("/.well-known/portal-keys.json").await;
    keys.says("\"crv\": \"Ed25519\"")
        .says("\"kid\"")
        .lacks("\"d\"");
    let page = check(&mut visitor, file.html.as_bytes()).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("Everything agrees")
        .says("As it was computed here")
        .lacks("does not agree");

    let changed = file.html.replacen("\"S", "\"s", 1);
    assert_ne!(changed, file.html);
    check(&mut visitor, changed.as_bytes())
        .await
        .says("Not everything agrees")
        .says("does not agree");
    visitor.language = "ko";
    check(&mut visitor, changed.as_bytes())
        .await
        .says("일치하지 않는 항목이 있습니다");
}

#[tokio::test]
async fn a_file_that_is_no_certificate_is_said_to_be_none() {
    let world = World::new().await;
    let mut visitor = world.browser();
    for none in [&b"{}"[..], b"\xff\xfe", b"[[[[", &vec![b' '; 300 * 1024]] {
        let page = check(&mut visitor, none).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.says("not a certificate of a due time");
    }
    let page = check(&mut visitor, b"").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Choose a file.");
    let page = check(&mut visitor, &vec![b' '; 2 * 1024 * 1024]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn the_page_says_how_it_is_done_elsewhere_and_carries_the_keys() {
    let world = World::new().await;
    portal_core::certificates::prepare(&world.portal)
        .await
        .unwrap();
    let page = world.browser().get("/verify").await;
    page.says("portal verify FILE")
        .says("multipart/form-data")
        .says("data-start=\"")
        .says("Without script the file is sent to the portal");
}

#[tokio::test]
async fn the_command_line_checks_as_the_page_does() {
    let world = World::new().await;
    let mut seoyeon = world.signed_in(SEOYEON).await;
    let path = awaiting(&mut seoyeon).await;
    let file = seoyeon.get(&format!("{path}/due/1/certificate.json")).await;
    let keys = seoyeon.get("/.well-known/portal-keys.json").await;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let keys = write("keys.json", &keys.html);
    let good = write("good.json", &file.html);
    let bad = write("bad.json", &file.html.replace("+09:00", "+08:00"));
    let none = write("none.json", "{}");
    let run = |args: &[&str]| {
        let args = ["portal", "verify"].iter().chain(args);
        format!("{:?}", crate::cli::run_with(args.map(ToString::to_string)))
    };
    let (success, failure) = (
        format!("{:?}", ExitCode::SUCCESS),
        format!("{:?}", ExitCode::FAILURE),
    );
    assert_eq!(run(&[&good, "--keys", &keys]), success);
    assert_eq!(run(&[&bad, "--keys", &keys]), failure);
    assert_eq!(run(&[&none, "--keys", &keys]), failure);
    assert_eq!(run(&[&good, "--keys", &none]), failure);
    assert_eq!(run(&["nothing.json", "--keys", &keys]), failure);
}

/// A calendar that goes over a century instead of the days that it was made for.
fn stretched(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                match key.as_str() {
                    "first" => *value = "1950-01-01".into(),
                    "last" => *value = "2049-12-31".into(),
                    _ => stretched(value),
                }
            }
        }
        serde_json::Value::Array(all) => all.iter_mut().for_each(stretched),
        _ => {}
    }
}

#[tokio::test]
async fn a_calendar_made_up_to_keep_the_checker_busy_is_not_counted_with() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let path = awaiting(&mut maria).await;
    let file = maria.get(&format!("{path}/due/1/certificate.json")).await;
    let mut made: serde_json::Value = serde_json::from_str(&file.html).unwrap();
    stretched(&mut made);
    let page = check(&mut world.browser(), made.to_string().as_bytes()).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("Not everything agrees")
        .lacks("As it was computed here");
}
