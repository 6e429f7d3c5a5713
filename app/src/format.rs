//! Dates, times and durations in words: the same on the server and in the browser, in the zone that the caller chose. And
//! the languages' own names.

use domain::{
    calendar::{LocalDate, LocalTime},
    plan::{Clock, Target, Unit},
    text::Lang,
};

use crate::words::{Times, fill};

/// A language by its own name.
pub const fn language_name(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "English",
        Lang::Ko => "한국어",
    }
}

/// The word at `index` of a list of words separated by spaces.
fn nth(list: &str, index: u32) -> &str {
    list.split(' ').nth(index as usize).unwrap_or_default()
}

/// `March`: a month of 1 to 12.
pub fn month(month: u32, times: &Times) -> &str {
    nth(&times.months, month.saturating_sub(1))
}

/// `Mar`, likewise, where columns are narrow.
pub fn month_short(month: u32, times: &Times) -> &str {
    nth(&times.months_short, month.saturating_sub(1))
}

fn date_by(pattern: &str, date: LocalDate, times: &Times) -> String {
    let (year, month, day) = date.ymd();
    let weekday = date.weekday().num_days_from_monday();
    fill(
        pattern,
        &[
            ("weekday", nth(&times.weekdays, weekday)),
            ("wd", nth(&times.weekdays_short, weekday)),
            ("day", &day.to_string()),
            ("month", nth(&times.months, month - 1)),
            ("mon", nth(&times.months_short, month - 1)),
            ("year", &year.to_string()),
        ],
    )
}

/// `Tuesday 3 March`.
pub fn date(date: LocalDate, times: &Times) -> String {
    date_by(&times.date, date, times)
}

/// `Tuesday 3 March 2026`.
pub fn date_year(date: LocalDate, times: &Times) -> String {
    date_by(&times.date_year, date, times)
}

/// `Tue 3 March 2026`: for lists and facts.
pub fn date_short(date: LocalDate, times: &Times) -> String {
    date_by(&times.date_short, date, times)
}

/// `Tue 3`: the head of a day's column.
pub fn day_short(date: LocalDate, times: &Times) -> String {
    date_by(&times.day_short, date, times)
}

/// `11:30` from milliseconds since local midnight; the end of the day is `24:00`. Seconds are shown if there are any.
pub fn time_of_day(ms: u32) -> String {
    let seconds = ms / 1000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = String::with_capacity(8);
    put(&mut text, hour);
    text.push(':');
    put(&mut text, minute);
    if second > 0 {
        text.push(':');
        put(&mut text, second);
    }
    text
}

fn put(text: &mut String, number: u32) {
    if number < 10 {
        text.push('0');
    }
    text.push_str(&number.to_string());
}

/// The time of day to the minute, without seconds: for when something was received, not for a promise.
pub fn minute_of_day(ms: u32) -> String {
    time_of_day(ms / 60_000 * 60_000)
}

fn joined(date: &str, time: &str, times: &Times) -> String {
    fill(&times.at, &[("date", date), ("time", time)])
}

/// `Tuesday 3 March, 11:30`: to the minute, as a heading; the facts below it are exact.
pub fn heading(at: LocalTime, times: &Times) -> String {
    joined(
        &date(at.date(), times),
        &minute_of_day(at.ms_of_day()),
        times,
    )
}

/// `Tue 3 Mar, 11:30`: to the minute, where columns are narrow.
pub fn short_heading(at: LocalTime, times: &Times) -> String {
    joined(
        &date_by(&times.date_compact, at.date(), times),
        &minute_of_day(at.ms_of_day()),
        times,
    )
}

/// `Tuesday 3 March 2026, 11:30`: to the minute, where the year matters.
pub fn heading_year(at: LocalTime, times: &Times) -> String {
    joined(
        &date_year(at.date(), times),
        &minute_of_day(at.ms_of_day()),
        times,
    )
}

/// `Tuesday 3 March 2026, 11:30`, exact to the second where there are seconds.
pub fn exact(at: LocalTime, times: &Times) -> String {
    joined(
        &date_year(at.date(), times),
        &time_of_day(at.ms_of_day()),
        times,
    )
}

/// `Tue 3 Mar 2026, 11:30`: for lists and facts.
pub fn short(at: LocalTime, times: &Times) -> String {
    joined(
        &date_short(at.date(), times),
        &minute_of_day(at.ms_of_day()),
        times,
    )
}

/// `2026-03-03T11:30:00+09:00`, for machines.
pub fn iso(at: LocalTime) -> String {
    let (year, month, day) = at.date().ymd();
    let mut text = year.to_string();
    for (before, number) in [
        ('-', month),
        ('-', day),
        ('T', at.hour()),
        (':', at.minute()),
        (':', at.second()),
    ] {
        text.push(before);
        put(&mut text, number);
    }
    let minutes = at.offset.unsigned_abs() / 60;
    text.push(if at.offset < 0 { '-' } else { '+' });
    put(&mut text, minutes / 60);
    text.push(':');
    put(&mut text, minutes % 60);
    text
}

/// `1 h 30 min`, rounded down to the minute.
pub fn duration(ms: u64, times: &Times) -> String {
    let minutes = ms / 60_000;
    let (hours, rest) = ((minutes / 60).to_string(), (minutes % 60).to_string());
    let values = [("h", hours.as_str()), ("m", rest.as_str())];
    match (minutes / 60, minutes % 60) {
        (0, 0) if ms > 0 => times.less_than_a_minute.clone(),
        (0, _) => fill(&times.minute, &values),
        (_, 0) => fill(&times.hour, &values),
        _ => fill(&times.hour_minute, &values),
    }
}

/// `4 Business Hours`, `1 hour, 24x7`: a target as the contract says it.
pub fn target(target: Target, times: &Times) -> String {
    let one = target.amount == 1;
    let pattern = match (target.clock, target.unit) {
        (Clock::Business, Unit::Hour) if one => &times.business_hour,
        (Clock::Business, Unit::Hour) => &times.business_hours,
        (Clock::Business, Unit::Day) if one => &times.business_day,
        (Clock::Business, Unit::Day) => &times.business_days,
        (Clock::Always, Unit::Hour) if one => &times.elapsed_hour,
        (Clock::Always, Unit::Hour) => &times.elapsed_hours,
        (Clock::Always, Unit::Day) if one => &times.elapsed_day,
        (Clock::Always, Unit::Day) => &times.elapsed_days,
    };
    fill(pattern, &[("n", &target.amount.to_string())])
}
