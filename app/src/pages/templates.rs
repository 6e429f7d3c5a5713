//! The reply templates of the desk.

use domain::{incident::Placeholder, text::Lang};
use leptos::prelude::*;
use portal_core::templates::{self, Template};

use super::{
    admin::{
        form::{Spec, TypedForm, act},
        items, notice, section, up,
    },
    failed, loaded, sign_in_first,
};
use crate::{
    api::desk::TemplateStep,
    components::{
        form::Input,
        layout::{Here, Layout},
    },
    format::language_name,
    server::{Problem, Visit, state},
    words::{Words, fill, words},
};

const HERE: &str = "/desk/templates";

/// `/desk/templates`
#[component]
pub fn TemplatesPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let t = words(visit.lang);
    let done = notice(t);
    // Read before anything is waited for: what comes back is in the context of the page.
    let new = TypedForm::of("template", t);
    let changed = |id: i64| TypedForm::of(format!("template-{id}"), t);
    loaded(async move {
        let all = templates::list(&portal, visit.actor())
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let w = &t.templates;
        let rows = all
            .iter()
            .map(|one| row(one, &changed(one.id), t))
            .collect_view();
        let add = new.card(
            HERE.to_owned(),
            vec![("step", TemplateStep::Add.name().to_owned())],
            fields(None, visit.lang, t),
            &w.add,
        );
        Ok(view! {
            <Layout here=Here::Desk title=w.title.clone()>
                <div class="stack">
                    {up("/desk", &t.desk.title)}
                    <h1>{w.title.clone()}</h1>
                    <p class="mute">{w.intro.clone()}</p>
                    {done}
                    <div class="two">
                        <section class="card stack" aria-label=w.title.clone()>
                            {items("plain rows", rows, &w.none)}
                        </section>
                        <aside class="stack">{section("new-template", &w.new, add)}</aside>
                    </div>
                </div>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}

/// A template, the form to change it, and the button that removes it.
fn row(one: &Template, form: &TypedForm, t: &Words) -> impl IntoView + use<> {
    let w = &t.templates;
    let with =
        |step: TemplateStep| vec![("step", step.name().to_owned()), ("id", one.id.to_string())];
    let card = form.card(
        HERE.to_owned(),
        with(TemplateStep::Change),
        fields(Some(one), one.language, t),
        &t.admin.save,
    );
    let named = [("name", one.name.as_str())];
    let remove = act(
        HERE.to_owned(),
        with(TemplateStep::Remove),
        &w.remove,
        Some(fill(&w.remove_named, &named)),
    );
    view! {
        <li>
            <p class="row">
                <b>{one.name.clone()}</b>
                <span class="mute">{language_name(one.language)}</span>
            </p>
            <p class="typed small" lang=one.language.tag()>{one.body.clone()}</p>
            {form.folded(fill(&w.change, &named), (card, remove))}
        </li>
    }
}

fn fields(one: Option<&Template>, lang: Lang, t: &Words) -> Vec<Spec> {
    let w = &t.templates;
    let languages = Lang::ALL
        .into_iter()
        .map(|lang| (lang.tag().to_owned(), language_name(lang).to_owned()))
        .collect();
    let kept = |of: fn(&Template) -> &String| one.map(of).cloned().unwrap_or_default();
    let placeholders: Vec<_> = Placeholder::ALL
        .into_iter()
        .map(|one| format!("{{{}}}", one.name()))
        .collect();
    let hint = fill(&w.body_hint, &[("placeholders", &placeholders.join(", "))]);
    vec![
        Spec::new(
            "language_of",
            &w.language,
            Input::Choice(languages),
            lang.tag(),
        ),
        Spec::new("name", &w.name, Input::Line("text"), kept(|one| &one.name)),
        Spec::new("body", &w.body, Input::Lines(6), kept(|one| &one.body)).hint(&hint),
    ]
}
