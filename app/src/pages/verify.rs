//! Where anybody checks the certificate of a due time.

use domain::{
    calendar::{BusinessCalendar, Instant},
    certificate::Known,
};
use leptos::prelude::*;
use maud::{Markup, html};
use portal_core::certificates;

use super::{Islands, failed, loaded};
use crate::{
    components::{
        checked::{checked, none},
        layout::{Here, Layout},
    },
    islands::{CERTIFICATE_FIELD, CHECK_WHERE, CertificateCheck, CheckStart, Packed},
    server::{CheckReply, FormReply, Visit, state},
    words::{Deadline, Words, fill, words},
};

/// How far back and how far ahead the calendars reach that the page carries, in milliseconds: what is checked is mostly a
/// promise of these months.
const BEFORE: i64 = 550 * 86_400_000;
const AFTER: i64 = 200 * 86_400_000;

/// `/verify`
#[component]
pub fn VerifyPage() -> impl IntoView {
    let visit = Visit::current();
    let app = state();
    let reply = match use_context::<FormReply>() {
        Some(FormReply::Check(reply)) => Some(reply),
        _ => None,
    };
    loaded(async move {
        let (portal, t) = (&app.portal, words(visit.lang));
        let known = certificates::known(portal, visit.actor(), &app.site.origin)
            .await
            .map_err(failed)?;
        let updates = update_words(t);
        provide_context(Packed::new(&CheckStart {
            known: carried(known, portal.now()),
            words: t.checked.clone(),
            deadlines: (t.deadline.clone(), updates.clone()),
            times: t.times.clone(),
        }));
        let form = form(reply.as_ref(), t);
        let result = if let Some(CheckReply::Checked(found)) = &reply {
            let (certificate, outcome) = &**found;
            let deadlines = [&t.deadline, &updates];
            checked(certificate, outcome, &t.checked, deadlines, &t.times)
        } else {
            html! {}
        };
        Ok(view! {
            <Layout here=Here::Elsewhere title=t.verify.title.clone()>
                <div class="form-page stack">
                    <div class="stack" inner_html=form.into_string()></div>
                    <CertificateCheck />
                    <div class="stack" inner_html=result.into_string()></div>
                </div>
            </Layout>
            <Islands />
        }
        .into_any())
    })
    .into_any()
}

/// The words of a deadline, for an update.
pub fn update_words(t: &Words) -> Deadline {
    Deadline {
        counts_due: t.due.update_counts_due.clone(),
        strip: t.due.update_strip.clone(),
        ..t.deadline.clone()
    }
}

/// What is known, with the calendars as far as a page carries them.
fn carried(mut known: Known, now: Instant) -> Known {
    let window = |calendar: &BusinessCalendar| {
        let (from, to) = (Instant(now.0 - BEFORE), Instant(now.0 + AFTER));
        calendar.window(from, to, str::to_owned).ok()
    };
    known.calendars = known.calendars.iter().filter_map(window).collect();
    known
}

fn form(reply: Option<&CheckReply>, t: &Words) -> Markup {
    let v = &t.verify;
    let missing = matches!(reply, Some(CheckReply::Missing));
    html! {
        h1 { (v.title) }
        p.mute { (v.intro) }
        @if missing {
            div.card.errors role="alert" tabindex="-1" autofocus {
                h2 { (v.errors) }
                ul { li { a href={ "#" (CERTIFICATE_FIELD) } { (v.missing) } } }
            }
        }
        @if matches!(reply, Some(CheckReply::None)) { (none(&t.checked)) }
        form.stack method="post" action="/verify" enctype="multipart/form-data" novalidate {
            div.field.wrong[missing] {
                label for=(CERTIFICATE_FIELD) { (v.file) }
                p.hint id="file-hint" { (v.file_hint) }
                @if missing { p.error id="file-error" { (v.missing) } }
                input.drop type="file" id=(CERTIFICATE_FIELD) name="file" accept=".json,application/json" required
                    aria-describedby=(if missing { "file-hint file-error" } else { "file-hint" })
                    aria-invalid=[missing.then_some("true")];
            }
            div.row {
                button.btn { (v.submit) }
                span.small.mute id=(CHECK_WHERE) { (v.uploads) }
            }
        }
        p.small.mute {
            (fill(&v.command, &[("command", "portal verify FILE")])) " · "
            a href="/.well-known/portal-keys.json" { (v.keys) }
        }
    }
}
