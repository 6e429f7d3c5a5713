//! Contacts: whether each row can be added, by the same limits as the schema's, and adding them.

use std::collections::HashMap;

use domain::people::{Actor, Role, Seats};
use serde::Serialize;

use super::{Decided, Line, Reason};
use crate::{
    CoreError, Portal,
    accounts::{MOST_EMAIL, fold_email},
    audit::{self, Kind, Subject},
    db::{Held, Tx, Value, insert_many, rows},
};

pub(super) const DESIGNATED: &str = "designated";
pub(super) const COLUMNS: [&str; 5] = ["customer", "name", "email", "role", DESIGNATED];

const CUSTOMER: usize = 0;
const NAME: usize = 1;
const EMAIL: usize = 2;
const ROLE: usize = 3;
const IS_DESIGNATED: usize = 4;

/// The most characters of a name.
const MOST_NAME: usize = 200;

/// A contact to be added.
#[derive(Debug)]
pub(super) struct Addition {
    customer: i64,
    customer_name: String,
    name: String,
    email: String,
    email_folded: String,
    role: Role,
    designated: bool,
}

struct Customer {
    id: i64,
    free: u32,
}

/// Somebody who is there already.
#[derive(sqlx::FromRow)]
struct There {
    customer_id: Option<i64>,
    role: String,
    name: String,
    email_folded: String,
    designated_at: Option<i64>,
    left_at: Option<i64>,
}

pub(super) async fn decide(
    held: &mut dyn Held,
    lines: &[Line],
) -> Result<Decided<Addition>, CoreError> {
    let customers: Vec<(i64, String, i64, i64, i64)> = rows!(
        held,
        "SELECT id, name, included_seats, elected_seats, used_seats FROM customers"
    )?;
    let count = |seats: i64| u32::try_from(seats).unwrap_or(0);
    let mut customers: HashMap<String, Customer> = customers
        .into_iter()
        .map(|(id, name, included, elected, used)| {
            let seats = Seats {
                included: count(included),
                elected: count(elected),
                used: count(used),
            };
            let free = seats.free();
            (name, Customer { id, free })
        })
        .collect();
    let people: Vec<There> = rows!(
        held,
        "SELECT customer_id, role, name, email_folded, designated_at, left_at FROM people"
    )?;
    let people: HashMap<String, There> = people
        .into_iter()
        .map(|one| (one.email_folded.clone(), one))
        .collect();
    let mut seen = HashMap::new();
    Ok(Decided(
        lines
            .iter()
            .map(|line| row(line, &mut customers, &people, &mut seen))
            .collect(),
    ))
}

/// What one row comes to; what the rows before it took is gone.
fn row(
    line: &Line,
    customers: &mut HashMap<String, Customer>,
    people: &HashMap<String, There>,
    seen: &mut HashMap<String, u64>,
) -> Result<Option<Addition>, Reason> {
    line.fits()?;
    let customer_name = line.text(&COLUMNS, CUSTOMER, MOST_NAME)?;
    let name = line.text(&COLUMNS, NAME, MOST_NAME)?;
    let email = line.text(&COLUMNS, EMAIL, MOST_EMAIL)?;
    if !is_email(email) {
        return Err(Reason::NotAnEmail);
    }
    let role = match line.cell(ROLE).to_lowercase().as_str() {
        "contact" => Role::Contact,
        "coordinator" => Role::Coordinator,
        "" => return Err(Reason::Empty(COLUMNS[ROLE])),
        _ => return Err(Reason::NotARole),
    };
    let designated = match line.cell(IS_DESIGNATED).to_lowercase().as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        "" => None,
        _ => return Err(Reason::NotYesOrNo),
    };
    let customer = customers
        .get_mut(customer_name)
        .ok_or(Reason::UnknownCustomer)?;
    let email_folded = fold_email(email);
    if let Some(line) = seen.get(&email_folded) {
        return Err(Reason::Twice { line: *line });
    }
    if let Some(there) = people.get(&email_folded) {
        let same = there.customer_id == Some(customer.id)
            && there.left_at.is_none()
            && there.role == role.name()
            && there.name == name
            && designated.is_none_or(|designated| designated == there.designated_at.is_some());
        return if same {
            seen.insert(email_folded, line.number);
            Ok(None)
        } else {
            Err(Reason::EmailInUse)
        };
    }
    let designated = designated == Some(true);
    if designated {
        customer.free = customer.free.checked_sub(1).ok_or(Reason::NoSeat)?;
    }
    seen.insert(email_folded.clone(), line.number);
    Ok(Some(Addition {
        customer: customer.id,
        customer_name: customer_name.to_owned(),
        name: name.to_owned(),
        email: email.to_owned(),
        email_folded,
        role,
        designated,
    }))
}

/// Whether a text has the form of an e-mail address: something, an at sign, and a domain with a dot in it.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    !local.is_empty()
        && local.len() <= 64
        && !text.contains(|c: char| c.is_whitespace() || "<>()[],;:\\\"".contains(c))
        && !local.contains('@')
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
}

/// A person as the audit log keeps them.
#[derive(Serialize)]
struct Written<'a> {
    customer: &'a str,
    name: &'a str,
    email: &'a str,
    role: &'a str,
    designated: bool,
}

/// Adds them, each with an entry in the audit log.
pub(super) async fn insert(
    portal: &Portal,
    tx: &mut Tx,
    actor: Actor,
    decided: &Decided<Addition>,
) -> Result<(), CoreError> {
    let now = portal.now().0;
    let people: Vec<_> = decided
        .additions()
        .map(|one| {
            [
                Value::Int(one.customer),
                Value::Text(one.role.name()),
                Value::Text(&one.name),
                Value::Text(&one.email),
                Value::Text(&one.email_folded),
                Value::MaybeInt(one.designated.then_some(now)),
            ]
        })
        .collect();
    insert_many(
        tx,
        "INSERT INTO people (customer_id, role, name, email, email_folded, designated_at)",
        &people,
    )
    .await?;
    let subjects = decided
        .additions()
        .map(|one| {
            let written = Written {
                customer: &one.customer_name,
                name: &one.name,
                email: &one.email,
                role: one.role.name(),
                designated: one.designated,
            };
            Subject::added(Some(one.customer), &one.email, &written)
        })
        .collect::<Result<Vec<_>, _>>()?;
    audit::write_many(portal, tx, actor, Kind::PersonAdded, &subjects).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_looks_like() {
        for good in ["a@b.example", "a.b+c@한강.example", "o'neil@x.y.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.example",
            "a@",
            "a@b",
            "a@b..example",
            "a@.example",
            "a@b.example.",
            "a b@c.example",
            "a@b@c.example",
            "A <a@b.example>",
            "a,b@c.example",
            "a@b.example;",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    /// What each row comes to in a world of one customer with one seat left and three people.
    fn outcomes(rows: &[&str]) -> Vec<Result<bool, Reason>> {
        let text = format!("customer,name,email,role,designated\n{}", rows.join("\n"));
        let lines = super::super::file::lines(super::super::ImportKind::Contacts, text.as_bytes())
            .expect("rows");
        let mut customers = HashMap::from([("X".to_owned(), Customer { id: 1, free: 1 })]);
        let there = |email: &str, customer, left| There {
            customer_id: customer,
            role: "contact".into(),
            name: "Ann".into(),
            email_folded: email.into(),
            designated_at: Some(1),
            left_at: left,
        };
        let people = [
            there("ann@x.example", Some(1), None),
            there("ann@y.example", Some(2), None),
            there("ann@gone.example", Some(1), Some(5)),
        ];
        let people = people
            .into_iter()
            .map(|one| (one.email_folded.clone(), one))
            .collect();
        let mut seen = HashMap::new();
        lines
            .iter()
            .map(|line| row(line, &mut customers, &people, &mut seen).map(|added| added.is_some()))
            .collect()
    }

    #[test]
    fn each_row_is_judged_by_the_rows_before_it() {
        let cases = [
            ("X,Bob,bob@x.example,contact,yes", Ok(true)),
            (
                "X,Bob,BOB@x.example,contact,no",
                Err(Reason::Twice { line: 2 }),
            ),
            ("X,Cem,cem@x.example,contact,yes", Err(Reason::NoSeat)),
            ("X,Cem,cem@x.example,Coordinator,", Ok(true)),
            ("X,Ann,ann@x.example,contact,", Ok(false)),
            (
                "X,Ann,Ann@X.example,contact,yes",
                Err(Reason::Twice { line: 6 }),
            ),
            ("X,Ann,ann@y.example,contact,yes", Err(Reason::EmailInUse)),
            (
                "X,Ann,ann@gone.example,contact,yes",
                Err(Reason::EmailInUse),
            ),
            ("Y,Dan,dan@x.example,contact,", Err(Reason::UnknownCustomer)),
            ("X,,dan@x.example,contact,", Err(Reason::Empty("name"))),
            ("X,Dan,dan at x.example,contact,", Err(Reason::NotAnEmail)),
            ("X,Dan,dan@x.example,boss,", Err(Reason::NotARole)),
            ("X,Dan,dan@x.example,,", Err(Reason::Empty("role"))),
            ("X,Dan,dan@x.example,contact,maybe", Err(Reason::NotYesOrNo)),
            (
                "X,Dan,dan@x.example,contact",
                Err(Reason::Cells { is: 4, expected: 5 }),
            ),
            (
                "X,Da\u{7}n,dan@x.example,contact,",
                Err(Reason::Control("name")),
            ),
            ("X,Dan,dan@x.example,contact,no", Ok(true)),
        ];
        let rows: Vec<_> = cases.iter().map(|(row, _)| *row).collect();
        for ((row, expected), found) in cases.iter().zip(outcomes(&rows)) {
            assert_eq!(found, *expected, "{row}");
        }
        let long = format!("X,{},dan@x.example,contact,", "가".repeat(201));
        assert_eq!(
            outcomes(&[&long]),
            [Err(Reason::TooLong {
                column: "name",
                most: 200
            })]
        );
    }

    #[test]
    fn somebody_recorded_differently_is_not_overwritten() {
        for row in [
            "X,Ann,ann@x.example,coordinator,",
            "X,Anne,ann@x.example,contact,",
            "X,Ann,ann@x.example,contact,no",
        ] {
            assert_eq!(outcomes(&[row]), [Err(Reason::EmailInUse)], "{row}");
        }
    }
}
