//! Lists a page at a time, by keyset: a page stays right while others add to the list, and the last of 50,000 rows
//! costs what the first one does.

/// The most rows of a page.
pub const MOST_PER_PAGE: u32 = 200;

/// Where a page begins: beyond the row with this id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// With the first row that comes after it.
    After(i64),
    /// So that it ends with the last row that comes before it.
    Before(i64),
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// In the list's order.
    pub rows: Vec<T>,
    /// Where the list goes on, if it does.
    pub next: Option<Position>,
    /// Where it goes back, if it does.
    pub previous: Option<Position>,
    /// How many the filter finds in all.
    pub total: i64,
}

/// How many rows to ask for: one more than the page holds tells whether the list goes on.
pub(crate) fn to_read(page_size: u32) -> i64 {
    i64::from(page_size.clamp(1, MOST_PER_PAGE)) + 1
}

impl<T> Page<T> {
    /// What was read at `at`, at most [`to_read`] rows, for [`Position::Before`] in reverse.
    pub(crate) fn of(
        mut rows: Vec<T>,
        at: Option<Position>,
        page_size: u32,
        total: i64,
        id: fn(&T) -> i64,
    ) -> Self {
        let size = usize::try_from(to_read(page_size) - 1).unwrap_or(usize::MAX);
        let goes_on = rows.len() > size;
        rows.truncate(size);
        let backwards = matches!(at, Some(Position::Before(_)));
        if backwards {
            rows.reverse();
        }
        // Whoever pages came from the other side.
        let (next, previous) = if backwards {
            (true, goes_on)
        } else {
            (goes_on, at.is_some())
        };
        Self {
            next: rows
                .last()
                .filter(|_| next)
                .map(|row| Position::After(id(row))),
            previous: rows
                .first()
                .filter(|_| previous)
                .map(|row| Position::Before(id(row))),
            rows,
            total,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_whether_the_list_goes_on() {
        let id = |id: &i64| *id;
        let first = Page::of(vec![1, 2, 3], None, 2, 5, id);
        assert_eq!(first.rows, [1, 2]);
        assert_eq!((first.next, first.previous), (Some(Position::After(2)), None));
        let last = Page::of(vec![3, 4], Some(Position::After(2)), 2, 4, id);
        assert_eq!((last.next, last.previous), (None, Some(Position::Before(3))));
        let back = Page::of(vec![2, 1], Some(Position::Before(3)), 2, 4, id);
        assert_eq!(back.rows, [1, 2]);
        assert_eq!((back.next, back.previous), (Some(Position::After(2)), None));
    }
}
