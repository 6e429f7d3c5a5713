//! Searching for characters anywhere in a text.

/// The most characters that are searched for.
pub const MOST_SEARCH: usize = 100;

/// Text as a search compares it. SQLite's own LOWER knows ASCII only, so Rust folds on both engines.
///
/// Both sides of the comparison go through here. LIKE reads the column of every incident of the customer; when that
/// gets slow, or the long texts or whole words are to be searched, a full-text index takes the column's place (FTS5,
/// tsvector), and with it a Unicode normalization, which is not done here.
pub(crate) fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// What LIKE is asked for, each of its own signs escaped. `None` if nothing is searched for.
pub(crate) fn like(search: &str) -> Option<String> {
    // Neither a title nor a number has a control character, and PostgreSQL refuses NUL.
    let search: String = search
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(MOST_SEARCH)
        .collect();
    let folded = fold(search.trim());
    if folded.is_empty() {
        return None;
    }
    let mut pattern = String::from("%");
    for c in folded.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    Some(pattern)
}

/// The same for a column that is compared as `LOWER(column)`, which SQLite does for ASCII only: any other letter that
/// has two cases stands for any character, so that rather too much is found than too little.
pub(crate) fn like_any_case(search: &str) -> Option<String> {
    let has_cases = |c: char| !c.is_ascii() && (c.is_lowercase() || c.is_uppercase());
    let pattern = like(search)?;
    Some(
        pattern
            .chars()
            .map(|c| if has_cases(c) { '_' } else { c })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_what_was_typed() {
        assert_eq!(like(" \t "), None);
        assert_eq!(like(" 100%_Ä\\ "), Some("%100\\%\\_ä\\\\%".to_owned()));
        assert_eq!(like_any_case("Ärzte 한강"), Some("%_rzte 한강%".to_owned()));
        assert_eq!(like("a\0b"), Some("%ab%".to_owned()));
        assert_eq!(
            like(&"가".repeat(500)).map(|pattern| pattern.chars().count()),
            Some(MOST_SEARCH + 2)
        );
    }
}
