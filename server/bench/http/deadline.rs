//! The figures of `cargo bench -p domain --bench deadline`, as criterion left them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{Outcome, table::table};

const ENGINES: [&str; 3] = ["domain", "ule-hours", "workclock"];
const TASKS: [(&str, &str, &str); 4] = [
    (
        "the deadline of 8 h, over a weekend",
        "due",
        "8 h over a weekend",
    ),
    ("the deadline of 200 h", "due", "200 h"),
    ("the deadline of 1000 h", "due", "1000 h"),
    (
        "the open time between two instants a year apart",
        "between",
        "1 year",
    ),
];
const OWN: [(&str, &str, &str); 2] = [
    (
        "the same 8 h, each day explained",
        "explain_domain_8 h over a weekend",
        "",
    ),
    (
        "building the calendar of 16 years",
        "build_domain_16 years",
        "",
    ),
];

/// A row for each task, in nanoseconds.
pub fn figures() -> Outcome<String> {
    let mut rows = vec![
        ["", "domain", "ule-hours", "workclock"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for (name, group, task) in TASKS {
        let mut row = vec![name.to_owned()];
        for engine in ENGINES {
            row.push(mean(&Path::new(group).join(engine).join(task))?);
        }
        rows.push(row);
    }
    for (name, group, task) in OWN {
        let own = mean(&Path::new(group).join(task))?;
        rows.push(vec![name.to_owned(), own, "–".to_owned(), "–".to_owned()]);
    }
    Ok(table(&rows))
}

/// The mean, in words.
fn mean(folder: &Path) -> Outcome<String> {
    let file = criterion().join(folder).join("new/estimates.json");
    let estimates = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let estimates: Value = serde_json::from_slice(&estimates)?;
    let nanoseconds = estimates
        .pointer("/mean/point_estimate")
        .and_then(Value::as_f64)
        .ok_or("criterion left no mean")?;
    Ok(match nanoseconds {
        ..1e3 => format!("{nanoseconds:.1} ns"),
        1e3..1e6 => format!("{:.1} µs", nanoseconds / 1e3),
        _ => format!("{:.1} ms", nanoseconds / 1e6),
    })
}

/// Criterion's folder lies beside the profiles' ones.
fn criterion() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("criterion")
}
