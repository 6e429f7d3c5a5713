use std::fs;

use domain::{calendar::BusinessCalendar, plan};
use portal_core::{
    Portal, Setup,
    plans::{Plans, PlansError},
};

const TEXT: &str = include_str!("../../../../app/domain/plans/service-assurance-2026.1.toml");

fn with_version(version: &str) -> String {
    TEXT.replacen(
        "version = \"2026.1\"",
        &format!("version = \"{version}\""),
        1,
    )
}

#[test]
fn the_highest_version_is_current() {
    let folder = tempfile::tempdir().unwrap();
    for version in ["2026.10", "2026.2"] {
        fs::write(
            folder.path().join(format!("{version}.toml")),
            with_version(version),
        )
        .unwrap();
    }
    fs::write(folder.path().join("notes.txt"), "not a plan").unwrap();
    let plans = Plans::load(Some(folder.path())).unwrap();
    assert_eq!(
        plans.versions().collect::<Vec<_>>(),
        ["2026.1", "2026.2", "2026.10"]
    );
    assert_eq!(plans.current().version, "2026.10");
    assert_eq!(
        plans.get("2026.1").map(|plan| (**plan).clone()),
        plan::embedded().ok()
    );
    assert!(plans.get("2026.3").is_none());
}

#[test]
fn the_samples_earlier_version_is_sound_and_not_current() {
    let plans = Plans::load(None).unwrap().with_sample();
    assert_eq!(
        plans.versions().collect::<Vec<_>>(),
        ["2025.1-sample", "2026.1"]
    );
    assert_eq!(plans.current().version, "2026.1");
    let (earlier, current) = (plans.iter().next().unwrap(), plans.current());
    let diff = plan::diff::Diff::between(earlier, current);
    assert!(diff.clauses.is_empty() && diff.severities.is_empty());
    assert_eq!(diff.tiers.len(), 1);
    assert_eq!(diff.tiers[0].id, current.service.tiers[0].id);
}

#[test]
fn a_version_is_given_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("again.toml"), TEXT).unwrap();
    let error = Plans::load(Some(folder.path())).unwrap_err();
    assert!(
        matches!(&error, PlansError::Twice { version, .. } if version == "2026.1"),
        "{error}"
    );
    assert!(error.to_string().contains("again.toml"), "{error}");
}

#[test]
fn a_document_is_checked_beside_those_that_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let copy = write(
        "copy.txt",
        &TEXT.replacen("contacts = 3", "contacts = 4", 1),
    );
    let error = Plans::check(None, &copy).unwrap_err();
    assert!(
        matches!(&error, PlansError::Twice { version, .. } if version == "2026.1"),
        "{error}"
    );
    assert!(error.to_string().contains("copy.txt"), "{error}");
    // One of the folder is not its own double, wherever it is named from; another with its version is.
    let next = write("next.toml", &with_version("2027.1"));
    let again = folder.path().join(".").join("next.toml");
    for path in [&next, &again] {
        let (plans, plan) = Plans::check(Some(folder.path()), path).unwrap();
        assert_eq!(plan.version, "2027.1");
        assert_eq!(plans.versions().collect::<Vec<_>>(), ["2026.1", "2027.1"]);
    }
    let other = write("other.txt", &with_version("2027.1"));
    assert!(Plans::check(None, &other).is_ok());
    assert!(matches!(
        Plans::check(Some(folder.path()), &other),
        Err(PlansError::Twice { .. })
    ));
    let missing = folder.path().join("missing.toml");
    assert!(matches!(
        Plans::check(None, &missing),
        Err(PlansError::Read { .. })
    ));
}

#[test]
fn an_error_names_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("a.toml"),
        with_version("2027.1").replacen("id = \"seoul\"", "id = 7", 1),
    )
    .unwrap();
    fs::write(folder.path().join("b.toml"), "format = ").unwrap();
    let error = Plans::load(Some(folder.path())).unwrap_err().to_string();
    let line = 1 + TEXT
        .lines()
        .position(|line| line == "id = \"seoul\"")
        .unwrap();
    assert!(error.contains(&format!("a.toml:{line}:")), "{error}");
    assert!(error.contains("b.toml:1:"), "{error}");
    assert!(matches!(
        Plans::load(Some(&folder.path().join("missing"))),
        Err(PlansError::Read { .. })
    ));
}

#[tokio::test]
async fn each_zone_has_its_calendar() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("portal.db").display());
    let portal = Portal::open(Setup::new(url, Plans::load(None).unwrap()))
        .await
        .unwrap();
    for zone in &portal.plans().current().zones {
        let calendar = portal.calendar(zone).expect("a calendar");
        assert_eq!(*calendar, BusinessCalendar::standard(&zone.tz).unwrap());
    }
    portal.close().await;
}

#[tokio::test]
async fn a_database_that_refuses_connections_is_told_at_once_and_why() {
    // Nobody listens there any more.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .unwrap()
        .port();
    let url = format!("postgres://nobody@127.0.0.1:{port}/none?sslmode=disable");
    let start = std::time::Instant::now();
    let opened = Portal::open(Setup::new(url, Plans::load(None).unwrap())).await;
    let error = opened.unwrap_err().to_string();
    assert!(start.elapsed().as_secs() < 5, "{error}");
    assert!(
        error.contains("refused") && error.lines().count() == 1,
        "{error}"
    );
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() {
    for url in [
        "",
        "portal.db",
        "mysql://localhost/x",
        "sqlite::memory:",
        "sqlite://x?mode=memory",
    ] {
        let opened = Portal::open(Setup::new(url, Plans::load(None).unwrap())).await;
        assert!(
            matches!(opened, Err(portal_core::OpenError::Url(_))),
            "{url}"
        );
    }
}
