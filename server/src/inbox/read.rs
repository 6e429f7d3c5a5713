//! What a mail says that somebody's program wrote. Attachments are taken as they are and never opened.

use std::ops::Range;

use app::mail::attached;
use mail_parser::{
    Address, Message, MessageParser, MessagePart, MimeHeaders as _, PartType,
    decoders::html::html_to_text,
};
use portal_core::mail::{Answer, Arrived, Reason, Returned, answered};

use super::{
    MOST_BYTES,
    enclosed::{Enclosures, enclosed},
    reply::{is_silent, without_quotes},
};

/// The most characters that are kept of a text; more is more than a message may have.
const MOST_TEXT: usize = 100_000;

/// So much of a mail is looked into for what it says: its text stands at the beginning, and what else it says is found among its files.
/// It bounds how deep and how often parts can lie in each other.
const LOOKED_INTO: usize = 512 * 1024;

/// What can be read of a mail of `size` bytes, of which these are all, or how it begins. The mail itself is left out.
pub fn read(raw: &[u8], size: u64) -> Arrived {
    let head = raw.get(..LOOKED_INTO).unwrap_or(raw);
    let Some(mail) = MessageParser::default().parse(head).filter(is_mail) else {
        return unreadable();
    };
    let returned = returned(&mail);
    let reason = if is_bounce(&mail) {
        Some(Reason::Bounce)
    } else if is_automatic(&mail) {
        Some(Reason::Loop)
    } else if size > MOST_BYTES {
        Some(Reason::TooLarge)
    } else {
        None
    };
    // Of what is put aside whatever it says is shown, of a message what is new.
    let (text, silent, Enclosures { files, kept, .. }) = if reason.is_some() {
        (texts(&mail).join("\n"), false, Enclosures::default())
    } else {
        let found = enclosed(raw, &mail);
        let said = all_texts(raw, &mail, &found.words);
        // Each by itself: a signature ends what one says, not what follows it.
        let silent = said.iter().all(|text| is_silent(text));
        (without_quotes(&said.join("\n")), silent, found)
    };
    Arrived {
        message_id: mail
            .message_id()
            .unwrap_or_default()
            .trim_matches(['<', '>', ' '])
            .to_owned(),
        from: sender(&mail),
        answer: answer(&mail),
        subject: mail.subject().unwrap_or_default().to_owned(),
        text: text.chars().take(MOST_TEXT).collect(),
        silent,
        note: (kept > 0).then(|| attached(kept)),
        files,
        reason,
        returned,
        ..Arrived::default()
    }
}

/// Whether it has anything that every mail has (RFC 5322, 3.6): other things have lines with a colon, too.
fn is_mail(mail: &Message<'_>) -> bool {
    mail.from().is_some()
        || mail.to().is_some()
        || mail.subject().is_some()
        || mail.message_id().is_some()
}

/// What is known of a mail that could not be read.
pub fn unreadable() -> Arrived {
    Arrived {
        reason: Some(Reason::Unreadable),
        ..Arrived::default()
    }
}

/// The one address that it says it is from.
fn sender(mail: &Message<'_>) -> String {
    let Some(from) = mail.from() else {
        return String::new();
    };
    let mut addresses = from.iter().filter_map(|one| one.address());
    match (addresses.next(), addresses.next()) {
        (Some(address), None) => address.to_owned(),
        _ => String::new(),
    }
}

/// What one of the addresses carries that it was sent to.
fn answer(mail: &Message<'_>) -> Option<Answer> {
    // What mail servers note: where this copy was delivered to in the end. One mail may have gone to two incidents.
    let noted = ["Delivered-To", "X-Original-To", "Envelope-To"]
        .into_iter()
        .filter_map(|name| mail.header_raw(name))
        .find_map(|value| answered([value.trim().trim_matches(['<', '>'])]));
    let lists = mail.all_to().chain(mail.all_cc());
    let named = lists
        .flat_map(Address::iter)
        .filter_map(|one| one.address());
    noted.or_else(|| answered(named))
}

/// A header as it was written, in lower case.
fn header(mail: &Message<'_>, name: &'static str) -> String {
    mail.header_raw(name)
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// Whether a program sent it, by itself (RFC 3834) or to many: it is never answered.
fn is_automatic(mail: &Message<'_>) -> bool {
    let automatic = header(mail, "Auto-Submitted");
    let precedence = header(mail, "Precedence");
    !matches!(&*automatic, "" | "no")
        || matches!(&*precedence, "bulk" | "junk" | "list" | "auto_reply")
        || ["X-Loop", "List-Id", "X-Autoreply", "X-Autorespond"]
            .into_iter()
            .any(|name| mail.header_raw(name).is_some())
}

/// Whether a mail server sent it because a mail could not be delivered: a report (RFC 6522), or with nobody to return it to.
fn is_bounce(mail: &Message<'_>) -> bool {
    let report = mail.content_type().is_some_and(|kind| {
        kind.ctype().eq_ignore_ascii_case("multipart")
            && kind
                .subtype()
                .is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"))
    });
    report || header(mail, "Return-Path") == "<>"
}

/// The mail of the portal that a report says could not be delivered.
fn returned(mail: &Message<'_>) -> Option<Returned> {
    if !is_bounce(mail) {
        return None;
    }
    let (mut failed, mut why, mut message_id) = (false, String::new(), None);
    for part in &mail.parts {
        let Some(kind) = part.content_type() else {
            continue;
        };
        let (kind, subtype) = (
            kind.ctype().to_ascii_lowercase(),
            kind.subtype().unwrap_or_default().to_ascii_lowercase(),
        );
        let body = || {
            let (from, to) = (part.raw_body_offset(), part.raw_end_offset());
            let body = mail.raw_message().get(from as usize..to as usize);
            String::from_utf8_lossy(body.unwrap_or_default())
        };
        match (&*kind, &*subtype) {
            ("message", "delivery-status" | "global-delivery-status") => {
                let body = body();
                // A delay is no failure.
                failed |= field(&body, "action")
                    .is_some_and(|action| action.trim().eq_ignore_ascii_case("failed"));
                why = field(&body, "diagnostic-code")
                    .or_else(|| field(&body, "status"))
                    .unwrap_or_default();
            }
            ("message", "rfc822" | "global") | ("text", "rfc822-headers") => {
                message_id = field(&body(), "message-id");
            }
            _ => {}
        }
    }
    let message_id = message_id?;
    let (left, _) = message_id.trim().trim_matches(['<', '>']).split_once('@')?;
    failed.then(|| Returned {
        message_id: left.to_owned(),
        why,
    })
}

/// The value of the first field of this name, with the lines that go on with it.
fn field(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines();
    let mut value = lines.find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found
            .trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    })?;
    for line in lines.take_while(|line| line.starts_with([' ', '\t'])) {
        value.push(' ');
        value.push_str(line.trim());
    }
    Some(value)
}

/// What the whole mail says, of which `mail` is what its beginning says, and of which these are the texts that go on or stand below that.
fn all_texts(raw: &[u8], mail: &Message<'_>, words: &[Range<usize>]) -> Vec<String> {
    let parser = MessageParser::default();
    let read = |raw: &[u8]| parser.parse(raw).map_or_else(Vec::new, |mail| texts(&mail));
    let first = words.first().map_or(usize::MAX, |text| text.start);
    // A text that was looked into only by half is read as a whole, and not twice.
    let mut said = match mail.raw_message().get(..first) {
        Some(before) => read(before),
        None => texts(mail),
    };
    for text in words {
        said.extend(read(raw.get(text.clone()).unwrap_or_default()));
    }
    said
}

/// What it says: every part that is text; HTML as text.
fn texts(mail: &Message<'_>) -> Vec<String> {
    let said = texts_of(mail.text_bodies());
    // Some programs leave the plain text blank that should say what the HTML does.
    if said.iter().all(|text| text.trim().is_empty()) {
        texts_of(mail.html_bodies())
    } else {
        said
    }
}

fn texts_of<'a>(parts: impl Iterator<Item = &'a MessagePart<'a>>) -> Vec<String> {
    parts
        .filter_map(|part| match &part.body {
            PartType::Html(html) => Some(cleaned(&html_to_text(&with_lines(html)))),
            PartType::Text(text) => Some(cleaned(text)),
            _ => None,
        })
        .collect()
}

/// A text without what a conversation does not keep: control characters, and such that turn the writing direction.
fn cleaned(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars()
        .filter(|c| {
            matches!(c, '\n' | '\t')
                || !(c.is_control()
                    || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
        })
        .collect()
}

/// HTML in which a line ends wherever whoever reads it sees one end.
fn with_lines(html: &str) -> String {
    let mut lines = html.to_owned();
    for end in ["</div>", "</li>", "</tr>", "</blockquote>"] {
        for end in [end.to_owned(), end.to_uppercase()] {
            lines = lines.replace(&end, &format!("{end}<br>"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn mail(headers: &str, body: &str) -> Vec<u8> {
        format!(
            "From: Seoyeon <seoyeon.kim@hangang.example>\r\nTo: support+i-inc-2026-00001-abc@vendor.example\r\n\
             Message-ID: <1@hangang.example>\r\nSubject: Re: x\r\n{headers}\r\n{body}"
        )
        .into_bytes()
    }

    fn plain(raw: &[u8]) -> Arrived {
        read(raw, u64::try_from(raw.len()).unwrap())
    }

    #[test]
    fn an_answer_is_read() {
        let arrived = plain(&mail("", "It is back.\r\n\r\n> quoted\r\n"));
        assert_eq!(arrived.from, "seoyeon.kim@hangang.example");
        assert_eq!(arrived.message_id, "1@hangang.example");
        assert_eq!(arrived.text, "It is back.");
        assert_eq!(arrived.answer.unwrap().code, "abc");
        assert_eq!(arrived.reason, None);
    }

    #[test]
    fn what_programs_send_is_told_from_what_people_do() {
        for header in [
            "Auto-Submitted: auto-replied\r\n",
            "Auto-Submitted: auto-generated (x)\r\n",
            "Precedence: bulk\r\n",
            "precedence: List\r\n",
            "X-Loop: http://portal.test\r\n",
        ] {
            let arrived = plain(&mail(header, "I am away."));
            assert_eq!(arrived.reason, Some(Reason::Loop), "{header}");
            assert_eq!(arrived.text, "I am away.");
        }
        let arrived = plain(&mail("Auto-Submitted: no\r\n", "It is me."));
        assert_eq!(arrived.reason, None);
        let arrived = plain(&mail("Return-Path: <>\r\n", "Sorry."));
        assert_eq!(arrived.reason, Some(Reason::Bounce));
    }

    #[test]
    fn a_report_says_which_mail_came_back_and_why() {
        let report = |action: &str| {
            format!(
                "From: MAILER-DAEMON@mail.example\r\nTo: support@vendor.example\r\nSubject: failed\r\nMIME-Version: 1.0\r\n\
                 Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b\r\n\r\nSorry.\r\n\
                 --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n\
                 Final-Recipient: rfc822; x@y.example\r\nAction: {action}\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550\r\n no such user\r\n\
                 --b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <abc-1@portal.test>\r\nSubject: x\r\n\r\nHello\r\n--b--\r\n"
            )
        };
        let arrived = plain(report("failed").as_bytes());
        assert_eq!(arrived.reason, Some(Reason::Bounce));
        assert_eq!(
            arrived.returned,
            Some(Returned {
                message_id: "abc-1".to_owned(),
                why: "smtp; 550 no such user".to_owned()
            })
        );
        let arrived = plain(report("delayed").as_bytes());
        assert_eq!(
            (arrived.reason, arrived.returned),
            (Some(Reason::Bounce), None)
        );
    }

    #[test]
    fn html_and_other_encodings_are_read_as_text() {
        let html = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n";
        let arrived = plain(&mail(html, "<p>It <b>is</b> back.</p><script>x()</script>"));
        assert!(arrived.text.contains("It is back."), "{}", arrived.text);
        assert!(!arrived.text.contains('<'), "{}", arrived.text);
        let korean = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=euc-kr\r\nContent-Transfer-Encoding: base64\r\n";
        // "다시 발생했습니다." in EUC-KR.
        let arrived = plain(&mail(korean, "tNm9wyC537v9x9+9wLTPtNku"));
        assert_eq!(arrived.text, "다시 발생했습니다.");
    }

    #[test]
    fn lines_of_html_stay_lines() {
        let html = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n";
        let mark = app::mail::ANSWER_MARK;
        let body = format!(
            "<div>It is back.</div><div>On node 2.</div><blockquote><div>{mark}</div><div>Old</div></blockquote>"
        );
        let arrived = plain(&mail(html, &body));
        assert_eq!(arrived.text, "It is back.\nOn node 2.");
    }

    #[test]
    fn attachments_are_taken_however_far_down_and_counted_where_they_cannot_be() {
        let kind = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n";
        let file = format!(
            "--b\r\nContent-Type: application/x\r\nContent-Disposition: attachment; filename=a\r\n\r\n{}\r\n",
            "x".repeat(400_000)
        );
        let body = format!("--b\r\n\r\nSee these.\r\n{file}{file}{file}--b--\r\n");
        let arrived = plain(&mail(kind, &body));
        assert_eq!(arrived.text, "See these.");
        let sizes: Vec<_> = arrived.files.iter().map(|file| file.bytes.len()).collect();
        assert_eq!(sizes, [400_000; 3]);
        assert_eq!(arrived.note, None);
        let file = "--b\r\nContent-Type: application/x; name=a\r\n\r\n\r\n";
        let body = format!("--b\r\n\r\nSee this.\r\n{file}--b--\r\n");
        let arrived = plain(&mail(kind, &body));
        assert_eq!((arrived.files.len(), arrived.note), (0, Some(attached(1))));
        // What is put aside keeps its own in the mailbox.
        let kind = format!("{kind}Auto-Submitted: auto-replied\r\n");
        assert_eq!(plain(&mail(&kind, &body)).note, None);
    }

    /// A mail of these parts, each with what stands above it.
    fn parted(subtype: &str, parts: &[&str]) -> Arrived {
        let mut body = String::new();
        for part in parts {
            let _ = write!(body, "--b\r\n{part}\r\n");
        }
        let kind =
            format!("MIME-Version: 1.0\r\nContent-Type: multipart/{subtype}; boundary=b\r\n");
        plain(&mail(&kind, &format!("{body}--b--\r\n")))
    }

    /// A picture of so many bytes, as a part.
    fn image(size: usize) -> String {
        format!(
            "Content-Type: image/jpeg; name=a.jpg\r\nContent-Disposition: inline\r\n\r\n{}",
            "x".repeat(size)
        )
    }

    #[test]
    fn words_below_a_large_picture_are_read() {
        let image = image(3_000_000);
        let stopped = "\r\nIt stopped at 14:02.";
        let arrived = parted("mixed", &["\r\nSee this.", &image, stopped]);
        assert_eq!(arrived.text, "See this.\nIt stopped at 14:02.");
        assert_eq!((arrived.files.len(), arrived.note), (1, None));
        for (blank, later) in [
            ("\r\n \r\n", stopped),
            (
                "Content-Type: text/html\r\n\r\n<div><br></div>",
                "Content-Type: text/html\r\n\r\n<div>It stopped at 14:02.</div>",
            ),
            (
                "\r\n-- \r\nSeoyeon Kim",
                "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
                 SXQgc3RvcHBlZCBhdCAxNDowMi4=",
            ),
        ] {
            for parts in [&[&*image, later][..], &[blank, &*image, later]] {
                let arrived = parted("mixed", parts);
                assert!(!arrived.silent, "{later}");
                assert_eq!(arrived.files.len(), 1);
            }
            let arrived = parted("mixed", &[&image, later]);
            assert_eq!(arrived.text, "It stopped at 14:02.");
        }
        let arrived = parted("mixed", &["\r\n\r\n", &image, "\r\n\r\n"]);
        assert_eq!((&*arrived.text, arrived.silent), ("", true));
    }

    #[test]
    fn what_is_said_in_two_ways_is_read_once() {
        let html = "Content-Type: text/html\r\n\r\n<p>See this.</p>";
        let stopped = "Content-Type: text/html\r\n\r\n<p>It stopped.</p>";
        let inner = |subtype: &str, parts: &[&str]| {
            let mut all = format!("Content-Type: multipart/{subtype}; boundary={subtype}\r\n\r\n");
            for part in parts {
                let _ = write!(all, "--{subtype}\r\n{part}\r\n");
            }
            format!("{all}--{subtype}--\r\n")
        };
        let image = image(600_000);
        // As programs send it, before and behind what is looked into.
        let said = "\r\nSee this.\r\nIt stopped.";
        let rich = inner("mixed", &[html, &image, stopped]);
        let arrived = parted("alternative", &[said, &rich]);
        assert_eq!(arrived.text, "See this.\nIt stopped.");
        let both = inner("alternative", &[said, &rich]);
        let arrived = parted("mixed", &[&image, &both]);
        assert_eq!(arrived.text, "See this.\nIt stopped.");
        assert_eq!(arrived.files.len(), 2);
        // Nothing else says what this HTML does.
        for said in ["\r\n \r\n", "Content-Type: text/calendar\r\n\r\nx"] {
            let arrived = parted("alternative", &[said, &inner("related", &[html, &image])]);
            assert_eq!(arrived.text, "See this.");
        }
        let arrived = parted("mixed", &["\r\nSee this.", &image, stopped]);
        assert_eq!(arrived.text, "See this.\nIt stopped.");
    }

    #[test]
    fn a_text_that_is_looked_into_by_half_is_read_as_a_whole() {
        let quoted = "> quoted\r\n".repeat(100);
        for encoding in ["7bit", "quoted-printable"] {
            let half = format!(
                "Content-Transfer-Encoding: {encoding}\r\n\r\nIt stopped.\r\n{quoted}At 14:02."
            );
            let arrived = parted(
                "mixed",
                &["\r\nSee this.", &image(LOOKED_INTO - 900), &half],
            );
            assert!(arrived.text.starts_with("See this.\nIt stopped.\n> "));
            assert!(arrived.text.ends_with("> quoted\nAt 14:02."));
            assert_eq!(arrived.text.matches("It stopped.").count(), 1);
        }
    }

    #[test]
    fn a_mail_is_silent_only_if_it_says_nothing_but_quotes_with_marks() {
        let file = image(10);
        for (said, silent) in [
            ("", true),
            ("> Which node?\r\n> quoted", true),
            ("On Friday Support wrote:\r\n\r\n> quoted", true),
            ("-- \r\nSeoyeon Kim", true),
            ("It is back.", false),
            (
                "From: Support <s@v.example>\r\nSent: Friday\r\nTo: Me\r\n\r\nWhich node?",
                false,
            ),
            (
                "--- # --- Write your answer above this line. --- # ---\r\nThe first.",
                false,
            ),
        ] {
            let arrived = parted("mixed", &[&format!("\r\n{said}"), &file]);
            assert_eq!(arrived.silent, silent, "{said}");
            assert!(!silent || arrived.text.is_empty(), "{said}");
            assert_eq!(arrived.files.len(), 1);
        }
        // A signature ends one text, and not the next one.
        let arrived = parted("mixed", &["\r\n-- \r\nSeoyeon", &file, "\r\nIt stopped."]);
        assert!(!arrived.silent);
        assert!(parted("mixed", &[&file]).silent);
    }

    #[test]
    fn more_than_one_sender_is_none() {
        let raw = b"From: a@b.example, c@d.example\r\nTo: x@y.example\r\n\r\nHello";
        assert_eq!(plain(raw).from, "");
    }

    #[test]
    fn nothing_that_comes_in_stops_the_reader() {
        let mut nested = String::new();
        for n in 0..2000 {
            let _ = write!(
                nested,
                "Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"
            );
        }
        let zeros = vec![0_u8; 4096];
        for raw in [
            &b""[..],
            b"\r\n\r\n",
            b"\xff\xfe\x00",
            b"Content-Type: multipart/mixed; boundary=\"\r\n\r\n--",
            b"Subject: =?utf-8?B?////?=\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%%",
            b"From: <<<>>>\r\nMessage-ID: <\r\n\r\n\x00",
            nested.as_bytes(),
            &zeros,
        ] {
            let arrived = plain(raw);
            assert!(
                arrived.reason.is_some() || !arrived.from.contains('@'),
                "{arrived:?}"
            );
        }
    }

    #[test]
    fn of_a_mail_that_is_too_large_the_beginning_is_read() {
        let raw = mail("", "It is back.");
        let arrived = read(&raw, MOST_BYTES + 1);
        assert_eq!(arrived.reason, Some(Reason::TooLarge));
        assert_eq!(arrived.text, "It is back.");
    }
}
