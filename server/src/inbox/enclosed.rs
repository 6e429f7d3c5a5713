//! The files that came with a mail: its parts, found line by line over the whole of it, so that nothing goes down into
//! anything. A mail within it is one file. What is in a file is never looked at. And what it says below them.

use std::ops::Range;

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

/// The most texts, and bytes of them all, that are read of what a mail says beyond what was looked into.
const MOST_TEXTS: usize = 20;
const MOST_WORDS: usize = 512 * 1024;

/// What came with a mail.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Enclosures {
    /// What can be attached.
    pub files: Vec<Enclosed>,
    /// How many files there are beside that: too large, empty, not to be decoded, or too many; and texts that are not read.
    pub kept: usize,
    /// Where the texts stand that do not end within what was looked into, each with what stands above it.
    pub words: Vec<Range<usize>>,
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

    fn say(&mut self, from: usize, to: usize) {
        let read: usize = self.words.iter().map(Range::len).sum();
        let room = if self.words.len() < MOST_TEXTS {
            MOST_WORDS.saturating_sub(read)
        } else {
            0
        };
        let ends = to.min(from + room);
        if ends < to {
            self.kept += 1;
        }
        if from < ends {
            self.words.push(from..ends);
        }
    }
}

/// What came with a mail, of which `mail` is what its beginning says.
pub fn enclosed(raw: &[u8], mail: &Message<'_>) -> Enclosures {
    let parser = MessageParser::default();
    let looked = mail.raw_message().len();
    let mut found = Enclosures::default();
    let mut boundaries = Vec::new();
    let mut part = Part::of(mail);
    // A mail that is no more than a text is read by its beginning.
    let mut begins = None;
    let mut from = mail
        .parts
        .first()
        .map_or(0, |root| root.raw_body_offset() as usize);
    for _ in 0..MOST_PARTS {
        let (mut file, mut html) = (None, None);
        match part {
            Part::Parts(parts) if boundaries.len() < DEEPEST => boundaries.push(parts),
            Part::Parts(_) => found.kept += 1,
            Part::File { name, encoding } => file = Some((name, encoding)),
            Part::Text { html: is_html } => html = Some(is_html),
            Part::Other => {}
        }
        let again = html == Some(true) && boundaries.iter().any(|parts| parts.said);
        let (to, next) = end(raw, from, &mut boundaries);
        let body = raw.get(from..to).unwrap_or_default();
        if let Some((name, encoding)) = file {
            found.add(name, &encoding, body);
        }
        if html == Some(false) && !body.trim_ascii().is_empty() {
            for parts in &mut boundaries {
                parts.said = parts.alternative;
            }
        }
        if let Some(begins) = begins
            && html.is_some()
            && !again
            && next.unwrap_or(raw.len()) > looked
        {
            found.say(begins, to);
        }
        let Some(next) = next else {
            return found;
        };
        let (headers, body) = headers(raw, next);
        part = parser
            .parse_headers(headers)
            .map_or(Part::Text { html: false }, |headers| Part::of(&headers));
        begins = Some(next);
        from = body;
    }
    // At least one more, which nobody counts.
    found.kept += 1;
    found
}

/// Parts with a line between them.
struct Parts {
    /// What the line says.
    boundary: String,
    /// Whether each says the same.
    alternative: bool,
    /// Whether one of them said it as plain text.
    said: bool,
}

/// A part, by what stands above it.
enum Part {
    /// Others.
    Parts(Parts),
    /// A file.
    File { name: String, encoding: String },
    /// What the mail says, plain or as HTML.
    Text { html: bool },
    /// What nobody reads.
    Other,
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
                "" => Self::Other,
                boundary => Self::Parts(Parts {
                    boundary: boundary.to_owned(),
                    alternative: subtype.eq_ignore_ascii_case("alternative"),
                    said: false,
                }),
            };
        }
        let name = headers.attachment_name().unwrap_or_default().trim();
        let attached = headers
            .content_disposition()
            .is_some_and(ContentType::is_attachment);
        if kind.eq_ignore_ascii_case("text") && name.is_empty() && !attached {
            return match subtype.to_ascii_lowercase().as_str() {
                "plain" => Self::Text { html: false },
                "html" => Self::Text { html: true },
                _ => Self::Other,
            };
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
fn end(raw: &[u8], from: usize, boundaries: &mut Vec<Parts>) -> (usize, Option<usize>) {
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
fn delimiter(line: &[u8], boundaries: &[Parts]) -> Option<(usize, bool)> {
    let said = line.strip_prefix(b"--")?.trim_ascii_end();
    boundaries
        .iter()
        .enumerate()
        .rev()
        .find_map(
            |(level, parts)| match said.strip_prefix(parts.boundary.as_bytes())? {
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

    /// What stands where it is said to: texts that were not looked into, of a mail of which so much was.
    fn words(raw: &str, looked: usize) -> (Vec<&str>, usize) {
        let head = raw.get(..looked).unwrap();
        let head = MessageParser::default().parse(head).unwrap();
        let found = enclosed(raw.as_bytes(), &head);
        let words = found.words.into_iter().map(|at| raw.get(at).unwrap());
        (words.collect(), found.kept)
    }

    #[test]
    fn texts_beyond_what_was_looked_into_are_given_with_what_stands_above_them() {
        let begins = "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee this.\r\n";
        let both = "Content-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\n\r\nplain\r\n\
                    --in\r\nContent-Type: text/html\r\n\r\n<p>plain</p>\r\n--in--";
        let image = "--b\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n";
        let html = "Content-Type: text/html\r\n\r\n<p>html</p>";
        let csv = "Content-Type: text/csv\r\n\r\n1,2";
        let raw = format!("{begins}{image}--b\r\n{both}\r\n--b\r\n{html}\r\n--b\r\n{csv}\r\n--b--");
        let later = || ["\r\nplain", html].to_vec();
        assert_eq!(words(&raw, raw.len()), (Vec::new(), 0));
        assert_eq!(words(&raw, begins.len() + 10), (later(), 0));
        // What was looked into by half is given as a whole.
        let half = [vec!["\r\nSee this."], later()].concat();
        assert_eq!(words(&raw, begins.len() - 5), (half, 0));
        // A mail that is one text is read by its beginning.
        let text = "From: a@b.example\r\n\r\nSee this.";
        assert_eq!(words(text, text.len() - 5), (Vec::new(), 0));
    }

    #[test]
    fn texts_that_are_too_much_are_counted() {
        let begins = "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
        let many = format!("{begins}{}--b--", "--b\r\n\r\nx\r\n".repeat(MOST_TEXTS + 2));
        let (some, kept) = words(&many, begins.len());
        assert_eq!((some.len(), kept), (MOST_TEXTS, 2));
        let long = "x".repeat(MOST_WORDS);
        let long = format!("{begins}--b\r\n\r\n{long}\r\n--b\r\n\r\nx\r\n--b--");
        let (some, kept) = words(&long, begins.len());
        assert_eq!((some.len(), some[0].len(), kept), (1, MOST_WORDS, 2));
    }
}
