//! `portal plan check`: what the server would say of a plan document, without a server.

use std::path::PathBuf;

use clap::Subcommand;
use portal_core::{calendars::Calendars, plans::Plans};

use crate::{config::folder, serve::Failure};

/// What can be done with plan documents.
#[derive(Subcommand)]
pub enum PlanCommand {
    /// Check a plan document: every reference, target and combination of answers, that its version is its own, and the
    /// calendars of its zones
    Check {
        /// The document (TOML)
        file: PathBuf,

        /// The folder of the plans that it is to stand beside
        #[arg(long, env = "PORTAL_PLANS", value_name = "FOLDER", value_parser = folder)]
        plans: Option<PathBuf>,
    },
}

/// Runs it.
pub fn run(command: &PlanCommand) -> Result<(), Failure> {
    let PlanCommand::Check { file, plans } = command;
    let (plans, plan) = Plans::check(plans.as_deref(), file)?;
    Calendars::build(&plans)?;
    println!(
        "{}: plan {} is sound: {} sections, {} levels, {} tiers, {} questions, {} rules",
        file.display(),
        plan.version,
        plan.sections.len(),
        plan.guide.levels.len(),
        plan.service.tiers.len(),
        plan.guide.questions.len(),
        plan.guide.rules.len(),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_changed_copy_under_the_same_version_is_refused_as_the_server_does() {
        let text = include_str!("../../../app/domain/plans/service-assurance-2026.1.toml");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("copy.toml");
        let checked = |text: &str| {
            fs::write(&file, text).expect("a file");
            let file = file.clone();
            run(&PlanCommand::Check { file, plans: None }).map_err(|failure| failure.to_string())
        };
        let error = checked(text).expect_err("the version is taken");
        assert!(
            error.contains("copy.toml: the version 2026.1 is already that of"),
            "{error}"
        );
        let own = text.replacen("version = \"2026.1\"", "version = \"2027.1\"", 1);
        assert_eq!(checked(&own), Ok(()));
    }
}
