//! The work in the background: what waits, what fails and why, and a way to have it tried again.

use leptos::prelude::*;
use portal_core::{
    mail,
    work::{self, Group, Job, JobKind, Stand},
};

use super::{
    super::{failed, loaded, query, sign_in_first},
    below,
};
use crate::{
    format,
    server::{Problem, ReaderClock, Visit, state},
    words::{Words, WorkWords, fill, words},
};

const HERE: &str = "/admin/work";

/// `/admin/work`
#[component]
pub fn WorkPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let done = query("done");
    loaded(async move {
        let groups = work::list(&portal, visit.actor())
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let inbox = mail::inbox_problem(&portal, visit.actor())
            .await
            .map_err(failed)?;
        let clock = ReaderClock::of(&visit, &portal);
        let t = words(visit.lang);
        let w = &t.work;
        let done = match done.as_str() {
            "retried" => Some(&w.retried),
            "nothing" => Some(&w.not_retried),
            _ => None,
        };
        let done =
            done.map(|words| view! { <p class="card done" role="status">{words.clone()}</p> });
        let inbox = inbox.map(|problem| {
            let on = format::exact(clock.local(problem.at), &t.times);
            let text = fill(&w.inbox, &[("date", &on), ("why", &problem.why)]);
            view! { <p class="card note">{text}</p> }
        });
        let sections = groups
            .iter()
            .filter(|group| !group.jobs.is_empty())
            .map(|group| section(group, &clock, t))
            .collect_view();
        let body = view! {
            <h1>{w.title.clone()}</h1>
            {done}
            <p class="mute">{w.intro.clone()}</p>
            {inbox}
            {summary(&groups, w)}
            {sections}
        };
        Ok(below(("/admin", &t.admin.title), &w.title, body.into_any()))
    })
    .into_any()
}

/// How much work there is of each stand.
fn summary(groups: &[Group], w: &WorkWords) -> impl IntoView + use<> {
    let rows = groups
        .iter()
        .map(|group| {
            let name = stand_name(group.stand, w).to_owned();
            let name = if group.jobs.is_empty() {
                name.into_any()
            } else {
                view! { <a href=format!("#{}", group.stand.name())>{name}</a> }.into_any()
            };
            let count = match group.count {
                0 => w.nothing.clone(),
                count => count.to_string(),
            };
            view! {
                <dt>{name}</dt>
                <dd class="num">{count}</dd>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-label=w.stands.clone()>
            <dl class="facts">{rows}</dl>
        </section>
    }
}

/// The work of one stand.
fn section(group: &Group, clock: &ReaderClock, t: &Words) -> impl IntoView + use<> {
    let w = &t.work;
    let (id, stand) = (group.stand.name(), group.stand);
    let name = stand_name(stand, w);
    let text = match stand {
        Stand::GivenUp => Some(&w.given_up_text),
        Stand::Failing => Some(&w.failing_text),
        Stand::Running | Stand::Waiting | Stand::Done => None,
    };
    let text = text.map(|text| view! { <p class="mute">{text.clone()}</p> });
    let at = match stand {
        Stand::GivenUp | Stand::Done => &w.ended,
        Stand::Failing | Stand::Running | Stand::Waiting => &w.due,
    };
    let troubled = matches!(stand, Stand::GivenUp | Stand::Failing);
    let rows = group
        .jobs
        .iter()
        .map(|job| row(job, troubled, at, clock, t))
        .collect_view();
    let shown = i64::try_from(group.jobs.len()).unwrap_or(i64::MAX);
    let more = (shown < group.count).then(|| {
        let (n, all) = (shown.to_string(), group.count.to_string());
        view! { <p class="small mute">{fill(&w.more, &[("n", &n), ("all", &all)])}</p> }
    });
    let troubled_heads = troubled.then(|| {
        view! {
            <th scope="col">{w.why.clone()}</th>
            <th scope="col"><span class="sr">{w.retry.clone()}</span></th>
        }
    });
    view! {
        <section class="stack" id=id aria-labelledby=format!("{id}-title")>
            <h2 id=format!("{id}-title")>{name.to_owned()}</h2>
            {text}
            <table class="list simple log">
                <caption class="sr">{name.to_owned()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{w.what.clone()}</th>
                        <th scope="col">{at.clone()}</th>
                        <th scope="col">{w.tries.clone()}</th>
                        {troubled_heads}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {more}
        </section>
    }
}

fn row(
    job: &Job,
    troubled: bool,
    at_label: &str,
    clock: &ReaderClock,
    t: &Words,
) -> impl IntoView + use<> {
    let w = &t.work;
    let what = what(job, w);
    let at = format::exact(clock.local(job.at), &t.times);
    let trouble = troubled.then(|| {
        let named = fill(&w.retry_named, &[("what", &what)]);
        view! {
            <td data-label=w.why.clone()>{job.error.clone().unwrap_or_default()}</td>
            <td>
                <form method="post" action=HERE class="act">
                    <input type="hidden" name="job" value=job.id.to_string() />
                    <button class="btn quiet" aria-label=named>{w.retry.clone()}</button>
                </form>
            </td>
        }
    });
    view! {
        <tr>
            <td class="name">
                <span>{what}</span>
                <span class="cite">{job.key.clone()}</span>
            </td>
            <td data-label=at_label.to_owned()>{at}</td>
            <td data-label=w.tries.clone()>{job.attempts.to_string()}</td>
            {trouble}
        </tr>
    }
}

/// What is to be done, in words.
fn what(job: &Job, w: &WorkWords) -> String {
    match (job.kind, &job.to) {
        (Some(JobKind::Mail), Some(to)) => fill(&w.mail_to, &[("address", to)]),
        (Some(JobKind::Mail), None) => w.mail.clone(),
        (Some(JobKind::Tidy), _) => w.tidy.clone(),
        (Some(JobKind::CloseSilent), _) => w.close_silent.clone(),
        (Some(JobKind::Reminders), _) => w.reminders.clone(),
        (Some(JobKind::Terms), _) => w.terms.clone(),
        (Some(JobKind::Warnings), _) => w.warnings.clone(),
        (None, _) => w.other.clone(),
    }
}

fn stand_name(stand: Stand, w: &WorkWords) -> &str {
    match stand {
        Stand::GivenUp => &w.given_up,
        Stand::Failing => &w.failing,
        Stand::Running => &w.running,
        Stand::Waiting => &w.waiting,
        Stand::Done => &w.done,
    }
}
