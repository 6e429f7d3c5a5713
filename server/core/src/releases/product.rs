//! A new product.

use domain::people::{Actor, Operation};
use serde::Serialize;

use super::{NAME, SLUG};
use crate::{
    CoreError, Portal,
    audit::{self, Entry, Kind},
    db::execute,
    forms::{NotSaved, Wrong, Wrongs},
};

/// A product as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductForm {
    /// Its name in answers and addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
}

#[derive(Serialize)]
struct State<'a> {
    slug: &'a str,
    name: &'a str,
}

/// Adds a product, after the others.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn add_product(
    portal: &Portal,
    actor: Actor,
    form: &ProductForm,
) -> Result<Result<(), NotSaved>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageReleases).await? {
        return Ok(Err(NotSaved::NotFound));
    }
    let mut wrongs = Wrongs::default();
    let slug = wrongs.line(SLUG, &form.slug, 50);
    let is_slug = slug
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if wrongs.of(SLUG).is_none() && !is_slug {
        wrongs.add(SLUG, Wrong::NotASlug);
    }
    let name = wrongs.line(NAME, &form.name, 200);
    if let Err(not_saved) = wrongs.or(()) {
        return Ok(Err(not_saved));
    }
    let mut tx = portal.db().write().await?;
    let added = execute!(
        tx,
        "INSERT INTO products (slug, name, position)
         SELECT $1, $2, COALESCE(MAX(position), 0) + 1 FROM products WHERE true
         ON CONFLICT (slug) DO NOTHING",
        &slug,
        &name,
    )?;
    if added == 0 {
        return Ok(Err(NotSaved::Invalid(Wrongs::one(SLUG, Wrong::Taken))));
    }
    let entry = Entry {
        actor,
        kind: Kind::ReleaseAdded,
        customer: None,
        subject: &name,
    };
    let after = State {
        slug: &slug,
        name: &name,
    };
    audit::write(portal, &mut tx, entry, audit::NOTHING, Some(&after)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
