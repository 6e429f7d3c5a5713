//! What complete answers add up to.

use serde::{Deserialize, Serialize};

use super::{Answers, Choice, Guide, Question, Rule, any_holds};
use crate::plan::{ClauseId, Severity};

/// What decided the severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The level's own words.
    Words,
    /// A reading of words that are silent here, by its id.
    Reading(String),
}

/// An exclusion that an answer points to: "probably", since the vendor verifies every notice (section 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// The clause, such as 7(v).
    pub clause: ClauseId,
    /// The question that was answered…
    pub question: String,
    /// … and the answer that points to the exclusion.
    pub option: String,
}

/// A condition for support that an answer leaves unmet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmet {
    /// The clause, such as 6(c).
    pub clause: ClauseId,
    /// The question that was answered…
    pub question: String,
    /// … and the answer that leaves the condition unmet.
    pub option: String,
}

/// What a set of complete answers comes to under the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The level that the answers point to.
    pub severity: Severity,
    /// What decided it.
    pub basis: Basis,
    /// Exclusions that probably apply, in the guide's order. Never a block.
    pub excluded: Vec<Excluded>,
    /// Conditions to meet first, in the guide's order.
    pub unmet: Vec<Unmet>,
}

/// Answers that would change the severity, and to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The level that they would point to.
    pub to: Severity,
    /// The fewest answers that would have to be different: question and option.
    pub answers: Vec<(String, String)>,
}

/// How many ways to reach one other level are worth telling.
const WAYS_TOLD: usize = 3;

impl<T> Guide<T> {
    /// The rule that decides for `answers`: the first that holds.
    pub fn decide(&self, answers: &Answers) -> Option<&Rule> {
        self.rules
            .iter()
            .find(|rule| any_holds(&rule.when, answers))
    }

    /// What complete, checked answers come to. `None` if they are not complete (no rule of a checked plan is missing).
    pub fn outcome(&self, answers: &Answers) -> Option<Outcome> {
        let walk = self.walk(answers);
        if walk.next.is_some() {
            return None;
        }
        let rule = self.decide(&walk.kept)?;
        let mut excluded = Vec::new();
        let mut unmet = Vec::new();
        for (question, option) in self.chosen(&walk.kept) {
            if let Some(clause) = &option.excludes {
                excluded.push(Excluded {
                    clause: clause.clone(),
                    question: question.id.clone(),
                    option: option.id.clone(),
                });
            }
            if let Some(clause) = &option.unmet {
                unmet.push(Unmet {
                    clause: clause.clone(),
                    question: question.id.clone(),
                    option: option.id.clone(),
                });
            }
        }
        Some(Outcome {
            severity: rule.level,
            basis: rule.reading.clone().map_or(Basis::Words, Basis::Reading),
            excluded,
            unmet,
        })
    }

    /// Each chosen option with its question, in the guide's order.
    fn chosen<'a>(
        &'a self,
        answers: &'a Answers,
    ) -> impl Iterator<Item = (&'a Question<T>, &'a Choice<T>)> {
        self.questions.iter().flat_map(move |question| {
            question
                .options
                .iter()
                .filter(move |option| answers.has(&question.id, &option.id))
                .map(move |option| (question, option))
        })
    }

    /// The answers that would change the severity of `answers`, for each other level the fewest first.
    ///
    /// Only ordered questions are varied: what kind of request it is is a fact, not a degree.
    pub fn changes(&self, answers: &Answers) -> Vec<Change> {
        let walk = self.walk(answers);
        let Some(now) = self.decide(&walk.kept).filter(|_| walk.next.is_none()) else {
            return Vec::new();
        };
        let mut ways: Vec<(Way, Severity)> = Vec::new();
        self.vary(
            0,
            &mut Answers::default(),
            &mut Way::default(),
            &walk.kept,
            &mut |way, severity| {
                if severity != now.level {
                    ways.push((way.clone(), severity));
                }
            },
        );
        ways.sort_by_key(|(way, severity)| (*severity, way.answers.len(), way.distance));
        let mut told: Vec<Change> = Vec::new();
        for (way, severity) in ways {
            let same_level = told.iter().filter(|change| change.to == severity);
            // A way that needs everything another way needs, and more, tells nothing new; nor does a longer step
            // on the same questions.
            let covered = |change: &Change| {
                change
                    .answers
                    .iter()
                    .all(|(question, _)| way.answers.iter().any(|(other, _)| other == question))
            };
            if same_level.clone().count() < WAYS_TOLD && !same_level.clone().any(covered) {
                told.push(Change {
                    to: severity,
                    answers: way.answers,
                });
            }
        }
        told
    }

    /// Walks every complete set of answers that differs from `base` in ordered questions only.
    fn vary(
        &self,
        from: usize,
        answers: &mut Answers,
        way: &mut Way,
        base: &Answers,
        found: &mut impl FnMut(&Way, Severity),
    ) {
        for (position, question) in self.questions.iter().enumerate().skip(from) {
            if !any_holds(&question.when, answers) {
                continue;
            }
            let given = base.get(&question.id);
            if !question.ordered {
                if given.is_empty() {
                    // Never asked on the way here and not a degree: leave it open.
                    continue;
                }
                answers.set(&question.id, given.to_vec());
                continue;
            }
            let was = question
                .options
                .iter()
                .position(|option| given.contains(&option.id));
            for (index, option) in question.options.iter().enumerate() {
                let mut answers = answers.clone();
                let mut way = way.clone();
                answers.set(&question.id, vec![option.id.clone()]);
                if was != Some(index) {
                    way.answers.push((question.id.clone(), option.id.clone()));
                    way.distance += was.unwrap_or(0).abs_diff(index);
                }
                self.vary(position + 1, &mut answers, &mut way, base, found);
            }
            return;
        }
        if let Some(rule) = self.decide(answers) {
            found(way, rule.level);
        }
    }
}

/// Answers that differ, and by how many steps in all.
#[derive(Clone, Debug, Default)]
struct Way {
    answers: Vec<(String, String)>,
    distance: usize,
}
