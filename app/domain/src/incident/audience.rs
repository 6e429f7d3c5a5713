//! Whom an event is told to by mail.

use super::{Event, Party};

/// Whom an event is told to, beside whoever did it, who knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// The contact who filed the incident.
    Filer,
    /// The engineer who is assigned.
    Assigned,
    /// The customer's account managers; the administrators where it has none.
    Managers,
    /// The colleagues who follow it.
    Watchers,
    /// The colleague whom the event names.
    Named,
    /// Every engineer.
    Engineers,
}

/// Whom an event is told to that `party` brought about; `assigned` says whether an engineer who has not left is assigned
/// by then. What is internal is told to nobody by mail: mail is passed on and answered, and would carry it out of the
/// house.
pub fn audience(event: &Event, party: Party, assigned: bool) -> Vec<Audience> {
    if event.internal() {
        return Vec::new();
    }
    match event {
        Event::Watched { .. } => return vec![Audience::Named],
        Event::Unwatched { .. } => return Vec::new(),
        Event::Rated { .. } => return vec![Audience::Assigned],
        _ => {}
    }
    let mut told = vec![Audience::Filer, Audience::Watchers];
    if assigned {
        told.push(Audience::Assigned);
    }
    // Nobody is in charge of it yet; an objection goes to another engineer than the one who is.
    if (party == Party::Customer && !assigned) || matches!(event, Event::Objected { .. }) {
        told.push(Audience::Engineers);
    }
    if matches!(event, Event::Escalated { .. }) {
        told.push(Audience::Managers);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::{Audience as A, *};
    use crate::incident::Who;

    #[test]
    fn what_is_internal_is_told_to_nobody() {
        let note = Event::Note {
            text: "They are late with their bills.".into(),
        };
        for party in Party::ALL {
            for assigned in [false, true] {
                assert_eq!(audience(&note, party, assigned), []);
            }
        }
    }

    #[test]
    fn each_event_is_told_to_those_whom_it_concerns() {
        let who = Who {
            id: 1,
            name: "Jihoon".into(),
        };
        let reason = String::new();
        for (event, party, assigned, told) in [
            (
                Event::Accepted,
                Party::Customer,
                false,
                vec![A::Filer, A::Watchers, A::Engineers],
            ),
            (
                Event::Begun,
                Party::Engineer,
                true,
                vec![A::Filer, A::Watchers, A::Assigned],
            ),
            (
                Event::Closed,
                Party::Portal,
                false,
                vec![A::Filer, A::Watchers],
            ),
            (
                Event::Objected {
                    reason: reason.clone(),
                },
                Party::Customer,
                true,
                vec![A::Filer, A::Watchers, A::Assigned, A::Engineers],
            ),
            (
                Event::Escalated { reason },
                Party::Customer,
                true,
                vec![A::Filer, A::Watchers, A::Assigned, A::Managers],
            ),
            (
                Event::Watched { who: who.clone() },
                Party::Customer,
                false,
                vec![A::Named],
            ),
            (Event::Unwatched { who }, Party::Customer, false, vec![]),
        ] {
            assert_eq!(audience(&event, party, assigned), told, "{event:?}");
        }
    }
}
