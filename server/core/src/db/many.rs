//! Many rows in few statements.

use std::fmt::Write as _;

use sqlx::AssertSqlSafe;

use super::{Tx, on};

/// Rows in one statement. SQLite takes some 32,000 arguments at once.
const ROWS: usize = 500;

/// What stands in a column.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    /// A whole number.
    Int(i64),
    /// A whole number, or nothing.
    MaybeInt(Option<i64>),
    /// A text.
    Text(&'a str),
}

/// Inserts all `rows`; `into` is the statement up to `VALUES`, such as `INSERT INTO reminders (certification_id, due_on)`.
pub(crate) async fn insert_many<const N: usize>(
    tx: &mut Tx,
    into: &'static str,
    rows: &[[Value<'_>; N]],
) -> Result<(), sqlx::Error> {
    for rows in rows.chunks(ROWS) {
        let mut sql = format!("{into} VALUES ");
        for row in 0..rows.len() {
            sql.push_str(if row == 0 { "(" } else { "), (" });
            for column in 0..N {
                let comma = if column == 0 { "" } else { ", " };
                // Writing to a text cannot fail.
                let _ = write!(sql, "{comma}${}", row * N + column + 1);
            }
        }
        sql.push(')');
        // Only placeholders were added to a static text.
        let sql = AssertSqlSafe(sql);
        on!(tx, |conn| {
            let mut query = sqlx::query(sql);
            for value in rows.iter().flatten() {
                query = match *value {
                    Value::Int(number) => query.bind(number),
                    Value::MaybeInt(number) => query.bind(number),
                    Value::Text(text) => query.bind(text.to_owned()),
                };
            }
            query.execute(conn).await.map(|_| ())
        })?;
    }
    Ok(())
}
