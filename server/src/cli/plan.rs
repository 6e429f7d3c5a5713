//! `portal plan check`: what the server would say of a plan document, without a server.

use std::{fs, path::PathBuf};

use clap::Subcommand;
use domain::plan::Plan;

use crate::serve::Failure;

/// What can be done with plan documents.
#[derive(Subcommand)]
pub enum PlanCommand {
    /// Check a plan document: every reference, target and combination of answers
    Check {
        /// The document (TOML)
        file: PathBuf,
    },
}

/// Runs it.
pub fn run(command: &PlanCommand) -> Result<(), Failure> {
    let PlanCommand::Check { file } = command;
    let name = file.display().to_string();
    let text =
        fs::read_to_string(file).map_err(|error| Failure::new(format!("{name}: {error}")))?;
    let plan = Plan::read(&name, &text).map_err(Failure::new)?;
    println!(
        "{name}: plan {} is sound: {} sections, {} levels, {} tiers, {} questions, {} rules",
        plan.version,
        plan.sections.len(),
        plan.guide.levels.len(),
        plan.service.tiers.len(),
        plan.guide.questions.len(),
        plan.guide.rules.len(),
    );
    Ok(())
}
