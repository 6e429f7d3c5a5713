//! Steps in the life of an incident.

use leptos::prelude::*;

/// Takes the forms at `/incidents/{number}`: `step` says which; `key` keeps it from being taken twice. With `preview` the
/// message is only shown as it will look, with `insert` it gets the text of a `template`, with a `language` everything comes
/// again in that one, with `again` as it is.
///
/// # Errors
/// None; the type is the framework's.
#[server(prefix = "", endpoint = "/incidents/number")]
pub async fn take_step() -> Result<(), ServerFnError> {
    use domain::incident::{Illegal, IncidentNumber, StepKind};
    use portal_core::incidents::{self, NotTaken};

    use crate::server::{
        FormReply, Problem, Reply, ReplySlot, SignInReply, StepReply, Typed, Visit, encoded,
        session, state,
    };

    let sent = Typed::current();
    let number = sent
        .path()
        .rsplit('/')
        .next()
        .and_then(IncidentNumber::parse);
    // A file comes with a form of its own.
    let kind = StepKind::parse(&sent.get("step"))
        .filter(|kind| !matches!(kind, StepKind::Attach | StepKind::AttachInternal));
    let (Some(number), Some(kind)) = (number, kind) else {
        ReplySlot::give(Reply::Problem(Problem::NotFound));
        return Ok(());
    };
    let back = StepReply {
        kind,
        typed: sent.clone(),
        unchosen: None,
        problem: None,
        preview: false,
        waited: false,
    };
    let again = |problem, preview| {
        Reply::Again(FormReply::Step(Box::new(StepReply {
            problem,
            preview,
            ..back.clone()
        })))
    };
    let visit = Visit::current();
    let only_language = ReplySlot::only_language(&sent.get("language"));
    if visit.person.is_none() {
        // What was typed is not lost: it is there again after signing in, and not sent before somebody does so.
        ReplySlot::give(Reply::Again(FormReply::SignIn(SignInReply {
            next: format!("/incidents/{number}"),
            carry: session::carry_step(&sent),
            ..SignInReply::default()
        })));
        return Ok(());
    }
    if only_language || sent.get("do") == "again" {
        ReplySlot::give(again(None, false));
        return Ok(());
    }
    if sent.get("do") == "preview" {
        let problem = unfit(&sent);
        let preview = problem.is_none();
        ReplySlot::give(again(problem, preview));
        return Ok(());
    }
    if sent.get("do") == "insert" {
        ReplySlot::give(insert(&visit, number, back).await);
        return Ok(());
    }
    let step = match step(kind, &sent) {
        Ok(step) => step,
        Err(field) => {
            ReplySlot::give(Reply::Again(FormReply::Step(Box::new(StepReply {
                unchosen: Some(field),
                ..back
            }))));
            return Ok(());
        }
    };
    let taken = incidents::take(
        &state().portal,
        visit.actor(),
        number,
        step,
        &sent.get("key"),
    )
    .await;
    if matches!(taken, Ok(Ok(_))) {
        session::forget_step(number, kind).await;
    }
    ReplySlot::give(match taken {
        Ok(Ok(_)) => Reply::Redirect {
            to: format!("/incidents/{number}?done={}#last", encoded(kind.name())),
            cookie: None,
        },
        Ok(Err(NotTaken::NotThere | NotTaken::Illegal(Illegal::NotYours))) => {
            Reply::Problem(Problem::NotFound)
        }
        Ok(Err(not_taken)) => again(Some(not_taken), false),
        Err(error) => {
            tracing::error!(%error, step = kind.name(), "a step could not be taken");
            Reply::Problem(Problem::Internal)
        }
    });
    Ok(())
}

/// What keeps a message from being shown as it will look: what will keep it from being sent.
#[cfg(feature = "ssr")]
fn unfit(sent: &crate::server::Typed) -> Option<portal_core::incidents::NotTaken> {
    use domain::incident::{Illegal, MOST_TEXT, tidy_text};
    use portal_core::incidents::NotTaken;

    tidy_text(&sent.get("text"), MOST_TEXT, false)
        .err()
        .map(|problem| NotTaken::Illegal(Illegal::Text(problem)))
}

/// The form again, with the text of the chosen template after what was typed, its placeholders filled in. Nothing is sent.
#[cfg(feature = "ssr")]
async fn insert(
    visit: &crate::server::Visit,
    number: domain::incident::IncidentNumber,
    back: crate::server::StepReply,
) -> crate::server::Reply {
    use portal_core::{incidents, templates};

    use crate::server::{FormReply, Problem, Reply, StepReply, filled_template, state};

    let (portal, actor) = (state().portal, visit.actor());
    let id = back.typed.get("template").parse().unwrap_or_default();
    let read = async {
        let incident = incidents::get(&portal, actor, number).await?;
        Ok::<_, portal_core::CoreError>((incident, templates::get(&portal, actor, id).await?))
    };
    match read.await {
        Ok((Some(incident), Some(template))) => {
            let engineer = visit.person.as_ref().map_or("", |person| &person.name);
            let text = filled_template(&portal, &incident, &template, engineer);
            let before = back.typed.get("text");
            let text = if before.trim().is_empty() {
                text
            } else {
                format!("{}\n\n{text}", before.trim_end())
            };
            Reply::Again(FormReply::Step(Box::new(StepReply {
                typed: back.typed.with("text", text),
                ..back
            })))
        }
        // Removed meanwhile, or none was chosen.
        Ok((Some(_), None)) => Reply::Again(FormReply::Step(Box::new(StepReply {
            unchosen: Some("template"),
            ..back
        }))),
        Ok((None, _)) => Reply::Problem(Problem::NotFound),
        Err(error) => {
            tracing::error!(%error, "a template could not be read");
            Reply::Problem(Problem::Internal)
        }
    }
}

/// The step that a form says.
///
/// # Errors
/// The name of a field in which nothing was chosen that can be.
#[cfg(feature = "ssr")]
fn step(
    kind: domain::incident::StepKind,
    sent: &crate::server::Typed,
) -> Result<domain::incident::Step, &'static str> {
    use domain::{
        incident::{Channel, Designation, Solution, Step, StepKind, Who},
        plan::{ClauseId, Severity},
    };

    let text = || sent.get("text");
    let reason = || sent.get("reason");
    let who = || -> Result<Who, &'static str> {
        let id = sent.get("person").parse().map_err(|_| "person")?;
        Ok(Who {
            id,
            name: String::new(),
        })
    };
    Ok(match kind {
        StepKind::Assign => Step::Assign { to: who()? },
        StepKind::Acknowledge => Step::Acknowledge {
            to: who()?,
            text: text(),
        },
        StepKind::Verify => Step::Verify {
            recreated: match sent.get("recreated").as_str() {
                "yes" => true,
                "no" => false,
                _ => return Err("recreated"),
            },
            text: text(),
        },
        StepKind::Designate => {
            let chosen = sent.get("designation");
            let designation = match chosen.split_once(':') {
                Some(("not_an_error", clause)) => {
                    Designation::NotAnError(ClauseId(clause.to_owned()))
                }
                Some(("excluded", clause)) => Designation::Excluded(ClauseId(clause.to_owned())),
                _ => Designation::Level(Severity::parse(&chosen).ok_or("designation")?),
            };
            Step::Designate {
                designation,
                reason: reason(),
            }
        }
        StepKind::Begin => Step::Begin,
        StepKind::Write => Step::Write {
            text: text(),
            channel: Channel::Portal,
        },
        StepKind::Note => Step::Note { text: text() },
        // A file comes with a form of its own.
        StepKind::Attach | StepKind::AttachInternal => return Err("file"),
        StepKind::Wait => Step::Wait { text: text() },
        StepKind::Resume => Step::Resume,
        StepKind::Resolve => Step::Resolve {
            solution: Solution::parse(&sent.get("solution")).ok_or("solution")?,
            text: text(),
        },
        StepKind::Close => Step::Close,
        StepKind::Object => Step::Object { reason: reason() },
        StepKind::AskSeverity => Step::AskSeverity {
            level: Severity::parse(&sent.get("level")).ok_or("level")?,
            reason: reason(),
        },
        StepKind::Escalate => Step::Escalate { reason: reason() },
        StepKind::Accept => Step::Accept,
        StepKind::Reopen => Step::Reopen { reason: reason() },
        StepKind::Rate => Step::Rate {
            stars: sent.get("stars").parse().unwrap_or_default(),
            text: text(),
        },
        StepKind::Withdraw => Step::Withdraw { reason: reason() },
        StepKind::Watch => Step::Watch { who: who()? },
        StepKind::Unwatch => Step::Unwatch { who: who()? },
    })
}
