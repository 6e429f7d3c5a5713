//! The words of each language, read once from the documents in `locales/`.

use std::sync::LazyLock;

use domain::text::Lang;

use super::Words;

const EN: &str = include_str!("../../locales/en.toml");
const KO: &str = include_str!("../../locales/ko.toml");

static WORDS: LazyLock<[Words; 2]> = LazyLock::new(|| {
    [EN, KO].map(|document| match toml::from_str(document) {
        Ok(words) => words,
        // The documents are part of the program: a test reads them, so this cannot be met outside of development.
        Err(error) => panic!("the words of a language cannot be read: {error}"),
    })
});

/// The words of a language.
pub fn words(lang: Lang) -> &'static Words {
    let [en, ko] = &*WORDS;
    match lang {
        Lang::En => en,
        Lang::Ko => ko,
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs, path::Path};

    use super::*;

    /// `group.key` to its words.
    fn flat(document: &str) -> BTreeMap<String, String> {
        let groups: BTreeMap<String, BTreeMap<String, String>> =
            toml::from_str(document).expect("groups of keys");
        groups
            .into_iter()
            .flat_map(|(group, keys)| {
                keys.into_iter()
                    .map(move |(key, words)| (format!("{group}.{key}"), words))
            })
            .collect()
    }

    fn placeholders(words: &str) -> Vec<&str> {
        let mut names: Vec<_> = words
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn both_languages_have_every_key() {
        for lang in Lang::ALL {
            let _ = words(lang);
        }
        assert_eq!(
            flat(EN).into_keys().collect::<Vec<_>>(),
            flat(KO).into_keys().collect::<Vec<_>>()
        );
    }

    #[test]
    fn no_word_is_empty_and_placeholders_agree() {
        let ko = flat(KO);
        for (key, en) in flat(EN) {
            let ko = &ko[&key];
            assert!(!en.trim().is_empty() && !ko.trim().is_empty(), "{key}");
            assert_eq!(placeholders(&en), placeholders(ko), "{key}");
        }
    }

    #[test]
    fn dates_have_all_their_names() {
        for lang in Lang::ALL {
            let times = &words(lang).times;
            for (names, count) in [
                (&times.weekdays, 7),
                (&times.weekdays_short, 7),
                (&times.months, 12),
                (&times.months_short, 12),
            ] {
                assert_eq!(names.split(' ').count(), count, "{names}");
            }
        }
    }

    #[test]
    fn every_key_is_used() {
        let mut source = String::new();
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)
                .expect("the sources")
                .map(|entry| entry.expect("an entry").path())
            {
                if entry.is_dir() {
                    if !entry.ends_with("words") {
                        folders.push(entry);
                    }
                } else {
                    source += &fs::read_to_string(entry).expect("a source file");
                }
            }
        }
        let unused: Vec<_> = flat(EN)
            .into_keys()
            .filter(|key| {
                let (_, key) = key.split_once('.').expect("group.key");
                !source.match_indices(&format!(".{key}")).any(|(at, found)| {
                    !source[at + found.len()..]
                        .starts_with(|c: char| c.is_alphanumeric() || c == '_')
                })
            })
            .collect();
        assert!(unused.is_empty(), "no code uses {unused:?}");
    }

    #[test]
    fn placeholders_are_filled_once() {
        assert_eq!(
            crate::words::fill("{a} and {b} {c} {", &[("a", "{b}"), ("b", "2")]),
            "{b} and 2 {c} {"
        );
    }
}
