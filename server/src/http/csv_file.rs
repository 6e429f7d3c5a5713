//! A table as a CSV file to download (RFC 4180), for a spreadsheet.

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use csv::{Terminator, Writer, WriterBuilder};

/// The mark by which spreadsheets recognize UTF-8; without it they garble Korean.
const MARK: &str = "\u{feff}";

/// A file that is written row by row.
pub struct CsvFile {
    writer: Writer<Vec<u8>>,
    written: Result<(), csv::Error>,
}

impl CsvFile {
    /// A file without a row.
    pub fn new() -> Self {
        Self::after(MARK)
    }

    /// More rows of a file that was begun.
    pub fn more() -> Self {
        Self::after("")
    }

    fn after(begin: &str) -> Self {
        let writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(begin.as_bytes().to_vec());
        Self {
            writer,
            written: Ok(()),
        }
    }

    /// Adds a row; every row has as many cells as the first.
    pub fn row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) {
        if self.written.is_ok() {
            let cells = cells.into_iter().map(|cell| harmless(cell.as_ref()));
            self.written = self.writer.write_record(cells);
        }
    }

    /// The answer that a browser saves under `name`, of letters, digits, hyphens and dots.
    ///
    /// # Errors
    /// A row was not as long as the first.
    pub fn download(self, name: &str) -> Result<Response, csv::Error> {
        Ok((headers(name), self.content()?).into_response())
    }

    /// What was written.
    ///
    /// # Errors
    /// A row was not as long as the first.
    pub fn content(self) -> Result<Vec<u8>, csv::Error> {
        self.written?;
        self.writer
            .into_inner()
            .map_err(|error| csv::Error::from(error.into_error()))
    }
}

/// What the answer says of the file. Nothing on the way may keep it: it holds names.
pub fn headers(name: &str) -> [(HeaderName, HeaderValue); 3] {
    let disposition = format!("attachment; filename=\"{name}\"");
    let disposition =
        HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
    ]
}

/// A cell that no spreadsheet takes for a formula: what somebody typed must not run where it is opened. An apostrophe
/// before it makes it text; also behind a semicolon, at which spreadsheets of many countries part cells.
fn harmless(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut begins = true;
    for c in cell.chars() {
        if begins && "=+-@\t\r\n＝＋－＠".contains(c) {
            text.push('\'');
        }
        text.push(c);
        begins = c == ';';
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rows: &[&[&str]]) -> Result<String, csv::Error> {
        let mut file = CsvFile::new();
        for row in rows {
            file.row(*row);
        }
        Ok(String::from_utf8(file.content()?).expect("UTF-8"))
    }

    #[test]
    fn a_spreadsheet_opens_it_as_utf_8() {
        assert_eq!(
            written(&[&["고객", "a,b"], &["say \"hi\"", "two\nlines"]]).expect("written"),
            "\u{feff}고객,\"a,b\"\r\n\"say \"\"hi\"\"\",\"two\nlines\"\r\n"
        );
    }

    #[test]
    fn nothing_typed_becomes_a_formula() {
        for typed in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
            "=HYPERLINK(\"http://x\")",
        ] {
            assert_eq!(harmless(typed), format!("'{typed}"));
        }
        assert_eq!(harmless("a;=1;-2; =3"), "a;'=1;'-2; =3");
        for plain in ["", "a=1", " =1", "'=1", "2026-03-02", "한강"] {
            assert_eq!(harmless(plain), plain);
        }
    }

    #[test]
    fn rows_of_unequal_length_are_no_file() {
        assert!(written(&[&["a", "b"], &["c"]]).is_err());
    }
}
