//! The plan: a versioned document of numbered clauses, severities, service levels and readings.
//!
//! Another vendor's plan, or next year's, is a new document, not new code.

#[cfg(feature = "server")]
mod check;
#[cfg(feature = "server")]
pub mod diff;
#[cfg(feature = "server")]
mod load;
mod service;

use std::fmt;

use serde::{Deserialize, Serialize};

#[cfg(feature = "server")]
pub use load::{PlanError, Problem, embedded};
pub use service::{Channels, Clock, LevelTarget, Service, Target, Tier, Unit};

use crate::{
    text::{Lang, Text},
    triage::{Guide, Level},
};

/// A severity level; 1 is the most severe. Written `S1`.
///
/// Ordered by number, so that the most severe comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Severity(u8);

impl Severity {
    /// The level with this number, from 1 to 9.
    pub const fn new(number: u8) -> Option<Self> {
        if number >= 1 && number <= 9 {
            Some(Self(number))
        } else {
            None
        }
    }

    /// Its number; 1 is the most severe.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Reads `S1`.
    pub fn parse(label: &str) -> Option<Self> {
        match label.as_bytes() {
            [b'S' | b's', digit @ b'1'..=b'9'] => Some(Self(digit - b'0')),
            _ => None,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S{}", self.0)
    }
}

impl TryFrom<String> for Severity {
    type Error = &'static str;

    fn try_from(label: String) -> Result<Self, Self::Error> {
        Self::parse(&label).ok_or("a severity level is written S1 to S9")
    }
}

impl From<Severity> for String {
    fn from(severity: Severity) -> Self {
        severity.to_string()
    }
}

/// Names a section (`7`), a clause (`7-v`), a definition (`1-business-hour`) or a severity level (`2-s1`).
///
/// It is also the anchor in the page: `/plan#7-v`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClauseId(pub String);

impl ClauseId {
    /// The section's number: `7` of `7-v`.
    pub fn section(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// What follows the section: `v` of `7-v`.
    pub fn label(&self) -> Option<&str> {
        self.0.split_once('-').map(|(_, label)| label)
    }

    /// How the contract is cited: `7(v)`, `4`; a definition and a level by their section.
    pub fn cite(&self) -> String {
        match self.label() {
            Some(label) if is_numeral(label) => format!("{}({label})", self.section()),
            _ => self.section().to_owned(),
        }
    }
}

impl fmt::Display for ClauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a label is a letter or a small Roman numeral, as the contract writes them in parentheses.
fn is_numeral(label: &str) -> bool {
    label.len() == 1 || label.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'))
}

/// A plan document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The document format that it is written in; this code reads 1.
    pub format: u32,
    /// The version that incidents are filed under, such as `2026.1`.
    pub version: String,
    /// The contract's name.
    pub title: Text,
    /// The vendor, as the contract calls it.
    pub vendor: String,
    /// The clauses by which a support request can be designated as not an Error, in the order in which they are offered.
    pub not_an_error: Vec<ClauseId>,
    /// What the vendor's page says around the contract.
    pub page: Page,
    /// The numbered sections.
    #[serde(rename = "section")]
    pub sections: Vec<Section>,
    /// The editor's notes, each at its clause.
    #[serde(default, rename = "note")]
    pub notes: Vec<Note>,
    /// The zones that a customer may select.
    #[serde(rename = "zone")]
    pub zones: Vec<Zone>,
    /// What a Designated Customer Support Contact must be certified at.
    pub certification: Certification,
    /// The service levels by tier.
    pub service: Service,
    /// The severity guide.
    pub guide: Guide,
}

/// What the vendor's page says around the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The line under the title.
    pub tagline: Text,
    /// About the vendor.
    pub about: Vec<Text>,
    /// The heading over the offers.
    pub offers_title: Text,
    /// "How We Can Help".
    #[serde(rename = "offer")]
    pub offers: Vec<Offer>,
}

/// One of the page's offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// Its heading.
    pub title: Text,
    /// What it says.
    pub text: Text,
}

/// A numbered section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its number, such as `7`.
    pub number: String,
    /// Its heading.
    pub title: Text,
    /// Its paragraphs and clauses, in order.
    #[serde(default, rename = "clause")]
    pub clauses: Vec<Clause>,
    /// The table that stands in it, after its clauses.
    #[serde(default)]
    pub table: Option<Table>,
}

/// The two tables of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// The Error Severity Definition Table.
    Severities,
    /// The service level table.
    ServiceLevels,
}

/// A paragraph, a lettered clause or a definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its label, without parentheses: `v`; for a definition the last part of its anchor. A plain paragraph has none.
    #[serde(default)]
    pub label: Option<String>,
    /// The term that it defines and that stands before its words.
    #[serde(default)]
    pub term: Option<Text>,
    /// The words in which a defined term appears elsewhere, to link them here.
    #[serde(default)]
    pub forms: Option<Forms>,
    /// Its words.
    pub text: Text,
}

/// The forms in which a defined term appears, by language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forms {
    /// In English.
    pub en: Vec<String>,
    /// In Korean.
    #[serde(default)]
    pub ko: Vec<String>,
}

impl Forms {
    /// The forms in `lang`.
    pub fn get(&self, lang: Lang) -> &[String] {
        match lang {
            Lang::En => &self.en,
            Lang::Ko => &self.ko,
        }
    }
}

/// An editor's note: where the text needed a reading, or is kept as it stands. Never the vendor's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Where it is shown.
    pub clause: ClauseId,
    /// What it says.
    pub text: Text,
}

/// A zone that a customer may select for its Business Days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Its name in addresses and records.
    pub id: String,
    /// Its name to read.
    pub name: Text,
    /// The IANA name that it is read as.
    pub tz: String,
    /// Whose public holidays are not Business Days, as in [`crate::calendar`]: `us` or `kr`.
    pub holidays: String,
}

/// What section 4 asks of a Designated Customer Support Contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certification {
    /// The clause that asks for it.
    pub clause: ClauseId,
    /// The track.
    pub track: Text,
    /// The levels, lowest first.
    pub ladder: Vec<Text>,
    /// How many of the ladder's levels do not suffice: 0, if the lowest does.
    pub required: usize,
}

impl Plan {
    /// The section with this number.
    pub fn section(&self, number: &str) -> Option<&Section> {
        self.sections
            .iter()
            .find(|section| section.number == number)
    }

    /// Every name that a clause reference may have.
    pub fn clause_ids(&self) -> Vec<ClauseId> {
        let mut ids = Vec::new();
        for section in &self.sections {
            ids.push(ClauseId(section.number.clone()));
            ids.extend(
                section
                    .clauses
                    .iter()
                    .filter_map(|clause| section.clause_id(clause)),
            );
            if section.table == Some(Table::Severities) {
                ids.extend(
                    self.guide
                        .levels
                        .iter()
                        .map(|level| section.level_id(level)),
                );
            }
        }
        ids
    }

    /// The words that a clause reference stands for, as a reader wants them at hand; a whole section gives its
    /// paragraphs and clauses, a line each.
    pub fn clause_words(&self, id: &ClauseId, lang: Lang) -> Option<String> {
        let section = self.section(id.section())?;
        if let Some(clause) = section
            .clauses
            .iter()
            .find(|clause| section.clause_id(clause).as_ref() == Some(id))
        {
            return Some(clause.words(lang));
        }
        if section.table == Some(Table::Severities)
            && let Some(level) = self
                .guide
                .levels
                .iter()
                .find(|level| section.level_id(level) == *id)
        {
            return Some(level.plain_words(lang));
        }
        (id.label().is_none()).then(|| {
            let mut words: Vec<String> = section
                .clauses
                .iter()
                .map(|clause| clause.words(lang))
                .collect();
            if section.table == Some(Table::Severities) {
                words.extend(
                    self.guide
                        .levels
                        .iter()
                        .map(|level| level.plain_words(lang)),
                );
            }
            words.join("\n")
        })
    }

    /// The clauses that exclude something from support, in the order in which the guide asks for them; then the one of a
    /// discontinued version.
    pub fn exclusions(&self) -> Vec<&ClauseId> {
        let asked = self
            .guide
            .questions
            .iter()
            .flat_map(|question| &question.options)
            .filter_map(|option| option.excludes.as_ref());
        let mut clauses = Vec::new();
        for clause in asked.chain([&self.guide.discontinued]) {
            if !clauses.contains(&clause) {
                clauses.push(clause);
            }
        }
        clauses
    }

    /// The reference to a level's words: in the section of the severity table.
    pub fn level_id<T>(&self, level: &Level<T>) -> Option<ClauseId> {
        let mut sections = self.sections.iter();
        sections
            .find(|section| section.table == Some(Table::Severities))
            .map(|section| section.level_id(level))
    }

    /// The clause that promises Responses and updates: the section of the service level table.
    pub fn promising(&self) -> Option<ClauseId> {
        let mut sections = self.sections.iter();
        sections
            .find(|section| section.table == Some(Table::ServiceLevels))
            .map(|section| ClauseId(section.number.clone()))
    }

    /// The tier with this id.
    pub fn tier(&self, id: &str) -> Option<&Tier> {
        self.service.tiers.iter().find(|tier| tier.id == id)
    }

    /// The zone with this id.
    pub fn zone(&self, id: &str) -> Option<&Zone> {
        self.zones.iter().find(|zone| zone.id == id)
    }
}

impl Section {
    /// The reference to one of this section's clauses; a plain paragraph has none.
    pub fn clause_id(&self, clause: &Clause) -> Option<ClauseId> {
        clause
            .label
            .as_ref()
            .map(|label| ClauseId(format!("{}-{label}", self.number)))
    }

    /// The reference to a level of the severity table in this section.
    pub fn level_id<T>(&self, level: &Level<T>) -> ClauseId {
        ClauseId(format!("{}-s{}", self.number, level.level.number()))
    }
}

impl Clause {
    /// The clause as one reads it aloud: its label or term, then its words.
    pub fn words(&self, lang: Lang) -> String {
        match (&self.term, &self.label) {
            (Some(term), _) => format!("{}: {}", term.get(lang), self.text.get(lang)),
            (None, Some(label)) if is_numeral(label) => {
                format!("({label}) {}", self.text.get(lang))
            }
            (None, _) => self.text.get(lang).to_owned(),
        }
    }
}

impl Level {
    /// Its words without the marks of its conditions.
    pub fn plain_words(&self, lang: Lang) -> String {
        let words: String = crate::triage::Template::new(self.words.get(lang))
            .map(|(_, words)| words)
            .collect();
        format!("{}: {words}", self.level)
    }
}
