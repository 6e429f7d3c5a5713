//! Where the figures come from: without it they say nothing.

use std::{fs, process::Command};

use crate::process::mib;

/// The machine and the commit.
pub fn origin() -> String {
    let read = |file| fs::read_to_string(file).unwrap_or_default();
    let processors = read("/proc/cpuinfo");
    let model = processors
        .lines()
        .find(|line| line.starts_with("model name"))
        .and_then(|line| line.split_once(": "))
        .map_or(std::env::consts::ARCH, |(_, model)| model);
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = mib(&read("/proc/meminfo"), "MemTotal:") / 1024.0;
    let kernel = read("/proc/sys/kernel/osrelease");
    let commit = git(&["rev-parse", "--short", "HEAD"]).unwrap_or_else(|| "unknown".to_owned());
    // The document itself is what this program changes.
    let changed = git(&[
        "status",
        "--porcelain",
        "--",
        ":/",
        ":(exclude,top)docs/benchmarks.md",
    ]);
    let changed = match changed.as_deref() {
        Some("") => "",
        _ => " with changes",
    };
    format!(
        "{model}, {count} processors, {memory:.0} GiB of memory, Linux {}; commit {commit}{changed}.",
        kernel.trim()
    )
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
