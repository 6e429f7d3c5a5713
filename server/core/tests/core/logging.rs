use domain::{
    calendar::Instant,
    incident::{
        Channel, Event, Field, FieldProblem, IncidentNumber, NoticeProblem, Party, State, Step,
        Which, Who,
    },
    people::{Actor, Bar},
};
use portal_core::{
    audit::Kind,
    drafts::{self, NewDraft, Prepared},
    incidents::{self, Filed, Incident, NewIncident, NewNotice, NotLogged, Reviewed},
};

use crate::{
    both,
    common::{HOUR, NOW, RELEASE, World, logged},
};

const HANA: usize = 12;
const ADMINISTRATOR: usize = 14;
/// Of Hangang in Seoul: a coordinator, and who may not file.
const SEOYEON: usize = 0;
const SERA: usize = 7;
/// Of Cascade in Los Angeles.
const MARIA: usize = 2;

/// A notice that came by telephone at this time on the contract's wall clock.
async fn call(world: &World, contact: usize, received: &str, incident: NewIncident) -> NewNotice {
    NewNotice {
        contact: world.person(contact).await.id,
        channel: Some(Channel::Telephone),
        received: received.into(),
        which: None,
        incident,
    }
}

async fn log(world: &World, new: &NewNotice) -> Result<Filed, NotLogged> {
    let hana = world.actor(HANA).await;
    let reviewed = incidents::review_log(&world.portal, hana, new)
        .await
        .unwrap();
    let logged = incidents::log(&world.portal, hana, new).await.unwrap();
    // What is looked over is what is logged.
    match (&reviewed, &logged) {
        (Err(reviewed), Err(logged)) => assert_eq!(reviewed, logged),
        (Ok(Reviewed::Already(number)), Ok(Filed::Already(again))) => assert_eq!(number, again),
        (Ok(Reviewed::Ready(preview)), Ok(Filed::New(number))) => {
            let incident = get(world, hana, *number).await;
            assert_eq!(preview.explanation, incident.explanation);
            assert_eq!(preview.outcome, incident.outcome);
        }
        other => panic!("{other:?}"),
    }
    logged
}

async fn get(world: &World, actor: Actor, number: IncidentNumber) -> Incident {
    incidents::get(&world.portal, actor, number)
        .await
        .unwrap()
        .expect("theirs to see")
}

async fn time_problem(world: &World, contact: usize, received: &str) -> Option<NoticeProblem> {
    let new = call(world, contact, received, world.severe("When")).await;
    match log(world, &new).await {
        Err(NotLogged::Invalid { received, .. }) => received,
        other => panic!("{received}: {other:?}"),
    }
}

async fn intact(world: &World) {
    let verified = incidents::verify(&world.portal, Actor::Operator)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(verified.broken, []);
}

both! {
    async fn a_call_counts_from_when_it_was_received_and_may_be_overdue_as_it_is_logged(world: World) {
        world.filled().await;
        // Wednesday 4 March, 10:00 in Seoul; the call came on Tuesday at 09:30, S1 of Core: due at 13:30.
        world.clock.set(Instant(NOW.0 + 47 * HOUR));
        let new = call(&world, SEOYEON, "2026-03-03T09:30", world.severe("Down")).await;
        let Ok(Filed::New(number)) = log(&world, &new).await else { panic!() };
        let (seoyeon, hana) = (world.person(SEOYEON).await, world.actor(HANA).await);
        let incident = get(&world, seoyeon.actor, number).await;
        let received = Instant(NOW.0 + 22 * HOUR + HOUR / 2);
        assert_eq!((incident.standing.received, incident.standing.due), (received, Instant(received.0 + 4 * HOUR)));
        assert_eq!(incident.standing.in_time(world.portal.now()), Some(false));
        assert!(incident.filed_by_you, "the contact is who filed it");
        match &incident.events[0].event {
            Event::Received { channel, logged_by, logged_at, .. } => {
                assert_eq!((*channel, logged_by.as_deref(), *logged_at), (Channel::Telephone, Some("Hana Seo"), Some(world.portal.now().0)));
            }
            other => panic!("{other:?}"),
        }
        let by = &incident.events[0].by;
        assert_eq!((by.party, by.id()), (Party::Customer, Some(seoyeon.id)));
        // The same form again, also after a step.
        let step = Step::Acknowledge { to: Who { id: hana.person().unwrap(), name: String::new() }, text: "We have it.".into() };
        world.take(hana, number, step).await.unwrap();
        assert_eq!(log(&world, &new).await, Ok(Filed::Already(number)));
        let incident = get(&world, seoyeon.actor, number).await;
        assert_eq!((incident.standing.state(), incident.standing.in_time(world.portal.now())), (State::Acknowledged, Some(false)));
        intact(&world).await;
    }

    async fn of_two_that_send_one_form_at_once_one_logs(world: World) {
        world.filled().await;
        let hana = world.actor(HANA).await;
        world.clock.set(Instant(NOW.0 + 47 * HOUR));
        let new = call(&world, SEOYEON, "2026-03-03T09:30", world.severe("Down")).await;
        let before = world.count("incidents").await;
        let both = [0, 1].map(|_| {
            let (world, new) = (world.clone(), new.clone());
            tokio::spawn(async move { incidents::log(&world.portal, hana, &new).await.unwrap().unwrap() })
        });
        let mut numbers = Vec::new();
        for one in both {
            numbers.push(one.await.unwrap().number());
        }
        assert_eq!(numbers[0], numbers[1]);
        assert_eq!(world.count("incidents").await, before + 1);
    }

    async fn a_time_that_cannot_be_says_why(world: World) {
        world.filled().await;
        // Tuesday 3 March, 10:00 in Seoul.
        world.clock.set(Instant(NOW.0 + 23 * HOUR));
        for (received, problem) in [
            ("", NoticeProblem::Empty),
            ("noon", NoticeProblem::NotATime),
            ("2026-03-03T10:01", NoticeProblem::Future),
            ("2025-12-01T10:00", NoticeProblem::TooOld),
        ] {
            assert_eq!(time_problem(&world, SEOYEON, received).await, Some(problem), "{received}");
        }
        // Across the end of daylight saving time in Los Angeles; the terms reach that far.
        world.without_end().await;
        world.clock.set(Instant(NOW.0 + 250 * 24 * HOUR));
        assert_eq!(time_problem(&world, MARIA, "2026-03-08T02:30").await, Some(NoticeProblem::NeverWas));
        assert!(matches!(time_problem(&world, MARIA, "2026-11-01T01:30").await, Some(NoticeProblem::Twice { .. })));
        let mut new = call(&world, MARIA, "2026-11-01T01:30", world.severe("At night")).await;
        new.which = Some(Which::Second);
        let number = log(&world, &new).await.unwrap().number();
        let incident = get(&world, world.actor(MARIA).await, number).await;
        assert_eq!(incident.explanation.received.to_string(), "2026-11-01T01:30:00-08:00");
    }

    async fn the_term_and_the_certifications_of_the_day_of_the_notice_decide(world: World) {
        world.filled().await;
        world.clock.set(Instant(NOW.0 + 23 * HOUR));
        let contact = world.person(SEOYEON).await;
        let customer = contact.customer.unwrap().id;
        world.execute(&format!("UPDATE customers SET starts_on = '2026-02-27' WHERE id = {customer}")).await.unwrap();
        let day = |text: &str| text.parse().unwrap();
        assert_eq!(time_problem(&world, SEOYEON, "2026-02-26T10:00").await, Some(NoticeProblem::BeforeTerm(day("2026-02-27"))));
        world.execute(&format!("UPDATE customers SET ends_on = '2026-03-02' WHERE id = {customer}")).await.unwrap();
        assert_eq!(time_problem(&world, SEOYEON, "2026-03-03T09:00").await, Some(NoticeProblem::AfterTerm(day("2026-03-02"))));
        // On the last day of the term, and of the certification, they could still file: so it is logged late.
        world.execute(&format!("UPDATE certifications SET expires_on = '2026-03-02' WHERE person_id = {}", contact.id)).await.unwrap();
        let late = call(&world, SEOYEON, "2026-03-02T16:00", world.severe("On the last day")).await;
        assert!(matches!(log(&world, &late).await, Ok(Filed::New(_))));
        world.execute(&format!("UPDATE certifications SET expires_on = '2026-03-01' WHERE person_id = {}", contact.id)).await.unwrap();
        let barred = call(&world, SEOYEON, "2026-03-02T16:00", world.severe("A day late")).await;
        assert_eq!(log(&world, &barred).await, Err(NotLogged::Barred(vec![Bar::Expired(day("2026-03-01"))])));
    }

    async fn who_may_not_file_is_not_logged_but_a_colleague_files_what_they_said(world: World) {
        world.filled().await;
        world.clock.set(Instant(NOW.0 + 23 * HOUR));
        let (hana, sera, seoyeon) = (world.actor(HANA).await, world.person(SERA).await, world.person(SEOYEON).await);
        let new = call(&world, SERA, "2026-03-03T09:30", world.severe("She called")).await;
        let before = world.count("incidents").await;
        assert!(matches!(log(&world, &new).await, Err(NotLogged::Barred(bars)) if bars.contains(&Bar::NotDesignated)));
        let caller = incidents::caller(&world.portal, hana, sera.id).await.unwrap().unwrap();
        assert!(caller.bars.contains(&Bar::NotDesignated));
        assert!(caller.may_file.iter().any(|one| one.id == seoyeon.id));

        let draft = NewDraft { incident: new.incident, to: seoyeon.id };
        let Ok(Prepared::Open(id)) = drafts::prepare_for(&world.portal, hana, sera.id, &draft).await.unwrap() else { panic!() };
        assert_eq!(world.count("incidents").await, before);
        let draft = drafts::get(&world.portal, seoyeon.actor, id).await.unwrap().expect("handed to her");
        assert_eq!((draft.prepared_by.as_str(), draft.texts.title.as_str()), ("오세라", "She called"));
    }

    async fn everything_that_is_wrong_is_said_at_once(world: World) {
        world.filled().await;
        world.clock.set(Instant(NOW.0 + 23 * HOUR));
        let mut incident = world.new_incident(" ", "kind=problem&impact=key");
        incident.form_key = "1".into();
        let mut new = call(&world, SEOYEON, "soon", incident).await;
        // Through the portal nobody is logged.
        new.channel = Some(Channel::Portal);
        match log(&world, &new).await {
            Err(NotLogged::Invalid { fields, answers, form_key, channel, received }) => {
                assert_eq!(fields, [(Field::Title, FieldProblem::Empty)]);
                assert!(!answers.is_empty() && form_key && channel);
                assert_eq!(received, Some(NoticeProblem::NotATime));
            }
            other => panic!("{other:?}"),
        }
        // Answers to what is no longer asked are left out.
        let answers = format!("kind=question&release={RELEASE}&causes=none&impact=key&harm=yes");
        let new = call(&world, SEOYEON, "2026-03-03T09:30", world.new_incident("How?", &answers)).await;
        let number = log(&world, &new).await.unwrap().number();
        let incident = get(&world, world.actor(HANA).await, number).await;
        assert!(incident.answers.get("impact").is_empty());
    }

    async fn only_engineers_log_notices(world: World) {
        world.filled().await;
        world.clock.set(Instant(NOW.0 + 23 * HOUR));
        let new = call(&world, SEOYEON, "2026-03-03T09:30", world.severe("Down")).await;
        let before = world.count("incidents").await;
        let mut actors = vec![Actor::Anonymous, Actor::Operator];
        for position in [SEOYEON, SERA, MARIA, 10, ADMINISTRATOR] {
            actors.push(world.actor(position).await);
        }
        for actor in actors {
            assert_eq!(incidents::callers(&world.portal, actor, "").await.unwrap(), None);
            assert_eq!(incidents::caller(&world.portal, actor, new.contact).await.unwrap(), None);
            assert_eq!(incidents::log(&world.portal, actor, &new).await.unwrap(), Err(NotLogged::NotThere));
        }
        assert_eq!(world.count("incidents").await, before);
        assert!(logged(&world, Kind::Refused).await.iter().all(|entry| entry.subject == "LogIncident"));
        // And for nobody who is no contact.
        let hana = world.actor(HANA).await;
        for contact in [hana.person().unwrap(), i64::MAX] {
            let new = NewNotice { contact, ..new.clone() };
            assert_eq!(incidents::log(&world.portal, hana, &new).await.unwrap(), Err(NotLogged::NotThere));
        }
    }

    async fn a_contact_is_found_by_what_one_hears_on_the_telephone(world: World) {
        world.filled().await;
        let hana = world.actor(HANA).await;
        let found = |search: &'static str| {
            let portal = world.portal.clone();
            async move {
                let found = incidents::callers(&portal, hana, search).await.unwrap().unwrap();
                found.into_iter().map(|one| one.email).collect::<Vec<_>>()
            }
        };
        let all = found("").await;
        assert!(all.len() > 5 && all.iter().all(|email| !email.ends_with("@interactor.example")), "{all:?}");
        assert_eq!(found("서연").await, ["seoyeon.kim@hangang.example"]);
        assert_eq!(found("SEOYEON.KIM@").await, ["seoyeon.kim@hangang.example"]);
        let cascade = found("cascade retail").await;
        assert!(!cascade.is_empty() && cascade.iter().all(|email| email.ends_with("@cascade.example")), "{cascade:?}");
        assert_eq!(found("%").await, [""; 0]);
    }
}
