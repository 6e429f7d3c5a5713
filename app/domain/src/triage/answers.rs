//! What a reader has answered, and where that leads in the guide.

use serde::{Deserialize, Serialize};

use super::{Choose, Guide, Question, any_holds};

/// Answers by question, in the order given. Written as a query string: `kind=problem&causes=none`.
///
/// Ids are letters, digits, `.`, `_`, `-` and `:`, so nothing in it needs escaping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Answers(Vec<(String, Vec<String>)>);

/// What is wrong with a set of answers. Never shown word for word: the portal has its own words for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerProblem {
    /// The guide has no such question, or does not ask it after these answers.
    NotAsked {
        /// The question's id as it was given.
        question: String,
    },
    /// The question has no such option (an unknown version, too).
    NoSuchOption {
        /// The question's id.
        question: String,
    },
    /// Two options that exclude each other, or two where one is allowed.
    Contradiction {
        /// The question's id.
        question: String,
    },
    /// The guide asks it and there is no answer yet.
    Missing {
        /// The question's id.
        question: String,
    },
}

impl AnswerProblem {
    /// The id of the question that it is about.
    pub fn question(&self) -> &str {
        match self {
            Self::NotAsked { question }
            | Self::NoSuchOption { question }
            | Self::Contradiction { question }
            | Self::Missing { question } => question,
        }
    }
}

/// The most pairs that are read as answers: far more than a guide asks. Each is looked for among those before it, and
/// anybody may send any number of them.
const MOST_PAIRS: usize = 200;

/// The most bytes of an id: a product's and a release's name in one fit.
pub(crate) const MOST_ID: usize = 128;

/// Whether `id` can stand in an address as it is.
pub(crate) fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= MOST_ID
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b':'))
}

impl Answers {
    /// The options chosen for a question; none if it is unanswered.
    pub fn get(&self, question: &str) -> &[String] {
        self.0
            .iter()
            .find(|(id, _)| id == question)
            .map_or(&[], |(_, options)| options)
    }

    /// Whether `option` is among those chosen.
    pub fn has(&self, question: &str, option: &str) -> bool {
        self.get(question).iter().any(|chosen| chosen == option)
    }

    /// Sets the answer to a question; no options clear it.
    pub fn set(&mut self, question: &str, options: Vec<String>) {
        self.0.retain(|(id, _)| id != question);
        if !options.is_empty() {
            self.0.push((question.to_owned(), options));
        }
    }

    /// The same with one answer set.
    #[must_use]
    pub fn with(&self, question: &str, option: &str) -> Self {
        let mut answers = self.clone();
        answers.set(question, vec![option.to_owned()]);
        answers
    }

    /// Whether nothing is answered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each question with the options chosen for it.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0
            .iter()
            .map(|(question, options)| (question.as_str(), options.as_slice()))
    }

    /// One pair for each chosen option, as hidden fields and addresses carry them.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter().flat_map(|(question, options)| {
            options
                .iter()
                .map(move |option| (question, option.as_str()))
        })
    }

    /// Reads pairs, as from a form; keeps what could be an answer at all, drops a repeated option. Only the first 200 are
    /// read, and an id of more than 128 bytes is none: who sends them is not known yet, and reading more takes the square
    /// of their number.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut answers = Self::default();
        for (question, option) in pairs.into_iter().take(MOST_PAIRS) {
            if !is_id(question) || !is_id(option) || answers.has(question, option) {
                continue;
            }
            match answers.0.iter_mut().find(|(id, _)| id == question) {
                Some((_, options)) => options.push(option.to_owned()),
                None => answers
                    .0
                    .push((question.to_owned(), vec![option.to_owned()])),
            }
        }
        answers
    }

    /// The answers as a query string without `?`.
    pub fn to_query(&self) -> String {
        let mut query = String::new();
        for (question, option) in self.pairs() {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(question);
            query.push('=');
            query.push_str(option);
        }
        query
    }

    /// Reads a query string; whatever could not be an answer is dropped.
    pub fn from_query(query: &str) -> Self {
        // Of all that an id may contain, a form escapes the colon alone.
        let mut plain = String::with_capacity(query.len());
        for (index, part) in query.split('%').enumerate() {
            match part
                .strip_prefix(['3'])
                .and_then(|part| part.strip_prefix(['A', 'a']))
            {
                Some(rest) if index > 0 => {
                    plain.push(':');
                    plain.push_str(rest);
                }
                _ => {
                    if index > 0 {
                        plain.push('%');
                    }
                    plain.push_str(part);
                }
            }
        }
        Self::from_pairs(plain.split('&').filter_map(|pair| pair.split_once('=')))
    }
}

impl From<String> for Answers {
    fn from(query: String) -> Self {
        Self::from_query(&query)
    }
}

impl From<Answers> for String {
    fn from(answers: Answers) -> Self {
        answers.to_query()
    }
}

/// A walk through the guide along some answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// The answers that were asked for and are possible, in the guide's order. What no longer applies is left out.
    pub kept: Answers,
    /// Positions of the questions asked so far, the next unanswered one included.
    pub asked: Vec<usize>,
    /// The position of the first asked question without a possible answer; `None` when the guide is through.
    pub next: Option<usize>,
}

impl<T> Guide<T> {
    /// Follows `answers` through the guide, question by question, up to the first that is not answered.
    pub fn walk(&self, answers: &Answers) -> Walk {
        let mut walk = Walk {
            kept: Answers::default(),
            asked: Vec::new(),
            next: None,
        };
        for (position, question) in self.questions.iter().enumerate() {
            if !any_holds(&question.when, &walk.kept) {
                continue;
            }
            walk.asked.push(position);
            let given = answers.get(&question.id);
            if given.is_empty() || question.check(given).is_err() {
                walk.next = Some(position);
                return walk;
            }
            walk.kept.set(&question.id, given.to_vec());
        }
        walk
    }

    /// Everything that the guide asks after `answers`, for a form that asks it at once: positions of the questions, and the
    /// answers to them that are possible. A question without an answer keeps none from being asked but those that depend
    /// on it.
    pub fn ask(&self, answers: &Answers) -> (Vec<usize>, Answers) {
        let (mut asked, mut kept) = (Vec::new(), Answers::default());
        for (position, question) in self.questions.iter().enumerate() {
            if any_holds(&question.when, &kept) {
                asked.push(position);
                let given = answers.get(&question.id);
                if question.check(given).is_ok() {
                    kept.set(&question.id, given.to_vec());
                }
            }
        }
        (asked, kept)
    }

    /// The answers, complete and exactly as the guide asks them, or everything that is wrong with them.
    ///
    /// # Errors
    /// Every problem: a forged combination, an unknown option, an answer that is missing.
    pub fn check(&self, answers: &Answers) -> Result<Answers, Vec<AnswerProblem>> {
        let walk = self.walk(answers);
        let mut problems = Vec::new();
        for (id, given) in answers.iter() {
            match self.question(id) {
                None => problems.push(AnswerProblem::NotAsked {
                    question: id.to_owned(),
                }),
                Some(question) => {
                    if let Err(problem) = question.check(given) {
                        problems.push(problem);
                    } else if walk.next.is_none() && walk.kept.get(id).is_empty() {
                        problems.push(AnswerProblem::NotAsked {
                            question: id.to_owned(),
                        });
                    }
                }
            }
        }
        if problems.is_empty()
            && let Some(question) = walk.next.and_then(|position| self.questions.get(position))
        {
            problems.push(AnswerProblem::Missing {
                question: question.id.clone(),
            });
        }
        if problems.is_empty() {
            Ok(walk.kept)
        } else {
            Err(problems)
        }
    }
}

impl<T> Question<T> {
    /// Whether `given` is a possible answer to this question.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self, given: &[String]) -> Result<(), AnswerProblem> {
        let question = || self.id.clone();
        if given.is_empty() {
            return Err(AnswerProblem::Missing {
                question: question(),
            });
        }
        let mut alone = false;
        for id in given {
            match self.option(id) {
                None => {
                    return Err(AnswerProblem::NoSuchOption {
                        question: question(),
                    });
                }
                Some(option) => alone |= option.alone,
            }
        }
        if given.len() > 1 && (alone || self.choose != Choose::Many) {
            return Err(AnswerProblem::Contradiction {
                question: question(),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_pairs_the_first_are_read() {
        let pairs: Vec<String> = (0..131_000).map(|n| format!("q{n}=yes")).collect();
        let query = pairs.join("&");
        for answers in [Answers::from_query(&query), Answers::from(query.clone())] {
            assert_eq!(answers.to_query(), pairs[..MOST_PAIRS].join("&"));
        }
        // What could be no answer counts as well.
        let query = format!("{}kind=problem", "=&".repeat(MOST_PAIRS));
        assert!(Answers::from_query(&query).is_empty());
    }

    #[test]
    fn an_id_that_is_too_long_is_none() {
        let (fits, long) = ("x".repeat(MOST_ID), "x".repeat(MOST_ID + 1));
        let query = format!("{long}=a&kind={long}&{fits}={fits}");
        assert_eq!(
            Answers::from_query(&query).to_query(),
            format!("{fits}={fits}")
        );
    }
}
