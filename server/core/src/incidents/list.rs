//! A customer's incidents, newest first, a page at a time.

use std::{fmt, str::FromStr};

use domain::{
    attainment::{self, Part, Verdict},
    calendar::Instant,
    incident::{IncidentNumber, State},
    people::{Actor, Operation, Relation, allows},
    plan::Severity,
};

use super::{attainment::verdict, number, severity, state};
use crate::{
    CoreError, Portal, accounts, audit,
    db::{Reader, like, row, rows},
};

pub use crate::db::MOST_SEARCH;

/// The most rows of a page.
pub const MOST_PER_PAGE: u32 = 200;

/// Which incidents are wanted; the default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those that stand there.
    pub state: Option<State>,
    /// Only those of this level.
    pub severity: Option<Severity>,
    /// Only those with these characters in their title or number, in whatever case. Blanks around them and what
    /// goes beyond [`MOST_SEARCH`] characters do not count; nothing searches for nothing.
    pub search: String,
    /// Only those that a number of the count of Responses in time stands for.
    pub due: Option<Due>,
}

/// What a number of the count of Responses in time stands for: see [`super::attained`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// When they were due, under which severity and of which tier.
    pub wanted: attainment::Wanted,
    /// What became of them.
    pub part: Part,
}

/// A place in the list: just before or after one incident, so that a page stays right while others are filed.
///
/// Written as a short token for addresses, to be read back with `parse`. It names a place and gives no right: what is
/// listed is only what the actor may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    received_at: i64,
    id: i64,
}

/// A token that no [`Cursor`] is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a list")]
pub struct NotACursor;

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// With the first that is older.
    OlderThan(Cursor),
    /// So that it ends with the last that is newer.
    NewerThan(Cursor),
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Newest first.
    pub rows: Vec<Row>,
    /// Where older ones go on, as [`Position::OlderThan`], if there are any.
    pub older: Option<Cursor>,
    /// Where newer ones go on, as [`Position::NewerThan`], if there are any.
    pub newer: Option<Cursor>,
    /// How many the filter finds in all.
    pub total: i64,
}

/// An incident as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The number that it is quoted by.
    pub number: IncidentNumber,
    /// The line that names it.
    pub title: String,
    /// The level that the answers pointed to.
    pub severity: Severity,
    /// Where it stands.
    pub state: State,
    /// When the notice was received, UTC.
    pub received_at: Instant,
    /// By when the Response is or was due, UTC.
    pub due_at: Instant,
    /// The name of the contact who filed it.
    pub filed_by: String,
    /// Whether an exclusion of section 7 probably applies.
    pub excluded: bool,
    /// The name of its customer, where those of every customer are listed.
    pub customer: Option<String>,
}

/// The incidents of a customer, `page_size` (1 to [`MOST_PER_PAGE`]) of them; the newest, or those at `at`. Without a
/// `customer` they are those of the actor's own; for whoever may see how many Responses to all customers were in time,
/// and asks for those of a number, those of every customer.
///
/// A place at which there is nothing gives the newest. `None` if there is no such customer, or it is not for `actor` to
/// see.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn list(
    portal: &Portal,
    actor: Actor,
    customer: Option<i64>,
    filter: &Filter,
    at: Option<Position>,
    page_size: u32,
) -> Result<Option<Page>, CoreError> {
    let customer = customer.or_else(|| actor.customer());
    if !permitted(portal, actor, customer, filter).await? {
        return Ok(None);
    }
    let mut reader = portal.db().read().await?;
    let wanted = Wanted {
        customer,
        due: filter
            .due
            .as_ref()
            .map(|due| BoundDue::new(due, portal.now())),
        state: filter.state.map(State::name),
        severity: filter.severity.map(|severity| i16::from(severity.number())),
        pattern: like(&filter.search),
    };
    let size = i64::from(page_size.clamp(1, MOST_PER_PAGE));

    // One more than the page holds tells whether it goes on.
    let (mut found, newer_first) = match at {
        None => (Vec::new(), true),
        Some(Position::OlderThan(cursor)) => {
            (wanted.older(&mut reader, cursor, size + 1).await?, true)
        }
        Some(Position::NewerThan(cursor)) => {
            (wanted.newer(&mut reader, cursor, size + 1).await?, false)
        }
    };
    let from_the_top = found.is_empty();
    if from_the_top {
        found = wanted.older(&mut reader, Cursor::TOP, size + 1).await?;
    }
    let goes_on = i64::try_from(found.len()).is_ok_and(|rows| rows > size);
    if goes_on {
        found.pop();
    }
    let newer_first = newer_first || from_the_top;
    if !newer_first {
        found.reverse();
    }
    let (first, last) = (
        found.first().map(ListRow::cursor),
        found.last().map(ListRow::cursor),
    );
    let (older, newer) = if newer_first {
        let newer = match first {
            Some(first)
                if !from_the_top && !wanted.newer(&mut reader, first, 1).await?.is_empty() =>
            {
                Some(first)
            }
            _ => None,
        };
        (last.filter(|_| goes_on), newer)
    } else {
        let older = match last {
            Some(last) if !wanted.older(&mut reader, last, 1).await?.is_empty() => Some(last),
            _ => None,
        };
        (older, first.filter(|_| goes_on))
    };
    let total = wanted.count(&mut reader).await?;
    let rows = found
        .into_iter()
        .map(Row::try_from)
        .collect::<Result<_, _>>()?;
    Ok(Some(Page {
        rows,
        older,
        newer,
        total,
    }))
}

/// Whether the actor may see what is asked for.
async fn permitted(
    portal: &Portal,
    actor: Actor,
    customer: Option<i64>,
    filter: &Filter,
) -> Result<bool, CoreError> {
    let Some(customer) = customer else {
        return Ok(
            filter.due.is_some() && allows(actor, Relation::Vendor, Operation::ReadAttainment)
        );
    };
    let mut reader = portal.db().read().await?;
    let relation = accounts::relation(&mut reader, actor, customer).await?;
    let exists: Option<(i64,)> = row!(reader, "SELECT id FROM customers WHERE id = $1", customer)?;
    drop(reader);
    if exists.is_none() {
        audit::not_there(portal, actor, Operation::ReadIncident).await?;
        return Ok(false);
    }
    if allows(actor, relation, Operation::ReadIncident) {
        return Ok(true);
    }
    audit::refused(portal, actor, Operation::ReadIncident).await?;
    Ok(false)
}

/// The filter, as it is bound.
struct Wanted {
    customer: Option<i64>,
    due: Option<BoundDue>,
    state: Option<&'static str>,
    severity: Option<i16>,
    pattern: Option<String>,
}

/// What a number stands for, as it is bound.
struct BoundDue {
    now: i64,
    first: i64,
    last: i64,
    level: Option<i16>,
    tier: Option<String>,
    /// The one verdict or the two; neither for all.
    verdicts: (Option<&'static str>, Option<&'static str>),
}

impl BoundDue {
    fn new(due: &Due, now: Instant) -> Self {
        let (first, last) = due.wanted.period.months();
        let (one, other) = match due.part {
            Part::All => (None, None),
            Part::Due => (Some(Verdict::InTime), Some(Verdict::Late)),
            Part::Of(verdict) => (Some(verdict), Some(verdict)),
        };
        Self {
            now: now.0,
            first: first.index(),
            last: last.index(),
            level: due.wanted.level.map(|level| i16::from(level.number())),
            tier: due.wanted.tier.clone(),
            verdicts: (one.map(Verdict::name), other.map(Verdict::name)),
        }
    }
}

#[derive(sqlx::FromRow)]
struct ListRow {
    id: i64,
    year: i64,
    number: i64,
    title: String,
    severity: i16,
    state: String,
    received_at: i64,
    due_at: i64,
    excluded: bool,
    filed_by: String,
    customer: Option<String>,
}

macro_rules! filtered {
    ($columns:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " WHERE incidents.customer_id = $1 AND ($2 IS NULL OR incidents.state = $2)
                AND ($3 IS NULL OR incidents.severity = $3)
                AND ($4 IS NULL OR incidents.search LIKE $4 ESCAPE '\\') ",
            $rest
        )
    };
}

macro_rules! page {
    ($rest:literal) => {
        filtered!(
            "incidents.id, incidents.year, incidents.number, incidents.title, incidents.severity, incidents.state,
                incidents.received_at, incidents.due_at, incidents.excluded, people.name AS filed_by,
                CAST(NULL AS TEXT) AS customer
             FROM incidents JOIN people ON people.id = incidents.contact_id",
            $rest
        )
    };
}

/// Two may be received in one millisecond, so the id decides between them.
const OLDER: &str = page!(
    "AND (incidents.received_at, incidents.id) < ($5, $6)
     ORDER BY incidents.received_at DESC, incidents.id DESC LIMIT $7"
);
const NEWER: &str = page!(
    "AND (incidents.received_at, incidents.id) > ($5, $6)
     ORDER BY incidents.received_at, incidents.id LIMIT $7"
);
const COUNT: &str = filtered!("COUNT(*) FROM incidents", "");

/// The same for what a number of the count of Responses in time stands for.
macro_rules! due_filtered {
    ($scope:literal, $columns:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " WHERE ",
            $scope,
            " AND ($2 IS NULL OR incidents.state = $2) AND ($3 IS NULL OR incidents.severity = $3)
                AND ($4 IS NULL OR incidents.search LIKE $4 ESCAPE '\\')
                AND incidents.due_month BETWEEN $6 AND $7 AND ($8 IS NULL OR incidents.due_severity = $8)
                AND ($9 IS NULL OR incidents.tier = $9)
                AND ($10 IS NULL OR ",
            verdict!("$5"),
            " IN ($10, $11)) ",
            $rest
        )
    };
}

macro_rules! due_page {
    ($scope:literal, $rest:literal) => {
        due_filtered!(
            $scope,
            "incidents.id, incidents.year, incidents.number, incidents.title, incidents.severity, incidents.state,
                incidents.received_at, incidents.due_at, incidents.excluded, people.name AS filed_by,
                CASE WHEN CAST($1 AS BIGINT) IS NULL THEN customers.name END AS customer
             FROM incidents JOIN people ON people.id = incidents.contact_id
                 JOIN customers ON customers.id = incidents.customer_id",
            $rest
        )
    };
}

/// The texts of a list of what a number stands for.
struct DueTexts {
    older: &'static str,
    newer: &'static str,
    count: &'static str,
}

macro_rules! due_texts {
    ($scope:literal) => {
        DueTexts {
            older: due_page!(
                $scope,
                "AND (incidents.received_at, incidents.id) < ($12, $13)
                 ORDER BY incidents.received_at DESC, incidents.id DESC LIMIT $14"
            ),
            newer: due_page!(
                $scope,
                "AND (incidents.received_at, incidents.id) > ($12, $13)
                 ORDER BY incidents.received_at, incidents.id LIMIT $14"
            ),
            count: due_filtered!($scope, "COUNT(*) FROM incidents", ""),
        }
    };
}

const DUE_TO_ONE: DueTexts = due_texts!("incidents.customer_id = $1");
const DUE_TO_ALL: DueTexts = due_texts!("CAST($1 AS BIGINT) IS NULL");

impl Wanted {
    const fn due_texts(&self) -> &'static DueTexts {
        if self.customer.is_some() {
            &DUE_TO_ONE
        } else {
            &DUE_TO_ALL
        }
    }

    async fn due_page(
        &self,
        reader: &mut Reader,
        text: &'static str,
        due: &BoundDue,
        than: Cursor,
        most: i64,
    ) -> Result<Vec<ListRow>, sqlx::Error> {
        rows!(
            reader,
            text,
            self.customer,
            self.state,
            self.severity,
            &self.pattern,
            due.now,
            due.first,
            due.last,
            due.level,
            &due.tier,
            due.verdicts.0,
            due.verdicts.1,
            than.received_at,
            than.id,
            most
        )
    }

    async fn older(
        &self,
        reader: &mut Reader,
        than: Cursor,
        most: i64,
    ) -> Result<Vec<ListRow>, sqlx::Error> {
        if let Some(due) = &self.due {
            let text = self.due_texts().older;
            return self.due_page(reader, text, due, than, most).await;
        }
        rows!(
            reader,
            OLDER,
            self.customer,
            self.state,
            self.severity,
            &self.pattern,
            than.received_at,
            than.id,
            most
        )
    }

    async fn newer(
        &self,
        reader: &mut Reader,
        than: Cursor,
        most: i64,
    ) -> Result<Vec<ListRow>, sqlx::Error> {
        if let Some(due) = &self.due {
            let text = self.due_texts().newer;
            return self.due_page(reader, text, due, than, most).await;
        }
        rows!(
            reader,
            NEWER,
            self.customer,
            self.state,
            self.severity,
            &self.pattern,
            than.received_at,
            than.id,
            most
        )
    }

    async fn count(&self, reader: &mut Reader) -> Result<i64, sqlx::Error> {
        let count: Option<(i64,)> = match &self.due {
            None => row!(
                reader,
                COUNT,
                self.customer,
                self.state,
                self.severity,
                &self.pattern
            ),
            Some(due) => row!(
                reader,
                self.due_texts().count,
                self.customer,
                self.state,
                self.severity,
                &self.pattern,
                due.now,
                due.first,
                due.last,
                due.level,
                &due.tier,
                due.verdicts.0,
                due.verdicts.1
            ),
        }?;
        Ok(count.map_or(0, |(count,)| count))
    }
}

impl ListRow {
    const fn cursor(&self) -> Cursor {
        Cursor {
            received_at: self.received_at,
            id: self.id,
        }
    }
}

impl TryFrom<ListRow> for Row {
    type Error = CoreError;

    fn try_from(row: ListRow) -> Result<Self, CoreError> {
        Ok(Self {
            number: number(row.year, row.number)?,
            severity: severity(row.severity)?,
            state: state(&row.state)?,
            received_at: Instant(row.received_at),
            due_at: Instant(row.due_at),
            title: row.title,
            filed_by: row.filed_by,
            excluded: row.excluded,
            customer: row.customer,
        })
    }
}

impl Cursor {
    /// Above every incident.
    const TOP: Self = Self {
        received_at: i64::MAX,
        id: i64::MAX,
    };
}

/// Two hexadecimal numbers: `19a8c3f2b40-2f`.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{:x}", self.received_at, self.id)
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(token: &str) -> Result<Self, NotACursor> {
        let part = |part: &str| i64::from_str_radix(part, 16).map_err(|_| NotACursor);
        let (received_at, id) = token.split_once('-').ok_or(NotACursor)?;
        let cursor = Self {
            received_at: part(received_at)?,
            id: part(id)?,
        };
        // Only as it is written here: no sign, no zeros before, no capitals.
        if cursor.received_at >= 0 && cursor.id >= 1 && cursor.to_string() == token {
            Ok(cursor)
        } else {
            Err(NotACursor)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        let cursor = Cursor {
            received_at: 1_772_173_800_123,
            id: 47,
        };
        assert_eq!(cursor.to_string(), "19c9dca32bb-2f");
        assert_eq!("19c9dca32bb-2f".parse(), Ok(cursor));
        for forged in [
            "",
            "-",
            "1",
            "1-",
            "-1-1",
            "1--1",
            "1-0",
            "01-1",
            "1-01",
            "1-1-1",
            "A-1",
            "+1-1",
            "1-1 ",
            "1-8000000000000000",
            "1-1; --",
            "가-1",
        ] {
            assert_eq!(forged.parse::<Cursor>(), Err(NotACursor), "{forged}");
        }
    }
}
