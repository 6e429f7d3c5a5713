//! From plain answers to what the plan says: the severity and the words that decide it (section 2), exclusions
//! (section 7), conditions for support (sections 5 and 6), and what would change the severity.
//!
//! A [`Guide`] is part of a plan document. `T` is how it holds its words: [`Text`] (every language) in a plan,
//! `String` (the one language shown) in a browser.

mod answers;
mod outcome;
mod product;
mod words;

use serde::{Deserialize, Serialize};

#[cfg(feature = "server")]
pub(crate) use answers::MOST_ID;
pub use answers::{AnswerProblem, Answers, Walk};
pub use outcome::{Basis, Change, Excluded, Outcome, Unmet};
pub use product::{Catalog, Product, Release, ReleaseWords, SupportState, is_out, is_version};
pub use words::{Marked, State, Template};

use crate::{
    plan::{ClauseId, Severity},
    text::{Lang, Text},
};

/// All of these hold: each named question was answered with one of the options named for it.
///
/// An unanswered question holds for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions(#[serde(with = "pairs")] pub Vec<(String, Vec<String>)>);

impl Conditions {
    /// Whether all of them hold for `answers`.
    pub fn hold(&self, answers: &Answers) -> bool {
        self.0.iter().all(|(question, options)| {
            answers
                .get(question)
                .iter()
                .any(|answer| options.contains(answer))
        })
    }
}

/// Alternatives: at least one of them holds; an empty list always does.
fn any_holds(alternatives: &[Conditions], answers: &Answers) -> bool {
    alternatives.is_empty() || alternatives.iter().any(|one| one.hold(answers))
}

/// A table in the document, a list of pairs in memory: few entries, read in order, small in the browser.
mod pairs {
    use std::{fmt, marker::PhantomData};

    use serde::{
        Deserializer, Serializer,
        de::{MapAccess, Visitor},
    };

    pub fn serialize<S: Serializer>(
        pairs: &[(String, Vec<String>)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(pairs.iter().map(|(key, values)| (key, values)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(String, Vec<String>)>, D::Error> {
        struct Pairs(PhantomData<()>);
        impl<'de> Visitor<'de> for Pairs {
            type Value = Vec<(String, Vec<String>)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table from a question's id to a list of its options' ids")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    pairs.push(entry);
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_map(Pairs(PhantomData))
    }
}

/// What a question is for; the guide shows it as the chapter that the reader is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What kind of request it is, and about what.
    Request,
    /// Excluded causes, section 7.
    Exclusions,
    /// Conditions for support, sections 5 and 6.
    Conditions,
    /// What decides the severity, section 2.
    Severity,
}

/// How many options may be chosen, and where they come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choose {
    /// Exactly one.
    One,
    /// One or more; an option marked `alone` excludes the others.
    Many,
    /// One release of the vendor's catalog, or one of the options written in the plan.
    Release,
}

/// One question of the guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question<T = Text> {
    /// Its name in conditions, in addresses and in stored answers.
    pub id: String,
    /// What it is for.
    pub part: Part,
    /// The question, in plain words.
    pub ask: T,
    /// More about how to answer.
    #[serde(default = "none")]
    pub help: Option<T>,
    /// The clause that it stands for.
    pub clause: ClauseId,
    /// How many options may be chosen.
    pub choose: Choose,
    /// The options are in order, the mildest first: choosing a later one may never lower the severity.
    #[serde(default)]
    pub ordered: bool,
    /// When it is asked: alternatives over the questions before it; always, if there are none.
    #[serde(default)]
    pub when: Vec<Conditions>,
    /// What can be answered.
    pub options: Vec<Choice<T>>,
}

/// One possible answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice<T = Text> {
    /// Its name in conditions, in addresses and in stored answers.
    pub id: String,
    /// The answer, in plain words.
    pub label: T,
    /// More about what it means.
    #[serde(default = "none")]
    pub hint: Option<T>,
    /// The answer as a supposition, for "what would change it": "if …".
    #[serde(default = "none")]
    pub suppose: Option<T>,
    /// The answer as a reason, for "because you answered that …".
    #[serde(default = "none")]
    pub because: Option<T>,
    /// Cannot be chosen together with another option ("none of these").
    #[serde(default)]
    pub alone: bool,
    /// Choosing it probably excludes the request under this clause.
    #[serde(default)]
    pub excludes: Option<ClauseId>,
    /// Choosing it leaves the condition of this clause unmet…
    #[serde(default)]
    pub unmet: Option<ClauseId>,
    /// … and this is what to do first.
    #[serde(default = "none")]
    pub to_do: Option<T>,
    /// The heading under which it stands in a long list: a product's name.
    #[serde(default = "none")]
    pub group: Option<T>,
}

// `#[serde(default)]` alone would ask for `T: Default`.
const fn none<T>() -> Option<T> {
    None
}

/// A level of section 2, and its words split into conditions over the guide's answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level<T = Text> {
    /// Which level.
    pub level: Severity,
    /// Its title in the contract.
    pub title: T,
    /// Its words, each condition marked as `{id|the words}`.
    pub words: T,
    /// When each marked part of the words holds.
    pub conditions: Vec<LevelCondition>,
}

/// One condition of a level's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelCondition {
    /// Its name in the words.
    pub id: String,
    /// Alternatives, one of which must hold.
    pub when: Vec<Conditions>,
    /// Conditions with the same name here are alternatives: one of them is enough ("and/or", "includes").
    #[serde(default)]
    pub one_of: Option<String>,
}

/// What a rule decides by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The level that it decides.
    pub level: Severity,
    /// Alternatives, one of which must hold.
    pub when: Vec<Conditions>,
    /// The reading that it follows; without one, the level's own words decide.
    #[serde(default)]
    pub reading: Option<String>,
}

/// Where the contract is silent: the reading chosen, shown beside the clause that it interprets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading<T = Text> {
    /// Its name in rules.
    pub id: String,
    /// The clause that it interprets.
    pub clause: ClauseId,
    /// The case that the words leave open.
    pub case: T,
    /// How it is read.
    pub reading: T,
    /// Why it is read so.
    pub why: T,
    /// A person at the vendor always confirms it.
    #[serde(default)]
    pub confirmed_by_a_person: bool,
}

/// A clause's citation and words, to have at hand beside a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseWords {
    /// Which clause.
    pub id: ClauseId,
    /// Its words.
    pub words: String,
}

/// The guide of a plan: questions, the levels' words, and the rules that decide, read from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide<T = Text> {
    /// The clause that a discontinued release falls under, 7(iv).
    pub discontinued: ClauseId,
    /// The clause that a release superseded by a Minor release falls under, 6(c).
    pub superseded: ClauseId,
    /// The questions, in the order in which they are asked.
    pub questions: Vec<Question<T>>,
    /// The levels, the most severe first.
    pub levels: Vec<Level<T>>,
    /// The first rule that holds decides.
    pub rules: Vec<Rule>,
    /// What the rules follow where the words are silent.
    pub readings: Vec<Reading<T>>,
}

impl<T> Guide<T> {
    /// The question named `id`.
    pub fn question(&self, id: &str) -> Option<&Question<T>> {
        self.questions.iter().find(|question| question.id == id)
    }

    /// The level's title and words.
    pub fn level(&self, severity: Severity) -> Option<&Level<T>> {
        self.levels.iter().find(|level| level.level == severity)
    }

    /// The reading named `id`.
    pub fn reading(&self, id: &str) -> Option<&Reading<T>> {
        self.readings.iter().find(|reading| reading.id == id)
    }
}

impl<T> Question<T> {
    /// The option named `id`.
    pub fn option(&self, id: &str) -> Option<&Choice<T>> {
        self.options.iter().find(|option| option.id == id)
    }
}

impl Guide<Text> {
    /// The same guide with one language's words only.
    pub fn in_language(&self, lang: Lang) -> Guide<String> {
        let one = |text: &Text| text.get(lang).to_owned();
        let maybe = |text: &Option<Text>| text.as_ref().map(one);
        Guide {
            discontinued: self.discontinued.clone(),
            superseded: self.superseded.clone(),
            questions: self
                .questions
                .iter()
                .map(|question| Question {
                    id: question.id.clone(),
                    part: question.part,
                    ask: one(&question.ask),
                    help: maybe(&question.help),
                    clause: question.clause.clone(),
                    choose: question.choose,
                    ordered: question.ordered,
                    when: question.when.clone(),
                    options: question
                        .options
                        .iter()
                        .map(|option| Choice {
                            id: option.id.clone(),
                            label: one(&option.label),
                            hint: maybe(&option.hint),
                            suppose: maybe(&option.suppose),
                            because: maybe(&option.because),
                            alone: option.alone,
                            excludes: option.excludes.clone(),
                            unmet: option.unmet.clone(),
                            to_do: maybe(&option.to_do),
                            group: maybe(&option.group),
                        })
                        .collect(),
                })
                .collect(),
            levels: self
                .levels
                .iter()
                .map(|level| Level {
                    level: level.level,
                    title: one(&level.title),
                    words: one(&level.words),
                    conditions: level.conditions.clone(),
                })
                .collect(),
            rules: self.rules.clone(),
            readings: self
                .readings
                .iter()
                .map(|reading| Reading {
                    id: reading.id.clone(),
                    clause: reading.clause.clone(),
                    case: one(&reading.case),
                    reading: one(&reading.reading),
                    why: one(&reading.why),
                    confirmed_by_a_person: reading.confirmed_by_a_person,
                })
                .collect(),
        }
    }
}
