//! Closed days that administrators add: temporary holidays and elections that were announced after this program was made.
//!
//! A row is never taken away: one that is withdrawn stays, so that the number of changes ever made only grows. It is the
//! revision in a calendar's version, and by it each server notices that another one changed a day.

mod change;
mod effect;

use domain::{
    calendar::{Instant, LocalDate, LocalTime},
    people::{Actor, Operation},
};

use crate::{
    CoreError, Portal,
    accounts::date,
    audit,
    calendars::{Added, Calendars},
    db::{Held, row, rows},
};

pub use crate::calendars::CalendarKey;
pub use change::{
    Change, DayField, DayProblem, MOST_NAME, NewClosedDay, NotChanged, Saved, review, save,
};
pub use effect::{Missed, Moved, Owes, Review};

/// What makes a day a closed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosedKind {
    /// Declared for one date by the government.
    Temporary,
    /// Polling day of an election.
    Election,
}

impl ClosedKind {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Temporary, Self::Election];

    /// Its name in records and forms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Temporary => "temporary",
            Self::Election => "election",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A day that was added, or is about to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedDay {
    /// Of which calendar.
    pub calendar: CalendarKey,
    /// The local date.
    pub day: LocalDate,
    /// Its English name, which also identifies it in explanations.
    pub name: String,
    /// Its Korean name.
    pub name_ko: String,
    /// What makes it a closed day.
    pub kind: ClosedKind,
}

impl ClosedDay {
    /// How the audit log calls it: `2026-06-03 Local elections`.
    fn subject(&self) -> String {
        format!("{} {}", self.day, self.name)
    }
}

/// A day of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: i64,
    /// The day.
    pub day: ClosedDay,
    /// When it was added, on the calendar's wall clock.
    pub added: LocalTime,
    /// When it was withdrawn, likewise, if it was.
    pub withdrawn: Option<LocalTime>,
    /// Whether it may still be withdrawn: it has not begun.
    pub ahead: bool,
}

/// A calendar with the days that were added to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarDays {
    /// What it is told by.
    pub key: CalendarKey,
    /// Its version.
    pub version: String,
    /// The first and the last local date that it covers.
    pub coverage: (LocalDate, LocalDate),
    /// The days, the latest date first.
    pub days: Vec<Listed>,
}

#[derive(sqlx::FromRow)]
struct DayRow {
    id: i64,
    tz: String,
    holidays: String,
    day: String,
    name: String,
    name_ko: String,
    kind: String,
    added_at: i64,
    withdrawn_at: Option<i64>,
}

impl DayRow {
    fn key(&self) -> CalendarKey {
        CalendarKey {
            tz: self.tz.clone(),
            holidays: self.holidays.clone(),
        }
    }

    fn closed_day(&self) -> Result<ClosedDay, CoreError> {
        Ok(ClosedDay {
            calendar: self.key(),
            day: date(&self.day)?,
            name: self.name.clone(),
            name_ko: self.name_ko.clone(),
            kind: ClosedKind::parse(&self.kind)
                .ok_or_else(|| CoreError::stored("kind of closed day", &self.kind))?,
        })
    }
}

async fn table(held: &mut dyn Held) -> Result<Vec<DayRow>, CoreError> {
    Ok(rows!(
        held,
        "SELECT id, tz, holidays, day, name, name_ko, kind, added_at, withdrawn_at FROM closed_days ORDER BY id",
    )?)
}

/// Every calendar with the days that were added to it, for an administrator. `None` for anybody else.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn list(portal: &Portal, actor: Actor) -> Result<Option<Vec<CalendarDays>>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageClosedDays).await? {
        return Ok(None);
    }
    refresh(portal).await?;
    let rows = table(&mut portal.db().read().await?).await?;
    let calendars = portal.calendars();
    let mut all = Vec::new();
    for key in calendars.keys() {
        let Some(calendar) = calendars.by_key(key) else {
            continue;
        };
        let local = |at| {
            let at = Instant(at);
            calendar.local(at).unwrap_or(LocalTime { at, offset: 0 })
        };
        let today = local(portal.now().0).date();
        let mut days = rows
            .iter()
            .filter(|row| row.key() == *key)
            .map(|row| {
                let day = row.closed_day()?;
                Ok(Listed {
                    id: row.id,
                    ahead: row.withdrawn_at.is_none() && day.day > today,
                    day,
                    added: local(row.added_at),
                    withdrawn: row.withdrawn_at.map(local),
                })
            })
            .collect::<Result<Vec<_>, CoreError>>()?;
        days.sort_by_key(|one| std::cmp::Reverse((one.day.day, one.id)));
        all.push(CalendarDays {
            key: key.clone(),
            version: calendar.version().to_owned(),
            coverage: calendar.coverage(),
            days,
        });
    }
    Ok(Some(all))
}

/// Builds the calendars anew if a day was added or withdrawn since they were built, here or by another server. Gives
/// whether they changed.
///
/// # Errors
/// [`CoreError`] if the database fails, or a stored day makes no calendar.
pub async fn refresh(portal: &Portal) -> Result<bool, CoreError> {
    refresh_with(portal, &mut portal.db().read().await?).await
}

/// The same on a connection that is at hand.
pub(crate) async fn refresh_with(portal: &Portal, held: &mut dyn Held) -> Result<bool, CoreError> {
    if changes(held).await? == portal.calendars().changes() {
        return Ok(false);
    }
    let added = added(&table(held).await?)?;
    portal.set_calendars(build(portal, &added)?);
    Ok(true)
}

/// The calendars as they were at an instant: for what was promised then.
pub(crate) async fn as_of(portal: &Portal, at: Instant) -> Result<Calendars, CoreError> {
    let mut rows = table(&mut portal.db().read().await?).await?;
    rows.retain(|row| row.added_at <= at.0);
    for row in &mut rows {
        row.withdrawn_at = row.withdrawn_at.filter(|withdrawn| *withdrawn <= at.0);
    }
    build(portal, &added(&rows)?)
}

/// How many changes were ever made to the closed days: a cheap question, asked before every promise.
pub(crate) async fn changes(held: &mut dyn Held) -> Result<i64, CoreError> {
    let counted: Option<(i64, i64)> = row!(
        held,
        "SELECT COUNT(*), COUNT(withdrawn_at) FROM closed_days"
    )?;
    Ok(counted.map_or(0, |(added, withdrawn)| added + withdrawn))
}

fn added(rows: &[DayRow]) -> Result<Vec<Added>, CoreError> {
    rows.iter()
        .map(|row| {
            Ok(Added {
                key: row.key(),
                day: date(&row.day)?,
                name: row.name.clone(),
                name_ko: row.name_ko.clone(),
                withdrawn: row.withdrawn_at.is_some(),
            })
        })
        .collect()
}

fn build(portal: &Portal, added: &[Added]) -> Result<Calendars, CoreError> {
    portal
        .calendars()
        .with(portal.plans(), added)
        .map_err(|error| CoreError::stored("closed days", error))
}
