//! Dates without a clock or a zone.
//!
//! The browser pays for every byte, and chrono's own (de)serialization of dates brings its whole formatting
//! machinery along; a day number and two short conversions are all that the calendar needs.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A date of the Gregorian calendar in the years 1 to 9999, meant in the calendar's zone.
///
/// Serialized and shown as `2026-02-27`. The default is 1970-01-01.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDate(i32);

/// Day numbers of 0001-01-01 and 9999-12-31, counted from 1970-01-01.
const FIRST: i32 = -719_162;
const LAST: i32 = 2_932_896;

impl LocalDate {
    /// The date of that year, month (1 to 12) and day, if there is one in the years 1 to 9999.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        let known = (1..=9999).contains(&year) && (1..=12).contains(&month);
        if !known || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        // Counting years from 1 March puts the leap day last, so that every month starts at a fixed day.
        let (y, m) = if month > 2 {
            (year, month - 3)
        } else {
            (year - 1, month + 9)
        };
        let leap_days = y / 4 - y / 100 + y / 400;
        let day_of_year = ((153 * m + 2) / 5 + day).cast_signed();
        Some(Self(365 * y + leap_days + day_of_year - 719_469))
    }

    /// The date that many days after 1970-01-01, if it is in the years 1 to 9999.
    pub fn from_epoch_days(days: i32) -> Option<Self> {
        (FIRST..=LAST).contains(&days).then_some(Self(days))
    }

    /// Days since 1970-01-01.
    pub const fn epoch_days(self) -> i32 {
        self.0
    }

    /// The date that many days later, or earlier if negative; stops at the ends of the years 1 to 9999.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days).clamp(FIRST, LAST))
    }

    /// Year, month (1 to 12) and day of the month.
    pub fn ymd(self) -> (i32, u32, u32) {
        // From 0000-03-01, for the reason given in `from_ymd`; positive for every date there is.
        let days = (self.0 + 719_468).cast_unsigned();
        let in_era = days % 146_097;
        let year_of_era = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
        let day_of_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let m = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * m + 2) / 5 + 1;
        let year = (days / 146_097 * 400 + year_of_era).cast_signed();
        if m < 10 {
            (year, m + 3, day)
        } else {
            (year + 1, m - 9, day)
        }
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.ymd().0
    }

    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        match (self.0 + 3).rem_euclid(7) {
            0 => Weekday::Mon,
            1 => Weekday::Tue,
            2 => Weekday::Wed,
            3 => Weekday::Thu,
            4 => Weekday::Fri,
            5 => Weekday::Sat,
            _ => Weekday::Sun,
        }
    }

    /// Whether it is a Saturday or a Sunday.
    pub const fn is_weekend(self) -> bool {
        (self.0 + 3).rem_euclid(7) >= 5
    }

    /// `2026-02-27`, as ASCII.
    fn text(self) -> [u8; 10] {
        let (year, month, day) = self.ymd();
        let mut text = *b"0000-00-00";
        put(&mut text[0..4], year.cast_unsigned());
        put(&mut text[5..7], month);
        put(&mut text[8..10], day);
        text
    }

    fn from_text(text: &str) -> Option<Self> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else {
            return None;
        };
        let year = number(&[y1, y2, y3, y4])?.cast_signed();
        Self::from_ymd(year, number(&[m1, m2])?, number(&[d1, d2])?)
    }
}

fn days_in_month(year: i32, month: u32) -> u32 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Writes a number into the digits given, right-aligned.
pub(super) fn put(digits: &mut [u8], mut number: u32) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| {
        digit
            .is_ascii_digit()
            .then(|| sum * 10 + u32::from(digit - b'0'))
    })
}

/// A text that is no date of the form `2026-02-27`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date such as 2026-02-27")]
pub struct NotADate;

impl FromStr for LocalDate {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        Self::from_text(text).ok_or(NotADate)
    }
}

impl fmt::Display for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl fmt::Debug for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for LocalDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for LocalDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = LocalDate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date such as 2026-02-27")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<LocalDate, E> {
                LocalDate::from_text(text)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

impl From<LocalDate> for NaiveDate {
    fn from(date: LocalDate) -> Self {
        // Every year from 1 to 9999 is one of chrono's.
        Self::from_epoch_days(date.0).unwrap_or_default()
    }
}

/// A date before year 1 or after 9999 becomes the nearest one of those years.
impl From<NaiveDate> for LocalDate {
    fn from(date: NaiveDate) -> Self {
        Self(date.to_epoch_days().clamp(FIRST, LAST))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::Datelike;

    use super::*;

    #[test]
    fn every_day_agrees_with_chrono() {
        for days in FIRST..=LAST {
            let (date, theirs) = (LocalDate(days), NaiveDate::from_epoch_days(days).unwrap());
            assert_eq!(date.ymd(), (theirs.year(), theirs.month(), theirs.day()));
            assert_eq!(
                LocalDate::from_ymd(theirs.year(), theirs.month(), theirs.day()),
                Some(date)
            );
            assert_eq!(date.weekday(), theirs.weekday());
            assert_eq!(
                date.is_weekend(),
                theirs.weekday().num_days_from_monday() >= 5
            );
        }
        assert_eq!(LocalDate(FIRST).to_string(), "0001-01-01");
        assert_eq!(LocalDate(LAST).to_string(), "9999-12-31");
    }

    #[test]
    fn text_and_back() {
        let date = LocalDate::from_ymd(2026, 2, 27).unwrap();
        assert_eq!("2026-02-27".parse(), Ok(date));
        assert_eq!(serde_json::to_string(&date).unwrap(), "\"2026-02-27\"");
        assert_eq!(
            serde_json::from_str::<LocalDate>("\"2026-02-27\"").unwrap(),
            date
        );
        assert_eq!(NaiveDate::from(date).to_string(), "2026-02-27");
        assert_eq!(LocalDate::from(NaiveDate::from(date)), date);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "0000-01-01",
            "2026-1-1",
            "2026/01/01",
            "２026-01-01",
        ] {
            assert_eq!(text.parse::<LocalDate>(), Err(NotADate), "{text}");
        }
        assert_eq!(LocalDate::from_ymd(10_000, 1, 1), None);
        assert_eq!(LocalDate::from_epoch_days(LAST + 1), None);
        assert_eq!(LocalDate(LAST).plus_days(1), LocalDate(LAST));
        assert!(serde_json::from_str::<LocalDate>("\"2026-02-30\"").is_err());
    }
}
