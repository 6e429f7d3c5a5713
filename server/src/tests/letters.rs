//! What mails say, and how people choose what they get.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{
    incident::{Step, Who},
    people::Actor,
};
use portal_core::{
    accounts, incidents,
    mail::{Letter, MailKind, Queued},
    work::{self, JobKind},
};

use super::{
    client::{ORIGIN, World},
    inbox::{acknowledged, letters},
};

const SEOYEON: &str = "seoyeon.kim@hangang.example";

fn to<'a>(letters: &'a [(Queued, Letter)], address: &str) -> Vec<&'a Letter> {
    letters
        .iter()
        .filter(|(queued, _)| queued.to.address == address)
        .map(|(_, letter)| letter)
        .collect()
}

fn header_of<'a>(letter: &'a Letter, name: &str) -> Option<&'a str> {
    let mut found = letter.headers.iter().filter(|(one, _)| one == name);
    found.next().map(|(_, value)| value.as_str())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_says_what_happened_in_the_readers_language_and_zone() {
    let world = World::new().await;
    let path = acknowledged(&world).await;
    let number = path.trim_start_matches("/incidents/");
    let english = letters(&world).await;
    world
        .execute("UPDATE people SET language = 'ko', zone = 'pacific' WHERE email = 'seoyeon.kim@hangang.example'")
        .await;
    let korean = letters(&world).await;
    let [english] = to(&english, SEOYEON)[..] else {
        panic!("one mail to her")
    };
    let [korean] = to(&korean, SEOYEON)[..] else {
        panic!("one mail to her")
    };
    for (letter, words) in [
        (
            english,
            [
                "Response",
                "Hana Seo",
                "Next update due: ",
                "See the incident",
                "You get this because you filed the incident.",
                "Seoul",
            ],
        ),
        (
            korean,
            [
                "대응",
                "Hana Seo",
                "다음 업데이트 기한: ",
                "인시던트 보기",
                "접수하신 인시던트이므로",
                "미국 태평양",
            ],
        ),
    ] {
        for words in words {
            assert!(letter.text.contains(words), "{words}\n{}", letter.text);
        }
        assert!(letter.text.contains("We **have** it."), "{}", letter.text);
        assert!(letter.text.contains(&format!("{ORIGIN}{path}")));
        assert_eq!(
            letter.subject,
            format!("[{number}] Webhooks <b>stop</b> & \"wait\"")
        );
        let html = letter.html.as_deref().unwrap();
        assert!(html.contains("We <strong>have</strong> it."), "{html}");
        assert!(
            html.contains("Webhooks &lt;b&gt;stop&lt;/b&gt; &amp;"),
            "{html}"
        );
        assert!(html.contains("prefers-color-scheme:dark"), "{html}");
        for bad in ["<script", "<b>stop", "<i>", " style=", "src="] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        let reply_to = letter.reply_to.as_deref().unwrap();
        let begin = format!("support+i-{}-", number.to_lowercase());
        assert!(reply_to.starts_with(&begin), "{reply_to}");
        assert!(letter.text.starts_with("--- # ---"), "{}", letter.text);
        // It is part of what was promised: nothing ends it.
        assert_eq!(header_of(letter, "List-Unsubscribe"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_mails_of_an_incident_are_one_thread_and_none_tells_an_internal_note() {
    let world = World::new().await;
    let path = acknowledged(&world).await;
    let number =
        domain::incident::IncidentNumber::parse(path.trim_start_matches("/incidents/")).unwrap();
    let person = |id: i64| accounts::person(&world.portal, id);
    let (hana,): (i64,) = world
        .query("SELECT id FROM people WHERE email = 'hana.seo@interactor.example'")
        .await;
    let (jihoon,): (i64,) = world
        .query("SELECT id FROM people WHERE email = 'jihoon.park@hangang.example'")
        .await;
    let (seoyeon,): (i64,) = world
        .query("SELECT id FROM people WHERE email = 'seoyeon.kim@hangang.example'")
        .await;
    let take = |actor: Actor, step: Step| {
        let key = world.portal.new_form_key();
        let portal = &world.portal;
        async move {
            incidents::take(portal, actor, number, step, &key)
                .await
                .unwrap()
                .unwrap();
        }
    };
    let hana = person(hana).await.unwrap().unwrap().actor;
    let seoyeon = person(seoyeon).await.unwrap().unwrap().actor;
    let who = Who {
        id: jihoon,
        name: String::new(),
    };
    take(seoyeon, Step::Watch { who }).await;
    let note = "They are late with their bills.".to_owned();
    take(hana, Step::Note { text: note.clone() }).await;
    let text = "Which node?".to_owned();
    take(hana, Step::Wait { text }).await;
    let reason = "Nobody answers.".to_owned();
    take(seoyeon, Step::Escalate { reason }).await;
    for lang in ["en", "ko"] {
        let set = if lang == "en" {
            "UPDATE people SET language = 'en'"
        } else {
            "UPDATE people SET language = 'ko'"
        };
        world.execute(set).await;
        let letters = letters(&world).await;
        // Two engineers of the notice; her of the Response and the question; him, who follows it, twice as well as of the
        // escalation; the engineer and the account manager of that.
        assert!(letters.len() >= 8, "{}", letters.len());
        let thread = format!("<{}@portal.test>", number.to_string().to_lowercase());
        let subject = &letters[0].1.subject;
        for (queued, letter) in &letters {
            assert_eq!(header_of(letter, "References"), Some(&*thread));
            assert_eq!(header_of(letter, "In-Reply-To"), Some(&*thread));
            assert_eq!(&letter.subject, subject);
            let all = format!("{letter:?} {}", queued.data);
            assert!(!all.contains("bills"), "{all}");
        }
        let watched = to(&letters, "jihoon.park@hangang.example");
        assert_eq!(watched.len(), 3);
        for letter in watched {
            let link = header_of(letter, "List-Unsubscribe").expect("it is optional");
            assert!(
                link.starts_with(&format!("<{ORIGIN}/unsubscribe/")),
                "{link}"
            );
            assert_eq!(
                header_of(letter, "List-Unsubscribe-Post"),
                Some("List-Unsubscribe=One-Click")
            );
        }
        let escalated = to(&letters, "grace.yoon@interactor.example");
        assert_eq!(escalated.len(), 1);
        assert!(escalated[0].text.contains("Nobody answers."));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reminders_ends_of_terms_and_warnings_have_their_words() {
    let world = World::new().await;
    for sql in [
        "DELETE FROM mails",
        "DELETE FROM jobs",
        "DELETE FROM reminders",
        "UPDATE customers SET ends_on = '2026-03-06' WHERE id = 1",
        "UPDATE certifications SET expires_on = '2026-03-06', issued_on = '2025-01-01'
         WHERE person_id = (SELECT id FROM people WHERE email = 'jihoon.park@hangang.example')",
        "INSERT INTO reminders (certification_id, days_before, due_on)
         SELECT certifications.id, 7, '2026-02-27' FROM certifications JOIN people ON people.id = person_id
         WHERE email = 'jihoon.park@hangang.example'",
    ] {
        world.execute(sql).await;
    }
    for kind in [JobKind::Reminders, JobKind::Terms, JobKind::Warnings] {
        work::run(&world.portal, kind).await.unwrap();
    }
    for lang in ["en", "ko"] {
        let set = if lang == "en" {
            "UPDATE people SET language = 'en'"
        } else {
            "UPDATE people SET language = 'ko'"
        };
        world.execute(set).await;
        let letters = letters(&world).await;
        let of = |kind: MailKind| {
            let mut found = letters
                .iter()
                .filter(move |(queued, _)| queued.kind == kind);
            found.next().map(|(_, letter)| letter.clone())
        };
        let certification = of(MailKind::CertificationExpires).expect("a reminder");
        let term = of(MailKind::TermEnds).expect("a notice of the end");
        let warning = of(MailKind::Warning).expect("a warning");
        let date = if lang == "en" {
            "Friday 6 March 2026"
        } else {
            "2026년 3월 6일"
        };
        assert!(certification.subject.contains(date), "{certification:?}");
        assert!(header_of(&certification, "List-Unsubscribe").is_some());
        assert!(term.subject.contains(date), "{term:?}");
        assert!(header_of(&term, "List-Unsubscribe").is_none());
        let percent = ["75", "90", "has passed", "초과", "경과"];
        assert!(
            percent.iter().any(|words| warning.text.contains(words)),
            "{}",
            warning.text
        );
        assert_eq!(warning.reply_to, None);
        for (_, letter) in &letters {
            assert!(
                !letter.text.contains('{') && !letter.text.contains("\n\n\n"),
                "{}",
                letter.text
            );
        }
    }
}

/// The address in one of the optional mails.
async fn link(world: &World) -> String {
    acknowledged(world).await;
    let letters = letters(world).await;
    let letter = to(&letters, "hana.seo@interactor.example")[0];
    let link = header_of(letter, "List-Unsubscribe").expect("it is optional");
    link.trim_matches(['<', '>'])
        .strip_prefix(ORIGIN)
        .unwrap()
        .to_owned()
}

async fn unwanted(world: &World) -> i64 {
    let (count,): (i64,) = world
        .query("SELECT COUNT(*) FROM mail_choices WHERE wanted = 0")
        .await;
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_in_a_mail_ends_it_with_a_button_and_never_by_being_looked_at() {
    let world = World::new().await;
    let link = link(&world).await;
    let mut anybody = world.browser();
    let page = anybody.get(&link).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("Stop this mail")
        .says("new incidents that nobody is assigned to");
    assert_eq!(unwanted(&world).await, 0);
    let page = anybody.post(&link, &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("This mail is stopped");
    assert_eq!(unwanted(&world).await, 1);
    assert!(to(&letters(&world).await, "hana.seo@interactor.example").is_empty());
    for forged in [
        "/unsubscribe/x",
        &link[..link.len() - 1],
        &link.replace("desk", "own"),
    ] {
        let page = anybody.get(forged).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{forged}");
        assert_eq!(
            anybody.post(forged, &[]).await.status,
            StatusCode::NOT_FOUND
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_program_ends_it_from_anywhere_and_that_is_all_that_comes_from_anywhere() {
    let world = World::new().await;
    let link = link(&world).await;
    let mut program = world.browser();
    let one_click = |path: &str, kind: &str, body: &'static str| {
        Request::post(path)
            .header(header::CONTENT_TYPE, kind)
            .header("sec-fetch-site", "cross-site")
            .body(Body::from(body))
            .unwrap()
    };
    let form = "application/x-www-form-urlencoded";
    for path in ["/me/mail", "/desk/mail", "/sign-out", "/language"] {
        let page = program.send(one_click(path, form, "")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
    }
    let request = one_click(&link, form, "List-Unsubscribe=One-Click");
    let page = program.send(request).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(program.cookies.is_empty());
    assert_eq!(unwanted(&world).await, 1);
    let parts = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    let request = one_click(&link, "multipart/form-data; boundary=b", parts);
    assert_eq!(program.send(request).await.status, StatusCode::OK);
    assert_eq!(unwanted(&world).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_choose_what_they_get() {
    let world = World::new().await;
    let mut jihoon = world.signed_in(1).await;
    jihoon.get("/me").await.says("href=\"/me/mail\"");
    let page = jihoon.get("/me/mail").await;
    page.says("incidents that you filed")
        .says("incidents that you follow")
        .says("your certification, before it expires")
        .lacks("due times that are near");
    assert_eq!(page.html.matches(" checked").count(), 3);
    assert_eq!(page.html.matches(" disabled").count(), 1);
    let page = jihoon.post("/me/mail", &[("topic[]", "watched")]).await;
    assert_eq!(page.location(), "/me/mail?saved=1");
    let page = jihoon.get("/me/mail?saved=1").await;
    page.says("Your choices are saved.");
    assert_eq!(page.html.matches(" checked").count(), 2);
    let both = [("topic[]", "watched"), ("topic[]", "certification")];
    let page = jihoon.post("/me/mail", &both).await;
    assert_eq!(page.location(), "/me/mail?saved=1");
    let page = jihoon.get("/me/mail").await;
    assert_eq!(page.html.matches(" checked").count(), 3);
    let page = jihoon.post("/me/mail", &[("topic[]", "everything")]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let mut ines = world.signed_in(14).await;
    ines.get("/me/mail")
        .await
        .says("incidents that a customer without an account manager escalates");
}
