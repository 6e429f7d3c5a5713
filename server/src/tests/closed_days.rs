use app::api::closed_days::ClosedDaysStep;
use axum::http::StatusCode;

use super::client::{ANSWERS, Browser, Page, World};

const AT: &str = "/admin/closed-days";
const HANA: usize = 12;
const ADMINISTRATOR: usize = 14;

async fn send(browser: &mut Browser, step: &str, date: &str, seal: &str) -> Page {
    let fields = [
        ("step", step),
        ("calendar", "Asia/Seoul kr"),
        ("date", date),
        ("name", "By-election <b>"),
        ("name_ko", "보궐선거일"),
        ("kind", "election"),
        ("seal", seal),
    ];
    browser.post(AT, &fields).await
}

/// How many tries to change closed days were refused, as the audit log has it.
async fn refused(world: &World) -> i64 {
    let (count,): (i64,) = world
        .query("SELECT COUNT(*) FROM audit WHERE kind = 'refused' AND subject = 'ManageClosedDays'")
        .await;
    count
}

/// Files an incident as a contact of Hangang: S2 under Core, 8 Business Hours from Friday 15:30. Gives its address.
async fn file(world: &World) -> (Browser, String) {
    let mut contact = world.signed_in(0).await;
    let key = contact.form_key().await;
    let fields = [
        ("key", key.as_str()),
        ("answers", ANSWERS),
        ("title", "Webhooks stop"),
        ("description", "They stop."),
        ("step", "submit"),
    ];
    let page = contact.post("/incidents/new", &fields).await;
    let at = page.location().split('?').next().unwrap().to_owned();
    (contact, at)
}

#[tokio::test]
async fn a_day_moves_an_open_deadline_after_it_was_looked_over() {
    let world = World::new().await;
    let (mut contact, at) = file(&world).await;
    let mut admin = world.signed_in(ADMINISTRATOR).await;
    admin
        .get(AT)
        .await
        .says("No day has been added to this calendar.")
        .says("kr-2035.1+");

    let page = send(&mut admin, "review", "2026-03-03", "").await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("Add this closed day?")
        .says(at.rsplit('/').next().unwrap())
        .says("한강물류 (Hangang Logistics)")
        .says("Tue 3 Mar 2026, 15:30")
        .says("Wed 4 Mar 2026, 15:30")
        .says("Tue 3 Mar 2026 (By-election &lt;b&gt;) is no longer a Business Day.");
    contact
        .get(&at)
        .await
        .says("Tuesday 3 March 2026, 15:30")
        .lacks("Due time moved");

    let seal = page.value_of("seal");
    let again = send(&mut admin, "save", "2026-03-03", "something else").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again.says("Something has changed since you looked it over");
    let saved = send(&mut admin, "save", "2026-03-03", &seal).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let list = admin.get(saved.location()).await;
    list.says("Tue 3 Mar 2026 is now closed. Open deadlines moved:")
        .says("By-election &lt;b&gt;")
        .says("kr-2035.1.1+");

    // Both times, and why, in both languages.
    contact
        .get(&at)
        .await
        .says("Due time moved")
        .says("The Response was due Tuesday 3 March 2026, 15:30 and is now due Wednesday 4 March 2026, 15:30, because Tuesday 3 March (By-election &lt;b&gt;) became a closed day.")
        .says("As promised when it was filed");
    contact.language = "ko";
    contact
        .get(&at)
        .await
        .says("기한 변경")
        .says("3월 3일 화요일(보궐선거일)이 휴무일이 되었기 때문입니다.")
        .says("3일(화): 보궐선거일");
    contact
        .get("/incidents")
        .await
        .says("2026년 3월 4일(수) 15:30");

    // And back.
    let id = list.value_of("id");
    let fields = [("step", "review_withdraw"), ("id", id.as_str())];
    let page = admin.post(AT, &fields).await;
    page.says("Withdraw this closed day?")
        .says("is a Business Day again");
    let seal = page.value_of("seal");
    let fields = [("step", "withdraw"), ("id", &id), ("seal", &seal)];
    let saved = admin.post(AT, &fields).await;
    admin
        .get(saved.location())
        .await
        .says("is a Business Day again. Open deadlines moved:")
        .says("Withdrawn Fri 27 Feb 2026, 15:30");
    contact.language = "en";
    contact
        .get(&at)
        .await
        .says("is now due Tuesday 3 March 2026, 15:30, because Tuesday 3 March (By-election &lt;b&gt;) is a Business Day again.");
    let fields = [("step", "review_withdraw"), ("id", id.as_str())];
    let gone = admin.post(AT, &fields).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    gone.says("somebody has already withdrawn it");
}

#[tokio::test]
async fn the_page_of_an_update_that_moved_speaks_of_the_update() {
    let world = World::new().await;
    let (mut contact, at) = file(&world).await;
    let mut hana = world.signed_in(HANA).await;
    let page = hana.get(&at).await;
    let (_, rest) = page
        .html
        .split_once("name=\"step\" value=\"acknowledge\"")
        .unwrap();
    let (_, rest) = rest.split_once("name=\"key\" value=\"").unwrap();
    let fields = [
        ("step", "acknowledge"),
        ("key", rest.split('"').next().unwrap()),
        ("person", "13"),
        ("text", "We have it."),
    ];
    let done = hana.post(&at, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    // An S2 of Core is told more within one Business Day: by Tuesday, after the long weekend.
    let mut admin = world.signed_in(ADMINISTRATOR).await;
    let seal = send(&mut admin, "review", "2026-03-03", "")
        .await
        .value_of("seal");
    let saved = send(&mut admin, "save", "2026-03-03", &seal).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);

    contact
        .get(&format!("{at}/due/2"))
        .await
        .says("Moved: a later promise took its place")
        .says(&format!("href=\"{at}/due/3\">Now due"));
    contact
        .get(&format!("{at}/due/3"))
        .await
        .says("The next update was due Tuesday 3 March 2026, ")
        .says(" and is now due Wednesday 4 March 2026, ")
        .says("because Tuesday 3 March (By-election &lt;b&gt;) became a closed day.")
        .lacks("The Response was due");
    contact.language = "ko";
    contact
        .get(&format!("{at}/due/3"))
        .await
        .says("다음 업데이트의 이전 기한은 2026년 3월 3일")
        .lacks("이전 대응 기한은");
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMINISTRATOR).await;
    for (date, words) in [
        ("", "Fill this in."),
        ("soon", "This is not a date."),
        ("2026-02-26", "This date has passed"),
        ("2026-02-28", "This is a Saturday or a Sunday"),
        (
            "2026-03-02",
            "This day is already closed: Substitute holiday for Independence Movement Day",
        ),
        (
            "2040-01-01",
            "The calendar covers Wed 1 Jan 2020 to Mon 31 Dec 2035 only.",
        ),
    ] {
        let page = send(&mut admin, "review", date, "").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{date}");
        page.says("Please correct this")
            .says("id=\"date-error\"")
            .says(words);
        assert_eq!(page.value_of("name"), "By-election <b>");
        assert_eq!(page.value_of("date"), date);
    }
    let page = send(&mut admin, "edit", "2026-03-03", "").await;
    assert_eq!(
        (page.status, page.value_of("date").as_str()),
        (StatusCode::OK, "2026-03-03")
    );
    let page = admin.post(AT, &[("step", "review")]).await;
    for field in ["calendar", "date", "name", "name_ko", "kind"] {
        page.says(&format!("id=\"{field}-error\""));
    }
}

#[tokio::test]
async fn to_everybody_else_closed_days_are_not_there() {
    let world = World::new().await;
    for person in [0, 1, 10, 12] {
        let mut browser = world.signed_in(person).await;
        assert_eq!(browser.get(AT).await.status, StatusCode::NOT_FOUND);
        let before = refused(&world).await;
        let mut sent = 0;
        for step in ClosedDaysStep::ALL {
            let page = send(&mut browser, step.name(), "2026-03-03", "").await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{person} {step:?}");
            sent += 1;
        }
        assert_eq!(refused(&world).await, before + sent, "{person}");
    }
    let mut nobody = world.browser();
    assert_eq!(
        nobody.get(AT).await.location(),
        "/sign-in?next=/admin/closed-days"
    );
    let page = send(&mut nobody, "save", "2026-03-03", "").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}
