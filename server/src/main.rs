//! The portal's process: configuration, HTTP, sessions, command line.

mod cli;
mod config;
mod http;
mod inbox;
mod jobs;
mod mail;
mod serve;
mod sso;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
