//! Comparing chrono-tz with the time zone files of the machine.
//!
//! chrono-tz carries the time zone database of its release; a newer one on the machine may know of a change that it
//! does not. The caller reads the file (`/usr/share/zoneinfo/…`), this module reads its bytes: the format of RFC 9636,
//! versions 2 to 4, with the rule for the years after the last listed change.

use std::ops::RangeInclusive;

use chrono_tz::Tz;

use super::builder::first_and_last;
use super::local::Offsets;
use super::zone::{offset_at, offsets};
use super::{DAY_MS, Instant, LocalDate, LocalTime};

/// Why a time zone file could not be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TzifError {
    /// chrono-tz does not know the zone.
    #[error("{0} is no time zone that this program knows")]
    UnknownZone(String),
    /// Not a year of the common era, or years in the wrong order.
    #[error("the years do not make a range of dates")]
    Years,
    /// Not a file of RFC 9636 in version 2 or later.
    #[error("not a time zone file (TZif, version 2 or later)")]
    NotTzif,
    /// The file ends early or contradicts itself.
    #[error("the time zone file is damaged")]
    Damaged,
    /// The rule for later years is of a kind that no zone of this portal uses.
    #[error("the time zone file ends with a rule that this program does not read: {0}")]
    Rule(String),
}

/// The first local date in `years` on which the offset from UTC differs between chrono-tz and a time zone file,
/// given as bytes; `None` if they agree.
///
/// # Errors
/// [`TzifError`] if the zone is unknown, the years are no range of dates, or the file cannot be read.
pub fn first_difference(
    file: &[u8],
    zone: &str,
    years: RangeInclusive<i32>,
) -> Result<Option<LocalDate>, TzifError> {
    let tz: Tz = zone
        .parse()
        .map_err(|_| TzifError::UnknownZone(zone.to_owned()))?;
    let (first, last) = first_and_last(&years).ok_or(TzifError::Years)?;
    let file = Zone::read(file)?;
    let ours = offsets(first, last, |at| offset_at(tz, at));
    let theirs = offsets(first, last, |at| file.offset_at(at.0.div_euclid(1_000)));
    // The tables begin a day before the first date and end a day after the last one.
    Ok(difference(&ours, &theirs).map(|at| at.date().clamp(first, last)))
}

/// When two tables with the same beginning first differ, by the clock of the first.
fn difference(ours: &Offsets, theirs: &Offsets) -> Option<LocalTime> {
    let i = (0..ours.0.len().max(theirs.0.len())).find(|i| ours.0.get(*i) != theirs.0.get(*i))?;
    let at = match (ours.0.get(i), theirs.0.get(i)) {
        (Some(a), Some(b)) => a.from.min(b.from),
        (a, b) => a.or(b)?.from,
    };
    Some(ours.local(at))
}

/// What a time zone file says.
struct Zone {
    /// The offset before the first change.
    before: i32,
    /// From which second of Unix time on, which offset.
    changes: Vec<(i64, i32)>,
    /// What holds after the last change.
    rule: Option<Rule>,
}

impl Zone {
    fn read(file: &[u8]) -> Result<Self, TzifError> {
        // The first of two blocks is for readers of 32-bit times; the second is the real one.
        let (header, rest) = Header::read(file)?;
        let rest = rest.get(header.block_len(4)..).ok_or(TzifError::Damaged)?;
        let (header, rest) = Header::read(rest)?;
        let (block, footer) = rest
            .split_at_checked(header.block_len(8))
            .ok_or(TzifError::Damaged)?;
        let (times, block) = block
            .split_at_checked(header.times * 8)
            .ok_or(TzifError::Damaged)?;
        let (kinds, block) = block
            .split_at_checked(header.times)
            .ok_or(TzifError::Damaged)?;
        let types = block.get(..header.types * 6).ok_or(TzifError::Damaged)?;

        let offset_of = |kind: usize| {
            let bytes = types.get(kind * 6..)?.first_chunk::<4>()?;
            Some(i32::from_be_bytes(*bytes))
        };
        let changes: Option<Vec<_>> = times
            .as_chunks::<8>()
            .0
            .iter()
            .zip(kinds)
            .map(|(time, kind)| Some((i64::from_be_bytes(*time), offset_of(usize::from(*kind))?)))
            .collect();
        let changes = changes.ok_or(TzifError::Damaged)?;
        if !changes.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(TzifError::Damaged);
        }

        let footer = footer
            .strip_prefix(b"\n")
            .and_then(|text| text.strip_suffix(b"\n"))
            .ok_or(TzifError::Damaged)?;
        let footer = str::from_utf8(footer).map_err(|_| TzifError::Damaged)?;
        let rule = match footer {
            "" => None,
            text => Some(Rule::read(text).ok_or_else(|| TzifError::Rule(text.to_owned()))?),
        };
        Ok(Self {
            before: offset_of(0).ok_or(TzifError::Damaged)?,
            changes,
            rule,
        })
    }

    fn offset_at(&self, second: i64) -> i32 {
        let after = self.changes.partition_point(|change| change.0 <= second);
        match (
            after.checked_sub(1).and_then(|last| self.changes.get(last)),
            &self.rule,
        ) {
            (None, Some(rule)) if self.changes.is_empty() => rule.offset_at(second),
            (None, _) => self.before,
            (Some(_), Some(rule)) if after == self.changes.len() => rule.offset_at(second),
            (Some(change), _) => change.1,
        }
    }
}

/// The counts at the head of a block.
struct Header {
    ut_flags: usize,
    standard_flags: usize,
    leaps: usize,
    times: usize,
    types: usize,
    chars: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<(Self, &[u8]), TzifError> {
        let (head, rest) = bytes.split_first_chunk::<44>().ok_or(TzifError::NotTzif)?;
        if !head.starts_with(b"TZif") || head[4] < b'2' {
            return Err(TzifError::NotTzif);
        }
        let mut counts = head[20..]
            .as_chunks::<4>()
            .0
            .iter()
            .map(|bytes| u32::from_be_bytes(*bytes) as usize);
        let mut next = || counts.next().ok_or(TzifError::Damaged);
        let header = Self {
            ut_flags: next()?,
            standard_flags: next()?,
            leaps: next()?,
            times: next()?,
            types: next()?,
            chars: next()?,
        };
        Ok((header, rest))
    }

    /// How many bytes follow, given those that a time takes.
    const fn block_len(&self, time: usize) -> usize {
        self.times * (time + 1)
            + self.types * 6
            + self.chars
            + self.leaps * (time + 4)
            + self.standard_flags
            + self.ut_flags
    }
}

/// A rule for all years, as in the environment variable TZ of POSIX: `KST-9` or `PST8PDT,M3.2.0,M11.1.0`.
struct Rule {
    standard: i32,
    summer: Option<Summer>,
}

struct Summer {
    offset: i32,
    starts: Change,
    ends: Change,
}

/// The `week`-th (5: last) `weekday` (0: Sunday) of `month`, at a second of the local day.
struct Change {
    month: u32,
    week: i32,
    weekday: i32,
    second: i32,
}

impl Rule {
    fn read(text: &str) -> Option<Self> {
        let (zones, dates) = text
            .split_once(',')
            .map_or((text, None), |(zones, dates)| (zones, Some(dates)));
        let (standard, rest) = west_of_utc(skip_name(zones)?)?;
        if rest.is_empty() {
            return dates.is_none().then_some(Self {
                standard: -standard,
                summer: None,
            });
        }
        let rest = skip_name(rest)?;
        let offset = if rest.is_empty() {
            3_600 - standard
        } else {
            let (west, rest) = west_of_utc(rest)?;
            rest.is_empty().then_some(-west)?
        };
        let (starts, ends) = dates?.split_once(',')?;
        let summer = Summer {
            offset,
            starts: Change::read(starts)?,
            ends: Change::read(ends)?,
        };
        Some(Self {
            standard: -standard,
            summer: Some(summer),
        })
    }

    fn offset_at(&self, second: i64) -> i32 {
        let Some(summer) = &self.summer else {
            return self.standard;
        };
        let year = LocalTime {
            at: Instant(second.saturating_mul(1_000)),
            offset: self.standard,
        }
        .date()
        .year();
        let starts = summer.starts.in_year(year) - i64::from(self.standard);
        let ends = summer.ends.in_year(year) - i64::from(summer.offset);
        let is_summer = if starts < ends {
            (starts..ends).contains(&second)
        } else {
            !(ends..starts).contains(&second)
        };
        if is_summer {
            summer.offset
        } else {
            self.standard
        }
    }
}

impl Change {
    /// `M3.2.0` or `M3.2.0/3`.
    fn read(text: &str) -> Option<Self> {
        let (date, time) = text.split_once('/').unwrap_or((text, "2"));
        let mut numbers = date.strip_prefix('M')?.split('.').map(str::parse::<u32>);
        let mut next = |most: u32| numbers.next()?.ok().filter(|number| *number <= most);
        let (month, week, weekday) = (next(12)?, next(5)?, next(6)?);
        let (second, rest) = west_of_utc(time)?;
        let sound = month > 0 && week > 0 && rest.is_empty() && numbers.next().is_none();
        sound.then_some(Self {
            month,
            week: week.cast_signed(),
            weekday: weekday.cast_signed(),
            second,
        })
    }

    /// When it is in a year, in seconds as the wall clock before the change counts them.
    fn in_year(&self, year: i32) -> i64 {
        let first = LocalDate::from_ymd(year, self.month, 1).unwrap_or_default();
        let sunday_based = first.weekday().num_days_from_sunday().cast_signed();
        let mut date =
            first.plus_days((self.weekday - sunday_based).rem_euclid(7) + 7 * (self.week - 1));
        if date.ymd().1 != self.month {
            date = date.plus_days(-7);
        }
        i64::from(date.epoch_days()) * (DAY_MS / 1_000) + i64::from(self.second)
    }
}

/// What follows the name of a zone: letters, or anything in angle brackets.
fn skip_name(text: &str) -> Option<&str> {
    if let Some(quoted) = text.strip_prefix('<') {
        return quoted.split_once('>').map(|(_, rest)| rest);
    }
    let rest = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    (text.len() - rest.len() >= 3).then_some(rest)
}

/// A time `[+-]h[h[h]][:mm[:ss]]` in seconds, and what follows it.
fn west_of_utc(text: &str) -> Option<(i32, &str)> {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || "+-:".contains(c)))
        .unwrap_or(text.len());
    let (time, rest) = text.split_at(end);
    let (sign, time) = match time.strip_prefix('-') {
        Some(time) => (-1, time),
        None => (1, time.strip_prefix('+').unwrap_or(time)),
    };
    let mut seconds = 0;
    let mut unit = 3_600;
    for (i, part) in time.split(':').enumerate() {
        let number: u16 = part.parse().ok()?;
        let most = if i == 0 { 167 } else { 59 };
        if number > most || unit == 0 {
            return None;
        }
        seconds += i32::from(number) * unit;
        unit /= 60;
    }
    Some((sign * seconds, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// A file of version 2 with an empty block for old readers, the given changes and the given rule.
    fn file(changes: &[(i64, i32)], rule: &str) -> Vec<u8> {
        let header = |times: usize, types: usize| {
            let mut head = b"TZif2".to_vec();
            head.extend([0; 15]);
            for count in [0, 0, 0, times, types, 4] {
                head.extend(u32::try_from(count).unwrap().to_be_bytes());
            }
            head
        };
        let local_type = |offset: i32| [&offset.to_be_bytes()[..], &[0, 0]].concat();

        let mut bytes = header(0, 1);
        bytes.extend(local_type(0));
        bytes.extend(b"LMT\0");
        bytes.extend(header(changes.len(), changes.len() + 1));
        bytes.extend(changes.iter().flat_map(|change| change.0.to_be_bytes()));
        bytes.extend((1..=changes.len()).map(|kind| u8::try_from(kind).unwrap()));
        bytes.extend(local_type(-28_800));
        bytes.extend(changes.iter().flat_map(|change| local_type(change.1)));
        bytes.extend(b"LMT\0");
        bytes.extend(format!("\n{rule}\n").bytes());
        bytes
    }

    #[test]
    fn a_rule_alone_is_enough() {
        let los_angeles = file(&[], "PST8PDT,M3.2.0,M11.1.0");
        assert_eq!(
            first_difference(&los_angeles, "America/Los_Angeles", 2020..=2035),
            Ok(None)
        );
        assert_eq!(
            first_difference(&file(&[], "KST-9"), "Asia/Seoul", 2020..=2035),
            Ok(None)
        );
        let quoted = file(&[], "<-08>8:00:00<-07>7,M3.2.0/2:00,M11.1.0/+2");
        assert_eq!(
            first_difference(&quoted, "America/Los_Angeles", 2020..=2035),
            Ok(None)
        );
    }

    #[test]
    fn the_southern_summer_spans_the_turn_of_the_year() {
        let sydney = file(&[], "AEST-10AEDT,M10.1.0,M4.1.0/3");
        assert_eq!(
            first_difference(&sydney, "Australia/Sydney", 2020..=2035),
            Ok(None)
        );
    }

    #[test]
    fn the_last_sunday_of_a_month_is_in_the_month() {
        let berlin = file(&[], "CET-1CEST,M3.5.0,M10.5.0/3");
        assert_eq!(
            first_difference(&berlin, "Europe/Berlin", 2020..=2035),
            Ok(None)
        );
    }

    #[test]
    fn the_first_difference_is_found() {
        let date = |text: &str| Ok(Some(text.parse().unwrap()));
        // California stays on summer time from 2027 on: no change back in November.
        let spring = LocalDate::from_ymd(2027, 3, 14).unwrap();
        let change = i64::from(spring.epoch_days()) * 86_400 + 10 * 3_600;
        let (mut changes, mut at) = (
            Vec::new(),
            Zone::read(&file(&[], "PST8PDT,M3.2.0,M11.1.0")).unwrap(),
        );
        at.changes.clear();
        for entry in offsets("2020-01-01".parse().unwrap(), spring.plus_days(-30), |t| {
            at.offset_at(t.0 / 1_000)
        })
        .0
        {
            changes.push((entry.from.0 / 1_000, entry.offset));
        }
        changes.push((change, -25_200));
        let stays = file(&changes, "<-07>7");
        assert_eq!(
            first_difference(&stays, "America/Los_Angeles", 2020..=2026),
            Ok(None)
        );
        assert_eq!(
            first_difference(&stays, "America/Los_Angeles", 2020..=2035),
            date("2027-11-07")
        );
        // A week off, in the first of the years; and a different offset altogether.
        let late = file(&[], "PST8PDT,M3.3.0,M11.1.0");
        assert_eq!(
            first_difference(&late, "America/Los_Angeles", 2026..=2035),
            date("2026-03-08")
        );
        assert_eq!(
            first_difference(&file(&[], "KST-8:30"), "Asia/Seoul", 2026..=2035),
            date("2026-01-01")
        );
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        let good = file(&[(0, 3_600), (5, 0)], "KST-9");
        assert_eq!(
            first_difference(&good, "Mars/Olympus", 2020..=2035),
            Err(TzifError::UnknownZone("Mars/Olympus".into()))
        );
        let backwards = RangeInclusive::new(2035, 2034);
        assert_eq!(
            first_difference(&good, "Asia/Seoul", backwards),
            Err(TzifError::Years)
        );
        assert_eq!(
            first_difference(b"", "Asia/Seoul", 2020..=2035),
            Err(TzifError::NotTzif)
        );
        assert_eq!(
            first_difference(&[0; 100], "Asia/Seoul", 2020..=2035),
            Err(TzifError::NotTzif)
        );
        for end in 0..good.len() {
            assert!(
                first_difference(&good[..end], "Asia/Seoul", 2020..=2035).is_err(),
                "cut at {end}"
            );
        }
        for i in 0..good.len() {
            let mut bent = good.clone();
            bent[i] ^= 0xff;
            // No panic, whatever the answer.
            let _ = first_difference(&bent, "Asia/Seoul", 2020..=2021);
        }
        for rule in [
            "KST",
            "KST-9KDT",
            "KST-9KDT,J60,J300",
            "KST-9,M3.2.0,M11.1.0",
            "KST-9KDT,M13.2.0,M11.1.0",
            "K-9",
            "KST-9:99",
        ] {
            assert_eq!(
                first_difference(&file(&[], rule), "Asia/Seoul", 2020..=2035),
                Err(TzifError::Rule(rule.to_owned()))
            );
        }
    }
}
