//! Tokens in addresses and links: each says for whom and what it is, with a code over it that only the portal can make.
//! Nothing of them is stored but the one secret, so every server knows them.

use data_encoding::BASE32_NOPAD;
use domain::{incident::IncidentNumber, people::MailTopic};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{
    CoreError, Portal,
    db::{Held, execute, row},
};

/// Bytes of a code: short enough for the local part of an address, too many to guess.
const CODE: usize = 16;

/// The secret that the codes are made with.
pub(super) struct Secret(Vec<u8>);

impl Secret {
    /// Reads it; the first time it is made.
    pub(super) async fn of(portal: &Portal) -> Result<Self, CoreError> {
        if let Some(secret) = read(&mut portal.db().read().await?).await? {
            return Ok(secret);
        }
        let mut made = [0; 32];
        portal.chance().fill(&mut made);
        let mut tx = portal.db().write().await?;
        execute!(
            tx,
            "INSERT INTO mail_secrets (id, secret) VALUES (1, $1) ON CONFLICT (id) DO NOTHING",
            made.to_vec(),
        )?;
        // Another server may have been faster.
        let secret = read(&mut tx).await?.ok_or(sqlx::Error::RowNotFound)?;
        tx.commit().await?;
        Ok(secret)
    }

    fn code(&self, purpose: &str, of: &[i64], topic: &str) -> Option<Hmac<Sha256>> {
        let mut code = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        code.update(purpose.as_bytes());
        for id in of {
            code.update(&id.to_be_bytes());
        }
        code.update(topic.as_bytes());
        Some(code)
    }

    fn make(&self, purpose: &str, of: &[i64], topic: &str) -> Option<String> {
        let code = self.code(purpose, of, topic)?.finalize().into_bytes();
        let code = BASE32_NOPAD.encode(code.get(..CODE)?);
        Some(code.to_ascii_lowercase())
    }

    fn is(&self, written: &str, purpose: &str, of: &[i64], topic: &str) -> bool {
        BASE32_NOPAD
            .decode(written.to_ascii_uppercase().as_bytes())
            .ok()
            .filter(|bytes| bytes.len() == CODE)
            .zip(self.code(purpose, of, topic))
            .is_some_and(|(bytes, code)| code.verify_truncated_left(&bytes).is_ok())
    }

    /// The code with which a person answers to an incident by mail.
    pub(super) fn answer(&self, person: i64, incident: i64) -> Option<String> {
        self.make("answer", &[person, incident], "")
    }

    /// Whether this is that code.
    pub(super) fn is_answer(&self, code: &str, person: i64, incident: i64) -> bool {
        self.is(code, "answer", &[person, incident], "")
    }

    /// What a link carries that ends one kind of mail for a person.
    pub(super) fn end(&self, person: i64, topic: MailTopic) -> Option<String> {
        let code = self.make("end", &[person], topic.name())?;
        Some(format!("{person}.{}.{code}", topic.name()))
    }

    /// Whose mail, and which, a link ends that carries this.
    pub(super) fn ended_by(&self, token: &str) -> Option<(i64, MailTopic)> {
        let mut parts = token.split('.');
        let (person, topic, code) = (parts.next()?, parts.next()?, parts.next()?);
        let person = person.parse().ok()?;
        let topic = MailTopic::parse(topic).filter(|topic| !topic.required())?;
        (parts.next().is_none() && self.is(code, "end", &[person], topic.name()))
            .then_some((person, topic))
    }
}

async fn read(held: &mut dyn Held) -> Result<Option<Secret>, CoreError> {
    let secret: Option<(Vec<u8>,)> = row!(held, "SELECT secret FROM mail_secrets WHERE id = 1")?;
    Ok(secret.map(|(secret,)| Secret(secret)))
}

/// What the address carries that somebody answers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The incident.
    pub number: IncidentNumber,
    /// The code, unchecked.
    pub code: String,
}

/// What stands between the name of the portal's mailbox and what an address carries.
const CARRIES: &str = "+i-";

impl Answer {
    /// The address of the mailbox `mailbox` with this in it. `None` if it is no address, or one that takes no more.
    pub fn address(&self, mailbox: &str) -> Option<String> {
        let (local, domain) = mailbox.rsplit_once('@')?;
        let number = self.number.to_string().to_ascii_lowercase();
        let local = format!("{local}{CARRIES}{number}-{}", self.code);
        // RFC 5321, 4.5.3.1.1.
        (local.len() <= 64).then(|| format!("{local}@{domain}"))
    }
}

/// What the first of these addresses carries that carries anything.
pub fn answered<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Option<Answer> {
    addresses.into_iter().find_map(|address| {
        let (local, _) = address.rsplit_once('@')?;
        let local = local.to_ascii_lowercase();
        let (_, carried) = local.rsplit_once(CARRIES)?;
        let (number, code) = carried.rsplit_once('-')?;
        Some(Answer {
            number: IncidentNumber::parse(number)?,
            code: code.to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        Secret(vec![7; 32])
    }

    #[test]
    fn a_code_is_for_one_person_and_one_incident() {
        let code = secret().answer(3, 9).unwrap();
        assert!(secret().is_answer(&code, 3, 9));
        assert!(secret().is_answer(&code.to_ascii_uppercase(), 3, 9));
        for (person, incident) in [(9, 3), (3, 8), (4, 9)] {
            assert!(!secret().is_answer(&code, person, incident));
        }
        assert!(!Secret(vec![8; 32]).is_answer(&code, 3, 9));
        for forged in ["", "a", &code[1..], &format!("{code}a"), "가"] {
            assert!(!secret().is_answer(forged, 3, 9), "{forged}");
        }
    }

    #[test]
    fn an_address_carries_the_incident_and_the_code() {
        let answer = Answer {
            number: IncidentNumber {
                year: 2026,
                count: 412,
            },
            code: secret().answer(3, 9).unwrap(),
        };
        let address = answer.address("support@vendor.example").unwrap();
        assert!(
            address.starts_with("support+i-inc-2026-00412-"),
            "{address}"
        );
        let others = ["x@vendor.example", &address.to_ascii_uppercase()];
        assert_eq!(answered(others), Some(answer.clone()));
        for bad in [
            "",
            "support@vendor.example",
            "support+i-@vendor.example",
            "support+i-inc-2026-x@vendor.example",
        ] {
            assert_eq!(answered([bad]), None, "{bad}");
        }
        assert_eq!(answer.address("nobody"), None);
        assert_eq!(
            answer.address(&format!("{}@a.example", "x".repeat(40))),
            None
        );
    }

    #[test]
    fn a_link_ends_what_it_says_and_nothing_that_is_required() {
        let token = secret().end(3, MailTopic::Watched).unwrap();
        assert_eq!(secret().ended_by(&token), Some((3, MailTopic::Watched)));
        let others = token.replace("watched", "desk");
        assert_eq!(secret().ended_by(&others), None);
        let own = secret().end(3, MailTopic::Own).unwrap();
        assert_eq!(secret().ended_by(&own), None);
        for forged in ["", "3", "3.watched", "3.watched.", &format!("{token}.x")] {
            assert_eq!(secret().ended_by(forged), None, "{forged}");
        }
        // One kind of token is never taken for another.
        let answer = secret().answer(3, 0).unwrap();
        assert_eq!(secret().ended_by(&format!("3.watched.{answer}")), None);
    }
}
