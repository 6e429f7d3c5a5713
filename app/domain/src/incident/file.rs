//! Files that are attached to an incident: what is kept of them in its history, and what their names may be.

use serde::{Deserialize, Serialize};

/// The most bytes of a file: 25 MiB.
pub const MOST_FILE: u64 = 25 * 1024 * 1024;

/// The most characters of a file's name.
pub const MOST_FILE_NAME: usize = 120;

/// What a file is called whose name says nothing.
const NAMELESS: &str = "file";

/// The most characters of an ending such as `.tar.gz` that a name keeps when it is shortened.
const MOST_ENDING: usize = 12;

/// A file as an event keeps it. What is in it lies elsewhere, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id: written as a form's key is.
    pub id: String,
    /// Its name, as [`FileName`] leaves it.
    pub name: String,
    /// How many bytes it has, from 1 to [`MOST_FILE`].
    pub size: u64,
    /// The SHA-256 of its bytes, in small hexadecimal digits.
    pub sha256: String,
    /// The kind of picture that it begins like, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
}

/// The kinds of picture that are shown as such. Each only paints; none of them can run anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picture {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// `WebP`.
    Webp,
}

impl Picture {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Gif, Self::Webp];

    /// How many bytes of a file say which kind it is.
    pub const FIRST: usize = 12;

    /// The kind that a file with these first bytes is, whatever its name says.
    pub fn of(first: &[u8]) -> Option<Self> {
        let webp = first.starts_with(b"RIFF") && first.get(8..12) == Some(b"WEBP");
        [
            (first.starts_with(b"\x89PNG\r\n\x1a\n"), Self::Png),
            (first.starts_with(b"\xff\xd8\xff"), Self::Jpeg),
            (
                first.starts_with(b"GIF87a") || first.starts_with(b"GIF89a"),
                Self::Gif,
            ),
            (webp, Self::Webp),
        ]
        .into_iter()
        .find_map(|(is, kind)| is.then_some(kind))
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }
}

/// The name of a file as it is kept: one line without anything that hides, and never a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName {
    /// The name.
    pub name: String,
    /// Whether it is another one than was sent.
    pub mended: bool,
}

impl FileName {
    /// Cleans a name that was sent.
    pub fn clean(sent: &str) -> Self {
        let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
        let visible: String = last.chars().filter(|c| !hides(*c)).collect();
        let words: Vec<&str> = visible.split_whitespace().collect();
        let name = words.join(" ");
        let name = shortened(whole(&name));
        Self {
            mended: name != sent,
            name,
        }
    }
}

/// Whether a character is not seen, or makes others read as what they are not. A tab or a break is a blank.
fn hides(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{180B}'..='\u{180F}' | '\u{3164}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}' | '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFFD}'
    ) || (c.is_control() && !c.is_whitespace())
}

/// A name without the dots at its end, which some systems cut off: what is saved is to be called as what was shown.
fn whole(name: &str) -> &str {
    let name = name.trim_end_matches(['.', ' ']);
    if name.is_empty() { NAMELESS } else { name }
}

/// A name that is not too long; what it ends with stays.
fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= MOST_FILE_NAME {
        return name.to_owned();
    }
    let ending = name
        .rfind('.')
        .and_then(|at| name.get(at..))
        .filter(|ending| ending.chars().count() <= MOST_ENDING)
        .unwrap_or_default();
    let kept = MOST_FILE_NAME - ending.chars().count();
    let stem: String = name.chars().take(kept).collect();
    [whole(&stem), ending].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_path_and_hides_nothing() {
        for (sent, kept) in [
            ("report.txt", "report.txt"),
            ("보고서 (최종).pdf", "보고서 (최종).pdf"),
            (".env", ".env"),
            ("../../x", "x"),
            ("..\\..\\x.txt", "x.txt"),
            ("C:\\Users\\maria\\log.txt", "log.txt"),
            ("/etc/passwd", "passwd"),
            ("a\nb.txt", "a b.txt"),
            ("a\r\nContent-Type: text/html", "html"),
            ("a\0b\u{1b}[2J.txt", "ab[2J.txt"),
            ("invoice\u{202e}txt.exe", "invoicetxt.exe"),
            ("\u{feff}a\u{200b}.txt", "a.txt"),
            ("  two  blanks .txt ", "two blanks .txt"),
            ("x.txt...", "x.txt"),
            ("", "file"),
            ("..", "file"),
            ("a/", "file"),
            ("\u{202e}\n", "file"),
        ] {
            let name = FileName::clean(sent);
            assert_eq!(name.name, kept, "{sent:?}");
            assert_eq!(name.mended, sent != kept, "{sent:?}");
            // What was cleaned is clean.
            assert!(!FileName::clean(&name.name).mended, "{sent:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        for (sent, ending) in [
            (format!("{}.log", "a".repeat(300)), ".log"),
            (format!("{}.log", "가".repeat(300)), ".log"),
            (format!("{} {}.log", "a".repeat(115), "b".repeat(9)), ".log"),
            ("a".repeat(300), "a"),
            (format!("a.{}", "b".repeat(300)), "b"),
            (format!("{}{}", ".".repeat(300), "b".repeat(20)), "file"),
        ] {
            let name = FileName::clean(&sent);
            assert!(name.name.chars().count() <= MOST_FILE_NAME && name.mended);
            assert!(name.name.ends_with(ending), "{}", name.name);
            assert!(!FileName::clean(&name.name).mended, "{}", name.name);
        }
    }

    #[test]
    fn a_picture_is_what_its_first_bytes_say() {
        for (first, kind) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], Some(Picture::Png)),
            (b"\xff\xd8\xff\xe0", Some(Picture::Jpeg)),
            (b"GIF89a", Some(Picture::Gif)),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Some(Picture::Webp)),
            (b"RIFF\x24\0\0\0WAVE", None),
            (b"\x89PNG", None),
            (b"<svg xmlns=", None),
            (b"<!DOCTYPE html>", None),
            (b"PK\x03\x04", None),
            (b"", None),
        ] {
            assert_eq!(Picture::of(first), kind, "{first:?}");
        }
        for kind in Picture::ALL {
            assert!(kind.media_type().starts_with("image/"));
        }
    }
}
