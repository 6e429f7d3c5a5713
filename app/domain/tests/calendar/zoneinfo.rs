//! chrono-tz against the time zone files of the machine.

use std::fs;

use domain::calendar::holidays::HolidaySet;
use domain::calendar::{tzdata_version, tzif};

#[test]
fn chrono_tz_agrees_with_the_machine() {
    for set in HolidaySet::ALL {
        let zone = set.zone();
        let Ok(file) = fs::read(format!("/usr/share/zoneinfo/{zone}")) else {
            eprintln!("no time zone file for {zone} on this machine: not compared");
            continue;
        };
        assert_eq!(
            tzif::first_difference(&file, zone, HolidaySet::YEARS),
            Ok(None),
            "tzdb {} of chrono-tz and the machine's differ",
            tzdata_version()
        );
        // The comparison can tell zones apart.
        let other = if zone == "Asia/Seoul" {
            "Asia/Shanghai"
        } else {
            "America/Phoenix"
        };
        let difference = tzif::first_difference(&file, other, HolidaySet::YEARS);
        assert!(matches!(difference, Ok(Some(_))), "{difference:?}");
    }
}
