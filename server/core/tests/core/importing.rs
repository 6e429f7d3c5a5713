use std::{fmt::Write as _, time::Instant as Started};

use domain::{
    calendar::Instant,
    people::{Actor, attention::Reason as Attention},
};
use portal_core::{
    audit::Kind,
    imports::{
        self, Counts, Done, FileProblem, ImportKind, NotRun, NotTaken, Outcome, Reason, Report,
        Upload,
    },
    subscriptions,
};

use crate::{
    both,
    common::{HOUR, NOW, World, logged},
};

const ADMINISTRATOR: usize = 14;
const CONTACTS: &str = "customer,name,email,role,designated\n";
const CERTIFICATIONS: &str = "email,track,level,number,issued,expires\n";
const HANGANG: &str = "한강물류 (Hangang Logistics)";

async fn upload(world: &World, actor: Actor, kind: ImportKind, text: &str) -> String {
    imports::upload(&world.portal, actor, kind, "people.csv", text.as_bytes())
        .await
        .unwrap()
        .expect("taken")
}

async fn look(world: &World, actor: Actor, id: &str) -> Report {
    match imports::look(&world.portal, actor, id).await.unwrap() {
        Some(Upload::Waiting(report)) => report,
        other => panic!("does not wait: {other:?}"),
    }
}

fn bad(report: &Report) -> Vec<(u64, Reason)> {
    let bad = report.rows.iter().filter_map(|row| match &row.outcome {
        Outcome::Bad(reason) => Some((row.line, reason.clone())),
        _ => None,
    });
    bad.collect()
}

/// A file with three bad rows among five.
fn three_bad_rows() -> String {
    format!(
        "{CONTACTS}{HANGANG},Good One,good.one@hangang.example,contact,yes\n\
         Nobody,Bad One,bad.one@hangang.example,contact,\n\
         {HANGANG},Bad Two,bad.two,contact,\n\
         {HANGANG},박지훈,jihoon.park@hangang.example,contact,yes\n\
         {HANGANG},No Seat,no.seat@hangang.example,coordinator,yes\n"
    )
}

async fn counts(world: &World) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["people", "certifications", "reminders", "audit"] {
        counts.push(world.count(table).await);
    }
    counts
}

both! {
    async fn good_rows_are_not_lost_to_bad_ones(world: World) {
        world.filled().await;
        let admin = world.actor(ADMINISTRATOR).await;
        let before = counts(&world).await;
        let id = upload(&world, admin, ImportKind::Contacts, &three_bad_rows()).await;
        let report = look(&world, admin, &id).await;
        assert_eq!(report.counts(), Counts { adds: 1, unchanged: 1, bad: 3 });
        assert_eq!(bad(&report), [(3, Reason::UnknownCustomer), (4, Reason::NotAnEmail), (6, Reason::NoSeat)]);
        assert_eq!(report.rows[1].cells, ["Nobody", "Bad One", "bad.one@hangang.example", "contact", ""]);
        assert_eq!(counts(&world).await, before, "a dry run changes nothing");

        // Refused as a whole, and it still waits.
        let refused = imports::run(&world.portal, admin, &id, true).await.unwrap();
        assert_eq!(refused, Err(NotRun::Bad(report.clone())));
        assert_eq!(counts(&world).await, before);
        // Only its good rows.
        let done = Done { kind: ImportKind::Contacts, file_name: "people.csv".into(), counts: report.counts() };
        assert_eq!(imports::run(&world.portal, admin, &id, false).await.unwrap(), Ok(done.clone()));
        let after = counts(&world).await;
        assert_eq!(after, [before[0] + 1, before[1], before[2], before[3] + 2]);
        let (role, designated, password): (String, i64, Option<String>) = world
            .query_one("SELECT role, designated_at, password_hash FROM people WHERE email = 'good.one@hangang.example'".into())
            .await;
        assert_eq!((role.as_str(), designated, password), ("contact", NOW.0, None));
        let (used, seats): (i64, i64) = world.query_one("SELECT used_seats, included_seats FROM customers WHERE name LIKE '%Hangang%'".into()).await;
        assert_eq!((used, seats), (3, 3));
        let (entry, by, of): (String, String, i64) = world.query_one("SELECT after, by_name, customer_id FROM audit WHERE kind = 'person_added'".into()).await;
        assert!(entry.contains("good.one@hangang.example") && entry.contains("\"designated\":true"), "{entry}");
        assert_eq!((by.as_str(), of), ("Ines Duarte", world.person(0).await.customer.unwrap().id));
        let (entry,): (String,) = world.query_one("SELECT after FROM audit WHERE kind = 'imported'".into()).await;
        assert_eq!(entry, r#"{"kind":"contacts","all_or_nothing":false,"added":1,"unchanged":1,"left_out":3}"#);

        // Sent twice, it is imported once.
        assert_eq!(imports::run(&world.portal, admin, &id, false).await.unwrap(), Ok(done.clone()));
        assert_eq!(imports::look(&world.portal, admin, &id).await.unwrap(), Some(Upload::Done(done)));
        assert_eq!(counts(&world).await, after);
        // The same file again changes nothing.
        let again = upload(&world, admin, ImportKind::Contacts, &three_bad_rows()).await;
        let report = look(&world, admin, &again).await;
        assert_eq!(report.counts(), Counts { adds: 0, unchanged: 2, bad: 3 });
        assert_eq!(imports::run(&world.portal, admin, &again, false).await.unwrap(), Err(NotRun::NothingToAdd(report)));
    }

    async fn who_is_designated_by_the_first_file_is_certified_by_the_second(world: World) {
        world.filled().await;
        let admin = world.actor(ADMINISTRATOR).await;
        let customer = world.person(0).await.customer.unwrap().id;
        let told = || async {
            let own = subscriptions::get(&world.portal, admin, Some(customer)).await.unwrap().unwrap();
            own.reasons.contains(&Attention::NotCertified { name: "Good One".into() })
        };
        assert!(!told().await);
        let id = upload(&world, admin, ImportKind::Contacts, &three_bad_rows()).await;
        imports::run(&world.portal, admin, &id, false).await.unwrap().expect("imported");
        assert!(told().await, "the account manager learns of it");
        let text = format!("{CERTIFICATIONS}good.one@hangang.example,Integration and API,Associate,NEW-1,2026-01-01,2026-12-31\n");
        let id = upload(&world, admin, ImportKind::Certifications, &text).await;
        imports::run(&world.portal, admin, &id, true).await.unwrap().expect("imported");
        assert!(!told().await);
    }

    async fn certifications_come_with_their_reminders(world: World) {
        world.filled().await;
        let admin = world.actor(ADMINISTRATOR).await;
        let before = counts(&world).await;
        let text = format!(
            "{CERTIFICATIONS}SERA.OH@hangang.example,integration and api,expert,NEW-1,2026-01-01,2026-12-31\n\
             sera.oh@hangang.example,Integration and API,Expert,NEW-2,2026-06-01,2027-05-31\n\
             grace.yoon@interactor.example,Integration and API,Expert,NEW-3,2026-01-01,2026-12-31\n"
        );
        let id = upload(&world, admin, ImportKind::Certifications, &text).await;
        let report = look(&world, admin, &id).await;
        assert_eq!(bad(&report), [(3, Reason::Overlaps("NEW-1".into())), (4, Reason::UnknownPerson)]);
        imports::run(&world.portal, admin, &id, false).await.unwrap().expect("imported");
        assert_eq!(counts(&world).await, [before[0], before[1] + 1, before[2] + 3, before[3] + 2]);
        let (track, level, days): (String, String, String) = world
            .query_one("SELECT track, level, due_on FROM certifications JOIN reminders ON certification_id = certifications.id WHERE number = 'NEW-1' AND days_before = 30".into())
            .await;
        assert_eq!((track.as_str(), level.as_str(), days.as_str()), ("Integration and API", "Expert", "2026-12-01"));
    }

    async fn rows_are_judged_anew_when_they_are_imported(world: World) {
        world.filled().await;
        let admin = world.actor(ADMINISTRATOR).await;
        let text = format!("{CONTACTS}{HANGANG},Last Seat,last.seat@hangang.example,contact,yes\n{HANGANG},Without,without@hangang.example,contact,no\n");
        let id = upload(&world, admin, ImportKind::Contacts, &text).await;
        assert_eq!(look(&world, admin, &id).await.counts().bad, 0);
        // Somebody takes the last seat.
        world.execute("UPDATE people SET designated_at = 1 WHERE email = 'yuna.choi@hangang.example'").await.unwrap();
        let Err(NotRun::Bad(report)) = imports::run(&world.portal, admin, &id, true).await.unwrap() else { panic!("no seat is left") };
        assert_eq!(bad(&report), [(2, Reason::NoSeat)]);
        let done = imports::run(&world.portal, admin, &id, false).await.unwrap().expect("imported");
        assert_eq!(done.counts, Counts { adds: 1, unchanged: 0, bad: 1 });
    }

    async fn two_imports_of_one_file_at_once_add_each_row_once(world: World) {
        world.filled().await;
        let admin = world.actor(ADMINISTRATOR).await;
        let before = world.count("people").await;
        let mut text = CONTACTS.to_owned();
        for index in 0..700 {
            writeln!(text, "Cascade Retail,Person {index},p{index}@cascade.example,contact,no").unwrap();
        }
        let ids = [upload(&world, admin, ImportKind::Contacts, &text).await, upload(&world, admin, ImportKind::Contacts, &text).await];
        let tasks: Vec<_> = (0..4)
            .map(|index| {
                let (portal, id) = (world.portal.clone(), ids[index % 2].clone());
                tokio::spawn(async move { imports::run(&portal, admin, &id, false).await.unwrap() })
            })
            .collect();
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap());
        }
        assert_eq!(world.count("people").await, before + 700);
        let added = outcomes.iter().filter(|one| matches!(one, Ok(done) if done.counts.adds == 700)).count();
        let nothing = outcomes.iter().filter(|one| matches!(one, Err(NotRun::NothingToAdd(_)))).count();
        assert_eq!((added, nothing), (2, 2), "both clicks of one upload are told, the other finds everything there");
    }

    async fn an_upload_is_for_nobody_else_and_not_for_long(world: World) {
        world.filled().await;
        let admin = world.actor(ADMINISTRATOR).await;
        let id = upload(&world, admin, ImportKind::Contacts, &three_bad_rows()).await;
        world.execute("INSERT INTO people (role, name, email, email_folded) VALUES ('administrator', 'Other', 'other@interactor.example', 'other@interactor.example')").await.unwrap();
        let (other,): (i64,) = world.query_one("SELECT id FROM people WHERE name = 'Other'".into()).await;
        let other = portal_core::accounts::person(&world.portal, other).await.unwrap().unwrap().actor;
        let mut strangers = vec![other, Actor::Anonymous, Actor::Operator];
        for position in [0, 1, 10, 12] {
            strangers.push(world.actor(position).await);
        }
        for actor in strangers {
            assert_eq!(imports::look(&world.portal, actor, &id).await.unwrap(), None);
            assert_eq!(imports::run(&world.portal, actor, &id, false).await.unwrap(), Err(NotRun::NotThere));
            if actor != other {
                let taken = imports::upload(&world.portal, actor, ImportKind::Contacts, "x", three_bad_rows().as_bytes()).await.unwrap();
                assert_eq!(taken, Err(NotTaken::NotPermitted));
            }
        }
        // Each try of somebody who is signed in is in the log.
        assert_eq!(logged(&world, Kind::Refused).await.len(), 4 * 3);
        world.clock.set(Instant(NOW.0 + HOUR));
        assert_eq!(imports::look(&world.portal, admin, &id).await.unwrap(), None);
        assert_eq!(imports::run(&world.portal, admin, &id, false).await.unwrap(), Err(NotRun::NotThere));
        assert_eq!(imports::delete_expired(&world.portal).await.unwrap(), 1);
        assert_eq!(world.count("imports").await, 0);
    }

    async fn a_file_that_cannot_be_read_is_not_kept(world: World) {
        world.filled().await;
        let admin = world.actor(ADMINISTRATOR).await;
        let taken = imports::upload(&world.portal, admin, ImportKind::Certifications, "x.csv", CONTACTS.as_bytes()).await.unwrap();
        let missing = vec!["track", "level", "number", "issued", "expires"];
        assert_eq!(taken, Err(NotTaken::File(FileProblem::MissingColumns(missing))));
        assert_eq!(world.count("imports").await, 0);
    }

    async fn fifty_thousand_rows_go_in_at_once(world: World) {
        world.filled().await;
        let admin = world.actor(ADMINISTRATOR).await;
        let before = counts(&world).await;
        let (mut contacts, mut certifications) = (CONTACTS.to_owned(), CERTIFICATIONS.to_owned());
        for index in 0..imports::MOST_ROWS {
            writeln!(contacts, "Cascade Retail,Person {index},p{index}@cascade.example,contact,no").unwrap();
            writeln!(certifications, "p{index}@cascade.example,Integration and API,Associate,N-{index},2026-01-01,2027-12-31").unwrap();
        }
        for (kind, text) in [(ImportKind::Contacts, contacts), (ImportKind::Certifications, certifications)] {
            let started = Started::now();
            let id = upload(&world, admin, kind, &text).await;
            let uploaded = started.elapsed();
            let started = Started::now();
            let report = look(&world, admin, &id).await;
            let looked = started.elapsed();
            let started = Started::now();
            assert_eq!(report.counts(), Counts { adds: imports::MOST_ROWS, unchanged: 0, bad: 0 });
            imports::run(&world.portal, admin, &id, true).await.unwrap().expect("imported");
            let imported = started.elapsed();
            println!("{:?}, 50,000 {}: upload {uploaded:?}, dry run {looked:?}, import {imported:?}", world.engine, kind.name());
        }
        let many = i64::try_from(imports::MOST_ROWS).unwrap();
        assert_eq!(counts(&world).await, [before[0] + many, before[1] + many, before[2] + 3 * many, before[3] + 2 * many + 2]);
    }
}
