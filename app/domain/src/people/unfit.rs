//! Whether a certification can be entered at all: the same rule for the form of an administrator and for an import.

use serde::{Deserialize, Serialize};

use super::{Certification, overlapping};
use crate::plan;

/// The most characters of a certification's number.
pub const MOST_NUMBER: usize = 50;

/// Why a certification cannot be entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unfit {
    /// The plan asks for another track.
    UnknownTrack,
    /// The plan's ladder has no such level.
    UnknownLevel,
    /// The number is missing, longer than [`MOST_NUMBER`] characters, or has one that cannot be kept.
    BadNumber,
    /// It would expire before the day of issue.
    ExpiryBeforeIssue,
    /// This one of the same person covers some of its days at the same level.
    Overlapping(Certification),
}

impl Certification {
    /// Why it cannot be entered for somebody who holds `held` under what the plan's section 4 asks for; `None` if it can.
    /// When one is corrected, `held` is without it.
    pub fn unfit(&self, held: &[Self], asked: &plan::Certification) -> Option<Unfit> {
        if self.track != asked.track.en {
            return Some(Unfit::UnknownTrack);
        }
        if !asked.ladder.iter().any(|level| level.en == self.level) {
            return Some(Unfit::UnknownLevel);
        }
        let number = self.number.trim();
        if number.is_empty()
            || number != self.number
            || number.chars().count() > MOST_NUMBER
            || number.chars().any(char::is_control)
        {
            return Some(Unfit::BadNumber);
        }
        if self.expires < self.issued {
            return Some(Unfit::ExpiryBeforeIssue);
        }
        overlapping(self, held).map(|other| Unfit::Overlapping(other.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{plan::ClauseId, text::Text};

    #[test]
    fn each_rule_is_named() {
        let text = |en: &str| Text {
            en: en.into(),
            ko: None,
        };
        let asked = plan::Certification {
            clause: ClauseId("4-contacts".into()),
            track: text("Integration and API"),
            ladder: ["Associate", "Expert"].map(text).into(),
            required: 0,
        };
        let good = Certification {
            track: "Integration and API".into(),
            level: "Associate".into(),
            number: "C-1".into(),
            issued: "2026-01-01".parse().expect("a date"),
            expires: "2026-12-31".parse().expect("a date"),
        };
        assert_eq!(good.unfit(&[], &asked), None);
        let one_day = Certification {
            expires: good.issued,
            ..good.clone()
        };
        assert_eq!(one_day.unfit(&[], &asked), None);
        let with = |change: fn(&mut Certification)| {
            let mut one = good.clone();
            change(&mut one);
            one.unfit(&[], &asked)
        };
        assert_eq!(with(|one| one.track.clear()), Some(Unfit::UnknownTrack));
        assert_eq!(
            with(|one| one.level = "associate".into()),
            Some(Unfit::UnknownLevel)
        );
        for number in ["", " ", " C-2", "a\u{7}", &"9".repeat(MOST_NUMBER + 1)] {
            let one = Certification {
                number: number.to_owned(),
                ..good.clone()
            };
            assert_eq!(one.unfit(&[], &asked), Some(Unfit::BadNumber), "{number:?}");
        }
        assert_eq!(
            with(|one| one.expires = one.issued.plus_days(-1)),
            Some(Unfit::ExpiryBeforeIssue)
        );
        let other = Certification {
            number: "C-2".into(),
            issued: good.expires,
            ..good.clone()
        };
        let other = Certification {
            expires: other.issued.plus_days(300),
            ..other
        };
        assert_eq!(
            good.unfit(std::slice::from_ref(&other), &asked),
            Some(Unfit::Overlapping(other))
        );
    }
}
