//! What each customer subscribed to, how it stands today, and what about it needs attention.
//!
//! One customer and the list of thousands are read by the same few statements, each over all the customers that are
//! asked for: never one a customer.

mod get;
mod list;

use std::collections::BTreeMap;

use domain::{
    calendar::LocalDate,
    incident::State,
    people::{
        Certification, Seats, Term,
        attention::{Facts, Holder, Reason, Version, reasons},
    },
    triage::{Catalog, SupportState},
};

use crate::{
    CoreError, Portal,
    accounts::{self, CustomerSummary, date, term},
    db::Reader,
};

pub use get::{Certified, NextClosed, Subscription, get, installed, summary};
pub use list::{MOST_SEARCH, Overview, list};

/// A version of a product that a customer has in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The product's name.
    pub product: String,
    /// The version in use.
    pub version: String,
    /// How it is supported.
    pub state: SupportState,
    /// The Minor releases of its line that came after it and are not installed (6(c)), the earliest first.
    pub missing: Vec<String>,
    /// What to install: the latest Minor release of the line, or of a supported one if the line is not.
    pub to_install: Option<String>,
    /// A later Major release that Maintenance includes (section 3), where that is not what to install.
    pub included_major: Option<String>,
}

/// Which customers are asked for.
#[derive(Clone, Copy)]
enum Scope {
    /// This one.
    One(i64),
    /// Those that this person is assigned to; without a person all of them.
    Managed(Option<i64>),
}

/// The rows of a statement that names `customers`, for the customers of a scope. `$1` is the scope's own.
macro_rules! scoped {
    ($held:expr, $scope:expr, $select:literal, $rest:literal) => {
        match $scope {
            $crate::subscriptions::Scope::One(customer) => {
                $crate::db::rows!($held, concat!($select, " WHERE customers.id = $1 ", $rest), customer)
            }
            $crate::subscriptions::Scope::Managed(person) => $crate::db::rows!(
                $held,
                concat!(
                    $select,
                    " WHERE ($1 IS NULL OR customers.id IN (SELECT customer_id FROM assignments WHERE person_id = $1)) ",
                    $rest
                ),
                person
            ),
        }
    };
}

use scoped;

#[derive(sqlx::FromRow)]
struct CustomerRow {
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

/// Customers with their seats, by name.
async fn customers(
    reader: &mut Reader,
    scope: Scope,
) -> Result<Vec<(CustomerSummary, Seats)>, CoreError> {
    let rows: Vec<CustomerRow> = scoped!(
        reader,
        scope,
        "SELECT customers.id, customers.name, customers.plan_version, customers.tier, customers.zone,
                customers.starts_on, customers.ends_on, customers.included_seats, customers.elected_seats,
                customers.used_seats
         FROM customers",
        "ORDER BY customers.name, customers.id"
    )?;
    let number = |seats: i64| u32::try_from(seats).map_err(|_| CoreError::stored("seats", seats));
    rows.into_iter()
        .map(|row| {
            let seats = Seats {
                included: number(row.included_seats)?,
                elected: number(row.elected_seats)?,
                used: number(row.used_seats)?,
            };
            let customer = CustomerSummary {
                term: term(&row.starts_on, &row.ends_on)?,
                id: row.id,
                name: row.name,
                plan_version: row.plan_version,
                tier: row.tier,
                zone: row.zone,
            };
            Ok((customer, seats))
        })
        .collect()
}

/// The names of the account managers, by customer.
async fn managers(
    reader: &mut Reader,
    scope: Scope,
) -> Result<BTreeMap<i64, Vec<String>>, CoreError> {
    let rows: Vec<(i64, String)> = scoped!(
        reader,
        scope,
        "SELECT customers.id, people.name
         FROM customers JOIN assignments ON assignments.customer_id = customers.id
                        JOIN people ON people.id = assignments.person_id",
        "AND people.left_at IS NULL ORDER BY customers.id, people.name"
    )?;
    Ok(grouped(rows))
}

/// The versions in use, by customer, each as its product's id and the version.
async fn installations(
    reader: &mut Reader,
    scope: Scope,
) -> Result<BTreeMap<i64, Vec<(String, String)>>, CoreError> {
    let rows: Vec<(i64, String, String)> = scoped!(
        reader,
        scope,
        "SELECT customers.id, products.slug, installations.version
         FROM customers JOIN installations ON installations.customer_id = customers.id
                        JOIN products ON products.id = installations.product_id",
        "ORDER BY customers.id, products.position, installations.version"
    )?;
    Ok(grouped(rows.into_iter().map(
        |(customer, product, version)| (customer, (product, version)),
    )))
}

#[derive(sqlx::FromRow)]
struct HolderRow {
    customer_id: i64,
    person_id: i64,
    name: String,
    designated_at: Option<i64>,
    track: Option<String>,
    level: Option<String>,
    number: Option<String>,
    issued_on: Option<String>,
    expires_on: Option<String>,
}

/// Contacts with their certifications, by customer; rows of one person follow each other.
fn holders(rows: Vec<HolderRow>) -> Result<BTreeMap<i64, Vec<Holder>>, CoreError> {
    let mut all: BTreeMap<i64, Vec<Holder>> = BTreeMap::new();
    let mut last = None;
    for row in rows {
        let of_customer = all.entry(row.customer_id).or_default();
        if last != Some(row.person_id) {
            last = Some(row.person_id);
            of_customer.push(Holder {
                name: row.name,
                designated: row.designated_at.is_some(),
                held: Vec::new(),
            });
        }
        let dates = row.issued_on.zip(row.expires_on);
        if let Some((track, (level, (number, (issued, expires))))) =
            row.track.zip(row.level.zip(row.number.zip(dates)))
            && let Some(holder) = of_customer.last_mut()
        {
            holder.held.push(Certification {
                track,
                level,
                number,
                issued: date(&issued)?,
                expires: date(&expires)?,
            });
        }
    }
    Ok(all)
}

/// Values by customer, in the order in which they come.
fn grouped<T>(rows: impl IntoIterator<Item = (i64, T)>) -> BTreeMap<i64, Vec<T>> {
    let mut all: BTreeMap<i64, Vec<T>> = BTreeMap::new();
    for (customer, value) in rows {
        all.entry(customer).or_default().push(value);
    }
    all
}

/// What is known of versions in use.
fn judged(catalog: &Catalog, installed: &[(String, String)]) -> Vec<Installed> {
    installed
        .iter()
        .filter_map(|(product, version)| {
            let (product, release) = catalog.find(&format!("{product}:{version}"))?;
            let version = |release: &domain::triage::Release| release.version.clone();
            Some(Installed {
                product: product.name.clone(),
                version: version(release),
                state: product.state(release),
                missing: product.later(release).into_iter().map(version).collect(),
                to_install: product.to_install(release).map(version),
                included_major: product.included_major(release).map(version),
            })
        })
        .collect()
}

/// What the rule of attention looks at.
struct Known<'a> {
    term: Term,
    contacts: Vec<Holder>,
    seats_asked: Option<u32>,
    installed: &'a [Installed],
    awaiting: u32,
    escalated: u32,
}

/// What needs attention about a customer, and the date in its zone; no date if its plan or zone is not loaded.
fn attention(
    portal: &Portal,
    customer: &CustomerSummary,
    known: Known<'_>,
) -> (Option<LocalDate>, Vec<Reason>) {
    let plan = portal.plans().get(&customer.plan_version);
    let today = accounts::today(portal, &customer.plan_version, &customer.zone);
    let Some((plan, date)) = plan.zip(today) else {
        return (None, vec![Reason::PlanUnknown]);
    };
    let version = |one: &Installed| Version {
        product: one.product.clone(),
        version: one.version.clone(),
    };
    let facts = Facts {
        term: known.term,
        contacts: known.contacts,
        seats_asked: known.seats_asked,
        discontinued: known
            .installed
            .iter()
            .filter(|one| one.state == SupportState::Discontinued)
            .map(version)
            .collect(),
        behind: known
            .installed
            .iter()
            .filter_map(|one| match &one.state {
                SupportState::Superseded { by } => Some((version(one), by.clone())),
                _ => None,
            })
            .collect(),
        awaiting: known.awaiting,
        escalated: known.escalated,
    };
    (Some(date), reasons(plan, &facts, date))
}

/// A count of rows.
fn count(rows: i64) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

/// The state whose incidents wait for the vendor.
const AWAITING: State = State::AwaitingResponse;
