//! What a customer writes in an incident, and the limits of it: the same beside the field and in the schema.

use serde::{Deserialize, Serialize};

/// A field of the incident form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// One line that names the problem.
    Title,
    /// What happens, and what should.
    Description,
    /// How to recreate it on unmodified software (section 5).
    Steps,
    /// What it does to the customer's business.
    BusinessImpact,
}

impl Field {
    /// Every field, in the order of the form.
    pub const ALL: [Self; 4] = [
        Self::Title,
        Self::Description,
        Self::Steps,
        Self::BusinessImpact,
    ];

    /// Its name in the form and in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Description => "description",
            Self::Steps => "steps",
            Self::BusinessImpact => "business_impact",
        }
    }

    /// The most characters (Unicode scalar values) that it holds.
    pub const fn most(self) -> usize {
        match self {
            Self::Title => 200,
            Self::Description | Self::Steps => 10_000,
            Self::BusinessImpact => 4_000,
        }
    }

    /// Whether it may stay empty.
    pub const fn optional(self) -> bool {
        matches!(self, Self::Steps | Self::BusinessImpact)
    }

    /// Whether line breaks and tabs are kept.
    pub const fn many_lines(self) -> bool {
        !matches!(self, Self::Title)
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldProblem {
    /// It must be filled in.
    Empty,
    /// It holds more characters than fit.
    TooLong {
        /// How many it has; the limit is [`Field::most`].
        is: usize,
    },
    /// It holds a character that no keyboard types: a control character, or one that turns the writing direction.
    Control,
}

/// What was typed, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// See [`Field::Title`].
    pub title: String,
    /// See [`Field::Description`].
    pub description: String,
    /// See [`Field::Steps`].
    pub steps: String,
    /// See [`Field::BusinessImpact`].
    pub business_impact: String,
}

/// A draft within the limits: trimmed, line ends as `\n`. Only [`Draft::check`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked(Draft);

impl Checked {
    /// The text of a field.
    pub fn get(&self, field: Field) -> &str {
        self.0.get(field)
    }
}

impl Draft {
    /// The text of a field.
    pub fn get(&self, field: Field) -> &str {
        match field {
            Field::Title => &self.title,
            Field::Description => &self.description,
            Field::Steps => &self.steps,
            Field::BusinessImpact => &self.business_impact,
        }
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        Field::ALL
            .into_iter()
            .all(|field| self.get(field).trim().is_empty())
    }

    /// The draft within the limits.
    ///
    /// # Errors
    /// What is wrong, at most one problem a field, in the order of the form.
    pub fn check(&self) -> Result<Checked, Vec<(Field, FieldProblem)>> {
        let tidy = |field| tidy(self.get(field), field);
        let problems: Vec<_> = Field::ALL
            .into_iter()
            .filter_map(|field| tidy(field).err().map(|problem| (field, problem)))
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let text = |field| tidy(field).unwrap_or_default();
        Ok(Checked(Self {
            title: text(Field::Title),
            description: text(Field::Description),
            steps: text(Field::Steps),
            business_impact: text(Field::BusinessImpact),
        }))
    }
}

/// A field's text, trimmed and with one kind of line end.
fn tidy(typed: &str, field: Field) -> Result<String, FieldProblem> {
    tidy_lines(typed, field.most(), field.optional(), field.many_lines())
}

/// A text of many lines, trimmed and with one kind of line end, of `most` characters at most.
///
/// # Errors
/// What is wrong with it; that it is empty only unless it is `optional`.
pub fn tidy_text(typed: &str, most: usize, optional: bool) -> Result<String, FieldProblem> {
    tidy_lines(typed, most, optional, true)
}

fn tidy_lines(
    typed: &str,
    most: usize,
    optional: bool,
    many_lines: bool,
) -> Result<String, FieldProblem> {
    let text = typed.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    if text.is_empty() {
        return if optional {
            Ok(String::new())
        } else {
            Err(FieldProblem::Empty)
        };
    }
    let length = text.chars().count();
    if length > most {
        return Err(FieldProblem::TooLong { is: length });
    }
    if text.chars().any(|c| !allowed(c, many_lines)) {
        return Err(FieldProblem::Control);
    }
    Ok(text.to_owned())
}

/// Whether a character may be kept. Direction overrides could make a text read as what it is not.
fn allowed(c: char, many_lines: bool) -> bool {
    match c {
        '\n' | '\t' => many_lines,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => false,
        _ => !c.is_control(),
    }
}

/// The length of a form's key: a UUID in its usual writing.
pub const FORM_KEY_LEN: usize = 36;

/// Whether `key` is written as a form's idempotency key is.
pub fn is_form_key(key: &str) -> bool {
    key.len() == FORM_KEY_LEN
        && key.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(title: &str, description: &str) -> Draft {
        Draft {
            title: title.into(),
            description: description.into(),
            ..Draft::default()
        }
    }

    #[test]
    fn what_is_typed_is_trimmed_and_kept() {
        let checked = draft("  Webhooks stop \r\n", "one\r\ntwo\rthree")
            .check()
            .expect("within the limits");
        assert_eq!(checked.get(Field::Title), "Webhooks stop");
        assert_eq!(checked.get(Field::Description), "one\ntwo\nthree");
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let long = "가".repeat(Field::Title.most() + 1);
        assert_eq!(
            draft(&long, " \n ").check().expect_err("two problems"),
            [
                (Field::Title, FieldProblem::TooLong { is: 201 }),
                (Field::Description, FieldProblem::Empty)
            ]
        );
        for bad in ["a\u{0}b", "a\u{1b}[2J", "a\nb", "a\u{202e}b"] {
            assert_eq!(
                draft(bad, "x").check().expect_err(bad),
                [(Field::Title, FieldProblem::Control)]
            );
        }
    }

    #[test]
    fn the_limit_counts_characters_not_bytes() {
        assert!(
            draft(&"가".repeat(Field::Title.most()), "x")
                .check()
                .is_ok()
        );
    }

    #[test]
    fn markup_is_kept_as_it_is() {
        let checked = draft("<b>&amp;</textarea>", "<script>alert(1)</script>")
            .check()
            .expect("just text");
        assert_eq!(checked.get(Field::Title), "<b>&amp;</textarea>");
    }

    #[test]
    fn a_form_key_is_a_uuid() {
        assert!(is_form_key("0190a6f0-7b7e-7c3e-9d6f-0123456789ab"));
        for bad in [
            "",
            "1",
            "0190A6F0-7B7E-7C3E-9D6F-0123456789AB",
            "0190a6f0-7b7e-7c3e-9d6f-0123456789a'",
            "0190a6f07b7e7c3e9d6f0123456789abcdef",
        ] {
            assert!(!is_form_key(bad), "{bad}");
        }
    }
}
