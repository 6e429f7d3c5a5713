//! Two versions of the plan side by side: what changed in clauses, severities and figures.

use std::sync::Arc;

use domain::{
    plan::{
        ClauseId, Plan,
        diff::{Change, Diff, Figure, Stretch, TierChanges, Value, side_by_side},
    },
    text::{Lang, Text},
};
use leptos::prelude::*;
use maud::{Markup, html};

use super::{problem::ProblemPage, query};
use crate::{
    components::{
        attention::clause_address,
        layout::{Here, Layout},
        severity::badge,
    },
    format,
    server::{Problem, Visit, state},
    words::{Words, cite, fill, words},
};

/// `/plan/compare?from=…&to=…`; without them, the highest version and the one before it.
#[component]
pub fn ComparePage() -> impl IntoView {
    let lang = Visit::current().lang;
    let t = words(lang);
    let portal = state().portal;
    let plans = portal.plans();
    let versions: Vec<String> = plans.versions().map(ToOwned::to_owned).collect();
    let last = versions.last().cloned().unwrap_or_default();
    let chosen = |name| Some(query(name)).filter(|version| !version.is_empty());
    let to = chosen("to").unwrap_or_else(|| last.clone());
    // The version before it; the highest one, if there is none before.
    let before = versions.iter().take_while(|version| **version != to).last();
    let from = chosen("from").unwrap_or_else(|| before.unwrap_or(&last).clone());
    let Some((before, after)) = plans.get(&from).zip(plans.get(&to)) else {
        return view! { <ProblemPage problem=Problem::NotFound /> }.into_any();
    };
    let c = &t.compare;
    let body = if versions.len() < 2 {
        view! { <p class="card">{c.only_one.clone()}</p> }.into_any()
    } else {
        let changes = if from == to {
            html! { p.card { (c.same_version) } }
        } else {
            differences(before, after, t, lang)
        };
        view! {
            {choice(&versions, &from, &to, t)}
            <div class="stack" inner_html=changes.into_string()></div>
        }
        .into_any()
    };
    view! {
        <Layout here=Here::Plan title=c.compare_title.clone()>
            <div class="stack compared">
                <div class="head">
                    <p class="cite"><a href="/plan">{t.plan.title.clone()}</a></p>
                    <h1>{c.compare_title.clone()}</h1>
                    <p class="mute">{c.governing.clone()}</p>
                </div>
                {body}
            </div>
        </Layout>
    }
    .into_any()
}

/// The choice of two versions.
fn choice(versions: &[String], from: &str, to: &str, t: &Words) -> impl IntoView + use<> {
    let c = &t.compare;
    let select = |name: &'static str, label: &str, chosen: &str| {
        let options = versions
            .iter()
            .map(|version| {
                view! { <option value=version.clone() selected=version == chosen>{version.clone()}</option> }
            })
            .collect_view();
        view! {
            <label>
                <span>{label.to_owned()}</span>
                <select name=name>{options}</select>
            </label>
        }
    };
    view! {
        <form method="get" action="/plan/compare" class="filter row">
            {select("from", &c.compare_from, from)}
            {select("to", &c.compare_to, to)}
            <button class="btn quiet">{c.compare_show.clone()}</button>
        </form>
    }
}

/// Everything that differs, a table a part.
fn differences(before: &Arc<Plan>, after: &Arc<Plan>, t: &Words, lang: Lang) -> Markup {
    let c = &t.compare;
    let diff = Diff::between(before, after);
    let heads = [before, after].map(|plan| fill(&c.version_n, &[("version", &plan.version)]));
    // The clause is linked where it stands, in the later version if it is still there.
    let clause = |change: &Change<ClauseId>| {
        let plan = if change.after.is_some() {
            after
        } else {
            before
        };
        let words = t.release_page.clause_of.as_str();
        html! { a href=(clause_address(plan, &change.at)) { (cite(words, &change.at)) } }
    };
    let texts = |before: &Option<Text>, after: &Option<Text>| {
        texts(before.as_ref(), after.as_ref(), t, lang)
    };
    html! {
        @if diff.is_empty() { p.card { (c.no_change) } }
        @if before.service.sample_figures || after.service.sample_figures {
            @if !diff.tiers.is_empty() { p.aside.sample { b { (t.plan.sample_figures) } } }
        }
        @for tier in &diff.tiers { (tier_table(tier, &heads, t, lang)) }
        @if !diff.severities.is_empty() {
            (table(&c.changed_severities, &heads, t, diff.severities.iter().map(|one| {
                (badge(one.at), texts(&one.before, &one.after))
            })))
        }
        @if !diff.clauses.is_empty() {
            (table(&c.changed_clauses, &heads, t, diff.clauses.iter().map(|one| {
                (clause(one), texts(&one.before, &one.after))
            })))
        }
    }
}

/// A table of what one and the other version say.
fn table(
    title: &str,
    heads: &[String; 2],
    t: &Words,
    rows: impl Iterator<Item = (Markup, [Markup; 2])>,
) -> Markup {
    html! {
        section {
            h2 { (title) }
            table.stacking.versions {
                caption.sr { (title) }
                thead {
                    tr {
                        th scope="col" { (t.compare.what) }
                        @for head in heads { th scope="col" { (head) } }
                    }
                }
                tbody {
                    @for (what, sides) in rows {
                        tr {
                            th scope="row" { (what) }
                            @for (head, side) in heads.iter().zip(&sides) { td data-label=(head) { (side) } }
                        }
                    }
                }
            }
        }
    }
}

/// The figures of one tier that differ.
fn tier_table(tier: &TierChanges, heads: &[String; 2], t: &Words, lang: Lang) -> Markup {
    let title = fill(&t.compare.changed_figures, &[("tier", tier.name.get(lang))]);
    let side = |value: &Option<Value>| match value {
        None => html! { span.mute { (t.compare.absent) } },
        Some(Value::Words(text)) => html! { (text.get(lang)) },
        Some(Value::Count(n)) => html! {
            span.num { (fill(&t.plan.contacts_n, &[("n", &n.to_string())])) }
        },
        Some(Value::Target(target)) => {
            html! { span.num { (format::target(*target, &t.times)) } }
        }
    };
    table(
        &title,
        heads,
        t,
        tier.figures.iter().map(|one| {
            let what = html! { (figure_name(one.at, t)) };
            (what, [side(&one.before), side(&one.after)])
        }),
    )
}

/// What a figure is called in the service level table.
fn figure_name(figure: Figure, t: &Words) -> String {
    let p = &t.plan;
    let level = |pattern: &str, severity: domain::plan::Severity| {
        fill(pattern, &[("level", &severity.to_string())])
    };
    match figure {
        Figure::Hours => p.support_hours.clone(),
        Figure::Online => p.online.clone(),
        Figure::Email => p.email.clone(),
        Figure::Telephone => p.telephone.clone(),
        Figure::Contacts => p.contacts.clone(),
        Figure::Response(severity) => level(&p.response, severity),
        Figure::Update(severity) => level(&p.update, severity),
    }
}

/// Two texts with what differs marked. Where both translations are the same, the English texts are shown: they differ.
fn texts(before: Option<&Text>, after: Option<&Text>, t: &Words, lang: Lang) -> [Markup; 2] {
    let same = before
        .zip(after)
        .is_some_and(|(before, after)| before.get(lang) == after.get(lang));
    let lang = if same { Lang::En } else { lang };
    let words =
        |text: Option<&Text>| text.map_or_else(String::new, |text| text.get(lang).to_owned());
    let (old, new) = side_by_side(&words(before), &words(after));
    let shown = |text: Option<&Text>, stretches: &[Stretch], gone: bool| {
        let lang = text.map_or(Lang::En, |text| text.lang(lang));
        html! {
            @if text.is_none() { span.mute { (t.compare.absent) } } @else {
                p.clause lang=(lang.tag()) {
                    @for one in stretches {
                        @if !one.changed { (one.words) }
                        @else if gone { span.sr { "[" (t.compare.removed) "] " } del { (one.words) } }
                        @else { span.sr { "[" (t.compare.added) "] " } ins { (one.words) } }
                    }
                }
            }
        }
    };
    [shown(before, &old, true), shown(after, &new, false)]
}
