//! What a page says when there is more to see than it shows: the place where it is said, and the way to the whole page
//! again.

use maud::{Markup, html};

use crate::{islands::LIVE, words::LiveWords};

/// The place, empty at first. `events` is the address of the stream, `said` the sentence.
///
/// Its texts stand in attributes, for the island that says them; without script nothing is ever said.
pub fn live(events: &str, said: &str, t: &LiveWords) -> Markup {
    html! {
        p.small aria-live="polite" id=(LIVE) data-events=(events) data-said=(said) {}
        p.small id={ (LIVE) "-again" } hidden { a href="" { (t.again) } }
    }
}
