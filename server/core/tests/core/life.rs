use domain::{
    calendar::Instant,
    incident::{
        Channel, Designation, Event, Illegal, IncidentNumber, Solution, State, Step, Updates, Who,
    },
    people::Actor,
    plan::{ClauseId, Severity},
};
use portal_core::incidents::{self, DeskFilter, Fault, Incident, NotTaken, Taken, Whose};

use crate::{
    both,
    common::{HOUR, NOW, RELEASE, World},
};

const HANA: usize = 12;
const DANIEL: usize = 13;
const GRACE: usize = 10;
const TOM: usize = 11;
const ADMINISTRATOR: usize = 14;
/// Of Hangang: a coordinator, and a colleague.
const SEOYEON: usize = 0;
const JIHUN: usize = 1;
/// Of another customer.
const MARIA: usize = 2;

async fn get(world: &World, actor: Actor, number: IncidentNumber) -> Incident {
    incidents::get(&world.portal, actor, number)
        .await
        .unwrap()
        .expect("theirs to see")
}

fn who(actor: Actor) -> Who {
    Who {
        id: actor.person().unwrap(),
        name: String::new(),
    }
}

fn acknowledge(engineer: Actor) -> Step {
    Step::Acknowledge {
        to: who(engineer),
        text: "We have it.".into(),
    }
}

fn write(text: &str) -> Step {
    Step::Write {
        text: text.into(),
        channel: Channel::Portal,
    }
}

fn note(text: &str) -> Step {
    Step::Note { text: text.into() }
}

fn level(number: u8) -> Severity {
    Severity::new(number).unwrap()
}

fn designate(level: Severity, reason: &str) -> Step {
    Step::Designate {
        designation: Designation::Level(level),
        reason: reason.into(),
    }
}

fn resolve() -> Step {
    Step::Resolve {
        solution: Solution::Fix,
        text: "Install 5.1.1.".into(),
    }
}

async fn filed(world: &World) -> IncidentNumber {
    let contact = world.actor(SEOYEON).await;
    // Tuesday 3 March, 10:00 in Seoul.
    world.clock.set(Instant(NOW.0 + 23 * HOUR));
    world.file(contact, world.question("When?", RELEASE)).await
}

async fn intact(world: &World) {
    let verified = incidents::verify(&world.portal, Actor::Operator)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(verified.broken, []);
}

both! {
    async fn a_life_from_the_notice_to_its_end(world: World) {
        world.filled().await;
        let (seoyeon, hana) = (world.actor(SEOYEON).await, world.actor(HANA).await);
        let number = filed(&world).await;
        for (actor, step, state) in [
            (hana, Step::Assign { to: who(hana) }, State::AwaitingResponse),
            (hana, acknowledge(hana), State::Acknowledged),
            (hana, Step::Verify { recreated: true, text: "With 5.1.0.".into() }, State::Verified),
            (hana, designate(level(2), "It is worse than that."), State::Designated),
            (hana, Step::Begin, State::InWork),
            (hana, Step::Wait { text: "Which node?".into() }, State::InWork),
            (seoyeon, write("The first."), State::InWork),
            (hana, resolve(), State::Resolved),
            (seoyeon, Step::Reopen { reason: "It is back.".into() }, State::Reopened),
            (hana, resolve(), State::Resolved),
            (seoyeon, Step::Accept, State::Closed),
            (seoyeon, Step::Rate { stars: 4, text: String::new() }, State::Closed),
        ] {
            world.clock.advance(HOUR / 4);
            world.take(actor, number, step).await.unwrap();
            let incident = get(&world, seoyeon, number).await;
            assert_eq!(incident.standing.state(), state);
            let (row,): (String,) = world.query_one(format!("SELECT state FROM incidents WHERE year = 2026 AND number = {}", number.count)).await;
            assert_eq!(row, state.name());
        }
        let incident = get(&world, seoyeon, number).await;
        assert_eq!((incident.standing.claimed, incident.standing.severity), (level(3), level(2)));
        assert!(incident.events.is_sorted_by_key(|entry| entry.at));
        intact(&world).await;
    }

    async fn a_form_is_taken_once(world: World) {
        world.filled().await;
        let (seoyeon, key) = (world.actor(SEOYEON).await, world.portal.new_form_key());
        let number = filed(&world).await;
        let take = |text: &'static str| {
            let (portal, key) = (world.portal.clone(), key.clone());
            async move { incidents::take(&portal, seoyeon, number, write(text), &key).await.unwrap() }
        };
        assert!(matches!(take("One").await, Ok(Taken::Now(_))));
        assert_eq!(take("One").await, Ok(Taken::Already));
        // Whoever went back and wrote something else said something else.
        assert!(matches!(take("Two").await, Ok(Taken::Now(_))));
        assert_eq!(get(&world, seoyeon, number).await.events.len(), 3);
        let bad = incidents::take(&world.portal, seoyeon, number, write("x"), "1").await.unwrap();
        assert_eq!(bad, Err(NotTaken::FormKey));
    }

    async fn of_two_engineers_at_once_one_responds(world: World) {
        world.filled().await;
        let (hana, daniel) = (world.actor(HANA).await, world.actor(DANIEL).await);
        let number = filed(&world).await;
        let race = [hana, daniel].map(|engineer| {
            let world = world.clone();
            tokio::spawn(async move { world.take(engineer, number, acknowledge(engineer)).await })
        });
        let mut won = 0;
        for (task, other) in race.into_iter().zip(["Daniel Okafor", "Hana Seo"]) {
            match task.await.unwrap() {
                Ok(_) => won += 1,
                Err(NotTaken::Illegal(Illegal::AlreadyResponded(name))) => assert_eq!(name, other),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(won, 1);
        intact(&world).await;
    }

    async fn each_takes_the_steps_of_their_side_only(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let (seoyeon, jihun, hana) = (world.actor(SEOYEON).await, world.actor(JIHUN).await, world.actor(HANA).await);
        // To everybody else it answers as if it were not there.
        for stranger in [Actor::Anonymous, Actor::Operator, world.actor(MARIA).await, world.actor(TOM).await, world.actor(ADMINISTRATOR).await] {
            assert_eq!(world.take(stranger, number, write("x")).await, Err(NotTaken::NotThere), "{stranger:?}");
        }
        let nowhere = IncidentNumber { year: 2026, count: 99_999 };
        assert_eq!(world.take(seoyeon, nowhere, write("x")).await, Err(NotTaken::NotThere));
        for (actor, step) in [(seoyeon, note("x")), (jihun, acknowledge(hana)), (hana, Step::Accept), (world.actor(GRACE).await, Step::Begin)] {
            let refused = world.take(actor, number, step).await;
            assert_eq!(refused, Err(NotTaken::NotThere), "{actor:?}");
        }
        for (actor, text) in [(seoyeon, "a"), (jihun, "b"), (hana, "c"), (world.actor(GRACE).await, "d")] {
            world.take(actor, number, write(text)).await.unwrap();
        }
        // Only engineers are assigned, and only colleagues follow it.
        for (actor, step) in [
            (hana, Step::Assign { to: who(seoyeon) }),
            (hana, Step::Assign { to: who(world.actor(GRACE).await) }),
            (seoyeon, Step::Watch { who: who(world.actor(MARIA).await) }),
            (seoyeon, Step::Watch { who: who(hana) }),
        ] {
            assert_eq!(world.take(actor, number, step).await, Err(NotTaken::UnknownPerson));
        }
        world.take(seoyeon, number, Step::Watch { who: who(jihun) }).await.unwrap();
        assert_eq!(get(&world, seoyeon, number).await.standing.watchers[0].name, "박지훈");
    }

    async fn notes_are_for_the_vendors_people(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let (hana, seoyeon) = (world.actor(HANA).await, world.actor(SEOYEON).await);
        world.take(hana, number, note("They pay late.")).await.unwrap();
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        for (reader, sees) in [(seoyeon, false), (world.actor(JIHUN).await, false), (hana, true), (world.actor(GRACE).await, true), (world.actor(ADMINISTRATOR).await, true)] {
            let incident = get(&world, reader, number).await;
            let notes = incident.events.iter().filter(|entry| matches!(entry.event, Event::Note { .. })).count();
            assert_eq!(notes, usize::from(sees), "{reader:?}");
            // What the events add up to is the same for everybody.
            assert_eq!(incident.standing.entries, 4);
        }
        intact(&world).await;
    }

    async fn a_designation_moves_the_due_time_of_a_response_that_is_still_to_come(world: World) {
        world.filled().await;
        let (hana, seoyeon) = (world.actor(HANA).await, world.actor(SEOYEON).await);
        let number = filed(&world).await;
        let before = get(&world, seoyeon, number).await;
        world.clock.advance(HOUR);
        world.take(hana, number, designate(level(1), "Everything stands still.")).await.unwrap();
        let incident = get(&world, seoyeon, number).await;
        assert_eq!(incident.standing.due, Instant(NOW.0 + 28 * HOUR), "four Business Hours from 11:00");
        assert_eq!(incident.promise().due.at, incident.standing.due);
        assert_eq!(incident.explanation, before.explanation, "what was promised at first stays");
        let (due, promise): (i64, String) = world.query_one(format!("SELECT due_at, promise FROM incidents WHERE year = 2026 AND number = {}", number.count)).await;
        assert_eq!(due, incident.standing.due.0);
        assert_eq!(serde_json::from_str::<domain::calendar::Explanation>(&promise).unwrap(), *incident.promise());
        intact(&world).await;
    }

    async fn an_objection_is_another_engineers(world: World) {
        world.filled().await;
        let (hana, daniel, seoyeon) = (world.actor(HANA).await, world.actor(DANIEL).await, world.actor(SEOYEON).await);
        let number = filed(&world).await;
        let excluded = || Step::Designate {
            designation: Designation::Excluded(ClauseId("7-v".into())),
            reason: "A proxy does it.".into(),
        };
        world.take(hana, number, excluded()).await.unwrap();
        world.take(seoyeon, number, Step::Object { reason: "There is none.".into() }).await.unwrap();
        let contested = |filter: DeskFilter| {
            let portal = world.portal.clone();
            async move {
                let desk = incidents::desk(&portal, daniel, &filter).await.unwrap().unwrap();
                desk.rows.into_iter().find(|row| row.number == number).unwrap().contested
            }
        };
        assert!(contested(DeskFilter::default()).await);
        let own = world.take(hana, number, excluded()).await;
        assert_eq!(own, Err(NotTaken::Illegal(Illegal::ForAnotherEngineer)));
        world.take(daniel, number, designate(level(3), "Right: there is none.")).await.unwrap();
        assert!(!contested(DeskFilter::default()).await);
    }

    async fn nothing_is_resolved_over_an_objection_so_that_it_can_end(world: World) {
        world.filled().await;
        let (hana, daniel, seoyeon) = (world.actor(HANA).await, world.actor(DANIEL).await, world.actor(SEOYEON).await);
        let number = filed(&world).await;
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        world.take(hana, number, designate(level(4), "Nothing stands still.")).await.unwrap();
        world.take(seoyeon, number, Step::Object { reason: "Our team does.".into() }).await.unwrap();
        for engineer in [hana, daniel] {
            let refused = world.take(engineer, number, resolve()).await;
            assert_eq!(refused, Err(NotTaken::Illegal(Illegal::ObjectionOpen)));
        }
        world.take(daniel, number, designate(level(3), "Right.")).await.unwrap();
        world.take(hana, number, resolve()).await.unwrap();
        let desk = incidents::desk(&world.portal, daniel, &DeskFilter::default()).await.unwrap().unwrap();
        assert!(desk.rows.iter().all(|row| row.number != number));
        world.clock.advance(14 * 24 * HOUR);
        incidents::close_silent(&world.portal).await.unwrap();
        assert_eq!(get(&world, seoyeon, number).await.standing.state(), State::Closed);
        intact(&world).await;
    }

    async fn the_desk_shows_what_is_owed_first(world: World) {
        world.filled().await;
        let (hana, seoyeon) = (world.actor(HANA).await, world.actor(SEOYEON).await);
        let number = filed(&world).await;
        for stranger in [seoyeon, world.actor(GRACE).await, Actor::Anonymous] {
            assert_eq!(incidents::desk(&world.portal, stranger, &DeskFilter::default()).await.unwrap(), None);
        }
        let desk = |filter: DeskFilter| {
            let portal = world.portal.clone();
            async move { incidents::desk(&portal, hana, &filter).await.unwrap().unwrap() }
        };
        let all = desk(DeskFilter::default()).await;
        assert_eq!((all.found, all.counts.open), (all.rows.len(), all.rows.len()));
        let due: Vec<_> = all.rows.iter().map(|row| row.next.map_or(i64::MAX, |next| next.due.at.0)).collect();
        assert!(due.is_sorted(), "{due:?}");
        assert!(all.rows.iter().all(|row| row.waiting == row.next.is_none()));

        let mine = || DeskFilter { whose: Whose::Mine, ..DeskFilter::default() };
        let before = desk(mine()).await.found;
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        assert_eq!(desk(mine()).await.found, before + 1);
        let waiting = || DeskFilter { waiting: Some(true), ..DeskFilter::default() };
        let before = desk(waiting()).await.found;
        world.take(hana, number, Step::Wait { text: "Which node?".into() }).await.unwrap();
        assert_eq!(desk(waiting()).await.found, before + 1);
        assert_eq!(get(&world, seoyeon, number).await.standing.updates, Updates::Paused);
        let other = desk(DeskFilter { tier: Some("platinum".into()), ..DeskFilter::default() }).await;
        assert!(other.rows.iter().all(|row| row.tier == "platinum") && other.found > 0);
        let product = desk(DeskFilter { product: Some("gateway".into()), severity: Some(level(3)), ..DeskFilter::default() }).await;
        assert!(product.rows.iter().any(|row| row.number == number));
        assert!(product.rows.iter().all(|row| row.severity == level(3)));
    }

    async fn a_response_that_came_late_shows_at_the_desk_as_long_as_it_is_open(world: World) {
        world.filled().await;
        let hana = world.actor(HANA).await;
        let [late, in_time] = [filed(&world).await, filed(&world).await];
        world.take(hana, in_time, acknowledge(hana)).await.unwrap();
        let shows = async || {
            let desk = incidents::desk(&world.portal, hana, &DeskFilter::default()).await.unwrap().unwrap();
            let late_of = |number: IncidentNumber| desk.rows.iter().find(|row| row.number == number).unwrap().late;
            [late_of(late), late_of(in_time)]
        };
        // An S3 of Core is owed its Response within two Business Days; what is missed now shows by what is due.
        world.clock.advance(4 * 24 * HOUR);
        assert_eq!(shows().await, [false, false]);
        world.take(hana, late, acknowledge(hana)).await.unwrap();
        assert_eq!(shows().await, [true, false]);
        world.take(hana, late, designate(level(2), "It is worse than that.")).await.unwrap();
        world.take(hana, late, Step::Begin).await.unwrap();
        assert_eq!(shows().await, [true, false]);
    }

    async fn a_resolution_without_an_answer_counts_as_accepted(world: World) {
        world.filled().await;
        let (hana, seoyeon) = (world.actor(HANA).await, world.actor(SEOYEON).await);
        let number = filed(&world).await;
        incidents::close_silent(&world.portal).await.unwrap();
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        world.take(hana, number, resolve()).await.unwrap();
        world.clock.advance(14 * 24 * HOUR - 1);
        incidents::close_silent(&world.portal).await.unwrap();
        assert_eq!(get(&world, seoyeon, number).await.standing.state(), State::Resolved);
        world.clock.advance(1);
        assert_eq!(incidents::close_silent(&world.portal).await.unwrap(), 1);
        assert_eq!(get(&world, seoyeon, number).await.standing.state(), State::Closed);
        assert_eq!(incidents::close_silent(&world.portal).await.unwrap(), 0);
        let too_late = world.take(seoyeon, number, write("Thank you")).await;
        assert_eq!(too_late, Err(NotTaken::Illegal(Illegal::NotNow(State::Closed))));
        intact(&world).await;
    }

    async fn a_clock_that_is_set_back_does_not_turn_the_history_round(world: World) {
        world.filled().await;
        let (hana, seoyeon) = (world.actor(HANA).await, world.actor(SEOYEON).await);
        let number = filed(&world).await;
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        world.clock.set(NOW);
        world.take(seoyeon, number, write("And?")).await.unwrap();
        let incident = get(&world, seoyeon, number).await;
        assert!(incident.events.is_sorted_by_key(|entry| entry.at));
        intact(&world).await;
    }

    async fn a_history_that_was_tampered_with_is_found(world: World) {
        world.not_verified();
        world.filled().await;
        let number = filed(&world).await;
        let (hana, seoyeon) = (world.actor(HANA).await, world.actor(SEOYEON).await);
        world.take(seoyeon, number, write("one")).await.unwrap();
        world.take(hana, number, acknowledge(hana)).await.unwrap();
        assert_eq!(incidents::verify(&world.portal, hana).await.unwrap(), None);
        intact(&world).await;
        let (id,): (i64,) = world.query_one(format!("SELECT id FROM incidents WHERE year = 2026 AND number = {}", number.count)).await;
        let found = || async {
            let verified = incidents::verify(&world.portal, Actor::Operator).await.unwrap().unwrap();
            assert_eq!(verified.broken.len(), 1);
            assert_eq!(verified.broken[0].number, number);
            verified.broken[0].fault.clone()
        };
        world.execute(&format!("UPDATE incidents SET due_at = due_at + 1 WHERE id = {id}")).await.unwrap();
        assert_eq!(found().await, Fault::Row("due_at"));
        world.execute(&format!("UPDATE incidents SET due_at = due_at - 1 WHERE id = {id}")).await.unwrap();
        // Whoever can drop the trigger can change an event, but not what the next one carries.
        let drop = match world.engine {
            crate::common::Engine::Sqlite => "DROP TRIGGER events_are_not_edited",
            crate::common::Engine::Postgres => "DROP TRIGGER events_are_not_changed ON events",
        };
        world.execute(drop).await.unwrap();
        world.execute(&format!("UPDATE events SET event = REPLACE(event, 'one', 'two') WHERE incident_id = {id} AND seq = 2")).await.unwrap();
        assert_eq!(found().await, Fault::Chain(3));
        // A change of the last event is found at once, and no step goes on from it.
        world.execute(&format!("UPDATE events SET event = REPLACE(event, 'two', 'one') WHERE incident_id = {id} AND seq = 2")).await.unwrap();
        intact(&world).await;
        world.execute(&format!("UPDATE events SET at = at + 1 WHERE incident_id = {id} AND seq = 4")).await.unwrap();
        assert_eq!(found().await, Fault::Chain(5));
        let key = world.portal.new_form_key();
        incidents::take(&world.portal, seoyeon, number, write("And?"), &key).await.expect_err("it would cover up the change");
    }

    async fn what_was_filed_is_covered_by_the_history(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let hana = world.actor(HANA).await;
        world.take(hana, number, designate(level(1), "Everything stands still.")).await.unwrap();
        intact(&world).await;
        let (id,): (i64,) = world.query_one(format!("SELECT id FROM incidents WHERE year = 2026 AND number = {}", number.count)).await;
        for (change, back, fault) in [
            ("description = description || '!'", "description = 'What happens.'", Fault::Filed),
            ("answers = 'x' || answers", "answers = SUBSTR(answers, 2)", Fault::Filed),
            ("explanation = REPLACE(explanation, 'Asia/Seoul', 'Asia/Seoum')", "explanation = REPLACE(explanation, 'Asia/Seoum', 'Asia/Seoul')", Fault::Filed),
            ("tier = 'advanced'", "tier = 'core'", Fault::Filed),
            ("promise = REPLACE(promise, 'Asia/Seoul', 'Asia/Seoum')", "promise = REPLACE(promise, 'Asia/Seoum', 'Asia/Seoul')", Fault::Row("promise")),
        ] {
            world.execute(&format!("UPDATE incidents SET {change} WHERE id = {id}")).await.unwrap();
            let verified = incidents::verify(&world.portal, Actor::Operator).await.unwrap().unwrap();
            let faults: Vec<_> = verified.broken.into_iter().map(|broken| (broken.number, broken.fault)).collect();
            assert_eq!(faults, [(number, fault)], "{change}");
            world.execute(&format!("UPDATE incidents SET {back} WHERE id = {id}")).await.unwrap();
            intact(&world).await;
        }
    }

    async fn events_from_before_the_chain_are_chained_once(world: World) {
        world.filled().await;
        let number = filed(&world).await;
        let (id,): (i64,) = world.query_one(format!("SELECT id FROM incidents WHERE year = 2026 AND number = {}", number.count)).await;
        // As a database from before has them.
        world.execute(&format!(
            "INSERT INTO events (incident_id, seq, at, by_name, event) VALUES ({id}, 2, {}, 'Hana Seo', '{{\"type\":\"responded\",\"engineer\":\"Hana Seo\"}}')",
            NOW.0 + 24 * HOUR,
        )).await.unwrap();
        world.execute(&format!("UPDATE incidents SET head = '' WHERE id = {id}")).await.unwrap();
        world.portal.migrate().await.unwrap();
        intact(&world).await;
        let incident = get(&world, world.actor(SEOYEON).await, number).await;
        assert_eq!(incident.standing.state(), State::Acknowledged);
        assert_eq!(incident.standing.responder.as_deref(), Some("Hana Seo"));
    }
}
