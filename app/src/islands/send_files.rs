//! Files go piece by piece while the page shows how far they are; when the connection breaks, they go on from there once it
//! is back. Without script, or before this has begun, the form sends them all at once.

use leptos::prelude::*;

/// The id of the field with the files; those of what is said about them begin with it.
pub const FILES: &str = "attach-file";

/// Sends the files of the form that says where they go (`data-files`).
#[island]
pub fn SendFiles() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| page::listen());
}

#[cfg(feature = "hydrate")]
mod page {
    use js_sys::futures::{JsFuture, spawn_local};
    use leptos::{ev, prelude::*};
    use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
    use web_sys::Element;

    use super::FILES;
    use crate::islands::browser::{self, Answer, Blob, fetch};

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_name = encodeURIComponent)]
        fn encoded(text: &str) -> String;
        #[wasm_bindgen(js_name = setTimeout)]
        fn later(what: &js_sys::Function, milliseconds: i32);
    }

    /// How many bytes go at once: a few seconds on a slow line.
    const PIECE: u32 = 512 * 1024;

    /// How long it waits for a connection that broke, in milliseconds, and how often in a row.
    const WAIT: i32 = 3000;
    const TRIES: u32 = 200;

    pub fn listen() {
        std::mem::forget(window_event_listener(ev::submit, |event| {
            let Some(to) = browser::attribute_near(&event, "data-files") else {
                return;
            };
            event.prevent_default();
            let mut about = String::new();
            for name in ["key", "internal"] {
                for value in browser::chosen(&event, name) {
                    about = [&*about, "&", name, "=", &value].concat();
                }
            }
            spawn_local(async move {
                let _ = send_all(&to, &about).await;
            });
        }));
    }

    fn part(of: &str) -> Option<Element> {
        browser::element(&[FILES, of].concat())
    }

    fn say(of: &str, text: &str) {
        browser::say(&[FILES, of].concat(), text);
    }

    fn words(name: &str) -> String {
        browser::attribute(&[FILES, "-says"].concat(), name).unwrap_or_default()
    }

    /// Sends every file, one after the other, and says what was refused; if nothing was, the page shows them.
    async fn send_all(to: &str, about: &str) -> Option<()> {
        let field = browser::element(FILES)?;
        let (bar, button) = (part("-bar")?, part("-send")?);
        let files = js_sys::Reflect::get(&field, &"files".into()).ok()?;
        let mut refused = String::new();
        say("-refused", "");
        bar.remove_attribute("hidden").ok()?;
        button.set_attribute("disabled", "").ok()?;
        let mut index = 0;
        while let Some(file) = js_sys::Reflect::get_u32(&files, index)
            .ok()
            .filter(|file| !file.is_undefined())
        {
            let file: Blob = file.unchecked_into();
            index += 1;
            let name = file.name();
            let said = [&*words("data-sending"), " ", &name].concat();
            let about = ["?name=", &encoded(&name), about].concat();
            if let Err(why) = send(&file, to, &about, &bar, &said).await {
                refused = [&*refused, &why, "\n"].concat();
            }
        }
        say("-says", "");
        if refused.is_empty() {
            return web_sys::window()?
                .location()
                .set_href(&words("data-done"))
                .ok();
        }
        say("-refused", &refused);
        bar.set_attribute("hidden", "").ok()?;
        button.remove_attribute("disabled").ok()
    }

    /// Sends a file, or says why it was not taken.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is larger than that is refused before it is sent"
    )]
    async fn send(
        file: &Blob,
        to: &str,
        about: &str,
        bar: &Element,
        said: &str,
    ) -> Result<(), String> {
        let size = file.size().min(f64::from(u32::MAX)) as u32;
        let sizes = size.to_string();
        let mut place: Option<String> = None;
        let (mut from, mut tries) = (0, 0);
        say("-says", said);
        bar.set_attribute("max", &sizes).unwrap_or_default();
        loop {
            let at = from.to_string();
            bar.set_attribute("value", &at).unwrap_or_default();
            let end = size.min(from + PIECE);
            // Begun with nothing: if that answer is lost, no bytes are.
            let (method, address, until) = match &place {
                None => ("POST", to, from),
                Some(place) => ("PATCH", &**place, end),
            };
            let last = if place.is_some() && until == size {
                "1"
            } else {
                "0"
            };
            let with = [
                "{\"method\":\"",
                method,
                "\",\"headers\":{\"content-type\":\"application/partial-upload\",\"upload-length\":\"",
                &sizes,
                "\",\"upload-offset\":\"",
                &at,
                "\",\"upload-complete\":\"?",
                last,
                "\"}}",
            ]
            .concat();
            let answer = ask(&[address, about].concat(), &with, &file.slice(from, until)).await;
            let status = answer.as_ref().map_or(599, Answer::status);
            match answer {
                Some(answer) if status < 300 => {
                    tries = 0;
                    if place.is_none() {
                        place = answer.header("location");
                    } else {
                        from = until;
                        if last == "1" {
                            return Ok(());
                        }
                    }
                    say("-says", said);
                }
                Some(answer) if status < 500 => {
                    // The answer to the piece before it was lost, or not all of it came.
                    if answer.header("upload-complete").as_deref() == Some("?1") {
                        return Ok(());
                    }
                    match answer
                        .header("upload-offset")
                        .and_then(|is| is.parse().ok())
                    {
                        Some(is) if status == 409 && tries < TRIES => {
                            tries += 1;
                            from = is;
                        }
                        _ => return Err(text(&answer).await.unwrap_or_default()),
                    }
                }
                _ => {
                    tries += 1;
                    if tries > TRIES {
                        return Err([said, ": ", &words("data-failed")].concat());
                    }
                    say("-says", &words("data-lost"));
                    wait().await;
                }
            }
        }
    }

    async fn ask(address: &str, with: &str, body: &JsValue) -> Option<Answer> {
        let with = js_sys::JSON::parse(with).ok()?;
        js_sys::Reflect::set(&with, &"body".into(), body).ok()?;
        let answer = JsFuture::from(fetch(address, &with)).await.ok()?;
        Some(answer.unchecked_into())
    }

    async fn text(answer: &Answer) -> Option<String> {
        JsFuture::from(answer.text()).await.ok()?.as_string()
    }

    async fn wait() {
        let over = js_sys::Promise::new(&mut |over, _| later(&over, WAIT));
        let _ = JsFuture::from(over).await;
    }
}
