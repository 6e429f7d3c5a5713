//! Every product with its releases.

use domain::{
    calendar::LocalDate,
    people::{Actor, Operation},
};

use super::ReleaseKind;
use crate::{CoreError, Portal, accounts::date, audit, db::rows};

/// A product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its name in answers and addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its releases, the latest first.
    pub releases: Vec<Record>,
}

/// A release as an administrator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its version.
    pub version: String,
    /// Major or Minor.
    pub kind: ReleaseKind,
    /// When it came; none for one from before dates were kept.
    pub released: Option<LocalDate>,
    /// What is new, in English.
    pub notes_en: String,
    /// What is new, in Korean.
    pub notes_ko: String,
    /// Whether its support has been discontinued (section 7(iv)).
    pub discontinued: bool,
    /// How many customers have it in use.
    pub used_by: i64,
}

#[derive(sqlx::FromRow)]
struct ListRow {
    slug: String,
    name: String,
    version: Option<String>,
    kind: Option<String>,
    released_on: Option<String>,
    notes_en: Option<String>,
    notes_ko: Option<String>,
    discontinued: Option<bool>,
    used_by: i64,
}

/// Every product with its releases. `None` if they are not for `actor` to keep.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn list(portal: &Portal, actor: Actor) -> Result<Option<Vec<Product>>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageReleases).await? {
        return Ok(None);
    }
    let mut reader = portal.db().read().await?;
    let rows: Vec<ListRow> = rows!(
        reader,
        "SELECT products.slug, products.name, releases.version, releases.kind, releases.released_on,
                releases.notes_en, releases.notes_ko, releases.discontinued,
                (SELECT COUNT(*) FROM installations
                 WHERE installations.product_id = releases.product_id
                   AND installations.version = releases.version) AS used_by
         FROM products LEFT JOIN releases ON releases.product_id = products.id
         ORDER BY products.position, products.id",
    )?;
    let mut products: Vec<Product> = Vec::new();
    for row in rows {
        if products
            .last()
            .is_none_or(|product| product.slug != row.slug)
        {
            products.push(Product {
                slug: row.slug.clone(),
                name: row.name.clone(),
                releases: Vec::new(),
            });
        }
        if let (Some(product), Some(release)) = (products.last_mut(), row.release()?) {
            product.releases.push(release);
        }
    }
    for product in &mut products {
        product
            .releases
            .sort_by_key(|release| std::cmp::Reverse(numbers(&release.version)));
    }
    Ok(Some(products))
}

impl ListRow {
    /// None for a product without one.
    fn release(self) -> Result<Option<Record>, CoreError> {
        let Some(version) = self.version else {
            return Ok(None);
        };
        let kind = self.kind.unwrap_or_default();
        Ok(Some(Record {
            version,
            kind: ReleaseKind::parse(&kind).ok_or_else(|| CoreError::stored("release", &kind))?,
            released: self.released_on.as_deref().map(date).transpose()?,
            notes_en: self.notes_en.unwrap_or_default(),
            notes_ko: self.notes_ko.unwrap_or_default(),
            discontinued: self.discontinued.unwrap_or_default(),
            used_by: self.used_by,
        }))
    }
}

/// A version as its numbers, for comparing.
fn numbers(version: &str) -> Vec<u32> {
    version
        .split('.')
        .map(|number| number.parse().unwrap_or_default())
        .collect()
}
