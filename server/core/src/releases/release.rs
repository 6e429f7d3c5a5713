//! A new release, and another word about one.

use domain::{
    calendar::LocalDate,
    people::{Actor, Operation},
    triage::is_version,
};
use serde::Serialize;

use super::{KIND, NOTES_EN, NOTES_KO, PRODUCT, RELEASED, ReleaseKind, VERSION};
use crate::{
    CoreError, Portal,
    audit::{self, Entry, Kind},
    db::{Held, execute, row},
    forms::{NotSaved, Wrong, Wrongs},
};

/// The most characters of notes in one language.
const MOST_NOTES: usize = 4_000;

/// A release as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReleaseForm {
    /// The name of its product in answers.
    pub product: String,
    /// Its version.
    pub version: String,
    /// The name of its kind.
    pub kind: String,
    /// The day on which it came.
    pub released: String,
    /// What is new, in English.
    pub notes_en: String,
    /// What is new, in Korean.
    pub notes_ko: String,
    /// Whether its support has been discontinued.
    pub discontinued: bool,
}

/// A release as the audit log keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct State {
    version: String,
    kind: String,
    released_on: Option<LocalDate>,
    notes_en: String,
    notes_ko: String,
    discontinued: bool,
}

impl ReleaseForm {
    /// What was meant, and what is wrong with it.
    fn read(&self) -> (State, Wrongs) {
        let mut wrongs = Wrongs::default();
        wrongs.line(PRODUCT, &self.product, 50);
        let version = wrongs.line(VERSION, &self.version, 50);
        if wrongs.of(VERSION).is_none() && !is_version(&version) {
            wrongs.add(VERSION, Wrong::NotAVersion);
        }
        if ReleaseKind::parse(&self.kind).is_none() {
            wrongs.add(KIND, Wrong::NotOffered);
        }
        let released_on = wrongs.date(RELEASED, &self.released);
        let state = State {
            version,
            kind: self.kind.clone(),
            released_on: Some(released_on),
            notes_en: wrongs.lines(NOTES_EN, &self.notes_en, MOST_NOTES),
            notes_ko: wrongs.lines(NOTES_KO, &self.notes_ko, MOST_NOTES),
            discontinued: self.discontinued,
        };
        (state, wrongs)
    }
}

/// The id and the name of a product.
async fn product(held: &mut dyn Held, slug: &str) -> Result<Option<(i64, String)>, CoreError> {
    Ok(row!(
        held,
        "SELECT id, name FROM products WHERE slug = $1",
        slug.trim()
    )?)
}

/// Adds a release of a product.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn add_release(
    portal: &Portal,
    actor: Actor,
    form: &ReleaseForm,
) -> Result<Result<(), NotSaved>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageReleases).await? {
        return Ok(Err(NotSaved::NotFound));
    }
    let (new, wrongs) = form.read();
    if let Err(not_saved) = wrongs.or(()) {
        return Ok(Err(not_saved));
    }
    let mut tx = portal.db().write().await?;
    let Some((product, product_name)) = product(&mut tx, &form.product).await? else {
        let wrongs = Wrongs::one(PRODUCT, Wrong::NotOffered);
        return Ok(Err(NotSaved::Invalid(wrongs)));
    };
    let added = execute!(
        tx,
        "INSERT INTO releases (product_id, version, kind, released_on, notes_en, notes_ko, discontinued)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (product_id, version) DO NOTHING",
        product,
        &new.version,
        &new.kind,
        new.released_on.map(|day| day.to_string()),
        &new.notes_en,
        &new.notes_ko,
        new.discontinued,
    )?;
    if added == 0 {
        let wrongs = Wrongs::one(VERSION, Wrong::Taken);
        return Ok(Err(NotSaved::Invalid(wrongs)));
    }
    let entry = Entry {
        actor,
        kind: Kind::ReleaseAdded,
        customer: None,
        subject: &format!("{product_name} {}", new.version),
    };
    audit::write(portal, &mut tx, entry, audit::NOTHING, Some(&new)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

#[derive(sqlx::FromRow)]
struct StateRow {
    kind: String,
    released_on: Option<String>,
    notes_en: String,
    notes_ko: String,
    discontinued: bool,
}

/// Changes what is said of a release; its product and version stay, as incidents and customers name them.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn change_release(
    portal: &Portal,
    actor: Actor,
    form: &ReleaseForm,
) -> Result<Result<(), NotSaved>, CoreError> {
    if !audit::permitted(portal, actor, Operation::ManageReleases).await? {
        return Ok(Err(NotSaved::NotFound));
    }
    let (after, wrongs) = form.read();
    let mut tx = portal.db().write().await?;
    let Some((product, product_name)) = product(&mut tx, &form.product).await? else {
        return Ok(Err(NotSaved::NotFound));
    };
    let before: Option<StateRow> = row!(
        tx,
        "SELECT kind, released_on, notes_en, notes_ko, discontinued FROM releases
         WHERE product_id = $1 AND version = $2",
        product,
        form.version.trim(),
    )?;
    let Some(before) = before else {
        return Ok(Err(NotSaved::NotFound));
    };
    if let Err(not_saved) = wrongs.or(()) {
        return Ok(Err(not_saved));
    }
    let before = State {
        version: after.version.clone(),
        kind: before.kind,
        released_on: before
            .released_on
            .as_deref()
            .map(crate::accounts::date)
            .transpose()?,
        notes_en: before.notes_en,
        notes_ko: before.notes_ko,
        discontinued: before.discontinued,
    };
    if before == after {
        return Ok(Ok(()));
    }
    execute!(
        tx,
        "UPDATE releases SET kind = $3, released_on = $4, notes_en = $5, notes_ko = $6, discontinued = $7
         WHERE product_id = $1 AND version = $2",
        product,
        &after.version,
        &after.kind,
        after.released_on.map(|day| day.to_string()),
        &after.notes_en,
        &after.notes_ko,
        after.discontinued,
    )?;
    let entry = Entry {
        actor,
        kind: Kind::ReleaseChanged,
        customer: None,
        subject: &format!("{product_name} {}", after.version),
    };
    audit::write(portal, &mut tx, entry, Some(&before), Some(&after)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
