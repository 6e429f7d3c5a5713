//! A certificate says what it was computed from, and whatever is changed in it is noticed.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::LazyLock;

use domain::{
    calendar::{BusinessCalendar, Instant, LocalDate},
    certificate::{
        Certificate, Checked, Facts, File, Known, KnownPlan, KnownTier, Point, Signature, Verdict,
        signed_bytes, used,
    },
    incident::DueKind,
    plan::{Clock, Plan, Severity, embedded},
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Friday 27 February 2026, 15:30 in Seoul: before a long weekend.
const FRIDAY: i64 = 1_772_173_800_000;
const ISSUER: &str = "https://support.example.com";

static PLAN: LazyLock<Plan> = LazyLock::new(|| embedded().unwrap());
static SEOUL: LazyLock<BusinessCalendar> =
    LazyLock::new(|| BusinessCalendar::standard("Asia/Seoul").unwrap());
static PACIFIC: LazyLock<BusinessCalendar> =
    LazyLock::new(|| BusinessCalendar::standard("America/Los_Angeles").unwrap());

static KNOWN: LazyLock<Known> = LazyLock::new(|| Known {
    issuer: ISSUER.to_owned(),
    keys: vec![("k1".to_owned(), String::new())],
    plans: vec![KnownPlan {
        version: PLAN.version.clone(),
        clause: "3".to_owned(),
        tiers: PLAN
            .service
            .tiers
            .iter()
            .map(|tier| KnownTier {
                id: tier.id.clone(),
                response: tier
                    .response
                    .iter()
                    .map(|one| (one.level, one.target()))
                    .collect(),
                update: tier
                    .update
                    .iter()
                    .map(|one| (one.level, one.target()))
                    .collect(),
            })
            .collect(),
    }],
    calendars: vec![SEOUL.clone(), PACIFIC.clone()],
});

fn issue(
    calendar: &BusinessCalendar,
    start: i64,
    tier: &str,
    severity: u8,
    kind: DueKind,
) -> Option<Certificate> {
    let severity = Severity::new(severity).unwrap();
    let tier = PLAN.tier(tier).unwrap();
    let target = match kind {
        DueKind::Response => tier.response(severity),
        DueKind::Update => tier.update(severity),
    };
    let target = target.unwrap();
    let explanation = calendar.explain(Instant(start), target.into()).ok()?;
    let facts = Facts {
        issuer: ISSUER,
        key: "k1",
        incident: "INC-2026-00007".to_owned(),
        deadline: 1,
        kind,
        plan: &PLAN.version,
        clause: "3".to_owned(),
        tier: &tier.id,
        severity,
        target,
    };
    let (first, last) = (explanation.received.date(), explanation.due.date());
    let parts = used(calendar, first, last, target.clock).unwrap();
    Certificate::of(&facts, &explanation, parts)
}

fn friday() -> Value {
    let certificate = issue(&SEOUL, FRIDAY, "core", 2, DueKind::Response).unwrap();
    json!({ "certificate": certificate.to_json(), "signature": "c2ln" })
}

fn check(file: &Value) -> Option<Checked> {
    let file = File::read(file)?;
    Some(file.certificate.check(&KNOWN, Signature::Good))
}

fn differing(checked: &Checked) -> Vec<Point> {
    let lines = checked.lines.iter();
    lines
        .filter(|line| line.verdict == Verdict::Differs)
        .map(|line| line.point)
        .collect()
}

/// The addresses of everything in a document that has no parts.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                leaves(value, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, &format!("{at}/{index}"), found);
            }
        }
        _ => found.push(at.to_owned()),
    }
}

#[test]
fn a_certificate_agrees_with_what_it_was_computed_from() {
    let file = friday();
    let read = File::read(&file).unwrap();
    assert_eq!(read.certificate.to_json(), file["certificate"]);
    let checked = read.certificate.check(&KNOWN, Signature::Good);
    assert_eq!(differing(&checked), []);
    assert_eq!(checked.verdict(), Verdict::Agrees, "{:#?}", checked.lines);
    let explanation = checked.explanation.unwrap();
    assert_eq!(
        explanation.due.to_string(),
        "2026-03-04T09:30:00+09:00".replace("04T09:30", "03T15:30")
    );
    assert_eq!(
        file["certificate"]["due"]["utc"],
        "2026-03-03T06:30:00+00:00"
    );
    let closed = &file["certificate"]["calendar"]["closed"];
    assert_eq!(closed.as_array().unwrap().len(), 2, "{closed}");
}

#[test]
fn what_cannot_be_told_is_not_said_to_agree() {
    let file = friday();
    let certificate = File::read(&file).unwrap().certificate;
    let checked = certificate.check(&KNOWN, Signature::Unchecked);
    assert_eq!(checked.verdict(), Verdict::Untold);
    // Another portal knows neither the key nor the plan nor the calendar; what can be computed again it computes.
    let checked = certificate.check(&Known::default(), Signature::Unchecked);
    assert_eq!(differing(&checked), [Point::Key]);
    assert!(checked.explanation.is_some());
}

#[test]
fn a_calendar_that_has_changed_since_is_no_fault_of_the_certificate() {
    let mut known = KNOWN.clone();
    let mut parts = SEOUL.parts();
    parts.version = "kr-2035.2+tzdb2025b".to_owned();
    known.calendars = vec![parts.assemble().unwrap()];
    let file = friday();
    let checked = File::read(&file)
        .unwrap()
        .certificate
        .check(&known, Signature::Good);
    assert_eq!(differing(&checked), []);
    let line = checked
        .lines
        .iter()
        .find(|line| line.point == Point::Calendar)
        .unwrap();
    assert_eq!(
        (line.verdict, line.found.as_str()),
        (Verdict::Untold, "kr-2035.2+tzdb2025b")
    );
}

#[test]
fn each_point_names_what_was_changed() {
    for (at, value, point) in [
        ("/due/ms", json!(1_772_519_400_001_i64), Point::Due),
        ("/due/local", json!("2026-03-03T15:30:01+09:00"), Point::Due),
        ("/due/utc", json!("2026-03-03T06:31:00+00:00"), Point::Due),
        (
            "/start/local",
            json!("2026-02-27T15:31:00+09:00"),
            Point::Start,
        ),
        ("/target/amount", json!(9), Point::Target),
        ("/target/ms", json!(1), Point::Target),
        ("/severity", json!("S1"), Point::Target),
        ("/tier", json!("gold"), Point::Target),
        ("/clause", json!("4"), Point::Clause),
        ("/issuer", json!("https://elsewhere.example"), Point::Issuer),
        ("/key", json!("k2"), Point::Key),
        ("/calendar/tz_data", json!("2026a"), Point::TzData),
        (
            "/calendar/closed/0/holidays/0",
            json!("No holiday"),
            Point::Days,
        ),
        ("/steps/0/left", json!(1), Point::Steps),
    ] {
        let mut file = friday();
        *file.pointer_mut(&format!("/certificate{at}")).unwrap() = value;
        let checked = check(&file).unwrap_or_else(|| panic!("{at}"));
        assert!(
            differing(&checked).contains(&point),
            "{at}: {:?}",
            differing(&checked)
        );
    }
}

#[test]
fn a_file_that_is_no_certificate_is_none() {
    for file in [
        json!(null),
        json!([]),
        json!({}),
        json!({ "certificate": {}, "signature": "" }),
        json!({ "certificate": friday()["certificate"], "signature": 1 }),
        json!({ "certificate": friday()["certificate"], "signature": "", "more": 1 }),
        json!({ "certificate": friday()["certificate"] }),
    ] {
        assert_eq!(check(&file), None, "{file}");
    }
    let mut other = friday();
    other["certificate"]["format"] = json!("portal-due-time/2");
    assert_eq!(check(&other), None);
    // More than a century, and offsets that are none, are refused without being walked.
    let mut forged = friday();
    forged["certificate"]["calendar"]["last"] = json!("9999-12-31");
    let checked = check(&forged).unwrap();
    assert_eq!(checked.explanation, None);
    assert!(differing(&checked).contains(&Point::Due));
}

#[test]
fn the_signed_bytes_are_canonical() {
    let file = friday();
    let bytes = String::from_utf8(signed_bytes(&file["certificate"])).unwrap();
    assert!(
        bytes.starts_with(r#"{"calendar":{"closed":[{"date":"2026-03-01","holidays":["#),
        "{bytes}"
    );
    let again: Value = serde_json::from_str(&bytes).unwrap();
    assert_eq!(signed_bytes(&again), bytes.as_bytes());
}

/// Another value of the same kind.
fn other(value: &Value, chance: u32) -> Value {
    match value {
        Value::Number(number) => {
            let by = i64::from(chance % 100_000) + 1;
            json!(number.as_i64().unwrap() + if chance.is_multiple_of(2) { by } else { -by })
        }
        Value::String(text) => {
            let at = chance as usize % (text.len() + 1);
            let mut text: Vec<char> = text.chars().collect();
            let at = at.min(text.len());
            text.insert(at, char::from(b'0' + u8::try_from(chance % 10).unwrap()));
            json!(text.into_iter().collect::<String>())
        }
        // The only value left is an empty array.
        _ => json!(["More"]),
    }
}

/// What only the signature tells: which incident and which of its deadlines it is, and the versions, of which a checker may
/// know others; the tier and the days where they lead to the same.
const BY_SIGNATURE: [&str; 5] = [
    "/incident",
    "/deadline",
    "/plan",
    "/calendar/version",
    "/calendar/zone",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_changed_field_is_noticed(
        minutes in 0_i64..500_000,
        pacific in any::<bool>(),
        tier in prop::sample::select(vec!["core", "advanced", "platinum"]),
        level in 1_u8..=4,
        update in any::<bool>(),
        which in any::<prop::sample::Index>(),
        chance in any::<u32>(),
    ) {
        let calendar = if pacific { &*PACIFIC } else { &*SEOUL };
        let kind = if update { DueKind::Update } else { DueKind::Response };
        let certificate = issue(calendar, FRIDAY + minutes * 60_000, tier, level, kind);
        let certificate = certificate.expect("covered");
        let file = json!({ "certificate": certificate.to_json(), "signature": "c2ln" });
        let checked = check(&file).unwrap();
        prop_assert_eq!(checked.verdict(), Verdict::Agrees, "{:#?}", checked.lines);

        let mut found = Vec::new();
        leaves(&file["certificate"], "", &mut found);
        let at = which.get(&found);
        let mut changed = file.clone();
        let leaf = changed["certificate"].pointer_mut(at).unwrap();
        *leaf = other(leaf, chance);
        // The signature is over every byte of it …
        prop_assert_ne!(signed_bytes(&changed["certificate"]), signed_bytes(&file["certificate"]));
        // … and even with a good one the computation says so.
        if !BY_SIGNATURE.contains(&at.as_str())
            && let Some(checked) = check(&changed)
        {
            prop_assert_ne!(checked.verdict(), Verdict::Agrees, "{} became {}", at, changed["certificate"].pointer(at).unwrap());
        }
    }

    #[test]
    fn a_certificate_is_read_as_it_is_written(minutes in 0_i64..500_000, level in 1_u8..=4) {
        let certificate = issue(&PACIFIC, FRIDAY + minutes * 60_000, "advanced", level, DueKind::Response).unwrap();
        let file = json!({ "certificate": certificate.to_json(), "signature": "c2ln" });
        prop_assert_eq!(File::read(&file).unwrap().certificate, certificate);
    }
}

#[test]
fn by_the_24x7_clock_no_day_is_closed() {
    let first: LocalDate = "2026-02-27".parse().unwrap();
    let last: LocalDate = "2026-03-03".parse().unwrap();
    assert!(
        used(&SEOUL, first, last, Clock::Always)
            .unwrap()
            .closed
            .is_empty()
    );
    assert!(
        !used(&SEOUL, first, last, Clock::Business)
            .unwrap()
            .closed
            .is_empty()
    );
    assert_eq!(
        used(
            &SEOUL,
            first,
            "2999-01-01".parse().unwrap(),
            Clock::Business
        ),
        None
    );
}
