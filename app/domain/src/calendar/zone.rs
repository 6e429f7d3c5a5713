//! The time zone database, turned into tables of offsets.

use chrono::{DateTime, Offset as _, TimeZone, Utc};
use chrono_tz::Tz;

use super::local::{Offset, Offsets};
use super::{DAY_MS, Instant, LocalDate};

/// The version of the time zone data that calendars are built from, such as `2025b`.
pub const fn tzdata_version() -> &'static str {
    chrono_tz::IANA_TZDB_VERSION
}

/// The offset from UTC of a zone at an instant, in seconds.
pub(super) fn offset_at(zone: Tz, at: Instant) -> i32 {
    zone.offset_from_utc_datetime(&DateTime::<Utc>::from(at).naive_utc())
        .fix()
        .local_minus_utc()
}

/// Every change of the offset from the start of `first` (UTC) to the end of `last`, found by asking four times a
/// day and then halving; a day more on either side, so that local dates are whole.
pub(super) fn offsets(
    first: LocalDate,
    last: LocalDate,
    offset_at: impl Fn(Instant) -> i32,
) -> Offsets {
    const STEP: i64 = DAY_MS / 4;

    let mut at = i64::from(first.epoch_days() - 1) * DAY_MS;
    let end = i64::from(last.epoch_days() + 2) * DAY_MS;
    let mut found = vec![Offset {
        from: Instant(at),
        offset: offset_at(Instant(at)),
    }];
    let mut current = found[0].offset;
    while at < end {
        let next = offset_at(Instant(at + STEP));
        if next != current {
            // The change is after `low` and not after `high`; both are whole seconds.
            let (mut low, mut high) = (at / 1_000, (at + STEP) / 1_000);
            while high - low > 1 {
                let middle = i64::midpoint(low, high);
                if offset_at(Instant(middle * 1_000)) == current {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            found.push(Offset {
                from: Instant(high * 1_000),
                offset: next,
            });
            current = next;
        }
        at += STEP;
    }
    Offsets(found)
}
