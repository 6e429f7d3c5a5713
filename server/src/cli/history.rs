//! `portal verify-history`: whether the history of each incident is whole.

use domain::people::Actor;
use portal_core::incidents::{self, Broken, Fault};

use super::with_portal;
use crate::{config::Data, serve::Failure};

/// Checks all histories, prints each first break, and fails if there is one.
pub fn run(data: Data) -> Result<(), Failure> {
    with_portal(data, |portal| async move {
        let verified = incidents::verify(&portal, Actor::Operator)
            .await?
            .ok_or_else(|| Failure::new("that is not permitted"))?;
        for broken in &verified.broken {
            println!("{}", in_words(broken));
        }
        match verified.broken.len() {
            0 => {
                println!(
                    "{} incidents: every history is whole, and every row is what was filed and what its events add up to",
                    verified.incidents
                );
                Ok(())
            }
            broken => Err(Failure::new(format!(
                "{broken} of {} histories are broken",
                verified.incidents
            ))),
        }
    })
}

fn in_words(broken: &Broken) -> String {
    let number = broken.number;
    match &broken.fault {
        Fault::Chain(1) => format!("{number}: the first event does not begin the chain"),
        Fault::Chain(at) => format!(
            "{number}: event {} is not the one that was recorded: what follows it carries another hash",
            at - 1
        ),
        Fault::Unreadable(why) => format!("{number}: {why}"),
        Fault::Row(column) => {
            format!("{number}: {column} of its row is not what its events add up to")
        }
        Fault::Filed => format!(
            "{number}: its texts, answers or first promise are not what was filed: the notice carries another hash of them"
        ),
    }
}

#[cfg(test)]
mod tests {
    use domain::incident::IncidentNumber;

    use super::*;

    #[test]
    fn a_break_names_the_event_that_was_changed() {
        let number = IncidentNumber {
            year: 2026,
            count: 7,
        };
        let said = in_words(&Broken {
            number,
            fault: Fault::Chain(3),
        });
        assert!(said.starts_with("INC-2026-00007: event 2 is not"), "{said}");
    }
}
