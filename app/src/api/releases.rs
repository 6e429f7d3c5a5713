//! Keeping products and releases.

use leptos::prelude::*;

domain::named! {
    /// What the forms of the releases ask for: the values of `step`.
    pub enum ReleaseStep;

    /// A product is added.
    Product = "product",
    /// A release is added.
    Release = "release",
    /// A release is changed.
    Change = "change",
}

/// Takes the forms at `/admin/releases`: a new product, a new release, a change to one.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/admin/releases")]
pub async fn keep_releases() -> Result<(), ServerFnError> {
    use portal_core::releases::{self, ProductForm, ReleaseForm};

    use crate::server::{Problem, Reply, ReplySlot, Typed, TypedReply, Visit, state};

    let (portal, actor, sent) = (state().portal, Visit::current().actor(), Typed::current());
    let release = ReleaseForm {
        product: sent.get("product"),
        version: sent.get("version"),
        kind: sent.get("kind"),
        released: sent.get("released"),
        notes_en: sent.get("notes_en"),
        notes_ko: sent.get("notes_ko"),
        discontinued: sent.get("discontinued") == "yes",
    };
    let to = |done| move |()| format!("/admin/releases?done={done}");
    let Some(step) = ReleaseStep::parse(&sent.get("step")) else {
        ReplySlot::give(Reply::Problem(Problem::NotFound));
        return Ok(());
    };
    ReplySlot::give(match step {
        ReleaseStep::Product => {
            let form = ProductForm {
                slug: sent.get("slug"),
                name: sent.get("name"),
            };
            let saved = releases::add_product(&portal, actor, &form).await;
            TypedReply::saved("product", saved, to("added"))
        }
        ReleaseStep::Release => {
            let saved = releases::add_release(&portal, actor, &release).await;
            TypedReply::saved("release", saved, to("added"))
        }
        ReleaseStep::Change => {
            let saved = releases::change_release(&portal, actor, &release).await;
            let form = format!("release-{}-{}", release.product, release.version);
            TypedReply::saved(&form, saved, to("saved"))
        }
    });
    Ok(())
}
