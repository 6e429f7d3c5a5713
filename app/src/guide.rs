//! What the guide needs in a browser: questions, words and windows of the calendars, in the one language shown.

use domain::{
    calendar::{BusinessCalendar, Instant},
    plan::{Severity, Target},
    text::Lang,
    triage::{Answers, ClauseWords, Guide},
};
use serde::{Deserialize, Serialize};

use crate::words;

/// Everything that the guide shows, in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuideData {
    /// The language of all of it.
    pub lang: Lang,
    /// The interface's words.
    pub words: GuideWords,
    /// Questions, levels and rules, with the releases of the catalog filled in.
    pub guide: Guide<String>,
    /// Where the contract's words stand.
    pub contract: Contract,
    /// The words of each clause that a question stands for.
    pub clauses: Vec<ClauseWords>,
    /// What a customer can subscribe to.
    pub tiers: Vec<TierData>,
    /// What a customer can select, each with a window of its calendar.
    pub zones: Vec<ZoneData>,
    /// The figures are the editor's samples.
    pub sample_figures: bool,
}

/// The words of the interface that the guide needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each group says what it is for")]
pub struct GuideWords {
    pub guide: words::Guide,
    pub deadline: words::Deadline,
    pub times: words::Times,
}

/// The contract whose words are shown: where they stand, and what is said of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// What is said of words that are a translation; nothing of those that govern.
    pub for_convenience: String,
    /// What the address of a clause begins with: its id follows.
    pub clauses: String,
    /// What the address of a level's words begins with: its number follows.
    pub levels: String,
    /// The address of what promises Responses.
    pub promise: String,
}

/// A tier and its Response targets, most severe level first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierData {
    /// Its name in addresses.
    pub id: String,
    /// Its name to read.
    pub name: String,
    /// By when a Response is due, for each level.
    pub response: Vec<(Severity, Target)>,
}

/// A zone and a window of its calendar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ZoneData {
    /// Its name in addresses.
    pub id: String,
    /// Its name to read.
    pub name: String,
    /// The calendar from about now on, as far as any target reaches.
    pub calendar: BusinessCalendar,
}

/// Under which tier, in which zone a deadline is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// A tier's id.
    pub tier: String,
    /// A zone's id.
    pub zone: String,
}

impl GuideData {
    /// The tier of the terms, or the first.
    pub fn tier(&self, terms: &Terms) -> Option<&TierData> {
        self.tiers
            .iter()
            .find(|tier| tier.id == terms.tier)
            .or_else(|| self.tiers.first())
    }

    /// The zone of the terms, or the first.
    pub fn zone(&self, terms: &Terms) -> Option<&ZoneData> {
        self.zones
            .iter()
            .find(|zone| zone.id == terms.zone)
            .or_else(|| self.zones.first())
    }
}

impl TierData {
    /// By when a Response is due.
    pub fn target(&self, severity: Severity) -> Option<Target> {
        self.response
            .iter()
            .find(|(level, _)| *level == severity)
            .map(|(_, target)| *target)
    }
}

/// What the guide shows: a question, or the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// The question at this place in the guide.
    Question(usize),
    /// The result.
    Result,
}

/// What the guide starts with: what the address carried, or nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Start {
    /// What the guide shows.
    pub data: GuideData,
    /// Answers given so far.
    pub answers: Answers,
    /// The step to show.
    pub step: Step,
    /// Whether the answer to that step was just sent and could not be taken.
    pub refused: bool,
    /// Whether answering the step leads back to the result.
    pub to_result: bool,
    /// The tier and zone to show a deadline for.
    pub terms: Terms,
    /// They are the reader's own, from their subscription.
    pub own_terms: bool,
    /// The server's present.
    pub now: Instant,
}

/// Where in the guide an address leads, besides the answers that it carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Show this question, answered or not.
    pub step: Option<String>,
    /// This question was just answered: show the one after it.
    pub after: Option<String>,
}

impl GuideData {
    /// The step at `place` for `answers`; an unanswered question before it comes first.
    pub fn step(&self, answers: &Answers, place: &Place) -> Step {
        let walk = self.guide.walk(answers);
        let position = |id: &str| {
            walk.asked.iter().position(|index| {
                self.guide
                    .questions
                    .get(*index)
                    .is_some_and(|question| question.id == id)
            })
        };
        if let Some(at) = place.step.as_deref().and_then(position) {
            return walk
                .asked
                .get(at)
                .map_or(Step::Result, |index| Step::Question(*index));
        }
        if let Some(at) = place.after.as_deref().and_then(position) {
            let answered = walk.asked.get(at).copied() != walk.next;
            let wanted = if answered { at + 1 } else { at };
            return walk
                .asked
                .get(wanted)
                .map_or(Step::Result, |index| Step::Question(*index));
        }
        walk.next.map_or(Step::Result, Step::Question)
    }

    /// The question asked before the one at `index`, if there is one.
    pub fn before(&self, answers: &Answers, index: usize) -> Option<&str> {
        let walk = self.guide.walk(answers);
        let at = walk.asked.iter().position(|asked| *asked == index)?;
        let before = walk.asked.get(at.checked_sub(1)?)?;
        self.guide
            .questions
            .get(*before)
            .map(|question| question.id.as_str())
    }
}
