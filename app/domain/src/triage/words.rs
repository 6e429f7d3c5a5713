//! A level's words with the conditions marked in the sentence itself.

use super::{Answers, Level, any_holds};

/// How a part of a level's words stands for some answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not a condition: the words between.
    Plain,
    /// The answers meet it.
    Holds,
    /// The answers do not meet it, but an alternative to it holds.
    NotNeeded,
    /// The answers do not meet it.
    Fails,
}

/// A stretch of a level's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked<'a> {
    /// The words.
    pub text: &'a str,
    /// How they stand.
    pub state: State,
}

/// The parts of a template such as `The Product {unusable|is unusable}.`: the condition's id, if any, and the words.
pub struct Template<'a>(&'a str);

impl<'a> Template<'a> {
    /// Reads a template; a brace that opens nothing is plain text.
    pub const fn new(words: &'a str) -> Self {
        Self(words)
    }
}

impl<'a> Iterator for Template<'a> {
    type Item = (Option<&'a str>, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        if let Some(rest) = self.0.strip_prefix('{')
            && let Some((inside, after)) = rest.split_once('}')
            && let Some((id, words)) = inside.split_once('|')
        {
            self.0 = after;
            return Some((Some(id), words));
        }
        // At least one character of plain text, so that a stray brace cannot stop the walk.
        let end = self
            .0
            .char_indices()
            .skip(1)
            .find(|(_, c)| *c == '{')
            .map_or(self.0.len(), |(at, _)| at);
        let (plain, after) = self.0.split_at(end);
        self.0 = after;
        Some((None, plain))
    }
}

impl<T> Level<T> {
    /// `words` (this level's, in some language) split into parts, each marked with how it stands for `answers`.
    pub fn marked<'a>(&self, words: &'a str, answers: &Answers) -> Vec<Marked<'a>> {
        Template::new(words)
            .map(|(id, text)| Marked {
                text,
                state: id.map_or(State::Plain, |id| self.state(id, answers)),
            })
            .collect()
    }

    /// How the condition `id` stands.
    fn state(&self, id: &str, answers: &Answers) -> State {
        let Some(condition) = self.conditions.iter().find(|condition| condition.id == id) else {
            return State::Plain;
        };
        if any_holds(&condition.when, answers) {
            return State::Holds;
        }
        let alternative_holds = condition.one_of.is_some()
            && self
                .conditions
                .iter()
                .any(|other| other.one_of == condition.one_of && any_holds(&other.when, answers));
        if alternative_holds {
            State::NotNeeded
        } else {
            State::Fails
        }
    }

    /// Whether the level's own words hold: no condition of it fails.
    pub fn words_hold(&self, answers: &Answers) -> bool {
        self.conditions
            .iter()
            .all(|condition| self.state(&condition.id, answers) != State::Fails)
    }
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn a_template_comes_apart_in_any_script() {
        let parts: Vec<_> = Template::new("{a|핵심}이 있고, {b|성능 저하}가 {있고} { }").collect();
        assert_eq!(
            parts,
            [
                (Some("a"), "핵심"),
                (None, "이 있고, "),
                (Some("b"), "성능 저하"),
                (None, "가 "),
                (None, "{있고} "),
                (None, "{ }"),
            ]
        );
        assert_eq!(Template::new("").count(), 0);
    }
}
