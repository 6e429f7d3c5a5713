//! Seats of Designated Customer Support Contacts, drawn and in words.

use domain::people::Seats;
use maud::{Markup, html};

use crate::words::{ContactsPage as Words, fill};

/// The width of a seat in the drawing, with the gap after it.
const STEP: u32 = 28;

/// The most seats that are drawn; beyond, the words tell alone.
const MOST_DRAWN: u32 = 40;

/// The seats in words: `3 of 5 seats are taken, 2 are free.`
pub fn in_words(seats: Seats, words: &Words) -> String {
    let pattern = match seats.free() {
        0 => &words.seats_none_free,
        1 => &words.seats_one_free,
        _ => &words.seats_free,
    };
    fill(
        pattern,
        &[
            ("used", &seats.used.to_string()),
            ("total", &seats.total().to_string()),
            ("free", &seats.free().to_string()),
        ],
    )
}

/// A seat each: round if it is included in the plan, square if it was elected on top; filled if it is taken.
pub fn drawing(seats: Seats, words: &Words) -> Markup {
    let total = seats.total();
    if total == 0 || total > MOST_DRAWN {
        return html! {};
    }
    let (width, label) = (total * STEP, in_words(seats, words));
    html! {
        svg.seats viewBox={ "0 0 " (width) " 24" } width=(width) height="24" role="img" aria-label=(label) {
            @for seat in 0..total {
                @let taken = if seat < seats.used { "taken" } else { "free" };
                @let radius = if seat < seats.included { 10 } else { 3 };
                rect class=(taken) x=(seat * STEP + 2) y="2" width="20" height="20" rx=(radius) {}
            }
        }
    }
}
