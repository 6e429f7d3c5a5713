//! The command line: `portal serve | migrate | sample | admin create EMAIL | verify-history |
//! verify FILE | new-key | deadline | plan check FILE |
//! calendar ZONE YEAR`.

mod admin;
mod calendar;
mod deadline;
mod history;
mod plan;
pub mod verify;

use std::{ffi::OsString, io, process::ExitCode};

use clap::{Parser, Subcommand, error::ErrorKind};
use portal_core::{Portal, Setup, plans::Plans, sample};

use crate::{
    config::{Data, Serve},
    serve::{self, Failure},
};

/// The self-service support portal.
#[derive(Parser)]
#[command(name = "portal", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the portal
    Serve(Box<Serve>),
    /// Bring the database's tables up to date
    Migrate(Data),
    /// Fill in sample data and print the people to sign in as, with their passwords. Never where real data are
    Sample(Data),
    /// Administrators, and new passwords
    #[command(subcommand)]
    Admin(admin::AdminCommand),
    /// Check that no event of any incident was changed, taken away or put in between
    VerifyHistory(Data),
    /// Check the certificate of a due time: its signature, and the deadline computed again. Fails if anything contradicts it
    Verify(verify::VerifyArgs),
    /// Make a key that signs certificates from now on, or take that of a file. What was signed before can still be checked
    NewKey(verify::NewKeyArgs),
    Deadline(deadline::DeadlineArgs),
    /// Plan documents
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    Calendar(calendar::CalendarArgs),
}

/// Runs what the command line asks for.
pub fn run() -> ExitCode {
    run_with(std::env::args_os())
}

/// Runs what these arguments ask for; the first is the program's name.
pub fn run_with(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp
                    | ErrorKind::DisplayVersion
                    | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            ) =>
        {
            // Nobody reads it if it cannot be written.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
        Err(error) => {
            eprintln!("{}", one_line(&error.to_string()));
            return ExitCode::from(2);
        }
    };
    let result = match cli.command {
        Command::Serve(config) => serve::run(*config),
        Command::Migrate(data) => {
            with_portal(data, |portal| async move { Ok(portal.migrate().await?) })
        }
        Command::Sample(data) => with_portal(data, |portal| async move {
            portal.migrate().await?;
            println!("{}", serve::people(&sample::fill(&portal).await?));
            Ok(())
        }),
        Command::Admin(command) => admin::run(command),
        Command::VerifyHistory(data) => history::run(data),
        Command::Verify(args) => verify::run(args),
        Command::NewKey(args) => verify::new_key(args),
        Command::Deadline(args) => {
            deadline::run(&args, io::stdin(), io::stdout()).map_err(Failure::new)
        }
        Command::Plan(command) => plan::run(&command),
        Command::Calendar(args) => calendar::run(&args, io::stdout()).map_err(Failure::new),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("portal: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// A message of clap in one line: what is wrong, without the advice to ask for help.
fn one_line(message: &str) -> String {
    let lines: Vec<&str> = message
        .lines()
        .map(str::trim)
        .filter(|line| {
            !line.is_empty()
                && !line.starts_with("For more information")
                && !line.starts_with("Usage:")
        })
        .collect();
    format!("portal: {}", lines.join(" ").trim_start_matches("error: "))
}

/// Opens the portal for a single task.
fn with_portal<F, Fut>(data: Data, task: F) -> Result<(), Failure>
where
    F: FnOnce(Portal) -> Fut,
    Fut: Future<Output = Result<(), Failure>>,
{
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async move {
        let plans = Plans::load(data.plans.as_deref())?;
        let portal = Portal::open(Setup::new(data.database_url, plans)).await?;
        let result = task(portal.clone()).await;
        portal.close().await;
        result
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn what_is_wrong_with_the_arguments_is_said_in_one_line() {
        let said = |args: &[&str]| {
            let error = Cli::try_parse_from(args).err().expect("an error");
            one_line(&error.to_string())
        };
        assert_eq!(
            said(&["portal", "serve", "--origin", "https://h:port"]),
            "portal: invalid value 'https://h:port' for '--origin <ORIGIN>': \
             write https://HOST or http://HOST:PORT"
        );
        assert_eq!(
            said(&["portal", "plan", "check"]),
            "portal: the following required arguments were not provided: <FILE>"
        );
    }

    #[test]
    fn help_lists_every_setting() {
        let mut cli = Cli::command();
        cli.build();
        let serve = cli.find_subcommand_mut("serve").expect("the command");
        let help = serve.render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        for setting in serve.get_arguments().filter(|one| one.get_id() != "help") {
            let name = setting.get_env().and_then(|name| name.to_str());
            let name = name.unwrap_or_else(|| panic!("{} has no variable", setting.get_id()));
            let said = setting.get_long_help().or(setting.get_help());
            assert!(
                name.starts_with("PORTAL_") && help.contains(&format!("[env: {name}")),
                "{name}"
            );
            assert!(said.is_some(), "{name} is not explained");
        }
        // Whatever README names can be set.
        let readme = include_str!("../../../README.md");
        let rows = readme.lines().filter(|line| line.starts_with("| `PORTAL_"));
        let names: Vec<&str> = rows
            .flat_map(|row| row.split('|').nth(1).unwrap_or_default().split('`'))
            .filter(|name| name.starts_with("PORTAL_"))
            .collect();
        assert!(names.len() > 15, "{names:?}");
        for name in names {
            assert!(help.contains(&format!("[env: {name}")), "{name}");
        }
    }
}
