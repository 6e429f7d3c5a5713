use axum::{
    body::Body,
    http::{Request, StatusCode, header},
    response::Response,
};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::client::{Browser, Page, World};

/// The places in the sample of somebody of each role beside the administrator's.
const OTHERS: [usize; 4] = [0, 1, 10, 12];
const INES: usize = 14;

const CUSTOMER: [(&str, &str); 9] = [
    ("name", "Ostsee <Werke>"),
    ("plan", "2026.1"),
    ("tier", "core"),
    ("zone", "pacific"),
    ("starts", "2026-01-01"),
    ("ends", "2026-12-31"),
    ("elected", ""),
    ("domains", "ostsee.example"),
    ("installed[]", "studio:8.4.2"),
];

/// The address of the record that a list's link of this name leads to.
fn link(page: &Page, name: &str) -> String {
    // The page itself: its head has the name of whoever is signed in.
    let main = page.html.split("<main").nth(1).unwrap();
    let at = main
        .find(&format!(">{name}</a>"))
        .unwrap_or_else(|| panic!("no link {name}: {main}"));
    let tag = &main[..at];
    tag[tag.rfind("href=\"").unwrap() + 6..]
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

async fn person_page(browser: &mut Browser, search: &str, name: &str) -> String {
    let list = browser.get(&format!("/admin/people?q={search}")).await;
    assert_eq!(list.status, StatusCode::OK);
    link(&list, name)
}

fn with<'a>(
    fields: &[(&'a str, &'a str)],
    name: &'a str,
    value: &'a str,
) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<_> = fields
        .iter()
        .copied()
        .filter(|(one, _)| *one != name)
        .collect();
    fields.push((name, value));
    fields
}

#[tokio::test]
async fn for_everybody_else_there_is_no_administration() {
    let world = World::new().await;
    let mut admin = world.signed_in(INES).await;
    let person = person_page(&mut admin, "sera", "오세라").await;
    let customer = link(
        &admin.get("/admin/customers?q=cascade").await,
        "Cascade Retail",
    );
    let pages = [
        "/admin",
        "/admin/customers",
        "/admin/customers/new",
        &customer,
        "/admin/people",
        "/admin/people/new",
        &person,
        "/admin/releases",
    ];
    let steps = [
        (customer.as_str(), &["save", "assign", "unassign", ""][..]),
        (
            person.as_str(),
            &[
                "save",
                "invite",
                "reset",
                "leave",
                "back",
                "second-factor",
                "certify",
                "correct",
                "uncertify",
            ],
        ),
        ("/admin/releases", &["product", "release", "change"]),
        ("/admin/customers/new", &[""]),
        ("/admin/people/new", &[""]),
    ];
    let before = admin.get("/admin").await;
    for position in OTHERS {
        let mut browser = world.signed_in(position).await;
        for page in pages {
            assert_eq!(
                browser.get(page).await.status,
                StatusCode::NOT_FOUND,
                "{position} {page}"
            );
        }
        for (path, steps) in steps {
            for step in steps {
                let mut fields = with(&CUSTOMER, "step", step);
                fields.extend([
                    ("email", "x@y.example"),
                    ("role", "administrator"),
                    ("manager", "11"),
                ]);
                let answer = browser.post(path, &fields).await;
                assert_eq!(
                    answer.status,
                    StatusCode::NOT_FOUND,
                    "{position} {path} {step}"
                );
            }
        }
    }
    // A visitor may sign in first; their forms change nothing either.
    let mut visitor = world.browser();
    for page in pages {
        assert_eq!(
            visitor.get(page).await.status,
            StatusCode::SEE_OTHER,
            "{page}"
        );
    }
    assert_eq!(
        visitor.post("/admin/customers/new", &CUSTOMER).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        visitor.post(&person, &[("step", "leave")]).await.status,
        StatusCode::NOT_FOUND
    );
    let main = |page: &Page| {
        page.html
            .split("<main")
            .nth(1)
            .unwrap()
            .split("</main>")
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(main(&admin.get("/admin").await), main(&before));
    admin
        .get(&person)
        .await
        .says("오세라")
        .says("They have left");
    admin
        .get("/audit?kind=refused")
        .await
        .says("ManageCustomers")
        .says("Grace Yoon");
}

#[tokio::test]
async fn a_customer_is_added_corrected_and_shown_as_it_is() {
    let world = World::new().await;
    let mut browser = world.signed_in(INES).await;
    let page = browser
        .post(
            "/admin/customers/new",
            &with(&CUSTOMER, "ends", "2025-12-31"),
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("The last day comes before the first.")
        .says("href=\"#customer-ends\"");
    assert_eq!(page.value_of("name"), "Ostsee <Werke>");
    assert_eq!(page.value_of("ends"), "2025-12-31");
    let tick = |page: &Page, release: &str| {
        let at = page
            .html
            .find(&format!("value=\"{release}\""))
            .expect("a box");
        page.html[at..]
            .split('>')
            .next()
            .unwrap()
            .contains("checked")
    };
    assert!(tick(&page, "studio:8.4.2") && !tick(&page, "studio:8.3.0"));

    let page = browser.post("/admin/customers/new", &CUSTOMER).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    let address = page.location().split('?').next().unwrap().to_owned();
    let page = browser.get(&format!("{address}?done=added")).await;
    page.says("Added.")
        .says("Ostsee &lt;Werke&gt;")
        .says("0 used; 3 included, 0 elected");
    assert!(tick(&page, "studio:8.4.2"));
    let ended = with(&with(&CUSTOMER, "ends", "2026-02-01"), "step", "save");
    let page = browser.post(&address, &ended).await;
    assert_eq!(page.location(), format!("{address}?done=saved"));
    browser
        .get(page.location())
        .await
        .says("Saved.")
        .says("The term ended on Sunday 1 February 2026");
    let public = with(&ended, "domains", "gmail.com");
    let page = browser.post(&address, &public).await;
    page.says("Anybody can have an address at gmail.com");
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (path, step) in [
        ("/admin/customers/999", "save"),
        ("/admin/customers/x", "save"),
        (address.as_str(), "bad"),
    ] {
        let page = browser.post(path, &with(&CUSTOMER, "step", step)).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path} {step}");
    }
    for path in [
        "/admin/customers/999",
        "/admin/customers/x",
        "/admin/people/999",
    ] {
        assert_eq!(
            browser.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn seats_that_are_taken_are_said_with_how_many_to_withdraw() {
    let world = World::new().await;
    let mut browser = world.signed_in(INES).await;
    let address = link(
        &browser.get("/admin/customers?q=namsan").await,
        "남산상호금융 (Namsan Mutual)",
    );
    // The manager's page leads back.
    let page = browser.get(&address).await;
    page.says("Tom Becker").says("Grace Yoon");
    let grace = page
        .html
        .split("<option value=\"")
        .find(|option| option.contains("Grace Yoon"))
        .and_then(|option| option.split('"').next())
        .unwrap()
        .to_owned();
    let page = browser
        .post(&address, &[("step", "assign"), ("manager", &grace)])
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    browser
        .get(&format!("/admin/people/{grace}"))
        .await
        .says("남산상호금융 (Namsan Mutual)");
    let page = browser
        .post(&address, &[("step", "assign"), ("manager", "1")])
        .await;
    page.says("This can no longer be chosen");
    let page = browser
        .post(&address, &[("step", "unassign"), ("manager", &grace)])
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn somebody_new_gets_a_link_that_is_shown_once() {
    let world = World::new().await;
    let mut browser = world.signed_in(INES).await;
    let page = browser
        .get("/admin/people/new?customer=Cascade%20Retail")
        .await;
    assert_eq!(page.value_of("customer"), "Cascade Retail");
    let person = [
        ("name", "Lena"),
        ("email", "lena@cascade.example"),
        ("role", "contact"),
        ("customer", "Cascade Retail"),
    ];
    let page = browser
        .post("/admin/people/new", &with(&person, "customer", "Cascade"))
        .await;
    page.says("No customer has this name")
        .says("href=\"#person-customer\"");
    let page = browser.post("/admin/people/new", &person).await;
    let address = page.location().split('?').next().unwrap().to_owned();
    browser.get(&address).await.says("Create an invitation");
    let page = browser.post(&address, &[("step", "invite")]).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("http://portal.test/invitation/")
        .says("It works until Friday 6 March 2026");
    assert_eq!(page.headers["cache-control"], "private, no-store");
    let again = browser.get(&address).await;
    again.says("A link that was passed on works until");
    assert!(!again.html.contains("/invitation/"));
}

#[tokio::test]
async fn the_last_administrator_is_told_why_they_stay() {
    let world = World::new().await;
    let mut browser = world.signed_in(INES).await;
    let address = person_page(&mut browser, "ines", "Ines Duarte").await;
    let page = browser.post(&address, &[("step", "leave")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("This is the last administrator");
    let fields = [
        ("step", "save"),
        ("name", "Ines"),
        ("email", "ines.duarte@interactor.example"),
        ("role", "engineer"),
    ];
    let page = browser.post(&address, &fields).await;
    page.says("This is the last administrator")
        .says("value=\"engineer\" selected");
    assert_eq!(browser.get("/admin").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_new_role_counts_with_the_next_request() {
    let world = World::new().await;
    let mut admin = world.signed_in(INES).await;
    let mut grace = world.signed_in(10).await;
    assert_eq!(grace.get("/admin").await.status, StatusCode::NOT_FOUND);
    let address = person_page(&mut admin, "grace", "Grace Yoon").await;
    let role = |role: &'static str| {
        [
            ("step", "save"),
            ("name", "Grace Yoon"),
            ("email", "grace.yoon@interactor.example"),
            ("role", role),
        ]
    };
    admin.post(&address, &role("administrator")).await;
    assert_ne!(grace.get("/admin").await.status, StatusCode::NOT_FOUND);
    admin.post(&address, &role("engineer")).await;
    assert_eq!(grace.get("/admin").await.status, StatusCode::NOT_FOUND);
    admin.post(&address, &[("step", "leave")]).await;
    assert_eq!(grace.get("/incidents").await.status, StatusCode::SEE_OTHER);
    admin
        .get(&address)
        .await
        .says("Left on ")
        .says("They are back");
}

#[tokio::test]
async fn a_certification_that_overlaps_names_the_other() {
    let world = World::new().await;
    let mut browser = world.signed_in(INES).await;
    let address = person_page(&mut browser, "sera", "오세라").await;
    let certified = [
        ("step", "certify"),
        ("track", "Integration and API"),
        ("level", "Associate"),
        ("number", "IN-<7>"),
        ("issued", "2026-01-01"),
        ("expires", "2026-12-31"),
    ];
    let page = browser.post(&address, &certified).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    let page = browser.get(&address).await;
    page.says("Associate, IN-&lt;7&gt;: Thu 1 Jan 2026 to Thu 31 Dec 2026")
        .says("307 days left");
    let page = browser
        .post(&address, &with(&certified, "number", "IN-8"))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("It overlaps another of the same level: Associate, IN-&lt;7&gt;")
        .says("href=\"#certify-issued\"");
    let id = page.value_of("certification");
    let mut correct = with(&certified, "step", "correct");
    correct.push(("certification", &id));
    let page = browser
        .post(&address, &with(&correct, "expires", "2025-12-31"))
        .await;
    page.says(&format!("href=\"#correct-{id}-expires\""));
    let page = browser
        .post(&address, &with(&correct, "expires", "2026-11-30"))
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let page = browser
        .post(&address, &[("step", "uncertify"), ("certification", &id)])
        .await;
    assert_eq!(page.location(), format!("{address}?done=removed"));
    browser.get(&address).await.says("None yet.");
    let log = browser.get("/audit?q=sera").await;
    log.says("Certification corrected")
        .says("2026-12-31")
        .says("2026-11-30")
        .says("Certification removed");
}

#[tokio::test]
async fn releases_are_added_and_discontinued() {
    let world = World::new().await;
    let mut browser = world.signed_in(INES).await;
    let release = [
        ("step", "release"),
        ("product", "studio"),
        ("version", "8.5.0"),
        ("kind", "minor"),
        ("released", "2026-02-20"),
        ("notes_en", "</textarea><b>new</b>"),
        ("notes_ko", "새 기능"),
    ];
    let page = browser
        .post("/admin/releases", &with(&release, "version", "8.x"))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("This is not a version")
        .says("&lt;/textarea&gt;&lt;b&gt;new");
    let page = browser.post("/admin/releases", &release).await;
    assert_eq!(page.location(), "/admin/releases?done=added");
    let mut change = with(&release, "step", "change");
    change.push(("discontinued", "yes"));
    let page = browser.post("/admin/releases", &change).await;
    assert_eq!(page.location(), "/admin/releases?done=saved");
    browser
        .get("/guide?kind=problem&step=release")
        .await
        .says("Interactor Studio 8.5.0: discontinued");
    let product = [
        ("step", "product"),
        ("slug", "relay"),
        ("name", "Interactor Relay"),
    ];
    browser.post("/admin/releases", &product).await;
    browser
        .get("/admin/releases")
        .await
        .says("Interactor Relay")
        .says("No release yet.");
    browser
        .get("/audit?kind=release_changed")
        .await
        .says("Support discontinued")
        .says("no");
}

#[tokio::test]
async fn an_export_has_every_entry_however_many_there_are() {
    let world = World::new().await;
    let mut browser = world.signed_in(INES).await;
    world
        .execute(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100001)
             INSERT INTO audit (at, kind, by_name, address, request, subject)
             SELECT 1770000000000 + n, 'person_left', 'Ines Duarte', '', '', 'number ' || n FROM numbers",
        )
        .await;
    let file = browser.get("/audit/export.csv?kind=person_left").await;
    let lines: Vec<_> = file.html.lines().collect();
    assert_eq!(lines.len(), 1 + 100_001);
    assert!(lines[0].starts_with("\u{feff}id,at,kind,"), "{}", lines[0]);
    assert_eq!(file.html.matches('\u{feff}').count(), 1);
    for (line, n) in lines[1..].iter().zip((1..=100_001).rev()) {
        assert!(line.contains(&format!(",number {n},")), "{line}");
    }
    // One that has none is its first row alone.
    let file = browser.get("/audit/export.csv?q=nobody%20at%20all").await;
    assert_eq!(
        (file.status, file.html.lines().count()),
        (StatusCode::OK, 1)
    );
}

/// The answer with the log, of which nothing was read yet.
async fn exported(world: &World, browser: &Browser, query: &str) -> Response {
    let session = browser.cookie("session").unwrap();
    let request = Request::get(format!("/audit/export.csv{query}"))
        .header(header::COOKIE, format!("session={session}"))
        .body(Body::empty())
        .unwrap();
    world.router.clone().oneshot(request).await.unwrap()
}

#[tokio::test]
async fn an_export_that_fails_on_the_way_breaks_off() {
    let world = World::new().await;
    let mut browser = world.signed_in(INES).await;
    world
        .execute(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000)
             INSERT INTO audit (at, kind, by_name, address, request, subject)
             SELECT 1770000000000 + n, CASE n WHEN 1 THEN 'unheard_of' ELSE 'person_left' END, 'Ines Duarte', '', '', 'number ' || n || '.'
             FROM numbers",
        )
        .await;
    let response = exported(&world, &browser, "").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.into_body().collect().await.is_err());
    let response = exported(&world, &browser, "?kind=person_left").await;
    assert!(response.into_body().collect().await.is_ok());
    // What fails at once is said in a page.
    let page = browser.get("/audit/export.csv?q=number%201.").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn the_log_is_filtered_and_exported_without_formulas() {
    let world = World::new().await;
    let mut browser = world.signed_in(INES).await;
    browser
        .post("/admin/customers/new", &with(&CUSTOMER, "name", "=1+1"))
        .await;
    let page = browser
        .get("/audit?kind=customer_added&from=2026-02-26&to=2026-02-27")
        .await;
    page.says("Customer added")
        .says("=1+1")
        .says("Ines Duarte")
        .says("/audit/export.csv?kind=customer_added&amp;from=2026-02-26");
    browser
        .get("/audit?kind=customer_added&to=2026-02-25")
        .await
        .says("No entry matches");
    browser
        .get("/audit?q=nobody%20at%20all")
        .await
        .says("No entry matches");
    let file = browser.get("/audit/export.csv?kind=customer_added").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        file.headers["content-disposition"],
        "attachment; filename=\"audit.csv\""
    );
    assert_eq!(file.headers["cache-control"], "private, no-store");
    let lines: Vec<_> = file.html.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[1].contains(",customer_added,Ines Duarte,'=1+1,'=1+1,"),
        "{}",
        lines[1]
    );

    // A coordinator reads their own customer's; everybody else nothing.
    let address = link(
        &browser.get("/admin/customers?q=hangang").await,
        "한강물류 (Hangang Logistics)",
    );
    let theirs = [
        ("step", "save"),
        ("name", "한강물류 (Hangang Logistics)"),
        ("plan", "2026.1"),
        ("tier", "core"),
        ("zone", "seoul"),
        ("starts", "2026-01-01"),
        ("ends", "2026-12-31"),
        ("elected", "2"),
    ];
    browser.post(&address, &theirs).await;
    let mut coordinator = world.signed_in(0).await;
    let page = coordinator.get("/audit").await;
    page.says("Elected seats").says("Entries about 한강물류");
    assert!(!page.html.contains("=1+1"), "another customer's");
    let file = coordinator.get("/audit/export.csv").await;
    assert!(
        file.html.contains("subscription_changed") && !file.html.contains("1+1"),
        "{}",
        file.html
    );
    let own = address.rsplit('/').next().unwrap();
    assert_eq!(
        coordinator
            .get(&format!("/audit?customer={own}"))
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(
        coordinator.get("/audit?customer=2").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        coordinator.get("/audit/export.csv?customer=2").await.status,
        StatusCode::NOT_FOUND
    );
    for position in [1, 10, 12] {
        let mut other = world.signed_in(position).await;
        assert_eq!(other.get("/audit").await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            other.get("/audit/export.csv").await.status,
            StatusCode::NOT_FOUND
        );
    }
    assert_eq!(
        world.browser().get("/audit/export.csv").await.status,
        StatusCode::NOT_FOUND
    );
}
