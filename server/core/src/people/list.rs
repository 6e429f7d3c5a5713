//! The people, by name, a page at a time.

use domain::people::{Actor, Operation, Role};

use crate::{
    CoreError, Portal, audit,
    db::{like_any_case, row, rows},
    paging::{Page, Position, to_read},
};

/// Which people are wanted; the default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those with these characters in their name, their address or their customer's name, in whatever case.
    pub search: String,
    /// Only those of this role.
    pub role: Option<Role>,
    /// Only those of this customer.
    pub customer: Option<i64>,
}

/// A person as the list shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Their id.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What they are to the portal.
    pub role: Role,
    /// Their customer's name.
    pub customer: Option<String>,
    /// Whether they are a Designated Customer Support Contact.
    pub designated: bool,
    /// Whether they have left.
    pub left: bool,
    /// Whether they have set a password: an invitation was accepted.
    pub has_password: bool,
}

#[derive(sqlx::FromRow)]
struct ListRow {
    id: i64,
    name: String,
    email: String,
    role: String,
    customer: Option<String>,
    designated: bool,
    has_left: bool,
    has_password: bool,
}

macro_rules! filtered {
    ($columns:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM people LEFT JOIN customers ON customers.id = people.customer_id
             WHERE ($1 IS NULL OR LOWER(people.name) LIKE $1 ESCAPE '\\' OR people.email_folded LIKE $1 ESCAPE '\\'
                    OR LOWER(customers.name) LIKE $1 ESCAPE '\\')
               AND ($2 IS NULL OR people.role = $2) AND ($3 IS NULL OR people.customer_id = $3) ",
            $rest
        )
    };
}

macro_rules! page {
    ($rest:literal) => {
        filtered!(
            "people.id, people.name, people.email, people.role, customers.name AS customer,
             people.designated_at IS NOT NULL AS designated, people.left_at IS NOT NULL AS has_left,
             people.password_hash IS NOT NULL AS has_password",
            $rest
        )
    };
}

const FIRST: &str = page!("ORDER BY people.name, people.id LIMIT $4");
const AFTER: &str = page!(
    "AND (people.name, people.id) > (SELECT place.name, place.id FROM people AS place WHERE place.id = $5)
     ORDER BY people.name, people.id LIMIT $4"
);
const BEFORE: &str = page!(
    "AND (people.name, people.id) < (SELECT place.name, place.id FROM people AS place WHERE place.id = $5)
     ORDER BY people.name DESC, people.id DESC LIMIT $4"
);
const COUNT: &str = filtered!("COUNT(*)", "");

/// The people that the filter finds, by name, `page_size` of them. `None` if they are not for `actor` to manage.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn list(
    portal: &Portal,
    actor: Actor,
    filter: &Filter,
    at: Option<Position>,
    page_size: u32,
) -> Result<Option<Page<Row>>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManagePeople).await? {
        return Ok(None);
    }
    let mut reader = portal.db().read().await?;
    let pattern = like_any_case(&filter.search);
    let role = filter.role.map(Role::name);
    let most = to_read(page_size);
    let found: Vec<ListRow> = match at {
        None => rows!(reader, FIRST, &pattern, role, filter.customer, most)?,
        Some(Position::After(id)) => {
            rows!(reader, AFTER, &pattern, role, filter.customer, most, id)?
        }
        Some(Position::Before(id)) => {
            rows!(reader, BEFORE, &pattern, role, filter.customer, most, id)?
        }
    };
    let total: Option<(i64,)> = row!(reader, COUNT, &pattern, role, filter.customer)?;
    let rows = found
        .into_iter()
        .map(Row::try_from)
        .collect::<Result<_, _>>()?;
    let total = total.map_or(0, |(total,)| total);
    Ok(Some(Page::of(rows, at, page_size, total, |row| row.id)))
}

impl TryFrom<ListRow> for Row {
    type Error = CoreError;

    fn try_from(row: ListRow) -> Result<Self, CoreError> {
        Ok(Self {
            id: row.id,
            role: Role::parse(&row.role).ok_or_else(|| CoreError::stored("role", &row.role))?,
            name: row.name,
            email: row.email,
            customer: row.customer,
            designated: row.designated,
            left: row.has_left,
            has_password: row.has_password,
        })
    }
}
