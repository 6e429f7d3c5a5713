use domain::{
    certificate::{File, Point, Verdict},
    incident::{DueKind, Fate, Solution, Step, Who},
    people::Actor,
};
use portal_core::{
    certificates::{self, Issued, NewKey},
    incidents,
};
use serde_json::Value;

use crate::{
    both,
    common::{HOUR, RELEASE, World},
};

const SEOYEON: usize = 0;
/// Of another customer.
const MARIA: usize = 2;
const HANA: usize = 12;
const ISSUER: &str = "https://support.example.com";

async fn issued(
    world: &World,
    actor: Actor,
    number: domain::incident::IncidentNumber,
    place: usize,
) -> Option<Issued> {
    certificates::issue(&world.portal, actor, number, place, ISSUER)
        .await
        .unwrap()
}

async fn differing(world: &World, file: &File<Value>) -> Vec<Point> {
    let known = certificates::known(&world.portal, Actor::Anonymous, ISSUER)
        .await
        .unwrap();
    let checked = certificates::check(file, &known);
    let lines = checked.lines.iter();
    lines
        .filter(|line| line.verdict != Verdict::Agrees)
        .map(|line| line.point)
        .collect()
}

async fn respond(world: &World, number: domain::incident::IncidentNumber) {
    let hana = world.actor(HANA).await;
    let to = Who {
        id: hana.person().unwrap(),
        name: String::new(),
    };
    world
        .take(
            hana,
            number,
            Step::Acknowledge {
                to,
                text: "We have it.".into(),
            },
        )
        .await
        .unwrap();
}

both! {
    async fn a_certificate_agrees_and_one_changed_value_does_not(world: World) {
        world.filled().await;
        let seoyeon = world.actor(SEOYEON).await;
        let number = world.file(seoyeon, world.question("When?", RELEASE)).await;
        let issued = issued(&world, seoyeon, number, 1).await.expect("theirs");
        assert_eq!(issued.name, format!("{number}-due-1.json"));
        let file = certificates::read(issued.json.as_bytes()).expect("a certificate");
        assert_eq!(differing(&world, &file).await, []);
        // Laid out in another way it is the same.
        let compact = serde_json::from_str::<Value>(&issued.json).unwrap().to_string();
        assert_eq!(differing(&world, &certificates::read(compact.as_bytes()).unwrap()).await, []);
        let changed = issued.json.replace(&number.to_string(), "INC-2026-99999");
        assert_eq!(differing(&world, &certificates::read(changed.as_bytes()).unwrap()).await, [Point::Signature]);
        // What stands in it beside what is read is signed as well.
        let more = issued.json.replacen("\"certificate\": {", "\"certificate\": { \"more\": 1,", 1);
        assert_eq!(differing(&world, &certificates::read(more.as_bytes()).unwrap()).await, [Point::Signature]);
        for wrong in ["", "{}", "[", "null"] {
            assert_eq!(certificates::read(wrong.as_bytes()), None, "{wrong}");
        }
    }

    async fn others_get_no_certificate(world: World) {
        world.filled().await;
        let (seoyeon, maria) = (world.actor(SEOYEON).await, world.actor(MARIA).await);
        let number = world.file(seoyeon, world.question("When?", RELEASE)).await;
        for (actor, place) in [(maria, 1), (Actor::Anonymous, 1), (seoyeon, 0), (seoyeon, 2)] {
            assert_eq!(issued(&world, actor, number, place).await, None, "{actor:?} {place}");
            assert!(incidents::deadline(&world.portal, actor, number, place).await.unwrap().is_none());
        }
    }

    async fn updates_are_certified_by_the_calendar_of_when_they_were_promised(world: World) {
        world.filled().await;
        let seoyeon = world.actor(SEOYEON).await;
        let number = world.file(seoyeon, world.question("When?", RELEASE)).await;
        world.clock.advance(HOUR);
        respond(&world, number).await;
        let before = incidents::deadline(&world.portal, seoyeon, number, 2).await.unwrap().expect("an update");
        assert_eq!((before.deadline.kind, before.deadline.fate), (DueKind::Update, Fate::Open));
        let before = before.why.expect("counted").explanation;
        // The next day becomes a closed one: what was promised stays as it was counted.
        world.clock.advance(HOUR);
        world.execute(&format!(
            "INSERT INTO closed_days (tz, holidays, day, name, name_ko, kind, added_at)
             VALUES ('Asia/Seoul', 'kr', '2026-03-04', 'Election', '선거일', 'election', {})",
            world.portal.now().0,
        )).await.unwrap();
        portal_core::closed_days::refresh(&world.portal).await.unwrap();
        let after = incidents::deadline(&world.portal, seoyeon, number, 2).await.unwrap().unwrap();
        assert_eq!(after.why.expect("counted").explanation, before);
        let issued = issued(&world, seoyeon, number, 2).await.expect("an update");
        let file = certificates::read(issued.json.as_bytes()).unwrap();
        assert_eq!(file.certificate.calendar.version, before.version);
        // The calendar has another version by now; nothing contradicts the certificate.
        assert_eq!(differing(&world, &file).await, [Point::Calendar, Point::Days]);
    }

    async fn every_deadline_of_the_sample_explains_itself(world: World) {
        world.filled().await;
        let hana = world.actor(HANA).await;
        let desk = incidents::desk(&world.portal, hana, &incidents::DeskFilter::default()).await.unwrap().unwrap();
        let mut kinds = Vec::new();
        for row in desk.rows {
            for place in 1.. {
                let Some(found) = incidents::deadline(&world.portal, hana, row.number, place).await.unwrap() else {
                    break;
                };
                let why = found.why.unwrap_or_else(|| panic!("{} {place}", row.number));
                assert_eq!(why.explanation.due.at, found.deadline.due, "{} {place}", row.number);
                assert!(issued(&world, hana, row.number, place).await.is_some(), "{} {place}", row.number);
                kinds.push(found.deadline.kind);
            }
        }
        assert!(kinds.contains(&DueKind::Response) && kinds.contains(&DueKind::Update));
    }

    async fn two_servers_make_one_key_between_them(world: World) {
        world.portal.migrate().await.unwrap();
        let one = tokio::spawn({ let portal = world.portal.clone(); async move { certificates::prepare(&portal).await } });
        let other = tokio::spawn({ let portal = world.second().await; async move { certificates::prepare(&portal).await } });
        one.await.unwrap().unwrap();
        other.await.unwrap().unwrap();
        assert_eq!(certificates::published(&world.portal, Actor::Anonymous).await.unwrap().len(), 1);
    }

    async fn a_new_key_signs_and_the_old_one_is_still_known(world: World) {
        world.filled().await;
        let seoyeon = world.actor(SEOYEON).await;
        let number = world.file(seoyeon, world.question("When?", RELEASE)).await;
        let before = issued(&world, seoyeon, number, 1).await.unwrap();
        assert_eq!(certificates::add_key(&world.portal, seoyeon, None).await.unwrap(), NewKey::NotPermitted);
        let NewKey::Signs(id) = certificates::add_key(&world.portal, Actor::Operator, None).await.unwrap() else {
            panic!("not made");
        };
        let after = issued(&world, seoyeon, number, 1).await.unwrap();
        assert_eq!(certificates::read(after.json.as_bytes()).unwrap().certificate.key, id);
        for issued in [&before, &after] {
            assert_eq!(differing(&world, &certificates::read(issued.json.as_bytes()).unwrap()).await, []);
        }
        // The key of RFC 8410, section 10.3.
        let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
        for _ in 0..2 {
            let NewKey::Signs(own) = certificates::add_key(&world.portal, Actor::Operator, Some(pem)).await.unwrap() else {
                panic!("not taken");
            };
            assert_eq!(certificates::published(&world.portal, Actor::Anonymous).await.unwrap()[0].id, own);
        }
        assert_eq!(world.count("signing_keys").await, 3);
        let wrong = certificates::add_key(&world.portal, Actor::Operator, Some("no key")).await.unwrap();
        assert_eq!(wrong, NewKey::NoKey);
        let keys = certificates::published(&world.portal, Actor::Anonymous).await.unwrap();
        assert_eq!(certificates::read_key_set(&certificates::key_set(&keys)), Some(keys));
    }

    async fn a_resolved_incident_owes_nothing_and_keeps_its_deadlines(world: World) {
        world.filled().await;
        let (seoyeon, hana) = (world.actor(SEOYEON).await, world.actor(HANA).await);
        let number = world.file(seoyeon, world.question("When?", RELEASE)).await;
        world.clock.advance(HOUR);
        respond(&world, number).await;
        world.clock.advance(HOUR);
        world.take(hana, number, Step::Note { text: "Seen before.".into() }).await.unwrap();
        let text = "Read the manual.".to_owned();
        world.take(hana, number, Step::Resolve { solution: Solution::Other, text }).await.unwrap();
        for actor in [seoyeon, hana] {
            let fates: Vec<_> = domain::incident::deadlines(&incidents::get(&world.portal, actor, number).await.unwrap().unwrap().events)
                .iter()
                .map(|one| (one.kind, matches!(one.fate, Fate::Done(_))))
                .collect();
            assert_eq!(fates, [(DueKind::Response, true), (DueKind::Update, true)], "{actor:?}");
        }
    }
}
