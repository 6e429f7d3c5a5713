//! What happens while a page is open: a stream says that there is more to see, the page is asked for once more, and what
//! can be exchanged without touching what somebody types is exchanged.
//!
//! On the page, what may be exchanged has an id and the attribute `data-live`: with the value `add` only what is new is put
//! at its end. Whatever holds the focus stays as it is.

use leptos::prelude::*;

/// The id of the element that names the stream and says that something is new.
pub const LIVE: &str = "live";

/// Listens for as long as the page is there.
#[island]
pub fn Live() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| page::listen());
}

#[cfg(feature = "hydrate")]
mod page {
    use js_sys::futures::{JsFuture, spawn_local};
    use wasm_bindgen::{
        JsCast as _, JsValue,
        prelude::{Closure, wasm_bindgen},
    };
    use web_sys::Element;

    use super::LIVE;
    use crate::islands::browser;

    #[wasm_bindgen]
    extern "C" {
        type EventSource;
        #[wasm_bindgen(constructor, catch)]
        fn new(address: &str) -> Result<EventSource, JsValue>;
        #[wasm_bindgen(method, setter)]
        fn set_onmessage(this: &EventSource, to: &JsValue);

        fn fetch(address: &str) -> js_sys::Promise;

        type Response;
        #[wasm_bindgen(method)]
        fn text(this: &Response) -> js_sys::Promise;
    }

    /// Begins; the browser itself connects again after a while, and gives up when it is told to.
    pub fn listen() {
        let Some(source) = browser::attribute(LIVE, "data-events")
            .and_then(|address| EventSource::new(&address).ok())
        else {
            return;
        };
        let told = Closure::<dyn FnMut()>::new(|| {
            spawn_local(async {
                exchange().await;
            });
        });
        source.set_onmessage(told.as_ref());
        told.forget();
        std::mem::forget(source);
    }

    async fn exchange() -> Option<()> {
        // The page's own address.
        let answer: Response = JsFuture::from(fetch("")).await.ok()?.unchecked_into();
        let text = JsFuture::from(answer.text()).await.ok()?.as_string()?;
        let document = web_sys::window()?.document()?;
        let fresh = document.create_element("div").ok()?;
        fresh.set_inner_html(&text);
        let focused = document.active_element();
        let parts = document.query_selector_all("[data-live]").ok()?;
        for index in 0..parts.length() {
            let old: Element = parts.item(index)?.unchecked_into();
            let new = fresh.query_selector(&["#", &old.id()].concat());
            if let Some(new) = new.ok().flatten() {
                if old.get_attribute("data-live").as_deref() == Some("add") {
                    add(&old, &new);
                } else if !old.contains(focused.as_deref()) {
                    old.set_inner_html(&new.inner_html());
                }
            }
        }
        browser::say(LIVE, &browser::attribute(LIVE, "data-said")?);
        let again = browser::element("live-again")?;
        again.remove_attribute("hidden").ok()
    }

    /// Moves what `new` has more than `old` to the end of it.
    fn add(old: &Element, new: &Element) {
        let all = new.children();
        while let Some(one) = all.item(old.child_element_count()) {
            // Only the last has this id, as on the page that was read first.
            if let Some(last) = browser::element("last") {
                let _ = last.remove_attribute("id");
            }
            if old.append_child(&one).is_err() {
                return;
            }
        }
    }
}
