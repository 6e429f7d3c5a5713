//! Seats of Designated Customer Support Contacts (section 4).

use serde::{Deserialize, Serialize};

/// How many contacts a customer may designate, and how many it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// Included in the tier.
    pub included: u32,
    /// Elected on top, at the vendor's then current applicable fee.
    pub elected: u32,
    /// Taken by designated contacts.
    pub used: u32,
}

impl Seats {
    /// How many there are.
    pub const fn total(self) -> u32 {
        self.included.saturating_add(self.elected)
    }

    /// How many are left.
    pub const fn free(self) -> u32 {
        self.total().saturating_sub(self.used)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_counted() {
        let seats = Seats {
            included: 3,
            elected: 2,
            used: 4,
        };
        assert_eq!((seats.total(), seats.free()), (5, 1));
        let overdrawn = Seats { used: 9, ..seats };
        assert_eq!(overdrawn.free(), 0);
    }
}
