//! The releases with what was published about them: for reading, not for choosing in the guide.

use domain::{
    calendar::LocalDate,
    people::{Actor, Operation, Relation, allows},
    text::Text,
    triage::{Product, Release, SupportState},
};

use crate::{CoreError, Portal, accounts::date, db::rows};

/// What a release is in its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseKind {
    /// It began a line.
    Major,
    /// It continues one: 6(c) asks to install it promptly.
    Minor,
}

impl ReleaseKind {
    /// The kind of this name in records.
    fn parse(name: &str) -> Option<Self> {
        match name {
            "major" => Some(Self::Major),
            "minor" => Some(Self::Minor),
            _ => None,
        }
    }
}

/// A product with all that was released of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedProduct {
    /// The product, as the guide knows it.
    pub product: Product,
    /// Its releases, the latest first.
    pub releases: Vec<PublishedRelease>,
}

/// A release, and what was published about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedRelease {
    /// Its version.
    pub version: String,
    /// What it is in its line.
    pub kind: ReleaseKind,
    /// The day on which it came out, where that is known.
    pub released_on: Option<LocalDate>,
    /// What it brings; may be empty.
    pub notes: Text,
    /// How it is supported.
    pub state: SupportState,
}

#[derive(sqlx::FromRow)]
struct Row {
    slug: String,
    name: String,
    version: Option<String>,
    discontinued: Option<bool>,
    kind: Option<String>,
    released_on: Option<String>,
    notes_en: Option<String>,
    notes_ko: Option<String>,
}

/// Every product with its releases, as far as they are out; none for somebody who may not read them.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn published(portal: &Portal, actor: Actor) -> Result<Vec<PublishedProduct>, CoreError> {
    if !allows(actor, Relation::Public, Operation::ReadReleases) {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = rows!(
        portal.db().read().await?,
        "SELECT products.slug, products.name, releases.version, releases.discontinued, releases.kind,
                releases.released_on, releases.notes_en, releases.notes_ko
         FROM products LEFT JOIN releases ON releases.product_id = products.id
         ORDER BY products.position, products.id, releases.version",
    )?;
    let today = super::today(portal);
    let mut products: Vec<PublishedProduct> = Vec::new();
    for row in rows {
        if products
            .last()
            .is_none_or(|last| last.product.id != row.slug)
        {
            products.push(PublishedProduct {
                product: Product {
                    id: row.slug.clone(),
                    name: row.name.clone(),
                    releases: Vec::new(),
                },
                releases: Vec::new(),
            });
        }
        if let Some(last) = products.last_mut() {
            last.add(row, today)?;
        }
    }
    for product in &mut products {
        product.put_in_order();
    }
    Ok(products)
}

impl PublishedProduct {
    fn add(&mut self, row: Row, today: Option<LocalDate>) -> Result<(), CoreError> {
        let Some((version, discontinued)) = row.version.zip(row.discontinued) else {
            return Ok(());
        };
        if !super::came_out(row.released_on.as_deref(), today)? {
            return Ok(());
        }
        let kind = row.kind.unwrap_or_default();
        self.releases.push(PublishedRelease {
            version: version.clone(),
            kind: ReleaseKind::parse(&kind)
                .ok_or_else(|| CoreError::stored("kind of a release", &kind))?,
            released_on: row.released_on.as_deref().map(date).transpose()?,
            notes: Text {
                en: row.notes_en.unwrap_or_default(),
                ko: row.notes_ko.filter(|notes| !notes.is_empty()),
            },
            state: SupportState::Current,
        });
        self.product.releases.push(Release {
            version,
            discontinued,
        });
        Ok(())
    }

    /// Once all are known: how each is supported, and the latest first.
    fn put_in_order(&mut self) {
        let order = self.product.latest_first();
        let place = |version: &str| order.iter().position(|release| release.version == version);
        for release in &mut self.releases {
            if let Some(own) = place(&release.version).and_then(|at| order.get(at)) {
                release.state = self.product.state(own);
            }
        }
        self.releases.sort_by_key(|release| place(&release.version));
    }
}
