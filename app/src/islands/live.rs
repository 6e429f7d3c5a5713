//! What happens while a page is open: a stream says that there is more to see, the page is asked for once more, and what
//! can be exchanged without touching what somebody types is exchanged.
//!
//! On the page, what may be exchanged has an id and the attribute `data-live`: with the value `add` only what is new is put
//! at its end. Whatever holds the focus stays as it is. There are no islands in it: those of a page start once.

use leptos::prelude::*;

/// The id of the element that names the stream and says that something is new.
pub const LIVE: &str = "live";

/// The header with which a page is asked for without anybody having done something.
pub const BY_ITSELF: &str = "x-by-itself";

/// Listens for as long as the page is there.
#[island]
pub fn Live() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| page::listen());
}

#[cfg(feature = "hydrate")]
mod page {
    use std::{cell::Cell, rc::Rc};

    use js_sys::futures::{JsFuture, spawn_local};
    use wasm_bindgen::{
        JsCast as _, JsValue,
        prelude::{Closure, wasm_bindgen},
    };
    use web_sys::{Document, Element};

    use super::{BY_ITSELF, LIVE};
    use crate::islands::browser::{self, Answer, fetch};

    #[wasm_bindgen]
    extern "C" {
        type EventSource;
        #[wasm_bindgen(constructor, catch)]
        fn open(address: &str) -> Result<EventSource, JsValue>;
        #[wasm_bindgen(method, setter)]
        fn set_onmessage(this: &EventSource, to: &JsValue);

        type DOMParser;
        #[wasm_bindgen(constructor)]
        fn new() -> DOMParser;
        #[wasm_bindgen(method, js_name = parseFromString)]
        fn parse(this: &DOMParser, text: &str, kind: &str) -> Document;
    }

    /// Begins; the browser itself connects again after a while, and gives up when it is told to.
    pub fn listen() {
        let Some(source) = browser::attribute(LIVE, "data-events")
            .and_then(|address| EventSource::open(&address).ok())
        else {
            return;
        };
        let times = Rc::new(Cell::new(0_u32));
        let told = Closure::<dyn FnMut()>::new(move || {
            times.set(times.get().wrapping_add(1));
            let times = Rc::clone(&times);
            spawn_local(async move {
                exchange(&times).await;
                say();
            });
        });
        source.set_onmessage(told.as_ref());
        told.forget();
        std::mem::forget(source);
    }

    /// Exchanges what can be. What cannot be had now, as somebody signed out, stays as it is.
    async fn exchange(times: &Cell<u32>) -> Option<()> {
        let mine = times.get();
        let with = js_sys::JSON::parse(&["{\"headers\":{\"", BY_ITSELF, "\":\"1\"}}"].concat());
        // The page's own address.
        let answer = JsFuture::from(fetch("", &with.ok()?)).await.ok()?;
        let answer: Answer = answer.unchecked_into();
        let text = JsFuture::from(answer.text()).await.ok()?.as_string()?;
        if times.get() != mine {
            // The one that was asked for after it may be there already.
            return None;
        }
        let document = web_sys::window()?.document()?;
        // Nothing in it is loaded or run.
        let fresh = DOMParser::new().parse(&text, "text/html");
        let focused = document.active_element();
        let parts = document.query_selector_all("[data-live]").ok()?;
        for index in 0..parts.length() {
            let old: Element = parts.item(index)?.unchecked_into();
            let Some(new) = fresh.get_element_by_id(&old.id()) else {
                continue;
            };
            if old.get_attribute("data-live").as_deref() == Some("add") {
                add(&old, &new);
            } else if !old.contains(focused.as_deref()) {
                old.set_inner_html(&new.inner_html());
            }
        }
        Some(())
    }

    /// Moves what `new` has more than `old` to the end of it.
    fn add(old: &Element, new: &Element) {
        let all = new.children();
        let from = old.child_element_count();
        // Whatever is moved is not among them any more.
        while let Some(one) = all.item(from) {
            // Only the last has this id, as on the page that was read first.
            if let Some(last) = browser::element("last") {
                let _ = last.remove_attribute("id");
            }
            if old.append_child(&one).is_err() {
                return;
            }
        }
    }

    /// Says it, in one sentence, and shows the way to the whole page.
    fn say() {
        if let Some(said) = browser::attribute(LIVE, "data-said") {
            browser::say(LIVE, &said);
        }
        if let Some(again) = browser::element(&[LIVE, "-again"].concat()) {
            let _ = again.remove_attribute("hidden");
        }
    }
}
