//! The customers, by name, a page at a time.

use domain::people::{Actor, Operation, Seats, Term};

use super::seats;
use crate::{
    CoreError, Portal,
    accounts::{self, term},
    audit,
    db::{like_any_case, row, rows},
    paging::{Page, Position, to_read},
};

/// A customer as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The version of the plan.
    pub plan_version: String,
    /// The id of its tier.
    pub tier: String,
    /// The id of its zone.
    pub zone: String,
    /// The Subscription Term.
    pub term: Term,
    /// Whether the term has ended by the date in its zone.
    pub ended: bool,
    /// Its seats.
    pub seats: Seats,
}

#[derive(sqlx::FromRow)]
struct ListRow {
    id: i64,
    name: String,
    plan_version: String,
    tier: String,
    zone: String,
    starts_on: String,
    ends_on: String,
    included_seats: i64,
    elected_seats: i64,
    used_seats: i64,
}

macro_rules! filtered {
    ($columns:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM customers
             WHERE ($1 IS NULL OR LOWER(name) LIKE $1 ESCAPE '\\' OR EXISTS (
                 SELECT 1 FROM customer_domains
                 WHERE customer_domains.customer_id = customers.id AND customer_domains.domain LIKE $1 ESCAPE '\\'
             )) ",
            $rest
        )
    };
}

macro_rules! page {
    ($rest:literal) => {
        filtered!(
            "id, name, plan_version, tier, zone, starts_on, ends_on, included_seats, elected_seats, used_seats",
            $rest
        )
    };
}

const FIRST: &str = page!("ORDER BY name, id LIMIT $2");
const AFTER: &str = page!(
    "AND (name, id) > (SELECT place.name, place.id FROM customers AS place WHERE place.id = $3)
     ORDER BY name, id LIMIT $2"
);
const BEFORE: &str = page!(
    "AND (name, id) < (SELECT place.name, place.id FROM customers AS place WHERE place.id = $3)
     ORDER BY name DESC, id DESC LIMIT $2"
);
const COUNT: &str = filtered!("COUNT(*)", "");

/// The customers with these characters in their name or in a domain of theirs, by name, `page_size` of them. `None` if
/// they are not for `actor` to administer.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn list(
    portal: &Portal,
    actor: Actor,
    search: &str,
    at: Option<Position>,
    page_size: u32,
) -> Result<Option<Page<Row>>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageCustomers).await? {
        return Ok(None);
    }
    let mut reader = portal.db().read().await?;
    let pattern = like_any_case(search);
    let most = to_read(page_size);
    let found: Vec<ListRow> = match at {
        None => rows!(reader, FIRST, &pattern, most)?,
        Some(Position::After(id)) => rows!(reader, AFTER, &pattern, most, id)?,
        Some(Position::Before(id)) => rows!(reader, BEFORE, &pattern, most, id)?,
    };
    let total: Option<(i64,)> = row!(reader, COUNT, &pattern)?;
    let mut rows = Vec::new();
    for row in found {
        let term = term(&row.starts_on, &row.ends_on)?;
        let today = accounts::today(portal, &row.plan_version, &row.zone);
        rows.push(Row {
            id: row.id,
            seats: Seats {
                included: seats(row.included_seats)?,
                elected: seats(row.elected_seats)?,
                used: seats(row.used_seats)?,
            },
            name: row.name,
            plan_version: row.plan_version,
            tier: row.tier,
            zone: row.zone,
            term,
            ended: today.is_some_and(|today| today > term.ends),
        });
    }
    let total = total.map_or(0, |(total,)| total);
    Ok(Some(Page::of(rows, at, page_size, total, |row| row.id)))
}
