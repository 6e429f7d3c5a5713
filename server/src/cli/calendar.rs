//! `portal calendar`: the closed days of a year.

use std::io::{self, BufWriter, Write};

use domain::calendar::holidays::{DataError, Holiday, HolidaySet};
use domain::calendar::{BuildError, BusinessCalendar, LocalDate, NotCovered};

use super::deadline::known_zones;

/// List the public holidays of a year, and count its Business Days
#[derive(Debug, clap::Args)]
#[expect(
    clippy::doc_markdown,
    reason = "it is shown as help, where backticks only disturb"
)]
pub struct CalendarArgs {
    /// The zone: America/Los_Angeles or Asia/Seoul
    pub zone: String,

    /// The year, 2020 to 2035
    pub year: i32,

    /// Write comma-separated values: date, weekday, name, kind, and whether the day closes a weekday (1) or not (0)
    #[arg(long)]
    pub csv: bool,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// No calendar belongs to the zone.
    #[error("unknown zone {0:?}; known: {known}", known = known_zones())]
    UnknownZone(String),
    /// The holidays of the year are not known.
    #[error("{0}; known: {first} to {last}", first = HolidaySet::YEARS.start(), last = HolidaySet::YEARS.end())]
    Year(#[from] DataError),
    /// A calendar that cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Outside of what the calendar knows.
    #[error(transparent)]
    NotCovered(#[from] NotCovered),
    /// Writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Runs the command, writing to `stdout`.
///
/// # Errors
/// [`CalendarError`] if the zone or the year is not known, or writing fails.
pub fn run(args: &CalendarArgs, stdout: impl Write) -> Result<(), CalendarError> {
    let set = HolidaySet::of_zone(&args.zone)
        .ok_or_else(|| CalendarError::UnknownZone(args.zone.clone()))?;
    let holidays = set.holidays(args.year)?;
    let mut out = BufWriter::new(stdout);
    if args.csv {
        print_csv(&mut out, &holidays)?;
    } else {
        print_table(
            &mut out,
            args.year,
            &BusinessCalendar::standard(&args.zone)?,
            &holidays,
        )?;
    }
    Ok(out.flush()?)
}

fn print_csv(out: &mut impl Write, holidays: &[Holiday]) -> io::Result<()> {
    writeln!(out, "date,weekday,name,kind,closes_a_weekday")?;
    for Holiday { date, name, kind } in holidays {
        let name = if name.contains([',', '"']) {
            format!("\"{}\"", name.replace('"', "\"\""))
        } else {
            name.clone()
        };
        let closes = u8::from(!date.is_weekend());
        writeln!(
            out,
            "{date},{},{name},{},{closes}",
            date.weekday(),
            kind.as_str()
        )?;
    }
    Ok(())
}

fn print_table(
    out: &mut impl Write,
    year: i32,
    calendar: &BusinessCalendar,
    holidays: &[Holiday],
) -> Result<(), CalendarError> {
    let width = holidays
        .iter()
        .map(|holiday| holiday.name.chars().count())
        .max()
        .unwrap_or(0);
    for Holiday { date, name, kind } in holidays {
        let closes = if date.is_weekend() {
            "on a weekend"
        } else {
            "closed"
        };
        writeln!(
            out,
            "{} {date}  {name:<width$}  {closes:<12}  {}",
            date.weekday(),
            kind.as_str()
        )?;
    }
    let ends = LocalDate::from_ymd(year, 1, 1).zip(LocalDate::from_ymd(year, 12, 31));
    let (first, last) = ends.ok_or(DataError::Year(year))?;
    let closed = calendar
        .closed_days(first, last)?
        .iter()
        .filter(|day| day.closes_a_weekday())
        .count();
    let business_days = calendar.business_days(first, last)?;
    writeln!(out)?;
    writeln!(
        out,
        "{year} in {}: {business_days} Business Days, {closed} closed weekdays",
        calendar.zone()
    )?;
    writeln!(out, "Calendar {}", calendar.version())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn run_with(zone: &str, year: i32, csv: bool) -> Result<String, String> {
        let mut out = Vec::new();
        let args = CalendarArgs {
            zone: zone.to_owned(),
            year,
            csv,
        };
        run(&args, &mut out).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_year_for_people() {
        let text = run_with("Asia/Seoul", 2025, false).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[0],
            format!(
                "Wed 2025-01-01  {:<60}  closed        fixed",
                "New Year's Day"
            )
        );
        assert!(text.contains("Sun 2025-10-05  Chuseok eve "), "{text}");
        assert!(text.contains("on a weekend  lunar"), "{text}");
        // 261 weekdays, 20 holidays: two share 5 May, two fall on a weekend.
        assert!(
            text.contains("\n2025 in Asia/Seoul: 244 Business Days, 17 closed weekdays\n"),
            "{text}"
        );
        assert!(lines[lines.len() - 1].starts_with("Calendar kr-2035.1+tzdb"));
    }

    #[test]
    fn a_year_for_programs() {
        let text = run_with("America/Los_Angeles", 2027, true).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "date,weekday,name,kind,closes_a_weekday");
        assert_eq!(
            lines[2],
            "2027-01-18,Mon,\"Birthday of Martin Luther King, Jr.\",federal,1"
        );
        assert_eq!(
            lines[lines.len() - 1],
            "2027-12-31,Fri,New Year's Day (observed),federal_observed,1"
        );
    }

    #[test]
    fn what_is_not_known() {
        let unknown = run_with("Europe/Berlin", 2026, false).unwrap_err();
        assert_eq!(
            unknown,
            "unknown zone \"Europe/Berlin\"; known: America/Los_Angeles, Asia/Seoul"
        );
        let year = run_with("Asia/Seoul", 2036, true).unwrap_err();
        assert_eq!(
            year,
            "the holidays of 2036 are not known; known: 2020 to 2035"
        );
    }
}
