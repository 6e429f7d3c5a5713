//! What was prepared for somebody who may file: the list of it, and the box for whoever may not.

use domain::{calendar::Instant, plan::Plan, text::Lang};
use maud::{Markup, html};
use portal_core::drafts::{Colleague, Row, Standing};

use super::bars::reasons_to_you;
use crate::{
    api::incidents::FilingStep,
    words::{Words, fill},
};

/// The open drafts that were handed to the reader or prepared by them; nothing if there are none.
pub fn list(rows: &[Row], when: &dyn Fn(Instant) -> String, t: &Words) -> Markup {
    if rows.is_empty() {
        return html! {};
    }
    let d = &t.drafts;
    html! {
        section.card.stack aria-labelledby="drafts" {
            h2 #drafts { (d.title) }
            ul.plain.drafts {
                @for row in rows {
                    li.row {
                        div.text {
                            a href={ "/incidents/new?draft=" (row.id) } { (row.title) }
                            span.cite.num {
                                @if row.handed_to_you { (fill(&d.from, &[("name", &row.prepared_by), ("date", &when(row.prepared_at))])) }
                                @else { (fill(&d.to, &[("name", &row.handed_to), ("date", &when(row.prepared_at))])) }
                            }
                        }
                        form method="post" action="/incidents" {
                            button.link name="discard" value=(row.id) { (d.discard) span.sr { " " (row.title) } }
                        }
                    }
                }
            }
        }
    }
}

/// Says why the reader may not file today, what to do about it, and what the form is good for all the same: where
/// nobody may file, nothing, and then whom to ask.
pub fn barred(standing: &Standing, plan: &Plan, t: &Words, lang: Lang) -> Markup {
    let d = &t.drafts;
    let nobody = standing.may_file.is_empty();
    html! {
        section.card.note.stack aria-labelledby="barred" {
            h2 #barred { (if nobody { &d.nobody } else { &d.barred }) }
            (reasons_to_you(&standing.bars, plan, t, lang))
            @if nobody {
                p { (d.nobody_may) }
                @if !standing.coordinators.is_empty() { p { (d.ask_coordinator) " " (names(&standing.coordinators)) } }
                @if !standing.managers.is_empty() { p { (d.ask_manager) " " (names(&standing.managers)) } }
            } @else {
                p { (d.prepare_text) }
            }
        }
    }
}

fn names(people: &[Colleague]) -> Markup {
    html! {
        @for (place, one) in people.iter().enumerate() {
            @if place > 0 { ", " }
            (one.name) " (" a href={ "mailto:" (one.email) } { (one.email) } ")"
        }
    }
}

/// The choice of a colleague, and the button that hands the draft over.
pub fn hand_over(standing: &Standing, chosen: &str, wrong: bool, t: &Words) -> Markup {
    let d = &t.drafts;
    html! {
        div.field.wrong[wrong] {
            label for="to" { (d.hand_to) }
            p.hint #to-hint { (d.hand_to_hint) }
            @if wrong { p.error #to-error { (d.choose_colleague) } }
            select #to name="to" required aria-describedby=(if wrong { "to-hint to-error" } else { "to-hint" })
                aria-invalid=[wrong.then_some("true")] {
                @for one in &standing.may_file {
                    option value=(one.id) selected[one.id.to_string() == chosen] { (one.name) " (" (one.email) ")" }
                }
            }
        }
        div.row.submit {
            button.btn name="step" value=(FilingStep::Hand.name()) { (d.hand) }
            span.small.mute { (t.form.review_hint) }
        }
    }
}
