//! The whole text of a plan, with both tables, readings and notes where they belong.

use domain::{
    plan::{Clause, ClauseId, LevelTarget, Plan, Section, Table},
    text::{Lang, Text},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::problem::ProblemPage;
use crate::{
    components::{
        layout::{Here, Layout},
        severity::badge,
    },
    format,
    server::{Problem, Visit, state},
    words::{PlanPage as PlanWords, Words, fill, words},
};

/// `/plan` and `/plan/{version}`
#[component]
pub fn PlanPage() -> impl IntoView {
    let lang = Visit::current().lang;
    let t = words(lang);
    let plans = state().portal;
    let plans = plans.plans();
    let version = use_params_map().with(|params| params.get("version"));
    let plan = match version {
        None => Some(plans.current()),
        Some(version) => plans.get(&version),
    };
    let Some(plan) = plan.cloned() else {
        return view! { <ProblemPage problem=Problem::NotFound /> }.into_any();
    };
    let contents = plan
        .sections
        .iter()
        .map(|section| {
            view! {
                <li>
                    <a href=format!("#{}", section.number)>
                        <span class="num">{section.number.clone()}</span>
                        " "
                        {section.title.get(lang).to_owned()}
                    </a>
                </li>
            }
        })
        .collect_view();
    let versions: Vec<String> = plans
        .versions()
        .filter(|version| *version != plan.version)
        .map(ToOwned::to_owned)
        .collect();
    let versions = (!versions.is_empty()).then(|| {
        let links = versions
            .into_iter()
            .map(|version| view! { " " <a href=format!("/plan/{version}")>{version.clone()}</a> })
            .collect_view();
        let compare = format!("/plan/compare?to={}", plan.version);
        view! {
            <p class="small mute num no-print">
                {t.plan.versions.clone()} {links} " · "
                <a href=compare>{t.compare.to_compare.clone()}</a>
            </p>
        }
    });
    let notice =
        (lang != Lang::En).then(|| view! { <p class="aside">{t.plan.for_convenience.clone()}</p> });
    let sections = plan
        .sections
        .iter()
        .map(|section| whole_section(&plan, section, lang, t))
        .collect_view();
    view! {
        <Layout here=Here::Plan title=t.plan.title.clone()>
            <div class="book">
                <nav class="toc" aria-label=t.plan.contents.clone()>
                    <ol class="plain">{contents}</ol>
                </nav>
                <article>
                    <h1>{plan.title.get(lang).to_owned()}</h1>
                    <p class="mute">{fill(&t.plan.version_governs, &[("version", &plan.version)])}</p>
                    <p class="small mute no-print">{t.plan.print.clone()}</p>
                    {versions}
                    {notice}
                    {sections}
                </article>
            </div>
        </Layout>
    }
    .into_any()
}

/// A section: heading, clauses with their notes, its table.
fn whole_section(plan: &Plan, section: &Section, lang: Lang, t: &Words) -> impl IntoView + use<> {
    let own = ClauseId(section.number.clone());
    let clauses = section
        .clauses
        .iter()
        .map(|clause| {
            let id = section.clause_id(clause);
            let noted = id.as_ref().map(|id| notes(plan, id, lang, &t.plan));
            view! { {whole_clause(plan, section, clause, lang, &t.plan)} {noted} }
        })
        .collect_view();
    let table = section.table.map(|table| match table {
        Table::Severities => severities(plan, section, lang, &t.plan).into_any(),
        Table::ServiceLevels => service_levels(plan, lang, t).into_any(),
    });
    // The governing words, at hand wherever a translation is shown.
    let english = (lang != Lang::En && !section.clauses.is_empty()).then(|| {
        let clauses = section
            .clauses
            .iter()
            .map(|clause| view! { <p class="clause" lang="en">{clause.words(Lang::En)}</p> })
            .collect_view();
        view! {
            <details class="english">
                <summary>{t.plan.english.clone()}</summary>
                {clauses}
            </details>
        }
    });
    view! {
        <section aria-labelledby=section.number.clone()>
            <h2 id=section.number.clone()>
                <span class="num">{section.number.clone()}</span>
                " "
                {section.title.get(lang).to_owned()}
            </h2>
            {notes(plan, &own, lang, &t.plan)}
            {clauses}
            {english}
            {table}
        </section>
    }
}

/// A clause with its label or term, its anchor, and defined terms linked.
fn whole_clause(
    plan: &Plan,
    section: &Section,
    clause: &Clause,
    lang: Lang,
    t: &PlanWords,
) -> impl IntoView + use<> {
    let id = section.clause_id(clause);
    let lettered =
        clause.term.is_none() && id.as_ref().is_some_and(|id| id.cite() != section.number);
    let label = clause.label.clone().filter(|_| lettered).map(|label| {
        let cited = id.as_ref().map(ClauseId::cite).unwrap_or_default();
        view! {
            <a class="n" href=format!("#{}-{label}", section.number) aria-label=fill(&t.to_clause, &[("clause", &cited)])>
                "(" {label.clone()} ")"
            </a>
        }
    });
    let term = clause
        .term
        .as_ref()
        .map(|term| view! { <dfn>{term.get(lang).to_owned()}</dfn> ": " });
    let text = linked(plan, clause.text.get(lang), id.as_ref(), lang);
    view! {
        <p class="clause" class:lettered=lettered id=id.map(|id| id.0) lang=clause.text.lang(lang).tag()>
            {label}
            {term}
            {text}
        </p>
    }
}

/// `text` with the first use of each defined term linked to its definition.
fn linked(plan: &Plan, text: &str, own: Option<&ClauseId>, lang: Lang) -> Vec<AnyView> {
    let mut terms: Vec<(&str, ClauseId, String)> = Vec::new();
    for section in &plan.sections {
        for clause in &section.clauses {
            if let (Some(id), Some(forms)) = (section.clause_id(clause), &clause.forms)
                && Some(&id) != own
            {
                terms.extend(
                    forms
                        .get(lang)
                        .iter()
                        .map(|form| (form.as_str(), id.clone(), clause.words(lang))),
                );
            }
        }
    }
    // "Business Hours" before "Business Hour", so that the longer form is linked whole.
    terms.sort_by_key(|(form, ..)| std::cmp::Reverse(form.len()));
    let mut parts = Vec::new();
    let mut linked: Vec<ClauseId> = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let boundary = !text
            .get(..at)
            .is_some_and(|before| before.ends_with(char::is_alphanumeric));
        let found = terms.iter().find(|(form, id, _)| {
            boundary
                && !linked.contains(id)
                && rest.strip_prefix(form).is_some_and(|after| {
                    // Korean particles stand right behind a word.
                    lang == Lang::Ko || !after.starts_with(char::is_alphanumeric)
                })
        });
        if let Some((form, id, words)) = found {
            parts.push(
                text.get(start..at)
                    .unwrap_or_default()
                    .to_owned()
                    .into_any(),
            );
            parts.push(view! { <a class="term" href=format!("#{id}") title=words.clone()>{(*form).to_owned()}</a> }.into_any());
            linked.push(id.clone());
            at += form.len();
            start = at;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    parts.push(text.get(start..).unwrap_or_default().to_owned().into_any());
    parts
}

/// The editor's notes at a clause.
fn notes(plan: &Plan, id: &ClauseId, lang: Lang, t: &PlanWords) -> impl IntoView + use<> {
    plan.notes
        .iter()
        .filter(|note| note.clause == *id)
        .map(|note| {
            view! {
                <p class="aside">
                    <b>{t.note.clone()}</b>
                    " "
                    {note.text.get(lang).to_owned()}
                </p>
            }
        })
        .collect_view()
}

/// The Error Severity Definition Table, and the readings of its words.
fn severities(plan: &Plan, section: &Section, lang: Lang, t: &PlanWords) -> impl IntoView + use<> {
    let rows = plan
        .guide
        .levels
        .iter()
        .map(|level| {
            let words: String = domain::triage::Template::new(level.words.get(lang)).map(|(_, words)| words).collect();
            let words = linked(plan, &words, None, lang);
            let english: Option<String> = (lang != Lang::En)
                .then(|| domain::triage::Template::new(level.words.get(Lang::En)).map(|(_, words)| words).collect());
            view! {
                <tr id=section.level_id(level).0>
                    <th scope="row">
                        <span class="contents" inner_html=badge(level.level).into_string()></span>
                    </th>
                    <td>{level.title.get(lang).to_owned()}</td>
                    <td class="clause">
                        {words} {english.map(|english| view! { <span class="small mute english" lang="en">{english}</span> })}
                    </td>
                </tr>
            }
        })
        .collect_view();
    let readings = plan
        .guide
        .readings
        .iter()
        .map(|reading| {
            let id = &reading.clause;
            let mut levels = plan.guide.levels.iter();
            let level = levels.find(|level| section.level_id(level) == *id);
            let cited = level.map_or_else(|| id.cite(), |level| level.level.to_string());
            let to_clause = fill(&t.to_clause, &[("clause", &cited)]);
            let confirmed = reading
                .confirmed_by_a_person
                .then(|| view! { <p class="small">{t.confirmed.clone()}</p> });
            view! {
                <tr>
                    <td>
                        {reading.case.get(lang).to_owned()} " "
                        <a class="cite" href=format!("#{id}") aria-label=to_clause>{cited}</a>
                    </td>
                    <td>
                        <b>{reading.reading.get(lang).to_owned()}</b>
                        {confirmed}
                    </td>
                    <td>{reading.why.get(lang).to_owned()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="wide" tabindex="0" role="region" aria-label=t.severity_table.clone()>
            <table>
                <caption>{t.severity_table.clone()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t.level.clone()}</th>
                        <th scope="col"><span class="sr">{t.level.clone()}</span></th>
                        <th scope="col">{t.words.clone()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <div class="aside readings">
            <h3>{t.readings.clone()}</h3>
            <p>{t.readings_text.clone()}</p>
            <div class="wide" tabindex="0" role="region" aria-label=t.readings.clone()>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{t.case.clone()}</th>
                            <th scope="col">{t.read_as.clone()}</th>
                            <th scope="col">{t.why.clone()}</th>
                        </tr>
                    </thead>
                    <tbody>{readings}</tbody>
                </table>
            </div>
        </div>
    }
}

/// The service level table: a column for each tier.
fn service_levels(plan: &Plan, lang: Lang, t: &Words) -> impl IntoView + use<> {
    let tiers = &plan.service.tiers;
    let times = &t.times;
    let text = |text: &Text| text.get(lang).to_owned();
    let heads = tiers
        .iter()
        .map(|tier| view! { <th scope="col">{text(&tier.name)}</th> })
        .collect_view();
    let row = |label: String, cells: Vec<String>| {
        let cells = cells
            .into_iter()
            .map(|cell| view! { <td class="num">{cell}</td> })
            .collect_view();
        view! {
            <tr>
                <th scope="row">{label}</th>
                {cells}
            </tr>
        }
    };
    let per_level = |label: &str, of: &dyn Fn(&domain::plan::Tier) -> &Vec<LevelTarget>| {
        plan.guide
            .levels
            .iter()
            .map(|level| {
                let cells = tiers
                    .iter()
                    .map(|tier| {
                        of(tier)
                            .iter()
                            .find(|target| target.level == level.level)
                            .map_or_else(String::new, |target| {
                                format::target(target.target(), times)
                            })
                    })
                    .collect();
                row(fill(label, &[("level", &level.level.to_string())]), cells)
            })
            .collect_view()
    };
    let p = &t.plan;
    let sample = plan
        .service
        .sample_figures
        .then(|| view! { <p class="aside sample"><b>{p.sample_figures.clone()}</b></p> });
    let all = |of: &dyn Fn(&domain::plan::Tier) -> String| tiers.iter().map(of).collect::<Vec<_>>();
    view! {
        {sample}
        <div class="wide" tabindex="0" role="region" aria-label=p.levels_table.clone()>
            <table class="service">
                <caption>{p.levels_table.clone()}</caption>
                <thead>
                    <tr>
                        <td></td>
                        {heads}
                    </tr>
                </thead>
                <tbody>
                    {row(p.support_hours.clone(), all(&|tier| text(&tier.hours)))}
                    {row(p.online.clone(), all(&|tier| text(&tier.channels.online)))}
                    {row(p.email.clone(), all(&|tier| text(&tier.channels.email)))}
                    {row(p.telephone.clone(), all(&|tier| text(&tier.channels.telephone)))}
                    {row(p.contacts.clone(), all(&|tier| fill(&p.contacts_n, &[("n", &tier.contacts.to_string())])))}
                    {per_level(&p.response, &|tier| &tier.response)}
                    {per_level(&p.update, &|tier| &tier.update)}
                    {row(p.resolution.clone(), all(&|_| text(&plan.service.resolution)))}
                </tbody>
            </table>
        </div>
    }
}
