//! What a page says when there is more to see than it shows: the place where it is said, and the way to the whole page
//! again.

use maud::{Markup, html};

use crate::{islands::LIVE, words::LiveWords};

/// The place, empty at first. `events` is the address of the stream, `said` the sentence; `typed` is the id of the form
/// that is most likely being typed in, which the page again then keeps, as when it is read in another language.
///
/// Its texts stand in attributes, for the island that says them; without script nothing is ever said.
pub fn live(events: &str, said: &str, typed: Option<&str>, t: &LiveWords) -> Markup {
    html! {
        div.news {
            p.small aria-live="polite" id=(LIVE) data-events=(events) data-said=(said) {}
            p.small id={ (LIVE) "-again" } hidden {
                @if let Some(form) = typed {
                    button.link form=(form) formnovalidate name="do" value="again" { (t.again) }
                } @else {
                    a href="" { (t.again) }
                }
            }
        }
    }
}
