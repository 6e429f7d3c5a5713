//! The check of a certificate, entirely in the browser: the file is read, its signature checked by the browser itself
//! (`WebCrypto`), and its deadline computed again. Nothing is uploaded.

use domain::certificate::Known;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::packed;
use crate::words::{CheckedWords, Deadline, Times};

/// What the check starts with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckStart {
    /// What the portal knows.
    pub known: Known,
    /// The words of the result.
    pub words: CheckedWords,
    /// The words of a deadline: for a Response, and for an update.
    pub deadlines: (Deadline, Deadline),
    /// Those of times.
    pub times: Times,
}

/// The id of the island's element.
const ROOT: &str = "check";

/// The id of the paragraph beside the form that says where the check takes place.
pub const WHERE: &str = "check-where";

/// The id of the form's field for the file.
pub const FIELD: &str = "file";

/// Checks the certificate that is chosen in the page's form, or dropped on the page; without script the form is posted. It
/// is given a packed [`CheckStart`].
#[island]
pub fn CertificateCheck() -> impl IntoView {
    packed::given(ROOT).map(|(packed, start)| certificate_check(packed, start))
}

fn certificate_check(packed: String, start: CheckStart) -> impl IntoView {
    let shown = RwSignal::new(String::new());
    #[cfg(feature = "hydrate")]
    Effect::new({
        let start = std::rc::Rc::new(start);
        move |_| check::listen(&start, shown)
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = start;
    view! { <div class="stack" id=ROOT data-start=packed aria-live="polite" inner_html=move || shown.get()></div> }
}

#[cfg(feature = "hydrate")]
mod check {
    use std::rc::Rc;

    use domain::certificate::{Checked, File, Json, MOST_BYTES, Signature};
    use leptos::{ev, prelude::*};
    use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};

    use super::{CheckStart, FIELD, WHERE};
    use crate::{
        components::checked::checked,
        islands::browser::{self, Blob},
    };

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = importKey)]
        fn import_key(
            format: &str,
            key: &[u8],
            algorithm: &str,
            extractable: bool,
            usages: js_sys::Array,
        ) -> Result<js_sys::Promise, JsValue>;

        #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"])]
        fn verify(
            algorithm: &str,
            key: &JsValue,
            signature: &[u8],
            data: &[u8],
        ) -> Result<js_sys::Promise, JsValue>;
    }

    /// JSON as the browser reads it.
    struct Node(JsValue);

    impl Json for Node {
        fn get(&self, name: &str) -> Option<Self> {
            let value = js_sys::Reflect::get(&self.0, &name.into()).ok()?;
            (!value.is_undefined()).then_some(Self(value))
        }

        fn fields(&self) -> usize {
            js_sys::Reflect::own_keys(&self.0).map_or(0, |keys| keys.length() as usize)
        }

        fn items(&self) -> Option<Vec<Self>> {
            let items = self.0.dyn_ref::<js_sys::Array>()?;
            Some(items.iter().map(Self).collect())
        }

        fn text(&self) -> Option<String> {
            self.0.as_string()
        }

        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::float_cmp,
            reason = "a number that is not whole is none here"
        )]
        fn number(&self) -> Option<i64> {
            let number = self.0.as_f64()?;
            let whole = number as i64;
            (whole as f64 == number).then_some(whole)
        }
    }

    /// Takes the file of the form and what is dropped on the page, for as long as the page is there.
    pub fn listen(start: &Rc<CheckStart>, shown: RwSignal<String>) {
        browser::say(WHERE, &start.words.stays);
        let check = {
            let start = Rc::clone(start);
            move |holder: Option<JsValue>| {
                let file = holder
                    .and_then(|holder| js_sys::Reflect::get(&holder, &"files".into()).ok())
                    .and_then(|files| js_sys::Reflect::get_u32(&files, 0).ok())
                    .filter(|file| !file.is_undefined());
                if let Some(file) = file {
                    let start = Rc::clone(&start);
                    js_sys::futures::spawn_local(async move {
                        shown.set(result(&start, file.unchecked_into()).await);
                    });
                }
            }
        };
        let field = || browser::element(FIELD).map(JsValue::from);
        let (changed, dropped) = (check.clone(), check.clone());
        std::mem::forget(window_event_listener(ev::change, move |_| changed(field())));
        std::mem::forget(window_event_listener(ev::submit, move |event| {
            // The forms of the page's head are sent as ever.
            if browser::attribute_near(&event, "enctype").is_some() {
                event.prevent_default();
                check(field());
            }
        }));
        std::mem::forget(window_event_listener(ev::dragover, |event| {
            event.prevent_default();
        }));
        std::mem::forget(window_event_listener(ev::drop, move |event| {
            event.prevent_default();
            dropped(js_sys::Reflect::get(&event, &"dataTransfer".into()).ok());
        }));
    }

    /// What came of the check of a file.
    async fn result(start: &CheckStart, file: Blob) -> String {
        match outcome(start, file).await {
            Some((file, outcome)) => {
                let (response, update) = &start.deadlines;
                checked(
                    &file.certificate,
                    &outcome,
                    &start.words,
                    [response, update],
                    &start.times,
                )
                .0
            }
            None => crate::components::checked::none(&start.words).0,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    async fn outcome(start: &CheckStart, file: Blob) -> Option<(File<Node>, Checked)> {
        if file.size() > MOST_BYTES as f64 {
            return None;
        }
        let text = js_sys::futures::JsFuture::from(file.text()).await.ok()?;
        let json = js_sys::JSON::parse(&text.as_string()?).ok()?;
        let file = File::read(&Node(json))?;
        let signature = match start.known.key(&file.certificate.key) {
            Some(key) => signature(&file, key).await.unwrap_or(Signature::Unchecked),
            None => Signature::Unchecked,
        };
        let checked = file.certificate.check(&start.known, signature);
        Some((file, checked))
    }

    /// What the browser says of the signature; nothing if it cannot check it.
    async fn signature(file: &File<Node>, key: &str) -> Option<Signature> {
        let usages = js_sys::Array::of1(&"verify".into());
        let key = import_key("raw", &browser::base64(key)?, "Ed25519", false, usages).ok()?;
        let key = js_sys::futures::JsFuture::from(key).await.ok()?;
        let Some(signature) = browser::base64(&file.signature) else {
            return Some(Signature::Bad);
        };
        let good = verify(
            "Ed25519",
            &key,
            &signature,
            canonical(&file.signed.0)?.as_bytes(),
        )
        .ok()?;
        let good = js_sys::futures::JsFuture::from(good).await.ok()?;
        Some(if good.is_truthy() {
            Signature::Good
        } else {
            Signature::Bad
        })
    }

    /// Canonical JSON (RFC 8785): as the browser writes it, with the names of fields in order.
    fn canonical(json: &JsValue) -> Option<String> {
        let names = js_sys::Array::new();
        collect(json, &names);
        let json = js_sys::JSON::stringify_with_replacer(json, &names.sort());
        json.ok()?.as_string()
    }

    fn collect(json: &JsValue, names: &js_sys::Array) {
        // What is no object has no keys; those of an array do no harm.
        let Ok(keys) = js_sys::Reflect::own_keys(json) else {
            return;
        };
        for key in keys.iter() {
            if let Ok(value) = js_sys::Reflect::get(json, &key) {
                names.push(&key);
                collect(&value, names);
            }
        }
    }
}
