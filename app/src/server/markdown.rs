//! What people write in a conversation, as HTML that is safe to show.

use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use maud::{Markup, PreEscaped};
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

/// A text in Markdown (`CommonMark` with tables and strikethrough) as HTML. Markup in it is shown as it was typed, and a
/// line break is one.
pub fn markdown(text: &str) -> Markup {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(text, options).map(|event| match event {
        Event::Html(markup) | Event::InlineHtml(markup) => Event::Text(markup),
        Event::SoftBreak => Event::HardBreak,
        other => lower(other),
    });
    let mut html = String::with_capacity(text.len() * 3 / 2);
    push_html(&mut html, events);
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
