//! The certificate of a due time: everything that it was computed from, so that anybody can compute it again, and the
//! check that does. `docs/certificate.md` describes the file.
//!
//! A certificate is read from whatever reads JSON ([`Json`]): the browser's own reader there, so that its half of the
//! portal needs none. What is signed is the canonical JSON of the whole certificate as it stands in the file (RFC 8785),
//! what is checked is what this reads of it.

use serde::{Deserialize, Serialize};

use crate::{
    calendar::{
        self, BusinessCalendar, CalendarParts, ClosedDay, Day, DayOutcome, Explanation, Instant,
        LocalDate, LocalTime, Skipped,
    },
    incident::DueKind,
    plan::{Clock, Severity, Target, Unit},
};

/// How the format names itself in a certificate.
pub const FORMAT: &str = "portal-due-time/1";

/// The most days of a calendar that a certificate is computed again with. A promise takes days or weeks: one that was made
/// up must not keep whoever checks it busy.
const MOST_DAYS: i32 = 400;

/// The most changes of the clocks in such a calendar.
const MOST_OFFSETS: usize = 16;

/// The most bytes that the file of a certificate may have.
pub const MOST_BYTES: usize = 256 * 1024;

/// JSON, by whatever reads it.
pub trait Json: Sized {
    /// The value of a field; none if this is no object or has no such field.
    fn get(&self, name: &str) -> Option<Self>;
    /// How many fields this object has; 0 if it is none.
    fn fields(&self) -> usize;
    /// The values of this array.
    fn items(&self) -> Option<Vec<Self>>;
    /// This text.
    fn text(&self) -> Option<String>;
    /// This whole number.
    fn number(&self) -> Option<i64>;
}

/// What a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File<J> {
    /// The certificate.
    pub certificate: Certificate,
    /// The certificate as it stands there: what is signed.
    pub signed: J,
    /// The signature, in base64.
    pub signature: String,
}

/// A certificate as it says itself: nothing of it was compared yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The origin of the portal that issued it, such as `https://support.example.com`.
    pub issuer: String,
    /// The id of the key that signs it.
    pub key: String,
    /// The number of the incident.
    pub incident: String,
    /// Which of the incident's deadlines, from 1.
    pub deadline: i64,
    /// What is due.
    pub kind: DueKind,
    /// The version of the plan.
    pub plan: String,
    /// The clause that promises it.
    pub clause: String,
    /// The id of the tier.
    pub tier: String,
    /// The severity that gave the target.
    pub severity: Severity,
    /// The target as the plan says it.
    pub target: Target,
    /// The same in milliseconds of its clock.
    pub target_ms: i64,
    /// What the calendar follows from, as far as the computation reaches.
    pub calendar: CalendarParts,
    /// The version of the time zone data.
    pub tz_data: String,
    /// When the clock began to count.
    pub start: Said,
    /// Each day counted or skipped.
    pub steps: Vec<Day>,
    /// By when it is due.
    pub due: Said,
    /// The same in UTC, in words.
    pub due_utc: String,
}

/// An instant, and how the wall clock of the zone shows it (RFC 3339).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The instant.
    pub at: Instant,
    /// The wall clock.
    pub local: String,
}

impl Said {
    /// What a wall clock shows.
    pub fn of(at: LocalTime) -> Self {
        Self {
            at: at.at,
            local: at.to_string(),
        }
    }

    fn read(json: &impl Json) -> Option<Self> {
        Some(Self {
            at: Instant(number(json, "ms")?),
            local: text(json, "local")?,
        })
    }
}

fn text(json: &impl Json, name: &str) -> Option<String> {
    json.get(name)?.text()
}

fn number(json: &impl Json, name: &str) -> Option<i64> {
    json.get(name)?.number()
}

fn small<T: TryFrom<i64>>(json: &impl Json, name: &str) -> Option<T> {
    T::try_from(number(json, name)?).ok()
}

fn date(json: &impl Json, name: &str) -> Option<LocalDate> {
    text(json, name)?.parse().ok()
}

fn names(json: &impl Json) -> Option<Vec<String>> {
    json.get("holidays")?
        .items()?
        .iter()
        .map(Json::text)
        .collect()
}

impl<J: Json> File<J> {
    /// What a file says; nothing if it is none of a certificate.
    pub fn read(json: &J) -> Option<Self> {
        // What stands beside the two would be signed by nobody.
        if json.fields() != 2 {
            return None;
        }
        let signed = json.get("certificate")?;
        Some(Self {
            certificate: Certificate::read(&signed)?,
            signature: text(json, "signature")?,
            signed,
        })
    }
}

impl Certificate {
    fn read(json: &impl Json) -> Option<Self> {
        if text(json, "format")? != FORMAT {
            return None;
        }
        let (target, calendar, due) =
            (json.get("target")?, json.get("calendar")?, json.get("due")?);
        let offsets = calendar.get("offsets")?.items()?;
        let offsets = offsets
            .iter()
            .map(|one| Some((number(one, "from")?, small(one, "seconds")?)));
        let closed = calendar.get("closed")?.items()?;
        let closed = closed.iter().map(|one| {
            Some(ClosedDay {
                date: date(one, "date")?,
                holidays: names(one)?,
            })
        });
        Some(Self {
            issuer: text(json, "issuer")?,
            key: text(json, "key")?,
            incident: text(json, "incident")?,
            deadline: number(json, "deadline")?,
            kind: DueKind::parse(&text(json, "kind")?)?,
            plan: text(json, "plan")?,
            clause: text(json, "clause")?,
            tier: text(json, "tier")?,
            severity: Severity::parse(&text(json, "severity")?)?,
            target: Target {
                amount: small(&target, "amount")?,
                unit: match text(&target, "unit")?.as_str() {
                    "hour" => Unit::Hour,
                    "day" => Unit::Day,
                    _ => return None,
                },
                clock: match text(&target, "clock")?.as_str() {
                    "business" => Clock::Business,
                    "24x7" => Clock::Always,
                    _ => return None,
                },
            },
            target_ms: number(&target, "ms")?,
            tz_data: text(&calendar, "tz_data")?,
            calendar: CalendarParts {
                zone: text(&calendar, "zone")?,
                version: text(&calendar, "version")?,
                first: date(&calendar, "first")?,
                last: date(&calendar, "last")?,
                offsets: offsets.collect::<Option<_>>()?,
                closed: closed.collect::<Option<_>>()?,
            },
            start: Said::read(&json.get("start")?)?,
            steps: json
                .get("steps")?
                .items()?
                .iter()
                .map(step)
                .collect::<Option<_>>()?,
            due_utc: text(&due, "utc")?,
            due: Said::read(&due)?,
        })
    }
}

fn step(json: &impl Json) -> Option<Day> {
    let date = date(json, "date")?;
    let outcome = match text(json, "outcome")?.as_str() {
        "counted" => DayOutcome::Counted {
            from: small(json, "from")?,
            to: small(json, "to")?,
            ms: small(json, "ms")?,
            left: small(json, "left")?,
        },
        "after_hours" => DayOutcome::AfterHours,
        "skipped" => DayOutcome::Skipped(Skipped {
            weekend: date.is_weekend(),
            holidays: names(json)?,
        }),
        _ => return None,
    };
    Some(Day { date, outcome })
}

/// What whoever checks knows by themselves: what the certificate's words are compared with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// The origin of the portal; empty where that is not known.
    pub issuer: String,
    /// The id of each key of the portal, and the public key in base64.
    pub keys: Vec<(String, String)>,
    /// The plans.
    pub plans: Vec<KnownPlan>,
    /// The calendars, with the English names of holidays.
    pub calendars: Vec<BusinessCalendar>,
}

/// What a plan promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPlan {
    /// Its version.
    pub version: String,
    /// The clause that promises it.
    pub clause: String,
    /// The tiers.
    pub tiers: Vec<KnownTier>,
}

/// What a tier promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownTier {
    /// Its id.
    pub id: String,
    /// By when a Response is due, for each level.
    pub response: Vec<(Severity, Target)>,
    /// How often the customer is told more.
    pub update: Vec<(Severity, Target)>,
}

impl Known {
    /// The public key with this id, in base64.
    pub fn key(&self, id: &str) -> Option<&str> {
        let mut keys = self.keys.iter();
        keys.find(|(one, _)| one == id).map(|(_, key)| key.as_str())
    }
}

/// What came of the check of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// The certificate was signed with the key that it names.
    Good,
    /// It was not, or was changed since.
    Bad,
    /// It could not be checked: the key is not known, or whoever checks cannot.
    Unchecked,
}

/// What is compared, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The signature.
    Signature,
    /// Whether the key is one of the portal's.
    Key,
    /// Whether this portal issued it.
    Issuer,
    /// Whether the version of the plan is known.
    Plan,
    /// The clause, by the plan.
    Clause,
    /// The target, by the plan's tier and severity.
    Target,
    /// Whether the version of the calendar is known.
    Calendar,
    /// The version of the time zone data, by that of the calendar.
    TzData,
    /// The closed days and the offsets from UTC, by the calendar of that version.
    Days,
    /// When the clock began to count: instant and wall clock.
    Start,
    /// Each day counted or skipped, computed again.
    Steps,
    /// By when it is due, computed again: instant, wall clock, UTC.
    Due,
}

/// How a point compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It agrees.
    Agrees,
    /// It does not.
    Differs,
    /// There is nothing to compare it with.
    Untold,
}

/// A point with how it compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What.
    pub point: Point,
    /// How it compares.
    pub verdict: Verdict,
    /// What the certificate says; empty where that is too much to be said in a word.
    pub said: String,
    /// What it should be, or what is known instead; empty where it agrees, or nothing is known.
    pub found: String,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Every point.
    pub lines: Vec<Line>,
    /// The deadline as it was computed again, if its inputs make one.
    pub explanation: Option<Explanation>,
}

impl Checked {
    /// How the certificate compares as a whole: it agrees only if everything does.
    pub fn verdict(&self) -> Verdict {
        let any = |verdict| self.lines.iter().any(|line| line.verdict == verdict);
        if any(Verdict::Differs) {
            Verdict::Differs
        } else if any(Verdict::Untold) {
            Verdict::Untold
        } else {
            Verdict::Agrees
        }
    }
}

/// `agrees`, or whether it does: where it does not, what was found is told.
fn line(point: Point, said: &str, verdict: Verdict, found: &str) -> Line {
    Line {
        point,
        verdict,
        said: said.to_owned(),
        found: match verdict {
            Verdict::Agrees => String::new(),
            _ => found.to_owned(),
        },
    }
}

/// Compares what is said with what was found, if anything was.
fn compared(point: Point, said: &str, found: Option<&str>) -> Line {
    let verdict = match found {
        None => Verdict::Untold,
        Some(found) if found == said => Verdict::Agrees,
        Some(_) => Verdict::Differs,
    };
    line(point, said, verdict, found.unwrap_or_default())
}

const fn agrees(agrees: bool) -> Verdict {
    if agrees {
        Verdict::Agrees
    } else {
        Verdict::Differs
    }
}

impl Certificate {
    /// Compares everything that it says: with what is known, and with the deadline computed again from it.
    pub fn check(&self, known: &Known, signature: Signature) -> Checked {
        let explanation = self.recompute();
        let signature = match signature {
            Signature::Good => Verdict::Agrees,
            Signature::Bad => Verdict::Differs,
            Signature::Unchecked => Verdict::Untold,
        };
        let mut lines = vec![
            line(Point::Signature, "", signature, ""),
            line(
                Point::Key,
                &self.key,
                agrees(known.key(&self.key).is_some()),
                "",
            ),
            compared(
                Point::Issuer,
                &self.issuer,
                Some(known.issuer.as_str()).filter(|issuer| !issuer.is_empty()),
            ),
        ];
        self.check_plan(known, &mut lines);
        self.check_calendar(known, &mut lines);
        self.check_due(explanation.as_ref(), &mut lines);
        Checked { lines, explanation }
    }

    /// The deadline from what it says; none if that makes none.
    fn recompute(&self) -> Option<Explanation> {
        let parts = &self.calendar;
        let (first, last) = (parts.first.epoch_days(), parts.last.epoch_days());
        if last.saturating_sub(first) > MOST_DAYS || parts.offsets.len() > MOST_OFFSETS {
            return None;
        }
        let calendar = self.calendar.clone().assemble().ok()?;
        calendar.explain(self.start.at, self.target.into()).ok()
    }

    fn check_plan(&self, known: &Known, lines: &mut Vec<Line>) {
        let mut plans = known.plans.iter();
        let plan = plans.find(|plan| plan.version == self.plan);
        let known_version = match plan {
            Some(_) => Verdict::Agrees,
            None => Verdict::Untold,
        };
        lines.push(line(Point::Plan, &self.plan, known_version, ""));
        lines.push(compared(
            Point::Clause,
            &self.clause,
            plan.map(|plan| plan.clause.as_str()),
        ));
        // What it says itself must hold, whether the plan is known or not.
        let own = self.target.millis() == self.target_ms;
        let verdict = match plan {
            _ if !own => Verdict::Differs,
            None => Verdict::Untold,
            Some(plan) => {
                agrees(plan.target(&self.tier, self.kind, self.severity) == Some(self.target))
            }
        };
        let said = [
            String::from(self.severity).as_str(),
            " ",
            self.tier.as_str(),
        ]
        .concat();
        lines.push(line(Point::Target, &said, verdict, ""));
    }

    fn check_calendar(&self, known: &Known, lines: &mut Vec<Line>) {
        let parts = &self.calendar;
        let own = |calendar: &&BusinessCalendar| calendar.zone() == parts.zone;
        let same =
            |calendar: &&BusinessCalendar| own(calendar) && calendar.version() == parts.version;
        let found = known.calendars.iter().find(same);
        // A calendar of another version is no fault of the certificate: days were added since, or will be.
        let verdict = match found {
            Some(_) => Verdict::Agrees,
            None => Verdict::Untold,
        };
        let other = known
            .calendars
            .iter()
            .find(own)
            .map_or("", BusinessCalendar::version);
        lines.push(line(Point::Calendar, &parts.version, verdict, other));
        let of_version = parts
            .version
            .split_once("+tzdb")
            .map(|(_, tz_data)| tz_data);
        lines.push(compared(
            Point::TzData,
            &self.tz_data,
            Some(of_version.unwrap_or_default()),
        ));
        let window =
            found.and_then(|calendar| used(calendar, parts.first, parts.last, self.target.clock));
        let verdict = window.map_or(Verdict::Untold, |window| agrees(window == *parts));
        lines.push(line(Point::Days, "", verdict, ""));
    }

    fn check_due(&self, again: Option<&Explanation>, lines: &mut Vec<Line>) {
        let verdict = |agreed: &dyn Fn(&Explanation) -> bool| agrees(again.is_some_and(agreed));
        let received = again.map(|again| Said::of(again.received));
        let due = again.map(|again| Said::of(again.due));
        let found = |said: &Option<Said>| {
            said.as_ref()
                .map_or(String::new(), |said| said.local.clone())
        };
        let utc = |again: &Explanation| {
            LocalTime {
                at: again.due.at,
                offset: 0,
            }
            .to_string()
        };
        let start = verdict(&|_| received.as_ref() == Some(&self.start));
        lines.push(line(
            Point::Start,
            &self.start.local,
            start,
            &found(&received),
        ));
        lines.push(line(
            Point::Steps,
            "",
            verdict(&|again| again.days == self.steps),
            "",
        ));
        let agreed =
            verdict(&|again| due.as_ref() == Some(&self.due) && utc(again) == self.due_utc);
        lines.push(line(Point::Due, &self.due.local, agreed, &found(&due)));
    }
}

impl KnownPlan {
    fn target(&self, tier: &str, kind: DueKind, severity: Severity) -> Option<Target> {
        let tier = self.tiers.iter().find(|one| one.id == tier)?;
        let targets = match kind {
            DueKind::Response => &tier.response,
            DueKind::Update => &tier.update,
        };
        let mut targets = targets.iter();
        targets
            .find(|(level, _)| *level == severity)
            .map(|(_, target)| *target)
    }
}

/// The part of a calendar from one date to another that a computation by this clock uses: by the 24x7 clock no day is
/// closed.
pub fn used(
    calendar: &BusinessCalendar,
    first: LocalDate,
    last: LocalDate,
    clock: Clock,
) -> Option<CalendarParts> {
    let window = calendar.window_of(first, last, str::to_owned).ok()?;
    let mut parts = window.parts();
    if clock == Clock::Always {
        parts.closed.clear();
    }
    Some(parts)
}

/// What a deadline is certified with.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// See [`Certificate::issuer`].
    pub issuer: &'a str,
    /// See [`Certificate::key`].
    pub key: &'a str,
    /// See [`Certificate::incident`].
    pub incident: String,
    /// See [`Certificate::deadline`].
    pub deadline: i64,
    /// See [`Certificate::kind`].
    pub kind: DueKind,
    /// See [`Certificate::plan`].
    pub plan: &'a str,
    /// See [`Certificate::clause`].
    pub clause: String,
    /// See [`Certificate::tier`].
    pub tier: &'a str,
    /// See [`Certificate::severity`].
    pub severity: Severity,
    /// See [`Certificate::target`].
    pub target: Target,
}

impl Certificate {
    /// The certificate of a deadline that was explained, with the part of a calendar that the computation uses. None if
    /// that does not give the same deadline: nothing is certified that cannot be computed again.
    pub fn of(
        facts: &Facts<'_>,
        explanation: &Explanation,
        mut calendar: CalendarParts,
    ) -> Option<Self> {
        calendar.version.clone_from(&explanation.version);
        let (_, tz_data) = explanation.version.split_once("+tzdb")?;
        let certificate = Self {
            issuer: facts.issuer.to_owned(),
            key: facts.key.to_owned(),
            incident: facts.incident.clone(),
            deadline: facts.deadline,
            kind: facts.kind,
            plan: facts.plan.to_owned(),
            clause: facts.clause.clone(),
            tier: facts.tier.to_owned(),
            severity: facts.severity,
            target: facts.target,
            target_ms: facts.target.millis(),
            tz_data: tz_data.to_owned(),
            calendar,
            start: Said::of(explanation.received),
            steps: explanation.days.clone(),
            due: Said::of(explanation.due),
            due_utc: LocalTime {
                at: explanation.due.at,
                offset: 0,
            }
            .to_string(),
        };
        let same_target = calendar::Target::from(facts.target) == explanation.target;
        (same_target && certificate.recompute().as_ref() == Some(explanation))
            .then_some(certificate)
    }
}

#[cfg(feature = "server")]
mod server {
    use serde_json::{Value, json};

    use super::{Certificate, Clock, Day, DayOutcome, FORMAT, Json, Said, Unit};
    use crate::incident::history::canonical;

    impl Json for Value {
        fn get(&self, name: &str) -> Option<Self> {
            self.as_object()?.get(name).cloned()
        }

        fn fields(&self) -> usize {
            self.as_object().map_or(0, serde_json::Map::len)
        }

        fn items(&self) -> Option<Vec<Self>> {
            self.as_array().cloned()
        }

        fn text(&self) -> Option<String> {
            self.as_str().map(str::to_owned)
        }

        fn number(&self) -> Option<i64> {
            self.as_i64()
        }
    }

    impl Certificate {
        /// As it stands in its file.
        pub fn to_json(&self) -> Value {
            let calendar = &self.calendar;
            let offset = |(from, seconds): &(i64, i32)| json!({ "from": from, "seconds": seconds });
            json!({
                "format": FORMAT,
                "issuer": self.issuer,
                "key": self.key,
                "incident": self.incident,
                "deadline": self.deadline,
                "kind": self.kind.name(),
                "plan": self.plan,
                "clause": self.clause,
                "tier": self.tier,
                "severity": self.severity.to_string(),
                "target": {
                    "amount": self.target.amount,
                    "unit": match self.target.unit { Unit::Hour => "hour", Unit::Day => "day" },
                    "clock": match self.target.clock { Clock::Business => "business", Clock::Always => "24x7" },
                    "ms": self.target_ms,
                },
                "calendar": {
                    "zone": calendar.zone,
                    "version": calendar.version,
                    "tz_data": self.tz_data,
                    "first": calendar.first.to_string(),
                    "last": calendar.last.to_string(),
                    "offsets": calendar.offsets.iter().map(offset).collect::<Vec<_>>(),
                    "closed": calendar.closed.iter()
                        .map(|day| json!({ "date": day.date.to_string(), "holidays": day.holidays }))
                        .collect::<Vec<_>>(),
                },
                "start": said(&self.start),
                "steps": self.steps.iter().map(step).collect::<Vec<_>>(),
                "due": { "ms": self.due.at.0, "local": self.due.local, "utc": self.due_utc },
            })
        }
    }

    fn said(said: &Said) -> Value {
        json!({ "ms": said.at.0, "local": said.local })
    }

    fn step(day: &Day) -> Value {
        let date = day.date.to_string();
        match &day.outcome {
            DayOutcome::Counted { from, to, ms, left } => {
                json!({ "date": date, "outcome": "counted", "from": from, "to": to, "ms": ms, "left": left })
            }
            DayOutcome::AfterHours => json!({ "date": date, "outcome": "after_hours" }),
            DayOutcome::Skipped(reason) => {
                json!({ "date": date, "outcome": "skipped", "holidays": reason.holidays })
            }
        }
    }

    /// The bytes that are signed: the certificate as it stands in its file, in canonical JSON.
    pub fn signed_bytes(certificate: &Value) -> Vec<u8> {
        canonical(certificate).into_bytes()
    }
}

#[cfg(feature = "server")]
pub use server::signed_bytes;
