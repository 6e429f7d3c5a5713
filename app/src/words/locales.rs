//! The words of each language, read once from the documents in `locales/`.

use std::{collections::BTreeMap, sync::LazyLock};

use domain::text::Lang;

use super::Words;

const EN: &str = include_str!("../../locales/en.toml");
const KO: &str = include_str!("../../locales/ko.toml");

/// A document: groups of keys, each with its words. What is taken is no longer there.
pub(super) struct Document(BTreeMap<String, BTreeMap<String, String>>);

impl Document {
    fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text)
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// Takes the words of a group, in the order of its keys.
    pub(super) fn group(&mut self, name: &str, keys: &[&str]) -> Result<Vec<String>, String> {
        let mut group = self.0.remove(name).unwrap_or_default();
        let words = keys
            .iter()
            .map(|key| {
                group
                    .remove(*key)
                    .ok_or_else(|| format!("{name}.{key} is missing"))
            })
            .collect::<Result<_, _>>()?;
        match group.keys().next() {
            None => Ok(words),
            Some(key) => Err(format!("{name}.{key} is unknown")),
        }
    }

    /// That nothing is left of it.
    pub(super) fn end(self) -> Result<(), String> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(group) => Err(format!("the group {group} is unknown")),
        }
    }
}

static WORDS: LazyLock<[Words; 2]> = LazyLock::new(|| {
    [EN, KO].map(|text| match Document::parse(text).and_then(Words::read) {
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
    use std::{fs, path::Path};

    use super::*;

    /// `group.key` to its words.
    fn flat(document: &str) -> BTreeMap<String, String> {
        let Document(groups) = Document::parse(document).expect("groups of keys");
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
    fn a_document_has_all_keys_and_no_others() {
        let read = |text: &str| Words::read(Document::parse(text).expect("groups of keys"));
        assert!(read(EN).is_ok());
        let without = EN.replacen("\nskip = ", "\nskipped = ", 1);
        assert_eq!(read(&without), Err("frame.skip is missing".to_owned()));
        let more = EN.replacen("[frame]\n", "[frame]\nmore = \"x\"\n", 1);
        assert_eq!(read(&more), Err("frame.more is unknown".to_owned()));
        let group = format!("{EN}\n[more]\nmore = \"x\"\n");
        assert_eq!(read(&group), Err("the group more is unknown".to_owned()));
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

    /// Each source file but those of this module.
    fn sources() -> Vec<String> {
        let mut sources = Vec::new();
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
                    sources.push(fs::read_to_string(entry).expect("a source file"));
                }
            }
        }
        sources
    }

    /// Whether a source has `name` as a whole, such as a type's `Guide` or a field's `.guide`.
    fn names(source: &str, name: &str) -> bool {
        let inside = |c: char| c.is_alphanumeric() || c == '_';
        source.match_indices(name).any(|(at, found)| {
            !source[at + found.len()..].starts_with(inside)
                && (name.starts_with('.') || !source[..at].ends_with(inside))
        })
    }

    /// The keys that no source uses that names their group as well, as a field or by its type: many groups have a `title`.
    fn unused(sources: &[String]) -> Vec<String> {
        let module = include_str!("mod.rs");
        let (_, groups) = module.split_once("\ngroups! {").expect("the groups");
        let type_of = |group: &str| {
            let field = format!("    {group}: ");
            let (_, rest) = groups.split_once(&field).expect("the group");
            rest.split(',').next().expect("its type").to_owned()
        };
        flat(EN)
            .into_keys()
            .filter(|key| {
                let (group, key) = key.split_once('.').expect("group.key");
                let (field, of, key) = (format!(".{group}"), type_of(group), format!(".{key}"));
                let mut sources = sources.iter();
                !sources.any(|source| {
                    names(source, &key) && (names(source, &field) || names(source, &of))
                })
            })
            .collect()
    }

    #[test]
    fn every_key_is_used() {
        let unused = unused(&sources());
        assert!(unused.is_empty(), "no code uses {unused:?}");
    }

    #[test]
    fn a_key_is_not_used_by_another_groups_key_of_that_name() {
        let unused = unused(&["fn page(t: &Words) { t.plan.title.clone() }".to_owned()]);
        let is_unused = |key: &str| unused.iter().any(|one| one == key);
        assert!(!is_unused("plan.title"));
        assert!(is_unused("plan.contents") && is_unused("guide.title"));
    }

    #[test]
    fn placeholders_are_filled_once() {
        assert_eq!(
            crate::words::fill("{a} and {b} {c} {", &[("a", "{b}"), ("b", "2")]),
            "{b} and 2 {c} {"
        );
    }
}
