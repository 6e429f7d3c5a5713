use std::collections::BTreeSet;

use domain::{
    calendar::Instant,
    incident::{Channel, Designation, Event, IncidentNumber, Step, Who},
    people::{Actor, MailTopic, Role},
    plan::Severity,
    text::Text,
};
use portal_core::{
    audit::Kind,
    incidents::{self, DeskFilter, Whose},
    mail::{self, Arrived, Enclosed, InboxProblem, Queued, Reason, Received, Returned, Told},
};

use crate::{
    both,
    common::{HOUR, NOW, RELEASE, World, logged},
};

const SEOYEON: usize = 0;
const JIHOON: usize = 1;
const MARIA: usize = 2;
const GRACE: usize = 10;
const HANA: usize = 12;
const DANIEL: usize = 13;
const INES: usize = 14;

/// Every mail of the outbox, the oldest first, and nothing of what was queued before.
async fn outbox(world: &World) -> Vec<Queued> {
    let mut mails = Vec::new();
    let (most,): (i64,) = world
        .query_one("SELECT COALESCE(MAX(id), 0) FROM mails".into())
        .await;
    for id in 1..=most {
        mails.extend(mail::queued(&world.portal, id).await.unwrap());
    }
    mails
}

/// To whom something was queued since the last time, by their e-mail address, each as often as it was.
async fn told(world: &World) -> Vec<String> {
    let mut told: Vec<_> = outbox(world)
        .await
        .into_iter()
        .map(|mail| mail.to.address.split('.').next().unwrap().to_owned())
        .collect();
    told.sort();
    world
        .execute("UPDATE mails SET sent_at = 1 WHERE sent_at IS NULL")
        .await
        .unwrap();
    told
}

fn who(actor: Actor) -> Who {
    Who {
        id: actor.person().unwrap(),
        name: String::new(),
    }
}

fn write(text: &str) -> Step {
    Step::Write {
        text: text.into(),
        channel: Channel::Portal,
    }
}

fn acknowledge(engineer: Actor) -> Step {
    Step::Acknowledge {
        to: who(engineer),
        text: "We have it.".into(),
    }
}

fn designate(number: u8) -> Step {
    Step::Designate {
        designation: Designation::Level(Severity::new(number).unwrap()),
        reason: "So it is.".into(),
    }
}

async fn filed(world: &World) -> IncidentNumber {
    world.filled().await;
    let contact = world.actor(SEOYEON).await;
    world.clock.set(Instant(NOW.0 + 23 * HOUR));
    world.file(contact, world.question("When?", RELEASE)).await
}

async fn takes(world: &World, actor: Actor, number: IncidentNumber, step: Step) -> Vec<String> {
    world.take(actor, number, step).await.unwrap();
    told(world).await
}

/// What a person answers to by mail, as the mail to them says it.
async fn answer_of(world: &World, address: &str) -> mail::Answer {
    let mails = outbox(world).await;
    let to = mails.iter().find(|mail| mail.to.address == address);
    let tidings = mail::told(&world.portal, to.expect("a mail to them"))
        .await
        .unwrap();
    tidings
        .expect("something to tell")
        .answer
        .expect("an address")
}

fn arrived(from: &str, answer: Option<mail::Answer>, text: &str) -> Arrived {
    let raw = format!("From: {from}\n\n{text}").into_bytes();
    Arrived {
        size: u64::try_from(raw.len()).unwrap(),
        raw,
        message_id: format!("{}@elsewhere.example", text.len()),
        from: from.to_owned(),
        answer,
        subject: "Re: When?".to_owned(),
        text: text.to_owned(),
        ..Arrived::default()
    }
}

async fn receive(world: &World, mail: &Arrived) -> Received {
    mail::receive(&world.portal, mail).await.unwrap()
}

async fn messages(world: &World, number: IncidentNumber) -> Vec<(String, Channel)> {
    let seoyeon = world.actor(SEOYEON).await;
    let incident = incidents::get(&world.portal, seoyeon, number)
        .await
        .unwrap();
    incident
        .unwrap()
        .events
        .into_iter()
        .filter_map(|entry| match entry.event {
            Event::Message { text, channel, .. } => Some((text, channel)),
            _ => None,
        })
        .collect()
}

both! {
    async fn each_hears_what_concerns_them_and_never_what_they_did_themselves(world: World) {
        let number = filed(&world).await;
        let [seoyeon, jihoon, hana, daniel, grace] = [
            world.actor(SEOYEON).await, world.actor(JIHOON).await, world.actor(HANA).await, world.actor(DANIEL).await,
            world.actor(GRACE).await,
        ];
        // A new notice: every engineer, as long as nobody is assigned.
        assert_eq!(told(&world).await, ["daniel", "hana"]);
        assert_eq!(takes(&world, seoyeon, number, write("More.")).await, ["daniel", "hana"]);
        // Two events in one transaction are one mail.
        assert_eq!(takes(&world, hana, number, acknowledge(hana)).await, ["seoyeon"]);
        assert_eq!(takes(&world, seoyeon, number, write("Thanks.")).await, ["hana"]);
        assert_eq!(takes(&world, seoyeon, number, Step::Watch { who: who(jihoon) }).await, ["jihoon"]);
        assert_eq!(takes(&world, daniel, number, write("I help.")).await, ["hana", "jihoon", "seoyeon"]);
        assert_eq!(takes(&world, jihoon, number, write("I say so, too.")).await, ["hana", "seoyeon"]);
        assert_eq!(takes(&world, hana, number, designate(2)).await, ["jihoon", "seoyeon"]);
        // An objection goes to another engineer.
        let object = Step::Object { reason: "It is worse.".into() };
        assert_eq!(takes(&world, seoyeon, number, object).await, ["daniel", "hana", "jihoon"]);
        let escalate = Step::Escalate { reason: "Nobody answers.".into() };
        assert_eq!(takes(&world, seoyeon, number, escalate).await, ["grace", "hana", "jihoon"]);
        assert_eq!(takes(&world, grace, number, write("I look after it.")).await, ["hana", "jihoon", "seoyeon"]);
        let none: [&str; 0] = [];
        assert_eq!(takes(&world, seoyeon, number, Step::Unwatch { who: who(jihoon) }).await, none);
    }

    async fn what_is_internal_is_told_to_nobody(world: World) {
        let number = filed(&world).await;
        let [seoyeon, hana, daniel, grace] = [
            world.actor(SEOYEON).await, world.actor(HANA).await, world.actor(DANIEL).await, world.actor(GRACE).await,
        ];
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        told(&world).await;
        for by in [hana, daniel, grace] {
            let none: [&str; 0] = [];
            let secret = Step::Note { text: "They are late with their bills.".into() };
            assert_eq!(takes(&world, by, number, secret).await, none);
        }
        // Nor does a mail about something else tell it, whatever range of events it is about.
        world.take(seoyeon, number, write("Hello?")).await.unwrap();
        world.execute(r#"UPDATE mails SET data = '{"first":1,"last":99,"topic":"own"}' WHERE sent_at IS NULL"#).await.unwrap();
        for queued in outbox(&world).await {
            let tidings = mail::told(&world.portal, &queued).await.unwrap().unwrap();
            let Told::Events { entries, .. } = tidings.told else { panic!("events") };
            assert!(entries.len() > 3);
            assert!(entries.iter().all(|entry| !entry.event.internal()));
        }
    }

    async fn whoever_has_left_or_lost_the_right_is_told_nothing(world: World) {
        let number = filed(&world).await;
        let [seoyeon, jihoon, hana, grace] = [
            world.actor(SEOYEON).await, world.actor(JIHOON).await, world.actor(HANA).await, world.actor(GRACE).await,
        ];
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        world.take(seoyeon, number, Step::Watch { who: who(jihoon) }).await.unwrap();
        told(&world).await;
        world.take(hana, number, write("A question.")).await.unwrap();
        // Left after it was queued.
        world.execute("UPDATE people SET left_at = 1, designated_at = NULL WHERE email = 'jihoon.park@hangang.example'").await.unwrap();
        assert_eq!(told(&world).await, ["seoyeon"]);
        // Left before.
        assert_eq!(takes(&world, hana, number, write("Another one.")).await, ["seoyeon"]);
        // An account manager who looks after the customer no more.
        world.take(seoyeon, number, Step::Escalate { reason: "Help.".into() }).await.unwrap();
        let mails = outbox(&world).await;
        let to_grace = mails.iter().find(|mail| mail.to.address.starts_with("grace")).unwrap();
        assert!(mail::told(&world.portal, to_grace).await.unwrap().is_some());
        world.execute(&format!("DELETE FROM assignments WHERE person_id = {}", grace.person().unwrap())).await.unwrap();
        assert!(mail::told(&world.portal, to_grace).await.unwrap().is_none());
        // She asked for nothing, so she was refused nothing.
        assert_eq!(logged(&world, Kind::Refused).await, []);
    }

    async fn what_was_assigned_to_somebody_who_has_left_is_every_engineers(world: World) {
        let number = filed(&world).await;
        let [seoyeon, hana, daniel] = [world.actor(SEOYEON).await, world.actor(HANA).await, world.actor(DANIEL).await];
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        told(&world).await;
        let unassigned = async || {
            let filter = DeskFilter { whose: Whose::Nobodys, ..DeskFilter::default() };
            let desk = incidents::desk(&world.portal, daniel, &filter).await.unwrap().unwrap();
            assert_eq!(desk.found, desk.counts.unassigned);
            desk.rows.into_iter().find(|row| row.number == number)
        };
        assert!(unassigned().await.is_none());
        world.execute("UPDATE people SET left_at = 1 WHERE email = 'hana.seo@interactor.example'").await.unwrap();
        assert_eq!(takes(&world, seoyeon, number, write("And?")).await, ["daniel"]);
        assert_eq!(unassigned().await.expect("nobody's").assigned, None);
        world.take(daniel, number, Step::Assign { to: who(daniel) }).await.unwrap();
        told(&world).await;
        assert_eq!(takes(&world, seoyeon, number, write("Thanks.")).await, ["daniel"]);
        assert!(unassigned().await.is_none());
    }

    async fn an_escalation_is_told_to_administrators_where_nobody_looks_after_the_customer(world: World) {
        let number = filed(&world).await;
        let [seoyeon, hana, ines] = [world.actor(SEOYEON).await, world.actor(HANA).await, world.actor(INES).await];
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        told(&world).await;
        // One who has left looks after nobody.
        world.execute("UPDATE people SET left_at = 1 WHERE role = 'account_manager'").await.unwrap();
        world.take(seoyeon, number, Step::Escalate { reason: "Nobody answers.".into() }).await.unwrap();
        let mails = outbox(&world).await;
        let to_ines = mails.iter().find(|mail| mail.to.address.starts_with("ines")).expect("a mail to her");
        let tidings = mail::told(&world.portal, to_ines).await.unwrap().expect("hers to know");
        assert_eq!(tidings.topic, MailTopic::Escalations);
        assert_eq!(told(&world).await, ["hana", "ines"]);
        let choices = mail::choices(&world.portal, ines).await.unwrap();
        assert_eq!(choices.iter().map(|one| (one.topic, one.wanted)).collect::<Vec<_>>(), [(MailTopic::Escalations, true)]);
    }

    async fn optional_mail_can_be_done_without_and_required_mail_cannot(world: World) {
        let number = filed(&world).await;
        let [seoyeon, jihoon, hana] = [world.actor(SEOYEON).await, world.actor(JIHOON).await, world.actor(HANA).await];
        let topics = |choices: Vec<mail::Choice>| choices.iter().map(|one| (one.topic, one.wanted)).collect::<Vec<_>>();
        assert_eq!(
            topics(mail::choices(&world.portal, jihoon).await.unwrap()),
            [(MailTopic::Own, true), (MailTopic::Watched, true), (MailTopic::Certification, true)]
        );
        assert!(mail::choices(&world.portal, Actor::Anonymous).await.unwrap().is_empty());
        assert!(!mail::choose(&world.portal, Actor::Anonymous, &[]).await.unwrap());
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        world.take(seoyeon, number, Step::Watch { who: who(jihoon) }).await.unwrap();
        let mails = outbox(&world).await;
        let tidings = |address: &str| mails.iter().find(|mail| mail.to.address.starts_with(address)).unwrap().clone();
        let (watched, own) = (tidings("jihoon"), tidings("seoyeon"));
        let end = mail::told(&world.portal, &watched).await.unwrap().unwrap().end.expect("it is optional");
        assert!(mail::told(&world.portal, &own).await.unwrap().unwrap().end.is_none());
        // By the link, whoever follows it.
        assert_eq!(mail::ended_by(&world.portal, Actor::Anonymous, &end).await.unwrap(), Some(MailTopic::Watched));
        assert_eq!(mail::end(&world.portal, Actor::Anonymous, "1.watched.x").await.unwrap(), None);
        for _ in 0..2 {
            assert_eq!(mail::end(&world.portal, Actor::Anonymous, &end).await.unwrap(), Some(MailTopic::Watched));
        }
        assert!(mail::told(&world.portal, &watched).await.unwrap().is_none());
        assert_eq!(logged(&world, Kind::PersonChanged).await.len(), 1);
        // And back by choice; nothing that is required goes away.
        assert!(mail::choose(&world.portal, jihoon, &[MailTopic::Watched]).await.unwrap());
        assert!(mail::told(&world.portal, &watched).await.unwrap().is_some());
        assert_eq!(
            topics(mail::choices(&world.portal, jihoon).await.unwrap()),
            [(MailTopic::Own, true), (MailTopic::Watched, true), (MailTopic::Certification, false)]
        );
        assert!(mail::choose(&world.portal, seoyeon, &[]).await.unwrap());
        assert!(mail::told(&world.portal, &own).await.unwrap().is_some());
    }

    async fn an_answer_by_mail_becomes_a_message_once(world: World) {
        let number = filed(&world).await;
        let [hana, daniel] = [world.actor(HANA).await, world.actor(DANIEL).await];
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        let answer = answer_of(&world, "seoyeon.kim@hangang.example").await;
        assert_eq!(answer.number, number);
        told(&world).await;
        let mut mail = arrived("Seoyeon.Kim@hangang.example", Some(answer.clone()), "It is back.");
        assert_eq!(receive(&world, &mail).await, Received::Written(number));
        assert_eq!(told(&world).await, ["hana"]);
        assert_eq!(receive(&world, &mail).await, Received::Already(number));
        // Somebody's mail server put something below it the second time.
        let again = Arrived { text: "It is back.\n\nThis mail is confidential.".into(), ..mail.clone() };
        assert_eq!(receive(&world, &again).await, Received::Already(number));
        let first = ("It is back.".to_owned(), Channel::Email);
        assert_eq!(messages(&world, number).await, std::slice::from_ref(&first));
        // Another mail is another message, and one without a Message-ID is told by what it is.
        mail.message_id = String::new();
        assert_eq!(receive(&world, &mail).await, Received::Written(number));
        assert_eq!(receive(&world, &mail).await, Received::Already(number));
        assert_eq!(messages(&world, number).await, [first.clone(), first]);
        assert_eq!(world.count("mails_aside").await, 0);
        let verified = incidents::verify(&world.portal, Actor::Operator).await.unwrap().unwrap();
        assert_eq!(verified.broken, []);
        // An engineer answers by mail as well.
        world.take(daniel, number, write("I help.")).await.unwrap();
        let answer = answer_of(&world, "hana.seo@interactor.example").await;
        let mail = arrived("hana.seo@interactor.example", Some(answer), "We look at it.");
        assert_eq!(receive(&world, &mail).await, Received::Written(number));
        assert!(messages(&world, number).await.contains(&("We look at it.".to_owned(), Channel::Email)));
    }

    async fn the_files_of_a_mail_are_attached_for_everybody_and_what_is_missing_is_attached_later(world: World) {
        let number = filed(&world).await;
        let hana = world.actor(HANA).await;
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        world.take(hana, number, Step::Wait { text: "Send us the logs.".into() }).await.unwrap();
        let answer = answer_of(&world, "seoyeon.kim@hangang.example").await;
        let file = |name: &str, bytes: &[u8]| Enclosed { name: name.to_owned(), bytes: bytes.to_vec() };
        let mut mail = arrived("seoyeon.kim@hangang.example", Some(answer), "See these.");
        // Two of one name are two, even with the same in them.
        mail.files = vec![file("../a.log", b"a"), file("a.log", b"a"), file("b.log", "b".repeat(2_500_000).as_bytes())];
        let files = mail.files.split_off(1);
        assert_eq!(receive(&world, &mail).await, Received::Written(number));
        mail.files.extend(files);
        for _ in 0..2 {
            assert_eq!(receive(&world, &mail).await, Received::Already(number));
        }
        let seoyeon = world.actor(SEOYEON).await;
        let incident = incidents::get(&world.portal, seoyeon, number).await.unwrap().unwrap();
        let by_mail = incident.events.iter().filter(|entry| entry.event.channel() == Some(Channel::Email));
        let by_mail: Vec<_> = by_mail.map(|entry| entry.event.name()).collect();
        assert_eq!(by_mail, ["message", "resumed", "attached", "attached", "attached"]);
        let attached: Vec<_> = incident
            .events
            .into_iter()
            .filter_map(|entry| match entry.event {
                Event::Attached { file, .. } => Some((file.name, file.size)),
                _ => None,
            })
            .collect();
        let [a, b] = ["a.log", "b.log"].map(str::to_owned);
        assert_eq!(attached, [(a.clone(), 1), (a, 1), (b, 2_500_000)]);
        assert_eq!(world.count("files").await, 3);
        // A stranger attaches nothing.
        let strange = Arrived { from: "mallory@evil.example".into(), ..mail };
        assert_eq!(receive(&world, &strange).await, Received::Aside(Reason::UnknownSender));
        assert_eq!(world.count("files").await, 3);
        let verified = incidents::verify(&world.portal, Actor::Operator).await.unwrap().unwrap();
        assert_eq!(verified.broken, []);
    }

    async fn a_mail_with_nothing_but_files_is_attached_without_a_message(world: World) {
        let number = filed(&world).await;
        let [seoyeon, hana] = [world.actor(SEOYEON).await, world.actor(HANA).await];
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        let answer = answer_of(&world, "seoyeon.kim@hangang.example").await;
        world.take(hana, number, Step::Wait { text: "What do you see?".into() }).await.unwrap();
        let file = |name: &str| Enclosed { name: name.to_owned(), bytes: name.as_bytes().to_vec() };
        let mail = |id: &str, files: Vec<Enclosed>| Arrived {
            message_id: id.to_owned(),
            files,
            silent: true,
            ..arrived("seoyeon.kim@hangang.example", Some(answer.clone()), " \n")
        };
        let screens = mail("1@hangang.example", vec![file("a.png"), file("b.png")]);
        assert_eq!(receive(&world, &screens).await, Received::Written(number));
        assert_eq!(receive(&world, &screens).await, Received::Already(number));
        assert_eq!(messages(&world, number).await, []);
        // What the vendor waited for is there, as when it is attached in the portal.
        let incident = incidents::get(&world.portal, seoyeon, number).await.unwrap().unwrap();
        let names: Vec<_> = incident.events.iter().map(|entry| entry.event.name()).collect();
        assert!(names.ends_with(&["waiting", "attached", "resumed", "attached"]), "{names:?}");
        assert_eq!(world.count("mails_aside").await, 0);
        // Where some of them stay in the mailbox, there is no message to say so.
        let note = Some(Text { en: "Kept.".into(), ko: None });
        let some = Arrived { note: note.clone(), ..mail("2@hangang.example", vec![file("c.png")]) };
        let without = Arrived { note, ..mail("3@hangang.example", Vec::new()) };
        for aside in [&some, &some, &without] {
            assert_eq!(receive(&world, aside).await, Received::Aside(Reason::Files));
        }
        assert_eq!((world.count("files").await, messages(&world, number).await), (3, Vec::new()));
        // Nobody attaches so many; and what came before is still known.
        let most = usize::try_from(mail::MOST_FILES_AN_HOUR).unwrap();
        let many = (3..most).map(|n| file(&format!("{n}.png"))).collect();
        assert_eq!(receive(&world, &mail("4@hangang.example", many)).await, Received::Written(number));
        let late = mail("5@hangang.example", vec![file("d.png")]);
        assert_eq!(receive(&world, &late).await, Received::Aside(Reason::Often));
        assert_eq!(receive(&world, &screens).await, Received::Already(number));
        world.clock.advance(HOUR + 1);
        assert_eq!(receive(&world, &late).await, Received::Written(number));
        let attached = world.count("files").await;
        world.take(seoyeon, number, Step::Withdraw { reason: String::new() }).await.unwrap();
        let closed = mail("6@hangang.example", vec![file("e.png"), file("f.png")]);
        assert_eq!(receive(&world, &closed).await, Received::Aside(Reason::Closed));
        assert_eq!(receive(&world, &screens).await, Received::Already(number));
        assert_eq!(world.count("files").await, attached);
        let verified = incidents::verify(&world.portal, Actor::Operator).await.unwrap().unwrap();
        assert_eq!(verified.broken, []);
    }

    async fn a_mail_without_a_text_that_may_say_something_is_put_aside_with_its_files(world: World) {
        let number = filed(&world).await;
        let hana = world.actor(HANA).await;
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        let answer = answer_of(&world, "seoyeon.kim@hangang.example").await;
        told(&world).await;
        let forwarded = Arrived {
            files: vec![Enclosed { name: "a.png".to_owned(), bytes: vec![1] }],
            ..arrived("seoyeon.kim@hangang.example", Some(answer), " \n")
        };
        let note = Some(Text { en: "Kept.".into(), ko: None });
        let more = Arrived { message_id: "more@hangang.example".into(), note, ..forwarded.clone() };
        for mail in [&forwarded, &forwarded, &more] {
            assert_eq!(receive(&world, mail).await, Received::Aside(Reason::Empty));
        }
        assert_eq!((world.count("files").await, messages(&world, number).await), (0, Vec::new()));
        // They differ in what was read of them only, and are kept once.
        assert_eq!(world.count("mails_aside").await, 1);
        let nobody: [&str; 0] = [];
        assert_eq!(told(&world).await, nobody);
    }

    async fn a_mail_is_put_aside_for_a_file_that_is_refused_after_its_message(world: World) {
        let number = filed(&world).await;
        let hana = world.actor(HANA).await;
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        let answer = answer_of(&world, "seoyeon.kim@hangang.example").await;
        let file = |name: &str, bytes: &[u8]| Enclosed { name: name.to_owned(), bytes: bytes.to_vec() };
        let mail = Arrived {
            files: vec![file("empty.log", b""), file("a.log", b"a")],
            ..arrived("seoyeon.kim@hangang.example", Some(answer), "See these.")
        };
        for _ in 0..2 {
            assert_eq!(receive(&world, &mail).await, Received::Aside(Reason::Files));
        }
        assert_eq!(messages(&world, number).await, [("See these.".to_owned(), Channel::Email)]);
        assert_eq!(world.count("files").await, 1);
        let (open, _) = mail::aside(&world.portal, hana, None, 200).await.unwrap().unwrap();
        assert_eq!(open.rows.iter().map(|row| row.reason).collect::<Vec<_>>(), [Reason::Files]);
    }

    async fn everything_else_is_put_aside_and_nothing_is_dropped(world: World) {
        let number = filed(&world).await;
        let [seoyeon, hana] = [world.actor(SEOYEON).await, world.actor(HANA).await];
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        let (from, stranger) = ("seoyeon.kim@hangang.example", "mallory@evil.example");
        let answer = answer_of(&world, from).await;
        let wrong = mail::Answer { code: "a".repeat(26), ..answer.clone() };
        let elsewhere = mail::Answer { number: IncidentNumber { count: 9_999, ..number }, ..answer.clone() };
        let (left,): (String,) = world.query_one("SELECT message_id FROM mails ORDER BY id LIMIT 1".into()).await;
        let own = Arrived { message_id: format!("{left}@portal.test"), ..arrived(from, Some(answer.clone()), "Own.") };
        let automatic = Arrived { reason: Some(Reason::Loop), ..arrived(from, Some(answer.clone()), "Away.") };
        let zero = arrived("\0", None, "\0");
        let mails = [
            (arrived(stranger, Some(answer.clone()), "Let me in."), Reason::UnknownSender),
            (arrived("", None, "No sender."), Reason::UnknownSender),
            (zero, Reason::UnknownSender),
            (arrived(from, None, "To the address alone."), Reason::NoToken),
            // The sender is forged: the code is another one's.
            (arrived("jihoon.park@hangang.example", Some(answer.clone()), "Forged."), Reason::WrongToken),
            (arrived("maria.alvarez@cascade.example", Some(answer.clone()), "Of another customer."), Reason::WrongToken),
            (arrived(from, Some(wrong), "A wrong code."), Reason::WrongToken),
            (arrived(from, Some(elsewhere), "An incident that is none."), Reason::WrongToken),
            (own, Reason::Loop),
            (automatic, Reason::Loop),
            (arrived(from, Some(answer.clone()), "  \n "), Reason::Empty),
            (arrived(from, Some(answer.clone()), &"x".repeat(20_001)), Reason::TooLarge),
        ];
        let none: [&str; 0] = [];
        told(&world).await;
        for (mail, reason) in &mails {
            for _ in 0..2 {
                assert_eq!(receive(&world, mail).await, Received::Aside(*reason), "{mail:?}");
            }
        }
        world.take(seoyeon, number, Step::Withdraw { reason: String::new() }).await.unwrap();
        told(&world).await;
        let late = arrived(from, Some(answer), "Too late.");
        assert_eq!(receive(&world, &late).await, Received::Aside(Reason::Closed));
        // Each is kept once, as it came, and nobody is told anything.
        assert_eq!(messages(&world, number).await, []);
        assert_eq!(told(&world).await, none);
        let kept: usize = mails.len() + 1;
        assert_eq!(mail::aside_waiting(&world.portal, hana).await.unwrap(), i64::try_from(kept).ok());
        let (open, done) = mail::aside(&world.portal, hana, None, 200).await.unwrap().unwrap();
        assert_eq!((open.total, open.rows.len(), done.len()), (i64::try_from(kept).unwrap(), kept, 0));
        // A page at a time they are the same.
        let mut paged = Vec::new();
        let mut at = None;
        loop {
            let (page, _) = mail::aside(&world.portal, hana, at, 5).await.unwrap().unwrap();
            assert_eq!(page.previous.is_some(), at.is_some());
            paged.extend(page.rows);
            at = page.next;
            if at.is_none() {
                break;
            }
        }
        assert_eq!(paged, open.rows);
        let open = open.rows;
        let reasons: BTreeSet<_> = open.iter().map(|row| row.reason.name()).collect();
        assert_eq!(reasons.len(), 7, "{reasons:?}");
        let one = open.iter().find(|row| row.sender == stranger).unwrap();
        let whole = mail::aside_one(&world.portal, hana, one.id).await.unwrap().unwrap();
        assert_eq!((whole.raw, whole.size, whole.text), (mails[0].0.raw.clone(), mails[0].0.size, "Let me in.".to_owned()));
        // Dealt with once, by engineers only.
        for actor in [seoyeon, world.actor(GRACE).await, world.actor(INES).await, world.actor(MARIA).await, Actor::Anonymous] {
            assert_eq!(mail::aside(&world.portal, actor, None, 200).await.unwrap(), None);
            assert_eq!(mail::aside_one(&world.portal, actor, one.id).await.unwrap(), None);
            assert_eq!(mail::aside_waiting(&world.portal, actor).await.unwrap(), None);
            assert_eq!(mail::deal_with(&world.portal, actor, one.id).await.unwrap(), None);
        }
        assert_eq!(mail::deal_with(&world.portal, hana, one.id).await.unwrap(), Some(true));
        assert_eq!(mail::deal_with(&world.portal, hana, one.id).await.unwrap(), Some(false));
        assert_eq!(mail::deal_with(&world.portal, hana, 9_999).await.unwrap(), None);
        let (open, done) = mail::aside(&world.portal, hana, None, 200).await.unwrap().unwrap();
        assert_eq!((open.rows.len(), done.len()), (kept - 1, 1));
        assert_eq!(done[0].done.as_ref().unwrap().1, world.person(HANA).await.name);
    }

    async fn a_bounce_is_noted_only_of_a_mail_that_the_portal_sent(world: World) {
        let number = filed(&world).await;
        let hana = world.actor(HANA).await;
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        let refused = "SELECT COUNT(*) FROM people WHERE refused_address = email AND refused_why = '550 no such user'";
        let (left,): (String,) = world.query_one(
            "SELECT message_id FROM mails JOIN people ON people.id = person_id WHERE email = 'seoyeon.kim@hangang.example'".into(),
        ).await;
        for (message_id, noted) in [("guessed".to_owned(), 0), (left.clone(), 1)] {
            let bounce = Arrived {
                reason: Some(Reason::Bounce),
                returned: Some(Returned { message_id: message_id.clone(), why: "550 no such user".into() }),
                ..arrived("mailer-daemon@hangang.example", None, &message_id)
            };
            assert_eq!(receive(&world, &bounce).await, Received::Aside(Reason::Bounce));
            let (count,): (i64,) = world.query_one(refused.into()).await;
            assert_eq!(count, noted);
        }
        // What comes back late from an address says nothing of the one that they have by now.
        world.execute("UPDATE mails SET sent_to = 'seoyeon@old.example'").await.unwrap();
        let late = Arrived {
            reason: Some(Reason::Bounce),
            returned: Some(Returned { message_id: left, why: "550 no such user".into() }),
            ..arrived("mailer-daemon@hangang.example", None, "late")
        };
        assert_eq!(receive(&world, &late).await, Received::Aside(Reason::Bounce));
        let (count,): (i64,) = world.query_one(refused.into()).await;
        assert_eq!(count, 0);
    }

    async fn a_mailbox_that_cannot_be_read_is_told_to_administrators_until_it_can(world: World) {
        world.filled().await;
        let administrator = world.actor(INES).await;
        let problem = async |actor: Actor| mail::inbox_problem(&world.portal, actor).await.unwrap();
        mail::looked(&world.portal, None).await.unwrap();
        assert_eq!(problem(administrator).await, None);
        for why in ["no such host", "wrong\0password"] {
            world.clock.advance(HOUR);
            mail::looked(&world.portal, Some(why)).await.unwrap();
        }
        let expected = InboxProblem { at: world.portal.now(), why: "wrongpassword".to_owned() };
        assert_eq!(problem(administrator).await, Some(expected));
        assert_eq!(problem(world.actor(HANA).await).await, None);
        let overview = portal_core::overview::overview(&world.portal, administrator).await.unwrap().unwrap();
        assert_eq!(overview.failing_work, 1);
        mail::looked(&world.portal, None).await.unwrap();
        assert_eq!(problem(administrator).await, None);
    }

    async fn programs_that_answer_each_other_come_to_an_end(world: World) {
        let number = filed(&world).await;
        let hana = world.actor(HANA).await;
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        let from = "seoyeon.kim@hangang.example";
        let answer = answer_of(&world, from).await;
        let ticket = |n: usize| Arrived {
            message_id: format!("ticket-{n}@hangang.example"),
            // Only the mails count, not what is attached with them.
            files: vec![Enclosed { name: "logo.png".to_owned(), bytes: vec![1] }],
            ..arrived(from, Some(answer.clone()), "We have received your mail.")
        };
        let most = usize::try_from(mail::MOST_AN_HOUR).unwrap();
        for n in 0..most {
            assert_eq!(receive(&world, &ticket(n)).await, Received::Written(number));
        }
        told(&world).await;
        assert_eq!(receive(&world, &ticket(most)).await, Received::Aside(Reason::Often));
        let none: [&str; 0] = [];
        assert_eq!(told(&world).await, none);
        // What came before it is still known, and an hour later they may write again.
        assert_eq!(receive(&world, &ticket(0)).await, Received::Already(number));
        world.clock.advance(HOUR + 1);
        assert_eq!(receive(&world, &ticket(most)).await, Received::Written(number));
    }

    async fn a_warning_is_not_sent_once_it_is_not_so_any_more(world: World) {
        let number = filed(&world).await;
        let hana = world.actor(HANA).await;
        told(&world).await;
        // Long after the due time.
        world.clock.advance(40 * HOUR);
        incidents::warn(&world.portal).await.unwrap();
        let mails = outbox(&world).await;
        let mut ours = Vec::new();
        for queued in mails.iter().filter(|mail| mail.incident.is_some_and(|(_, of)| of == number)) {
            let tidings = mail::told(&world.portal, queued).await.unwrap().expect("it is so");
            assert_eq!(tidings.topic, MailTopic::Warnings);
            assert!(tidings.answer.is_none());
            ours.push(queued.clone());
        }
        assert!(!ours.is_empty());
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        for queued in &ours {
            assert!(mail::told(&world.portal, queued).await.unwrap().is_none());
        }
        assert!(MailTopic::Warnings.of(Role::Engineer));
    }
}
