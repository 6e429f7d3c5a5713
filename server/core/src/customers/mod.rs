//! Customers, as an administrator keeps them: what each subscribed to, its domains, its versions, its account managers.
//!
//! Nothing of this changes what an incident was filed under: each keeps its own plan, tier and zone.

mod add;
mod assign;
mod change;
mod check;
mod ends;
mod get;
mod list;

use std::collections::BTreeSet;

use domain::{calendar::LocalDate, people::Seats};
use serde::Serialize;

use crate::{
    CoreError,
    accounts::term,
    db::{Held, Tx, execute, row, rows},
    forms::Wrong,
};

pub use add::add;
pub(crate) use assign::Assignment;
pub use assign::{assign, unassign};
pub use change::change;
pub use check::CustomerForm;
pub(crate) use ends::tell_of_ends;
pub use get::{Manager, Record, get, managers, names};
pub use list::{Row, list};

/// The names of the form's fields.
const NAME: &str = "name";
const PLAN: &str = "plan";
const TIER: &str = "tier";
const ZONE: &str = "zone";
const STARTS: &str = "starts";
const ENDS: &str = "ends";
const ELECTED: &str = "elected";
const DOMAINS: &str = "domains";
const INSTALLED: &str = "installed";
const MANAGER: &str = "manager";

#[derive(sqlx::FromRow)]
struct CustomerRow {
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

/// A customer's subscription as the audit log keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Subscription {
    name: String,
    plan_version: String,
    tier: String,
    zone: String,
    starts_on: LocalDate,
    ends_on: LocalDate,
    included_seats: u32,
    elected_seats: u32,
    domains: BTreeSet<String>,
}

/// The versions in use as the audit log keeps them: `studio:8.4.2`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Versions {
    versions: BTreeSet<String>,
}

fn seats(stored: i64) -> Result<u32, CoreError> {
    u32::try_from(stored).map_err(|_| CoreError::stored("seats", stored))
}

/// A customer's subscription with the seats that are taken, and its versions; none if there is no such customer.
async fn read(
    held: &mut dyn Held,
    customer: i64,
) -> Result<Option<(Subscription, u32, Versions)>, CoreError> {
    let row: Option<CustomerRow> = row!(
        held,
        "SELECT name, plan_version, tier, zone, starts_on, ends_on, included_seats, elected_seats, used_seats
         FROM customers WHERE id = $1",
        customer,
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let domains: Vec<(String,)> = rows!(
        held,
        "SELECT domain FROM customer_domains WHERE customer_id = $1",
        customer
    )?;
    let versions: Vec<(String, String)> = rows!(
        held,
        "SELECT products.slug, installations.version
         FROM installations JOIN products ON products.id = installations.product_id
         WHERE installations.customer_id = $1",
        customer,
    )?;
    let term = term(&row.starts_on, &row.ends_on)?;
    let subscription = Subscription {
        name: row.name,
        plan_version: row.plan_version,
        tier: row.tier,
        zone: row.zone,
        starts_on: term.starts,
        ends_on: term.ends,
        included_seats: seats(row.included_seats)?,
        elected_seats: seats(row.elected_seats)?,
        domains: domains.into_iter().map(|(domain,)| domain).collect(),
    };
    let versions = Versions {
        versions: versions
            .into_iter()
            .map(|(slug, version)| format!("{slug}:{version}"))
            .collect(),
    };
    Ok(Some((subscription, seats(row.used_seats)?, versions)))
}

impl Subscription {
    /// Its seats, of which so many are taken.
    const fn seats(&self, used: u32) -> Seats {
        Seats {
            included: self.included_seats,
            elected: self.elected_seats,
            used,
        }
    }
}

/// Makes these domains the customer's own, and no others. Says if one is another customer's; then the transaction must
/// be undone.
async fn set_domains(
    tx: &mut Tx,
    customer: i64,
    domains: &BTreeSet<String>,
) -> Result<Option<Wrong>, CoreError> {
    execute!(
        tx,
        "DELETE FROM customer_domains WHERE customer_id = $1",
        customer
    )?;
    for domain in domains {
        let inserted = execute!(
            tx,
            "INSERT INTO customer_domains (domain, customer_id) VALUES ($1, $2) ON CONFLICT (domain) DO NOTHING",
            domain,
            customer,
        )?;
        if inserted == 0 {
            let other: Option<(String,)> = row!(
                tx,
                "SELECT customers.name FROM customer_domains
                 JOIN customers ON customers.id = customer_domains.customer_id
                 WHERE customer_domains.domain = $1",
                domain,
            )?;
            return Ok(Some(Wrong::DomainTaken {
                domain: domain.clone(),
                customer: other.map(|(name,)| name).unwrap_or_default(),
            }));
        }
    }
    Ok(None)
}

/// Makes these the versions that the customer has in use. Says if one is of no release; then the transaction must be
/// undone.
async fn set_versions(
    tx: &mut Tx,
    customer: i64,
    versions: &Versions,
) -> Result<Option<Wrong>, CoreError> {
    execute!(
        tx,
        "DELETE FROM installations WHERE customer_id = $1",
        customer
    )?;
    for option in &versions.versions {
        let (slug, version) = option.split_once(':').unwrap_or((option, ""));
        let inserted = execute!(
            tx,
            "INSERT INTO installations (customer_id, product_id, version)
             SELECT $1, products.id, releases.version
             FROM products JOIN releases ON releases.product_id = products.id
             WHERE products.slug = $2 AND releases.version = $3",
            customer,
            slug,
            version,
        )?;
        if inserted == 0 {
            return Ok(Some(Wrong::NotOffered));
        }
    }
    Ok(None)
}
