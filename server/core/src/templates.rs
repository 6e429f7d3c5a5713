//! Reply templates: what engineers write again and again, with placeholders for what differs.

use domain::{
    incident::{MOST_TEMPLATE, MOST_TEMPLATE_NAME, unknown_placeholders},
    people::{Actor, Operation},
    text::Lang,
};
use serde::Serialize;

use crate::{
    CoreError, Portal,
    audit::{self, Entry, Kind},
    db::{execute, is_unique_violation, row, rows},
    forms::{NotSaved, Wrong, Wrongs},
};

/// The names of the form's fields.
const LANGUAGE: &str = "language_of";
const NAME: &str = "name";
const BODY: &str = "body";

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its id.
    pub id: i64,
    /// The language that it is written in.
    pub language: Lang,
    /// What it is called; once in each language.
    pub name: String,
    /// Its text: Markdown with placeholders (`domain::incident::Placeholder`).
    pub body: String,
}

/// A template as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateForm {
    /// The tag of its language.
    pub language: String,
    /// Its name.
    pub name: String,
    /// Its text.
    pub body: String,
}

/// A template as the audit log keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct State {
    language: &'static str,
    name: String,
    text: String,
}

impl TemplateForm {
    /// What was meant, or what is wrong with it.
    fn read(&self) -> Result<State, NotSaved> {
        let mut wrongs = Wrongs::default();
        let language = Lang::from_tag(&self.language);
        if language.is_none() {
            wrongs.add(LANGUAGE, Wrong::NotOffered);
        }
        let name = wrongs.line(NAME, &self.name, MOST_TEMPLATE_NAME);
        let text = wrongs.lines(BODY, &self.body, MOST_TEMPLATE);
        if text.is_empty() {
            wrongs.add(BODY, Wrong::Empty);
        }
        let unknown = unknown_placeholders(&text);
        if !unknown.is_empty() {
            wrongs.add(BODY, Wrong::UnknownPlaceholders(unknown));
        }
        wrongs.or(State {
            language: language.unwrap_or_default().tag(),
            name,
            text,
        })
    }
}

#[derive(sqlx::FromRow)]
struct TemplateRow {
    id: i64,
    language: String,
    name: String,
    body: String,
}

impl TryFrom<TemplateRow> for Template {
    type Error = CoreError;

    fn try_from(row: TemplateRow) -> Result<Self, CoreError> {
        Ok(Self {
            id: row.id,
            language: language(&row.language)?,
            name: row.name,
            body: row.body,
        })
    }
}

fn language(tag: &str) -> Result<Lang, CoreError> {
    Lang::from_tag(tag).ok_or_else(|| CoreError::stored("language", tag))
}

/// Every template, by language and name. `None` for whoever does not keep them.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn list(portal: &Portal, actor: Actor) -> Result<Option<Vec<Template>>, CoreError> {
    if !audit::permitted(portal, actor, Operation::KeepTemplates).await? {
        return Ok(None);
    }
    let rows: Vec<TemplateRow> = rows!(
        portal.db().read().await?,
        "SELECT id, language, name, body FROM templates ORDER BY language, name, id",
    )?;
    let all = rows
        .into_iter()
        .map(Template::try_from)
        .collect::<Result<_, _>>()?;
    Ok(Some(all))
}

/// The template with this id. `None` if there is none, or `actor` does not use them.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn get(portal: &Portal, actor: Actor, id: i64) -> Result<Option<Template>, CoreError> {
    if !audit::permitted(portal, actor, Operation::KeepTemplates).await? {
        return Ok(None);
    }
    let found: Option<TemplateRow> = row!(
        portal.db().read().await?,
        "SELECT id, language, name, body FROM templates WHERE id = $1",
        id,
    )?;
    found.map(Template::try_from).transpose()
}

/// Adds a template.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn add(
    portal: &Portal,
    actor: Actor,
    form: &TemplateForm,
) -> Result<Result<(), NotSaved>, CoreError> {
    if !audit::permitted(portal, actor, Operation::KeepTemplates).await? {
        return Ok(Err(NotSaved::NotFound));
    }
    let new = match form.read() {
        Ok(new) => new,
        Err(not_saved) => return Ok(Err(not_saved)),
    };
    let mut tx = portal.db().write().await?;
    let added = execute!(
        tx,
        "INSERT INTO templates (language, name, body) VALUES ($1, $2, $3) ON CONFLICT (language, name) DO NOTHING",
        new.language,
        &new.name,
        &new.text,
    )?;
    if added == 0 {
        return Ok(Err(taken()));
    }
    let entry = Entry {
        actor,
        kind: Kind::TemplateAdded,
        customer: None,
        subject: &new.name,
    };
    audit::write(portal, &mut tx, entry, audit::NOTHING, Some(&new)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Changes a template. What was written with it stays as it was sent.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn change(
    portal: &Portal,
    actor: Actor,
    id: i64,
    form: &TemplateForm,
) -> Result<Result<(), NotSaved>, CoreError> {
    if !audit::permitted(portal, actor, Operation::KeepTemplates).await? {
        return Ok(Err(NotSaved::NotFound));
    }
    let mut tx = portal.db().write().await?;
    let found: Option<TemplateRow> = row!(
        tx,
        "UPDATE templates SET name = name WHERE id = $1 RETURNING id, language, name, body",
        id,
    )?;
    let Some(found) = found else {
        return Ok(Err(NotSaved::NotFound));
    };
    let after = match form.read() {
        Ok(after) => after,
        Err(not_saved) => return Ok(Err(not_saved)),
    };
    let before = state(found)?;
    if before == after {
        return Ok(Ok(()));
    }
    let changed = execute!(
        tx,
        "UPDATE templates SET language = $1, name = $2, body = $3 WHERE id = $4",
        after.language,
        &after.name,
        &after.text,
        id,
    );
    match changed {
        Err(error) if is_unique_violation(&error) => return Ok(Err(taken())),
        changed => changed?,
    };
    let entry = Entry {
        actor,
        kind: Kind::TemplateChanged,
        customer: None,
        subject: &after.name,
    };
    audit::write(portal, &mut tx, entry, Some(&before), Some(&after)).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Removes a template; the audit log keeps its text. `false` if there is none, or `actor` does not keep them.
///
/// # Errors
/// [`CoreError`] if the database fails.
pub async fn remove(portal: &Portal, actor: Actor, id: i64) -> Result<bool, CoreError> {
    if !audit::permitted(portal, actor, Operation::KeepTemplates).await? {
        return Ok(false);
    }
    let mut tx = portal.db().write().await?;
    let removed: Option<TemplateRow> = row!(
        tx,
        "DELETE FROM templates WHERE id = $1 RETURNING id, language, name, body",
        id,
    )?;
    let Some(removed) = removed else {
        return Ok(false);
    };
    let before = state(removed)?;
    let entry = Entry {
        actor,
        kind: Kind::TemplateRemoved,
        customer: None,
        subject: &before.name,
    };
    audit::write(portal, &mut tx, entry, Some(&before), audit::NOTHING).await?;
    tx.commit().await?;
    Ok(true)
}

fn state(row: TemplateRow) -> Result<State, CoreError> {
    Ok(State {
        language: language(&row.language)?.tag(),
        name: row.name,
        text: row.body,
    })
}

fn taken() -> NotSaved {
    NotSaved::Invalid(Wrongs::one(NAME, Wrong::Taken))
}
