//! Products and their releases.

use leptos::prelude::*;
use portal_core::releases::{self, Product, Record, ReleaseKind};

use super::{
    super::{failed, loaded, sign_in_first},
    below,
    form::{Spec, TypedForm},
    items, notice, section,
};
use crate::{
    api::releases::ReleaseStep,
    components::form::Input,
    format,
    server::{Problem, Visit, state},
    words::{Words, fill, words},
};

const HERE: &str = "/admin/releases";

/// `/admin/releases`
#[component]
pub fn ReleasesPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let t = words(visit.lang);
    let done = notice(t);
    let (new_product, new_release) = (TypedForm::of("product", t), TypedForm::of("release", t));
    // Read before anything is waited for: what comes back is in the context of the page.
    let changed =
        |product: &str, release: &str| TypedForm::of(format!("release-{product}-{release}"), t);
    loaded(async move {
        let products = releases::list(&portal, visit.actor()).await.map_err(failed)?.ok_or(Problem::NotFound)?;
        let (a, r) = (&t.admin, &t.admin_releases);
        let sections = products
            .iter()
            .map(|product| {
                let rows = product
                    .releases
                    .iter()
                    .map(|release| one(product, release, &changed(&product.slug, &release.version), t))
                    .collect_view();
                view! {
                    <section class="card stack">
                        <h2>{product.name.clone()} " " <span class="cite">{product.slug.clone()}</span></h2>
                        {items("plain rows", rows, &r.none)}
                    </section>
                }
            })
            .collect_view();
        let offered = products.iter().map(|product| (product.slug.clone(), product.name.clone())).collect();
        let mut fields = vec![
            Spec::new("product", &r.product, Input::Choice(offered), ""),
            Spec::new("version", &r.version, Input::Line("text"), "").hint(&r.version_hint),
        ];
        fields.extend(said(None, t));
        let step = |step: ReleaseStep| vec![("step", step.name().to_owned())];
        let release = new_release.card(HERE.to_owned(), step(ReleaseStep::Release), fields, &r.add_release);
        let fields = vec![
            Spec::new("slug", &r.slug, Input::Line("text"), "").hint(&r.slug_hint),
            Spec::new("name", &r.name, Input::Line("text"), ""),
        ];
        let product = new_product.card(HERE.to_owned(), step(ReleaseStep::Product), fields, &r.add_product);
        let body = view! {
            <h1>{r.title.clone()}</h1>
            {done}
            <div class="two">
                <div class="stack">{sections}</div>
                <aside class="stack">
                    {section("new-release", &r.new_release, release)}
                    {section("new-product", &r.new_product, product)}
                </aside>
            </div>
        };
        Ok(below(("/admin", &a.title), &r.title, body.into_any()))
    })
    .into_any()
}

/// A release, and the form to change what is said of it.
fn one(product: &Product, release: &Record, form: &TypedForm, t: &Words) -> impl IntoView + use<> {
    let r = &t.admin_releases;
    let hidden = vec![
        ("step", ReleaseStep::Change.name().to_owned()),
        ("product", product.slug.clone()),
        ("version", release.version.clone()),
    ];
    let card = form.card(
        HERE.to_owned(),
        hidden,
        said(Some(release), t),
        &t.admin.save,
    );
    let came = release.released.map_or_else(
        || r.undated.clone(),
        |day| format::date_short(day, &t.times),
    );
    let used = fill(&r.used_by, &[("n", &release.used_by.to_string())]);
    view! {
        <li>
            <p class="row num">
                <b>{release.version.clone()}</b>
                <span>{kind_name(release.kind, t)}</span>
                <span class="mute">{came}</span>
                <span class="mute">{used}</span>
                {release.discontinued.then(|| view! { <b>{t.releases.discontinued.clone()}</b> })}
            </p>
            {form.folded(fill(&r.change, &[("version", &release.version)]), card)}
        </li>
    }
}

fn kind_name(kind: ReleaseKind, t: &Words) -> String {
    match kind {
        ReleaseKind::Major => t.admin_releases.major.clone(),
        ReleaseKind::Minor => t.admin_releases.minor.clone(),
    }
}

/// What is said of a release.
fn said(release: Option<&Record>, t: &Words) -> Vec<Spec> {
    let r = &t.admin_releases;
    let kinds = [ReleaseKind::Minor, ReleaseKind::Major]
        .map(|kind| (kind.name().to_owned(), kind_name(kind, t)));
    let kept = |of: fn(&Record) -> String| release.map(of).unwrap_or_default();
    let discontinued = release.is_some_and(|release| release.discontinued);
    let ticked = discontinued.then(|| "yes".to_owned()).into_iter().collect();
    let tick = vec![(
        String::new(),
        vec![("yes".to_owned(), r.discontinued.clone())],
    )];
    vec![
        Spec::new(
            "kind",
            &r.kind,
            Input::Choice(kinds.into()),
            kept(|one| one.kind.name().to_owned()),
        ),
        Spec::new(
            "released",
            &r.released,
            Input::Line("date"),
            kept(|one| one.released.map(|day| day.to_string()).unwrap_or_default()),
        ),
        Spec::new(
            "notes_en",
            &r.notes_en,
            Input::Lines(3),
            kept(|one| one.notes_en.clone()),
        )
        .optional(),
        Spec::new(
            "notes_ko",
            &r.notes_ko,
            Input::Lines(3),
            kept(|one| one.notes_ko.clone()),
        )
        .optional(),
        Spec::ticks("discontinued", &r.support, tick, ticked),
    ]
}
