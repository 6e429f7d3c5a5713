//! Everybody at every address: who sees which page, who gets which file, and whose forms are taken.

use std::collections::BTreeSet;

use app::api::{
    account::SeatsAnswer, closed_days::ClosedDaysStep, contacts::ContactsAction,
    customers::CustomerStep, desk::TemplateStep, import::ImportChoice, incidents::FilingStep,
    people::PersonStep, releases::ReleaseStep, security::AppStep,
};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{
    incident::{Solution, State, StepKind, legal},
    people::{Actor, Operation, Relation, Role, allows},
};
use portal_core::incidents::party;
use tower::ServiceExt as _;

use super::{
    client::{Browser, Page, World},
    provider::Provider,
};

/// Who walks, by their place in the sample: nobody, a contact and the coordinator of customer 1 (Hangang), the account
/// manager of customers 1 and 2, an engineer, an administrator.
const WHO: [(&str, Option<usize>); 6] = [
    ("a visitor", None),
    ("a contact", Some(1)),
    ("a coordinator", Some(0)),
    ("an account manager", Some(10)),
    ("an engineer", Some(12)),
    ("an administrator", Some(14)),
];

/// As whom each of [`WHO`] acts.
const ACTORS: [Actor; 6] = [
    Actor::Anonymous,
    Actor::Contact {
        contact: 2,
        customer: 1,
        coordinator: false,
    },
    Actor::Contact {
        contact: 1,
        customer: 1,
        coordinator: true,
    },
    Actor::Vendor {
        person: 11,
        role: Role::AccountManager,
    },
    Actor::Vendor {
        person: 13,
        role: Role::Engineer,
    },
    Actor::Vendor {
        person: 15,
        role: Role::Administrator,
    },
];

/// A page, a file or a stream: the pattern of its address, an example of it, and what each of [`WHO`] is answered: `.` it is
/// there, `-` as if it were not, `>` they are sent elsewhere, a visitor to sign in, `x`
/// it was once, perhaps, `o` they are to ask no more.
const READ: &[(&str, &str, &str)] = &[
    ("/", "/", "......"),
    ("/plan", "/plan", "......"),
    ("/plan/compare", "/plan/compare", "......"),
    ("/plan/{version}", "/plan/2026.1", "......"),
    ("/plan/{version}", "/plan/1999.1", "------"),
    ("/guide", "/guide", "......"),
    ("/releases", "/releases", "......"),
    ("/reset", "/reset", "......"),
    ("/sign-in", "/sign-in", ".>>>>>"),
    ("/sign-in/code", "/sign-in/code", ">>>>>>"),
    ("/invitation/{token}", "/invitation/nothing", "xxxxxx"),
    ("/incidents", "/incidents", ">....."),
    ("/incidents", "/incidents?customer=2", ">....."),
    ("/incidents", "/incidents?customer=3", ">..-.."),
    ("/incidents", "/incidents?customer=99", ">..---"),
    ("/incidents/new", "/incidents/new", ">..---"),
    ("/incidents/{number}", "{first of 1}", ">....."),
    ("/incidents/{number}", "{first of 2}", ">--..."),
    ("/incidents/{number}", "/incidents/INC-2026-99999", ">-----"),
    ("/incidents/{number}/due", "{first of 1}/due", ">....."),
    ("/incidents/{number}/due", "{first of 2}/due", ">--..."),
    (
        "/incidents/{number}/due/{place}",
        "{first of 1}/due/1",
        ">.....",
    ),
    (
        "/incidents/{number}/due/{place}",
        "{first of 1}/due/99",
        ">-----",
    ),
    (
        "/incidents/{number}/due/{place}",
        "{first of 2}/due/1",
        ">--...",
    ),
    (
        "/incidents/{number}/due/{place}/certificate.json",
        "{first of 1}/due/1/certificate.json",
        ">.....",
    ),
    (
        "/incidents/{number}/due/{place}/certificate.json",
        "{first of 2}/due/1/certificate.json",
        ">--...",
    ),
    (
        "/incidents/{number}/due/{place}/due.ics",
        "{first of 1}/due/1/due.ics",
        ">.....",
    ),
    (
        "/incidents/{number}/due/{place}/due.ics",
        "{first of 1}/due/99/due.ics",
        ">-----",
    ),
    (
        "/incidents/{number}/due/{place}/due.ics",
        "{first of 2}/due/1/due.ics",
        ">--...",
    ),
    ("/verify", "/verify", "......"),
    (
        "/.well-known/portal-keys.json",
        "/.well-known/portal-keys.json",
        "......",
    ),
    ("/desk", "/desk", ">---.."),
    ("/desk/mail", "/desk/mail", ">---.-"),
    ("/desk/mail/{id}", "/desk/mail/1", ">-----"),
    ("/unsubscribe/{token}", "/unsubscribe/x", "------"),
    ("/me/mail", "/me/mail", ">....."),
    ("/desk/log", "/desk/log", ">---.-"),
    ("/desk/log", "/desk/log?contact=1", ">---.-"),
    ("/desk/log", "/desk/log?contact=13", ">-----"),
    ("/desk/log", "/desk/log?contact=99", ">-----"),
    ("/desk/templates", "/desk/templates", ">---.."),
    ("/desk/attainment", "/desk/attainment", ">---.."),
    ("/desk/attainment", "/desk/attainment?customer=99", ">-----"),
    ("/desk/attainment.csv", "/desk/attainment.csv", ">---.."),
    (
        "/desk/attainment.csv",
        "/desk/attainment.csv?customer=99",
        ">-----",
    ),
    // Those to every customer are listed to whoever may see the count; anybody else is asked whose, or sees their own.
    ("/incidents", "/incidents?due=2026-03", ">....."),
    ("/incidents", "/incidents?due=2026-03&customer=3", ">..-.."),
    (
        "/incidents/{number}/due.ics",
        "{first of 1}/due.ics",
        ">.....",
    ),
    (
        "/incidents/{number}/due.ics",
        "{first of 2}/due.ics",
        ">--...",
    ),
    ("/incidents/{number}/files/{id}", "{file of 1}", ">....."),
    ("/incidents/{number}/files/{id}", "{file of 2}", ">--..."),
    (
        "/incidents/{number}/files/{id}/picture",
        "{file of 1}/picture",
        ">.....",
    ),
    (
        "/incidents/{number}/files/{id}/picture",
        "{file of 2}/picture",
        ">--...",
    ),
    (
        "/incidents/{number}/events",
        "{first of 1}/events",
        "o.....",
    ),
    (
        "/incidents/{number}/events",
        "{first of 2}/events",
        "o--...",
    ),
    ("/desk/events", "/desk/events", "o---.."),
    ("/me", "/me", ">....."),
    ("/me/security", "/me/security", ">....."),
    ("/me/security/password", "/me/security/password", ">....."),
    (
        "/me/security/authenticator",
        "/me/security/authenticator",
        ">.....",
    ),
    ("/contacts", "/contacts", ">..---"),
    ("/account", "/account", ">..---"),
    ("/account/export.csv", "/account/export.csv", ">..---"),
    (
        "/account/attainment.csv",
        "/account/attainment.csv",
        ">..---",
    ),
    ("/accounts", "/accounts", ">--.-."),
    ("/accounts/export.csv", "/accounts/export.csv", ">--.-."),
    ("/accounts/seats", "/accounts/seats?customer=2", ">--..."),
    ("/accounts/{id}", "/accounts/2", ">--..."),
    ("/accounts/{id}", "/accounts/3", ">---.."),
    ("/accounts/{id}", "/accounts/99", ">-----"),
    ("/accounts/{id}/contacts", "/accounts/2/contacts", ">--..."),
    ("/accounts/{id}/contacts", "/accounts/3/contacts", ">---.."),
    (
        "/accounts/{id}/attainment.csv",
        "/accounts/2/attainment.csv",
        ">--...",
    ),
    (
        "/accounts/{id}/attainment.csv",
        "/accounts/3/attainment.csv",
        ">---..",
    ),
    (
        "/accounts/{id}/export.csv",
        "/accounts/2/export.csv",
        ">--...",
    ),
    (
        "/accounts/{id}/export.csv",
        "/accounts/3/export.csv",
        ">---..",
    ),
    ("/audit", "/audit", ">-.--."),
    ("/audit/export.csv", "/audit/export.csv", "--.--."),
    ("/admin", "/admin", ">----."),
    ("/admin/customers", "/admin/customers", ">----."),
    ("/admin/customers/new", "/admin/customers/new", ">----."),
    ("/admin/customers/{id}", "/admin/customers/1", ">----."),
    ("/admin/people", "/admin/people", ">----."),
    ("/admin/people/new", "/admin/people/new", ">----."),
    ("/admin/people/{id}", "/admin/people/1", ">----."),
    ("/admin/releases", "/admin/releases", ">----."),
    ("/admin/closed-days", "/admin/closed-days", ">----."),
    ("/admin/import", "/admin/import", ">----."),
    ("/admin/work", "/admin/work", ">----."),
    (
        "/admin/import/contacts.csv",
        "/admin/import/contacts.csv",
        "-----.",
    ),
    (
        "/admin/import/certifications.csv",
        "/admin/import/certifications.csv",
        "-----.",
    ),
    // There is a result for whoever uploaded a file.
    (
        "/admin/import/result.csv",
        "/admin/import/result.csv?id=x",
        "------",
    ),
    // To the provider, or to where whoever is signed in wanted to go; back from it, and nothing was asked.
    ("/sso/{provider}", "/sso/acme?next=/guide", ">>>>>>"),
    ("/sso/{provider}", "/sso/nobody", "------"),
    ("/sso/{provider}/callback", "/sso/acme/callback", ">>>>>>"),
    ("/sso/{provider}/callback", "/sso/nobody/callback", "------"),
];

/// What is asked about one file, by its method, and answered as in [`FORMS`]. What was begun is of the engineer who began it.
const PIECES: &[(&str, &str, &str, &str)] = &[
    (
        "HEAD",
        "/incidents/{number}/files/{id}",
        "{file of 1}",
        "!.....",
    ),
    (
        "HEAD",
        "/incidents/{number}/files/{id}",
        "{file of 2}",
        "!--...",
    ),
    (
        "HEAD",
        "/incidents/{number}/files/{id}",
        "{begun of 1}",
        "!---.-",
    ),
    (
        "PATCH",
        "/incidents/{number}/files/{id}",
        "{begun of 1}",
        "!---.-",
    ),
    (
        "DELETE",
        "/incidents/{number}/files/{id}",
        "{begun of 1}",
        "!---.-",
    ),
];

/// A form as a test sends it: pattern, example, fields, answers.
type Form = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

/// A form: its pattern, an example, what is sent, and for each of [`WHO`] whether it is looked at: `.` it is, whatever is
/// wrong with it, `-` as if it were not there, `!` they have to sign in first.
const FORMS: &[Form] = &[
    ("/language", "/language", &[("to", "en")], "......"),
    ("/sign-in", "/sign-in", &[], "......"),
    ("/sign-in/code", "/sign-in/code", &[], "......"),
    ("/invitation/{token}", "/invitation/nothing", &[], "......"),
    ("/sign-out", "/sign-out", &[], "......"),
    ("/incidents/new", "/incidents/new", &[], "!..---"),
    ("/incidents", "/incidents", &[("draft", "1")], "!-----"),
    // A form without a key is refused as such, where its step may be taken at all.
    (
        "/incidents/{number}",
        "{first of 1}",
        &[("step", "write")],
        "!....-",
    ),
    (
        "/incidents/{number}",
        "{first of 2}",
        &[("step", "write")],
        "!--..-",
    ),
    (
        "/incidents/{number}",
        "/incidents/INC-2026-99999",
        &[("step", "write")],
        "!-----",
    ),
    ("/verify", "/verify", &[], "......"),
    // One without a byte.
    (
        "/incidents/{number}/files",
        "{first of 1}/files",
        &[],
        "!....-",
    ),
    (
        "/incidents/{number}/files",
        "{first of 2}/files",
        &[],
        "!--..-",
    ),
    ("/me", "/me", &[("language", "en")], "!....."),
    ("/me/mail", "/me/mail", &[("topic[]", "own")], "!....."),
    // A link that is none of the portal's ends nothing.
    ("/unsubscribe/{token}", "/unsubscribe/x", &[], "------"),
    ("/desk/mail", "/desk/mail", &[("mail", "1")], "!-----"),
    (
        "/me/security",
        "/me/security",
        &[("session", "x")],
        "!.....",
    ),
    (
        "/me/security/password",
        "/me/security/password",
        &[],
        "!.....",
    ),
    (
        "/me/security/authenticator",
        "/me/security/authenticator",
        &[("step", "on")],
        "!.....",
    ),
    (
        "/contacts",
        "/contacts",
        &[("action", "designate"), ("person", "8")],
        "!-.--.",
    ),
    (
        "/contacts",
        "/contacts",
        &[("action", "designate"), ("person", "10")],
        "!----.",
    ),
    ("/contacts", "/contacts", &[("action", "invite")], "!-.---"),
    ("/contacts", "/contacts", &[("action", "seats")], "!-.---"),
    (
        "/accounts/seats",
        "/accounts/seats?customer=3",
        &[("request", "1"), ("answer", "decline")],
        "-----.",
    ),
    ("/desk/log", "/desk/log", &[("contact", "1")], "!---.-"),
    (
        "/desk/templates",
        "/desk/templates",
        &[("step", "add")],
        "----..",
    ),
    ("/admin/closed-days", "/admin/closed-days", &[], "-----."),
    (
        "/admin/customers/new",
        "/admin/customers/new",
        &[],
        "-----.",
    ),
    (
        "/admin/customers/{id}",
        "/admin/customers/1",
        &[("step", "save")],
        "-----.",
    ),
    ("/admin/people/new", "/admin/people/new", &[], "-----."),
    (
        "/admin/people/{id}",
        "/admin/people/8",
        &[("step", "save")],
        "-----.",
    ),
    (
        "/admin/people/{id}",
        "/admin/people/8",
        &[("step", "invite")],
        "-----.",
    ),
    (
        "/admin/releases",
        "/admin/releases",
        &[("step", "product")],
        "-----.",
    ),
    ("/admin/work", "/admin/work", &[("job", "1")], "-----."),
    ("/admin/import", "/admin/import", &[], "!----."),
];

async fn walkers(world: &World) -> Vec<Browser> {
    let mut browsers = Vec::new();
    for (_, place) in WHO {
        browsers.push(match place {
            Some(place) => world.signed_in(place).await,
            None => world.browser(),
        });
    }
    browsers
}

/// The address of the newest incident of a customer.
async fn first_of(administrator: &mut Browser, customer: i64) -> String {
    let page = administrator
        .get(&format!("/incidents?customer={customer}"))
        .await;
    let (_, rest) = page.html.split_once("<tbody>").unwrap();
    let (_, rest) = rest.split_once("href=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The address of a picture that an engineer attaches to an incident.
async fn file_of(engineer: &mut Browser, incident: &str) -> String {
    let request = Request::post(format!("{incident}/files?name=a.png"))
        .header("sec-fetch-site", "same-origin")
        .body("GIF89a".into())
        .unwrap();
    engineer.send(request).await.location().to_owned()
}

/// The address of a file that an engineer begins, and does not finish.
async fn begun_of(engineer: &mut Browser, incident: &str) -> String {
    let request = Request::post(format!("{incident}/files?name=b.txt"))
        .header("sec-fetch-site", "same-origin")
        .header("upload-complete", "?0")
        .body(Body::empty())
        .unwrap();
    engineer.send(request).await.location().to_owned()
}

/// What somebody is answered who opens a stream, which has no end.
async fn opened(world: &World, browser: &Browser, address: &str) -> StatusCode {
    let cookies: Vec<_> = browser
        .cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let request = Request::get(address)
        .header(header::COOKIE, cookies.join("; "))
        .body(Body::empty())
        .unwrap();
    let answer = world.router.clone().oneshot(request).await.unwrap();
    answer.status()
}

/// What became of something that somebody sent, as in [`FORMS`].
fn taken(page: &Page) -> char {
    let to_sign_in = page.location().starts_with("/sign-in?");
    match page.status {
        StatusCode::NOT_FOUND => '-',
        StatusCode::UNAUTHORIZED => '!',
        StatusCode::SEE_OTHER if to_sign_in => '!',
        StatusCode::OK
        | StatusCode::NO_CONTENT
        | StatusCode::SEE_OTHER
        | StatusCode::BAD_REQUEST
        | StatusCode::UNPROCESSABLE_ENTITY => '.',
        _ => '?',
    }
}

/// What each of [`WHO`] is to be answered: a visitor this, anybody else as the table of the domain has it.
fn answers(visitor: char, may: impl Fn(Actor) -> bool) -> String {
    let answer = |actor| match actor {
        Actor::Anonymous => visitor,
        actor if may(actor) => '.',
        _ => '-',
    };
    ACTORS.into_iter().map(answer).collect()
}

/// What a customer's records are to somebody: both that are walked are assigned to the account manager.
fn relation(actor: Actor, customer: i64) -> Relation {
    match actor.role() {
        Role::AccountManager => Relation::Assigned,
        _ => actor.relation_to(customer),
    }
}

/// The same of a form that is the vendor's own.
fn vendors(operation: Operation) -> String {
    answers('-', |actor| allows(actor, Relation::Vendor, operation))
}

/// A step as it is sent, to which address, and the answers.
type Step<'a> = (&'a str, Vec<(&'static str, &'a str)>, String);

/// Every step of the forms of contacts, people, customers and releases. They are taken in this order, so that there is
/// something for each of them; what nobody may take twice is sent where it is refused in words.
fn kept(certification: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for action in ContactsAction::ALL {
        // The last coordinator stays.
        let (operation, person) = match action {
            ContactsAction::Seats => (Operation::RequestSeats, "7"),
            ContactsAction::Left => (Operation::ManageContacts, "1"),
            ContactsAction::Designate
            | ContactsAction::Withdraw
            | ContactsAction::Coordinator
            | ContactsAction::Contact
            | ContactsAction::Invite
            | ContactsAction::Invitation
            | ContactsAction::Reset => (Operation::ManageContacts, "7"),
        };
        let fields = vec![
            ("action", action.name()),
            ("customer", "1"),
            ("person", person),
        ];
        let may = |actor| allows(actor, relation(actor, 1), operation);
        steps.push(("/contacts", fields, answers('!', may)));
    }
    for step in PersonStep::ALL {
        let operation = match step {
            PersonStep::Save
            | PersonStep::Invite
            | PersonStep::Reset
            | PersonStep::Leave
            | PersonStep::Back
            | PersonStep::SecondFactor => Operation::ManagePeople,
            PersonStep::Certify | PersonStep::Correct | PersonStep::Uncertify => {
                Operation::ManageCertifications
            }
        };
        let fields = vec![("step", step.name()), ("certification", certification)];
        steps.push(("/admin/people/7", fields, vendors(operation)));
    }
    for step in CustomerStep::ALL {
        let operation = match step {
            CustomerStep::Save => Operation::ManageCustomers,
            CustomerStep::Assign | CustomerStep::Unassign => Operation::ManagePeople,
        };
        let fields = vec![("step", step.name()), ("manager", "12")];
        steps.push(("/admin/customers/1", fields, vendors(operation)));
    }
    for step in ReleaseStep::ALL {
        let fields = vec![
            ("step", step.name()),
            ("product", "gateway"),
            ("version", "5.1.0"),
        ];
        let expected = vendors(Operation::ManageReleases);
        steps.push(("/admin/releases", fields, expected));
    }
    steps
}

/// The reply templates' address.
const TEMPLATES: &str = "/desk/templates";

/// Every step of the forms that file and log, of templates, closed days, requests for seats, imports and one's own
/// authenticator app. What is sent is refused in words; only a template is removed.
fn typed() -> Vec<Step<'static>> {
    let mut steps: Vec<Step<'static>> = Vec::new();
    for step in FilingStep::ALL {
        let operation = match step {
            FilingStep::Submit => Operation::FileIncident,
            FilingStep::Review | FilingStep::Edit | FilingStep::Questions | FilingStep::Hand => {
                Operation::PrepareIncident
            }
        };
        let may = |actor| allows(actor, relation(actor, 1), operation);
        let fields = vec![("step", step.name())];
        steps.push(("/incidents/new", fields, answers('!', may)));
        let may = |actor| allows(actor, relation(actor, 1), Operation::LogIncident);
        let fields = vec![("step", step.name()), ("contact", "1")];
        steps.push(("/desk/log", fields, answers('!', may)));
    }
    for step in TemplateStep::ALL {
        let fields = vec![("step", step.name()), ("id", "1")];
        steps.push((TEMPLATES, fields, vendors(Operation::KeepTemplates)));
    }
    for step in ClosedDaysStep::ALL {
        let expected = vendors(Operation::ManageClosedDays);
        steps.push(("/admin/closed-days", vec![("step", step.name())], expected));
    }
    for answer in SeatsAnswer::ALL {
        let fields = vec![
            ("answer", answer.name()),
            ("customer", "1"),
            ("reply", "\u{1}x"),
        ];
        let may = |actor| allows(actor, relation(actor, 1), Operation::AnswerSeats);
        steps.push(("/accounts/seats?customer=1", fields, answers('-', may)));
    }
    for choice in ImportChoice::ALL {
        let fields = vec![("choice", choice.name()), ("upload", "x")];
        let expected = vendors(Operation::ManagePeople);
        steps.push(("/admin/import", fields, expected));
    }
    for step in AppStep::ALL {
        let may = |actor| allows(actor, Relation::Own, Operation::ChangeSelf);
        let fields = vec![("step", step.name())];
        steps.push(("/me/security/authenticator", fields, answers('!', may)));
    }
    steps
}

/// Every step with an incident, for one of each of the customers 1 and 2. Without a key nothing comes of them.
fn followed(incidents: &[String; 2]) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for (customer, address) in (1_i64..).zip(incidents) {
        for kind in StepKind::ALL {
            // A file comes with a form of its own: by this one nobody attaches any.
            let sent = !matches!(kind, StepKind::Attach | StepKind::AttachInternal);
            let may = |actor| {
                let party = party(actor, relation(actor, customer));
                let ever = |party| {
                    State::ALL
                        .into_iter()
                        .any(|state| legal(*kind, party, state))
                };
                sent && party.is_some_and(ever)
            };
            let fields = vec![
                ("step", kind.name()),
                ("text", "x"),
                ("reason", "x"),
                ("person", "13"),
                ("recreated", "yes"),
                ("designation", "S2"),
                ("level", "S2"),
                ("solution", Solution::Fix.name()),
                ("stars", "5"),
            ];
            let visitor = if sent { '!' } else { '-' };
            steps.push((address.as_str(), fields, answers(visitor, may)));
        }
    }
    steps
}

/// An example with the address that it stands for.
fn filled_in(example: &str, examples: &[(&str, String)]) -> String {
    examples
        .iter()
        .fold(example.to_owned(), |filled, (name, address)| {
            filled.replace(name, address)
        })
}

#[tokio::test]
async fn everybody_sees_their_pages_and_files_and_no_others() {
    let provider = Provider::start().await;
    let world = World::with_sso(&provider.file("")).await;
    let mut walkers = walkers(&world).await;
    let first = [
        first_of(&mut walkers[5], 1).await,
        first_of(&mut walkers[5], 2).await,
    ];
    let files = [
        file_of(&mut walkers[4], &first[0]).await,
        file_of(&mut walkers[4], &first[1]).await,
    ];
    let names = ["{first of 1}", "{first of 2}", "{file of 1}", "{file of 2}"];
    let examples: Vec<_> = names
        .into_iter()
        .zip(first.into_iter().chain(files))
        .collect();
    let mut wrong = Vec::new();
    for (pattern, example, expected) in READ {
        let address = filled_in(example, &examples);
        let mut seen = String::new();
        for browser in &mut walkers {
            let status = if pattern.ends_with("/events") {
                opened(&world, browser, &address).await
            } else {
                browser.get(&address).await.status
            };
            seen.push(match status {
                StatusCode::OK => '.',
                StatusCode::NO_CONTENT => 'o',
                StatusCode::NOT_FOUND => '-',
                StatusCode::GONE => 'x',
                StatusCode::SEE_OTHER => '>',
                _ => '?',
            });
        }
        if seen != *expected {
            wrong.push(format!("{pattern} {address}: {seen}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn everybodys_forms_are_taken_where_they_may_send_them() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    let mut administrator = world.signed_in(14).await;
    let examples = [
        ("{first of 1}", first_of(&mut administrator, 1).await),
        ("{first of 2}", first_of(&mut administrator, 2).await),
    ];
    for (pattern, example, fields, expected) in FORMS {
        let address = &filled_in(example, &examples);
        let mut walkers = walkers(&world).await;
        let mut seen = String::new();
        for browser in &mut walkers {
            let page = if *pattern == "/admin/import" {
                let request = Request::post(address)
                    .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
                    .header("sec-fetch-site", "same-origin")
                    .body("--x--\r\n".into())
                    .unwrap();
                browser.send(request).await
            } else {
                browser.post(address, fields).await
            };
            seen.push(taken(&page));
        }
        if seen != *expected {
            wrong.push(format!("{pattern} {fields:?}: {seen}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn everybodys_pieces_of_files_are_theirs_alone() {
    let world = World::new().await;
    let mut walkers = walkers(&world).await;
    let (one, other) = (
        first_of(&mut walkers[5], 1).await,
        first_of(&mut walkers[5], 2).await,
    );
    let examples = [
        ("{file of 1}", file_of(&mut walkers[4], &one).await),
        ("{file of 2}", file_of(&mut walkers[4], &other).await),
        ("{begun of 1}", begun_of(&mut walkers[4], &one).await),
    ];
    let mut wrong = Vec::new();
    for (method, _, example, expected) in PIECES {
        let address = filled_in(example, &examples);
        let mut seen = String::new();
        for browser in &mut walkers {
            let request = Request::builder()
                .method(*method)
                .uri(&address)
                .header("sec-fetch-site", "same-origin")
                .header(header::CONTENT_TYPE, "application/partial-upload")
                .header("upload-offset", "0")
                .header("upload-complete", "?0")
                .body(Body::empty())
                .unwrap();
            seen.push(taken(&browser.send(request).await));
        }
        if seen != *expected {
            wrong.push(format!("{method} {address}: {seen}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_step_of_a_form_is_taken_of_those_whom_the_table_lets() {
    let world = World::new().await;
    let mut walkers = walkers(&world).await;
    let incidents = [
        first_of(&mut walkers[5], 1).await,
        first_of(&mut walkers[5], 2).await,
    ];
    // An app that can be removed, and a certification.
    world
        .execute("UPDATE people SET totp_secret = 'MFWWEZLS', totp_since = 1 WHERE id = 7")
        .await;
    let (certification,): (i64,) = world
        .query("SELECT id FROM certifications WHERE person_id = 7")
        .await;
    let certification = certification.to_string();
    let steps = followed(&incidents)
        .into_iter()
        .chain(kept(&certification))
        .chain(typed());
    let mut wrong = Vec::new();
    for (address, fields, expected) in steps {
        let mut seen = String::new();
        for browser in &mut walkers {
            if address == TEMPLATES {
                // There again for the next one, whoever removed it.
                world
                    .execute(
                        "INSERT INTO templates (id, language, name, body) VALUES (1, 'en', 'Any', 'Any')
                         ON CONFLICT DO NOTHING",
                    )
                    .await;
            }
            seen.push(taken(&browser.post(address, &fields).await));
        }
        if seen != expected {
            wrong.push(format!("{address} {fields:?}: {seen}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A page, a file, a stream or a form that is added without a line above fails here, and so does a method of a file.
#[test]
fn no_address_is_left_out() {
    let routed: BTreeSet<(&str, String)> = crate::http::addresses().into_iter().collect();
    let read = READ.iter().map(|(pattern, ..)| ("GET", *pattern));
    let forms = FORMS.iter().map(|(pattern, ..)| ("POST", *pattern));
    let pieces = PIECES
        .iter()
        .map(|(method, pattern, ..)| (*method, *pattern));
    let walked: BTreeSet<(&str, String)> = read
        .chain(forms)
        .chain(pieces)
        .map(|(method, pattern)| (method, pattern.to_owned()))
        .collect();
    assert_eq!(routed, walked);
}
