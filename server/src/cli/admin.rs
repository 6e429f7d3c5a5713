//! `portal admin create EMAIL` and `portal admin reset EMAIL`: links for whoever runs the process to hand over.

use clap::{Args, Subcommand};
use domain::people::Actor;
use portal_core::accounts::{self, Made};

use super::with_portal;
use crate::{config::Links, serve::Failure};

/// What is done about administrators, and passwords.
#[derive(Subcommand)]
pub enum AdminCommand {
    /// Make an administrator and print the link with which they set their password
    Create(CreateArgs),
    /// Print a link with which somebody sets a new password
    Reset(ResetArgs),
}

/// Whom to make.
#[derive(Args)]
pub struct CreateArgs {
    /// The e-mail address that they will sign in with
    email: String,

    /// Their name; by default what stands before the @
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    #[command(flatten)]
    links: Links,
}

/// Whose password it is.
#[derive(Args)]
pub struct ResetArgs {
    /// The e-mail address that they sign in with
    email: String,

    #[command(flatten)]
    links: Links,
}

/// Runs `portal admin`.
pub fn run(command: AdminCommand) -> Result<(), Failure> {
    match command {
        AdminCommand::Create(args) => create(args),
        AdminCommand::Reset(args) => reset(args),
    }
}

fn create(args: CreateArgs) -> Result<(), Failure> {
    let CreateArgs { email, name, links } = args;
    let email = email.trim().to_owned();
    let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
    with_portal(links.data, |portal| async move {
        portal.migrate().await?;
        match accounts::create_administrator(&portal, Actor::Operator, &email, &name).await? {
            Made::Invited(link) => {
                println!(
                    "{email} is an administrator. This link sets the password; it works once, for a week:\n{}/invitation/{}",
                    links.origin, link.token
                );
                Ok(())
            }
            Made::Taken => Err(Failure::new(format!(
                "somebody has the address {email} already; `portal admin reset {email}` prints a link to a new password"
            ))),
            Made::NoAddress => Err(Failure::new(format!("{email:?} is no e-mail address"))),
            Made::NoName => Err(Failure::new("a name has 1 to 200 characters")),
            Made::NotPermitted => Err(Failure::new("that is not permitted")),
        }
    })
}

fn reset(args: ResetArgs) -> Result<(), Failure> {
    let ResetArgs { email, links } = args;
    with_portal(links.data, |portal| async move {
        portal.migrate().await?;
        match accounts::reset_link(&portal, Actor::Operator, &email).await? {
            Some(link) => {
                println!(
                    "This link sets a new password for {email}; it works once, for an hour:\n{}/invitation/{}",
                    links.origin, link.token
                );
                Ok(())
            }
            None => Err(Failure::new(format!("nobody has the address {email:?}"))),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    fn admin(folder: &Path, args: &[&str]) -> Result<(), String> {
        let url = format!("sqlite:{}", folder.join("portal.db").display());
        let all = ["portal", "admin"]
            .into_iter()
            .chain(args.iter().copied())
            .chain(["--database-url", &url]);
        match Cli::try_parse_from(all)
            .map_err(|error| error.to_string())?
            .command
        {
            Command::Admin(command) => run(command).map_err(|failure| failure.to_string()),
            _ => Err("another command".to_owned()),
        }
    }

    #[test]
    fn administrators_are_made_once_and_each_mistake_is_one_clear_line() {
        let folder = tempfile::tempdir().unwrap();
        let run = |args: &[&str]| admin(folder.path(), args);
        assert_eq!(run(&["create", "first@vendor.example"]), Ok(()));
        assert!(fs::exists(folder.path().join("portal.db")).unwrap());
        assert_eq!(
            run(&["create", "First@vendor.example", "--name", "Again"]),
            Err("somebody has the address First@vendor.example already; `portal admin reset First@vendor.example` prints a link to a new password".to_owned())
        );
        for (bad, words) in [
            (&["create", "first"][..], "\"first\" is no e-mail address"),
            (
                &["create", "a\nb@c.example"],
                "\"a\\nb@c.example\" is no e-mail address",
            ),
            (
                &["create", "b@c.example", "--name", " "],
                "a name has 1 to 200 characters",
            ),
            (
                &["reset", "nobody@vendor.example"],
                "nobody has the address \"nobody@vendor.example\"",
            ),
        ] {
            assert_eq!(run(bad), Err(words.to_owned()));
        }
        assert_eq!(run(&["reset", "FIRST@vendor.example"]), Ok(()));
        assert!(run(&["create", "b@c.example", "--origin", "ftp://x"]).is_err());
    }
}
