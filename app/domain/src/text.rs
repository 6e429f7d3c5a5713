//! Words in the languages that the portal speaks.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language that the portal is shown in. The plan's English text governs; Korean is for convenience.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English, the governing language of the plan.
    #[default]
    En,
    /// Korean.
    Ko,
}

impl Lang {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::En, Self::Ko];

    /// The BCP 47 tag, as in `<html lang>`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ko => "ko",
        }
    }

    /// The language of a tag such as `ko` or `ko-KR`; `None` for any other.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        Self::ALL
            .into_iter()
            .find(|lang| primary.eq_ignore_ascii_case(lang.tag()))
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A text of the plan: the governing English and, where somebody translated it, Korean.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The governing words.
    pub en: String,
    /// A translation, for convenience only.
    #[serde(default)]
    pub ko: Option<String>,
}

impl Text {
    /// The words in `lang`, or the governing ones where there is no translation.
    pub fn get(&self, lang: Lang) -> &str {
        match (lang, &self.ko) {
            (Lang::Ko, Some(ko)) => ko,
            _ => &self.en,
        }
    }

    /// The language that [`get`](Self::get) really answers in, for the `lang` attribute around it.
    pub fn lang(&self, wanted: Lang) -> Lang {
        match (wanted, &self.ko) {
            (Lang::Ko, Some(_)) => Lang::Ko,
            _ => Lang::En,
        }
    }
}

/// Whether a text is one line without characters that no keyboard types: control characters, and those that turn the
/// writing direction, with which a text could be read as what it is not.
pub fn is_line(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
}

#[cfg(test)]
mod tests {
    use super::is_line;

    #[test]
    fn a_line_has_nothing_that_hides() {
        assert!(is_line("") && is_line("전국동시지방선거일 – “x”"));
        for bad in ["a\nb", "a\u{0}b", "a\tb", "a\u{202e}b", "a\u{2066}b"] {
            assert!(!is_line(bad), "{bad:?}");
        }
    }
}
