//! Reading a plan document, and saying what is wrong with one: file, line, and what would be right.

use std::fmt;

use toml::de::{DeTable, DeValue};

use super::{Plan, check};

/// The vendor's plan, as it ships with the portal.
const EMBEDDED: (&str, &str) = (
    "service-assurance-2026.1.toml",
    include_str!("../../plans/service-assurance-2026.1.toml"),
);

/// The only document format that this code reads.
pub(super) const FORMAT: u32 = 1;

/// One thing that is wrong with a plan document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What would be right; may be empty where the parser's message already says it.
    pub right: String,
}

/// A plan document that cannot be used, with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct PlanError {
    /// The file as it was named.
    pub file: String,
    /// In the order of their lines.
    pub problems: Vec<Problem>,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{}:{}: {}", self.file, problem.line, problem.what)?;
            if !problem.right.is_empty() {
                write!(f, " — {}", problem.right)?;
            }
        }
        Ok(())
    }
}

/// The plan that ships with the portal.
///
/// # Errors
/// Never in a build whose tests passed; typed all the same, since the document is data.
pub fn embedded() -> Result<Plan, PlanError> {
    Plan::read(EMBEDDED.0, EMBEDDED.1)
}

impl Plan {
    /// Reads and checks a plan document; `file` is its name in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it, line by line.
    pub fn read(file: &str, text: &str) -> Result<Self, PlanError> {
        let error = |problems| PlanError {
            file: file.to_owned(),
            problems,
        };
        let plan: Self = toml::from_str(text).map_err(|e| {
            error(vec![Problem {
                line: e.span().map_or(1, |span| line_of(text, span.start)),
                what: e.message().replace('\n', " "),
                right: String::new(),
            }])
        })?;
        let document = DeTable::parse(text).ok();
        let mut problems: Vec<Problem> = check::check(&plan)
            .into_iter()
            .map(|finding| Problem {
                line: document
                    .as_ref()
                    .and_then(|document| offset_of(document.get_ref(), &finding.at))
                    .map_or(1, |offset| line_of(text, offset)),
                what: finding.what,
                right: finding.right,
            })
            .collect();
        problems.sort_by_key(|problem| problem.line);
        if problems.is_empty() {
            Ok(plan)
        } else {
            Err(error(problems))
        }
    }
}

/// The line of a byte offset, counted from 1.
fn line_of(text: &str, offset: usize) -> usize {
    1 + text
        .as_bytes()
        .iter()
        .take(offset)
        .filter(|byte| **byte == b'\n')
        .count()
}

/// Where in the document a dotted path such as `guide.questions.3.clause` stands; a path that leads further than
/// the document does gives the last place that exists.
fn offset_of(document: &DeTable<'_>, path: &str) -> Option<usize> {
    let mut segments = path.split('.');
    let first = segments.next()?;
    let (key, mut value) = document.iter().find(|(key, _)| key.get_ref() == first)?;
    let mut offset = key.span().start;
    for segment in segments {
        let found = match value.get_ref() {
            DeValue::Table(table) => table
                .iter()
                .find(|(key, _)| key.get_ref() == segment)
                .map(|(key, value)| (key.span().start, value)),
            DeValue::Array(array) => segment
                .parse()
                .ok()
                .and_then(|index: usize| array.get(index))
                .map(|value| (value.span().start, value)),
            _ => None,
        };
        let Some((start, inner)) = found else { break };
        offset = start;
        value = inner;
    }
    Some(offset)
}
