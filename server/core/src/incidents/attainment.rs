//! How many Responses were in time: one aggregation over what the rows keep of it (`domain::attainment` says what counts).

use domain::{
    attainment::{Cell, Month, Period, Verdict},
    calendar::{Explanation, LocalTime},
    people::{Actor, Operation, Relation, allows},
};

use super::{events, from_json, number, severity};
use crate::{
    CoreError, Portal, accounts,
    db::{Reader, execute, row, rows},
};

/// Whose Responses are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those to the actor's own customer.
    Own,
    /// Those to this customer.
    Customer(i64),
    /// Those to every customer.
    Everybody,
}

/// The Responses of a year, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attained {
    /// The year.
    pub year: i32,
    /// The first year and the last that have any; none if there are none at all.
    pub years: Option<(i32, i32)>,
    /// What there is, in no order: each with a count of at least one.
    pub cells: Vec<Cell>,
}

#[derive(sqlx::FromRow)]
struct CellRow {
    due_month: i64,
    due_severity: i16,
    tier: String,
    verdict: String,
    n: i64,
}

/// The verdict now: what is open by the events is late once its due time, `$1`, has passed.
macro_rules! verdict {
    ($now:literal) => {
        concat!(
            "CASE WHEN incidents.response = 'open' AND incidents.due_at < ",
            $now,
            " THEN 'late' ELSE incidents.response END"
        )
    };
}
pub(super) use verdict;

macro_rules! counted {
    ($scope:literal) => {
        concat!(
            "SELECT due_month, due_severity, tier, verdict, COUNT(*) AS n FROM (
                 SELECT due_month, due_severity, tier, ",
            verdict!("$1"),
            " AS verdict FROM incidents WHERE due_month BETWEEN $2 AND $3 ",
            $scope,
            ") AS responses GROUP BY due_month, due_severity, tier, verdict"
        )
    };
}

/// The Responses that are due in a year; without one, in the present year, or the nearest that has any. `None` if it is
/// not for `actor` to see: another customer's, or that of a customer that does not exist.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn attained(
    portal: &Portal,
    actor: Actor,
    scope: Scope,
    year: Option<i32>,
) -> Result<Option<Attained>, CoreError> {
    let mut reader = portal.db().read().await?;
    let Some(whose) = permitted(&mut reader, actor, scope).await? else {
        return Ok(None);
    };
    let ends: Option<(Option<i64>, Option<i64>)> = match whose {
        Whose::Of(id) => row!(
            reader,
            "SELECT (SELECT MIN(due_month) FROM incidents WHERE customer_id = $1),
                    (SELECT MAX(due_month) FROM incidents WHERE customer_id = $1)",
            id,
        )?,
        Whose::Everybodys => row!(
            reader,
            "SELECT MIN(due_month), MAX(due_month) FROM incidents"
        )?,
    };
    let years = ends.and_then(|(first, last)| {
        let year = |month: Option<i64>| month.and_then(Month::from_index).map(Month::year);
        year(first).zip(year(last))
    });
    let year = year.unwrap_or_else(|| {
        let present = LocalTime {
            at: portal.now(),
            offset: 0,
        }
        .date()
        .year();
        years.map_or(present, |(first, last)| present.clamp(first, last))
    });
    let (first, last) = Period::Year(year).months();
    let (now, first, last) = (portal.now().0, first.index(), last.index());
    let rows: Vec<CellRow> = match whose {
        Whose::Of(id) => rows!(
            reader,
            counted!("AND customer_id = $4"),
            now,
            first,
            last,
            id
        )?,
        Whose::Everybodys => rows!(reader, counted!(""), now, first, last)?,
    };
    let cells = rows.into_iter().map(cell).collect::<Result<_, _>>()?;
    Ok(Some(Attained { year, years, cells }))
}

/// The customers whose Responses can be looked at apart, by id and name, in the order of their names. `None` for whoever
/// may not see all of them.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn counted_customers(
    portal: &Portal,
    actor: Actor,
) -> Result<Option<Vec<(i64, String)>>, CoreError> {
    if !allows(actor, Relation::Vendor, Operation::ReadAttainment) {
        return Ok(None);
    }
    let mut reader = portal.db().read().await?;
    Ok(Some(rows!(
        reader,
        "SELECT id, name FROM customers ORDER BY name, id"
    )?))
}

/// Whose they are, once it is clear that the actor may see them.
enum Whose {
    Of(i64),
    Everybodys,
}

/// `None` if the actor may not see them.
async fn permitted(
    reader: &mut Reader,
    actor: Actor,
    scope: Scope,
) -> Result<Option<Whose>, CoreError> {
    let customer = match scope {
        Scope::Everybody => {
            let may = allows(actor, Relation::Vendor, Operation::ReadAttainment);
            return Ok(may.then_some(Whose::Everybodys));
        }
        Scope::Customer(id) => Some(id),
        Scope::Own => actor.customer(),
    };
    let Some(id) = customer else {
        return Ok(None);
    };
    let relation = accounts::relation(reader, actor, id).await?;
    let exists: Option<(i64,)> = row!(reader, "SELECT id FROM customers WHERE id = $1", id)?;
    let may = exists.is_some() && allows(actor, relation, Operation::ReadAttainment);
    Ok(may.then_some(Whose::Of(id)))
}

fn cell(row: CellRow) -> Result<Cell, CoreError> {
    Ok(Cell {
        month: Month::from_index(row.due_month)
            .ok_or_else(|| CoreError::stored("month", row.due_month))?,
        level: severity(row.due_severity)?,
        tier: row.tier,
        verdict: Verdict::parse(&row.verdict)
            .ok_or_else(|| CoreError::stored("verdict", &row.verdict))?,
        n: u64::try_from(row.n).map_err(|error| CoreError::stored("count", error))?,
    })
}

/// How many incidents are counted in one transaction.
const BATCH: i64 = 200;

#[derive(sqlx::FromRow)]
struct OldRow {
    id: i64,
    year: i64,
    number: i64,
    due: String,
}

/// Says of the incidents from before they were counted what they count as. Does nothing where all of them are.
pub(crate) async fn count_old(portal: &Portal) -> Result<(), CoreError> {
    loop {
        let mut tx = portal.db().write().await?;
        let old: Vec<OldRow> = rows!(
            tx,
            "SELECT id, year, number, COALESCE(promise, explanation) AS due FROM incidents
             WHERE due_month IS NULL ORDER BY id LIMIT $1",
            BATCH,
        )?;
        if old.is_empty() {
            tx.rollback().await?;
            return Ok(());
        }
        for row in old {
            // Another server may do the same at the same time: whoever comes second finds it done.
            let held = execute!(
                tx,
                "UPDATE incidents SET state = state WHERE id = $1 AND due_month IS NULL",
                row.id,
            )?;
            if held == 0 {
                continue;
            }
            let due: Explanation = from_json("explanation", &row.due)?;
            let links = events::links(&mut tx, row.id, number(row.year, row.number)?).await?;
            let standing = events::standing(links.iter().map(|link| &link.entry))?;
            execute!(
                tx,
                "UPDATE incidents SET due_month = $1, due_severity = $2,
                     response = CASE WHEN excluded THEN $3 ELSE $4 END
                 WHERE id = $5",
                Month::of(due.due.date()).index(),
                i16::from(standing.due_severity.number()),
                Verdict::of(&standing, true).name(),
                Verdict::of(&standing, false).name(),
                row.id,
            )?;
        }
        tx.commit().await?;
    }
}
