//! The keys of the engineers' queue.

use leptos::prelude::*;

/// The id of the queue.
pub const QUEUE: &str = "queue";

/// The id of the text that tells the keys.
pub const KEYS: &str = "keys";

/// Takes the keys of the queue. They count only while the focus is in it (WCAG 2.1.4): nobody sets one off while dictating
/// or typing elsewhere.
#[island]
pub fn DeskKeys() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| keys::listen());
}

#[cfg(feature = "hydrate")]
mod keys {
    use leptos::{ev, prelude::*};
    use wasm_bindgen::JsCast as _;
    use web_sys::HtmlElement;

    use super::{KEYS, QUEUE};
    use crate::islands::browser;

    pub fn listen() {
        std::mem::forget(window_event_listener(ev::keydown, |event| {
            let with_another = event.ctrl_key() || event.meta_key() || event.alt_key();
            if !with_another && pressed(&event.key()).is_some() {
                event.prevent_default();
            }
        }));
    }

    /// Does what a key is for; nothing if it is for nothing here.
    fn pressed(key: &str) -> Option<()> {
        let document = web_sys::window()?.document()?;
        let focused = document.active_element()?;
        if !browser::element(QUEUE)?.contains(Some(&focused)) {
            return None;
        }
        // The same two keys write Hangul on a Korean keyboard.
        let down = match key {
            "j" | "ㅓ" | "ArrowDown" => true,
            "k" | "ㅏ" | "ArrowUp" => false,
            "/" => return focus(document.query_selector(".filter select").ok()??.into()),
            "?" => {
                let keys = browser::element(KEYS)?;
                keys.set_attribute("open", "").ok()?;
                return focus(keys.query_selector("summary").ok()??.into());
            }
            _ => return None,
        };
        let rows = document.query_selector_all(".desk td.name a").ok()?;
        let rows = (0..rows.length()).filter_map(|index| rows.item(index));
        let mut before = None;
        let mut found = false;
        for row in rows {
            if found {
                return focus(row.into());
            }
            found = row.is_same_node(Some(&focused));
            if found && !down {
                return focus(before?);
            }
            before = Some(row.into());
        }
        None
    }

    fn focus(element: wasm_bindgen::JsValue) -> Option<()> {
        element.unchecked_into::<HtmlElement>().focus().ok()
    }
}
