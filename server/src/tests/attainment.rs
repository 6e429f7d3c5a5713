//! The count of Responses in time as its readers see it: each number leads to as many incidents.

use axum::http::StatusCode;

use super::client::{Browser, World};

const SEOYEON: usize = 0;
const MARIA: usize = 2;
const DOYUN: usize = 4;
const GRACE: usize = 10;
const HANA: usize = 12;

/// The numbers of a page, each with the address that it leads to. A share, `12/13`, leads to what it is a share of.
fn numbers(html: &str) -> Vec<(String, String)> {
    html.split("href=\"/incidents?due=")
        .skip(1)
        .map(|rest| {
            let (address, rest) = rest.split_once('"').unwrap();
            let (_, rest) = rest.split_once('>').unwrap();
            let (number, _) = rest.split_once("</a>").unwrap();
            let number = number.rsplit('/').next().unwrap();
            let address = format!("/incidents?due={}", address.replace("&amp;", "&"));
            (number.to_owned(), address)
        })
        .collect()
}

async fn each_leads_to_as_many(browser: &mut Browser, path: &str) {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    page.says("Responses in time");
    let numbers = numbers(&page.html);
    assert!(numbers.len() > 8, "{path}: {}", numbers.len());
    for (number, address) in numbers {
        let list = browser.get(&address).await;
        assert_eq!(list.status, StatusCode::OK, "{address}");
        let count = match number.as_str() {
            "1" => "1 incident<".to_owned(),
            n => format!("{n} incidents<"),
        };
        list.says(&count);
        // On one page all of them are there.
        let rows = list.html.matches("class=\"sev-cell\"").count();
        assert_eq!(rows.to_string(), number, "{address}");
    }
}

#[tokio::test]
async fn each_number_leads_to_as_many_incidents() {
    let world = World::new().await;
    let mut seoyeon = world.signed_in(SEOYEON).await;
    each_leads_to_as_many(&mut seoyeon, "/account").await;
    each_leads_to_as_many(&mut seoyeon, "/account?period=2026-02&level=S2").await;
    each_leads_to_as_many(&mut world.signed_in(GRACE).await, "/accounts/2").await;
    let mut hana = world.signed_in(HANA).await;
    each_leads_to_as_many(&mut hana, "/desk/attainment").await;
    each_leads_to_as_many(&mut hana, "/desk/attainment?customer=1").await;
}

#[tokio::test]
async fn the_sentence_and_the_drawing_lead_to_the_incidents_too() {
    let world = World::new().await;
    let mut seoyeon = world.signed_in(SEOYEON).await;
    let page = seoyeon.get("/account").await;
    let (_, rest) = page.html.split_once("were in time").unwrap();
    let (drawing, _) = rest.split_once("</figure>").unwrap();
    let sentence = page.html.split("were in time").next().unwrap();
    let (_, sentence) = sentence.rsplit_once("<p class=\"figure\">").unwrap();
    for part in ["in_time", "due"] {
        let number = format!("href=\"/incidents?due=2026&amp;response={part}");
        assert!(sentence.contains(&number), "{part}: {sentence}");
    }
    let (_, drawing) = drawing.split_once("<figure").unwrap();
    assert!(!numbers(drawing).is_empty(), "{drawing}");
    assert!(drawing.contains("href=\"/incidents?due=2026-"), "{drawing}");
}

#[tokio::test]
async fn it_is_in_words_in_either_language_and_says_where_there_is_nothing() {
    let world = World::new().await;
    let mut maria = world.signed_in(MARIA).await;
    let page = maria.get("/account").await;
    page.says("Responses due in 2026 were in time")
        .says("not counted.");
    page.says("A miss stays a miss");
    let page = maria.get("/account?tier=core").await;
    page.says("Nothing is counted under this filter");
    maria.language = "ko";
    let page = maria.get("/account?period=2026-02").await;
    page.says("2026년 2월에 기한이 도래한 대응");
    let mut doyun = world.signed_in(DOYUN).await;
    doyun
        .get("/account")
        .await
        .says("No Response has been due yet");
    // What is no period is none.
    maria.language = "en";
    for wrong in ["2026-13", "x", "9999-Q9", "%00"] {
        let page = maria.get(&format!("/account?period={wrong}")).await;
        assert_eq!(page.status, StatusCode::OK);
        page.says("Responses due in 2026 were in time");
    }
}

#[tokio::test]
async fn the_file_has_what_the_page_counts() {
    let world = World::new().await;
    let mut hana = world.signed_in(HANA).await;
    let sum = |html: &str| {
        let rows = html
            .lines()
            .skip(1)
            .map(|row| row.split(',').next_back().unwrap());
        rows.map(|all| all.parse::<u64>().unwrap()).sum::<u64>()
    };
    let mut each = 0;
    for path in [
        "/desk/attainment.csv?year=2026",
        "/accounts/1/attainment.csv?year=2026",
    ] {
        let file = hana.get(path).await;
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
        file.says("Period,Quarter,Severity,Tier,Due,In time,Late,Still open,Excluded,Withdrawn,All\r\n2026-");
        each = sum(&file.html);
    }
    let one = hana.get("/desk/attainment.csv?year=2026&customer=1").await;
    assert_eq!(sum(&one.html), each);
    let mut seoyeon = world.signed_in(SEOYEON).await;
    let own = seoyeon.get("/account/attainment.csv?year=2026").await;
    assert_eq!(own.html, one.html);
    let page = seoyeon.get("/account?period=2026").await;
    let all = numbers(&page.html)
        .into_iter()
        .find(|(_, address)| address.starts_with("/incidents?due=2026&response=all"));
    assert_eq!(all.unwrap().0, each.to_string());
    // Nor is the engineers' file anybody else's, whatever it is asked for.
    for path in ["/desk/attainment.csv", "/desk/attainment.csv?customer=1"] {
        assert_eq!(seoyeon.get(path).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_list_keeps_what_the_number_stood_for() {
    let world = World::new().await;
    let mut hana = world.signed_in(HANA).await;
    let page = hana
        .get("/incidents?due=2026&response=all&rows=2&target=S2")
        .await;
    page.says("Responses due in 2026: All · S2")
        .says("Responses to all customers")
        .says("name=\"target\" value=\"S2\"")
        .says("&amp;due=2026&amp;response=all&amp;target=S2");
    let mut seoyeon = world.signed_in(SEOYEON).await;
    seoyeon
        .get("/incidents?due=2026-Q1&response=due&tier=core")
        .await
        .says("Responses due in Q1 2026: Due · Core");
}
