//! The vectors, natively; and that the stored calendars, which the browser's build is tested with, are these.

use std::path::Path;

use domain::calendar::BusinessCalendar;

use crate::shared::{Calendars, check_between, check_due};

const ZONES: [&str; 2] = ["America/Los_Angeles", "Asia/Seoul"];

/// Set to rewrite the stored calendars.
const REFRESH: &str = "REFRESH_CALENDARS";

fn built() -> Calendars {
    Calendars(ZONES.map(|zone| BusinessCalendar::standard(zone).unwrap()))
}

#[test]
fn due() {
    assert_eq!(check_due(&built()), 800);
    assert_eq!(check_due(&Calendars::from_json()), 800);
}

#[test]
fn between() {
    assert_eq!(check_between(&built()), 300);
    assert_eq!(check_between(&Calendars::from_json()), 300);
}

#[test]
fn the_stored_calendars_are_up_to_date() {
    for calendar in &built().0 {
        let fresh = serde_json::to_string(calendar).unwrap() + "\n";
        let name = calendar.zone().to_lowercase().replace('/', "_");
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/calendar_{name}.json"));
        if std::env::var_os(REFRESH).is_some() {
            std::fs::write(&path, &fresh).unwrap();
        }
        let stored = std::fs::read_to_string(&path).unwrap();
        assert!(
            stored == fresh,
            "{} is not what is built now; if the change is meant, run this test once with {REFRESH}=1 set",
            path.display()
        );
        let read: BusinessCalendar = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, *calendar, "reading it back gives the same calendar");
    }
}

#[test]
fn a_damaged_calendar_is_refused() {
    let json = serde_json::to_value(&built().0[1]).unwrap();
    let reads = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut json = json.clone();
        change(&mut json);
        serde_json::from_value::<BusinessCalendar>(json).map_err(|error| error.to_string())
    };
    assert!(reads(&|_| ()).is_ok());
    let refused = |change: &dyn Fn(&mut serde_json::Value), why: &str| {
        let error = reads(change).unwrap_err();
        assert!(error.contains(why), "{error}");
    };
    refused(
        &|json| json["last"] = "2019-12-31".into(),
        "end before they begin",
    );
    refused(
        &|json| json["last"] = "2999-12-31".into(),
        "more than a century",
    );
    refused(&|json| json["offsets"] = serde_json::json!([]), "offsets");
    refused(
        &|json| json["offsets"] = serde_json::json!([[5, 0], [5, 60]]),
        "offsets",
    );
    refused(
        &|json| json["offsets"] = serde_json::json!([[0, 86_400]]),
        "offsets",
    );
    refused(
        &|json| json["offsets"] = serde_json::json!([[0, 0], [1_582_000_000, i32::MIN]]),
        "offsets",
    );
    // 2020-02-18 at 12:26:40, a Tuesday.
    refused(
        &|json| json["offsets"] = serde_json::json!([[0, 0], [1_582_028_800, 3_600]]),
        "of 2020-02-18",
    );
    refused(&|json| json["closed"][3][0] = 0.into(), "closed day");
    refused(&|json| json["closed"][0][0] = (-1).into(), "closed day");
    refused(
        &|json| json["closed"][0][1] = serde_json::json!([]),
        "closed day",
    );
    refused(&|json| json["closed"][300][0] = 9_999.into(), "closed day");
}
