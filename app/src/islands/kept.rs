//! What somebody types to an incident is kept in the browser until it is sent: a reload, a crash or a session that ends
//! loses nothing of it. Nothing of it leaves the browser before that, and signing out clears it (see
//! [`Reply::SignedOut`](crate::server::Reply::SignedOut)).

use leptos::prelude::*;

/// The id of the element that says whose texts these are (`data-of`), which step was just taken (`data-taken`), and,
/// within it, what is said below a field that got its text back.
pub const KEPT: &str = "kept";

/// Keeps the text areas of a page, and gives them back what was kept. What the server sent in one counts for more.
#[island]
pub fn KeepTyped() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| {
        page::begin();
    });
}

#[cfg(feature = "hydrate")]
mod page {
    use leptos::{ev, prelude::*};
    use wasm_bindgen::{JsCast as _, JsValue};
    use web_sys::{Element, Event, HtmlTextAreaElement};

    use super::KEPT;
    use crate::islands::browser;

    /// The fields that a step may have.
    const FIELDS: [&str; 2] = ["-text", "-reason"];

    pub fn begin() -> Option<()> {
        let window = web_sys::window()?;
        let of = browser::attribute(KEPT, "data-of")?;
        if let Some(taken) = browser::attribute(KEPT, "data-taken") {
            for field in FIELDS {
                browser::forget(&[&of, &taken, field].concat());
            }
            // Once only: what is typed from now on is another text, however often the page is loaded.
            let here = window.location();
            let here = [here.pathname().ok()?, here.hash().ok()?].concat();
            let history = window.history().ok()?;
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&here));
        }
        let fields = window.document()?.query_selector_all("textarea").ok()?;
        for index in 0..fields.length() {
            let field: HtmlTextAreaElement = fields.item(index)?.unchecked_into();
            let kept = browser::kept(&[&*of, &field.id()].concat());
            if let Some(kept) = kept.filter(|_| field.value().is_empty()) {
                give_back(&field, &kept);
            }
        }
        std::mem::forget(window_event_listener(ev::input, move |event| {
            if let Some(field) = field(&event) {
                let name = [&*of, &field.id()].concat();
                match field.value() {
                    text if text.trim().is_empty() => browser::forget(&name),
                    text => browser::keep(&name, &text),
                }
            }
        }));
        std::mem::forget(window_event_listener(ev::click, |event| {
            discard(&event);
        }));
        Some(())
    }

    fn field(event: &Event) -> Option<HtmlTextAreaElement> {
        event.target()?.dyn_into().ok()
    }

    /// Puts a text where it was typed, where it can be seen, and says so below.
    fn give_back(field: &HtmlTextAreaElement, text: &str) -> Option<()> {
        field.set_value(text);
        if let Some(folded) = field.closest("details").ok()? {
            folded.set_attribute("open", "").ok()?;
        }
        let said = browser::element(KEPT)?.inner_html();
        field.insert_adjacent_html("afterend", &said).ok()
    }

    /// Empties the field above the button that was pressed, and forgets its text.
    fn discard(event: &Event) -> Option<()> {
        let button: Element = event.target()?.dyn_into().ok()?;
        let said = button.closest("[data-back]").ok()??;
        if !button.has_attribute("type") {
            return None;
        }
        let field: HtmlTextAreaElement = said.previous_element_sibling()?.dyn_into().ok()?;
        browser::forget(&[browser::attribute(KEPT, "data-of")?, field.id()].concat());
        field.set_value("");
        said.remove();
        field.focus().ok()
    }
}
