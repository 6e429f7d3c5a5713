//! The chain that an incident's events make: each carries the hash of the one before, so that none can be changed, taken
//! away or put in between without the break being found.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Entry, IncidentNumber};

/// What the first event of an incident carries in place of a hash.
pub const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An event as it is kept, with the place that it has in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Of which incident.
    pub number: IncidentNumber,
    /// Its place, from 1.
    pub seq: u32,
    /// The hash of the event before; [`BEGINNING`] for the first.
    pub before: String,
    /// The event.
    pub entry: Entry,
}

#[derive(Serialize)]
struct Hashed<'a> {
    incident: String,
    seq: u32,
    before: &'a str,
    #[serde(flatten)]
    entry: &'a Entry,
}

impl Link {
    /// The SHA-256 of its canonical JSON, in small hexadecimal digits: what the next event carries.
    ///
    /// # Errors
    /// Only if the event cannot be written as JSON, which every event can.
    pub fn hash(&self) -> Result<String, serde_json::Error> {
        let hashed = Hashed {
            incident: self.number.to_string(),
            seq: self.seq,
            before: &self.before,
            entry: &self.entry,
        };
        let json = canonical(&serde_json::to_value(&hashed)?);
        Ok(hex(&Sha256::digest(json.as_bytes())))
    }
}

/// Where a history breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// The place of the event that does not carry the hash of the one before; one more than there are events if the last
    /// one is not what the incident's row says.
    pub at: u32,
}

/// Checks a whole history: the events in order, and the hash of the last one as it was kept apart from them.
///
/// # Errors
/// The first break; or, only in theory, that an event cannot be written as JSON.
pub fn verify(links: &[Link], last: &str) -> Result<Result<(), Break>, serde_json::Error> {
    let mut expected = BEGINNING.to_owned();
    let mut seq = 0;
    for link in links {
        seq += 1;
        if link.seq != seq || link.before != expected {
            return Ok(Err(Break { at: seq }));
        }
        expected = link.hash()?;
    }
    Ok(if expected == last {
        Ok(())
    } else {
        Err(Break { at: seq + 1 })
    })
}

/// JSON that is the same for the same value, as RFC 8785 writes it: no blanks, the keys of objects in order. Events hold
/// no numbers but integers and no keys beyond ASCII, for which nothing else is to be settled.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            let fields: Vec<_> = fields
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        plain => plain.to_string(),
    }
}

/// The SHA-256 of a value's canonical JSON, in small hexadecimal digits: what a notice keeps of what was filed, so that
/// verifying the history covers it.
pub fn fingerprint(value: &Value) -> String {
    hex(&Sha256::digest(canonical(value).as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::Instant,
        incident::{By, Event},
    };

    fn history(notes: &[&str]) -> (Vec<Link>, String) {
        let mut links: Vec<Link> = Vec::new();
        let mut before = BEGINNING.to_owned();
        for (seq, note) in (1..).zip(notes) {
            let link = Link {
                number: IncidentNumber {
                    year: 2026,
                    count: 7,
                },
                seq,
                before,
                entry: Entry {
                    at: Instant(seq.into()),
                    by: By::PORTAL,
                    event: Event::Note {
                        text: (*note).to_owned(),
                    },
                },
            };
            before = link.hash().expect("JSON");
            links.push(link);
        }
        (links, before)
    }

    fn first_break(links: &[Link], last: &str) -> Option<u32> {
        verify(links, last)
            .expect("JSON")
            .err()
            .map(|found| found.at)
    }

    #[test]
    fn canonical_json_has_its_keys_in_order() {
        let value: Value =
            serde_json::from_str(r#" { "b": [1, {"z": "가\n", "a": null}], "a" : "\"" } "#)
                .expect("JSON");
        assert_eq!(
            canonical(&value),
            r#"{"a":"\"","b":[1,{"a":null,"z":"가\n"}]}"#
        );
    }

    /// The hash is kept for good: it must not change with the program.
    #[test]
    fn a_hash_stays_what_it_is() {
        let (links, last) = history(&["one"]);
        let json = r#"{"at":1,"before":"0000000000000000000000000000000000000000000000000000000000000000","by":{"party":"portal","who":null},"event":{"text":"one","type":"note"},"incident":"INC-2026-00007","seq":1}"#;
        assert_eq!(last, hex(&Sha256::digest(json.as_bytes())));
        assert_eq!(links[0].hash().expect("JSON"), last);
    }

    #[test]
    fn a_fingerprint_is_of_the_value_and_not_of_its_writing() {
        let value = |json| serde_json::from_str::<Value>(json).expect("JSON");
        let one = fingerprint(&value(r#"{"a":1,"b":"x"}"#));
        assert_eq!(one, fingerprint(&value(r#" {"b": "x", "a": 1} "#)));
        assert_ne!(one, fingerprint(&value(r#"{"a":1,"b":"y"}"#)));
        assert_eq!(one.len(), BEGINNING.len());
    }

    #[test]
    fn whatever_is_changed_is_found_where_it_was_changed() {
        let (links, last) = history(&["one", "two", "three"]);
        assert_eq!(first_break(&links, &last), None);
        assert_eq!(first_break(&[], BEGINNING), None);

        let changed = |change: fn(&mut Vec<Link>)| {
            let mut links = links.clone();
            change(&mut links);
            first_break(&links, &last)
        };
        assert_eq!(
            changed(|links| links[0].entry.at = Instant(2)),
            Some(2),
            "the second event does not carry the hash of what the first one is now"
        );
        assert_eq!(
            changed(|links| links[2].entry.by.party = crate::incident::Party::Customer),
            Some(4)
        );
        assert_eq!(changed(|links| drop(links.pop())), Some(3));
        assert_eq!(changed(|links| drop(links.remove(1))), Some(2));
        assert_eq!(changed(|links| links.swap(0, 1)), Some(1));
        assert_eq!(changed(|links| links[0].number.count = 8), Some(2));
    }
}
