//! Who somebody is to the portal, and what they may do. One table; `portal-core` enforces it.

use serde::{Deserialize, Serialize};

/// Who asks. Every operation of `portal-core` takes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Actor {
    /// Nobody has signed in.
    Anonymous,
    /// A contact of a customer, signed in.
    Contact {
        /// The contact's id.
        contact: i64,
        /// The id of the customer (organization) that the contact belongs to.
        customer: i64,
    },
}

/// What can be asked of the portal's records. A new operation gets its row in [`allows`] or does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Read the plan, the products and their releases, the guide.
    ReadPlan,
    /// File an incident for the customer.
    FileIncident,
    /// Read the customer's incidents: the list, one of them, its history.
    ReadIncident,
}

impl Operation {
    /// Every operation, for tests that walk the table.
    pub const ALL: [Self; 3] = [Self::ReadPlan, Self::FileIncident, Self::ReadIncident];
}

/// What the record asked for is to the one who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It belongs to nobody: the plan, the catalog.
    Public,
    /// It belongs to the actor's own customer.
    OwnCustomer,
    /// It belongs to another customer: the actor must not even learn that it exists.
    OtherCustomer,
}

impl Actor {
    /// What a record of `customer` is to this actor.
    pub fn relation_to(self, customer: i64) -> Relation {
        match self {
            Self::Contact { customer: own, .. } if own == customer => Relation::OwnCustomer,
            _ => Relation::OtherCustomer,
        }
    }
}

/// The permission table: may `actor` do `operation` on a record that is `relation` to them? What is not said is denied.
pub const fn allows(actor: Actor, relation: Relation, operation: Operation) -> bool {
    match (operation, actor, relation) {
        (Operation::ReadPlan, _, Relation::Public)
        | (
            Operation::FileIncident | Operation::ReadIncident,
            Actor::Contact { .. },
            Relation::OwnCustomer,
        ) => true,
        (Operation::ReadPlan | Operation::FileIncident | Operation::ReadIncident, _, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_or_files_for_another_customer() {
        let contact = Actor::Contact {
            contact: 1,
            customer: 7,
        };
        for operation in [Operation::FileIncident, Operation::ReadIncident] {
            assert!(allows(contact, contact.relation_to(7), operation));
            assert!(!allows(contact, contact.relation_to(8), operation));
            assert!(!allows(
                Actor::Anonymous,
                Actor::Anonymous.relation_to(7),
                operation
            ));
        }
    }

    #[test]
    fn the_plan_is_for_everyone() {
        assert!(allows(
            Actor::Anonymous,
            Relation::Public,
            Operation::ReadPlan
        ));
    }
}
