//! The service levels of section 3, by tier.

use serde::{Deserialize, Serialize};

use super::Severity;
use crate::{calendar, text::Text};

/// Hours in a Business Day: 9:00 to 17:00 (section 1).
pub const HOURS_IN_A_BUSINESS_DAY: u32 = 8;

/// The service level table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The figures are the editor's samples: the table is marked as such, and the order form counts.
    pub sample_figures: bool,
    /// What the table says of resolution times.
    pub resolution: Text,
    /// What a customer can subscribe to, the smallest first.
    #[serde(rename = "tier")]
    pub tiers: Vec<Tier>,
}

/// What a customer subscribes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Its name in addresses and records.
    pub id: String,
    /// Its name to read.
    pub name: Text,
    /// When support is given.
    pub hours: Text,
    /// How it is reached.
    pub channels: Channels,
    /// Designated Customer Support Contacts included.
    pub contacts: u32,
    /// By when a Response is due, level by level.
    pub response: Vec<LevelTarget>,
    /// How often the customer is told more after the Response, level by level.
    pub update: Vec<LevelTarget>,
}

/// How support is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// In the portal.
    pub online: Text,
    /// By e-mail.
    pub email: Text,
    /// By telephone.
    pub telephone: Text,
}

/// A target for one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelTarget {
    /// The level.
    pub level: Severity,
    /// Its target: how much…
    pub amount: u32,
    /// … of what …
    pub unit: Unit,
    /// … by which clock.
    pub clock: Clock,
}

/// A length of time as the contract says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
    /// By which clock.
    pub clock: Clock,
}

/// What a target counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Hours.
    Hour,
    /// Days: eight Business Hours, or 24 hours by the 24x7 clock.
    Day,
}

/// When time counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clock {
    /// In Business Hours only.
    #[serde(rename = "business")]
    Business,
    /// Always: elapsed time.
    #[serde(rename = "24x7")]
    Always,
}

impl Target {
    /// The target in milliseconds of its own clock.
    pub const fn millis(self) -> i64 {
        let hours = match (self.unit, self.clock) {
            (Unit::Hour, _) => 1,
            (Unit::Day, Clock::Business) => HOURS_IN_A_BUSINESS_DAY,
            (Unit::Day, Clock::Always) => 24,
        };
        // Both factors are 32-bit, so their product cannot overflow 64.
        self.amount as i64 * hours as i64 * 3_600_000
    }
}

impl From<Target> for calendar::Target {
    fn from(target: Target) -> Self {
        let clock = match target.clock {
            Clock::Business => calendar::Clock::BusinessHours,
            Clock::Always => calendar::Clock::Elapsed,
        };
        Self {
            ms: target.millis().unsigned_abs(),
            clock,
        }
    }
}

impl LevelTarget {
    /// The target without its level.
    pub const fn target(self) -> Target {
        Target {
            amount: self.amount,
            unit: self.unit,
            clock: self.clock,
        }
    }
}

impl Tier {
    /// By when a Response is due.
    pub fn response(&self, severity: Severity) -> Option<Target> {
        find(&self.response, severity)
    }

    /// How often the customer is told more.
    pub fn update(&self, severity: Severity) -> Option<Target> {
        find(&self.update, severity)
    }
}

fn find(targets: &[LevelTarget], severity: Severity) -> Option<Target> {
    targets
        .iter()
        .find(|target| target.level == severity)
        .map(|target| target.target())
}
