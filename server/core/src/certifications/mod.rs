//! Certifications, as an administrator or an import enters them.

mod add;
mod change;
mod remove;

use domain::{
    calendar::LocalDate,
    people::{Certification, MOST_NUMBER, Unfit},
};
use serde::Serialize;

use crate::{
    CoreError, Portal,
    accounts::{Person, date},
    db::{Held, Tx, rows},
    forms::{Wrong, Wrongs},
};

pub use add::add;
pub use change::change;
pub use remove::remove;

/// The names of the form's fields.
const TRACK: &str = "track";
const LEVEL: &str = "level";
const NUMBER: &str = "number";
const ISSUED: &str = "issued";
const EXPIRES: &str = "expires";

/// A certification as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificationForm {
    /// The English name of the plan's track.
    pub track: String,
    /// The English name of a level of the plan's ladder.
    pub level: String,
    /// Its number.
    pub number: String,
    /// The first day on which it is valid.
    pub issued: String,
    /// The last day on which it is valid.
    pub expires: String,
}

impl CertificationForm {
    /// The certification that was meant; what the plan and the other certifications say is asked later.
    fn read(&self) -> (Certification, Wrongs) {
        let mut wrongs = Wrongs::default();
        for (field, typed) in [(TRACK, &self.track), (LEVEL, &self.level)] {
            wrongs.line(field, typed, 100);
        }
        let number = wrongs.line(NUMBER, &self.number, MOST_NUMBER);
        let (issued, expires) = wrongs.days((ISSUED, &self.issued), (EXPIRES, &self.expires));
        let certification = Certification {
            track: self.track.clone(),
            level: self.level.clone(),
            number,
            issued,
            expires,
        };
        (certification, wrongs)
    }
}

/// Why a certification was not added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotAdded {
    /// The person has no customer whose plan would ask for one, or the plan is not loaded.
    NoPlan,
    /// It cannot be entered for this person.
    Unfit(Unfit),
    /// Another certification has the number.
    NumberTaken,
}

impl From<NotAdded> for Wrongs {
    fn from(not_added: NotAdded) -> Self {
        let (field, wrong) = match not_added {
            NotAdded::NoPlan => (TRACK, Wrong::NoPlan),
            NotAdded::Unfit(Unfit::UnknownTrack) => (TRACK, Wrong::NotOffered),
            NotAdded::Unfit(Unfit::UnknownLevel) => (LEVEL, Wrong::NotOffered),
            NotAdded::Unfit(Unfit::BadNumber) => (NUMBER, Wrong::Control),
            NotAdded::Unfit(Unfit::ExpiryBeforeIssue) => (EXPIRES, Wrong::EndsBeforeStart),
            NotAdded::Unfit(Unfit::Overlapping(other)) => (ISSUED, Wrong::Overlaps(other)),
            NotAdded::NumberTaken => (NUMBER, Wrong::Taken),
        };
        Self::one(field, wrong)
    }
}

/// A certification with the id of its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: i64,
    /// What it says.
    pub certification: Certification,
}

#[derive(sqlx::FromRow)]
struct KeptRow {
    id: i64,
    track: String,
    level: String,
    number: String,
    issued_on: String,
    expires_on: String,
}

/// What a person holds, the one that expires last first.
pub(crate) async fn kept(held: &mut dyn Held, person: i64) -> Result<Vec<Kept>, CoreError> {
    let rows: Vec<KeptRow> = rows!(
        held,
        "SELECT id, track, level, number, issued_on, expires_on FROM certifications
         WHERE person_id = $1 ORDER BY expires_on DESC, number",
        person,
    )?;
    rows.into_iter()
        .map(|row| {
            Ok(Kept {
                id: row.id,
                certification: Certification {
                    issued: date(&row.issued_on)?,
                    expires: date(&row.expires_on)?,
                    track: row.track,
                    level: row.level,
                    number: row.number,
                },
            })
        })
        .collect()
}

/// A certification as the audit log keeps it.
#[derive(Serialize)]
pub(crate) struct Entered<'a> {
    track: &'a str,
    level: &'a str,
    number: &'a str,
    issued_on: LocalDate,
    expires_on: LocalDate,
}

impl<'a> From<&'a Certification> for Entered<'a> {
    fn from(one: &'a Certification) -> Self {
        Self {
            track: &one.track,
            level: &one.level,
            number: &one.number,
            issued_on: one.issued,
            expires_on: one.expires,
        }
    }
}

/// What keeps `new` from being entered for a person beside `others` that they hold.
fn unfit(
    portal: &Portal,
    person: &Person,
    new: &Certification,
    others: &[Kept],
) -> Option<NotAdded> {
    let Some(plan) = person
        .customer
        .as_ref()
        .and_then(|customer| portal.plans().get(&customer.plan_version))
    else {
        return Some(NotAdded::NoPlan);
    };
    let others: Vec<_> = others
        .iter()
        .map(|kept| kept.certification.clone())
        .collect();
    new.unfit(&others, &plan.certification).map(NotAdded::Unfit)
}

/// Plans the reminders of a certification that was entered or corrected.
async fn remind(tx: &mut Tx, id: i64, certification: &Certification) -> Result<(), CoreError> {
    crate::contacts::plan_reminders(tx, id, certification).await
}
