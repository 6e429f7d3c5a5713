//! Everybody at every address: who sees which page, who gets which file, and whose forms are taken.

use std::collections::BTreeSet;

use axum::http::{Request, StatusCode, header};

use super::client::{Browser, World};

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

/// A page or a file: the pattern of its address, an example of it, and what each of [`WHO`] is answered: `.` it is
/// there, `-` as if it were not, `>` they are sent elsewhere, a visitor to sign in, `x`
/// it was once, perhaps.
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
    ("/sign-out", "/sign-out", &[], "."),
    ("/incidents/new", "/incidents/new", &[], "!..---"),
    (
        "/incidents/new",
        "/incidents/new",
        &[("step", "submit")],
        "!..---",
    ),
    (
        "/incidents/new",
        "/incidents/new",
        &[("step", "hand")],
        "!..---",
    ),
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
        "/desk/log",
        "/desk/log",
        &[("contact", "1"), ("step", "submit")],
        "!---.-",
    ),
    (
        "/desk/log",
        "/desk/log",
        &[("contact", "1"), ("step", "hand")],
        "!---.-",
    ),
    (
        "/desk/log",
        "/desk/log",
        &[("contact", "1"), ("step", "edit")],
        "!---.-",
    ),
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
    let world = World::new().await;
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
            seen.push(match browser.get(&address).await.status {
                StatusCode::OK => '.',
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
        for browser in walkers.iter_mut().take(expected.len()) {
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
            let to_sign_in = page.location().starts_with("/sign-in?");
            seen.push(match page.status {
                StatusCode::NOT_FOUND => '-',
                StatusCode::UNAUTHORIZED => '!',
                StatusCode::SEE_OTHER if to_sign_in => '!',
                StatusCode::OK
                | StatusCode::SEE_OTHER
                | StatusCode::BAD_REQUEST
                | StatusCode::UNPROCESSABLE_ENTITY => '.',
                _ => '?',
            });
        }
        if seen != *expected {
            wrong.push(format!("{pattern} {fields:?}: {seen}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A page, a file or a form that is added without a line above fails here.
#[test]
fn no_address_is_left_out() {
    let [pages, downloads, forms] = crate::http::addresses();
    let read: BTreeSet<String> = pages.into_iter().chain(downloads).collect();
    let walked: BTreeSet<String> = READ
        .iter()
        .map(|(pattern, ..)| (*pattern).to_owned())
        .collect();
    assert_eq!(read, walked);
    let forms: BTreeSet<String> = forms.into_iter().collect();
    let walked: BTreeSet<String> = FORMS
        .iter()
        .map(|(pattern, ..)| (*pattern).to_owned())
        .collect();
    assert_eq!(forms, walked);
}
