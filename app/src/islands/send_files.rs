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

/// What was answered to a piece, as far as it matters.
#[cfg(any(feature = "hydrate", test))]
#[derive(Clone, Copy, Default)]
struct Said {
    /// The status; 0 if nothing was answered.
    status: u16,
    /// How many bytes of the file are there. Only the portal says that.
    offset: Option<u32>,
    /// Whether the file is attached.
    complete: bool,
    /// Whether it is known where the file is.
    begun: bool,
    /// Whether it says in words for people what is the matter.
    words: bool,
}

/// What comes next.
#[cfg(any(feature = "hydrate", test))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// It is attached.
    Attached,
    /// It goes on from here.
    On(u32),
    /// Nothing is known of it any more: from the beginning.
    Anew,
    /// The same again after a while.
    Again,
    /// The portal does not take it.
    Refused,
}

#[cfg(any(feature = "hydrate", test))]
impl Said {
    fn next(self) -> Next {
        let Self {
            status,
            offset,
            complete,
            begun,
            words,
        } = self;
        match (status, offset) {
            // The answer to the last piece may have been lost.
            (200..=299 | 409, _) if complete && begun => Next::Attached,
            // Whatever stands between may answer that all is well, and knows of no offset.
            (200..=299, Some(is)) if begun => Next::On(is),
            // Not all of a piece came, or more of it than was known.
            (400 | 409, Some(is)) => Next::On(is),
            (404, _) if begun => Next::Anew,
            (400..=499, _) if words => Next::Refused,
            (400..=407 | 409..=424 | 426..=428 | 430..=499, _) => Next::Refused,
            _ => Next::Again,
        }
    }
}

#[cfg(feature = "hydrate")]
mod page {
    use js_sys::futures::{JsFuture, spawn_local};
    use leptos::{ev, prelude::*};
    use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
    use web_sys::Element;

    use super::{FILES, Next, Said};
    use crate::{
        islands::browser::{self, Answer, Blob, fetch},
        words::fill,
    };

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_name = encodeURIComponent)]
        fn encoded(text: &str) -> String;
        #[wasm_bindgen(js_name = setTimeout)]
        fn later(what: &js_sys::Function, milliseconds: i32);
    }

    /// How many bytes go at once: a few seconds on a slow line.
    const PIECE: u32 = 512 * 1024;

    /// How long it waits before it asks the same again, in milliseconds.
    const WAIT: i32 = 3000;

    /// How much is borne without anything of the file getting there: a line that is gone for ten minutes, or ten failures of
    /// the portal.
    const PATIENCE: u32 = 200;

    /// Set on the button while files are sent. It keeps the focus.
    const BUSY: &str = "aria-disabled";

    pub fn listen() {
        std::mem::forget(window_event_listener(ev::submit, |event| {
            let Some(to) = browser::attribute_near(&event, "data-files") else {
                return;
            };
            event.prevent_default();
            if part("-send").is_none_or(|button| button.has_attribute(BUSY)) {
                return;
            }
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

    fn named(words_of: &str, file: &Blob) -> String {
        fill(&words(words_of), &[("name", &file.name())])
    }

    /// Sends every file, one after the other. If all are attached and nothing else is being done, the page shows them; else
    /// it is said what became of each.
    async fn send_all(to: &str, about: &str) -> Option<()> {
        let field = browser::element(FILES)?;
        let (bar, button) = (part("-bar")?, part("-send")?);
        let files = js_sys::Reflect::get(&field, &"files".into()).ok()?;
        // Leaving would give up what is still to be sent.
        let stay = window_event_listener(ev::beforeunload, |event| event.prevent_default());
        say("-refused", "");
        bar.remove_attribute("hidden").ok()?;
        button.set_attribute(BUSY, "true").ok()?;
        let (mut attached, mut refused) = (String::new(), String::new());
        let mut index = 0;
        while let Some(file) = js_sys::Reflect::get_u32(&files, index)
            .ok()
            .filter(|file| !file.is_undefined())
        {
            index += 1;
            let file: Blob = file.unchecked_into();
            let said = [&*words("data-sending"), " ", &file.name()].concat();
            let about = ["?name=", &encoded(&file.name()), about].concat();
            match send(&file, to, &about, &bar, &said).await {
                Ok(()) => attached = [&*attached, &named("data-stored", &file), " "].concat(),
                Err(why) => refused = [&*refused, &why, "\n"].concat(),
            }
        }
        stay.remove();
        bar.set_attribute("hidden", "").ok()?;
        button.remove_attribute(BUSY).ok()?;
        if refused.is_empty() && !elsewhere(&button) {
            let window = web_sys::window()?;
            return window.location().replace(&words("data-done")).ok();
        }
        say("-says", &attached);
        say("-refused", &refused);
        let field: web_sys::HtmlInputElement = field.unchecked_into();
        field.set_value("");
        Some(())
    }

    /// Whether somebody does something else on the page meanwhile.
    fn elsewhere(button: &Element) -> bool {
        let focused = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|document| document.active_element());
        focused.is_some_and(|focused| {
            let form = button.closest("form").ok().flatten();
            focused.tag_name() != "BODY" && !form.is_some_and(|form| form.contains(Some(&focused)))
        })
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
        let (mut from, mut patience, mut anew) = (0, PATIENCE, false);
        say("-says", said);
        let _ = bar.set_attribute("max", &sizes);
        loop {
            let at = from.to_string();
            let _ = bar.set_attribute("value", &at);
            // Begun with nothing: if that answer is lost, no bytes are.
            let (method, address, until) = match &place {
                None => ("POST", to, from),
                Some(place) => ("PATCH", &**place, size.min(from + PIECE)),
            };
            let last = place.is_some() && until == size;
            let with = [
                "{\"method\":\"",
                method,
                "\",\"headers\":{\"content-type\":\"application/partial-upload\",\"upload-length\":\"",
                &sizes,
                "\",\"upload-offset\":\"",
                &at,
                "\",\"upload-complete\":\"?",
                if last { "1" } else { "0" },
                "\"}}",
            ]
            .concat();
            // Read before it is sent: a file that changed meanwhile is no connection that broke.
            let bytes = JsFuture::from(file.slice(from, until).array_buffer())
                .await
                .map_err(|_| named("data-changed", file))?;
            let answer = ask(&[address, about].concat(), &with, &bytes).await;
            let came = came(answer.as_ref(), place.is_some());
            let next = came.next();
            match next {
                Next::Attached => return Ok(()),
                Next::On(is) if came.status < 300 || is != from => {
                    if patience < PATIENCE {
                        say("-says", said);
                    }
                    // What is answered in vain ends as well.
                    patience = if came.status < 300 {
                        PATIENCE
                    } else {
                        patience - 1
                    };
                    from = is;
                    place = place.or_else(|| answer.as_ref()?.header("location"));
                    if patience > 0 {
                        continue;
                    }
                }
                Next::Anew if !anew => {
                    (anew, place, from) = (true, None, 0);
                    continue;
                }
                Next::Again | Next::On(_) => {
                    if patience == PATIENCE {
                        say("-says", &words("data-lost"));
                    }
                    // The portal itself says that it cannot, or that it has no more than before.
                    let cost = if came.words || came.offset.is_some() {
                        20
                    } else {
                        1
                    };
                    patience = patience.saturating_sub(cost);
                    if patience > 0 {
                        wait().await;
                        continue;
                    }
                }
                Next::Anew | Next::Refused => {}
            }
            if let Some(place) = &place {
                // Its room is for others.
                ask(place, "{\"method\":\"DELETE\"}", &JsValue::UNDEFINED).await;
            }
            let text = match answer {
                Some(answer) if came.words => text(&answer).await,
                _ => None,
            };
            return Err(text.unwrap_or_else(|| named("data-failed", file)));
        }
    }

    fn came(answer: Option<&Answer>, begun: bool) -> Said {
        let Some(answer) = answer else {
            return Said::default();
        };
        let header = |name| answer.header(name);
        Said {
            status: answer.status(),
            offset: header("upload-offset").and_then(|is| is.parse().ok()),
            complete: header("upload-complete").as_deref() == Some("?1"),
            begun: begun || header("location").is_some(),
            words: header("content-type").is_some_and(|kind| kind.starts_with("text/plain")),
        }
    }

    async fn ask(address: &str, with: &str, body: &JsValue) -> Option<Answer> {
        let with = js_sys::JSON::parse(with).ok()?;
        js_sys::Reflect::set(&with, &"body".into(), body).ok()?;
        let answer = JsFuture::from(fetch(address, &with)).await.ok()?;
        Some(answer.unchecked_into())
    }

    async fn text(answer: &Answer) -> Option<String> {
        let text = JsFuture::from(answer.text()).await.ok()?.as_string()?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    async fn wait() {
        let over = js_sys::Promise::new(&mut |over, _| later(&over, WAIT));
        let _ = JsFuture::from(over).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_next_is_what_the_portal_says_and_nobody_else() {
        let said = Said {
            begun: true,
            ..Said::default()
        };
        let of = |status, offset, complete, words| {
            Said {
                status,
                offset,
                complete,
                words,
                ..said
            }
            .next()
        };
        // A piece came; the last one; its answer was lost.
        assert_eq!(of(204, Some(5), false, false), Next::On(5));
        assert_eq!(of(200, Some(9), true, false), Next::Attached);
        assert_eq!(of(409, None, true, true), Next::Attached);
        // More came than was known, or less.
        assert_eq!(of(409, Some(7), false, true), Next::On(7));
        assert_eq!(of(400, Some(3), false, false), Next::On(3));
        // It is not taken: too large, too many, the incident is over, nobody is signed in.
        for status in [413, 429, 409, 401, 422, 400] {
            assert_eq!(of(status, None, false, true), Next::Refused, "{status}");
        }
        // Its answer was lost, and what was known of it was cleared away.
        assert_eq!(of(404, None, false, true), Next::Anew);
        // Nothing was answered, or not by the portal: a page to sign in at, a proxy that is tired.
        for status in [0, 200, 204, 303, 408, 425, 429, 502, 503, 504] {
            assert_eq!(of(status, None, false, false), Next::Again, "{status}");
        }
        assert_eq!(of(500, None, false, true), Next::Again);
        // What stands before the portal lets none through.
        for status in [403, 405, 413] {
            assert_eq!(of(status, None, false, false), Next::Refused, "{status}");
        }
        // Before it is begun: there is no place to go on at.
        let before = Said::default();
        let begun = Said {
            status: 201,
            offset: Some(0),
            ..before
        };
        assert_eq!(begun.next(), Next::Again);
        assert_eq!(
            Said {
                begun: true,
                ..begun
            }
            .next(),
            Next::On(0)
        );
        assert_eq!(
            Said {
                status: 404,
                words: true,
                ..before
            }
            .next(),
            Next::Refused
        );
    }
}
