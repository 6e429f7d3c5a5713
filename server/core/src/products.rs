//! The vendor's products and their releases.

mod published;

use domain::{
    calendar::{LocalDate, LocalTime},
    people::{Actor, Operation, Relation, allows},
    text::Text,
    triage::{Catalog, Product, Release, ReleaseWords, SupportState, is_out},
};

use crate::{
    CoreError, Portal,
    accounts::date,
    db::{Reader, rows},
};

pub use published::{PublishedProduct, PublishedRelease, ReleaseKind, published};

/// The products that can be chosen in the guide; none for somebody who may not read them.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn catalog(portal: &Portal, actor: Actor) -> Result<Catalog, CoreError> {
    if !allows(actor, Relation::Public, Operation::ReadPlan) {
        return Ok(Catalog::default());
    }
    read(portal, &mut portal.db().read().await?).await
}

/// The day by which releases count as out: a release is one for everybody, so it is out once its day has begun in one of
/// the plan's zones. `None` if the time is none of the calendars'; then their dates are not asked.
fn today(portal: &Portal) -> Option<LocalDate> {
    let plan = portal.plans().current();
    plan.zones
        .iter()
        .filter_map(|zone| portal.calendar(zone)?.local(portal.now()).ok())
        .map(LocalTime::date)
        .max()
}

/// Whether a stored release is out.
fn came_out(released_on: Option<&str>, today: Option<LocalDate>) -> Result<bool, CoreError> {
    let on = released_on.map(date).transpose()?;
    Ok(today.is_none_or(|today| is_out(on, today)))
}

#[derive(sqlx::FromRow)]
struct ReleaseRow {
    slug: String,
    name: String,
    version: Option<String>,
    discontinued: Option<bool>,
    released_on: Option<String>,
}

pub(crate) async fn read(portal: &Portal, reader: &mut Reader) -> Result<Catalog, CoreError> {
    let rows: Vec<ReleaseRow> = rows!(
        reader,
        "SELECT products.slug, products.name, releases.version, releases.discontinued, releases.released_on
         FROM products LEFT JOIN releases ON releases.product_id = products.id
         ORDER BY products.position, products.id, releases.version",
    )?;
    let today = today(portal);
    let mut products: Vec<Product> = Vec::new();
    for row in rows {
        let is_out = came_out(row.released_on.as_deref(), today)?;
        let release = row.version.zip(row.discontinued).filter(|_| is_out);
        let release = release.map(|(version, discontinued)| Release {
            version,
            discontinued,
        });
        match products.last_mut().filter(|product| product.id == row.slug) {
            Some(product) => product.releases.extend(release),
            None => products.push(Product {
                id: row.slug,
                name: row.name,
                releases: release.into_iter().collect(),
            }),
        }
    }
    Ok(Catalog { products })
}

/// Plain English words for releases, where a guide is only used to decide and nobody reads it.
pub(crate) struct PlainWords;

fn text(en: String) -> Text {
    Text { en, ko: None }
}

impl ReleaseWords<Text> for PlainWords {
    fn label(&self, product: &Product, release: &Release, _: &SupportState) -> Text {
        text(release_name(product, release))
    }

    fn because(&self, product: &Product, release: &Release, _: &SupportState) -> Text {
        text(format!("it is {}", release_name(product, release)))
    }

    fn to_do(&self, product: &Product, by: &str) -> Text {
        text(format!("Install {} {by}.", product.name))
    }

    fn group(&self, product: &Product) -> Text {
        text(product.name.clone())
    }
}

/// `Interactor Studio 8.4.2`.
pub(crate) fn release_name(product: &Product, release: &Release) -> String {
    format!("{} {}", product.name, release.version)
}
