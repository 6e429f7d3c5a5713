//! Certifications: whether each row can be entered, by the same rule as the administrator's form, and entering them.

use std::{collections::HashMap, sync::Arc};

use domain::{
    calendar::LocalDate,
    people::{Actor, Certification, MOST_NUMBER, Unfit},
    plan::Plan,
};

use super::{Decided, Line, Reason};
use crate::{
    CoreError, Portal,
    accounts::{MOST_EMAIL, date, fold_email},
    audit::{self, Kind, Subject},
    certifications::Entered,
    db::{Held, Tx, Value, insert_many, row, rows},
};

pub(super) const COLUMNS: [&str; 6] = ["email", "track", "level", "number", "issued", "expires"];

const EMAIL: usize = 0;
const TRACK: usize = 1;
const LEVEL: usize = 2;
const NUMBER: usize = 3;
const ISSUED: usize = 4;
const EXPIRES: usize = 5;

/// The most characters of a track's or a level's name.
const MOST_WORD: usize = 100;

/// A certification to be entered.
#[derive(Debug)]
pub(super) struct Addition {
    person: i64,
    customer: i64,
    email: String,
    certification: Certification,
}

/// A contact of a customer.
struct Contact {
    id: i64,
    customer: i64,
    email: String,
    plan: Option<Arc<Plan>>,
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    person_id: i64,
    track: String,
    level: String,
    number: String,
    issued_on: String,
    expires_on: String,
}

/// What is there, and what the rows so far bring.
struct World {
    contacts: HashMap<String, Contact>,
    /// What each person holds.
    held: HashMap<i64, Vec<Certification>>,
    /// Whose each number is; nobody's certification number is given twice.
    numbers: HashMap<String, i64>,
    /// In which line each number stands.
    seen: HashMap<String, u64>,
}

pub(super) async fn decide(
    portal: &Portal,
    held: &mut dyn Held,
    lines: &[Line],
) -> Result<Decided<Addition>, CoreError> {
    let contacts: Vec<(i64, i64, String, String)> = rows!(
        held,
        "SELECT people.id, people.customer_id, people.email, customers.plan_version
         FROM people JOIN customers ON customers.id = people.customer_id WHERE people.left_at IS NULL",
    )?;
    let contacts = contacts.into_iter().map(|(id, customer, email, plan)| {
        let plan = portal.plans().get(&plan).cloned();
        let contact = Contact {
            id,
            customer,
            email,
            plan,
        };
        (fold_email(&contact.email), contact)
    });
    let mut world = World {
        contacts: contacts.collect(),
        held: HashMap::new(),
        numbers: HashMap::new(),
        seen: HashMap::new(),
    };
    let stored: Vec<HeldRow> = rows!(
        held,
        "SELECT person_id, track, level, number, issued_on, expires_on FROM certifications"
    )?;
    for row in stored {
        world.numbers.insert(row.number.clone(), row.person_id);
        let certification = Certification {
            issued: date(&row.issued_on)?,
            expires: date(&row.expires_on)?,
            track: row.track,
            level: row.level,
            number: row.number,
        };
        world
            .held
            .entry(row.person_id)
            .or_default()
            .push(certification);
    }
    Ok(Decided(
        lines.iter().map(|line| world.judge(line)).collect(),
    ))
}

impl World {
    /// What one row comes to; what the rows before it bring is there.
    fn judge(&mut self, line: &Line) -> Result<Option<Addition>, Reason> {
        line.fits()?;
        let email = line.text(&COLUMNS, EMAIL, MOST_EMAIL)?;
        let track = line.text(&COLUMNS, TRACK, MOST_WORD)?;
        let level = line.text(&COLUMNS, LEVEL, MOST_WORD)?;
        let number = line.text(&COLUMNS, NUMBER, MOST_NUMBER)?;
        let (issued, expires) = (day(line, ISSUED)?, day(line, EXPIRES)?);
        let contact = self
            .contacts
            .get(&fold_email(email))
            .ok_or(Reason::UnknownPerson)?;
        let asked = &contact.plan.as_ref().ok_or(Reason::NoPlan)?.certification;
        // Whatever its case, it is kept as the plan writes it.
        let named = |name: &str, typed: &str| name.to_lowercase() == typed.to_lowercase();
        let track = if named(&asked.track.en, track) {
            &asked.track.en
        } else {
            track
        };
        let level = asked
            .ladder
            .iter()
            .map(|one| one.en.as_str())
            .find(|one| named(one, level))
            .unwrap_or(level);
        let certification = Certification {
            track: track.to_owned(),
            level: level.to_owned(),
            number: number.to_owned(),
            issued,
            expires,
        };
        if let Some(line) = self.seen.get(number) {
            return Err(Reason::Twice { line: *line });
        }
        let held = self.held.entry(contact.id).or_default();
        if let Some(owner) = self.numbers.get(number) {
            let same = *owner == contact.id && held.contains(&certification);
            return if same {
                self.seen.insert(number.to_owned(), line.number);
                Ok(None)
            } else {
                Err(Reason::NumberInUse)
            };
        }
        match certification.unfit(held, asked) {
            None => {}
            Some(Unfit::UnknownTrack) => {
                return Err(Reason::UnknownTrack(asked.track.en.clone()));
            }
            Some(Unfit::UnknownLevel) => {
                let ladder = asked.ladder.iter().map(|one| one.en.clone());
                return Err(Reason::UnknownLevel(ladder.collect()));
            }
            Some(Unfit::BadNumber) => return Err(Reason::Control(COLUMNS[NUMBER])),
            Some(Unfit::ExpiryBeforeIssue) => return Err(Reason::ExpiryBeforeIssue),
            Some(Unfit::Overlapping(other)) => return Err(Reason::Overlaps(other.number)),
        }
        held.push(certification.clone());
        self.seen.insert(number.to_owned(), line.number);
        Ok(Some(Addition {
            person: contact.id,
            customer: contact.customer,
            email: contact.email.clone(),
            certification,
        }))
    }
}

fn day(line: &Line, at: usize) -> Result<LocalDate, Reason> {
    match line.cell(at) {
        "" => Err(Reason::Empty(COLUMNS[at])),
        text => text.parse().map_err(|_| Reason::NotADate(COLUMNS[at])),
    }
}

/// Enters them, each with its reminders and an entry in the audit log.
pub(super) async fn insert(
    portal: &Portal,
    tx: &mut Tx,
    actor: Actor,
    decided: &Decided<Addition>,
) -> Result<(), CoreError> {
    let newest: Option<(i64,)> = row!(tx, "SELECT COALESCE(MAX(id), 0) FROM certifications")?;
    let (newest,) = newest.unwrap_or_default();
    let days: Vec<_> = decided
        .additions()
        .map(|one| {
            let one = &one.certification;
            (one.issued.to_string(), one.expires.to_string())
        })
        .collect();
    let certifications: Vec<_> = decided
        .additions()
        .zip(&days)
        .map(
            |(
                Addition {
                    person,
                    certification: one,
                    ..
                },
                (issued, expires),
            )| {
                [
                    Value::Int(*person),
                    Value::Text(&one.track),
                    Value::Text(&one.level),
                    Value::Text(&one.number),
                    Value::Text(issued),
                    Value::Text(expires),
                ]
            },
        )
        .collect();
    insert_many(
        tx,
        "INSERT INTO certifications (person_id, track, level, number, issued_on, expires_on)",
        &certifications,
    )
    .await?;
    plan_reminders(tx, decided, newest).await?;
    let subjects = decided
        .additions()
        .map(|one| {
            let entered = Entered::from(&one.certification);
            Subject::added(Some(one.customer), &one.email, &entered)
        })
        .collect::<Result<Vec<_>, _>>()?;
    audit::write_many(portal, tx, actor, Kind::CertificationAdded, &subjects).await
}

/// Plans the reminders of all that were entered, as `contacts::plan_reminders` does for one. `newest` is the highest id
/// from before.
async fn plan_reminders(
    tx: &mut Tx,
    decided: &Decided<Addition>,
    newest: i64,
) -> Result<(), CoreError> {
    let entered: Vec<(i64, String)> = rows!(
        tx,
        "SELECT id, number FROM certifications WHERE id > $1",
        newest
    )?;
    let ids: HashMap<String, i64> = entered
        .into_iter()
        .map(|(id, number)| (number, id))
        .collect();
    let mut due = Vec::new();
    for one in decided.additions() {
        let id = ids
            .get(&one.certification.number)
            .ok_or(sqlx::Error::RowNotFound)?;
        for (days, on) in one.certification.reminders() {
            due.push((*id, i64::from(days), on.to_string()));
        }
    }
    let reminders: Vec<_> = due
        .iter()
        .map(|(id, days, on)| [Value::Int(*id), Value::Int(*days), Value::Text(on)])
        .collect();
    insert_many(
        tx,
        "INSERT INTO reminders (certification_id, days_before, due_on)",
        &reminders,
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(rows: &[&str]) -> Vec<Result<bool, Reason>> {
        let text = format!(
            "email,track,level,number,issued,expires\n{}",
            rows.join("\n")
        );
        let lines =
            super::super::file::lines(super::super::ImportKind::Certifications, text.as_bytes())
                .expect("rows");
        let plan = Arc::new(domain::plan::embedded().expect("the vendor's plan"));
        let contact = |id, email: &str, plan| {
            let contact = Contact {
                id,
                customer: 1,
                email: email.to_owned(),
                plan,
            };
            (email.to_owned(), contact)
        };
        let day = |text: &str| text.parse().expect("a date");
        let there = Certification {
            track: plan.certification.track.en.clone(),
            level: plan.certification.ladder[0].en.clone(),
            number: "C-1".into(),
            issued: day("2025-01-01"),
            expires: day("2025-12-31"),
        };
        let mut world = World {
            contacts: HashMap::from([
                contact(1, "ann@x.example", Some(Arc::clone(&plan))),
                contact(2, "bob@x.example", Some(plan)),
                contact(3, "cem@x.example", None),
            ]),
            held: HashMap::from([(1, vec![there])]),
            numbers: HashMap::from([("C-1".to_owned(), 1)]),
            seen: HashMap::new(),
        };
        lines
            .iter()
            .map(|line| world.judge(line).map(|added| added.is_some()))
            .collect()
    }

    #[test]
    fn each_row_is_judged_by_the_rows_before_it() {
        let ladder = || {
            vec![
                "Associate".to_owned(),
                "Professional".to_owned(),
                "Expert".to_owned(),
            ]
        };
        let track = || "Integration and API".to_owned();
        let cases = [
            (
                "ann@x.example,Integration and API,Associate,C-1,2025-01-01,2025-12-31",
                Ok(false),
            ),
            (
                "ann@x.example,Integration and API,Associate,C-1,2025-01-01,2025-12-31",
                Err(Reason::Twice { line: 2 }),
            ),
            (
                "ANN@X.example,integration AND api,associate,C-2,2026-01-01,2026-12-31",
                Ok(true),
            ),
            (
                "ann@x.example,Integration and API,Associate,C-3,2026-12-31,2027-12-30",
                Err(Reason::Overlaps("C-2".into())),
            ),
            (
                "ann@x.example,Integration and API,EXPERT,C-3,2026-12-31,2027-12-30",
                Ok(true),
            ),
            (
                "ann@x.example,Integration and API,Associate,C-4,2025-12-31,2025-12-31",
                Err(Reason::Overlaps("C-1".into())),
            ),
            (
                "bob@x.example,Integration and API,Associate,C-2,2026-01-01,2026-12-31",
                Err(Reason::Twice { line: 4 }),
            ),
            (
                "bob@x.example,Integration and API,Associate,C-5,2026-01-02,2026-01-01",
                Err(Reason::ExpiryBeforeIssue),
            ),
            (
                "bob@x.example,Integration and API,Wizard,C-5,2026-01-01,2026-12-31",
                Err(Reason::UnknownLevel(ladder())),
            ),
            (
                "bob@x.example,Analytics,Associate,C-5,2026-01-01,2026-12-31",
                Err(Reason::UnknownTrack(track())),
            ),
            (
                "bob@x.example,Integration and API,Associate,C-5,2026-02-30,2026-12-31",
                Err(Reason::NotADate("issued")),
            ),
            (
                "bob@x.example,Integration and API,Associate,C-5,2026-01-01,31.12.2026",
                Err(Reason::NotADate("expires")),
            ),
            (
                "bob@x.example,Integration and API,Associate,C-5,2026-01-01,",
                Err(Reason::Empty("expires")),
            ),
            (
                "bob@x.example,Integration and API,Associate,,2026-01-01,2026-12-31",
                Err(Reason::Empty("number")),
            ),
            (
                "dan@x.example,Integration and API,Associate,C-5,2026-01-01,2026-12-31",
                Err(Reason::UnknownPerson),
            ),
            (
                "cem@x.example,Integration and API,Associate,C-5,2026-01-01,2026-12-31",
                Err(Reason::NoPlan),
            ),
            (
                "bob@x.example,Integration and API,Associate,C-5",
                Err(Reason::Cells { is: 4, expected: 6 }),
            ),
            (
                "bob@x.example,Integration and API,Associate,C-5,2026-01-01,2026-12-31",
                Ok(true),
            ),
        ];
        let rows: Vec<_> = cases.iter().map(|(row, _)| *row).collect();
        for ((row, expected), found) in cases.iter().zip(outcomes(&rows)) {
            assert_eq!(found, *expected, "{row}");
        }
    }

    #[test]
    fn a_number_that_is_recorded_differently_is_not_overwritten() {
        for row in [
            "bob@x.example,Integration and API,Associate,C-1,2025-01-01,2025-12-31",
            "ann@x.example,Integration and API,Associate,C-1,2025-01-01,2025-12-30",
            "ann@x.example,Integration and API,Expert,C-1,2025-01-01,2025-12-31",
        ] {
            assert_eq!(outcomes(&[row]), [Err(Reason::NumberInUse)], "{row}");
        }
    }
}
