//! What people write in a conversation, as HTML that is safe to show.

use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{Event, Options, Parser, html::push_html};

/// Only what Markdown makes: no images (a picture from elsewhere tells its owner who reads), no styles, no scripts.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::empty();
    cleaner
        .tags(
            [
                "a",
                "blockquote",
                "br",
                "code",
                "del",
                "em",
                "h3",
                "h4",
                "h5",
                "h6",
                "hr",
                "li",
                "ol",
                "p",
                "pre",
                "strong",
                "table",
                "tbody",
                "td",
                "th",
                "thead",
                "tr",
                "ul",
            ]
            .into(),
        )
        .tag_attributes([("a", ["href"].into()), ("ol", ["start"].into())].into())
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"));
    cleaner
});

/// How deep marks may stand in one another: deeper than anybody writes. Cleaning takes the square of it, and one
/// character is enough for another level.
const MOST_NESTED: usize = 32;

/// A text in Markdown (`CommonMark` with tables and strikethrough) as HTML. Markup in it is shown as it was typed, and a
/// line break is one. A text that is nested too deep is shown as it was typed as a whole.
pub fn markdown(text: &str) -> Markup {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut depth = 0_usize;
    let events = Parser::new_ext(text, options)
        .take_while(|event| {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth <= MOST_NESTED
        })
        .map(|event| match event {
            Event::Html(markup) | Event::InlineHtml(markup) => Event::Text(markup),
            Event::SoftBreak => Event::HardBreak,
            other => lower(other),
        });
    let mut html = String::with_capacity(text.len() * 3 / 2);
    push_html(&mut html, events);
    // Else every mark has ended.
    if depth > MOST_NESTED {
        return html! { pre { (text) } };
    }
    PreEscaped(CLEANER.clean(&html).to_string())
}

/// The page has its own headings of the first and the second rank.
fn lower(event: Event<'_>) -> Event<'_> {
    use pulldown_cmark::{HeadingLevel as Level, Tag, TagEnd};
    let down = |level| match level {
        Level::H1 => Level::H3,
        Level::H2 => Level::H4,
        Level::H3 => Level::H5,
        Level::H4 | Level::H5 | Level::H6 => Level::H6,
    };
    match event {
        Event::Start(Tag::Heading {
            level,
            id,
            classes,
            attrs,
        }) => Event::Start(Tag::Heading {
            level: down(level),
            id,
            classes,
            attrs,
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(down(level))),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::markdown;

    fn html(text: &str) -> String {
        markdown(text).into_string()
    }

    #[test]
    fn what_markdown_marks_is_marked() {
        assert_eq!(
            html("**a** `b`\nc"),
            "<p><strong>a</strong> <code>b</code><br>\nc</p>\n"
        );
        assert!(html("| a |\n| - |\n| b |").contains("<td>b</td>"));
        assert_eq!(html("# a"), "<h3>a</h3>\n");
        assert_eq!(
            html("[x](https://a.example/)"),
            "<p><a href=\"https://a.example/\" rel=\"noopener noreferrer nofollow\">x</a></p>\n"
        );
    }

    #[test]
    fn what_is_nested_too_deep_is_shown_as_it_was_typed() {
        let quoted = |levels: usize| format!("{}a", ">".repeat(levels));
        // The paragraph is a level, too.
        assert_eq!(html(&quoted(31)).matches("<blockquote>").count(), 31);
        for text in [
            quoted(32),
            quoted(20_000),
            format!("{}a", "- ".repeat(10_000)),
            format!("{}{}", "*a ".repeat(3_000), "a* ".repeat(3_000)),
        ] {
            let shown = html(&text);
            let typed = text.replace('>', "&gt;");
            assert_eq!(shown, format!("<pre>{typed}</pre>"));
        }
        assert!(html(&format!("<b>\n\n{}", quoted(40))).starts_with("<pre>&lt;b&gt;"));
    }

    #[test]
    fn markup_is_shown_and_does_nothing() {
        for text in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "a <b onclick=alert(1)>b</b>",
            "<!-- x -->",
            "<svg><a xlink:href=\"javascript:alert(1)\"><text>x",
        ] {
            let shown = html(text);
            assert!(shown.contains("&lt;"), "{shown}");
            for bad in ["<script", "<img", "<b", "<!--", "<svg"] {
                assert!(!shown.contains(bad), "{shown}");
            }
        }
        for text in [
            "[x](javascript:alert(1))",
            "[x](data:text/html,x)",
            "[x](/sign-out)",
            "[x](//a.example)",
            "![x](https://a.example/x.png)",
            "<javascript:alert(1)>",
        ] {
            let shown = html(text);
            assert!(!shown.contains("href") && !shown.contains("src"), "{shown}");
        }
    }
}
