//! A picture that an authenticator app reads, as SVG in the page.

use maud::{Markup, html};
use qrcode::{Color, QrCode};

/// White around the code, in modules, as its standard asks for.
const QUIET: usize = 4;

/// A QR code of `text`; nothing if it is too long for one. `label` says what it is to whoever does not see it.
pub fn qr(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::new(text) else {
        return html! {};
    };
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (at % width + QUIET, at / width + QUIET);
            for part in ["M", &x.to_string(), " ", &y.to_string(), "h1v1h-1z"] {
                path.push_str(part);
            }
        }
    }
    let side = width + 2 * QUIET;
    html! {
        svg.qr viewBox={ "0 0 " (side) " " (side) } role="img" aria-label=(label) shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}
