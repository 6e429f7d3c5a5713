//! `portal deadline`: by when an answer is due, and why; for one report, or for many on standard input.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use chrono::{DateTime, LocalResult, NaiveDateTime, NaiveTime, Utc};
use domain::calendar::holidays::HolidaySet;
use domain::calendar::{
    BuildError, BusinessCalendar, Clock, DayOutcome, Explanation, Instant, LocalDate, LocalTime,
    NotCovered, Target,
};
use serde::{Deserialize, Serialize};

/// No question is longer; a longer line is not read into memory.
const LONGEST_LINE: u64 = 64 * 1024;

/// Say by when an answer is due, and why
///
/// With --start, explains one deadline day by day. With --between, says how much open time lies between two times.
/// With neither, answers one question a line from standard input:
///
///   {"start": "2026-02-27T06:30:00Z", "zone": "Asia/Seoul", "minutes": 240}
///
/// is answered with {"due": "…Z", "skipped_days": [{"date": "…", "reason": "…"}]}; an optional "elapsed": true counts
/// every hour of every day, and then no day is skipped.
///
///   {"a": "2026-02-27T06:30:00Z", "b": "2026-03-03T02:30:00Z", "zone": "Asia/Seoul"}
///
/// is answered with {"seconds": 14400}. A line that is no such question, an empty one too, is answered with
/// {"error": "…"}: answer n always belongs to line n. Other members are ignored.
#[derive(Debug, Default, clap::Args)]
#[expect(
    clippy::doc_markdown,
    reason = "it is shown as help, where backticks only disturb"
)]
pub struct DeadlineArgs {
    /// When the report was received: RFC 3339, or without an offset the zone's wall-clock time, such as 2026-02-27T15:30
    #[arg(long, value_name = "TIME", requires_all = ["zone", "minutes"], conflicts_with = "between")]
    pub start: Option<String>,

    /// The zone whose Business Hours count: America/Los_Angeles or Asia/Seoul
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,

    /// How many minutes it may take
    #[arg(
        long,
        value_name = "N",
        requires = "start",
        allow_negative_numbers = true
    )]
    pub minutes: Option<u64>,

    /// Count every hour of every day instead of Business Hours
    #[arg(long, requires = "start")]
    pub elapsed: bool,

    /// Say how much open time lies between two times
    #[arg(long, num_args = 2, value_names = ["A", "B"], requires = "zone")]
    pub between: Option<Vec<String>>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum DeadlineError {
    /// No calendar belongs to the zone.
    #[error("unknown zone {0:?}; known: {known}", known = known_zones())]
    UnknownZone(String),
    /// Options that go together only in part.
    #[error("give --start with --zone and --minutes, --between with --zone, or none of them")]
    Options,
    /// A time in no form that is read.
    #[error(
        "{0:?} is no time such as 2026-02-27T15:30:00Z or, on the wall clock of the zone, 2026-02-27T15:30"
    )]
    Time(String),
    /// A wall-clock time that the clocks jumped over.
    #[error("the clocks of {zone} go forward over {time}, so it never was; give an offset")]
    NeverWas {
        /// What was given.
        time: String,
        /// The zone.
        zone: String,
    },
    /// A wall-clock time that was twice.
    #[error("the clocks of {zone} go back over {time}, so it was twice; give an offset")]
    Twice {
        /// What was given.
        time: String,
        /// The zone.
        zone: String,
    },
    /// Outside of what the calendar knows.
    #[error(transparent)]
    NotCovered(#[from] NotCovered),
    /// A calendar that cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Runs the command: reads questions from `stdin` if the options ask none, and writes the answers to `stdout`.
///
/// # Errors
/// [`DeadlineError`] if there is no answer to what the options ask, or reading or writing fails. What is wrong with a
/// line of `stdin` is the answer to that line, and no error.
pub fn run(args: &DeadlineArgs, stdin: impl Read, stdout: impl Write) -> Result<(), DeadlineError> {
    let mut out = BufWriter::new(stdout);
    match (
        &args.start,
        args.minutes,
        args.between.as_deref(),
        &args.zone,
    ) {
        (Some(start), Some(minutes), None, Some(zone)) => {
            let calendar = calendar(zone)?;
            let clock = if args.elapsed {
                Clock::Elapsed
            } else {
                Clock::BusinessHours
            };
            let target = Target {
                clock,
                ..Target::business_minutes(minutes)
            };
            print_explanation(
                &mut out,
                &calendar.explain(instant(start, &calendar)?, target)?,
            )?;
        }
        (None, None, Some([a, b]), Some(zone)) => {
            let calendar = calendar(zone)?;
            print_between(
                &mut out,
                &calendar,
                instant(a, &calendar)?,
                instant(b, &calendar)?,
            )?;
        }
        (None, None, None, None) => answer_lines(BufReader::new(stdin), &mut out)?,
        _ => return Err(DeadlineError::Options),
    }
    Ok(out.flush()?)
}

/// The zones that have a calendar, for messages.
pub(super) fn known_zones() -> String {
    HolidaySet::ALL.map(HolidaySet::zone).join(", ")
}

fn calendar(zone: &str) -> Result<BusinessCalendar, DeadlineError> {
    match BusinessCalendar::standard(zone) {
        Err(BuildError::NoStandard(zone)) => Err(DeadlineError::UnknownZone(zone)),
        other => Ok(other?),
    }
}

/// A time of RFC 3339, or on the wall clock of the calendar's zone.
fn instant(text: &str, calendar: &BusinessCalendar) -> Result<Instant, DeadlineError> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.with_timezone(&Utc).into());
    }
    let local = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    .ok_or_else(|| DeadlineError::Time(text.to_owned()))?;
    let since_midnight = local
        .time()
        .signed_duration_since(NaiveTime::MIN)
        .num_milliseconds();
    let ms_of_day =
        u32::try_from(since_midnight).map_err(|_| DeadlineError::Time(text.to_owned()))?;

    let (time, zone) = (text.to_owned(), calendar.zone().to_owned());
    match calendar.at_local(local.date().into(), ms_of_day)? {
        LocalResult::Single(at) => Ok(at),
        LocalResult::None => Err(DeadlineError::NeverWas { time, zone }),
        LocalResult::Ambiguous(..) => Err(DeadlineError::Twice { time, zone }),
    }
}

// One explanation, for people.

fn print_explanation(out: &mut impl Write, explanation: &Explanation) -> io::Result<()> {
    let clock = match explanation.target.clock {
        Clock::BusinessHours => "of Business Hours",
        Clock::Elapsed => "of elapsed time, every hour of every day",
    };
    let zone = &explanation.zone;
    writeln!(
        out,
        "Received  {}  {zone}",
        wall_clock(explanation.received)
    )?;
    writeln!(out, "Target    {} {clock}", duration(explanation.target.ms))?;
    writeln!(out)?;
    for day in &explanation.days {
        write!(out, "  {} {}  ", day.date.weekday(), day.date)?;
        match &day.outcome {
            DayOutcome::Counted { from, to, ms, left } => {
                let times = format!("{}–{}", time_of_day(*from), time_of_day(*to));
                let left = if *left == 0 {
                    "done".to_owned()
                } else {
                    format!("{} left", duration(*left))
                };
                writeln!(out, "{times:<17}  {:<18}  {left}", duration(*ms))?;
            }
            DayOutcome::AfterHours => writeln!(
                out,
                "{:<17}  received at the close of Business Hours or later",
                "after hours"
            )?,
            DayOutcome::Skipped(reason) => writeln!(out, "{:<17}  {reason}", "skipped")?,
        }
    }
    writeln!(out)?;
    writeln!(out, "Due       {}  {zone}", wall_clock(explanation.due))?;
    writeln!(out, "          {}", utc(explanation.due.at))?;
    writeln!(out, "Calendar  {}", explanation.version)
}

fn print_between(
    out: &mut impl Write,
    calendar: &BusinessCalendar,
    a: Instant,
    b: Instant,
) -> Result<(), DeadlineError> {
    let ms = calendar.between(a, b)?;
    let zone = calendar.zone();
    writeln!(out, "From      {}  {zone}", wall_clock(calendar.local(a)?))?;
    writeln!(out, "To        {}  {zone}", wall_clock(calendar.local(b)?))?;
    let sign = if ms < 0 { "minus " } else { "" };
    writeln!(
        out,
        "Open      {sign}{} ({} s)",
        duration(ms.unsigned_abs()),
        seconds(ms)
    )?;
    writeln!(out, "Calendar  {}", calendar.version())?;
    Ok(())
}

fn wall_clock(local: LocalTime) -> String {
    let offset = local.offset.unsigned_abs() / 60;
    format!(
        "{} {} {:02}:{:02}:{:02} UTC{}{:02}:{:02}",
        local.weekday(),
        local.date(),
        local.hour(),
        local.minute(),
        local.second(),
        if local.offset < 0 { '-' } else { '+' },
        offset / 60,
        offset % 60
    )
}

fn time_of_day(ms: u32) -> String {
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    if ms.is_multiple_of(60_000) {
        format!("{hours:02}:{minutes:02}")
    } else {
        format!("{hours:02}:{minutes:02}:{seconds:02}")
    }
}

/// `2 h 30 min`, with seconds and thousandths only where there are any.
fn duration(ms: u64) -> String {
    let mut parts = Vec::new();
    for (amount, unit) in [(ms / 3_600_000, "h"), (ms / 60_000 % 60, "min")] {
        if amount > 0 {
            parts.push(format!("{amount} {unit}"));
        }
    }
    match (ms / 1_000 % 60, ms % 1_000) {
        (0, 0) if !parts.is_empty() => {}
        (seconds, 0) => parts.push(format!("{seconds} s")),
        (seconds, ms) => parts.push(format!("{seconds}.{ms:03} s")),
    }
    parts.join(" ")
}

/// As in RFC 3339 with a Z, with thousandths only where there are any.
fn utc(at: Instant) -> String {
    let format = if at.0 % 1_000 == 0 {
        "%Y-%m-%dT%H:%M:%SZ"
    } else {
        "%Y-%m-%dT%H:%M:%S%.3fZ"
    };
    DateTime::<Utc>::from(at).format(format).to_string()
}

/// A whole number where it is one.
fn seconds(ms: i64) -> serde_json::Number {
    if ms % 1_000 == 0 {
        return (ms / 1_000).into();
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "thousandths over a century keep within 53 bits"
    )]
    let seconds = ms as f64 / 1_000.0;
    serde_json::Number::from_f64(seconds).unwrap_or_else(|| (ms / 1_000).into())
}

// Many questions, for programs.

/// One line of standard input; which members there are says what is asked.
#[derive(Deserialize)]
struct Question {
    zone: String,
    start: Option<String>,
    minutes: Option<serde_json::Number>,
    #[serde(default)]
    elapsed: bool,
    a: Option<String>,
    b: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Due {
        due: String,
        skipped_days: Vec<SkippedDay>,
    },
    Between {
        seconds: serde_json::Number,
    },
    Error {
        error: String,
    },
}

#[derive(Serialize)]
struct SkippedDay {
    date: LocalDate,
    reason: String,
}

fn answer_lines(
    mut questions: BufReader<impl Read>,
    out: &mut impl Write,
) -> Result<(), DeadlineError> {
    // A calendar that cannot be built is a fault of this program, and no answer to a line.
    let calendars = HolidaySet::ALL.map(|set| BusinessCalendar::standard(set.zone()));
    let calendars = calendars.into_iter().collect::<Result<Vec<_>, _>>()?;

    let mut line = Vec::new();
    loop {
        line.clear();
        if questions
            .by_ref()
            .take(LONGEST_LINE + 1)
            .read_until(b'\n', &mut line)?
            == 0
        {
            return Ok(());
        }
        let answer = if line.len() as u64 > LONGEST_LINE {
            if line.last() != Some(&b'\n') {
                questions.skip_until(b'\n')?;
            }
            Err(format!("a line is longer than {LONGEST_LINE} bytes"))
        } else {
            answer(&line, &calendars)
        };
        let answer = answer.unwrap_or_else(|error| Answer::Error { error });
        serde_json::to_writer(&mut *out, &answer).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
        // Whoever waits for an answer before asking on gets it; a file in a pipe is answered in large pieces.
        if !questions.buffer().contains(&b'\n') {
            out.flush()?;
        }
    }
}

fn answer(line: &[u8], calendars: &[BusinessCalendar]) -> Result<Answer, String> {
    let line = str::from_utf8(line)
        .map_err(|_| "the line is not valid UTF-8")?
        .trim();
    if line.is_empty() {
        return Err("the line is empty".to_owned());
    }
    let question: Question =
        serde_json::from_str(line).map_err(|error| format!("the line is no question: {error}"))?;
    let calendar = calendars
        .iter()
        .find(|calendar| calendar.zone() == question.zone)
        .ok_or_else(|| DeadlineError::UnknownZone(question.zone.clone()).to_string())?;
    let read = |text: &str| instant(text, calendar).map_err(|error| error.to_string());

    match (question.start, question.minutes, question.a, question.b) {
        (Some(start), Some(minutes), None, None) => {
            let clock = if question.elapsed {
                Clock::Elapsed
            } else {
                Clock::BusinessHours
            };
            let target = Target {
                clock,
                ..Target::business_minutes(whole_minutes(&minutes)?)
            };
            let explanation = calendar
                .explain(read(&start)?, target)
                .map_err(|error| error.to_string())?;
            let skipped_days = explanation
                .skipped()
                .map(|(date, reason)| SkippedDay {
                    date,
                    reason: reason.to_string(),
                })
                .collect();
            Ok(Answer::Due {
                due: utc(explanation.due.at),
                skipped_days,
            })
        }
        (None, None, Some(a), Some(b)) => {
            let ms = calendar
                .between(read(&a)?, read(&b)?)
                .map_err(|error| error.to_string())?;
            Ok(Answer::Between {
                seconds: seconds(ms),
            })
        }
        _ => Err("give either start and minutes, or a and b".to_owned()),
    }
}

fn whole_minutes(minutes: &serde_json::Number) -> Result<u64, String> {
    if let Some(minutes) = minutes.as_u64() {
        return Ok(minutes);
    }
    if minutes.as_f64().is_some_and(|minutes| minutes < 0.0) {
        return Err("minutes must not be negative".to_owned());
    }
    Err("minutes must be a whole number of a size that can be counted".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::RefCell;
    use std::collections::VecDeque;

    use clap::Parser;
    use domain::calendar::tzdata_version;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        deadline: DeadlineArgs,
    }

    fn run_with(options: &[&str], stdin: &[u8]) -> Result<String, String> {
        let cli = Cli::try_parse_from(["deadline"].iter().chain(options))
            .map_err(|error| error.to_string())?;
        let mut out = Vec::new();
        run(&cli.deadline, stdin, &mut out).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(out).unwrap())
    }

    fn answers(stdin: &[u8]) -> Vec<Value> {
        run_with(&[], stdin)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn error_of(line: &[u8]) -> String {
        let answers = answers(line);
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(answers[0].as_object().unwrap().len(), 1, "{answers:?}");
        answers[0]["error"]
            .as_str()
            .unwrap_or_else(|| panic!("{answers:?}"))
            .to_owned()
    }

    #[test]
    fn one_deadline_for_people() {
        let text = run_with(
            &[
                "--start",
                "2026-02-27T15:30",
                "--zone",
                "Asia/Seoul",
                "--minutes",
                "240",
            ],
            b"",
        )
        .unwrap();
        let version = format!("Calendar  kr-2035.1+tzdb{}\n", tzdata_version());
        let expected = "\
Received  Fri 2026-02-27 15:30:00 UTC+09:00  Asia/Seoul
Target    4 h of Business Hours

  Fri 2026-02-27  15:30–17:00        1 h 30 min          2 h 30 min left
  Sat 2026-02-28  skipped            weekend
  Sun 2026-03-01  skipped            weekend; holiday: Independence Movement Day (Samiljeol)
  Mon 2026-03-02  skipped            holiday: Substitute holiday for Independence Movement Day (Samiljeol)
  Tue 2026-03-03  09:00–11:30        2 h 30 min          done

Due       Tue 2026-03-03 11:30:00 UTC+09:00  Asia/Seoul
          2026-03-03T02:30:00Z
";
        assert_eq!(text, expected.to_owned() + &version);
    }

    #[test]
    fn after_hours_and_elapsed() {
        let zone = ["--zone", "America/Los_Angeles"];
        let options = [
            &zone[..],
            &["--start", "2026-03-04T17:00:00-08:00", "--minutes", "1"],
        ]
        .concat();
        let text = run_with(&options, b"").unwrap();
        assert!(
            text.contains("Wed 2026-03-04  after hours        received at the close"),
            "{text}"
        );
        assert!(
            text.contains("Thu 2026-03-05  09:00–09:01        1 min               done"),
            "{text}"
        );

        let options = [&options[..], &["--elapsed"]].concat();
        let text = run_with(&options, b"").unwrap();
        assert!(text.contains("Target    1 min of elapsed time"), "{text}");
        assert!(
            text.contains("Due       Wed 2026-03-04 17:01:00 UTC-08:00"),
            "{text}"
        );
    }

    #[test]
    fn between_for_people() {
        let times = ["--between", "2026-02-27T15:30", "2026-03-03T11:30:00.500"];
        let text = run_with(&[&times[..], &["--zone", "Asia/Seoul"]].concat(), b"").unwrap();
        assert!(text.contains("Open      4 h 0.500 s (14400.5 s)"), "{text}");
        let text = run_with(
            &[
                "--between",
                "2026-03-03T11:30",
                "2026-02-27T15:30",
                "--zone",
                "Asia/Seoul",
            ],
            b"",
        )
        .unwrap();
        assert!(text.contains("Open      minus 4 h (-14400 s)"), "{text}");
    }

    #[test]
    fn what_the_options_ask_wrongly() {
        let error = |options: &[&str]| run_with(options, b"").unwrap_err();
        let ask = |start, zone| error(&["--start", start, "--zone", zone, "--minutes", "60"]);
        let unknown = ask("2026-02-27T15:30", "Europe/Berlin");
        assert_eq!(
            unknown,
            "unknown zone \"Europe/Berlin\"; known: America/Los_Angeles, Asia/Seoul"
        );
        assert!(ask("yesterday", "Asia/Seoul").starts_with("\"yesterday\" is no time such as"));
        assert!(ask("2026-03-08T02:30", "America/Los_Angeles").contains("so it never was"));
        assert!(ask("2026-11-01T01:30", "America/Los_Angeles").contains("so it was twice"));
        assert!(ask("2036-01-01T00:00", "Asia/Seoul").starts_with("not covered"));
        assert!(error(&["--zone", "Asia/Seoul"]).contains("--start"));
        assert!(error(&["--start", "2026-02-27T15:30"]).contains("--zone"));
        assert!(
            error(&["--between", "2026-02-27T15:30", "--zone", "Asia/Seoul"]).contains("--between")
        );
        let negative = [
            "--start",
            "2026-02-27T15:30",
            "--zone",
            "Asia/Seoul",
            "--minutes",
            "-5",
        ];
        assert!(error(&negative).contains("'-5'"));
    }

    #[test]
    fn questions_and_answers() {
        let stdin = concat!(
            r#"{"start": "2026-02-27T06:30:00Z", "zone": "Asia/Seoul", "minutes": 240, "tag": "ignored"}"#,
            "\n",
            r#"{"a": "2026-02-27T06:30:00Z", "b": "2026-03-03T02:30:00Z", "zone": "Asia/Seoul"}"#,
            "\r\n",
            r#"{"start": "2026-02-27T15:30:00.250", "zone": "Asia/Seoul", "minutes": 6000, "elapsed": true}"#,
        );
        let samiljeol = "Independence Movement Day (Samiljeol)";
        let expected = [
            json!({ "due": "2026-03-03T02:30:00Z", "skipped_days": [
                { "date": "2026-02-28", "reason": "weekend" },
                { "date": "2026-03-01", "reason": format!("weekend; holiday: {samiljeol}") },
                { "date": "2026-03-02", "reason": format!("holiday: Substitute holiday for {samiljeol}") },
            ] }),
            json!({ "seconds": 14_400 }),
            json!({ "due": "2026-03-03T10:30:00.250Z", "skipped_days": [] }),
        ];
        assert_eq!(answers(stdin.as_bytes()), expected);
        assert!(answers(b"").is_empty());
    }

    #[test]
    fn a_bad_line_is_answered_and_the_next_one_too() {
        let good = br#"{"start":"2026-03-04T00:00:00Z","zone":"Asia/Seoul","minutes":1}"#;
        let long = vec![b'x'; 100_000];
        for bad in [
            b"".as_slice(),
            b"   ",
            b"nonsense",
            b"{",
            b"[]",
            b"\"\"",
            b"\xff\xfe",
            b"\0",
            &long,
        ] {
            let answers = answers(&[bad, b"\n", good, b"\n", bad, b"\n", good].concat());
            let kinds: Vec<_> = answers
                .iter()
                .map(|answer| answer.get("error").is_some())
                .collect();
            assert_eq!(kinds, [true, false, true, false]);
        }
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let ask = |minutes: &str| {
            let line = format!(
                r#"{{"start":"2026-03-04T00:00:00Z","zone":"Asia/Seoul","minutes":{minutes}}}"#
            );
            error_of(line.as_bytes())
        };
        assert_eq!(ask("-1"), "minutes must not be negative");
        assert_eq!(ask("-1e300"), "minutes must not be negative");
        assert!(ask("1.5").contains("whole number"));
        assert!(ask("1e30").contains("whole number"));
        assert!(ask("99999999999999999999999").contains("whole number"));
        assert!(ask("1e999").starts_with("the line is no question"));
        assert!(ask("\"60\"").starts_with("the line is no question"));
        for huge in [u64::MAX, i64::MAX as u64, u64::MAX / 60_000, 100_000_000] {
            assert!(ask(&huge.to_string()).starts_with("not covered"), "{huge}");
        }

        let error = error_of(br#"{"start":"2026-03-04T00:00:00Z","zone":"Mars","minutes":1}"#);
        assert_eq!(
            error,
            "unknown zone \"Mars\"; known: America/Los_Angeles, Asia/Seoul"
        );
        assert!(
            error_of(br#"{"start":"now","zone":"Asia/Seoul","minutes":1}"#).contains("is no time")
        );
        assert!(
            error_of(br#"{"start":"+262142-01-01T00:00:00Z","zone":"Asia/Seoul","minutes":1}"#)
                .len()
                > 5
        );
        assert!(
            error_of(br#"{"start":"2019-12-31T00:00:00Z","zone":"Asia/Seoul","minutes":1}"#)
                .starts_with("not covered")
        );
        assert!(error_of(br#"{"zone":"Asia/Seoul"}"#).starts_with("give either"));
        assert!(
            error_of(br#"{"start":"2026-03-04T00:00:00Z","zone":"Asia/Seoul"}"#)
                .starts_with("give either")
        );
        assert!(error_of(br#"{"start":"2026-03-04T00:00:00Z","minutes":1}"#).contains("zone"));
        assert!(error_of(b"\xff").contains("UTF-8"));
        assert!(error_of(b"\n").contains("empty"));
    }

    /// Hands out one line a read, and notes what was answered by then, as somebody at a terminal would see it.
    struct Terminal<'a> {
        lines: VecDeque<&'static str>,
        screen: &'a RefCell<Vec<u8>>,
        seen: &'a RefCell<Vec<usize>>,
    }

    impl Read for Terminal<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let lines = self.screen.borrow().split(|byte| *byte == b'\n').count() - 1;
            self.seen.borrow_mut().push(lines);
            let line = self.lines.pop_front().unwrap_or_default();
            into[..line.len()].copy_from_slice(line.as_bytes());
            Ok(line.len())
        }
    }

    struct Screen<'a>(&'a RefCell<Vec<u8>>);

    impl Write for Screen<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn every_answer_is_there_before_the_next_question_is_waited_for() {
        let (screen, seen) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
        // Two lines at once, then one in two pieces.
        let lines = VecDeque::from(["{}\n", "{}\n{}\n", "{", "}\n"]);
        let terminal = Terminal {
            lines,
            screen: &screen,
            seen: &seen,
        };
        run(&DeadlineArgs::default(), terminal, Screen(&screen)).unwrap();
        assert_eq!(*seen.borrow(), [0, 1, 3, 3, 4]);
    }
}
