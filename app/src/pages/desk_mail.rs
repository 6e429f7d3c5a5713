//! Mail that came in and could not be taken as a message: what waits for somebody, and each mail as plain text.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use maud::{Markup, html};
use portal_core::mail::{self, Aside, AsideRow, Reason};

use super::{
    admin::{place, ways},
    failed, loaded, query, sign_in_first,
};
use crate::{
    components::layout::{Here, Layout},
    format,
    server::{Problem, ReaderClock, Visit, state},
    words::{AsideWords, Words, fill, words},
};

/// `/desk/mail`
#[component]
pub fn DeskMailPage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let done = query("done");
    let (at, size) = place();
    loaded(async move {
        let (open, dealt) = mail::aside(&portal, visit.actor(), at, size)
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let clock = ReaderClock::of(&visit, &portal);
        let t = words(visit.lang);
        let a = &t.aside;
        let notice = match done.as_str() {
            "dealt" => Some(&a.dealt),
            "nothing" => Some(&a.dealt_before),
            _ => None,
        };
        let markup = html! {
            p { a.back href="/desk" { "← " (t.desk.title) } }
            h1 { (a.title) }
            @if let Some(words) = notice { p.card.done role="status" { (words) } }
            p.mute { (a.intro) }
            @if open.total == 0 {
                div.card.empty { h2 { (a.none) } p.mute { (a.none_text) } }
            } @else {
                (table(&a.waiting, &open.rows, &clock, t))
            }
        };
        let dealt = html! { @if !dealt.is_empty() { (table(&a.done, &dealt, &clock, t)) } };
        let words = (&*t.admin.pages, &*t.audit.newer, &*t.audit.older);
        Ok(view! {
            <Layout here=Here::Desk title=a.title.clone()>
                <div class="stack">
                    <div class="contents" inner_html=markup.into_string()></div>
                    {ways(&open, "/desk/mail", &[], words)}
                    <div class="contents" inner_html=dealt.into_string()></div>
                </div>
            </Layout>
        }
        .into_any())
    })
    .into_any()
}

/// `/desk/mail/{id}`
#[component]
pub fn DeskMailOnePage() -> impl IntoView {
    let visit = Visit::current();
    if let Some(redirect) = sign_in_first(&visit) {
        return redirect;
    }
    let portal = state().portal;
    let id = use_params_map()
        .with(|params| params.get("id"))
        .and_then(|id| id.parse().ok());
    loaded(async move {
        let id = id.ok_or(Problem::NotFound)?;
        let found = mail::aside_one(&portal, visit.actor(), id)
            .await
            .map_err(failed)?
            .ok_or(Problem::NotFound)?;
        let clock = ReaderClock::of(&visit, &portal);
        let t = words(visit.lang);
        let title = subject(&found.row, &t.aside).to_owned();
        Ok(page(title, one(&found, &clock, t)))
    })
    .into_any()
}

fn page(title: String, markup: Markup) -> AnyView {
    view! {
        <Layout here=Here::Desk title=title>
            <div class="stack" inner_html=markup.into_string()></div>
        </Layout>
    }
    .into_any()
}

fn table(caption: &str, rows: &[AsideRow], clock: &ReaderClock, t: &Words) -> Markup {
    let a = &t.aside;
    html! {
        section.stack {
            h2 { (caption) }
            table.list.simple.log {
                caption.sr { (caption) }
                thead { tr {
                    th scope="col" { (a.subject) }
                    th scope="col" { (a.why) }
                    th scope="col" { (a.arrived) }
                    th scope="col" { (a.dealt_with) }
                } }
                tbody {
                    @for row in rows {
                        tr {
                            td.name {
                                a href={ "/desk/mail/" (row.id) } { (subject(row, a)) }
                                span.cite { (sender(row, a)) }
                            }
                            td data-label=(a.why) { (reason_words(row.reason, a)) }
                            td.num data-label=(a.arrived) { (format::short(clock.local(row.at), &t.times)) }
                            td data-label=(a.dealt_with) {
                                @match &row.done {
                                    Some(_) => { (dealt_by(row, clock, t)) }
                                    None => { (deal(row.id, Some(subject(row, a)), a)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn one(found: &Aside, clock: &ReaderClock, t: &Words) -> Markup {
    let (a, row) = (&t.aside, &found.row);
    let shown = &found.raw;
    let whole = u64::try_from(shown.len()).unwrap_or(u64::MAX) == found.size;
    let kilobytes = found.size.div_ceil(1024).to_string();
    html! {
        p { a.back href="/desk/mail" { "← " (a.title) } }
        div.head {
            h1.long { (subject(row, a)) }
            p.mute { (sender(row, a)) " · " (format::short(clock.local(row.at), &t.times)) }
        }
        section.card.stack {
            p { b { (reason_words(row.reason, a)) } }
            @match &row.done {
                Some(_) => { p.mute { (dealt_by(row, clock, t)) } }
                None => { (deal(row.id, None, a)) }
            }
        }
        @if !found.text.trim().is_empty() {
            section.stack {
                h2 { (a.text) }
                pre.card.plain-text { (found.text) }
            }
        }
        details.card {
            summary { (a.raw) }
            @if !whole { p.mute { (fill(&a.raw_cut, &[("kilobytes", &kilobytes)])) } }
            pre.plain-text { (String::from_utf8_lossy(shown)) }
        }
    }
}

/// A form that says that a mail was dealt with; in a list it names the mail.
fn deal(id: i64, named: Option<&str>, a: &AsideWords) -> Markup {
    let label = named.map(|subject| fill(&a.deal_named, &[("subject", subject)]));
    html! {
        form.act method="post" action="/desk/mail" {
            input type="hidden" name="mail" value=(id);
            button.btn.quiet aria-label=[label] { (a.deal) }
        }
    }
}

fn dealt_by(row: &AsideRow, clock: &ReaderClock, t: &Words) -> String {
    row.done.as_ref().map_or_else(String::new, |(at, by)| {
        let date = format::short(clock.local(*at), &t.times);
        fill(&t.aside.dealt_by, &[("name", by), ("date", &date)])
    })
}

fn subject<'a>(row: &'a AsideRow, a: &'a AsideWords) -> &'a str {
    match row.subject.trim() {
        "" => &a.no_subject,
        subject => subject,
    }
}

fn sender<'a>(row: &'a AsideRow, a: &'a AsideWords) -> &'a str {
    match row.sender.trim() {
        "" => &a.no_sender,
        sender => sender,
    }
}

/// Why a mail was put aside.
fn reason_words(reason: Reason, a: &AsideWords) -> &str {
    match reason {
        Reason::UnknownSender => &a.unknown_sender,
        Reason::NoToken => &a.no_token,
        Reason::WrongToken => &a.wrong_token,
        Reason::NotPermitted => &a.not_permitted,
        Reason::Closed => &a.over,
        Reason::Loop => &a.by_program,
        Reason::Bounce => &a.bounce,
        Reason::Often => &a.often,
        Reason::Empty => &a.says_nothing,
        Reason::Files => &a.files,
        Reason::TooLarge => &a.too_large,
        Reason::Unreadable => &a.unreadable,
    }
}
