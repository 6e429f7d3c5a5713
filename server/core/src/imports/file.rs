//! Reading a file: CSV as spreadsheets write it, in UTF-8, with the columns' names in its first line.

use domain::text::is_line;

use super::{ImportKind, Reason};

/// The most bytes of a file: 10 MiB.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;

/// The most rows of a file, the first line not counted.
pub const MOST_ROWS: usize = 50_000;

/// What keeps a file as a whole from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileProblem {
    /// No file was chosen.
    Missing,
    /// It has more than [`MOST_BYTES`].
    TooLarge,
    /// It is not UTF-8, from this line on.
    NotUtf8 {
        /// The line, counted from 1.
        line: usize,
    },
    /// It is no CSV: it holds a zero byte, as only other kinds of file do.
    NotCsv,
    /// A quotation mark is never closed; the cell begins about this line.
    OpenQuote {
        /// The line, counted from 1.
        line: u64,
    },
    /// The first line lacks these columns.
    MissingColumns(Vec<&'static str>),
    /// The first line names a column that is not known, or one twice.
    UnknownColumn(String),
    /// There is nothing below the first line.
    NoRows,
    /// It has more than [`MOST_ROWS`] rows.
    TooManyRows {
        /// How many.
        is: usize,
    },
}

/// A row as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The line that it begins in, counted from 1.
    pub number: u64,
    /// Its cells without blanks around them, in the order of [`ImportKind::columns`]; empty where it has none.
    pub cells: Vec<String>,
    /// How many cells it has, and how many it should have.
    pub count: (usize, usize),
}

impl Line {
    /// One line of text that must be there, at most so many characters long.
    pub fn text(&self, columns: &[&'static str], at: usize, most: usize) -> Result<&str, Reason> {
        let column = columns[at];
        let text = self.cell(at);
        if text.is_empty() {
            Err(Reason::Empty(column))
        } else if text.chars().count() > most {
            Err(Reason::TooLong { column, most })
        } else if is_line(text) {
            Ok(text)
        } else {
            Err(Reason::Control(column))
        }
    }

    /// A cell, which may be empty.
    pub fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", String::as_str)
    }

    /// Whether it has as many cells as the first line.
    pub const fn fits(&self) -> Result<(), Reason> {
        let (is, expected) = self.count;
        if is == expected {
            Ok(())
        } else {
            Err(Reason::Cells { is, expected })
        }
    }
}

/// The rows of a file.
pub(super) fn lines(kind: ImportKind, content: &[u8]) -> Result<Vec<Line>, FileProblem> {
    if content.len() > MOST_BYTES {
        return Err(FileProblem::TooLarge);
    }
    if content.is_empty() {
        return Err(FileProblem::Missing);
    }
    if content.contains(&0) {
        return Err(FileProblem::NotCsv);
    }
    let text = str::from_utf8(content).map_err(|error| {
        let before = &content[..error.valid_up_to()];
        FileProblem::NotUtf8 {
            line: before.split(|byte| *byte == b'\n').count(),
        }
    })?;
    // Spreadsheets put a byte order mark before it.
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let places = match records.next() {
        Some(Ok(header)) => places(kind, &header)?,
        _ => return Err(FileProblem::MissingColumns(required(kind))),
    };
    let mut lines = Vec::new();
    // Where each row begins: its byte and its line.
    let mut starts = vec![(0, 1)];
    for record in records {
        // The text is UTF-8 and rows may have any length, so no other error is left.
        let record = record.map_err(|_| FileProblem::NotCsv)?;
        let byte = record
            .position()
            .and_then(|at| usize::try_from(at.byte()).ok())
            .map_or(text.len(), |byte| after_line_ends(text, byte));
        let (counted, line) = *starts.last().unwrap_or(&(0, 1));
        let number = line + line_ends(text.get(counted..byte).unwrap_or_default());
        starts.push((byte, number));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let cell = |place: &Option<usize>| place.and_then(|at| record.get(at)).unwrap_or_default();
        lines.push(Line {
            number,
            cells: places
                .order
                .iter()
                .map(|place| cell(place).trim().to_owned())
                .collect(),
            count: (record.len(), places.count),
        });
    }
    if let Some(line) = open_quote(text, &starts) {
        return Err(FileProblem::OpenQuote { line });
    }
    match lines.len() {
        0 => Err(FileProblem::NoRows),
        is if is > MOST_ROWS => Err(FileProblem::TooManyRows { is }),
        _ => Ok(lines),
    }
}

/// Where a row begins for a reader: what ended the line before it, and empty lines, are no part of it.
fn after_line_ends(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + (rest.len() - rest.trim_start_matches(['\r', '\n']).len())
}

/// How many lines end in it.
fn line_ends(text: &str) -> u64 {
    text.bytes().filter(|byte| *byte == b'\n').count() as u64
}

/// The line of the first row with a quotation mark that has no other. Whatever follows an open one is swallowed by its cell,
/// and nobody would miss it.
fn open_quote(text: &str, starts: &[(usize, u64)]) -> Option<u64> {
    let ends = starts.iter().skip(1).map(|(byte, _)| *byte);
    let odd = |row: &str| row.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
    starts
        .iter()
        .zip(ends.chain([text.len()]))
        .find(|((from, _), to)| text.get(*from..*to).is_some_and(odd))
        .map(|((_, line), _)| *line)
}

fn required(kind: ImportKind) -> Vec<&'static str> {
    let columns = kind.columns().iter().copied();
    columns.filter(|column| !kind.may_miss(column)).collect()
}

/// Where each column stands in the file.
struct Places {
    order: Vec<Option<usize>>,
    count: usize,
}

fn places(kind: ImportKind, header: &csv::StringRecord) -> Result<Places, FileProblem> {
    let names: Vec<String> = header
        .iter()
        .map(|name| name.trim().to_lowercase())
        .collect();
    let order: Vec<_> = kind
        .columns()
        .iter()
        .map(|column| names.iter().position(|name| name == column))
        .collect();
    let missing: Vec<_> = required(kind)
        .into_iter()
        .filter(|column| !names.iter().any(|name| name == column))
        .collect();
    if !missing.is_empty() {
        return Err(FileProblem::MissingColumns(missing));
    }
    // A column that is misspelt would be left out without a word.
    let unknown = (0..names.len()).find(|at| !order.contains(&Some(*at)));
    if let Some(name) = unknown.and_then(|at| header.get(at)) {
        return Err(FileProblem::UnknownColumn(name.chars().take(50).collect()));
    }
    Ok(Places {
        count: names.len(),
        order,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "customer,name,email,role,designated\n";

    fn problem(content: &[u8]) -> FileProblem {
        lines(ImportKind::Contacts, content).expect_err("cannot be read")
    }

    #[test]
    fn rows_know_the_line_that_they_begin_in() {
        let text = "\u{FEFF}Email, NAME ,role,customer\r\na@x.example,\"Two\nlines\",contact,X\r\n\r\n,,,\r\n b@x.example ,B,contact,\"X, Inc.\"\r\nshort\r\n";
        let read = lines(ImportKind::Contacts, text.as_bytes()).expect("can be read");
        let rows: Vec<_> = read
            .iter()
            .map(|line| (line.number, line.cells.join("|"), line.count))
            .collect();
        assert_eq!(
            rows,
            [
                (2, "X|Two\nlines|a@x.example|contact|".to_owned(), (4, 4)),
                (6, "X, Inc.|B|b@x.example|contact|".to_owned(), (4, 4)),
                (7, "||short||".to_owned(), (1, 4)),
            ]
        );
    }

    #[test]
    fn a_file_that_cannot_be_read_says_why() {
        assert_eq!(problem(b""), FileProblem::Missing);
        assert_eq!(problem(b"PK\x03\x04\0\0"), FileProblem::NotCsv);
        let latin = [HEADER.as_bytes(), b"a,b,c@x.example,contact,\nX,Andr\xe9,"].concat();
        assert_eq!(problem(&latin), FileProblem::NotUtf8 { line: 3 });
        assert_eq!(
            problem(b"just a text"),
            FileProblem::MissingColumns(vec!["customer", "name", "email", "role"])
        );
        assert_eq!(
            problem(b"customer,name,role,designated\n"),
            FileProblem::MissingColumns(vec!["email"])
        );
        for header in [
            "customer,name,email,role,desginated\n",
            "customer,name,email,role,email\n",
        ] {
            let name = header
                .trim()
                .rsplit(',')
                .next()
                .expect("a column")
                .to_owned();
            assert_eq!(problem(header.as_bytes()), FileProblem::UnknownColumn(name));
        }
        assert_eq!(problem(HEADER.as_bytes()), FileProblem::NoRows);
        assert_eq!(
            problem(format!("{HEADER}\n,,,,\n").as_bytes()),
            FileProblem::NoRows
        );
        let open = format!(
            "{HEADER}X,A,a@x.example,contact,\nX,\"B,b@x.example,contact,\nX,C,c@x.example,contact,\n"
        );
        assert_eq!(problem(open.as_bytes()), FileProblem::OpenQuote { line: 3 });
        let stray = format!(
            "{HEADER}X,A \"B\",a@x.example,contact,\nX,5\" C,c@x.example,contact,\nX,D,d@x.example,contact,\n"
        );
        assert_eq!(
            problem(stray.as_bytes()),
            FileProblem::OpenQuote { line: 3 }
        );
        let many = HEADER.to_owned() + &"X,A,a@x.example,contact,\n".repeat(MOST_ROWS + 1);
        assert_eq!(
            problem(many.as_bytes()),
            FileProblem::TooManyRows { is: MOST_ROWS + 1 }
        );
        assert_eq!(problem(&vec![b'x'; MOST_BYTES + 1]), FileProblem::TooLarge);
    }
}
