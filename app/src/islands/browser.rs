//! What an island asks of the browser. On the server each of these answers nothing.

use domain::{calendar::Instant, text::Lang};

/// The name under which the guide's answers are kept in the browser.
pub const ANSWERS: &str = "guide.answers";
/// The name under which the tier and the zone are kept in the browser.
pub const TERMS: &str = "guide.terms";

#[cfg(feature = "hydrate")]
mod real {
    use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};

    use super::{Instant, Lang};

    #[wasm_bindgen]
    extern "C" {
        pub fn fetch(address: &str, with: &JsValue) -> js_sys::Promise;

        /// What was answered to a request.
        pub type Answer;
        #[wasm_bindgen(method, getter)]
        pub fn status(this: &Answer) -> u16;
        #[wasm_bindgen(method, getter)]
        fn headers(this: &Answer) -> Headers;
        #[wasm_bindgen(method)]
        pub fn text(this: &Answer) -> js_sys::Promise;

        type Headers;
        #[wasm_bindgen(method)]
        fn get(this: &Headers, name: &str) -> Option<String>;

        /// A file that somebody chose.
        pub type Blob;
        #[wasm_bindgen(method, getter)]
        pub fn name(this: &Blob) -> String;
        #[wasm_bindgen(method, getter)]
        pub fn size(this: &Blob) -> f64;
        #[wasm_bindgen(method)]
        pub fn slice(this: &Blob, from: u32, to: u32) -> Blob;
        #[wasm_bindgen(method, js_name = arrayBuffer)]
        pub fn array_buffer(this: &Blob) -> js_sys::Promise;
        #[wasm_bindgen(method)]
        pub fn text(this: &Blob) -> js_sys::Promise;
    }

    impl Answer {
        /// What a header of it says.
        pub fn header(&self, name: &str) -> Option<String> {
            self.headers().get(name)
        }
    }

    fn storage() -> Option<web_sys::Storage> {
        web_sys::window()?.local_storage().ok()?
    }

    /// What is kept under a name.
    pub fn kept(name: &str) -> Option<String> {
        storage()?.get_item(name).ok()?
    }

    /// Keeps a text under a name; without storage (a private window) nothing is kept.
    pub fn keep(name: &str, text: &str) {
        if let Some(storage) = storage() {
            // Full or forbidden storage loses a convenience, not the answers on the page.
            let _ = storage.set_item(name, text);
        }
    }

    /// Forgets what is kept under a name.
    pub fn forget(name: &str) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(name);
        }
    }

    /// The present, by the reader's clock.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::unnecessary_wraps,
        reason = "milliseconds fit an i64 for ages; on the server there is no present"
    )]
    pub fn now() -> Option<Instant> {
        Some(Instant(js_sys::Date::now() as i64))
    }

    /// An instant by the reader's own wall clock, in words, and the name of their zone.
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds fit an f64 for ages"
    )]
    pub fn own_time(at: Instant, lang: Lang) -> Option<(String, String)> {
        let date = js_sys::Date::new(&JsValue::from_f64(at.0 as f64));
        let options = js_sys::Object::new();
        for (key, value) in [
            ("weekday", "long"),
            ("day", "numeric"),
            ("month", "long"),
            ("hour", "2-digit"),
            ("minute", "2-digit"),
            ("hourCycle", "h23"),
        ] {
            js_sys::Reflect::set(&options, &key.into(), &value.into()).ok()?;
        }
        let locale = match lang {
            Lang::En => "en-GB",
            Lang::Ko => "ko-KR",
        };
        let text = date.to_locale_string(locale, &options).as_string()?;
        let resolved = js_sys::Intl::DateTimeFormat::default().resolved_options();
        let zone = js_sys::Reflect::get(&resolved, &"timeZone".into())
            .ok()?
            .as_string()?;
        Some((text, zone))
    }

    /// The part of the address after `#`, if there is one.
    pub fn fragment() -> Option<String> {
        let hash = web_sys::window()?.location().hash().ok()?;
        hash.strip_prefix('#')
            .filter(|fragment| !fragment.is_empty())
            .map(str::to_owned)
    }

    /// Sets the part of the address after `#`, as a new entry of the history.
    pub fn set_fragment(fragment: &str) {
        if let Some(window) = web_sys::window() {
            let _ = window.location().set_hash(fragment);
        }
    }

    /// Moves the focus to an element, so that what it says is read out; after what is about to be shown is there.
    pub fn focus(id: &str) {
        let id = id.to_owned();
        leptos::prelude::request_animation_frame(move || {
            if let Some(element) =
                element(&id).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
            {
                let _ = element.focus();
            }
        });
    }

    /// Sets the part of the address after `#` without a new entry of the history.
    pub fn replace_fragment(fragment: &str) {
        if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
            let _ =
                history.replace_state_with_url(&JsValue::NULL, "", Some(&["#", fragment].concat()));
        }
    }

    /// The element with this id.
    pub fn element(id: &str) -> Option<web_sys::Element> {
        web_sys::window()?.document()?.get_element_by_id(id)
    }

    /// Says something in the element with this id.
    pub fn say(id: &str, text: &str) {
        if let Some(element) = element(id) {
            element.set_text_content(Some(text));
        }
    }

    /// Whether somebody opened an explanation in an element.
    pub fn has_open_details(id: &str) -> bool {
        element(id)
            .and_then(|element| element.query_selector(".how[open]").ok())
            .flatten()
            .is_some()
    }

    /// An attribute of the element with this id.
    pub fn attribute(id: &str, name: &str) -> Option<String> {
        element(id)?.get_attribute(name)
    }

    /// The bytes that a text in base64 stands for.
    pub fn base64(text: &str) -> Option<Vec<u8>> {
        let binary = web_sys::window()?.atob(text).ok()?;
        // Each character is a byte.
        Some(
            binary
                .chars()
                .map(|c| u8::try_from(u32::from(c)).unwrap_or_default())
                .collect(),
        )
    }

    /// An attribute of the element that an event is about, or of one around it.
    pub fn attribute_near(event: &web_sys::Event, name: &str) -> Option<String> {
        let element = event.target()?.dyn_into::<web_sys::Element>().ok()?;
        element
            .closest(&["[", name, "]"].concat())
            .ok()??
            .get_attribute(name)
    }

    /// The options chosen in the form that was submitted.
    pub fn chosen(event: &web_sys::Event, question: &str) -> Vec<String> {
        event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok())
            .and_then(|form| web_sys::FormData::new_with_form(&form).ok())
            .map(|form| form.get_all(question))
            .map(|values| {
                values
                    .iter()
                    .filter_map(|value| value.as_string())
                    .filter(|value| !value.is_empty())
                    .collect()
            })
            .unwrap_or_default()
    }

    /// The name and the value of the list that was changed.
    pub fn named_value(event: &web_sys::Event) -> (String, String) {
        event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlSelectElement>().ok())
            .map(|list| (list.name(), list.value()))
            .unwrap_or_default()
    }

    /// Choosing "none of these" takes back the others, and the other way round.
    pub fn only_alone(event: &web_sys::Event) {
        let Some(changed) = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok())
        else {
            return;
        };
        let others = if changed.has_attribute("data-alone") {
            "input"
        } else {
            "[data-alone]"
        };
        let Some(form) = changed
            .form()
            .filter(|_| changed.type_() == "checkbox" && changed.checked())
        else {
            return;
        };
        let Ok(others) = form.query_selector_all(others) else {
            return;
        };
        for index in 0..others.length() {
            if let Some(other) = others
                .item(index)
                .and_then(|other| other.dyn_into::<web_sys::HtmlInputElement>().ok())
                && other != changed
                && other.type_() == "checkbox"
            {
                other.set_checked(false);
            }
        }
    }
}

#[cfg(feature = "hydrate")]
pub use real::*;

#[cfg(not(feature = "hydrate"))]
mod absent {
    use super::{Instant, Lang};

    /// Nothing is kept on the server.
    pub fn kept(_: &str) -> Option<String> {
        None
    }
    /// Nothing is kept on the server.
    pub fn keep(_: &str, _: &str) {}
    /// Nothing is kept on the server.
    pub fn forget(_: &str) {}
    /// The server passes its time in.
    pub fn now() -> Option<Instant> {
        None
    }
    /// The server does not know the reader's zone.
    pub fn own_time(_: Instant, _: Lang) -> Option<(String, String)> {
        None
    }
    /// Never sent to a server.
    pub fn fragment() -> Option<String> {
        None
    }
    /// There is no address to change.
    pub fn set_fragment(_: &str) {}
    /// There is no address to change.
    pub fn replace_fragment(_: &str) {}
    /// There is nothing to focus.
    pub fn focus(_: &str) {}
    /// Nothing is open on the server.
    pub fn has_open_details(_: &str) -> bool {
        false
    }
    /// Events happen in browsers.
    pub fn attribute_near(_: &leptos::web_sys::Event, _: &str) -> Option<String> {
        None
    }
    /// Events happen in browsers.
    pub fn chosen(_: &leptos::web_sys::Event, _: &str) -> Vec<String> {
        Vec::new()
    }
    /// Events happen in browsers.
    pub fn named_value(_: &leptos::web_sys::Event) -> (String, String) {
        Default::default()
    }
    /// Events happen in browsers.
    pub fn only_alone(_: &leptos::web_sys::Event) {}
}

#[cfg(not(feature = "hydrate"))]
pub use absent::*;
