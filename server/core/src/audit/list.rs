//! Reading the log, newest first.

use domain::{
    calendar::Instant,
    people::{Actor, Operation, Relation, allows},
};
use futures_util::{Stream, stream};

use super::{Kind, refused};
use crate::{
    CoreError, Portal, accounts,
    db::{like_any_case, row, rows},
    paging::{Page, Position, to_read},
};

/// How many entries of an export are read at once.
const PART: i64 = 2_000;

/// Which entries are wanted; the default is all that the actor may read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of this customer's records; a customer's own people never read others.
    pub customer: Option<i64>,
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only those with these characters in the name of who did it or in what it was done to, in whatever case.
    pub search: String,
    /// Only from then on.
    pub from: Option<Instant>,
    /// Only before then.
    pub before: Option<Instant>,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its id.
    pub id: i64,
    /// When.
    pub at: Instant,
    /// What was done.
    pub kind: Kind,
    /// Who did it, by the name that they had; the role of who has none.
    pub by_name: String,
    /// From which address; empty for the command line and work in the background. None where it is not for the reader to
    /// know: of the vendor's people a customer reads what they did, and not where they were.
    pub address: Option<String>,
    /// In which request, as the log of the process names it; none where the address is none.
    pub request: Option<String>,
    /// Whose record it is; none for the vendor's own.
    pub customer: Option<String>,
    /// What it was done to.
    pub subject: String,
    /// The record as it was, in JSON.
    pub before: Option<String>,
    /// The record as it is since, in JSON.
    pub after: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ListRow {
    id: i64,
    at: i64,
    kind: String,
    by_name: String,
    by_person: Option<i64>,
    by_customer: Option<i64>,
    address: String,
    request: String,
    customer: Option<String>,
    subject: String,
    before: Option<String>,
    after: Option<String>,
}

macro_rules! filtered {
    ($columns:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " WHERE ($1 IS NULL OR audit.customer_id = $1) AND ($2 IS NULL OR audit.kind = $2)
                AND ($3 IS NULL OR LOWER(audit.by_name) LIKE $3 ESCAPE '\\'
                     OR LOWER(audit.subject) LIKE $3 ESCAPE '\\')
                AND audit.at >= $4 AND audit.at < $5 ",
            $rest
        )
    };
}

macro_rules! page {
    ($rest:literal) => {
        filtered!(
            "audit.id, audit.at, audit.kind, audit.by_name, audit.person_id AS by_person,
             people.customer_id AS by_customer, audit.address, audit.request,
             customers.name AS customer, audit.subject, audit.before, audit.after
             FROM audit LEFT JOIN customers ON customers.id = audit.customer_id
             LEFT JOIN people ON people.id = audit.person_id",
            $rest
        )
    };
}

const FIRST: &str = page!("ORDER BY audit.at DESC, audit.id DESC LIMIT $6");
const AFTER: &str = page!(
    "AND (audit.at, audit.id) < (SELECT place.at, place.id FROM audit AS place WHERE place.id = $7)
     ORDER BY audit.at DESC, audit.id DESC LIMIT $6"
);
const BEFORE: &str = page!(
    "AND (audit.at, audit.id) > (SELECT place.at, place.id FROM audit AS place WHERE place.id = $7)
     ORDER BY audit.at, audit.id LIMIT $6"
);
const COUNT: &str = filtered!("COUNT(*) FROM audit", "");

/// The filter, as it is bound.
struct Wanted {
    /// The customer whose person reads; none for the vendor's.
    reader: Option<i64>,
    customer: Option<i64>,
    kind: Option<&'static str>,
    pattern: Option<String>,
    from: i64,
    before: i64,
}

impl Wanted {
    /// `None` if the log is not for `actor` to read.
    async fn of(portal: &Portal, actor: Actor, filter: &Filter) -> Result<Option<Self>, CoreError> {
        let (reader, customer) = if allows(actor, Relation::Vendor, Operation::ReadAudit) {
            (None, filter.customer)
        } else {
            let own = actor.customer();
            let theirs = match own {
                Some(own) => {
                    let mut reader = portal.db().read().await?;
                    let relation = accounts::relation(&mut reader, actor, own).await?;
                    allows(actor, relation, Operation::ReadAudit)
                }
                None => false,
            };
            if !theirs || filter.customer.is_some_and(|asked| Some(asked) != own) {
                refused(portal, actor, Operation::ReadAudit).await?;
                return Ok(None);
            }
            (own, own)
        };
        Ok(Some(Self {
            reader,
            customer,
            kind: filter.kind.map(Kind::name),
            pattern: like_any_case(&filter.search),
            from: filter.from.map_or(i64::MIN, |at| at.0),
            before: filter.before.map_or(i64::MAX, |at| at.0),
        }))
    }

    async fn read(
        &self,
        portal: &Portal,
        at: Option<Position>,
        most: i64,
    ) -> Result<Vec<Recorded>, CoreError> {
        let mut reader = portal.db().read().await?;
        macro_rules! read {
            ($sql:expr $(, $place:expr)?) => {
                rows!(
                    reader,
                    $sql,
                    self.customer,
                    self.kind,
                    &self.pattern,
                    self.from,
                    self.before,
                    most
                    $(, $place)?
                )?
            };
        }
        let found: Vec<ListRow> = match at {
            None => read!(FIRST),
            Some(Position::After(id)) => read!(AFTER, id),
            Some(Position::Before(id)) => read!(BEFORE, id),
        };
        found.into_iter().map(|row| row.told(self.reader)).collect()
    }
}

/// The entries that the filter finds, newest first, `page_size` of them: an administrator reads all of them, a
/// coordinator those of their own customer. `None` for everybody else, and where another customer's are asked for.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn list(
    portal: &Portal,
    actor: Actor,
    filter: &Filter,
    at: Option<Position>,
    page_size: u32,
) -> Result<Option<Page<Recorded>>, CoreError> {
    let Some(wanted) = Wanted::of(portal, actor, filter).await? else {
        return Ok(None);
    };
    let found = wanted.read(portal, at, to_read(page_size)).await?;
    let total: Option<(i64,)> = row!(
        portal.db().read().await?,
        COUNT,
        wanted.customer,
        wanted.kind,
        &wanted.pattern,
        wanted.from,
        wanted.before,
    )?;
    let total = total.map_or(0, |(total,)| total);
    Ok(Some(Page::of(found, at, page_size, total, |row| row.id)))
}

/// All of them, for a file; `None` if the log is not for `actor` to read.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn export(
    portal: &Portal,
    actor: Actor,
    filter: &Filter,
) -> Result<Option<Export>, CoreError> {
    let wanted = Wanted::of(portal, actor, filter).await?;
    Ok(wanted.map(|wanted| Export {
        portal: portal.clone(),
        wanted,
    }))
}

/// The entries of an export, which are still to be read.
pub struct Export {
    portal: Portal,
    wanted: Wanted,
}

impl Export {
    /// The entries, newest first, part by part: a long log is never held as a whole. The stream breaks off where the
    /// database fails.
    pub fn parts(self) -> impl Stream<Item = Result<Vec<Recorded>, CoreError>> + Send + 'static {
        let begin: (Self, Option<Position>) = (self, None);
        stream::try_unfold(begin, |(export, at)| async move {
            let part = export.wanted.read(&export.portal, at, PART).await?;
            let last = part.last().map(|last| last.id);
            Ok::<_, CoreError>(last.map(|last| (part, (export, Some(Position::After(last))))))
        })
    }
}

impl ListRow {
    /// The entry as the vendor reads it, or a customer.
    fn told(self, reader: Option<i64>) -> Result<Recorded, CoreError> {
        // Of who had not signed in everybody reads it: a customer wants to know from where its accounts are tried.
        let whence = reader.is_none() || self.by_person.is_none() || self.by_customer == reader;
        Ok(Recorded {
            id: self.id,
            at: Instant(self.at),
            kind: Kind::parse(&self.kind).ok_or_else(|| CoreError::stored("audit", &self.kind))?,
            by_name: self.by_name,
            address: whence.then_some(self.address),
            request: whence.then_some(self.request),
            customer: self.customer,
            subject: self.subject,
            before: self.before,
            after: self.after,
        })
    }
}
