//! A letter as the mail that goes over the wire.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use portal_core::mail::{Letter, Queued, message_id};

use super::Refusal;

/// Makes the mail. Made again it has the same Message-ID and the same date.
pub fn message(
    mail: &Queued,
    letter: &Letter,
    from: &Mailbox,
    origin: &str,
) -> Result<Message, Refusal> {
    let address: Address = mail
        .to
        .address
        .parse()
        .map_err(|error| Refusal::Address(format!("this is no address for mail: {error}")))?;
    let name = mail.to.person.as_ref().map(|person| line(&person.name));
    let at = Duration::from_millis(u64::try_from(mail.created.0).unwrap_or_default());
    let mut building = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(name, address))
        .subject(line(&letter.subject))
        .message_id(Some(message_id(&mail.message_id, origin)))
        .date(SystemTime::UNIX_EPOCH + at);
    if let Some(reply_to) = &letter.reply_to {
        building = building.reply_to(reply_to.parse().map_err(broken)?);
    }
    // What answers by itself, a vacation for one, leaves it alone (RFC 3834).
    let automatic = [
        ("Auto-Submitted".to_owned(), "auto-generated".to_owned()),
        // Exchange goes by this one.
        ("X-Auto-Response-Suppress".to_owned(), "All".to_owned()),
    ];
    for (name, value) in automatic.iter().chain(&letter.headers) {
        let name = HeaderName::new_from_ascii(name.clone()).map_err(broken)?;
        building = building.raw_header(HeaderValue::new(name, line(value)));
    }
    let text = letter.text.clone();
    match &letter.html {
        Some(html) => building.multipart(MultiPart::alternative_plain_html(text, html.clone())),
        None => building.singlepart(SinglePart::plain(text)),
    }
    .map_err(broken)
}

/// A text in one line: a header ends with it.
fn line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The letter cannot be sent as it is; a later version of the portal may write it better.
fn broken(error: impl ToString) -> Refusal {
    Refusal::Later(format!("the mail could not be made: {}", error.to_string()))
}

#[cfg(test)]
mod tests {
    use domain::calendar::Instant;
    use portal_core::mail::{MailKind, Recipient};

    use super::*;

    fn made(address: &str, letter: &Letter) -> Result<String, Refusal> {
        let mail = Queued {
            id: 1,
            to: Recipient {
                address: address.to_owned(),
                person: None,
            },
            kind: MailKind::Event,
            incident: None,
            seq: None,
            data: serde_json::Value::Null,
            message_id: "6f1c".to_owned(),
            created: Instant(1_772_173_800_000),
        };
        let from = "Support <support@vendor.example>".parse().unwrap();
        let made = message(&mail, letter, &from, "https://portal.example:8443")?;
        Ok(String::from_utf8(made.formatted()).unwrap())
    }

    #[test]
    fn a_mail_carries_who_and_what_and_the_same_id_each_time() {
        let letter = Letter {
            subject: "인시던트 INC-2026-00001".to_owned(),
            text: "안녕하세요.".to_owned(),
            html: Some("<p>안녕하세요.</p>".to_owned()),
            reply_to: Some("reply+1@vendor.example".to_owned()),
            headers: vec![("References".to_owned(), "<a@portal.example>".to_owned())],
        };
        let text = made("a@b.example", &letter).unwrap();
        for line in [
            "From: \"Support\" <support@vendor.example>",
            "To: a@b.example",
            "Message-ID: <6f1c@portal.example>",
            "Date: Fri, 27 Feb 2026 06:30:00 +0000",
            "Reply-To: reply+1@vendor.example",
            "References: <a@portal.example>",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(
                text.lines()
                    .any(|found| found.replace('"', "") == line.replace('"', "")),
                "{line}\n{text}"
            );
        }
        assert!(text.contains("multipart/alternative"), "{text}");
        assert!(text.is_ascii());
    }

    #[test]
    fn nothing_that_is_written_in_a_line_begins_another_header() {
        let letter = Letter {
            subject: "A\r\nBcc: c@d.example".to_owned(),
            headers: vec![("X-Note".to_owned(), "1\r\nBcc: c@d.example".to_owned())],
            ..Letter::default()
        };
        let text = made("a@b.example", &letter).unwrap();
        assert!(!text.lines().any(|line| line.starts_with("Bcc")), "{text}");
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        for address in ["nobody", "a b@c.example", "a@"] {
            let refusal = made(address, &Letter::default()).unwrap_err();
            assert!(matches!(refusal, Refusal::Address(_)), "{refusal:?}");
        }
    }
}
