//! Records as a table.

use maud::{Markup, html};

/// Rows under the names of their columns. `class` is `records`, and what sets these apart from others: on a narrow screen
/// each row becomes a card, its cells with what their `data-label` says.
pub fn records(class: &str, caption: &str, columns: &[&str], rows: Markup) -> Markup {
    html! {
        table class=(class) {
            caption.sr { (caption) }
            thead { tr { @for column in columns { th scope="col" { (column) } } } }
            tbody { (rows) }
        }
    }
}
