//! The number that a customer quotes: `INC-2026-00412`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The year in which the notice was received (UTC), and a count within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IncidentNumber {
    /// Four digits.
    pub year: u16,
    /// From 1.
    pub count: u32,
}

impl IncidentNumber {
    /// Reads a number as it is written; case does not matter, nor do missing zeros.
    pub fn parse(written: &str) -> Option<Self> {
        let mut parts = written.split('-');
        let (prefix, year, count) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |part: &str, most: usize| {
            (!part.is_empty()
                && part.len() <= most
                && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then_some(())
        };
        digits(year, 4)?;
        digits(count, 9)?;
        let number = Self {
            year: year.parse().ok()?,
            count: count.parse().ok()?,
        };
        (parts.next().is_none()
            && prefix.eq_ignore_ascii_case("inc")
            && year.len() == 4
            && number.count > 0)
            .then_some(number)
    }
}

impl fmt::Display for IncidentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "INC-{:04}-{:05}", self.year, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_read() {
        let number = IncidentNumber {
            year: 2026,
            count: 412,
        };
        assert_eq!(number.to_string(), "INC-2026-00412");
        assert_eq!(IncidentNumber::parse("inc-2026-412"), Some(number));
        assert_eq!(IncidentNumber::parse("INC-2026-00412"), Some(number));
        for bad in [
            "",
            "INC",
            "INC-2026",
            "INC-2026-0",
            "INC-26-1",
            "INC-2026-1-1",
            "INC-2026-+1",
            "INC-2026-9999999999",
            "X-2026-1",
        ] {
            assert_eq!(IncidentNumber::parse(bad), None, "{bad}");
        }
    }
}
