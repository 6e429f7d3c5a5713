//! `portal verify FILE`: the check of a certificate, as `/verify` does it. `portal new-key`: another key signs from now on.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use domain::{
    certificate::{Certificate, Checked, Known, Line, Point, Verdict},
    people::Actor,
};
use portal_core::{
    Portal,
    calendars::Calendars,
    certificates::{self, NewKey},
    plans::Plans,
};

use super::with_portal;
use crate::{config::Data, serve::Failure};

/// What is checked, and by what.
#[derive(Args)]
pub struct VerifyArgs {
    /// The certificate (JSON)
    file: PathBuf,

    /// The portal's public keys, as /.well-known/portal-keys.json gives them; without it the database of the portal is
    /// asked, which also knows the closed days that were added
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,

    /// Where the data are.
    #[command(flatten)]
    data: Data,
}

/// Which key.
#[derive(Args)]
pub struct NewKeyArgs {
    /// A private key of Ed25519 (PKCS #8, PEM); without it one is made
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Where the data are.
    #[command(flatten)]
    data: Data,
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

/// Checks, prints a line for each point, and fails if anything contradicts it.
pub fn run(args: VerifyArgs) -> Result<(), Failure> {
    let name = args.file.display().to_string();
    let file = certificates::read(&read(&args.file)?)
        .ok_or_else(|| Failure::new(format!("{name}: no certificate of a due time")))?;
    let told = move |known: &Known| {
        let checked = certificates::check(&file, known);
        print!("{}", in_words(&file.certificate, &checked));
        match checked.verdict() {
            Verdict::Differs => Err(Failure::new(format!("{name}: not everything agrees"))),
            // The versions here may be others; what counts is that nothing contradicts and the signature is good.
            Verdict::Agrees | Verdict::Untold => Ok(()),
        }
    };
    let Some(keys) = &args.keys else {
        return with_portal(args.data, |portal| async move {
            let known = certificates::known(&portal, Actor::Operator, "").await?;
            told(&known)
        });
    };
    let set = serde_json::from_slice(&read(keys)?)
        .ok()
        .and_then(|set| certificates::read_key_set(&set))
        .ok_or_else(|| Failure::new(format!("{}: no set of keys", keys.display())))?;
    let plans = Plans::load(args.data.plans.as_deref())?;
    let calendars = Calendars::build(&plans)?;
    told(&certificates::known_by("", &set, &plans, &calendars))
}

/// Adds a key, and says which.
pub fn new_key(args: NewKeyArgs) -> Result<(), Failure> {
    with_portal(args.data, |portal| async move {
        let id = take_key(&portal, args.file.as_deref()).await?;
        println!("the key {id} signs from now on");
        Ok(())
    })
}

/// Makes a key that signs from now on, or takes that of a file; gives its id.
pub async fn take_key(portal: &Portal, file: Option<&Path>) -> Result<String, Failure> {
    let pem = file.map(read).transpose()?;
    let pem = pem.map(|pem| String::from_utf8_lossy(&pem).into_owned());
    match certificates::add_key(portal, Actor::Operator, pem.as_deref()).await? {
        NewKey::Signs(id) => Ok(id),
        NewKey::NoKey => Err(Failure::new(
            "the file of the signing key holds no private key of Ed25519 in PKCS #8 (PEM)",
        )),
        NewKey::Retired => Err(Failure::new(
            "the signing key signed before and another one took its place; make a new one",
        )),
        NewKey::NotPermitted => Err(Failure::new("that is not permitted")),
    }
}

fn in_words(certificate: &Certificate, checked: &Checked) -> String {
    let verdict = match checked.verdict() {
        Verdict::Agrees => "everything agrees",
        Verdict::Differs => "not everything agrees",
        Verdict::Untold => "nothing contradicts it, but not everything could be checked",
    };
    let mut said = format!(
        "{}, deadline {}, {}: {verdict}\n",
        certificate.incident,
        certificate.deadline,
        certificate.kind.name()
    );
    for line in &checked.lines {
        said += &one(line);
    }
    said
}

fn one(line: &Line) -> String {
    let what = match line.point {
        Point::Signature => "signature",
        Point::Key => "key",
        Point::Issuer => "issuer",
        Point::Plan => "version of the plan",
        Point::Clause => "clause",
        Point::Target => "target",
        Point::Calendar => "version of the calendar",
        Point::TzData => "version of the time zone data",
        Point::Days => "closed days and offsets",
        Point::Start => "start",
        Point::Steps => "each day",
        Point::Due => "due time",
    };
    let verdict = match line.verdict {
        Verdict::Agrees => "agrees",
        Verdict::Differs => "DIFFERS",
        Verdict::Untold => "unknown",
    };
    let mut said = format!("  {verdict:<8} {what}");
    if !line.said.is_empty() {
        said = format!("{said}: {}", line.said);
    }
    if !line.found.is_empty() {
        said = format!("{said} (here: {})", line.found);
    }
    said + "\n"
}
