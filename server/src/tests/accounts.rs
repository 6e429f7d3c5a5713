//! Plan details, the list of customers, releases, exports.

use std::fs;

use axum::http::{StatusCode, header};
use portal_core::plans::Plans;

use super::client::{Browser, Page, World};

const PLAN: &str = include_str!("../../../app/domain/plans/service-assurance-2026.1.toml");

/// The address of the page of the customer with this name, as the list links it.
async fn address(browser: &mut Browser, name: &str) -> String {
    let list = browser.get("/accounts").await;
    let before = list
        .html
        .split(&format!("\">{name}</a>"))
        .next()
        .unwrap()
        .to_owned();
    assert_ne!(before, list.html, "{name} is not listed");
    before.rsplit('"').next().unwrap().to_owned()
}

/// The rows of a CSV, each as its cells.
fn rows(page: &Page) -> Vec<Vec<String>> {
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(
        page.headers[header::CONTENT_TYPE],
        "text/csv; charset=utf-8"
    );
    assert_eq!(page.headers[header::CACHE_CONTROL], "private, no-store");
    let text = page.html.strip_prefix('\u{feff}').unwrap();
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes())
        .records()
        .map(|row| row.unwrap().iter().map(ToOwned::to_owned).collect())
        .collect()
}

#[tokio::test]
async fn a_customers_people_see_what_they_subscribed_to() {
    let world = World::new().await;
    let mut browser = world.signed_in(7).await;
    let page = browser.get("/account").await;
    page.says("한강물류 (Hangang Logistics)")
        .says("Core plan, version 2026.1, Seoul")
        .says("Looked after by Grace Yoon")
        .says("165 days left")
        .says("Sample figures: the figures in your order form apply instead")
        .says("8 Business Hours")
        .says("5 Business Days")
        .says("Business Days by the clock of Asia/Seoul")
        .says("Substitute holiday for Independence Movement Day")
        .says("Minor releases not installed: 8.4.2")
        .says("href=\"/plan/2026.1#6-c\"")
        .says("2 of 3 taken")
        .says("The certification of 박지훈 expires in")
        // To whom is not said: it may have been the administrators.
        .says("Open incidents that were escalated: 1.")
        .says("href=\"/incidents?state=awaiting_response\"");
    assert!(!page.html.contains("name=\"reply\""));
    browser.language = "ko";
    browser
        .get("/account")
        .await
        .says("대체공휴일(3·1절)")
        .says("구독 기간");
}

#[tokio::test]
async fn nobody_sees_a_customer_that_is_not_theirs() {
    let world = World::new().await;
    let mut grace = world.signed_in(10).await;
    let hangang = address(&mut grace, "한강물류 (Hangang Logistics)").await;
    let mut tom = world.signed_in(11).await;
    let namsan = address(&mut tom, "남산상호금융 (Namsan Mutual)").await;
    let nowhere = tom.get("/accounts/999999").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    let mut maria = world.signed_in(2).await;
    for (browser, path) in [
        (&mut tom, &hangang),
        (&mut grace, &namsan),
        (&mut maria, &hangang),
    ] {
        for path in [path.clone(), format!("{path}/export.csv")] {
            let page = browser.get(&path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            page.says("There is nothing here");
        }
    }
    for path in [
        "/accounts",
        "/accounts/export.csv",
        "/accounts/x",
        "/accounts/seats?customer=1",
    ] {
        assert_eq!(
            maria.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let mut hana = world.signed_in(12).await;
    assert_eq!(hana.get(&namsan).await.status, StatusCode::OK);
    for path in ["/accounts", "/account", "/account/export.csv"] {
        assert_eq!(hana.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [
        "/account",
        "/accounts",
        "/accounts/1",
        "/account/export.csv",
        "/accounts/export.csv",
        "/accounts/1/export.csv",
    ] {
        let page = world.browser().get(path).await;
        assert_eq!(page.location(), format!("/sign-in?next={path}"), "{path}");
    }
}

#[tokio::test]
async fn an_account_manager_finds_who_needs_attention_and_why() {
    let world = World::new().await;
    let mut grace = world.signed_in(10).await;
    let page = grace.get("/accounts").await;
    page.says("2 customers")
        .says("The certification of Priya Raman expired on")
        .says("Interactor Gateway 4.8.2 is in use, and its support has been discontinued.")
        .says("href=\"/plan/2026.1#7-iv\"");
    let at = |name: &str| page.html.find(name).unwrap();
    assert!(at("Cascade Retail") < at("한강물류"));
    grace
        .get("/accounts?q=hangang")
        .await
        .says("1 customer")
        .says("박지훈");
    grace
        .get("/accounts?q=namsan")
        .await
        .says("No customer’s name contains that");
    let hangang = address(&mut grace, "한강물류 (Hangang Logistics)").await;
    grace
        .get(&hangang)
        .await
        .says("<h1>한강물류 (Hangang Logistics)</h1>")
        .says("expires in");
}

#[tokio::test]
async fn a_request_for_seats_is_answered_once() {
    let world = World::new().await;
    let mut tom = world.signed_in(11).await;
    let namsan = address(&mut tom, "남산상호금융 (Namsan Mutual)").await;
    let page = tom.get(&namsan).await;
    page.says("Grant 2 seats").says("부산 지점");
    let (customer, request) = (page.value_of("customer"), page.value_of("request"));
    let path = format!("/accounts/seats?customer={customer}");
    let form = |answer, reply| {
        vec![
            ("customer", customer.as_str()),
            ("request", request.as_str()),
            ("answer", answer),
            ("reply", reply),
        ]
    };
    let page = tom.post(&path, &form("decline", " ")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Say why the seats are declined.")
        .says("Grant 2 seats");
    let long = format!("</textarea><b>{}", "a".repeat(1000));
    tom.post(&path, &form("grant", &long))
        .await
        .says("&lt;/textarea&gt;&lt;b&gt;")
        .says("This has 1014 characters");
    // Grace does not look after this customer, its coordinator does not answer for the vendor.
    for person in [10, 4] {
        let mut other = world.signed_in(person).await;
        let page = other.post(&path, &form("grant", "")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "person {person}");
    }
    assert_eq!(
        tom.post(&path, &form("perhaps", "")).await.status,
        StatusCode::BAD_REQUEST
    );
    let page = tom
        .post(&path, &form("grant", "Billed with the next invoice."))
        .await;
    assert_eq!(
        (page.status, page.location()),
        (
            StatusCode::SEE_OTHER,
            format!("{namsan}?answered=granted").as_str()
        )
    );
    let location = page.location().to_owned();
    tom.get(&location)
        .await
        .says("The seats are granted")
        .says("Granted by Tom Becker")
        .says("Billed with the next invoice.")
        .says("1 of 7 taken");
    tom.post(&path, &form("decline", "No."))
        .await
        .says("This request has already been answered; the first answer stands.");
    // Who asked sees the answer.
    let mut doyun = world.signed_in(4).await;
    doyun
        .get("/account")
        .await
        .says("Granted by Tom Becker")
        .says("1 of 7 taken");
}

#[tokio::test]
async fn exports_say_what_the_pages_say() {
    let world = World::new().await;
    let mut grace = world.signed_in(10).await;
    let page = grace.get("/accounts/export.csv").await;
    assert_eq!(
        page.headers[header::CONTENT_DISPOSITION],
        "attachment; filename=\"customers.csv\""
    );
    let list = rows(&page);
    assert_eq!(list.len(), 3);
    let column = |name: &str| list[0].iter().position(|head| head == name).unwrap();
    let cascade = &list[1];
    assert_eq!(cascade[0], "Cascade Retail");
    assert_eq!(
        cascade[column("Discontinued versions in use")],
        "Interactor Gateway 4.8.2"
    );
    assert!(cascade[column("Certifications expired")].starts_with("Priya Raman 2026-"));
    assert_eq!(
        list[2][column("Minor releases not installed")],
        "Interactor Studio 8.3.0"
    );
    assert_eq!(
        rows(&grace.get("/accounts/export.csv?q=retail").await).len(),
        2
    );

    let mut seoyeon = world.signed_in(0).await;
    seoyeon.language = "ko";
    let page = seoyeon.get("/account/export.csv").await;
    let own = rows(&page);
    assert_eq!(own[0], ["구분", "항목", "값", "상세"]);
    assert!(
        own.contains(
            &["플랜", "고객", "한강물류 (Hangang Logistics)", ""]
                .map(ToOwned::to_owned)
                .to_vec()
        )
    );
    assert!(
        own.iter()
            .any(|row| row[1] == "대응, S1" && row[2] == "업무 시간 4시간")
    );
    let name = page.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(
        name.strip_prefix("attachment; filename=\"subscription-")
            .and_then(|rest| rest.strip_suffix(".csv\""))
            .is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_digit())),
        "{name}"
    );
    // The account manager's export of a customer is the customer's own.
    let hangang = address(&mut grace, "한강물류 (Hangang Logistics)").await;
    grace.language = "ko";
    assert_eq!(
        rows(&grace.get(&format!("{hangang}/export.csv")).await),
        own
    );
}

#[tokio::test]
async fn the_vendors_people_say_whose_incidents_they_want() {
    let world = World::new().await;
    let mut grace = world.signed_in(10).await;
    grace
        .get("/incidents")
        .await
        .says("Whose incidents?")
        .says("href=\"/accounts\"");
    grace
        .get("/incidents?q=12")
        .await
        .says("This is not an incident number");
    let page = grace.get("/incidents?q=INC-2026-00003").await;
    assert_eq!(page.location(), "/incidents/INC-2026-00003");
    let hangang = address(&mut grace, "한강물류 (Hangang Logistics)").await;
    let customer = hangang.rsplit('/').next().unwrap().to_owned();
    let path = format!("/incidents?customer={customer}&state=awaiting_response");
    let page = grace.get(&path).await;
    page.says("Incidents of 한강물류 (Hangang Logistics)")
        .says("4 incidents")
        .says(&format!(
            "type=\"hidden\" name=\"customer\" value=\"{customer}\""
        ));
    assert!(!page.html.contains("href=\"/incidents/new"));
    // Filtered and paged it stays the customer's.
    grace
        .get(&format!("{path}&rows=2"))
        .await
        .says(&format!("&amp;customer={customer}"));
    let mut hana = world.signed_in(12).await;
    assert!(
        !hana
            .get("/incidents")
            .await
            .html
            .contains("To the customers")
    );
    hana.get(&path).await.says("4 incidents");
    for (person, path) in [(11, path.as_str()), (10, "/incidents?customer=x")] {
        let page = world.signed_in(person).await.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    // A customer's own people see their own, whatever the address says.
    let mut maria = world.signed_in(2).await;
    let page = maria.get(&path).await;
    page.says("<h1>Incidents</h1>");
    assert!(!page.html.contains("택배사"));
}

#[tokio::test]
async fn releases_are_public_and_say_what_to_install() {
    let world = World::new().await;
    let page = world.browser().get("/releases").await;
    page.says("Interactor Studio")
        .says("Superseded by 8.4.2")
        .says("Support discontinued")
        .says("Major release")
        .says("Flows can be grouped in folders.");
    assert!(
        !page
            .html
            .contains("What to install under your subscription")
    );
    let mut korean = world.browser();
    korean.language = "ko";
    korean
        .get("/releases")
        .await
        .says("흐름을 폴더로 묶을 수 있습니다.");
    let mut maria = world.signed_in(2).await;
    maria
        .get("/releases")
        .await
        .says("What to install under your subscription")
        .says("Interactor Gateway 4.8.2 is in use and discontinued: install 5.1.0.")
        .says("(“Maintenance”)")
        .says("href=\"/plan/2026.1#3-i\"")
        .says("in use at your company");
    let mut doyun = world.signed_in(4).await;
    doyun
        .get("/releases")
        .await
        .says("Everything that you have in use is up to date.");
}

#[tokio::test]
async fn what_is_included_ends_with_the_term() {
    let world = World::new().await;
    let mut ingrid = world.signed_in(9).await;
    ingrid
        .get("/releases")
        .await
        .says("The Subscription Term ended on")
        .says("during the Subscription Term only (section 3(i))")
        .lacks("Your subscription includes")
        .lacks("up to date");
    ingrid.language = "ko";
    ingrid
        .get("/releases")
        .await
        .says("구독 기간에만 유지보수로 포함됩니다");
    // Within the term, a later Major release is told to whoever uses the latest of an earlier line.
    world
        .execute("UPDATE customers SET ends_on = '2030-12-31' WHERE name = 'Fjordline Media'")
        .await;
    ingrid.language = "en";
    ingrid
        .get("/releases")
        .await
        .says("Interactor Studio 7.9.5 is in use: your subscription includes Major release 8.4.2.")
        .lacks("up to date");
    world
        .execute("UPDATE customers SET starts_on = '2030-01-01' WHERE name = 'Fjordline Media'")
        .await;
    ingrid
        .get("/releases")
        .await
        .says("The Subscription Term begins on")
        .says("From that day on, your subscription includes")
        .lacks("up to date");
}

#[tokio::test]
async fn a_release_of_a_later_day_is_not_out_yet() {
    let world = World::new().await;
    let mut doyun = world.signed_in(4).await;
    world
        .execute(
            "INSERT INTO releases (product_id, version, discontinued, kind, released_on, notes_en, notes_ko)
             SELECT id, '3.3.0', FALSE, 'minor', '2026-03-01', 'New.', '' FROM products WHERE slug = 'monitor'",
        )
        .await;
    doyun
        .get("/releases")
        .await
        .says("Everything that you have in use is up to date.")
        .lacks("3.3.0");
    doyun
        .get("/guide?kind=problem&step=release")
        .await
        .lacks("3.3.0");
    world
        .execute("UPDATE releases SET released_on = '2026-02-27' WHERE version = '3.3.0'")
        .await;
    doyun
        .get("/releases")
        .await
        .says("Interactor Monitor 3.2.1 is in use: install Minor release 3.3.0.");
}

#[tokio::test]
async fn two_plan_versions_stand_side_by_side() {
    let one = World::new().await;
    one.browser()
        .get("/plan/compare")
        .await
        .says("Only one version of the plan is loaded");
    let folder = tempfile::tempdir().unwrap();
    let next = PLAN
        .replacen("version = \"2026.1\"", "version = \"2027.1\"", 1)
        .replacen("contacts = 3", "contacts = 4", 1)
        .replacen(
            "Customer promptly installs all Minor releases;",
            "Customer installs all Minor releases within 30 days;",
            1,
        );
    fs::write(folder.path().join("next.toml"), next).unwrap();
    let world = World::with_plans(Plans::load(Some(folder.path())).unwrap()).await;
    world
        .browser()
        .get("/plan")
        .await
        .says("href=\"/plan/compare?to=2027.1\"");
    let page = world.browser().get("/plan/compare").await;
    page.says("Figures of the Core plan")
        .says("href=\"/plan/2027.1#6-c\"")
        .says("<del>promptly </del>")
        .says("within 30 days; </ins>");
    assert!(!page.html.contains("Figures of the Platinum plan"));
    assert!(!page.html.contains("href=\"/plan/2027.1#7-v\""));
    world
        .browser()
        .get("/plan/compare?from=2027.1&to=2027.1")
        .await
        .says("Choose two different versions.");
    let page = world
        .browser()
        .get("/plan/compare?from=1999&to=2027.1")
        .await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    // A customer is led from its own version.
    let mut seoyeon = world.signed_in(0).await;
    seoyeon
        .get("/account")
        .await
        .says("href=\"/plan/compare?from=2026.1\"");
}

#[tokio::test]
async fn the_sample_has_an_earlier_version_to_compare_with() {
    let world = World::with_plans(Plans::load(None).unwrap().with_sample()).await;
    let mut seoyeon = world.signed_in(0).await;
    seoyeon
        .get("/account")
        .await
        .says("Core plan, version 2026.1")
        .says("href=\"/plan/compare?to=2026.1\"");
    seoyeon
        .get("/plan/compare?to=2026.1")
        .await
        .says("2025.1-sample")
        .says("Figures of the Core plan")
        .lacks("Figures of the Platinum plan");
    // What is read and bought without choosing stays the vendor's.
    seoyeon.get("/plan").await.says("2026.1");
    assert_eq!(world.portal.plans().current().version, "2026.1");
}
