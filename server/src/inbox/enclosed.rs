//! The files that came with a mail: its parts, found line by line over the whole of it, so that nothing goes down into
//! anything. A mail within it is one file. What is in a file is never looked at.

use domain::incident::MOST_FILE;
use mail_parser::{
    ContentType, Message, MessageParser, MimeHeaders as _,
    decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode},
};
use portal_core::mail::Enclosed;

/// The most files of a mail that are attached.
const MOST_FILES: usize = 20;

/// The most parts that are looked at, and how deep they may lie in each other: no mail program comes near.
const MOST_PARTS: usize = 1000;
const DEEPEST: usize = 16;

/// The most bytes that are read of what stands above a part.
const MOST_HEADERS: usize = 16 * 1024;

/// What came with a mail.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Enclosures {
    /// What can be attached.
    pub files: Vec<Enclosed>,
    /// How many files there are beside that: too large, empty, not to be decoded, or too many.
    pub kept: usize,
}

impl Enclosures {
    fn add(&mut self, name: String, encoding: &str, body: &[u8]) {
        let bytes = (self.files.len() < MOST_FILES)
            .then(|| decoded(encoding, body))
            .flatten()
            .filter(|bytes| !bytes.is_empty() && bytes.len() as u64 <= MOST_FILE);
        match bytes {
            Some(bytes) => self.files.push(Enclosed { name, bytes }),
            None => self.kept += 1,
        }
    }
}

/// What came with a mail, of which `mail` is what its beginning says.
pub fn enclosed(raw: &[u8], mail: &Message<'_>) -> Enclosures {
    let parser = MessageParser::default();
    let mut found = Enclosures::default();
    let mut boundaries = Vec::new();
    let mut part = Part::of(mail);
    let mut from = mail
        .parts
        .first()
        .map_or(0, |root| root.raw_body_offset() as usize);
    for _ in 0..MOST_PARTS {
        let file = match part {
            Part::Parts(boundary) if boundaries.len() < DEEPEST => {
                boundaries.push(boundary);
                None
            }
            Part::Parts(_) => {
                found.kept += 1;
                None
            }
            Part::File { name, encoding } => Some((name, encoding)),
            Part::Text => None,
        };
        let (to, next) = end(raw, from, &mut boundaries);
        if let Some((name, encoding)) = file {
            found.add(name, &encoding, raw.get(from..to).unwrap_or_default());
        }
        let Some(next) = next else {
            return found;
        };
        let (headers, body) = headers(raw, next);
        part = parser
            .parse_headers(headers)
            .map_or(Part::Text, |headers| Part::of(&headers));
        from = body;
    }
    // At least one more, which nobody counts.
    found.kept += 1;
    found
}

/// A part, by what stands above it.
enum Part {
    /// Others, with this line between them.
    Parts(String),
    /// A file.
    File { name: String, encoding: String },
    /// What the mail says.
    Text,
}

impl Part {
    fn of(headers: &Message<'_>) -> Self {
        let content = headers.content_type();
        let (kind, subtype) = content.map_or(("text", "plain"), |content| {
            (content.ctype(), content.subtype().unwrap_or_default())
        });
        if kind.eq_ignore_ascii_case("multipart") {
            let boundary = content.and_then(|content| content.attribute("boundary"));
            return match boundary.unwrap_or_default().trim_end() {
                "" => Self::Text,
                boundary => Self::Parts(boundary.to_owned()),
            };
        }
        let name = headers.attachment_name().unwrap_or_default().trim();
        let attached = headers
            .content_disposition()
            .is_some_and(ContentType::is_attachment);
        if kind.eq_ignore_ascii_case("text") && name.is_empty() && !attached {
            return Self::Text;
        }
        let name = if !name.is_empty() {
            name.to_owned()
        } else if kind.eq_ignore_ascii_case("message") {
            "mail.eml".to_owned()
        } else {
            format!("{kind}.{subtype}")
        };
        let encoding = headers.content_transfer_encoding().unwrap_or_default();
        Self::File {
            name,
            encoding: encoding.trim().to_ascii_lowercase(),
        }
    }
}

/// Where the part ends that begins at `from`, and where the next one begins, if there is one. What ends with it is no more
/// among the boundaries.
fn end(raw: &[u8], from: usize, boundaries: &mut Vec<String>) -> (usize, Option<usize>) {
    let (mut at, mut ends) = (from, None);
    for line in lines(raw, from) {
        let after = at + line.len();
        if let Some((level, closes)) = delimiter(line, boundaries) {
            let ends = *ends.get_or_insert_with(|| without_break(raw, from, at));
            boundaries.truncate(if closes { level } else { level + 1 });
            if !closes {
                return (ends, Some(after));
            }
        }
        at = after;
    }
    (ends.unwrap_or(raw.len()), None)
}

/// Which of the boundaries a line is, and whether nothing of its parts follows.
fn delimiter(line: &[u8], boundaries: &[String]) -> Option<(usize, bool)> {
    let said = line.strip_prefix(b"--")?.trim_ascii_end();
    boundaries
        .iter()
        .enumerate()
        .rev()
        .find_map(
            |(level, boundary)| match said.strip_prefix(boundary.as_bytes())? {
                b"" => Some((level, false)),
                b"--" => Some((level, true)),
                _ => None,
            },
        )
}

/// Where a part ends whose boundary stands at `at`: the line break before that is the boundary's.
fn without_break(raw: &[u8], from: usize, at: usize) -> usize {
    let body = raw.get(from..at).unwrap_or_default();
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    let body = body.strip_suffix(b"\r").unwrap_or(body);
    from + body.len()
}

/// What stands above the part at `from`, and where its body begins.
fn headers(raw: &[u8], from: usize) -> (&[u8], usize) {
    let mut body = from;
    for line in lines(raw, from) {
        body += line.len();
        if line.trim_ascii().is_empty() {
            break;
        }
    }
    let to = body.min(from + MOST_HEADERS);
    (raw.get(from..to).unwrap_or_default(), body)
}

fn lines(raw: &[u8], from: usize) -> impl Iterator<Item = &[u8]> {
    let rest = raw.get(from..).unwrap_or_default();
    rest.split_inclusive(|byte| *byte == b'\n')
}

/// The bytes as they were before they were sent; nothing if they cannot be had.
fn decoded(encoding: &str, body: &[u8]) -> Option<Vec<u8>> {
    match encoding {
        "base64" => base64_decode(body),
        "quoted-printable" => quoted_printable_decode(body),
        "" | "7bit" | "8bit" | "binary" => Some(body.to_vec()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write as _, iter::repeat_n};

    use super::*;

    /// What is found in a mail with these parts, each with what stands above it.
    fn found(parts: &[&str]) -> Enclosures {
        let mut mail =
            "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=\"out er\"\r\n\r\nIgnored.\r\n"
                .to_owned();
        for part in parts {
            mail.push_str("--out er\r\n");
            mail.push_str(part);
            mail.push_str("\r\n");
        }
        mail.push_str("--out er--\r\nIgnored.\r\n");
        of(mail.as_bytes())
    }

    fn of(raw: &[u8]) -> Enclosures {
        enclosed(raw, &MessageParser::default().parse(raw).unwrap())
    }

    fn file(name: &str, bytes: &[u8]) -> Enclosed {
        Enclosed {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn files_are_as_they_were_before_they_were_sent() {
        let found = found(&[
            "Content-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\n\r\nSee these.\r\n--inner\r\n\
             Content-Type: text/html\r\n\r\n<p>See these.</p>\r\n--inner--\r\n",
            "Content-Type: application/zip\r\nContent-Transfer-Encoding: BASE64\r\n\
             Content-Disposition: attachment; filename=\"../a b.zip\"\r\n\r\nUEsD\r\nBBQA\r\n",
            // In the words of another alphabet, and not turned into this one.
            "Content-Type: text/csv; charset=euc-kr; name=x.csv\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=B4=D9,1=\r\n2",
            "Content-Disposition: attachment\r\n\r\nline\r\n\r\n--outer\r\nline",
            "Content-Type: image/png\r\nContent-ID: <logo>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw==",
            "Content-Type: message/rfc822\r\n\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n\
             Content-Disposition: attachment; filename=y\r\n\r\ny\r\n--in--",
            // What no program sent whole.
            "Content-Type: application/x; name=broken\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%%",
            "Content-Type: application/x; name=strange\r\nContent-Transfer-Encoding: x-other\r\n\r\nabc",
            "Content-Type: application/x; name=empty\r\n\r\n",
        ]);
        assert_eq!(found.kept, 3);
        let mail = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\nContent-Disposition: attachment; filename=y\r\n\r\ny\r\n--in--";
        assert_eq!(
            found.files,
            [
                file("../a b.zip", b"PK\x03\x04\x14\x00"),
                file("x.csv", b"\xb4\xd9,12"),
                file("text.plain", b"line\r\n\r\n--outer\r\nline"),
                file("image.png", b"\x89PNG"),
                file("mail.eml", mail),
            ]
        );
    }

    #[test]
    fn what_is_too_much_is_counted() {
        let small = "Content-Type: application/x; name=x\r\n\r\nx";
        let some = found(&[small; MOST_FILES + 2]);
        assert_eq!((some.files.len(), some.kept), (MOST_FILES, 2));
        let most = usize::try_from(MOST_FILE).unwrap();
        let large = |size: usize| format!("{small}{}", "x".repeat(size - 1));
        assert_eq!(found(&[&large(most)]).files.len(), 1);
        assert_eq!(found(&[&large(most + 1), small]).kept, 1);
        // More parts than anybody sends end the search.
        let many: Vec<_> = repeat_n("\r\nx", 2 * MOST_PARTS).collect();
        let many = found(&many);
        assert_eq!((many.files.len(), many.kept), (0, 1));
    }

    #[test]
    fn a_mail_that_breaks_off_and_parts_without_end_are_borne() {
        let broken = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/x\r\n\r\nabc";
        assert_eq!(of(broken.as_bytes()).files, [file("application.x", b"abc")]);
        let mut deep = "From: a@b.example\r\n".to_owned();
        for n in 0..100 {
            let _ = write!(
                deep,
                "Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"
            );
        }
        let found = of(deep.as_bytes());
        assert_eq!((found.files.len(), found.kept), (0, 1));
        assert_eq!(
            of(b"Content-Type: multipart/mixed\r\nSubject: x\r\n\r\n--\r\n--").files,
            []
        );
    }
}
