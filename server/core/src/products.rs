//! The vendor's products and their releases.

mod published;

use domain::{
    people::{Actor, Operation, Relation, allows},
    text::Text,
    triage::{Catalog, Product, Release, ReleaseWords, SupportState},
};

use crate::{
    CoreError, Portal,
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
    read(&mut portal.db().read().await?).await
}

#[derive(sqlx::FromRow)]
struct ReleaseRow {
    slug: String,
    name: String,
    version: Option<String>,
    discontinued: Option<bool>,
}

pub(crate) async fn read(reader: &mut Reader) -> Result<Catalog, CoreError> {
    let rows: Vec<ReleaseRow> = rows!(
        reader,
        "SELECT products.slug, products.name, releases.version, releases.discontinued
         FROM products LEFT JOIN releases ON releases.product_id = products.id
         ORDER BY products.position, products.id, releases.version",
    )?;
    let mut products: Vec<Product> = Vec::new();
    for row in rows {
        let release = row.version.zip(row.discontinued);
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
