//! What engineers write again and again, with placeholders for what differs.

/// The most characters of a template's name.
pub const MOST_TEMPLATE_NAME: usize = 100;

/// The most characters of its text.
pub const MOST_TEMPLATE: usize = 10_000;

/// What can stand for something in a template: `{number}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// The number that the incident is quoted by.
    Number,
    /// The line that names it.
    Title,
    /// The name of the contact who filed it.
    Contact,
    /// The name of the engineer who writes.
    Engineer,
    /// By when the vendor owes what it owes next.
    Due,
    /// The name of the release.
    Product,
}

impl Placeholder {
    /// Every placeholder.
    pub const ALL: [Self; 6] = [
        Self::Number,
        Self::Title,
        Self::Contact,
        Self::Engineer,
        Self::Due,
        Self::Product,
    ];

    /// Its name, as it stands between braces.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Title => "title",
            Self::Contact => "contact",
            Self::Engineer => "engineer",
            Self::Due => "due",
            Self::Product => "product",
        }
    }

    /// The placeholder of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// A piece of a template.
enum Piece<'a> {
    Text(&'a str),
    /// A name between braces.
    Named(&'a str),
}

/// The pieces of a text. A name is of letters, digits and `_`; braces around anything else, as in code, are text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        let inside = from.strip_prefix('{').and_then(|from| from.split_once('}'));
        let is_name =
            |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        match inside {
            Some((name, after)) if is_name(name) => {
                pieces.extend([Piece::Text(before), Piece::Named(name)]);
                rest = after;
            }
            _ => {
                let (brace, after) = from.split_at(1);
                pieces.extend([Piece::Text(before), Piece::Text(brace)]);
                rest = after;
            }
        }
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The names between braces that are no placeholders, each once, in the order of the text.
pub fn unknown_placeholders(text: &str) -> Vec<String> {
    let mut unknown: Vec<String> = Vec::new();
    for piece in pieces(text) {
        if let Piece::Named(name) = piece
            && Placeholder::parse(name).is_none()
            && !unknown.iter().any(|one| one == name)
        {
            unknown.push(name.to_owned());
        }
    }
    unknown
}

/// The text with each placeholder replaced by its value; the values themselves are not looked into.
pub fn fill_template(text: &str, value: impl Fn(Placeholder) -> String) -> String {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Named(name) => {
                Placeholder::parse(name).map_or_else(|| format!("{{{name}}}"), &value)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once() {
        let filled = fill_template(
            "Dear {contact}, {number}: {due}{product}",
            |one| match one {
                Placeholder::Contact => "{number}".to_owned(),
                one => one.name().to_uppercase(),
            },
        );
        assert_eq!(filled, "Dear {number}, NUMBER: DUEPRODUCT");
        for one in Placeholder::ALL {
            assert_eq!(Placeholder::parse(one.name()), Some(one));
        }
    }

    #[test]
    fn what_is_none_is_named() {
        assert_eq!(
            unknown_placeholders("{number} {nombre} {due} {Due} {nombre} {번호}"),
            ["nombre", "Due", "번호"]
        );
    }

    #[test]
    fn braces_of_code_are_text() {
        let code = r#"`{"a": {}}` { number } {number {"#;
        assert_eq!(unknown_placeholders(code), [""; 0]);
        assert_eq!(fill_template(code, |_| "x".to_owned()), code);
        assert_eq!(fill_template("{{number}}", |_| "1".to_owned()), "{1}");
    }
}
